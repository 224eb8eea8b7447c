//! Saved answers in place of an API.

use std::io::Cursor;

use futures_util::FutureExt as _;
use whapi_emulator::{Emulator, Person};
use whapi_fetch::{ContactSource, ErrorKind, SavedAnswers};

use crate::common::{Run, drain, numbered};

/// Reads the text on this thread and on one of its own, which must come to the same.
async fn read(text: impl AsRef<[u8]>) -> Run {
    let text = Cursor::new(text.as_ref().to_vec());
    let name = "`saved.json`";
    let here = drain(&mut SavedAnswers::from_reader(text.clone(), name)).await;
    let elsewhere = drain(&mut SavedAnswers::from_blocking_reader(text, name)).await;
    assert_eq!(here.ids, elsewhere.ids);
    assert_eq!(here.report, elsewhere.report);
    let messages = [&here, &elsewhere].map(|run| run.error.as_ref().map(ToString::to_string));
    assert_eq!(messages[0], messages[1]);
    here
}

/// Reads `text`, which holds the first `count` people and is complete.
#[track_caller]
fn check(run: &Run, count: usize, pages: u64) {
    assert_eq!(run.error.as_ref().map(ToString::to_string), None);
    let expected: Vec<String> = numbered(count).into_iter().map(|p| p.id).collect();
    assert_eq!(run.ids, expected);
    assert!(run.report.complete);
    assert_eq!((run.report.pages, run.report.passes), (pages, 1));
    assert_eq!((run.report.requests, run.report.retries), (0, 0));
}

/// The error that `text` ends with, and how many contacts came before it.
async fn failure(text: impl AsRef<[u8]>) -> (String, usize) {
    let run = read(text).await;
    let error = run.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(!run.report.complete);
    (error.to_string(), run.ids.len())
}

fn answer(offset: usize, count: usize) -> String {
    Emulator::answer(&numbered(1317), offset, count)
}

