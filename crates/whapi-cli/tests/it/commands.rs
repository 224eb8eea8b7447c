//! The commands besides `export`.

use serde_json::{Value, json};

use crate::support::{Case, snapshot};

#[test]
fn help() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_export", &["export", "--help"]),
        ("help_export_short", &["export", "-h"]),
        ("help_stats", &["stats", "--help"]),
        ("help_tap", &["tap", "--help"]),
        ("help_exporters", &["exporters", "--help"]),
        ("help_channels", &["channels", "--help"]),
        ("help_channels_list", &["channels", "list", "--help"]),
        ("help_check", &["check", "--help"]),
        ("help_groups", &["groups", "--help"]),
        ("help_labels", &["labels", "--help"]),
        ("help_conformance", &["conformance", "--help"]),
        ("help_emulate", &["emulate", "--help"]),
        ("help_login", &["login", "--help"]),
        ("help_login_google", &["login", "google", "--help"]),
        ("help_logout", &["logout", "--help"]),
        ("help_completions", &["completions", "--help"]),
        ("help_man", &["man", "--help"]),
        ("help_short", &["-h"]),
        ("help_stats_short", &["stats", "-h"]),
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
fn one_exporter() {
    for name in ["xlsx", "XLSX"] {
        let expected = "xlsx: an Excel workbook in which text stays text\n  writes contacts.xlsx\n  \
                        --set xlsx.sheets=one|standing  one sheet, `Contacts`, or a sheet for each \
                        standing that has contacts [default: one]\n";
        let ran = Case::new().run(&["exporters", name]);
        assert_eq!(
            (ran.code, ran.out(), ran.stderr.as_str()),
            (Some(0), expected, "")
        );
    }
    Case::new().run(&["exporters", "xslx"]).check(
        2,
        "error: unknown format `xslx`, did you mean `xlsx`? known: vcard, csv, jsonl, xlsx, html, dataset, sheets\n",
    );
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
                    "dataset",
                    [],
                    "contacts.dataset",
                    [
                        ["dataset.date", null],
                        ["dataset.shard", "1/1"],
                        ["dataset.file", "jsonl"]
                    ]
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
