//! The text, line for line.

use unicode_width::UnicodeWidthStr;
use whapi_classify::ReasonIndex;
use whapi_stats::{ScanSummary, Stats, TextStyle};

use crate::people::{HOSTILE, NOW, contact, count, group, six};

#[test]
fn everything_that_is_known_of_six() {
    let scan = ScanSummary::complete().with_lid_links(true).with_listed(9);
    insta::assert_snapshot!(six().report(scan).to_text(&TextStyle::new(72)));
}

#[test]
fn narrow_terminals_have_no_bars() {
    let stats = six();
    let report = stats.report(ScanSummary::complete().with_lid_links(true));
    let text = report.with_names().to_text(&TextStyle::new(40));
    assert!(
        !text.contains(|c: char| ('\u{2580}'..='\u{259f}').contains(&c)),
        "{text}"
    );
    assert!(text.lines().all(|line| line.width() <= 40), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn nothing_requested_and_incomplete() {
    let stats = count([contact("447700900101")], None);
    let scan = ScanSummary::incomplete(["the API counts 2 contacts and gave \u{1b}[31m1 of them"]);
    let style = TextStyle::new(50).with_ascii();
    insta::assert_snapshot!(stats.report(scan).to_text(&style));
}

#[test]
fn what_could_not_be_read_is_not_known_and_not_none() {
    let reason_index = ReasonIndex::new().with_blocked([]);
    let stats = count(
        [contact("447700900101").with_saved(false)],
        Some(&reason_index),
    );
    let text = stats
        .report(ScanSummary::complete())
        .to_text(&TextStyle::new(60));
    let reasons = text.find("Why they are visible").unwrap();
    insta::assert_snapshot!(&text[reasons..]);
}

fn hostile_groups() -> Stats {
    let people = ["447700900101"];
    let groups = (0..).zip(HOSTILE);
    let groups =
        groups.map(|(n, title)| group(&format!("12036300000000000{n}@g.us"), title, &people));
    let reason_index = ReasonIndex::new().with_groups(groups.collect::<Vec<_>>());
    count(people.map(contact), Some(&reason_index))
}

#[test]
fn names_of_groups_are_escaped_and_cut() {
    let stats = hostile_groups();
    let text = stats
        .report(ScanSummary::complete())
        .with_names()
        .to_text(&TextStyle::new(80));
    let groups = text.find("Groups").unwrap();
    let end = text.find("Last activity").unwrap();
    insta::assert_snapshot!(&text[groups..end]);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn the_caller_may_make_titles_safe_in_its_own_way() {
    let style = TextStyle::new(80).with_titles(|title| format!("{} bytes", title.len()).into());
    let stats = hostile_groups();
    let text = stats
        .report(ScanSummary::complete())
        .with_names()
        .to_text(&style);
    assert!(text.contains("  25 bytes\n"), "{text}");
    assert!(!text.contains("script"));
}

#[test]
fn colors_are_used_on_request() {
    let stats = Stats::new(NOW);
    let plain = stats
        .report(ScanSummary::complete())
        .to_text(&TextStyle::new(80));
    assert!(!plain.contains('\u{1b}'));
    let colored = stats
        .report(ScanSummary::complete())
        .to_text(&TextStyle::new(80).with_colors());
    assert!(colored.contains("\u{1b}[32mComplete: no contact is missing.\u{1b}[0m\n"));
    let codes = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[32m"];
    let stripped = codes
        .iter()
        .fold(colored, |text, code| text.replace(code, ""));
    assert_eq!(stripped, plain);
}
