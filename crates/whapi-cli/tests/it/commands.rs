//! The commands besides `export`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Case, bounded, is_installed, signal, snapshot};

#[test]
fn help() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_export", &["export", "--help"]),
        ("help_export_short", &["export", "-h"]),
        ("help_stats", &["stats", "--help"]),
        ("help_exporters", &["exporters", "--help"]),
        ("help_emulate", &["emulate", "--help"]),
        ("help_completions", &["completions", "--help"]),
    ] {
        let ran = Case::new().run(args);
        snapshot(name, &ran);
        ran.check_nothing_written(0);
    }
}

#[test]
fn help_shows_no_values_of_the_environment() {
    let case = Case::new()
        .env("WHAPI_BASE_URL", "https://inner.example")
        .env("WHAPI_TOKEN", crate::support::TOKEN)
        .env("WHAPI_TOKEN_FILE", "/home/ada/token");
    for args in [["export", "--help"], ["export", "-h"]] {
        assert_eq!(case.run(&args).out(), Case::new().run(&args).out());
    }
}

#[test]
fn nothing_at_all() {
    let ran = Case::new().run(&[]);
    snapshot("no_command", &ran);
    ran.check_nothing_written(2);
}

#[test]
fn version() {
    let expected = concat!("whapi ", env!("CARGO_PKG_VERSION"), "\n");
    for flag in ["--version", "-V"] {
        assert_eq!(Case::new().run(&[flag]).out(), expected);
    }
}

#[test]
fn exporters() {
    let ran = Case::new().run(&["exporters"]);
    snapshot("exporters", &ran);
    ran.check_code(0);
}

#[test]
fn exporters_as_json() {
    let ran = Case::new().run(&["exporters", "--json"]);
    ran.check_code(0);
    assert_eq!(ran.stderr, "");
    let list: Value = serde_json::from_str(ran.out()).unwrap();
    let shown: Vec<_> = list["exporters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|exporter| {
            let defaults: Vec<_> = exporter["options"]
                .as_array()
                .unwrap()
                .iter()
                .map(|option| json!([option["key"], option["default"]]))
                .collect();
            json!([
                exporter["name"],
                exporter["aliases"],
                exporter["default_output"],
                defaults
            ])
        })
        .collect();
    assert_eq!(
        (list["schema"].clone(), shown),
        (
            json!(1),
            vec![
                json!([
                    "vcard",
                    ["vcf"],
                    "contacts.vcf",
                    [
                        ["vcard.version", "3.0"],
                        ["vcard.note", "on"],
                        ["vcard.split", null],
                    ]
                ]),
                json!([
                    "csv",
                    [],
                    "contacts.csv",
                    [
                        ["csv.profile", "plain"],
                        ["csv.separator", "comma"],
                        ["csv.encoding", "utf-8"],
                        ["csv.formula_guard", "auto"],
                        ["csv.columns", null],
                        ["csv.split", null],
                    ]
                ]),
                json!([
                    "jsonl",
                    ["ndjson"],
                    "contacts.jsonl",
                    [
                        ["jsonl.phone", "off"],
                        ["jsonl.about", "off"],
                        ["jsonl.pictures", "off"],
                        ["jsonl.split", null]
                    ]
                ]),
                json!(["xlsx", [], "contacts.xlsx", [["xlsx.sheets", "one"]]]),
                json!([
                    "sheets",
                    ["google-sheets"],
                    null,
                    [
                        ["sheets.spreadsheet", null],
                        ["sheets.create", "off"],
                        ["sheets.tab", "Contacts"],
                        ["sheets.mode", "replace"],
                        ["sheets.credentials", null],
                        ["sheets.token_file", null],
                        ["sheets.endpoint", null],
                        ["sheets.overwrite", "off"]
                    ]
                ]),
            ]
        )
    );
}

/// A script for each shell; the shell itself checks it where there is one.
#[test]
fn completions() {
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let case = Case::new();
        let ran = case.run(&["completions", shell]);
        ran.check_code(0);
        assert_eq!(ran.stderr, "");
        let script = ran.out();
        for word in [
            "export",
            "exporters",
            "emulate",
            "output-dir",
            "token-file",
            "dry-run",
        ] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
        if is_installed(shell) {
            let path = case.path("script");
            std::fs::write(&path, script).unwrap();
            let checked = Command::new(shell).arg(check).arg(&path).output().unwrap();
            assert!(checked.status.success(), "{checked:?}");
        }
    }
}

#[test]
fn completions_for_an_unknown_shell() {
    let ran = Case::new().run(&["completions", "cmd"]);
    snapshot("completions_for_an_unknown_shell", &ran);
    ran.check_nothing_written(2);
}

#[test]
fn manual() {
    let ran = Case::new().run(&["man"]);
    ran.check_code(0);
    assert_eq!(ran.stderr, "");
    // Before the title come only the lines that define the apostrophe.
    let title = ran
        .out()
        .lines()
        .find(|line| !line.starts_with(".ie") && !line.starts_with(".el"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(title, Some(&*format!(".TH whapi 1  \"whapi {version}\" ")));
    for word in [
        "output\\-dir",
        "token\\-file",
        "max\\-requests",
        "dry\\-run",
        "emulate",
    ] {
        assert!(ran.out().contains(word), "the page does not tell of {word}");
    }
}

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
        let args = [&["emulate", "--token", crate::support::TOKEN], flags].concat();
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

    fn export(&self, args: &[&str]) -> crate::support::Ran {
        Case::new()
            .env("WHAPI_BASE_URL", &self.url)
            .env("WHAPI_TOKEN", crate::support::TOKEN)
            .run(&[&["export"], args].concat())
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
fn emulate_serves_until_a_signal() {
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

#[test]
fn emulate_at_a_port_that_is_taken() {
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
fn emulate_has_every_fault_by_flag() {
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
        (vec![five, "--channel", "qr"], 4),
        (vec![five, "--channel", "stop"], 4),
        (vec![five, "--channel", "sync-error"], 4),
        (vec![five, "--channel", "missing"], 0),
        (vec![five, "--channel", "auth"], 0),
        (vec![five, "--no-limits"], 0),
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
