//! Answers that are meant to hurt: each ends in a clear error or the right result, in little
//! memory.

use std::sync::Arc;
use std::time::Duration;

use whapi_emulator::{Emulator, Person};
use whapi_fetch::{Client, Clock, Error, ErrorKind, ScanOptions, Token};
use whapi_http::VirtualClock;
use whapi_model::{ContactId, Label};

use crate::common::{Run, TOKEN, scan, start};
use crate::raw::{RawApi, Sent};

const MIB: usize = 1 << 20;

fn client(url: &str) -> (Client, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new());
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(url)
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .build();
    (client.unwrap(), clock)
}

/// Fails at once: another try would only cost as much again.
async fn fails_at_once(sent: Sent, message: &str) {
    let api = RawApi::start(sent);
    let error = client(&api.url).0.contacts(0, 500).await.unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(api.requests(), 1);
}

/// Fails after six tries: the answer may have been spoilt on its way.
async fn fails(sent: Sent, message: &str) {
    let api = RawApi::start(sent);
    let (client, clock) = client(&api.url);
    let error: Error = client.contacts(0, 500).await.unwrap_err();
    let waited = clock.sleeps().iter().sum::<Duration>().as_secs();
    assert_eq!(
        error.to_string(),
        format!("{message}; gave up after 6 tries in {waited} s")
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(api.requests(), 6);
}

/// The ids and names of the only page, and its total.
async fn reads(sent: Sent) -> (Vec<(String, Option<String>)>, Option<u64>) {
    let api = RawApi::start(sent);
    let page = client(&api.url).0.contacts(0, 500).await.unwrap();
    assert_eq!(api.requests(), 1);
    let rows = page.items.into_iter().map(|contact| {
        let contact = contact.expect("a row with an id");
        (contact.id().to_string(), contact.name().map(str::to_owned))
    });
    (rows.collect(), page.total)
}

fn named(name: &str) -> (String, Option<String>) {
    ("447700900101".to_owned(), Some(name.to_owned()))
}

const START: &str = r#"{"contacts":[{"id":"447700900101","name":""#;
const END: &str = r#""}],"total":1}"#;
const NOT_JSON: &str = "the Whapi API's answer is not the documented JSON";
const BROKEN_OFF: &str = "the connection to the Whapi API broke off";
const TOO_LONG: &str = "the Whapi API's answer is longer than 32 MiB";
const LONG_TEXT: &str = "the Whapi API's answer holds a text longer than 1 MiB";
const MANY_VALUES: &str = "the Whapi API's answer holds more than 100,000 values";

#[tokio::test]
async fn a_gzip_bomb_of_1_gib() {
    fails_at_once(Sent::gzip_bomb(), TOO_LONG).await;
}

#[tokio::test]
async fn a_body_without_end() {
    fails_at_once(Sent::long(START, b"a", usize::MAX, END), TOO_LONG).await;
}

#[tokio::test]
async fn a_string_of_64_mib() {
    fails_at_once(Sent::long(START, b"a", 64 * MIB, END), TOO_LONG).await;
}

#[tokio::test]
async fn a_string_of_31_mib() {
    fails_at_once(Sent::long(START, b"a", 31 * MIB, END), LONG_TEXT).await;
    fails_at_once(Sent::long(START, br"\ud800", 5 * MIB, END), LONG_TEXT).await;
}

#[tokio::test]
async fn a_string_of_1_mib_is_read() {
    let (rows, total) = reads(Sent::long(START, b"a", MIB, END)).await;
    assert_eq!((rows, total), (vec![named(&"a".repeat(MIB))], Some(1)));
}

#[tokio::test]
async fn a_million_values() {
    let start = r#"{"contacts":["#;
    for piece in ["0,", "[],", "{},", r#""",{"id":"4470"},"#] {
        fails_at_once(Sent::long(start, piece.as_bytes(), MIB, "0]}"), MANY_VALUES).await;
    }
    let start = r#"{"error":["#;
    fails_at_once(Sent::long(start, b"0,", 15 * MIB, "0]}"), MANY_VALUES).await;
}

#[tokio::test]
async fn html_with_200() {
    let page = "<!doctype html><title>502 Bad Gateway</title>";
    fails(Sent::json(page), NOT_JSON).await;
}

#[tokio::test]
async fn json_10_000_levels_deep() {
    let nest = |before: &str, after: &str| {
        let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
        Sent::json(format!("{before}{open}{close}{after}"))
    };
    fails(nest("", ""), NOT_JSON).await;
    let api = RawApi::start(nest(r#"{"contacts":"#, "}"));
    let page = client(&api.url).0.contacts(0, 500).await.unwrap();
    assert_eq!(page.items, [None], "one row without an id");
    fails(nest(r#"{"error":"#, "}"), NOT_JSON).await;
    let before = r#"{"contacts":[{"id":"447700900101","name":"Ada","labels":"#;
    let (rows, _) = reads(nest(before, "}]}")).await;
    assert_eq!(rows, [named("Ada")]);
}

#[tokio::test]
async fn not_a_number() {
    for value in ["NaN", "Infinity", "-Infinity", "1e999x", "01", "0x1"] {
        let body = format!(r#"{{"contacts":[],"total":{value}}}"#);
        fails(Sent::json(body), NOT_JSON).await;
    }
}

#[tokio::test]
async fn a_number_too_large_for_any_type() {
    for value in ["18446744073709551616", "1e999", "-1e999"] {
        let body = format!(r#"{START}Ada","saved":{value}}}],"total":{value}}}"#);
        assert_eq!(reads(Sent::json(body)).await, (vec![named("Ada")], None));
    }
    let digits = Sent::long(
        &format!(r#"{START}Ada","x":"#),
        b"9",
        4 * MIB,
        r#"}],"total":1e999}"#,
    );
    assert_eq!(reads(digits).await, (vec![named("Ada")], None));
}

#[tokio::test]
async fn the_last_of_two_equal_keys_wins() {
    let body = r#"{"contacts":[{"id":"4470"}],"contacts":[{"id":"447700900102","name":"Bo",
        "id":"447700900101","name":"Ada"}],"total":7,"total":1}"#;
    assert_eq!(reads(Sent::json(body)).await, (vec![named("Ada")], Some(1)));
}

#[tokio::test]
async fn half_a_surrogate_pair() {
    let body = format!(r"{START}A\ud83d\u0041\udc00{END}");
    let (rows, _) = reads(Sent::json(body)).await;
    assert_eq!(rows, [named("A\u{fffd}A\u{fffd}")]);
}

#[tokio::test]
async fn a_content_length_that_is_too_short() {
    let sent = Sent::json(format!("{START}Ada{END}")).with_head("content-length: 30\r\n");
    fails(sent, NOT_JSON).await;
}

#[tokio::test]
async fn a_content_length_that_is_too_long() {
    let sent = Sent::json(format!("{START}Ada{END}")).with_head("content-length: 3000\r\n");
    fails(sent, BROKEN_OFF).await;
}

#[tokio::test]
async fn a_content_length_that_is_no_length() {
    for length in ["-1", "many", "99999999999999999999999999"] {
        let head = format!("content-length: {length}\r\n");
        fails(Sent::json("{}").with_head(&head), BROKEN_OFF).await;
    }
    let two = "content-length: 2\r\ncontent-length: 3\r\n";
    fails(Sent::json("{}").with_head(two), BROKEN_OFF).await;
}

#[tokio::test]
async fn compressed_by_word_only() {
    let sent = Sent::json("{}").with_head("content-encoding: gzip\r\n");
    let message = "the API's answer is not the gzip that it is said to be";
    fails(sent, message).await;
}

#[tokio::test]
async fn a_negative_total_is_no_total() {
    let body = r#"{"contacts":[{"id":"447700900101","name":"Ada"}],"total":-1}"#;
    assert_eq!(reads(Sent::json(body)).await, (vec![named("Ada")], None));
}

/// The scan of an API that always answers the same, with a total below zero, still ends.
#[tokio::test]
async fn a_scan_with_a_negative_total_ends() {
    let body = r#"{"contacts":[{"id":"447700900101","name":"Ada"}],"total":-1}"#;
    let api = RawApi::start(Sent::json(body));
    let run: Run = scan(client(&api.url).0, ScanOptions::default()).await;
    assert_eq!(run.ids, ["447700900101"]);
}

/// One page of answers that are read for reasons.
async fn asks<T>(body: String, ask: impl AsyncFnOnce(Client) -> Result<T, Error>) -> T {
    let api = RawApi::start(Sent::json(body));
    ask(client(&api.url).0).await.unwrap()
}

#[tokio::test]
async fn names_of_groups_longer_than_1_kib_are_left_out() {
    let names = [1024, 1025].map(|length| "g".repeat(length));
    let group = |name: &str| {
        format!(r#"{{"id":"1@g.us","name":"{name}","participants":[{{"id":"4470"}}]}}"#)
    };
    let body = format!(
        r#"{{"groups":[{},{}]}}"#,
        group(&names[0]),
        group(&names[1])
    );
    let page = asks(body, async |client| client.groups(0, 50).await).await;
    let groups = page.items.into_iter().flatten();
    let read: Vec<_> = groups
        .map(|group| (group.name, group.participants.len()))
        .collect();
    assert_eq!(read, [(Some(names[0].clone()), 1), (None, 1)]);

    let one = asks(group(&names[1]), async |client| {
        let id = ContactId::parse("1@g.us").unwrap();
        client.group(&id).await
    });
    assert_eq!(one.await.unwrap().name, None);
}

#[tokio::test]
async fn ids_of_groups_and_members_longer_than_128_bytes_are_no_ids() {
    let ids = [128, 129].map(|length| "1".repeat(length));
    let members = |id: &str| format!(r#"{{"id":"{id}","participants":[{{"id":"{id}"}}]}}"#);
    let cut = format!(
        r#"{{"id":"1@g.us","participants":[{{"id":"{}"}}]}}"#,
        ids[1]
    );
    let body = format!(
        r#"{{"groups":[{},{},{cut}]}}"#,
        members(&ids[0]),
        members(&ids[1])
    );
    let page = asks(body, async |client| client.groups(0, 50).await).await;
    let read = page.items.iter().map(|row| {
        let group = row.as_ref()?;
        Some((group.participants.len(), group.lists_everyone()))
    });
    let read: Vec<_> = read.collect();
    assert_eq!(read, [Some((1, true)), None, Some((0, false))]);
}

#[tokio::test]
async fn labels_longer_than_1_kib_are_left_out() {
    let labels = [1024, 1025].map(|length| "l".repeat(length));
    let body = format!(
        r#"{{"chats":[{{"id":"447700900101","labels":[{{"id":"1","name":"{}"}},
            {{"id":"2","name":"{}"}},{{"id":"3","name":"short"}}]}}]}}"#,
        labels[0], labels[1]
    );
    let page = asks(body, async |client| client.chats(0, 100).await).await;
    let chat = page.items.into_iter().flatten().next().unwrap();
    let expected = [Label::new("1", labels[0].clone()), Label::new("3", "short")];
    assert_eq!(chat.labels, expected);
}

#[tokio::test]
async fn blocked_ids_longer_than_128_bytes_are_no_ids() {
    let ids = [128, 129].map(|length| "1".repeat(length));
    let body = format!(r#"["{}","{}"]"#, ids[0], ids[1]);
    let read = asks(body, async |client| client.blacklist().await).await;
    assert_eq!(read, [ContactId::parse(&ids[0]).ok(), None]);
}

#[tokio::test]
async fn lids_longer_than_128_bytes_and_those_of_other_numbers_are_passed_over() {
    let long = "1".repeat(125);
    let body = format!(
        r#"{{"447700900101":{{"lid":"11112222@lid"}},"447700900102":{{"lid":"{long}@lid"}},
            "447700900103":{{"lid":"33334444@lid"}}}}"#
    );
    let id = |text| ContactId::parse(text).unwrap();
    let asked = ["447700900101", "447700900102"].map(id);
    let read = asks(body, async |client| client.lids(&asked).await).await;
    assert_eq!(read, [(id("447700900101"), id("11112222@lid"))]);
}

