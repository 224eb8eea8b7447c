//! The memory of the whole program against hostile APIs: a bound for each of them.
//!
//! The peak is read from `/proc` while the program runs, so these tests are for Linux.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::support::{Case, TOKEN};

/// The most that a run may need, in KiB, as docs/limits.md says.
const MOST: u64 = 256 << 10;
/// How often the peak is read. The kernel keeps it, so what comes between two readings counts.
const INTERVAL: Duration = Duration::from_millis(1);

/// What a hostile API is asked.
struct Asked {
    path: String,
    query: String,
    offset: u64,
    count: u64,
}

impl Asked {
    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).ok()?;
        let target = head.split(' ').nth(1)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let number = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(key, _)| *key == name);
            values.next().and_then(|(_, value)| value.parse().ok())
        };
        Some(Self {
            path: path.to_owned(),
            query: query.to_owned(),
            offset: number("offset").unwrap_or(0),
            count: number("count").unwrap_or(0),
        })
    }
}

type Sink<'a> = &'a mut dyn Write;

/// An API whose answers a test writes, byte for byte. It ends with the test's process.
fn hostile(answer: impl Fn(&Asked, Sink<'_>) -> io::Result<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            thread::spawn(move || {
                let Some(asked) = Asked::read(&mut stream) else {
                    return;
                };
                let mut sink = BufWriter::with_capacity(256 << 10, &stream);
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
                let sent = sink
                    .write_all(head.as_bytes())
                    .and_then(|()| answer(&asked, &mut sink))
                    .and_then(|()| sink.flush());
                drop(sink);
                // A client that had enough has closed the connection.
                if sent.is_ok() {
                    let _ = stream.shutdown(std::net::Shutdown::Write);
                    let _ = stream.read(&mut [0]);
                }
            });
        }
    });
    url
}

