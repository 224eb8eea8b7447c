//! Search, filters, order, details.

use whapi_export::{Available, RunEnd};

use crate::page::{NARROW, Page, WIDE};
use crate::people::people;

const BY_NAME: [&str; 7] = [
    "~Ada 2",
    "Ada 10",
    "ada's bakery",
    "Ångström, Per",
    "Gus",
    "Zoë Müller",
    "+46701740606",
];

#[test]
fn search_finds_names_and_numbers_in_any_spelling() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    assert_eq!(page.names(), BY_NAME);
    let table: [(&str, &[&str]); 19] = [
        ("zoe muller", &["Zoë Müller"]),
        ("MÜLLER", &["Zoë Müller"]),
        ("Mu\u{308}ller zoë", &["Zoë Müller"]),
        ("zozo", &["Zoë Müller"]),
        ("angstrom", &["Ångström, Per"]),
        ("per ang", &["Ångström, Per"]),
        ("ada 1", &["~Ada 2", "Ada 10", "ada's bakery"]),
        ("ada 10", &["Ada 10"]),
        ("07700 900101", &["Zoë Müller"]),
        ("+44 (0)7700-900.101", &["Zoë Müller"]),
        ("0044/7700/900101", &["Zoë Müller"]),
        ("2125550160", &["ada's bakery"]),
        ("(212) 555-0160", &["ada's bakery"]),
        ("ada 0160", &["ada's bakery"]),
        ("46701740606", &["+46701740606"]),
        ("84958372615243@lid", &["Gus"]),
        ("rowing", &[]),
        ("<script>", &[]),
        ("   ", &BY_NAME),
    ];
    for (query, expected) in table {
        page.search(query);
        assert_eq!(page.names(), expected, "{query}");
    }
    page.search("nothing like it");
    assert_eq!(page.text("#count"), "0 of 7 contacts");
    assert_eq!(page.text("#none"), "No contact matches.");
    assert_eq!(page.value("list.hidden"), true);
    page.browser.click("#clear");
    assert_eq!(page.text("#count"), "7 contacts");
    assert_eq!(
        (page.focus(), page.value("query.value")),
        ("query".to_owned(), "".into())
    );
    assert_eq!(page.value("document.getElementById('clear').hidden"), true);
    page.close();
}

#[test]
fn each_filter_selects_and_counts_what_the_others_leave() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    let all = [
        (
            "facet-reason",
            vec![
                "All (7)",
                "In the address book (3)",
                "Private chat (2)",
                "In a group (3)",
                "Blocked (1)",
                "Not known (1)",
            ],
        ),
        (
            "facet-country",
            vec![
                "All (7)",
                "Sweden (2)",
                "United States (3)",
                "None known (2)",
            ],
        ),
        (
            "facet-group",
            vec!["All (7)", "Chess (1)", "Rowing (3)", "None known (4)"],
        ),
        (
            "facet-label",
            vec!["All (7)", "New customer (1)", "Paid (1)", "None known (5)"],
        ),
        (
            "facet-business",
            vec![
                "All (7)",
                "Business (1)",
                "Not business (1)",
                "Not known (5)",
            ],
        ),
        ("facet-change", vec!["All (7)", "Unchanged (7)"]),
    ];
    for (id, expected) in all {
        assert_eq!(page.options(id), expected);
    }
    assert_eq!(
        page.texts("#standing label"),
        ["All 7", "Saved 3", "Discovered 3", "Unknown 1"]
    );

    page.browser.click("#standing label:nth-of-type(3)");
    assert_eq!(page.names(), ["ada's bakery", "Ångström, Per", "Gus"]);
    assert_eq!(page.text("#count"), "3 of 7 contacts");
    assert_eq!(
        page.options("facet-country"),
        [
            "All (3)",
            "Sweden (1)",
            "United States (1)",
            "None known (1)"
        ]
    );
    page.choose("facet-country", "United States");
    assert_eq!(page.names(), ["ada's bakery"]);
    // A facet counts what its own choice does not narrow.
    assert_eq!(
        page.options("facet-country"),
        [
            "All (3)",
            "Sweden (1)",
            "United States (1)",
            "None known (1)"
        ]
    );
    assert_eq!(
        page.texts("#standing label"),
        ["All 3", "Saved 2", "Discovered 1", "Unknown 0"]
    );

    for (id, choice, expected) in [
        ("facet-reason", "Blocked", vec!["Ada 10"]),
        (
            "facet-reason",
            "In a group",
            vec!["ada's bakery", "Ångström, Per", "Gus"],
        ),
        ("facet-country", "None known", vec!["Gus", "Zoë Müller"]),
        ("facet-group", "Chess", vec!["ada's bakery"]),
        ("facet-label", "New customer", vec!["Zoë Müller"]),
        ("facet-business", "Not business", vec!["~Ada 2"]),
        ("facet-business", "Business", vec!["ada's bakery"]),
    ] {
        page.browser.click("#clear");
        page.choose(id, choice);
        assert_eq!(page.names(), expected, "{choice}");
    }
    page.search("zoe");
    assert_eq!(page.text("#count"), "0 of 7 contacts");
    page.close();
}

