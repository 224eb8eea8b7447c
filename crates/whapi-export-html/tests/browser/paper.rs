//! The printed page.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use whapi_export::ClassifiedContact;
use whapi_export::whapi_model::Contact;

use crate::page::{Page, WIDE};
use crate::people::{id, people};

/// What the paper has while it is printed, as a listener behind the page's own finds it.
pub(crate) const WATCH: &str = "addEventListener('beforeprint', () => {
    window.printed = [...paper.querySelectorAll('tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent).join('|'));
    window.heading = [...paper.children].slice(0, 2).map((part) => part.textContent);
  })";

#[test]
fn all_selected_contacts_are_printed() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    page.browser.run(WATCH);
    page.choose("facet-country", "United States");
    page.search("ada");
    let _ = page.value("0");
    let pdf = BASE64_STANDARD.decode(page.browser.print()).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(
        page.value("printed"),
        json!([
            "Name|Number|Country|Standing|Reasons|Groups",
            "~Ada 2|+1 212-555-0161|United States|Saved|In the address book|",
            "Ada 10|+1 212-555-0162|United States|Saved|In the address book, Blocked|",
            "ada's bakery|+1 212-555-0160|United States|Discovered|Private chat, In a group|Rowing; Chess",
        ])
    );
    assert_eq!(
        page.value("paper.childElementCount"),
        0,
        "the screen has no paper"
    );
    page.close();
}

#[test]
fn a_long_list_is_printed_to_its_end() {
    let contacts: Vec<ClassifiedContact> = (0..1_000)
        .map(|nth| {
            Contact::new(id(&format!("999{nth:09}")))
                .with_name(format!("Person {nth}"))
                .into()
        })
        .collect();
    let Some(page) = Page::open(WIDE, &contacts) else {
        return;
    };
    page.browser.run(WATCH);
    assert!(page.names().len() < 60, "rows are elements only in sight");
    let pdf = BASE64_STANDARD.decode(page.browser.print()).unwrap();
    assert_eq!(page.value("printed.length"), 1_001);
    assert_eq!(
        page.value("printed[1000]"),
        "Person 999|+999000000999||Unknown||"
    );
    assert_eq!(
        page.value("heading"),
        json!(["WhatsApp contacts", "1,000 contacts"])
    );
    let pages = pdf
        .windows(12)
        .filter(|window| window.starts_with(b"/Type /Page\n"))
        .count();
    assert!((15..60).contains(&pages), "{pages} pages");
    page.close();
}
