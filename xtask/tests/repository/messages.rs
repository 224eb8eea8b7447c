//! The guide to Google Sheets names the messages that the code has.

use std::fs;
use std::path::Path;

use crate::{path, text};

/// The text of a source file, or of all in a folder but its tests, with each text on one line.
fn source(path: &Path) -> String {
    let text = if path.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let paths = paths.filter(|path| !path.ends_with("tests"));
        paths.map(|path| source(&path)).collect()
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        fs::read_to_string(path).unwrap()
    } else {
        String::new()
    };
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + line.trim_start())
}

/// The texts in backticks at the beginning of the rows of the guide's last part.
fn documented_messages(guide: &str) -> Vec<&str> {
    let (_, part) = guide
        .split_once("\n## What the program says, and what to do\n")
        .unwrap();
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| match row.strip_prefix('`') {
        Some(row) => row.split_once("``").unwrap().0,
        None => row.split_once('`').unwrap().0,
    })
    .collect()
}

/// Whether a text of the source has these words, where `…` stands for any others.
fn is_message(source: &str, message: &str) -> bool {
    source.split('"').any(|mut text| {
        message.split('…').map(str::trim).all(|words| {
            let found = text.split_once(words);
            text = found.map_or(text, |(_, rest)| rest);
            found.is_some()
        })
    })
}

#[test]
fn the_guide_names_messages_that_exist() {
    let guide = text("docs/guides/google-sheets.md");
    let problems = text("crates/whapi-http/src/tls.rs");
    let parts = [
        "crates/whapi-export-sheets/src",
        "crates/whapi-cli/src/google",
        "crates/whapi-cli/src/commands/login/google.rs",
    ];
    let source: String = parts.map(|part| source(&path(part))).concat();
    let messages = documented_messages(&guide);
    assert!(messages.len() > 60, "{}", messages.len());
    for message in messages {
        let (message, problem) = match message.split_once(" is not valid: ") {
            Some((message, problem)) if message.starts_with("the certificate") => {
                (message, problem)
            }
            _ => (message, ""),
        };
        assert!(is_message(&source, message), "no message has: {message}");
        assert!(is_message(&problems, problem), "no problem is: {problem}");
    }
}

#[test]
fn words_are_found_in_one_text_and_in_their_order() {
    let source = r#"f("the tab `{}` has no cells"); g("other words")"#;
    assert!(is_message(source, "the tab … has no cells"));
    assert!(is_message(source, "… has no cells"));
    assert!(!is_message(source, "has no cells … the tab"));
    assert!(!is_message(source, "the tab … other words"));
}
