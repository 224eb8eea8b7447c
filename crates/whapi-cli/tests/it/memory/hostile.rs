//! Hostile APIs, and runs whose memory is measured.

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
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) offset: u64,
    pub(super) count: u64,
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

pub(super) type Sink<'a> = &'a mut dyn Write;

/// An API whose answers a test writes, byte for byte. It ends with the test's process.
pub(super) fn hostile(
    answer: impl Fn(&Asked, Sink<'_>) -> io::Result<()> + Send + Sync + 'static,
) -> String {
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
pub(super) fn page(
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
pub(super) fn ordinary(asked: &Asked, sink: Sink<'_>) -> io::Result<()> {
    match asked.path.as_str() {
        "/health" => sink.write_all(br#"{"status":{"text":"AUTH"},"user":{"id":"447700900100"}}"#),
        "/blacklist" => sink.write_all(b"[]"),
        "/contacts/lids" => sink.write_all(b"{}"),
        "/chats" => page(asked, sink, "chats", 0, |_| String::new()),
        "/groups" => page(asked, sink, "groups", 0, |_| String::new()),
        _ => page(asked, sink, "contacts", 1000, plain_contact),
    }
}

pub(super) fn number(place: u64) -> String {
    format!("44770{place:07}")
}

pub(super) fn plain_contact(place: u64) -> String {
    format!(
        r#"{{"id":"{}","name":"Name {place}","saved":true}}"#,
        number(place)
    )
}

/// What a run came to: its exit code, its peak in KiB, and what it said.
pub(super) struct Measured {
    pub(super) code: Option<i32>,
    pub(super) peak: u64,
    pub(super) said: String,
}

pub(super) fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

pub(super) fn measure(case: &Case, args: &[&str]) -> Measured {
    let said = case.path("stderr");
    let mut child = case
        .command(args)
        .stdin(Stdio::null())
        // `Stdio::null()` opens it for reading, too, which counts as closed.
        .stdout(fs::File::create("/dev/null").unwrap())
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

pub(super) fn case(url: &str) -> Case {
    Case::new()
        .env("WHAPI_BASE_URL", url)
        .env("WHAPI_TOKEN", TOKEN)
}

/// Runs the program against an API, and checks the exit code, the memory and what is said.
#[track_caller]
pub(super) fn check(url: &str, args: &[&str], code: i32, says: &str) -> Case {
    check_case(case(url), args, code, says)
}

/// Like [`check`], of a complete run with reasons whose enrichment is partial.
#[track_caller]
pub(super) fn check_reasons(url: &str, says: &str) {
    check(
        url,
        &["export", "--reasons", "-f", "vcard,csv,jsonl"],
        0,
        says,
    );
}

#[track_caller]
pub(super) fn check_case(case: Case, args: &[&str], code: i32, says: &str) -> Case {
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
pub(super) fn lines_with(path: &Path, start: &[u8]) -> usize {
    let file = io::BufReader::new(fs::File::open(path).unwrap());
    let mut lines = io::BufRead::split(file, b'\n').map(Result::unwrap);
    lines
        .by_ref()
        .filter(|line| line.starts_with(start))
        .count()
}

/// A list of people with names of 60 kB, half of them in the address book.
pub(super) fn long_names(asked: &Asked, sink: Sink<'_>, people: u64) -> io::Result<()> {
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

pub(super) fn with_groups(
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

pub(super) fn with_chats(
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
