//! `--json`: every field of the summary.

use serde_json::{Value, json};
use whapi_emulator::{Effect, Fault, TotalMode, Trigger};

use crate::support::{Case, Ran, api, sha256, small_api};

const EXPORT: [&str; 4] = ["export", "--json", "--format", "vcard,csv"];

/// The summary without its time, which differs.
#[track_caller]
fn summary(ran: &Ran) -> Value {
    let text = ran.out().strip_suffix('\n').expect("one line");
    assert!(!text.contains('\n'), "one line: {text}");
    let mut summary: Value = serde_json::from_str(text).unwrap();
    let elapsed = summary.as_object_mut().unwrap().remove("elapsed_ms");
    assert!(elapsed.unwrap().is_u64());
    summary
}

fn nothing(format: &str, destination: &str) -> Value {
    json!({
        "format": format, "destination": destination,
        "written": 0, "skipped": [], "warnings": [], "sha256": null,
    })
}

#[test]
fn complete() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let ran = case.run(&EXPORT);
    ran.check_code(0);
    let export = |format: &str, name: &str| {
        json!({
            "format": format, "destination": name, "written": 1317,
            "skipped": [], "warnings": [], "sha256": sha256(case.read(name)),
        })
    };
    assert_eq!(
        summary(&ran),
        json!({
            "schema": 1, "outcome": "complete", "exit_code": 0,
            "contacts": {
                "total": 1317, "saved": 472, "discovered": 845, "unknown": 0, "selected": 1317,
            },
            "selected": {"without_phone": 57},
            "scan": {
                "complete": true, "reported_total": 1317, "pages": 3, "passes": 1, "requests": 4,
                "retries": 0, "moves": 0, "earlier_pass_only": 0, "duplicates": 0,
                "unusable_rows": 0, "reasons": [],
            },
            "exports": [export("vcard", "contacts.vcf"), export("csv", "contacts.csv")],
            "error": null,
        })
    );
    // People still get theirs, on the other stream.
    assert_eq!(
        ran.stderr,
        "1,317 contacts: 472 saved, 845 discovered, 0 unknown\n\
         57 of them have no phone number\n\
         the list is complete: 3 pages, 4 requests\n\
         vcard: 1,317 contacts written to contacts.vcf\n\
         csv: 1,317 contacts written to contacts.csv\n"
    );
}

#[test]
fn the_fields_come_in_their_documented_order() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["export", "--json", "--quiet", "-f", "csv"]);
    let mut left = ran.out();
    for field in [
        "schema",
        "outcome",
        "exit_code",
        "contacts",
        "total",
        "saved",
        "discovered",
        "unknown",
        "selected",
        "selected",
        "without_phone",
        "scan",
        "complete",
        "reported_total",
        "pages",
        "passes",
        "requests",
        "retries",
        "moves",
        "earlier_pass_only",
        "duplicates",
        "reasons",
        "exports",
        "format",
        "destination",
        "written",
        "skipped",
        "warnings",
        "sha256",
        "error",
        "elapsed_ms",
    ] {
        let field = format!("\"{field}\":");
        left = left
            .split_once(&field)
            .unwrap_or_else(|| panic!("no {field} in {left}"))
            .1;
    }
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_filter_and_standings() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["export", "--json", "-f", "csv", "--only", "saved,unknown"]);
    let summary = summary(&ran);
    assert_eq!(
        summary["contacts"],
        json!({"total": 3, "saved": 1, "discovered": 1, "unknown": 1, "selected": 2})
    );
    assert_eq!(summary["selected"], json!({"without_phone": 1}));
    assert_eq!(summary["filters"], json!([{"name": "only", "left_out": 1}]));
    assert_eq!(summary["exports"][0]["written"], 2);
}

#[test]
fn incomplete() {
    let api = small_api()
        .total(TotalMode::Off(50))
        .start_blocking()
        .unwrap();
    let case = Case::at(&api);
    let ran = case.run(&["export", "--json", "-f", "csv", "-o", "a.csv"]);
    ran.check_code(3);
    let requests = api.journal().len();
    assert_eq!(
        summary(&ran),
        json!({
            "schema": 1, "outcome": "incomplete", "exit_code": 3,
            "contacts": {"total": 3, "saved": 1, "discovered": 1, "unknown": 1, "selected": 3},
            "selected": {"without_phone": 1},
            "scan": {
                "complete": false, "reported_total": 53, "pages": requests - 1, "passes": 2,
                "requests": requests, "retries": 0, "moves": 0, "earlier_pass_only": 0, "duplicates": 0,
                "unusable_rows": 0,
                "reasons": ["the Whapi API says that there are 53 contacts but lists 50 fewer"],
            },
            "exports": [{
                "format": "csv", "destination": "a.csv", "written": 3,
                "skipped": [], "warnings": [], "sha256": sha256(case.read("a.csv")),
            }],
            "error": null,
        })
    );
}

