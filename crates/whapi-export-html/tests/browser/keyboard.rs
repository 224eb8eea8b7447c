//! The keyboard alone, and what a screen reader is given.

use serde_json::json;

use crate::page::{NARROW, Page, WIDE};
use crate::people::people;

#[test]
fn everything_is_reached_by_keys() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    let key = |name: &str| page.browser.key(name);
    page.browser.keys("/ada");
    assert_eq!(
        (page.focus(), page.value("query.value")),
        ("query".to_owned(), json!("ada"))
    );
    assert_eq!(page.names(), ["~Ada 2", "Ada 10", "ada's bakery"]);
    // In the search, the key is a character.
    page.browser.keys("/");
    assert_eq!(page.text("#count"), "0 of 7 contacts");
    key("Escape");
    assert_eq!(page.value("query.value"), "");
    key("ArrowDown");
    assert_eq!(
        (page.focus(), page.active()),
        ("list".to_owned(), "~Ada 2".to_owned())
    );
    assert_eq!(
        page.value("getComputedStyle(document.querySelector('.row.active')).outlineStyle"),
        "solid"
    );
    key("ArrowDown");
    key("ArrowDown");
    assert_eq!(page.active(), "ada's bakery");
    key("ArrowUp");
    assert_eq!(page.active(), "Ada 10");
    key("End");
    assert_eq!(page.active(), "+46701740606");
    key("ArrowDown");
    assert_eq!(page.active(), "+46701740606");
    key("Home");
    assert_eq!(page.active(), "~Ada 2");
    assert_eq!(page.value("details.classList.contains('open')"), false);

    key("Enter");
    assert_eq!(
        (page.focus(), page.text("#who")),
        ("who".to_owned(), "~Ada 2".to_owned())
    );
    key("Escape");
    assert_eq!(
        (page.focus(), page.active()),
        ("list".to_owned(), "~Ada 2".to_owned())
    );
    // Beside the list, details follow the arrows.
    key("Enter");
    page.browser.run("list.focus()");
    key("ArrowDown");
    assert_eq!(
        (page.focus(), page.text("#who")),
        ("list".to_owned(), "Ada 10".to_owned())
    );
    key("Escape");
    assert_eq!(page.value("details.classList.contains('open')"), false);
    key("Escape");
    assert_eq!(page.focus(), "query");
    page.close();
}

#[test]
fn details_over_the_list_are_left_by_escape() {
    let Some(page) = Page::open(NARROW, &people()) else {
        return;
    };
    page.browser.run("list.focus()");
    page.browser.key("ArrowDown");
    page.browser.key("Enter");
    assert_eq!(
        (page.focus(), page.text("#who")),
        ("who".to_owned(), "Ada 10".to_owned())
    );
    // What the details cover cannot be reached.
    for _ in 0..4 {
        page.browser.key("Tab");
        let inside = page.value(
            "details.contains(document.activeElement) || document.activeElement === document.body",
        );
        assert_eq!(inside, true);
    }
    page.browser.run("byId('who').focus()");
    page.browser.key("Escape");
    assert_eq!(
        (page.focus(), page.active()),
        ("list".to_owned(), "Ada 10".to_owned())
    );
    page.close();
}

/// The tree that browsers give to screen readers: role, name and place of what can be reached.
#[test]
fn a_screen_reader_has_names_roles_and_places() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    page.browser.click(".row");
    let tree = page
        .browser
        .devtools("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let named = |role: &str| -> Vec<&str> {
        let of_role = nodes.iter().filter(|node| node["role"]["value"] == role);
        of_role
            .filter(|node| node["ignored"] == false)
            .map(|node| node["name"]["value"].as_str().unwrap_or(""))
            .collect()
    };
    assert_eq!(named("searchbox"), ["Search names and numbers"]);
    assert_eq!(named("group")[0], "Standing");
    assert_eq!(
        named("radio"),
        ["All 7", "Saved 3", "Discovered 3", "Unknown 1"]
    );
    let combo_boxes = [
        "Reason", "Country", "Group", "Label", "Business", "Change", "Order",
    ];
    assert_eq!(named("combobox"), combo_boxes);
    assert_eq!(named("listbox"), ["Contacts"]);
    let options = named("option")
        .into_iter()
        .filter(|name| name.contains("+1 "));
    assert_eq!(
        options.collect::<Vec<_>>(),
        [
            "~Ada 2 +1 212-555-0161 · United States Saved",
            "Ada 10 +1 212-555-0162 · United States Saved",
            "ada's bakery +1 212-555-0160 · United States Discovered Business",
        ]
    );
    assert_eq!(named("region"), ["~Ada 2"]);
    assert_eq!(
        named("heading"),
        [
            "WhatsApp contacts",
            "~Ada 2",
            "About",
            "Why in the list",
            "What may be done"
        ]
    );
    assert_eq!(named("button"), ["Print", "Close"]);
    let places = page.value(
        "[...document.querySelectorAll('.row')].map((row) => `${row.ariaPosInSet} of ${row.ariaSetSize}`)",
    );
    assert_eq!(places[6], "7 of 7");
    // The count is announced when it changes.
    assert_eq!(
        page.value("document.getElementById('count').getAttribute('role')"),
        "status"
    );
    page.close();
}
