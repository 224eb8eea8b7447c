//! Exit codes 130 and 143: real signals, sent while the run waits for something.

use std::fs::OpenOptions;
use std::time::Duration;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, Fault, Trigger};

use crate::support::{BOUND, Case, Ran, api, bounded, signal, small_api, wait};

/// Longer than a run is waited for: only a signal ends it.
const FOR_EVER: Duration = Duration::from_secs(600);

/// Sends the signal once the API has seen `requests`, of which it answers the last never.
fn interrupt(api: &Emulator, requests: usize, name: &str, args: &[&str]) -> (Ran, Vec<String>) {
    assert!(BOUND < FOR_EVER);
    let case = Case::at(api).old("contacts.vcf").old("contacts.csv");
    let child = case.command(args).spawn().unwrap();
    wait(api.wait_for_requests(requests));
    let meanwhile = case.files().into_keys().collect();
    signal(child.id(), name);
    (case.finish(child, args), meanwhile)
}

#[test]
fn while_the_first_page_is_awaited() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let api = small_api().latency(FOR_EVER).start_blocking().unwrap();
        let args = ["export", "--format", "vcard"];
        let (ran, meanwhile) = interrupt(&api, 2, name, &args);
        assert_eq!(
            meanwhile.len(),
            3,
            "a temporary file among them: {meanwhile:?}"
        );
        ran.check(
            code,
            "vcard: nothing written to contacts.vcf\nerror: cancelled\n",
        );
        ran.check_nothing_written(code);
        assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    }
}

#[test]
fn while_a_later_page_is_awaited() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let api = api()
            .fault(Fault::new(Trigger::Offset(996), Effect::Latency(FOR_EVER)))
            .start_blocking()
            .unwrap();
        let args = ["export", "--format", "vcard,csv"];
        let (ran, meanwhile) = interrupt(&api, 4, name, &args);
        assert_eq!(
            meanwhile.len(),
            4,
            "two temporary files among them: {meanwhile:?}"
        );
        ran.check(
            code,
            "vcard: nothing written to contacts.vcf\n\
             csv: nothing written to contacts.csv\n\
             error: cancelled\n",
        );
        ran.check_nothing_written(code);
        assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    }
}

#[test]
fn while_a_retry_is_awaited() {
    let effect = Effect::RetryAfter {
        status: 503,
        value: "119".to_owned(),
    };
    let api = small_api()
        .fault(Fault::new(Trigger::Always, effect))
        .start_blocking()
        .unwrap();
    let (ran, _) = interrupt(&api, 2, "INT", &["export", "--format", "vcard"]);
    ran.check_nothing_written(130);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
}

#[test]
fn stdout_stays_empty() {
    let api = small_api().latency(FOR_EVER).start_blocking().unwrap();
    let args = ["export", "--format", "csv", "--output", "-"];
    let (ran, _) = interrupt(&api, 2, "INT", &args);
    ran.check(
        130,
        "csv: nothing written to standard output\nerror: cancelled\n",
    );
}

#[test]
fn the_json_summary_says_cancelled() {
    let api = small_api().latency(FOR_EVER).start_blocking().unwrap();
    let args = ["export", "--format", "csv", "--json", "--quiet"];
    let (ran, _) = interrupt(&api, 2, "TERM", &args);
    ran.check_nothing_written(143);
    let mut summary: Value = serde_json::from_str(ran.out()).unwrap();
    summary.as_object_mut().unwrap().remove("elapsed_ms");
    assert_eq!(
        summary,
        json!({
            "schema": 1, "outcome": "cancelled", "exit_code": 143,
            "contacts": {"total": 0, "saved": 0, "discovered": 0, "unknown": 0, "selected": 0},
            "selected": {"without_phone": 0},
            "scan": {
                "complete": false, "reported_total": null, "pages": 0, "passes": 0, "requests": 2,
                "retries": 0, "moves": 0, "earlier_pass_only": 0, "duplicates": 0,
                "unusable_rows": 0, "reasons": [],
            },
            "exports": [{
                "format": "csv", "destination": "contacts.csv",
                "written": 0, "skipped": [], "warnings": [], "sha256": null,
            }],
            "error": null,
        })
    );
    assert_eq!(ran.stderr, "error: cancelled\n");
}

#[test]
fn while_a_dry_run_waits() {
    let api = small_api().latency(FOR_EVER).start_blocking().unwrap();
    let args = ["export", "--format", "csv", "--dry-run"];
    let (ran, _) = interrupt(&api, 1, "INT", &args);
    ran.check(130, "error: cancelled\n");
}

/// Sends the signal once the program has opened the pipe, which stays open.
fn interrupt_at_pipe(args: &[&str]) -> Ran {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.csv").pipe("pipe");
    let child = case.command(args).spawn().unwrap();
    let path = case.path("../in/pipe");
    let pipe = bounded(move || OpenOptions::new().write(true).open(path));
    signal(child.id(), "INT");
    let ran = case.finish(child, args);
    drop(pipe);
    assert!(api.journal().is_empty());
    ran
}

#[test]
fn while_the_token_is_awaited() {
    let args = ["export", "--format", "csv", "--token-file", "../in/pipe"];
    let ran = interrupt_at_pipe(&args);
    ran.check(130, "error: cancelled\n");
    ran.check_nothing_written(130);
}

#[test]
fn while_saved_answers_are_awaited() {
    let args = ["export", "--format", "csv", "--from", "../in/pipe"];
    let ran = interrupt_at_pipe(&args);
    assert_eq!(ran.stderr.lines().last(), Some("error: cancelled"));
    ran.check_nothing_written(130);
    assert_eq!(ran.names(), ["contacts.csv"]);
}