/// Eight pages under way at a time, of which six fill the budget for those that wait.
#[tokio::test]
async fn a_list_whose_pages_fill_the_budget_several_times_is_read_to_its_end() {
    let person =
        |place| Person::new(format!("447700900{place:03}")).with_name("n".repeat(500 << 10));
    let setup = start(Emulator::builder().contacts((100..180).map(person).collect())).await;
    let options = ScanOptions::default().with_page_size(5).unwrap();
    let run: Run = scan(setup.client(), options).await;
    let expected: Vec<_> = (100..180)
        .map(|place| format!("447700900{place}"))
        .collect();
    assert_eq!(run.ids, expected);
    assert!(run.error.is_none() && run.report.complete);
}

/// The second page is the first, so the scan asks for a place far behind, while all others wait.
#[tokio::test]
async fn a_long_page_for_every_offset_ends_the_scan() {
    let row = |id: u64, name: &str| format!(r#"{{"id":"{id}","name":"{name}"}}"#);
    let rows: Vec<_> = (0..500)
        .map(|place| row(447_700_900_000 + place, &"n".repeat(8_000)))
        .collect();
    let body = format!(r#"{{"contacts":[{}],"total":9000}}"#, rows.join(","));
    let api = RawApi::start(Sent::json(body));
    let run: Run = scan(client(&api.url).0, ScanOptions::default()).await;
    let error = run.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(
        error.to_string(),
        "the API's answers that wait for others fill more than 16 MiB"
    );
}

/// The memory of a child process that reads hostile answers.
#[cfg(target_os = "linux")]
mod memory {
    use std::io::Write as _;
    use std::process::Command;

    use super::*;

    const URL: &str = "WHAPI_TORTURE_URL";
    /// The most that a child may grow by, in KiB.
    const MOST: u64 = 64 << 10;

    /// A line of `/proc/self/status`, in KiB.
    fn status(name: &str) -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Run by [`memory_grows_by_less_than_64_mib`] in a process of its own; nothing by itself.
    #[tokio::test]
    #[ignore = "slow tier: the child of memory_grows_by_less_than_64_mib"]
    async fn the_child_that_is_measured() {
        let Ok(url) = std::env::var(URL) else {
            return;
        };
        // Everything is loaded and warm before the first look.
        let warm = RawApi::start(Sent::json(format!("{START}Ada{END}")));
        client(&warm.url).0.contacts(0, 500).await.unwrap();
        let before = status("VmRSS:");
        let client = client(&url).0;
        // As many at a time as a scan has under way.
        let page = |offset| {
            let client = client.clone();
            tokio::spawn(async move { client.contacts(offset, 500).await.map(drop) })
        };
        let pages: Vec<_> = (0..8).map(page).collect();
        for page in pages {
            // The other tests say what comes of it.
            let _ = page.await.unwrap();
        }
        let grown = status("VmHWM:") - before;
        writeln!(std::io::stdout(), "\ngrown: {grown}").unwrap();
    }

    #[test]
    #[ignore = "slow tier"]
    fn memory_grows_by_less_than_64_mib() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let spaces = Sent::long(START, b"", 0, &format!("Ada{END}{}", " ".repeat(31 * MIB)));
        let table = [
            ("a gzip bomb of 1 GiB", Sent::gzip_bomb()),
            (
                "a body without end",
                Sent::long(START, b"a", usize::MAX, END),
            ),
            ("a string of 64 MiB", Sent::long(START, b"a", 64 * MIB, END)),
            ("a string of 31 MiB", Sent::long(START, b"a", 31 * MIB, END)),
            ("31 MiB of space", spaces),
            (
                "halves of surrogate pairs",
                Sent::long(START, br"\ud800", 5 * MIB, END),
            ),
            (
                "a million rows of nothing",
                Sent::long(r#"{"contacts":["#, b"0,", 15 * MIB, "0]}"),
            ),
            (
                "as many values as may be",
                Sent::long(r#"{"contacts":["#, b"0,", 99_990, "0]}"),
            ),
            (
                "a list of lists",
                Sent::long("[", br#"{"contacts":[0]},"#, 30_000, "0]"),
            ),
            (
                "a million errors",
                Sent::long(r#"{"error":["#, b"0,", 15 * MIB, "0]}"),
            ),
            ("JSON 10,000 levels deep", Sent::json(deep)),
        ];
        let mut measured = Vec::new();
        let mut most = 0;
        for (name, sent) in table {
            let api = RawApi::start(sent);
            let child = Command::new(std::env::current_exe().unwrap())
                .args([
                    "torture::memory::the_child_that_is_measured",
                    "--exact",
                    "--ignored",
                    "--nocapture",
                ])
                .env(URL, &api.url)
                .output()
                .unwrap();
            let said = String::from_utf8(child.stdout).unwrap();
            let grown = said.lines().find_map(|line| line.strip_prefix("grown: "));
            let grown: u64 = grown.expect(&said).parse().unwrap();
            writeln!(measured, "{name}: {grown} KiB").unwrap();
            most = most.max(grown);
        }
        assert!(most < MOST, "{}", String::from_utf8_lossy(&measured));
        std::io::stderr().write_all(&measured).unwrap();
    }
}
