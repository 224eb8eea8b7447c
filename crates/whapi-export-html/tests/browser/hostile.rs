//! Names that try to be markup, script, or a link. Each would set `canary` if it ran.

use std::fs;

use serde_json::{Value, json};
use whapi_export::conformance::{all_available, known_contacts, nasty_contacts, sample_contacts};
use whapi_export::whapi_classify::ReasonIndex;
use whapi_export::whapi_model::{Chat, ChatKind, Contact, Group, Label, Participant, Rank};
use whapi_export::{ClassifiedContact, RunEnd};
use whapi_text::{escape_hidden, one_line};

use crate::page::{Page, WIDE};
use crate::people::id;

const HOSTILE: [&str; 12] = [
    "<script>canary = 1</script>",
    "</script><script>canary = 1</script>",
    "<img src=x onerror=\"canary = 1\">",
    "\" onfocus=\"canary = 1\" autofocus=\"",
    "' onmouseover='canary = 1",
    "javascript:canary=1",
    "<svg/onload=canary=1>",
    "<!--<script>",
    "]]><style>*{display:none}</style>",
    "\u{202e}</bdi><b>evil\u{202c}",
    "__proto__",
    "{{SCRIPT}}${canary = 1}`",
];

/// Every hostile text as a name, a pushname, an id, the name of a group and of a label; and all nasty
/// people of the conformance suite.
fn contacts() -> Vec<ClassifiedContact> {
    let hostile = HOSTILE.iter().enumerate().map(|(nth, text)| {
        let person = format!("4477009006{nth:02}");
        let contact = Contact::new(id(&person))
            .with_name(*text)
            .with_pushname(*text);
        let mut chat = Chat::new(id(&person), ChatKind::Contact);
        chat.labels = vec![Label::new("1", *text)];
        let mut group = Group::new(id(&format!("{text}@g.us")));
        group.name = Some((*text).to_owned());
        group.participants = vec![Participant::new(id(&person), Rank::Admin)];
        let index = ReasonIndex::new().with_chats([chat]).with_groups([group]);
        let reasons = index.reasons_of(&contact, None);
        ClassifiedContact::new(contact)
            .with_reasons(reasons)
            .with_channel(*text)
    });
    let ids = HOSTILE.map(|text| Contact::new(id(text)).with_username(text).into());
    let long = Contact::new(id("447700900699")).with_name("n".repeat(10_000));
    let emoji = Contact::new(id("447700900698")).with_name("👩‍👩‍👧‍👦 🇳🇱 שלום");
    hostile
        .chain(ids)
        .chain([long.into(), emoji.into()])
        .chain(nasty_contacts())
        .chain(known_contacts())
        .chain(sample_contacts())
        .collect()
}

#[test]
fn no_name_does_anything() {
    let contacts = contacts();
    let end = RunEnd::incomplete(HOSTILE.map(str::to_owned).to_vec());
    let options = [("title", HOSTILE[1])];
    let mut available = all_available();
    available.channels = true;
    let opened = Page::open_with(WIDE, options, available, &contacts, &end);
    let Some(page) = opened else {
        return;
    };
    // Every contact was in the list and in the details.
    let shown = page.browser.run(
        "window.broken = [];
         document.addEventListener('securitypolicyviolation', (event) => broken.push(event.violatedDirective));
         return contacts.map((_, index) => {
           openDetails(index, true);
           list.scrollTop += 60;
           drawRows();
           return byId('who').textContent;
         })",
    );
    let expected: Vec<_> = contacts
        .iter()
        .map(|contact| {
            let name = contact.display_name();
            escape_hidden(&one_line(name.text())).into_owned()
        })
        .collect();
    assert_eq!(shown, json!(expected));
    assert_eq!(
        page.value("document.querySelector('#paper').childElementCount"),
        0
    );
    page.browser.run(
        "openDetails(contacts.findIndex((one) => one.groups && one.phone), false);
         fillPaper()",
    );
    check_elements(&page);
    assert_eq!(page.value("typeof canary"), "undefined");
    assert_eq!(page.value("broken"), json!([]));
    assert_eq!(page.value("document.title"), HOSTILE[1]);
    let missing = page.texts("#missing li");
    assert_eq!(missing, HOSTILE.map(escape_hidden));
    page.close();
}