/// A page of a list, with a row for each place that the list has.
fn page(
    asked: &Asked,
    sink: Sink<'_>,
    name: &str,
    total: u64,
    row: impl Fn(u64) -> String,
) -> io::Result<()> {
    write!(sink, r#"{{"{name}":["#)?;
    for place in asked.offset..total.min(asked.offset + asked.count) {
        let comma = if place == asked.offset { "" } else { "," };
        write!(sink, "{comma}{}", row(place))?;
    }
    write!(sink, r#"],"total":{total}}}"#)
}

/// An ordinary answer to everything that no test cares about.
fn ordinary(asked: &Asked, sink: Sink<'_>) -> io::Result<()> {
    match asked.path.as_str() {
        "/health" => sink.write_all(br#"{"status":{"text":"AUTH"},"user":{"id":"447700900100"}}"#),
        "/blacklist" => sink.write_all(b"[]"),
        "/contacts/lids" => sink.write_all(b"{}"),
        "/chats" => page(asked, sink, "chats", 0, |_| String::new()),
        "/groups" => page(asked, sink, "groups", 0, |_| String::new()),
        _ => page(asked, sink, "contacts", 1000, plain_contact),
    }
}

fn number(place: u64) -> String {
    format!("44770{place:07}")
}

fn plain_contact(place: u64) -> String {
    format!(
        r#"{{"id":"{}","name":"Name {place}","saved":true}}"#,
        number(place)
    )
}

/// What a run came to: its exit code, its peak in KiB, and what it said.
struct Measured {
    code: Option<i32>,
    peak: u64,
    said: String,
}

fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn measure(case: &Case, args: &[&str]) -> Measured {
    let said = case.path("stderr");
    let mut child = case
        .command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(peak(child.id()).unwrap_or(0));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => thread::sleep(INTERVAL),
        }
    };
    Measured {
        code: status.code(),
        peak: most,
        said: fs::read_to_string(&said).unwrap(),
    }
}

fn case(url: &str) -> Case {
    Case::new()
        .env("WHAPI_BASE_URL", url)
        .env("WHAPI_TOKEN", TOKEN)
}

/// Runs the program against an API, and checks the exit code, the memory and what is said.
#[track_caller]
fn check(url: &str, args: &[&str], code: i32, says: &str) -> Case {
    check_case(case(url), args, code, says)
}

#[track_caller]
fn check_case(case: Case, args: &[&str], code: i32, says: &str) -> Case {
    let ran = measure(&case, args);
    let mut report = String::new();
    writeln!(report, "{args:?}: {} KiB, exit {:?}", ran.peak, ran.code).unwrap();
    writeln!(report, "{}", ran.said).unwrap();
    io::stderr().write_all(report.as_bytes()).unwrap();
    assert_eq!(ran.code, Some(code), "{report}");
    assert!(ran.said.contains(says), "{report}");
    assert!(ran.peak < MOST, "{report}");
    case
}

/// How often a line begins with this text, without reading the whole file at once.
fn lines_with(path: &Path, start: &[u8]) -> usize {
    let file = io::BufReader::new(fs::File::open(path).unwrap());
    let mut lines = io::BufRead::split(file, b'\n').map(Result::unwrap);
    lines
        .by_ref()
        .filter(|line| line.starts_with(start))
        .count()
}

/// A list of people with names of 60 kB, half of them in the address book.
fn long_names(asked: &Asked, sink: Sink<'_>, people: u64) -> io::Result<()> {
    if asked.path != "/contacts" {
        return ordinary(asked, sink);
    }
    page(asked, sink, "contacts", people, |place| {
        let saved = place.is_multiple_of(2);
        let field = if saved { "name" } else { "pushname" };
        let name = "n".repeat(60_000);
        format!(
            r#"{{"id":"{}","{field}":"{name}{place}","saved":{saved}}}"#,
            number(place)
        )
    })
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_in_formats_that_look_ahead() {
    let url = hostile(|asked, sink| long_names(asked, sink, 5_000));
    let args = ["export", "-f", "vcard,csv", "--set", "csv.columns=all"];
    let case = check(&url, &args, 0, "");
    assert_eq!(
        lines_with(&case.path("contacts.vcf"), b"BEGIN:VCARD"),
        5_000
    );
    assert_eq!(lines_with(&case.path("contacts.csv"), b"44770"), 5_000);
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_in_all_formats_at_once() {
    let url = hostile(|asked, sink| long_names(asked, sink, 1_500));
    check(&url, &["export", "-f", "vcard,csv,jsonl,xlsx"], 0, "");
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_with_64_pages_at_a_time() {
    let url = hostile(|asked, sink| long_names(asked, sink, 8_000));
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    check(&url, &args, 0, "");
}

#[test]
#[ignore = "slow tier"]
fn pages_of_31_mb_behind_a_small_one_64_at_a_time() {
    let url = hostile(|asked, sink| match (asked.path.as_str(), asked.offset) {
        ("/contacts", 0) => page(asked, sink, "contacts", 10_000, plain_contact),
        _ => long_names(asked, sink, 10_000),
    });
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    check(&url, &args, 0, "");
}

/// Answers below 1 MiB whose rows take many times as much.
#[test]
#[ignore = "slow tier"]
fn pages_with_more_rows_than_were_asked_for() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => {
            sink.write_all(br#"{"total":900000,"contacts":["#)?;
            for place in 0..45_000 {
                write!(
                    sink,
                    r#"{{"id":{}}},"#,
                    4_477_000_000 + asked.offset + place
                )?;
            }
            sink.write_all(b"0]}")
        }
        _ => ordinary(asked, sink),
    });
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    // Pages of 45,000 rows stand so far from each other that none waits for another.
    check(
        &url,
        &args,
        5,
        "the API's answers that wait for others fill more than 16 MiB",
    );
}

fn with_groups(
    asked: &Asked,
    sink: Sink<'_>,
    groups: u64,
    members: u64,
    name: impl Fn(u64) -> String,
) -> io::Result<()> {
    if asked.path != "/groups" {
        return ordinary(asked, sink);
    }
    page(asked, sink, "groups", groups, |place| {
        let people: Vec<_> = (0..members)
            .map(|one| format!(r#"{{"id":"{}","rank":"member"}}"#, number(one)))
            .collect();
        format!(
            r#"{{"id":"12036300{place:010}@g.us","name":"{}","participants":[{}]}}"#,
            name(place),
            people.join(",")
        )
    })
}

#[test]
#[ignore = "slow tier"]
fn group_names_of_1_mib_with_1000_members_each() {
    let name = |_| "g".repeat(500 << 10);
    let url = hostile(move |asked, sink| with_groups(asked, sink, 60, 1_000, name));
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: names longer than 1 KiB were left out",
    );
}

#[test]
#[ignore = "slow tier"]
fn many_groups_with_names_of_1000_bytes() {
    let name = |place| format!("{place}{}", "g".repeat(990));
    let url = hostile(move |asked, sink| with_groups(asked, sink, 20_000, 20, name));
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: their names fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn groups_with_a_million_members() {
    let url = hostile(|asked, sink| {
        if asked.path != "/groups" {
            return ordinary(asked, sink);
        }
        page(asked, sink, "groups", 2_000, |place| {
            let people: Vec<_> = (0..1_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(place * 1_000 + one)))
                .collect();
            let people = people.join(",");
            format!(r#"{{"id":"12036300{place:010}@g.us","name":"G","participants":[{people}]}}"#)
        })
    });
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: they fill more than 48 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn groups_that_are_cut_and_long_when_asked_for_alone() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/groups" => page(asked, sink, "groups", 2_000, |place| {
            format!(r#"{{"id":"{place}@g.us","name":"G","participants_count":30000}}"#)
        }),
        path if path.starts_with("/groups/") => {
            let id = path.trim_start_matches("/groups/").replace("%40", "@");
            let people: Vec<_> = (0..30_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(one)))
                .collect();
            write!(
                sink,
                r#"{{"id":"{id}","name":"G","participants":[{}]}}"#,
                people.join(",")
            )
        }
        _ => ordinary(asked, sink),
    });
    let args = ["export", "--reasons", "-f", "jsonl", "--concurrency", "64"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: they fill more than 48 MiB",
    );
}

