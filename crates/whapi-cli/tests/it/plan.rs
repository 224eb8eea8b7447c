//! `--dry-run`: reports a run and writes nothing.

use serde_json::{Value, json};

use crate::support::{Case, api, requests, small_api, snapshot};

#[test]
fn of_a_api_costs_one_request() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    let ran = case.run(&["export", "--format", "vcard,csv", "--dry-run"]);
    snapshot("dry_run_of_a_api", &ran);
    ran.check_nothing_written(0);
    assert_eq!(ran.names(), ["contacts.vcf"]);
    assert_eq!(requests(&api), ["GET /contacts?count=1&offset=0"]);
}

#[test]
fn of_a_api_as_json() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    let args = ["--dry-run", "--json", "--page-size", "100"];
    let ran = case.run(&[&["export", "--format", "vcard,csv"], &args[..]].concat());
    ran.check_nothing_written(0);
    let plan: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        plan,
        json!({
            "schema": 1, "dry_run": true,
            "source": {"gate": {
                "base_url": format!("{}/", api.base_url()),
                "total": 1317, "page_size": 100, "requests": 15,
                "parts": [
                    {"name": "contacts", "total": 1317, "requests": 14, "at_most": false},
                    {"name": "health", "total": null, "requests": 1, "at_most": false},
                ],
            }},
            "exports": [
                {"format": "vcard", "destination": "contacts.vcf", "replaces": true},
                {"format": "csv", "destination": "contacts.csv", "replaces": false},
            ],
        })
    );
    assert_eq!(ran.stderr, "");
    assert_eq!(api.journal().len(), 1);
}

#[test]
fn the_number_of_requests_is_exact() {
    for (page_size, expected) in [("500", 4), ("300", 6), ("100", 15), ("2", 1318)] {
        let api = api().start_blocking().unwrap();
        let case = Case::at(&api);
        let args = ["export", "-f", "csv", "--page-size", page_size];
        let ran = case.run(&[&args[..], &["--dry-run", "--json"]].concat());
        let plan: Value = serde_json::from_str(ran.out()).unwrap();
        assert_eq!(plan["source"]["gate"]["requests"], expected);
        if page_size != "2" {
            case.run(&args).check_code(0);
            assert_eq!(api.journal().len(), 1 + expected);
        }
    }
}

#[test]
fn of_saved_answers_asks_nothing() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).input("saved", "[{\"id\":\"447700900101\"}]");
    let args = [
        "export",
        "-o",
        "-",
        "-f",
        "csv",
        "--from",
        "../in/saved",
        "--dry-run",
    ];
    let ran = case.run(&args);
    snapshot("dry_run_of_saved_answers", &ran);
    ran.check_nothing_written(0);
    assert!(api.journal().is_empty());
}

#[test]
fn of_saved_answers_that_are_incomplete() {
    let case = Case::new().input("saved", r#"{"contacts":[{"id":"447700900101"}],"total":3}"#);
    let args = ["export", "-f", "csv", "--from", "../in/saved", "--dry-run"];
    let ran = case.run(&args);
    snapshot("dry_run_of_incomplete_answers", &ran);
    ran.check_nothing_written(0);
    let ran = case.run(&[&args[..], &["--json"]].concat());
    let plan: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        plan["source"],
        json!({"saved": {
            "contacts": 1, "complete": false,
            "reasons": ["the Whapi API says that there are 3 contacts but lists 2 fewer"],
        }})
    );
}

#[test]
fn is_printed_when_quiet() {
    let case = Case::new().input("saved", "[]");
    let args = [
        "export",
        "-f",
        "csv",
        "--from",
        "../in/saved",
        "--dry-run",
        "--quiet",
    ];
    case.run(&args).check(
        0,
        "A dry run: nothing is written.\n\
         The saved answers hold 0 contacts; no request is sent.\n\
         csv would be written to contacts.csv.\n",
    );
}

#[test]
fn makes_no_folder() {
    let args = [
        "export",
        "--demo",
        "-f",
        "csv",
        "--output-dir",
        "new",
        "--dry-run",
    ];
    let ran = Case::new().run(&args);
    ran.check_code(0);
    assert!(ran.files.is_empty());
}

#[test]
fn fails_as_the_run_would() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).env("WHAPI_TOKEN", "of-another-channel");
    let ran = case.run(&["export", "-f", "csv", "--dry-run"]);
    ran.check(
        4,
        "error: the Whapi API knows no channel for this token (404): Not Found: channel not found; check the token from the environment variable WHAPI_TOKEN and the address of the API\n",
    );
}
