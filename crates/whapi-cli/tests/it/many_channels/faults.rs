//! Channels that fail: the others are written, and the summary says so.

use std::time::Duration;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, Fault, TotalMode, Trigger};

use super::{ALL, CONFIG, api, case, case_with, channel, export, rows};
use crate::support::{BOUND, signal, wait};

/// Runs all channels, of which office has this fault, and checks that the others are written.
#[track_caller]
fn check_fault(api: &Emulator, config: &str, more: &[&str], line: &str, reason: &str) {
    let case = case_with(api, config);
    let ran = export(&case, &[&["--all-channels"], more].concat());
    ran.check_code(3);
    assert!(ran.stderr.contains(&format!("\n  {line}\n")), "{ran}");
    let reason = format!("warning: contacts may be missing: channel `office`: {reason}\n");
    assert!(ran.stderr.ends_with(&reason), "{ran}");
    assert!(
        ran.stderr.starts_with("2 of 3 channels complete\n"),
        "{ran}"
    );
    let rows = rows(&case);
    let others = rows.iter().filter(|row| !row.starts_with("office,"));
    let others: Vec<_> = others.map(String::as_str).collect();
    assert_eq!(others, [ALL[0], ALL[1], ALL[4]]);
}

const FAILED: &str = "office: failed, not written";

