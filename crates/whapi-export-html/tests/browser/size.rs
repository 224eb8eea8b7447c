//! Long lists, no list, and no script.

use serde_json::json;
use whapi_export::ClassifiedContact;
use whapi_export::whapi_model::Contact;

use crate::page::{Page, WIDE};
use crate::people::{id, people};

#[test]
fn ten_thousand_contacts_are_a_screenful_of_elements() {
    let contacts: Vec<ClassifiedContact> = (0..10_000)
        .map(|nth| {
            let contact = Contact::new(id(&format!("999{nth:09}")));
            contact
                .with_name(format!("Person {nth}"))
                .with_saved(true)
                .into()
        })
        .collect();
    let Some(page) = Page::open(WIDE, &contacts) else {
        return;
    };
    assert_eq!(page.text("#count"), "10,000 contacts");
    let first = page.names();
    assert_eq!(first[..2], ["Person 0", "Person 1"]);
    assert!(first.len() < 60, "{}", first.len());
    page.browser.run("list.focus()");
    page.browser.key("End");
    assert_eq!(page.active(), "Person 9999");
    assert_eq!(page.names().last().unwrap(), "Person 9999");
    let places = "[...document.querySelectorAll('.row')].at(-1).ariaPosInSet";
    assert_eq!(page.value(places), "10000");
    // The row that the keyboard is at is in sight, here and in the middle.
    let in_sight = "(({ top, bottom }, { top: from, bottom: to }) => top >= from - 1 && bottom <= to + 1)
        (document.querySelector('.row.active').getBoundingClientRect(), list.getBoundingClientRect())";
    assert_eq!(page.value(in_sight), true);
    page.browser.key("PageDown");
    page.browser.run("list.scrollTop = 300_000");
    assert_eq!(page.names()[8], "Person 5000");
    page.browser.key("ArrowUp");
    assert_eq!(
        (page.active(), page.value(in_sight)),
        ("Person 9998".to_owned(), json!(true))
    );
    page.close();
}

/// Above what a browser takes as the height of an element, the bar moves the list faster.
#[test]
fn a_list_higher_than_an_element_is_reached_to_its_end() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    page.browser.run(
        "showList(Array.from({ length: 1_000_000 }, (_, place) => place % contacts.length));
         list.focus()",
    );
    assert_eq!(page.value("space.clientHeight <= HIGHEST"), true);
    let last = "[...document.querySelectorAll('.row')].at(-1).ariaPosInSet";
    page.browser.run("list.scrollTop = list.scrollHeight");
    assert_eq!(page.value(last), "1000000");
    let bottom =
        "Math.abs([...document.querySelectorAll('.row')].at(-1).getBoundingClientRect().bottom
        - list.getBoundingClientRect().bottom) < 3";
    assert_eq!(page.value(bottom), true);
    page.browser.key("Home");
    assert_eq!(page.active(), "Zoë Müller");
    page.browser.key("End");
    assert_eq!(page.value("active"), 999_999);
    page.close();
}

#[test]
fn a_page_without_contacts_says_so() {
    let Some(page) = Page::open(WIDE, &[]) else {
        return;
    };
    assert_eq!(page.text("#count"), "0 contacts");
    assert_eq!(page.text("#none"), "This file has no contacts.");
    page.close();
}

#[test]
fn without_javascript_the_page_says_how_many_there_are() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    let disabled = json!({ "value": true });
    page.browser
        .devtools("Emulation.setScriptExecutionDisabled", &disabled);
    page.browser.open(&page.file);
    let tree = page
        .browser
        .devtools("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().unwrap().iter();
    let texts = nodes.filter(|node| node["role"]["value"] == "StaticText");
    let mut texts: Vec<_> = texts
        .map(|node| node["name"]["value"].as_str().unwrap())
        .collect();
    texts.sort_unstable();
    assert_eq!(
        texts,
        [
            " and ",
            " need none.",
            "The contacts appear here as soon as the whole file is read. This takes JavaScript, which \
             runs within the page and loads nothing.",
            "This page has 7 contacts, and JavaScript is off, so it cannot show them. The formats ",
            "WhatsApp contacts",
            "csv",
            "xlsx",
        ]
    );
    page.close();
}
