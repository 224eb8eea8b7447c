//! The commands besides `export`.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Case, is_installed, snapshot};

#[test]
fn help() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_export", &["export", "--help"]),
        ("help_export_short", &["export", "-h"]),
        ("help_stats", &["stats", "--help"]),
        ("help_exporters", &["exporters", "--help"]),
        ("help_check", &["check", "--help"]),
        ("help_groups", &["groups", "--help"]),
        ("help_labels", &["labels", "--help"]),
        ("help_emulate", &["emulate", "--help"]),
        ("help_login", &["login", "--help"]),
        ("help_login_google", &["login", "google", "--help"]),
        ("help_logout", &["logout", "--help"]),
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
                    "html",
                    [],
                    "contacts.html",
                    [["html.title", "WhatsApp contacts"], ["html.split", null]]
                ]),
                json!([
                    "sheets",
                    ["google-sheets"],
                    null,
                    [
                        ["sheets.spreadsheet", null],
                        ["sheets.create", "off"],
                        ["sheets.tab", "Contacts"],
                        ["sheets.mode", "replace"],
                        ["sheets.columns", "plain"],
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
            "login",
            "logout",
            "check",
            "groups",
            "labels",
            "channel",
            "no-input",
            "only-own",
            "no-browser",
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
        "whapi\\-login",
        "whapi\\-logout",
    ] {
        assert!(ran.out().contains(word), "the page does not tell of {word}");
    }
}