#[test]
fn a_channel_that_fails_does_not_stop_the_others() {
    let refusing = api(|office| office.token("another-token"));
    check_fault(
        &refusing,
        CONFIG,
        &[],
        FAILED,
        "could not be read: the Whapi API knows no channel for this token (404): Not Found: channel not \
         found; check the token from the environment variable OFFICE (by channel `office`) and the \
         address of the API",
    );
    let api = api(|office| office);
    check_fault(
        &api,
        &CONFIG.replace("OFFICE", "ABSENT"),
        &[],
        FAILED,
        "could not be read: the environment variable ABSENT (by channel `office`) is not set; set it, or \
         choose another channel with --channel",
    );
    let out_of_quota =
        self::api(|office| office.fault(Fault::new(Trigger::Always, Effect::Status(402))));
    let ran = export(&case(&out_of_quota), &["--all-channels", "--json", "-q"]);
    ran.check_code(3);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    let channels = summary["channels"].as_array().unwrap();
    let told = |key: &str| {
        channels
            .iter()
            .map(|one| one[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("name"), ["shop", "office", "home"]);
    assert_eq!(told("outcome"), ["complete", "failed", "complete"]);
    assert_eq!(told("exit_code"), [0, 6, 0]);
    assert_eq!(channels[1]["error"]["kind"], json!("quota"));
    assert_eq!(channels[1]["contacts"]["total"], json!(0));
    assert_eq!(channels[0]["scan"]["complete"], json!(true));
    assert_eq!(channels[0]["error"], Value::Null);
    assert_eq!(summary["contacts"]["total"], json!(3));
    assert_eq!(summary["outcome"], json!("incomplete"));
    assert_eq!(summary["error"], Value::Null);
}

#[test]
fn when_every_channel_fails_the_code_is_that_of_the_failure() {
    let api = channel("a", &[]).start_blocking().unwrap();
    let case = case(&api).old("contacts.csv");
    let ran = export(&case, &["--all-channels", "--json"]);
    ran.check_code(4);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(summary["exit_code"], json!(4));
    assert_eq!(summary["error"]["kind"], json!("token"));
    ran.check_nothing_written(4);
}

#[test]
fn requests_are_limited_for_each_channel_and_for_all() {
    let api = api(|office| office);
    let case_of_each = case(&api);
    export(&case_of_each, &["--all-channels", "--max-requests", "2"]).check_code(0);
    let ran = export(
        &case(&api),
        &[
            "--all-channels",
            "--max-requests-total",
            "5",
            "--channel-concurrency",
            "1",
        ],
    );
    ran.check_code(3);
    assert!(
        ran.stderr.ends_with(
            "warning: contacts may be missing: channel `home`: could not be read: stopped at the limit on \
             requests that was set for all channels together\n"
        ),
        "{ran}"
    );
    let sent: usize = api
        .channels()
        .iter()
        .map(|channel| channel.journal().len())
        .sum();
    assert_eq!(sent, 6 + 5);
}

/// Longer than a test waits: only the end of a request or a signal ends it.
const FOR_EVER: Duration = Duration::from_secs(6_000);

/// The list of office never comes.
fn hanging() -> Emulator {
    let hang = Fault::new(Trigger::Always, Effect::Latency(FOR_EVER)).on("/contacts");
    api(|office| office.fault(hang.clone()))
}

#[test]
#[ignore = "slow tier"]
fn a_channel_that_hangs_is_given_up() {
    let api = hanging();
    let case = case(&api);
    let args = ["export", "-f", "csv", "--config", "../in/config.toml"];
    let more = ["--set", "csv.columns=channel,id", "--all-channels"];
    let args = [&args[..], &more].concat();
    let child = case.command(&args).spawn().unwrap();
    // Six tries of at most 30 seconds, and the waits between them.
    let ran = case.finish_within(BOUND * 6, child, &args, || {});
    ran.check_code(3);
    let told = ran
        .stderr
        .split_once("; gave up after 6 tries in ")
        .unwrap();
    assert_eq!(
        told.0,
        "2 of 3 channels complete\n  \
         shop: 2 contacts\n  \
         office: failed, not written\n  \
         home: 1 contact\n\
         3 contacts: 2 saved, 1 discovered, 0 unknown\n\
         the lists are incomplete: 2 pages, 11 requests, 5 retries\n\
         csv: 3 contacts written to contacts.csv\n\
         warning: contacts may be missing: channel `office`: could not be read: the Whapi API took too long to \
         answer"
    );
    assert_eq!(rows(&case), [ALL[0], ALL[1], ALL[4]]);
}

#[test]
fn a_run_that_waits_for_a_channel_can_be_cancelled() {
    let api = hanging();
    let case = case(&api).old("contacts.csv");
    let args = ["export", "-f", "csv", "--config", "../in/config.toml"];
    let args = [&args[..], &["--all-channels", "--channel-concurrency", "1"]].concat();
    let child = case.command(&args).spawn().unwrap();
    // The others are not asked before: office is read alone, and is the second.
    let office = &api.channels()[1];
    wait(async {
        while office.journal().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    signal(child.id(), "INT");
    let ran = case.finish(child, &args);
    ran.check_code(130);
    ran.check_nothing_written(130);
    assert_eq!(ran.names(), ["contacts.csv"]);
    assert!(api.channels()[2].journal().is_empty());
}

#[test]
fn an_incomplete_channel_is_written_and_named() {
    let api = api(|office| office.total(TotalMode::Off(1)));
    let case = case(&api);
    let ran = export(&case, &["--all-channels"]);
    ran.check(
        3,
        "2 of 3 channels complete\n  \
         shop: 2 contacts\n  \
         office: 2 contacts, incomplete\n  \
         home: 1 contact\n\
         5 contacts: 3 saved, 2 discovered, 0 unknown\n\
         the lists are incomplete: 10 pages, 13 requests, 2 passes\n\
         csv: 5 contacts written to contacts.csv\n\
         warning: contacts may be missing: channel `office`: the Whapi API says that there are 3 contacts but \
         lists 1 fewer\n",
    );
    assert_eq!(rows(&case), ALL);
}

/// A name is a part of file names, so the configuration takes no other.
#[test]
fn a_name_that_is_no_file_name_is_refused() {
    let api = api(|office| office);
    for name in ["../office", "a/b", "a\\nb", "\u{202e}eciffo", "office "] {
        let config = format!("{CONFIG}\n[channels.\"{name}\"]\ntoken_env = \"OFFICE\"\n");
        let ran = export(&case_with(&api, &config), &["--all-channels"]);
        ran.check(
            2,
            "error: `../in/config.toml`, line 13: this is no name of a channel; a name has at most 30 letters \
             from a to z, digits, `-` and `_`\n",
        );
        ran.check_nothing_written(2);
    }
    assert!(api.journal().is_empty());
}
