//! Ctrl-C and SIGTERM while a program is at a step.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use super::script::{Faulty, Step};
use crate::support::{Ran, small_api};

/// Every way of the host to end a program takes less, with a margin for a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// Starts a run, waits until the program is at its step, and signals all processes in the foreground, as
/// a terminal does.
fn interrupted(faulty: &Faulty, signals: &[(&str, &str)]) -> Ran {
    let api = small_api().start_blocking().unwrap();
    let case = faulty.case(&api);
    let args = ["export", "-f", "faulty"];
    let child = case.command(&args).process_group(0).spawn().unwrap();
    let mut begun = Instant::now();
    for (at, name) in signals {
        faulty.wait_for(at);
        begun = Instant::now();
        let group = format!("-{}", child.id());
        let sent = Command::new("kill")
            .args([&format!("-{name}"), "--", &group])
            .status();
        assert!(sent.unwrap().success());
    }
    let ran = case.finish(child, &args);
    assert!(begun.elapsed() < SOON, "{ran}");
    ran
}

/// The summary of a cancelled run that had begun, and of one that had not.
const CANCELLED: [&str; 2] = [
    "faulty: nothing written to contacts.txt\nerror: cancelled\n",
    "error: cancelled\n",
];

#[track_caller]
fn check(faulty: &Faulty, signals: &[(&str, &str)], code: i32, says: &str) {
    let ran = interrupted(faulty, signals);
    ran.check(code, says);
    ran.check_nothing_written(code);
    assert_eq!(ran.names(), ["contacts.txt"]);
    faulty.check_nothing_left();
}

/// A program that says where it is, and then does nothing, as does what it has started.
fn waits_at(step: Step, first: &str) -> Faulty {
    let then = format!("{first}\nsleep 600 &\n: > \"$own/there\"\nsleep 600");
    Faulty::at(step, &then)
}

#[test]
fn ctrl_c_ends_it_at_each_step() {
    let [begun, not_begun] = CANCELLED;
    let done = r#"echo '{"type":"done","written":3}'"#;
    for (step, first, says) in [
        (Step::Hello, "", not_begun),
        (Step::Describe, "", not_begun),
        (Step::Ready, "", begun),
        (Step::Ack, "echo part > \"$staging\"", begun),
        (Step::Done, "", begun),
        (Step::Done, done, begun),
    ] {
        check(&waits_at(step, first), &[("there", "INT")], 130, says);
    }
}

#[test]
fn sigterm_ends_it_at_each_step() {
    let [begun, not_begun] = CANCELLED;
    for (step, says) in [
        (Step::Hello, not_begun),
        (Step::Ready, begun),
        (Step::Ack, begun),
        (Step::Done, begun),
    ] {
        check(&waits_at(step, ""), &[("there", "TERM")], 143, says);
    }
}

/// The signal itself does not reach the program: it could not clean up.
#[test]
fn the_program_gets_abort() {
    for step in [Step::Ready, Step::Ack] {
        let then = "trap ': > \"$own/signalled\"' INT\n\
                    : > \"$own/there\"\n\
                    read -r line\n\
                    printf '%s\\n' \"$line\" > \"$own/got\"\n\
                    read -r line || echo end >> \"$own/got\"";
        let faulty = Faulty::at(step, then);
        check(&faulty, &[("there", "INT")], 130, CANCELLED[0]);
        let got = fs::read_to_string(faulty.beside("got")).unwrap();
        let got: Vec<_> = got.lines().collect();
        // At `ready` the host may have sent nothing else; a batch is not sent before `ready`.
        assert_eq!(got, [r#"{"type":"abort"}"#, "end"], "{step:?}");
        assert!(!faulty.beside("signalled").exists(), "{step:?}");
    }
}

/// More signals, while the host waits for a program that ignores everything, change nothing.
#[test]
fn further_signals_while_it_is_ended() {
    let then = "trap '' INT TERM\n\
                : > \"$own/there\"\n\
                read -r line\n\
                : > \"$own/aborted\"\n\
                while :; do sleep 0.1; done";
    let faulty = Faulty::at(Step::Ack, then);
    let signals = [("there", "INT"), ("aborted", "INT"), ("aborted", "TERM")];
    check(&faulty, &signals, 130, CANCELLED[0]);
}

/// Progress without an end keeps nothing from ending the run.
#[test]
fn ctrl_c_ends_one_that_is_always_alive() {
    for step in [Step::Ready, Step::Ack, Step::Done] {
        let then = "(sleep 0.3; : > \"$own/there\") &\n\
                    yes '{\"type\":\"status\",\"message\":\"still here\"}'";
        let faulty = Faulty::at(step, then);
        check(&faulty, &[("there", "INT")], 130, CANCELLED[0]);
    }
}
