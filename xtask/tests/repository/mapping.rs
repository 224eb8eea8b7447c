//! The pages of `docs/mapping`: each lists every column or key that its format writes.

use std::fmt;
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use whapi_export::conformance::{
    all_available, channel_contacts, known_contacts, nasty_contacts, sample_contacts,
};
use whapi_export::{ClassifiedContact, Definition, OpenContext, OutputTarget, RunEnd, RunInfo};

use crate::text;

/// The names in the first column of a table in `docs/mapping/PAGE.md`, in their order.
///
/// The table is the first one whose first column is called `head`. Names stand in backticks.
#[track_caller]
fn documented_names(page: &str, head: &str) -> Vec<String> {
    let text = text(&format!("docs/mapping/{page}.md"));
    let head = format!("| {head} ");
    let names: Vec<_> = text
        .lines()
        .skip_while(|line| !line.starts_with(&head))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('`').nth(1).expect("a name in backticks"))
        .map(str::to_owned)
        .collect();
    assert!(!names.is_empty(), "{page}.md has no table with `{head}`");
    names
}

/// The file that a format makes of these contacts, in a run that knows everything of each.
fn export(
    format: &Definition,
    options: &[(&str, &str)],
    contacts: &[ClassifiedContact],
) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts");
    let ctx = OpenContext::new()
        .with_options(options.iter().copied().collect())
        .with_target(OutputTarget::Path(path.clone()));
    let mut exporter = format.open(&ctx).unwrap();
    // More than one run can know: contacts of several channels, and people in them.
    let mut available = all_available();
    available.channels = true;
    available.merged_channels = true;
    let run = RunInfo::new().with_available(available);
    pollster::block_on(async {
        exporter.begin(&run).await.unwrap();
        let _ = exporter.write_batch(contacts).await.unwrap();
        let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
    });
    std::fs::read(path).unwrap()
}

/// The columns that a format knows, as its error about an unknown one lists them.
fn known_columns(format: &Definition, ctx: OpenContext) -> String {
    let ctx = ctx.with_option("columns", "no_such_column");
    let opened = format.open(&ctx);
    let error = opened.err().expect("a column that is unknown").to_string();
    let (_, known) = error.split_once("known: ").expect("the known columns");
    let end = format!(" (format `{}`)", format.name());
    known.strip_suffix(&end).expect("the format").to_owned()
}

#[test]
fn csv_has_the_columns_of_its_page_in_their_order() {
    let listed = documented_names("csv", "column").join(", ");
    let target = OutputTarget::Path("contacts.csv".into());
    let ctx = OpenContext::new().with_target(target);
    assert_eq!(known_columns(&whapi_export_csv::definition(), ctx), listed);
}

#[test]
fn xlsx_has_the_columns_of_its_page_in_their_order() {
    let file = export(&whapi_export_xlsx::definition(), &[], &[]);
    let mut workbook = Xlsx::new(Cursor::new(file)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    let header = sheet.rows().next().unwrap();
    let found: Vec<_> = header.iter().map(ToString::to_string).collect();
    assert_eq!(found, documented_names("xlsx", "column"));
}

#[test]
fn sheets_have_the_columns_of_their_page_in_their_order() {
    let ctx = OpenContext::new().with_option(
        "spreadsheet",
        "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
    );
    let listed = documented_names("sheets", "column").join(", ");
    assert_eq!(
        known_columns(&whapi_export_sheets::definition(), ctx),
        listed
    );
}

#[test]
fn json_lines_have_the_keys_of_their_page_in_their_order() {
    let options = [("phone", "on"), ("about", "on"), ("pictures", "on")];
    let format = whapi_export_jsonl::definition();
    let ada = known_contacts().swap_remove(0).with_channel("shop");
    let file = export(&format, &options, &[ada]);
    let mut found: Keys = serde_json::from_slice(&file).unwrap();
    // Names are by the names of channels.
    found.0.retain(|key| key != "names.shop");
    assert_eq!(found.0, documented_names("jsonl", "key"));
}

/// A key that is missing in one contact may stand behind others in the next: in no order.
#[test]
fn the_html_page_has_the_keys_of_its_page() {
    let contacts = [
        sample_contacts(),
        known_contacts(),
        nasty_contacts(),
        channel_contacts(),
    ]
    .concat();
    let page = export(&whapi_export_html::definition(), &[], &contacts);
    let page = String::from_utf8(page).unwrap();
    let start = "<script id=\"book\" type=\"application/json\">";
    let (_, json) = page.split_once(start).unwrap();
    let (json, _) = json.split_once("</script>").unwrap();
    let book: Book = serde_json::from_str(json).unwrap();
    let (mut found, mut listed) = (book.contacts.0, documented_names("html", "key"));
    found.sort_unstable();
    listed.sort_unstable();
    assert_eq!(found, listed);
}

/// The JSON of the page.
#[derive(Deserialize)]
struct Book {
    contacts: Keys,
}

/// The keys of a value in their order, each once; those of an object in it stand behind a dot.
#[derive(Default)]
struct Keys(Vec<String>);

impl Keys {
    fn add(&mut self, key: String) {
        if !self.0.contains(&key) {
            self.0.push(key);
        }
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysOf)
    }
}

struct KeysOf;

impl<'de> Visitor<'de> for KeysOf {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        while let Some((key, inner)) = map.next_entry::<String, Keys>()? {
            keys.add(key.clone());
            for inner in inner.0 {
                keys.add(format!("{key}.{inner}"));
            }
        }
        Ok(keys)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        while let Some(item) = items.next_element::<Keys>()? {
            item.0.into_iter().for_each(|key| keys.add(key));
        }
        Ok(keys)
    }

    fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
        Ok(Keys::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
        Ok(Keys::default())
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys::default())
    }
}
