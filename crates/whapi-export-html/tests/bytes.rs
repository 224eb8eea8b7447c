//! The exact bytes, as snapshots (look at a changed one before accepting it).

mod common;

use std::fs;

use common::export_to;
use serde_json::Value;
use whapi_export::conformance::{
    all_available, channel_contacts, known_contacts, nasty_contacts, sample_contacts,
};
use whapi_export::{Available, ClassifiedContact, RunEnd};

fn page(available: Available, contacts: &[ClassifiedContact], end: &RunEnd) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.html");
    let summary = export_to(&path, [], available, contacts, end);
    assert_eq!(summary.warnings, [""; 0]);
    fs::read_to_string(path).unwrap()
}

/// The page without script and style, and without the hashes of these.
fn around(page: &str) -> String {
    let mut page = page.to_owned();
    for (from, to) in [
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("script-src '", "'"),
        ("style-src '", "'"),
    ] {
        let start = page.find(from).unwrap() + from.len();
        let end = start + page[start..].find(to).unwrap();
        page.replace_range(start..end, "");
    }
    page
}

/// The JSON of the page.
fn book(page: &str) -> Value {
    let start = "<script id=\"book\" type=\"application/json\">";
    let (_, json) = page.split_once(start).unwrap();
    serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn contacts_of_whom_everything_is_known() {
    let end = RunEnd::incomplete(vec!["the list </script> moved".to_owned()]);
    let page = page(all_available(), &known_contacts(), &end);
    insta::assert_binary_snapshot!("known_contacts.html", around(&page).into_bytes());
}

#[test]
fn ordinary_contacts() {
    let page = page(
        Available::default(),
        &sample_contacts(),
        &RunEnd::complete(),
    );
    let records: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("{\"shown\""))
        .collect();
    insta::assert_snapshot!(records.join("\n"));
}

#[test]
fn contacts_of_several_channels() {
    let mut available = Available::default();
    available.channels = true;
    let page = page(available, &channel_contacts(), &RunEnd::complete());
    assert!(page.contains(
        "<script id=\"book\" type=\"application/json\">\n{\"reasons\":false,\"links\":false,\
         \"changes\":false,\"channels\":true,\"words\":{"
    ));
    let records: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("{\"shown\""))
        .collect();
    insta::assert_snapshot!(records.join("\n"));
}

#[test]
fn no_contacts() {
    let page = page(Available::default(), &[], &RunEnd::complete());
    let book = book(&page);
    assert_eq!(book["contacts"], Value::Array(Vec::new()));
    assert_eq!(book["complete"], true);
    assert!(page.contains("<noscript><p class=\"notice\">This page has 0 contacts, "));
}

#[test]
fn no_untrusted_text_can_end_the_json() {
    let contacts = [
        sample_contacts(),
        nasty_contacts(),
        known_contacts(),
        channel_contacts(),
    ]
    .concat();
    let page = page(all_available(), &contacts, &RunEnd::complete());
    let start = page.find("type=\"application/json\">").unwrap() + 24;
    let end = start + page[start..].find("</script>").unwrap();
    let json = &page[start..end];
    assert!(!json.contains(['<', '>', '&']));
    // Every hidden character is shown by its number. Joiners stay, which emoji need.
    assert!(!json.contains(|c: char| c != '\n' && whapi_text::is_hidden(c)));
    assert_eq!(
        book(&page)["contacts"].as_array().unwrap().len(),
        contacts.len()
    );
    // All that is left of the page does not depend on the contacts.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
}

#[test]
fn the_page_needs_nothing_from_anywhere() {
    let page = page(all_available(), &known_contacts(), &RunEnd::complete());
    // The one address is the name of the language of drawings, which is never loaded.
    let page = page.replacen("http://www.w3.org/2000/svg", "", 1);
    for outside in [
        "http:", "https:", "://", "@import", "src=", "href=", "url(", " style=", " on",
    ] {
        let found = page.match_indices(outside).map(|(at, _)| &page[at..]);
        let found = found.filter(|rest| outside != " on" || is_handler(rest));
        assert_eq!(found.count(), 0, "{outside}");
    }
}

/// Whether a text begins with an attribute such as ` onclick="`.
fn is_handler(text: &str) -> bool {
    let rest = text[3..].trim_start_matches(|c: char| c.is_ascii_lowercase());
    rest.starts_with("=\"") || rest.starts_with("='")
}

#[test]
fn the_title_is_text_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.html");
    let options = [("title", " {{STYLE}}</title>\n<b>\u{202e}x ")];
    let _ = export_to(
        &path,
        options,
        Available::default(),
        &[],
        &RunEnd::complete(),
    );
    let page = fs::read_to_string(path).unwrap();
    let shown = r"{{STYLE}}&lt;/title&gt; &lt;b&gt;\u{202e}x";
    assert!(page.contains(&format!("<title>{shown}</title>")));
    assert!(page.contains(&format!("<h1 id=\"title\" dir=\"auto\">{shown}</h1>")));
    assert_eq!(page.matches("</title>").count(), 1);
}
