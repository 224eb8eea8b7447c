//! Contacts, what has to be in their cells, and a run of the exporter.

use calamine::Data;
use whapi_export::conformance::{known_contacts, nasty_contacts, sample_contacts};
use whapi_export::whapi_classify::{Change, Standing};
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{
    Available, BatchReport, ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo, Summary,
};
use whapi_export_xlsx::XlsxSheets;

/// Exports `contacts` in one batch: the bytes, and what the exporter says about them.
pub(crate) fn export(
    sheets: XlsxSheets,
    available: Available,
    contacts: &[ClassifiedContact],
) -> (Vec<u8>, BatchReport, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.xlsx");
    let ctx = OpenContext::new()
        .with_target(OutputTarget::Path(path.clone()))
        .with_option("sheets", sheets.as_str());
    let mut exporter = whapi_export_xlsx::definition().open(&ctx).unwrap();
    pollster::block_on(async {
        let info = RunInfo::new().with_available(available);
        exporter.begin(&info).await.unwrap();
        let report = exporter.write_batch(contacts).await.unwrap();
        let summary = exporter.finish(&RunEnd::complete()).await.unwrap();
        (std::fs::read(&path).unwrap(), report, summary)
    })
}

/// Ordinary and nasty contacts, some of whom everything is known, and names that a spreadsheet may
/// take for something else.
pub(crate) fn all_contacts() -> Vec<ClassifiedContact> {
    let names = [
        "0049",
        "1e5",
        "1/2",
        "TRUE",
        "#REF!",
        "'quoted",
        "{=SUM(1)}",
        "http://example.com",
        "mailto:a@example.com",
        "internal:'Saved'!A1",
        "_x0041_",
        "_x000D_",
        "_x005F_",
        "__x0041_x0042_",
        "x_x00zz_",
        "<r>not rich</r>",
        "<r></si></sst>&</r>",
        "A\r\nB\rC",
        " Ada ",
        "\n",
    ];
    let look_alikes = names.iter().zip(700_u16..).map(|(name, nth)| {
        let contact = contact(&format!("447700900{nth}")).with_name(name);
        ClassifiedContact::new(contact.with_saved(nth % 2 == 0))
    });
    let others = [sample_contacts(), nasty_contacts(), known_contacts()].concat();
    others.into_iter().chain(look_alikes).collect()
}

/// What has to be found in the cells of [`all_contacts`]: a sheet's name and its rows, the header first.
pub(crate) fn expected_sheets(
    sheets: XlsxSheets,
    available: Available,
    contacts: &[ClassifiedContact],
) -> Vec<Sheet> {
    let header: Vec<_> = HEADER
        .iter()
        .filter(|(_, there)| there(available))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let sheet = |name: &str, is_there: fn(Standing) -> bool| {
        let here = contacts.iter().filter(|of| is_there(of.standing()));
        let rows = here.map(|contact| row(available, contact));
        let rows = std::iter::once(header.clone()).chain(rows).collect();
        (name.to_owned(), rows)
    };
    match sheets {
        XlsxSheets::Standing => vec![
            sheet("Saved", |standing| standing == Standing::Saved),
            sheet("Discovered", |standing| standing == Standing::Discovered),
            sheet("Unknown", |standing| standing == Standing::Unknown),
        ],
        _ => vec![sheet("Contacts", |_| true)],
    }
}

/// The text of a cell, which has to be a text or empty.
#[track_caller]
pub(crate) fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("no text: {other:?}"),
    }
}

/// A sheet's name, and its rows.
pub(crate) type Sheet = (String, Vec<Vec<String>>);

type There = fn(Available) -> bool;

const HEADER: [(&str, There); 22] = [
    ("channel", |available| available.channels),
    ("display_name", |_| true),
    ("phone", |_| true),
    ("id", |_| true),
    ("kind", |_| true),
    ("name", |_| true),
    ("pushname", |_| true),
    ("saved", |_| true),
    ("standing", |_| true),
    ("can_edit", |_| true),
    ("can_delete", |_| true),
    ("can_create", |_| true),
    ("is_business", |_| true),
    ("reason", |available| available.reasons),
    ("reasons", |available| available.reasons),
    ("last_activity", |available| available.reasons),
    ("labels", |available| available.reasons),
    ("groups", |available| available.reasons),
    ("other_id", |available| available.lid_links),
    ("merged", |available| available.lid_links),
    ("change", |available| available.changes),
    ("name_warnings", |_| true),
];

fn row(available: Available, contact: &ClassifiedContact) -> Vec<String> {
    let (said, may) = (contact.contact(), contact.permissions());
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut cells = Vec::new();
    if available.channels {
        cells.push(text(contact.channel()));
    }
    cells.extend([
        contact.display_name().text().to_owned(),
        contact
            .phone()
            .map(|phone| phone.to_string())
            .unwrap_or_default(),
        contact.id().to_string(),
        contact.id().kind().as_str().to_owned(),
        text(said.name()),
        text(said.pushname()),
        flag(said.saved()),
        contact.standing().to_string(),
        may.edit.is_allowed().to_string(),
        may.delete.is_allowed().to_string(),
        may.create.is_allowed().to_string(),
        flag(said.is_business()),
    ]);
    if available.reasons {
        // What is expected of reasons is written out in a snapshot.
        cells.extend(std::iter::repeat_n(String::new(), 5));
    }
    if available.lid_links {
        let other = contact.other_id();
        cells.push(text(other.map(ContactId::as_str)));
        cells.push(flag(other.map(|_| contact.is_merged())));
    }
    if available.changes {
        cells.push(text(contact.change().map(Change::as_str)));
    }
    cells.push(contact.name_warnings().to_string());
    cells.iter().map(|cell| as_a_cell_holds_it(cell)).collect()
}

/// What a cell can hold of a text.
fn as_a_cell_holds_it(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let units: Vec<u16> = text
        .chars()
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .filter(|c| *c >= ' ' || matches!(c, '\t' | '\n'))
        .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
        .take(32_767)
        .collect();
    String::from_utf16(&units).unwrap()
}

fn contact(text: &str) -> Contact {
    Contact::new(ContactId::parse(text).unwrap())
}
