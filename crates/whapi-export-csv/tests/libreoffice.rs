//! How many formulas LibreOffice finds in a file, whatever it splits lines at, and what it takes for
//! numbers. Skipped with a word where there is no `soffice`.

#[expect(dead_code, reason = "what the cells must be is for the other readers")]
mod common;

use common::{contact, contacts, export, nasty};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use whapi_export::ClassifiedContact;
use whapi_test_support::libreoffice;

/// The separators that LibreOffice's dialog for CSV offers, as its filter wants them: the codes of
/// the characters.
const SEPARATORS: [&str; 4] = ["44", "59", "9", "44/59/9"];

/// The nasty contacts, and many with texts of what formulas, cells and lines begin and end with.
fn people() -> Vec<ClassifiedContact> {
    let pieces =
        "[=+@|%\\-＝＋－＠]|[;\t\r\n,\"' ]|[\0\u{1}\u{b}\u{200b}\u{feff}]|1\\+1|SUM\\(1\\)|Bob";
    let text = prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    let mut chosen = || text.new_tree(&mut runner).unwrap().current();
    let untrusted = (0..2000).map(|_| {
        let contact = contact("447700900101", Some(&chosen()), Some(&chosen()), None);
        ClassifiedContact::new(contact.with_about(chosen()))
    });
    let mut people = contacts(&nasty());
    people.extend(untrusted);
    people
}

/// Counts the cells that LibreOffice takes for formulas, for each way of splitting.
fn formulas(csv: &[u8]) -> Option<Vec<usize>> {
    // So many rows, however they are split, so the file was read.
    let count = |xml: String| {
        assert!(xml.matches("<table:table-row").count() > 2000);
        xml.matches(" table:formula=").count()
    };
    let opened = SEPARATORS.iter().map(|separators| opened(csv, separators));
    opened.map(|xml| xml.map(count)).collect()
}

/// The file in LibreOffice's own format, which is XML. The settings besides the separators: quotes
/// around text, UTF-8, from the first line on, English, formulas evaluated.
fn opened(csv: &[u8], separators: &str) -> Option<String> {
    opened_as(csv, separators, UTF_8)
}

/// LibreOffice's numbers of encodings.
const UTF_8: u32 = 76;
const UTF_16: u32 = 65535;
const WINDOWS_1252: u32 = 1;

fn opened_as(csv: &[u8], separators: &str, encoding: u32) -> Option<String> {
    let filter = format!(
        "--infilter=CSV:{separators},34,{encoding},1,,0,false,true,false,false,false,0,true"
    );
    libreoffice(csv, "csv", "fods", &[&filter]).map(|file| file.text())
}

#[test]
#[ignore = "slow tier: starts LibreOffice 24 times"]
fn no_cell_becomes_a_formula_whatever_splits_the_lines() {
    let people = people();
    for separator in ["comma", "semicolon", "tab"] {
        let options = [("columns", "all"), ("separator", separator)];
        let guarded = export(options, &people).0;
        let Some(found) = formulas(&guarded) else {
            return;
        };
        assert_eq!(found, [0, 0, 0, 0], "{separator}");
        // It would see them: without the guard each way of splitting finds some.
        let options = [&options[..], &[("formula_guard", "off")]].concat();
        let found = formulas(&export(options, &people).0).unwrap();
        assert!(
            found.iter().all(|found| *found > 10),
            "{separator}: {found:?}"
        );
    }
}

/// The paragraphs of all cells: one for each line of a cell's text.
fn paragraphs(xml: &str) -> Vec<&str> {
    // Headers and footers of pages have some, too.
    let body = xml.split_once("<office:body>").unwrap().1;
    let behind = body.split("<text:p>").skip(1);
    behind
        .map(|text| text.split_once("</text:p>").unwrap().0)
        .collect()
}

#[test]
#[ignore = "slow tier: starts LibreOffice nine times"]
fn every_separator_and_encoding_has_the_same_cells() {
    let ada = contact(
        "4915112345678",
        Some("Zoë, “B”; €"),
        Some("Œ\r\nÿ"),
        Some(true),
    );
    let people = [ClassifiedContact::new(ada)];
    for (separator, code) in [("comma", "44"), ("semicolon", "59"), ("tab", "9")] {
        for (encoding, number) in [
            ("utf-8", UTF_8),
            ("utf-16le", UTF_16),
            ("windows-1252", WINDOWS_1252),
        ] {
            let options = [
                ("profile", "excel"),
                ("columns", "id,phone,name,pushname,standing"),
                ("separator", separator),
                ("encoding", encoding),
            ];
            let file = export(options, &people).0;
            let Some(xml) = opened_as(&file, code, number) else {
                return;
            };
            assert_eq!(
                paragraphs(&xml),
                [
                    "id",
                    "phone",
                    "name",
                    "pushname",
                    "standing",
                    "4915112345678@s.whatsapp.net",
                    "+49 1511 2345678",
                    "Zoë, “B”; €",
                    "Œ",
                    "ÿ",
                    "saved",
                ],
                "{separator} {encoding}"
            );
        }
    }
}

#[test]
#[ignore = "slow tier: starts LibreOffice twice"]
fn the_numbers_of_the_profile_for_spreadsheets_stay_text() {
    let numbers = [
        ("46701740605", "+46 70 174 06 05"),
        ("12125550160", "+1 212-555-0160"),
        ("33612345678", "+33 6 12 34 56 78"),
        ("551187654321", "+55 1187654321"),
        ("5511987654321", "+55 11 98765-4321"),
        ("999000000000015", "+999 000000000015"),
        ("0000", "+000 0"),
        ("3700", "+370 0"),
    ];
    let people = numbers.map(|(id, _)| ClassifiedContact::new(contact(id, None, None, None)));
    let columns = "id,phone,display_name,phone_international,phone_variants";
    let [excel, plain] = ["excel", "plain"].map(|profile| {
        let options = [("profile", profile), ("columns", columns)];
        opened(&export(options, &people).0, "44")
    });
    let (Some(excel), Some(plain)) = (excel, plain) else {
        return;
    };
    for (id, text) in numbers {
        for text in [text, &format!("{id}@s.whatsapp.net")] {
            let cell = format!("<text:p>{text}</text:p>");
            assert!(excel.contains(&cell), "{text}");
        }
    }
    let are_numbers = |xml: &str| xml.matches(" office:value-type=\"float\"").count();
    assert_eq!(are_numbers(&excel), 0);
    // It would see them.
    assert!(are_numbers(&plain) >= numbers.len());
}
