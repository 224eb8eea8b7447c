//! The page, as a reader that is not ours finds it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use whapi_classify::ReasonIndex;
use whapi_stats::{ScanSummary, Stats};
use whapi_test_support::Python;

use crate::people::{HOSTILE, NOW, contact, count, group, six};

/// Reads a page from standard input, and says as JSON what is in it: every element and attribute
/// that it uses, the rows of each table, and what stands in each `bdi`.
const READER: &str = r#"
import html.parser, json, sys

VOID = {"meta", "br", "img", "input", "link", "hr", "base"}

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.used, self.tables, self.isolated, self.unbalanced = [], set(), {}, [], []
        self.ids, self.refs = [], []

    def handle_starttag(self, tag, attributes):
        self.used.update(f"{tag}@{name}" for name, _ in attributes)
        self.used.add(tag)
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.refs += found.get("aria-labelledby", "").split()
        if tag == "table":
            self.rows = self.tables.setdefault(found["aria-labelledby"], [])
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "bdi":
            self.isolated.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data
        if "bdi" in self.open:
            self.isolated[-1] += data

page = Page()
page.feed(sys.stdin.buffer.read().decode("utf-8"))
page.close()
json.dump({
    "tables": page.tables, "isolated": page.isolated, "used": sorted(page.used),
    "unbalanced": page.unbalanced + page.open,
    "ids_twice": sorted({i for i in page.ids if page.ids.count(i) > 1}),
    "refs_to_nothing": sorted(set(page.refs) - set(page.ids)),
}, sys.stdout)
"#;

/// Reads the page with Python's parser. `None` when there is no Python.
fn read(page: &str) -> Option<Value> {
    Some(Python::with("html.parser")?.read(READER, page.as_bytes()))
}

/// The page without its style, which only a browser can judge.
fn without_style(page: &str) -> String {
    let start = page.find("<style>").unwrap();
    let end = page.find("</style>").unwrap();
    format!("{}{}", &page[..start + 7], &page[end..])
}

#[test]
fn the_page_of_six() {
    let scan = ScanSummary::complete().with_lid_links(true).with_listed(9);
    insta::assert_snapshot!(without_style(&six().report(scan).to_html()));
}

#[test]
fn a_parser_reads_every_number() {
    let scan = ScanSummary::incomplete(["a < b"]).with_lid_links(true);
    let Some(found) = read(&six().report(scan).to_html()) else {
        return;
    };
    assert_eq!(found["unbalanced"], json!([]));
    assert_eq!(found["ids_twice"], json!([]));
    assert_eq!(found["refs_to_nothing"], json!([]));
    let tables = &found["tables"];
    assert_eq!(
        tables["standing"],
        json!([
            ["saved", "discovered", "unknown"],
            ["2", "3", "1"],
            ["33%", "50%", "17%"]
        ])
    );
    assert_eq!(
        tables["permissions"],
        json!([
            ["Operation", "Contacts", "Share"],
            ["can be edited", "2", "33%"],
            ["can be deleted", "2", "33%"],
            ["can be created", "1", "17%"],
            ["not known", "1", "17%"],
        ])
    );
    assert_eq!(
        tables["primary-reasons"],
        json!([
            ["Main reason", "Contacts", "Share"],
            ["account itself", "0", "0%"],
            ["in the address book", "2", "33%"],
            ["private chat", "1", "17%"],
            ["in a group", "1", "17%"],
            ["blocked", "1", "17%"],
            ["unexplained", "1", "17%"],
        ])
    );
    assert_eq!(
        tables["all-reasons"][2],
        json!(["in the address book", "at least 2", "33%"])
    );
    assert_eq!(
        tables["groups"],
        json!([
            ["Group", "Contacts", "Share"],
            ["Group 1", "3", "50%"],
            ["Group 2", "2", "33%"],
            ["in no group", "3", "50%"],
        ])
    );
    assert_eq!(tables["countries"][1], json!(["DE Germany", "1", "17%"]));
    assert_eq!(tables["months"][12], json!(["2026-11", "1", "33%"]));
}

#[test]
fn names_of_groups_are_escaped() {
    let people = ["447700900101"];
    let groups = (0..).zip(HOSTILE);
    let groups =
        groups.map(|(n, title)| group(&format!("12036300000000000{n}@g.us"), title, &people));
    let reason_index = ReasonIndex::new().with_groups(groups.collect::<Vec<_>>());
    let stats = count(people.map(contact), Some(&reason_index));
    let honest = stats.report(ScanSummary::complete()).to_html();
    let named = stats.report(ScanSummary::complete()).with_names().to_html();
    assert!(!named.contains(|c: char| c.is_control() && c != '\n'));
    assert!(!named.contains('\u{202e}'));
    let (Some(honest), Some(named)) = (read(&honest), read(&named)) else {
        return;
    };
    let expected = HOSTILE.map(|title| {
        title
            .replace('\u{202e}', r"\u{202e}")
            .replace('\u{1b}', r"\u{1b}")
            .replace('\n', r"\u{a}")
    });
    assert_eq!(named["isolated"], json!(expected));
    assert_eq!(named["unbalanced"], json!([]));
    // No title brought an element or an attribute of its own.
    let used = |page: &Value| -> Vec<String> {
        let used = page["used"].as_array().unwrap().iter();
        used.map(|name| name.as_str().unwrap().to_owned())
            .filter(|name| name != "bdi")
            .collect()
    };
    assert_eq!(used(&named), used(&honest));
    let harmless = ["script", "img", "link", "iframe", "object", "a", "form"];
    assert!(
        used(&named)
            .iter()
            .all(|name| !harmless.contains(&name.as_str()))
    );
}

#[test]
fn the_page_needs_nothing_from_anywhere() {
    for stats in [six(), Stats::new(NOW)] {
        let page = stats.report(ScanSummary::complete()).to_html();
        for outside in [
            "http:", "https:", "//", "@import", "src=", "href=", "url(h", " style=",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("\"default-src 'none'; style-src 'sha256-"));
    }
}

/// The policy in the page's head allows exactly the style in the page's head.
#[test]
fn the_policy_allows_the_style() {
    let page = six().report(ScanSummary::complete()).to_html();
    let start = page.find("<style>").unwrap() + 7;
    let end = page.find("</style>").unwrap();
    let hash = base64(&Sha256::digest(&page.as_bytes()[start..end]));
    let policy = format!("style-src 'sha256-{hash}'");
    assert!(page.contains(&policy), "the style's hash is {hash}");
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(*three.get(at).unwrap_or(&0))
        });
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            let shown = digit <= three.len();
            text.push(if shown {
                char::from(DIGITS[value as usize])
            } else {
                '='
            });
        }
    }
    text
}