#[test]
fn orders_are_by_name_country_activity_and_as_listed() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    let orders = [
        "Name",
        "Country",
        "Last activity",
        "As the Whapi API lists them",
    ];
    assert_eq!(page.options("order"), orders);
    page.choose("order", "Country");
    assert_eq!(
        page.names(),
        [
            "Ångström, Per",
            "+46701740606",
            "~Ada 2",
            "Ada 10",
            "ada's bakery",
            "Gus",
            "Zoë Müller"
        ]
    );
    page.choose("order", "Last activity");
    assert_eq!(
        page.names(),
        [
            "Zoë Müller",
            "ada's bakery",
            "~Ada 2",
            "Ada 10",
            "Ångström, Per",
            "Gus",
            "+46701740606"
        ]
    );
    page.choose("order", "As the");
    assert_eq!(
        page.names(),
        [
            "Zoë Müller",
            "Ångström, Per",
            "ada's bakery",
            "Ada 10",
            "~Ada 2",
            "Gus",
            "+46701740606"
        ]
    );
    page.choose("order", "Name");
    assert_eq!(page.names(), BY_NAME);
    page.close();
}

#[test]
fn details_show_what_is_known_and_what_may_be_done() {
    let Some(page) = Page::open(WIDE, &people()) else {
        return;
    };
    page.browser.click(".row[data-place=\"2\"]");
    assert_eq!(
        page.text("#details"),
        "Close\nA\nada's bakery\n+1 212-555-0160\nDiscovered\nBusiness\nAbout\n\
         Name on WhatsApp\nada's bakery\nCountry\nUnited States\nBusiness\nYes\nId\n12125550160\n\
         Kind of id\nPhone number\nSince the earlier export\nUnchanged\n\
         Why in the list\nNot in the address book: seen through a chat or a group.\n\
         Main reason\nPrivate chat\nAlso\nIn a group\nLast activity\n14 Nov 2023, 22:13 UTC\n\
         Labels\nPaid\nGroups\nRowing\nChess\nWhat may be done\n\
         Edit: not allowed. A discovered contact is not in the address book, so it cannot be edited.\n\
         Delete: not allowed. A discovered contact is not in the address book, so it cannot be deleted.\n\
         Create: allowed"
    );
    assert_eq!(
        page.value("document.querySelector('#details a').href"),
        "tel:+12125550160"
    );
    page.browser.click(".row[data-place=\"4\"]");
    assert_eq!(page.texts("#details a"), [""; 0]);
    assert_eq!(page.text("#details .number"), "No phone number");
    assert_eq!(page.texts(".row[aria-selected=true] .name"), ["Gus"]);
    // What is chosen stays open when the list changes.
    page.search("zoe");
    assert_eq!(page.text("#who"), "Gus");
    page.browser.click("#close");
    assert_eq!(
        page.text("#details .hint"),
        "Choose a contact to see its details."
    );
    page.close();
}

#[test]
fn without_enrichment_the_page_names_the_flag() {
    let available = Available::default();
    let contacts: Vec<_> = people()
        .into_iter()
        .map(|person| person.contact().clone().into())
        .collect();
    let end = RunEnd::incomplete(vec!["the list moved".to_owned()]);
    let options = [("title", "The shop")];
    let Some(page) = Page::open_with(WIDE, options, available, &contacts, &end) else {
        return;
    };
    assert_eq!(page.value("document.title"), "The shop");
    assert_eq!(page.text("#title"), "The shop");
    assert_eq!(
        page.text("#missing"),
        "Contacts may be missing.\nthe list moved"
    );
    assert_eq!(
        page.texts("#facets label > span"),
        ["Country", "Business", "Order"]
    );
    assert_eq!(
        page.options("order"),
        ["Name", "Country", "As the Whapi API lists them"]
    );
    assert_eq!(
        page.text("#more .soft"),
        "To filter by reason, group or label, export with --reasons."
    );
    page.browser.click(".row");
    assert_eq!(
        page.text(".part:nth-of-type(3)"),
        "Why in the list\nIn the phone's address book.\n\
         Not known. An export with --reasons finds out why."
    );
    page.close();
}

#[test]
fn on_a_narrow_screen_details_are_over_the_list() {
    let Some(page) = Page::open(NARROW, &people()) else {
        return;
    };
    let open = "document.getElementById('more').open";
    assert_eq!(page.value(open), false);
    assert_eq!(page.value("getComputedStyle(details).display"), "none");
    page.browser.click(".row[data-place=\"5\"]");
    assert_eq!(page.focus(), "who");
    let covers = "(({ width, height }) => width >= innerWidth && height >= innerHeight)
                  (details.getBoundingClientRect())";
    assert_eq!(page.value(covers), true);
    assert_eq!(
        page.value("byId('contacts').inert && byId('top').inert"),
        true
    );
    page.browser.click("#close");
    assert_eq!(
        (page.focus(), page.active()),
        ("list".to_owned(), "Zoë Müller".to_owned())
    );
    assert_eq!(
        page.value("byId('contacts').inert || byId('top').inert"),
        false
    );
    // The way back of the browser leads to the list.
    page.browser.click(".row[data-place=\"0\"]");
    assert_eq!(page.text("#who"), "~Ada 2");
    page.browser.run("history.back()");
    page.wait_for("opened === null");
    assert_eq!(page.focus(), "list");
    // No part of the page is wider than the screen.
    assert_eq!(
        page.value("document.documentElement.scrollWidth <= innerWidth"),
        true
    );
    page.close();
}