fn with_chats(
    asked: &Asked,
    sink: Sink<'_>,
    chats: u64,
    label: &str,
    labels: u64,
) -> io::Result<()> {
    if asked.path != "/chats" {
        return ordinary(asked, sink);
    }
    page(asked, sink, "chats", chats, |place| {
        let labels: Vec<_> = (0..labels)
            .map(|one| format!(r#"{{"id":"{one}","name":"{label}{one}"}}"#))
            .collect();
        format!(
            r#"{{"id":"{}","type":"contact","timestamp":1,"labels":[{}]}}"#,
            number(place),
            labels.join(",")
        )
    })
}

#[test]
#[ignore = "slow tier"]
fn labels_of_1_mib() {
    let label = "l".repeat(300_000);
    let url = hostile(move |asked, sink| with_chats(asked, sink, 1_000, &label, 1));
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the chats are not all known: labels longer than 1 KiB were left out",
    );
}

#[test]
#[ignore = "slow tier"]
fn chats_with_230_labels_each() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| with_chats(asked, sink, 1_000, &label, 230));
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the chats are not all known: their labels fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn a_million_chats() {
    let url = hostile(|asked, sink| with_chats(asked, sink, 1_000_000, "", 0));
    let args = ["export", "--reasons", "-f", "vcard,csv,jsonl"];
    check(
        &url,
        &args,
        0,
        "the chats are not all known: they fill more than 32 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn blocked_ids_and_lids_of_1_mib() {
    let long = Arc::new("1".repeat(1 << 20));
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/blacklist" => {
            let ids: Vec<_> = (0..30)
                .map(|one| format!(r#""{one}{}""#, &long[9..]))
                .collect();
            write!(sink, "[{}]", ids.join(","))
        }
        "/contacts/lids" => {
            let lids: Vec<_> = (0..30)
                .map(|one| format!(r#""{}":{{"lid":"{one}{}@lid"}}"#, number(one), &long[9..]))
                .collect();
            write!(sink, "{{{}}}", lids.join(","))
        }
        // Ten batches of LIDs, of which eight are under way: more take time and no more memory.
        "/contacts" => page(asked, sink, "contacts", 2_000, plain_contact),
        _ => ordinary(asked, sink),
    });
    let args = [
        "export",
        "--reasons",
        "--resolve-lids",
        "-f",
        "jsonl",
        "--concurrency",
        "64",
    ];
    check(&url, &args, 0, "of the blocked entries are no ids");
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_with_lids_end_the_run() {
    let url = hostile(|asked, sink| long_names(asked, sink, 8_000));
    let args = ["export", "--resolve-lids", "-f", "jsonl"];
    let case = check(&url, &args, 5, "without --resolve-lids");
    assert!(!case.path("contacts.jsonl").exists());
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_wait_for_reasons() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/chats" => with_chats(asked, sink, 40_000, "label", 2),
        _ => long_names(asked, sink, 3_000),
    });
    let args = ["export", "--reasons", "-f", "jsonl"];
    let case = check(&url, &args, 0, "");
    assert_eq!(lines_with(&case.path("contacts.jsonl"), b"{"), 3_000);
}

#[test]
#[ignore = "slow tier"]
fn ids_of_60_kb() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => page(asked, sink, "contacts", 4_000, |place| {
            format!(r#"{{"id":"{place}{}"}}"#, "x".repeat(60_000))
        }),
        _ => ordinary(asked, sink),
    });
    check(
        &url,
        &["export", "-f", "jsonl"],
        5,
        "the ids in the list that are no numbers fill more than 32 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn an_earlier_export_with_names_of_60_kb() {
    for name in ["old.jsonl", "old.csv"] {
        let url = hostile(ordinary);
        let case = case(&url);
        let mut old = BufWriter::new(fs::File::create(case.path(name)).unwrap());
        if name.ends_with("csv") {
            old.write_all(b"id,standing,name,pushname\r\n").unwrap();
        }
        let text = "n".repeat(60_000);
        for place in 0..8_000 {
            let id = number(place);
            if name.ends_with("csv") {
                write!(old, "{id},saved,{text},\r\n").unwrap();
            } else {
                writeln!(
                    old,
                    r#"{{"id":"{id}","standing":"saved","name":"{text}","pushname":null}}"#
                )
                .unwrap();
            }
        }
        drop(old);
        let args = ["export", "-f", "jsonl", "--compare", name];
        check_case(case, &args, 0, "1,000 renamed");
    }
}

