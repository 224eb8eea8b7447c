//! Processes that do not end by themselves: the program, and what it has started.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use whapi_export::conformance::sample_contacts;
use whapi_export::{Error, RunInfo, Summary};
use whapi_test_support::{has_program, processes_of};

use crate::misbehaving::{DONE, READY, check, check_error, error_of, failed, say};
use crate::support::{Script, definition, export, runtime, to};

#[test]
fn one_that_ignores_sigterm_is_killed() {
    let started = Instant::now();
    check(
        &["trap '' TERM", "while :; do sleep 1; done"],
        "sent no message for 2 s, and `ready` was due",
    );
    assert!(started.elapsed() < Duration::from_secs(20));
}

/// Starts a process that lives on and holds all pipes of the program, and waits until it runs.
const GRANDCHILD: &str = r#"pid=$(dirname "$0")/pid
sh -c 'echo $$ > "$0"; exec sleep 60' "$pid" &
until [ -s "$pid" ]; do sleep 0.02; done"#;

/// What a program does after `begin`, to write a result of 9 contacts.
fn writes_a_result() -> String {
    let ack = |seq: u8, written: u8| {
        say(&format!(
            r#"{{"type":"ack","seq":{seq},"written":{written}}}"#
        ))
    };
    [
        r#"staging=$(printf '%s' "$line" | sed 's/.*"staging":"\([^"]*\)".*/\1/')"#,
        &say(READY),
        "read -r line",
        &ack(1, 7),
        "read -r line",
        &ack(2, 2),
        "read -r line",
        "echo Ada > \"$staging\"",
        &say(DONE),
    ]
    .join("\n")
}

/// Runs a script that writes a result.
fn written(script: &Script) -> Result<Summary, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let summary = runtime().block_on(async {
        let definition = definition(script.command()).await?;
        let contacts = &sample_contacts()[..9];
        export(&definition, &to(&path), &RunInfo::new(), contacts).await
    })?;
    assert_eq!(fs::read_to_string(&path).unwrap(), "Ada\n");
    Ok(summary)
}

#[test]
fn what_it_started_is_killed_with_it() {
    let script = Script::new(&format!("{GRANDCHILD}\nexit 0"));
    let error = failed(&script);
    check_error(&error, &script, "ended with exit code 0 before `ready`");
    let script = Script::new(&format!("{}\n{GRANDCHILD}", writes_a_result()));
    let _ = written(&script).unwrap();
    assert_eq!(processes_of(&script.path()), [0_u32; 0]);
}

/// Checks that one process is left, and kills it.
#[track_caller]
fn check_left(script: &Script) {
    let pid = fs::read_to_string(script.path().with_file_name("pid")).unwrap();
    let pid = pid.trim();
    let killed = Command::new("kill").args(["-KILL", pid]).status().unwrap();
    assert!(killed.success());
}

/// A process of another session is out of reach. It may hold the pipes: nothing waits for it.
#[test]
fn what_left_its_group_is_not_waited_for() {
    if !has_program("setsid") {
        return;
    }
    let leaves = GRANDCHILD.replace("\nsh -c", "\nsetsid sh -c");
    let script = Script::new(&format!("{leaves}\nexit 0"));
    let started = Instant::now();
    let error = error_of(&script, &sample_contacts());
    check_error(&error, &script, "ended with exit code 0 before `ready`");
    check_left(&script);
    let script = Script::new(&format!("{}\n{leaves}", writes_a_result()));
    let _ = written(&script).unwrap();
    check_left(&script);
    assert!(started.elapsed() < Duration::from_secs(20));
}