fn pretty(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn contacts(range: std::ops::Range<usize>) -> Vec<String> {
    numbered(range.end)[range]
        .iter()
        .map(Person::to_json)
        .collect()
}

/// Without this a run could not be cancelled: a file is always ready.
#[tokio::test]
async fn others_are_let_in_between() {
    let people = numbered(40_000);
    let answers: Vec<_> = (0..people.len())
        .step_by(500)
        .map(|offset| Emulator::answer(&people, offset, 500))
        .collect();
    let mut source = SavedAnswers::from_reader(Cursor::new(answers.join("\n")), "`saved.json`");
    let (mut contacts, mut pauses) = (0, 0);
    loop {
        match source.next_batch().now_or_never() {
            None => pauses += 1,
            Some(batch) => match batch.unwrap() {
                Some(batch) => contacts += batch.len(),
                None => break,
            },
        }
    }
    assert_eq!((contacts, pauses), (40_000, 2));
}

#[tokio::test]
async fn one_answer() {
    let text = Emulator::answer(&numbered(3), 0, 500);
    check(&read(&text).await, 3, 1);
    check(&read(pretty(&text)).await, 3, 1);
    check(&read(pretty(&text).replace('\n', "\r\n")).await, 3, 1);
    check(&read(format!("\u{feff}{text}")).await, 3, 1);
    check(&read(format!("\u{feff}{}", pretty(&text))).await, 3, 1);
    check(
        &read(format!("\n\r\n  \n{}\n\n", pretty(&text))).await,
        3,
        1,
    );
}

#[tokio::test]
async fn one_array() {
    let text = format!("[{}]", contacts(0..3).join(","));
    check(&read(&text).await, 3, 1);
    check(&read(pretty(&text)).await, 3, 1);
}

#[tokio::test]
async fn one_contact() {
    let text = &contacts(0..1)[0];
    check(&read(text).await, 1, 0);
    check(&read(pretty(text)).await, 1, 0);
}

#[tokio::test]
async fn answers_one_to_a_line() {
    let lines = [answer(0, 500), answer(500, 500), answer(1000, 500)];
    check(&read(lines.join("\n")).await, 1317, 3);
    check(&read(lines.join("\n") + "\n").await, 1317, 3);
    check(&read(lines.join("\r\n") + "\r\n").await, 1317, 3);
    check(&read(lines.join("\n\n \n") + "\n\n").await, 1317, 3);
    check(
        &read(format!("\u{feff}{}", lines.join("\n"))).await,
        1317,
        3,
    );
}

#[tokio::test]
async fn contacts_one_to_a_line() {
    let run = read(contacts(0..1317).join("\n")).await;
    check(&run, 1317, 0);
    assert_eq!(run.report.reported_total, None);
}

#[tokio::test]
async fn all_of_it_mixed() {
    let text = [
        contacts(0..10).join("\n"),
        format!("[{}]", contacts(10..20).join(",")),
        answer(20, 500),
        answer(520, 797),
    ];
    check(&read(text.join("\n")).await, 1317, 3);
}

#[tokio::test]
async fn pages_that_share_rows_are_duplicates_and_no_contact_twice() {
    let run = read([answer(0, 500), answer(499, 500), answer(998, 500)].join("\n")).await;
    check(&run, 1317, 3);
    assert_eq!(run.report.duplicates, 2);
}

#[tokio::test]
async fn a_total_above_the_contacts_is_incomplete() {
    let run = read([answer(0, 500), answer(500, 500)].join("\n")).await;
    run.assert_incomplete(&["the Whapi API says that there are 1317 contacts but lists 317 fewer"]);
    assert_eq!(run.ids.len(), 1000);
}

#[tokio::test]
async fn rows_without_an_id_are_incomplete() {
    let run = read(r#"{"contacts":[{"id":"4470"},{"name":"x"},{"id":""}],"total":3}"#).await;
    run.assert_incomplete(&["2 of the Whapi API's rows have no id, so their contacts are unknown"]);
    assert_eq!((run.ids.len(), run.report.unusable_rows), (1, 2));
}

#[tokio::test]
async fn an_empty_list_is_complete() {
    check(&read(Emulator::answer(&[], 0, 500)).await, 0, 1);
    check(&read("[]").await, 0, 1);
}

#[tokio::test]
async fn nothing_at_all_is_an_error() {
    let message = "`saved.json` is empty; it should hold answers of the Whapi API";
    for text in ["", "\n", " \r\n\t\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(failure(text).await, (message.to_owned(), 0), "{text:?}");
    }
}

#[tokio::test]
async fn text_that_is_not_json_names_its_line() {
    let bad = |place: &str| format!("`saved.json` has text that is not JSON, in {place}");
    let cut = |place: &str| format!("`saved.json` has JSON that ends too early, in {place}");
    let message = bad("line 1, column 1");
    assert_eq!(failure("<html>").await, (message, 0));
    let message = bad("line 3, column 1");
    assert_eq!(failure("\n\n<html>").await, (message, 0));
    // Whole batches before the bad line have been given.
    let lines = [answer(0, 500), answer(500, 500), "oops".to_owned()];
    let message = bad("line 3, column 1");
    assert_eq!(failure(lines.join("\n")).await, (message, 1000));
    let message = bad("line 5, column 1");
    assert_eq!(failure(lines.join("\r\n\r\n")).await, (message, 1000));
    // The last line is cut off.
    let text = format!("{}\n{}", answer(0, 500), &answer(500, 3)[..40]);
    let message = cut("line 2, column 40");
    assert_eq!(failure(text).await, (message, 500));
    let message = cut("line 1, column 40");
    assert_eq!(failure(&answer(0, 3)[..40]).await, (message, 0));
    // The line of a pretty-printed text is counted from its own start, and from the file's.
    let text = pretty(&answer(0, 3)).replace("447000000001", "\"");
    let message = bad("line 8, column 15");
    assert_eq!(failure(&text).await, (message, 0));
    let message = bad("line 10, column 15");
    assert_eq!(failure(format!("\n\n{text}")).await, (message, 0));
}

#[tokio::test]
async fn utf_16_is_read_as_powershell_writes_it() {
    let text = format!("{}\r\n{}\r\n", answer(0, 500), answer(500, 500));
    let units = || text.encode_utf16();
    let little: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(units())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(units())
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [little, big] {
        let run = read(&bytes).await;
        assert_eq!(run.error.map(|error| error.to_string()), None);
        assert_eq!(run.ids.len(), 1000);
        assert_eq!(run.report.replaced_letters, 0);
    }
}

#[tokio::test]
async fn letters_that_are_no_text_are_replaced_and_counted() {
    let row = |name: &[u8]| [br#"{"id":"447700900101","name":""#, name, br#""}"#].concat();
    for (name, replaced) in [
        (&b"Ada"[..], 0),
        ("Ad\u{fffd}".as_bytes(), 0),
        (b"Ad\xe4", 1),
        (b"\xc4d\xe4 \xff\xff", 4),
    ] {
        let run = read(row(name)).await;
        assert_eq!(run.report.replaced_letters, replaced, "{name:?}");
        assert_eq!(run.ids, ["447700900101"]);
    }
    // Half a pair of UTF-16.
    let text = String::from_utf8(row(b"Ada")).unwrap();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.replace("Ada", "?").encode_utf16().flat_map(|unit| {
        let unit = if unit == u16::from(b'?') {
            0xd800
        } else {
            unit
        };
        unit.to_le_bytes()
    }));
    let run = read(bytes).await;
    assert_eq!(run.report.replaced_letters, 1);
    assert_eq!(run.ids, ["447700900101"]);
}

#[tokio::test]
async fn the_error_of_the_api_is_no_contact() {
    let error = r#"{"error":{"code":401,"message":"Unauthorized","details":"no token"}}"#;
    let message = |line: u32| {
        format!(
            "`saved.json` has an error of the Whapi API instead of contacts, in line {line}: Unauthorized: no token"
        )
    };
    assert_eq!(failure(error).await, (message(1), 0));
    assert_eq!(failure(pretty(error)).await, (message(1), 0));
    let text = format!("{}\n\n{error}\n", answer(0, 500));
    assert_eq!(failure(text).await, (message(3), 500));
}

#[tokio::test]
async fn other_json_is_no_contact() {
    let message = |line: u32| {
        format!("`saved.json` has JSON that is neither an answer nor a contact, in line {line}")
    };
    for text in [
        "{}",
        "7",
        "null",
        r#""x""#,
        "true",
        r#"{"chats":[]}"#,
        r#"{"contacts":{}}"#,
        r#"{"contacts":{},"total":0}"#,
        r#"{"contacts":"none","total":0}"#,
        r#"{"contacts":7}"#,
        r#"{"contacts":false}"#,
    ] {
        assert_eq!(failure(text).await, (message(1), 0), "{text}");
    }
    let text = format!("{}\n{{}}\n", answer(0, 500));
    assert_eq!(failure(text).await, (message(2), 500));
}

#[tokio::test]
async fn a_file_is_read_and_one_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.ndjson");
    let error = SavedAnswers::open(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("could not open `{}`", path.display())
    );
    assert_eq!(error.kind(), ErrorKind::Input);
    std::fs::write(&path, answer(0, 1317)).unwrap();
    check(
        &drain(&mut SavedAnswers::open(&path).unwrap()).await,
        1317,
        1,
    );
    // A folder opens, and cannot be read.
    let error = drain(&mut SavedAnswers::open(folder.path()).unwrap())
        .await
        .error;
    assert_eq!(
        error.unwrap().to_string(),
        format!("could not read `{}`", folder.path().display())
    );
}

#[tokio::test]
async fn a_list_of_answers_as_jq_slurps_them() {
    let text = format!(
        "[{},{},{}]",
        answer(0, 500),
        answer(500, 500),
        answer(1000, 500)
    );
    check(&read(text).await, 1317, 3);
}