#[test]
#[ignore = "slow tier"]
fn counts_of_a_hostile_api() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/groups" => with_groups(asked, sink, 20_000, 20, |place| {
            format!("{place}{}", "g".repeat(990))
        }),
        "/chats" => with_chats(asked, sink, 20_000, &label, 200),
        _ => long_names(asked, sink, 2_000),
    });
    let args = ["stats", "--reasons", "--names"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: their names fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn a_split_by_group_with_names_of_60_kb() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/groups" => with_groups(asked, sink, 10, 500, |place| format!("Group {place}")),
        _ => long_names(asked, sink, 500),
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "jsonl",
        "--set",
        "jsonl.split=group",
    ];
    let case = check(&url, &args, 0, "");
    assert_eq!(lines_with(&case.path("contacts-group-9.jsonl"), b"{"), 500);
}

#[test]
#[ignore = "slow tier"]
fn a_split_into_more_files_than_are_written() {
    let url = hostile(|asked, sink| {
        with_groups(asked, sink, 12_000, 1, |place| format!("Group {place}"))
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "csv",
        "--set",
        "csv.split=group",
    ];
    check(&url, &args, 7, "more than 10,000 files");
}

/// A LID for each number that is asked for.
fn lids(asked: &Asked, sink: Sink<'_>) -> io::Result<()> {
    let numbers = asked.query.trim_start_matches("ContactIDList=");
    let numbers = numbers.replace("%2C", ",");
    let pairs = numbers
        .split(',')
        .map(|number| format!(r#""{number}":{{"lid":"9{number}@lid"}}"#));
    write!(sink, "{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

#[test]
#[ignore = "slow tier"]
fn half_a_million_contacts_with_a_lid_each() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts/lids" => lids(asked, sink),
        "/contacts" => page(asked, sink, "contacts", 500_000, plain_contact),
        "/groups" => with_groups(asked, sink, 2_000, 1_000, |_| "Group".to_owned()),
        "/chats" => with_chats(asked, sink, 200_000, "label", 1),
        _ => ordinary(asked, sink),
    });
    let args = ["export", "--reasons", "--resolve-lids", "-f", "jsonl,csv"];
    let says = "the LIDs fill more than 48 MiB, and the rest was not asked for";
    check(&url, &args, 0, says);
}

#[test]
#[ignore = "slow tier"]
fn a_million_contacts_and_as_many_in_an_earlier_export() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => page(asked, sink, "contacts", 1_000_000, plain_contact),
        _ => ordinary(asked, sink),
    });
    let case = case(&url);
    let mut old = BufWriter::new(fs::File::create(case.path("old.jsonl")).unwrap());
    for place in 0..1_000_000 {
        let id = number(place + 500_000);
        writeln!(old, r#"{{"id":"{id}","standing":"saved","name":"Name"}}"#).unwrap();
    }
    old.flush().unwrap();
    let args = ["export", "-f", "vcard,jsonl", "--compare", "old.jsonl"];
    let says = "500,000 added, 0 saved, 0 removed from the address book, 500,000 renamed";
    check_case(case, &args, 0, says);
}

/// Everything that a run can hold at once, each above its budget.
#[test]
#[ignore = "slow tier"]
fn everything_at_once() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/groups" => page(asked, sink, "groups", 2_000, |place| {
            let people: Vec<_> = (0..1_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(place * 1_000 + one)))
                .collect();
            let (name, people) = ("g".repeat(900), people.join(","));
            format!(r#"{{"id":"{place}@g.us","name":"{name}","participants":[{people}]}}"#)
        }),
        "/chats" => with_chats(asked, sink, 200_000, &label[..place_of(asked)], 4),
        _ => long_names(asked, sink, 2_000),
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "vcard,csv,jsonl,xlsx",
        "--concurrency",
        "64",
        "--json",
    ];
    check(&url, &args, 0, "");
}

/// Short labels first, long ones later.
fn place_of(asked: &Asked) -> usize {
    if asked.offset < 100_000 { 1 } else { 900 }
}