#[test]
fn failed_while_running() {
    let api = api()
        .fault(Fault::new(Trigger::Offset(996), Effect::Status(402)))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&[&EXPORT[..], &["--concurrency", "1"]].concat());
    ran.check_nothing_written(6);
    assert_eq!(
        summary(&ran),
        json!({
            "schema": 1, "outcome": "failed", "exit_code": 6,
            "contacts": {
                // They wait for the names of those who come behind them.
                "total": 998, "saved": 349, "discovered": 649, "unknown": 0, "selected": 0,
            },
            "selected": {"without_phone": 0},
            "scan": {
                "complete": false, "reported_total": 1317, "pages": 2, "passes": 1, "requests": 4,
                "retries": 0, "moves": 0, "earlier_pass_only": 0, "duplicates": 0,
                "unusable_rows": 0, "reasons": [],
            },
            "exports": [nothing("vcard", "contacts.vcf"), nothing("csv", "contacts.csv")],
            "error": {
                "kind": "quota",
                "message":
                    "the channel's quota is used up (402): Payment Required: a fault of the emulator",
            },
        })
    );
}

/// A run that could not begin lists what it would have written, as soon as that is known.
#[track_caller]
fn check_refused(case: &Case, args: &[&str], code: i32, kind: &str, message: &str, exports: Value) {
    let ran = case.run(args);
    ran.check_nothing_written(code);
    let mut expected = json!({
        "schema": 1, "outcome": "failed", "exit_code": code,
        "contacts": {"total": 0, "saved": 0, "discovered": 0, "unknown": 0, "selected": 0},
        "selected": {"without_phone": 0},
        "scan": {
            "complete": false, "reported_total": null, "pages": 0, "passes": 0, "requests": 0,
            "retries": 0, "moves": 0, "earlier_pass_only": 0, "duplicates": 0,
            "unusable_rows": 0, "reasons": [],
        },
        "error": {"kind": kind, "message": message},
    });
    expected["exports"] = exports;
    assert_eq!(summary(&ran), expected);
    let last = ran.stderr.lines().last().unwrap();
    assert_eq!(last, format!("error: {message}"));
}

#[test]
fn failed_before_it_began() {
    let both = json!([
        nothing("vcard", "contacts.vcf"),
        nothing("csv", "contacts.csv")
    ]);
    let empty = Case::new().env("WHAPI_TOKEN", " ");
    check_refused(
        &empty,
        &EXPORT,
        2,
        "config",
        "the token from the environment variable WHAPI_TOKEN is empty",
        both,
    );
    check_refused(
        &Case::new(),
        &["export", "--json", "-f", "csv", "--from", "no.json"],
        2,
        "input",
        "could not open `no.json`: No such file or directory (os error 2)",
        json!([nothing("csv", "contacts.csv")]),
    );
    check_refused(
        &Case::new(),
        &["export", "--json", "-f", "cvs"],
        2,
        "config",
        "unknown format `cvs`, did you mean `csv`? known: vcard, csv, jsonl, xlsx, html, dataset, sheets",
        json!([]),
    );
}

#[test]
fn failed_at_its_destination() {
    let api = small_api().start_blocking().unwrap();
    check_refused(
        &Case::at(&api),
        &["export", "--json", "-f", "csv", "-o", "."],
        7,
        "destination",
        "`.` is a folder; name a file in it",
        json!([nothing("csv", ".")]),
    );
}

#[test]
fn a_call_that_cannot_be_parsed() {
    let ran = Case::new().run(&["export", "--json", "--format", "csv", "--page-size", "1"]);
    ran.check_code(2);
    let summary = summary(&ran);
    assert_eq!(summary["outcome"], "failed");
    assert_eq!(summary["exit_code"], 2);
    assert_eq!(
        summary["error"],
        json!({
            "kind": "config",
            "message": "invalid value '1' for '--page-size <N>': 1 is not in 2..=500",
        })
    );
}
