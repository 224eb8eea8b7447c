//! `emulate`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use crate::support::{Case, Ran, TOKEN, bounded, signal};

/// An emulated API in a child, as the flags say; stopped by a signal.
struct Emulated {
    case: Case,
    child: std::process::Child,
    url: String,
    rest: BufReader<std::process::ChildStdout>,
}

impl Emulated {
    fn start(flags: &[&str]) -> Self {
        let case = Case::new();
        let args = [&["emulate", "--token", TOKEN], flags].concat();
        let mut child = case.command(&args).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (line, rest) = bounded(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            (line, stdout)
        });
        let url = line.strip_suffix('\n').expect("one line").to_owned();
        Self {
            case,
            child,
            url,
            rest,
        }
    }

    fn export(&self, args: &[&str]) -> Ran {
        Case::new()
            .env("WHAPI_BASE_URL", &self.url)
            .env("WHAPI_TOKEN", TOKEN)
            .run(&[&["export"], args].concat())
    }

    /// Sends a request and returns the status and the body.
    fn get(&self, target: &str) -> (String, String) {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap();
        (status.to_owned(), body.to_owned())
    }

    #[track_caller]
    fn stop(mut self, name: &str, code: i32) {
        signal(self.child.id(), name);
        let mut rest = String::new();
        self.rest.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "the address is all that is printed");
        self.case.finish(self.child, &["emulate"]).check_code(code);
    }
}

#[test]
fn serves_until_a_signal() {
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let api = Emulated::start(&["--contacts", "3", "--seed", "1"]);
        let address = api.url.strip_prefix("http://127.0.0.1:").unwrap();
        assert_ne!(address.parse::<u16>().unwrap(), 0);
        api.export(&["-f", "csv"]).check(
            0,
            "3 contacts: 1 saved, 2 discovered, 0 unknown\n\
             the list is complete: 1 page, 2 requests\n\
             csv: 3 contacts written to contacts.csv\n",
        );
        api.stop(name, code);
    }
}

/// The partner API lists the channels, and each is one of its own.
#[test]
fn several_channels_and_the_partner_api_that_lists_them() {
    let flags = [
        "--channels",
        "3",
        "--contacts",
        "4",
        "--partner-token",
        "partner-t0ken",
    ];
    let api = Emulated::start(&flags);
    let config = Case::new().env("WHAPI_PARTNER_TOKEN", "partner-t0ken");
    // Tokens are written there, where they may be.
    let file = config.path("../in/config.toml");
    let file = file.to_str().unwrap();
    let url = [
        "--partner-url",
        &api.url,
        "--write-config",
        "--config",
        file,
        "-q",
    ];
    let ran = config.run(&[&["channels", "list"], &url[..]].concat());
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let ids: Vec<_> = ran
        .out()
        .lines()
        .skip(1)
        .map(|line| line.split("  ").nth(3))
        .collect();
    assert_eq!(ids, ["EMULATED-1", "EMULATED-2", "EMULATED-3"].map(Some));
    let all = ["export", "--all-channels", "-f", "csv", "--config", file];
    let ran = config.run(&all);
    assert!(
        ran.stderr.starts_with("3 of 3 channels complete\n"),
        "{ran}"
    );
    let contacts = String::from_utf8(config.read("contacts.csv")).unwrap();
    assert_eq!(contacts.lines().count(), 13);
    api.stop("TERM", 143);

    for flags in [
        &["--channels", "0"][..],
        &["--channels", "301"],
        &["--partner-token", "x"],
    ] {
        Case::new()
            .run(&[&["emulate"], flags].concat())
            .check_code(2);
    }
}

#[test]
fn a_port_that_is_taken() {
    let api = Emulated::start(&[]);
    let port = api.url.rsplit_once(':').unwrap().1.to_owned();
    let ran = Case::new().run(&["emulate", "--port", &port]);
    assert_eq!(
        ran.stderr.replace(&port, "[port]").split(" (os").next(),
        Some("error: could not serve on port [port]: Address already in use")
    );
    ran.check_nothing_written(1);
    api.stop("TERM", 143);
}