/// The page has the elements and attributes that it makes, and no others.
fn check_elements(page: &Page) {
    let elements = page.value(
        "[...new Set([...document.querySelectorAll('*')].map((found) => found.localName))].sort()",
    );
    assert_eq!(
        elements,
        json!([
            "a", "b", "bdi", "body", "button", "dd", "details", "div", "dl", "dt", "fieldset",
            "form", "h1", "h2", "h3", "head", "header", "html", "input", "kbd", "label", "legend",
            "li", "main", "meta", "noscript", "option", "p", "path", "script", "section", "select",
            "span", "strong", "style", "summary", "svg", "table", "tbody", "td", "th", "thead",
            "title", "tr", "ul"
        ])
    );
    let attributes = page.value("[...new Set([...document.querySelectorAll('*')].flatMap((found) => found.getAttributeNames()))].sort()");
    let attributes: Vec<String> = serde_json::from_value(attributes).unwrap();
    let made = |name: &String| !name.starts_with("aria-");
    assert_eq!(
        attributes.into_iter().filter(made).collect::<Vec<_>>(),
        [
            "autocapitalize",
            "autocomplete",
            "charset",
            "class",
            "content",
            "d",
            "data-place",
            "dir",
            "enterkeyhint",
            "hidden",
            "href",
            "http-equiv",
            "id",
            "lang",
            "name",
            "open",
            "placeholder",
            "role",
            "scope",
            "spellcheck",
            "style",
            "tabindex",
            "type",
            "value",
            "viewBox"
        ]
    );
    // Only the script sets styles, of the elements that make the list as high as it is.
    let styled = page.value("[...document.querySelectorAll('[style]')].map((found) => found.id)");
    assert_eq!(styled, json!(["space", "rows"]));
    let scripts = page.value("document.scripts.length");
    assert_eq!(scripts, 2);
    let links = page.value("contacts.map((_, index) => { openDetails(index, false); return details.querySelector('a')?.href ?? null })");
    let links = links
        .as_array()
        .unwrap()
        .iter()
        .filter(|link| !link.is_null());
    let mut numbers = 0;
    for link in links {
        let number = link
            .as_str()
            .and_then(|link| link.strip_prefix("tel:+"))
            .unwrap();
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{link}");
        numbers += 1;
    }
    let with_phone = page.value("contacts.filter((contact) => contact.phone !== undefined).length");
    assert_eq!(with_phone, numbers);
    assert!(numbers > 50);
}

/// Hidden characters are shown by their numbers, in rows, details and options.
#[test]
fn no_name_turns_the_direction_of_writing() {
    let Some(page) = Page::open(WIDE, &contacts()) else {
        return;
    };
    page.search("evil");
    assert_eq!(
        page.names(),
        [
            r"\u{202e}</bdi><b>evil\u{202c}",
            r"\u{202e}</bdi><b>evil\u{202c}"
        ]
    );
    let text = page.browser.run(
        "return contacts.map((_, index) => {
           openDetails(index, false);
           return details.textContent;
         }).join('') + document.body.innerText",
    );
    let hidden = |c: char| {
        c != '\n' && c != '\t' && !"\u{2068}\u{2069}".contains(c) && whapi_text::is_hidden(c)
    };
    assert!(!text.as_str().unwrap().contains(hidden));
    page.close();
}

/// The policy allows the script of this program and no other.
#[test]
fn a_changed_script_does_not_run() {
    let Some(page) = Page::open(WIDE, &sample_contacts()) else {
        return;
    };
    let text = fs::read_to_string(&page.file).unwrap();
    let changed = text.replacen("'use strict';", "'use strict'; ", 1);
    assert_ne!(changed, text);
    fs::write(&page.file, changed.replacen("</style>", " </style>", 1)).unwrap();
    page.browser.open(&page.file);
    assert_eq!(page.value("typeof openDetails"), "undefined");
    assert_eq!(
        page.value("document.getElementById('waiting').hidden"),
        false
    );
    let console = page.browser.console();
    assert_eq!(console.len(), 2, "{console:?}");
    assert!(console[0].contains("style-src") && console[1].contains("script-src"));
    // No address is loaded, and no text becomes markup, even by the page's own script.
    fs::write(&page.file, text).unwrap();
    page.browser.open(&page.file);
    let refused = page.browser.run(
        "const refused = [];
         try { document.body.innerHTML = '<b>x</b>' } catch (error) { refused.push(error.name) }
         return refused",
    );
    assert_eq!(refused, json!(["TypeError"]));
    let fetched: Value = page.browser.run_async(
        "const done = arguments[arguments.length - 1];
         fetch('http://127.0.0.1:9/').then(() => done('loaded'), (error) => done(error.name))",
    );
    assert_eq!(fetched, "TypeError");
    let console = page.browser.console();
    assert!(
        console
            .iter()
            .any(|line| line.contains("default-src 'none'")),
        "{console:?}"
    );
}