#[test]
fn every_fault_by_flag() {
    let five = "--contacts=5";
    let every =
        |n: &'static str, kind: &'static str| vec![five, "--fault-every", n, "--fault", kind];
    let with = |mut flags: Vec<&'static str>, more: &[&'static str]| {
        flags.extend_from_slice(more);
        flags
    };
    let retry_after = |value: &'static str| ["--retry-after", value];
    let table = [
        (vec![five, "--total-off", "50"], 3),
        (vec![five, "--total-off", "-1"], 0),
        (vec![five, "--no-total"], 0),
        (vec![five, "--page-cap", "2"], 0),
        (vec![five, "--latency-ms", "1"], 0),
        (vec!["--same-page"], 5),
        (vec!["--remove", "3", "--append", "2", "--insert", "1"], 0),
        (with(every("1", "503"), &retry_after("121")), 5),
        (with(every("1", "429"), &retry_after("121")), 6),
        (with(every("2", "503"), &retry_after("0")), 0),
        (every("1", "402"), 6),
        (vec![five, "--channel", "qr"], 4),
        (vec![five, "--channel", "stop"], 4),
        (vec![five, "--channel", "sync-error"], 4),
        (vec![five, "--channel", "missing"], 0),
        (vec![five, "--channel", "auth"], 0),
    ];
    for (flags, code) in table {
        let api = Emulated::start(&flags);
        let ran = api.export(&["-f", "csv", "--page-size", "500"]);
        assert_eq!(ran.code, Some(code), "{flags:?}: {ran}");
        api.stop("TERM", 143);
    }
    // Every one of these spoils the only answer, and there is no second try.
    for kind in ["500", "cut", "truncated", "html", "close"] {
        let api = Emulated::start(&every("1", kind));
        let ran = api.export(&["-f", "csv", "--max-requests", "2"]);
        assert_eq!(ran.code, Some(6), "{kind}: {ran}");
        api.stop("TERM", 143);
    }
}

/// The only group of the six contacts of seed 18, with these participants.
fn group(participants: &str) -> String {
    format!(
        r#"{{"id":"120363000000319015@g.us","name":"Neighbours","participants":[{participants}],"participants_count":5,"timestamp":1743930151,"type":"group"}}"#
    )
}

fn page(name: &str, row: &str, total: u8) -> String {
    format!(r#"{{"{name}":[{row}],"count":1,"total":{total},"offset":0}}"#)
}

#[test]
fn every_odd_answer_by_flag() {
    let chat = r#"{"id":"120363000000319015@g.us","timestamp":1766136271,"type":"group","mute_until":18446744073709551616,"unread":1e400}"#;
    let chats = page("chats", chat, 3);
    let account = r#"{"id":"999000000000","rank":"creator"}"#;
    let first = page("groups", &group(account), 1);
    let last = group(r#"{"id":"61270105182","rank":"member"}"#);
    let people = ["18085550100", "61855504693", "15045550109", "61270105182"];
    let devices = people.map(|id| format!(r#",{{"id":"{id}:5@s.whatsapp.net","rank":"member"}}"#));
    let devices = group(&(account.to_owned() + &devices.concat()));
    let about_group = "/groups/120363000000319015@g.us";
    for (flag, target, status, body) in [
        ("--no-limits", "/limits", "204", ""),
        ("--participants-cap=1", "/groups", "200", &*first),
        ("--group-cap=1", about_group, "200", &*last),
        ("--device-ids", about_group, "200", &*devices),
        ("--huge-numbers", "/chats?count=1", "200", &*chats),
        (
            "--blocked-lids",
            "/blacklist",
            "200",
            r#"["883765623038913@lid"]"#,
        ),
    ] {
        let made_up = ["--contacts", "6", "--seed", "18", "--today", "2026-01-01"];
        let api = Emulated::start(&[&made_up[..], &[flag]].concat());
        let answer = (status.to_owned(), body.to_owned());
        assert_eq!(api.get(target), answer, "{flag}");
        api.export(&["-f", "csv", "--reasons"]).check_code(0);
        api.stop("TERM", 143);
    }
}
