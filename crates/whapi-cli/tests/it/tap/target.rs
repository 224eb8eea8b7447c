//! A target that goes away, and one that is slow.

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::json;
use whapi_emulator::Emulator;

use super::{api, case, last_state, messages_of, settings};
#[cfg(target_os = "linux")]
use crate::support::in_shell;
use crate::support::{Case, bounded, run_in_shell, signal, wait};

const FOR_EVER: Duration = Duration::from_secs(600);
const TAP: [&str; 3] = ["tap", "--config", "../in/tap.json"];
const CLOSED: &str = "error: the target closed its input before everything was written\n";

/// More than a pipe holds.
fn long_lists() -> Emulator {
    Emulator::builder().people(4000).start_blocking().unwrap()
}

#[test]
fn a_target_that_closes_its_input_while_it_is_written_to_ends_the_run() {
    let api = long_lists();
    let case = Case::at(&api).input("tap.json", "{}");
    let mut child = case.command(&TAP).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut some = [0; 10_000];
    stdout.read_exact(&mut some).unwrap();
    drop(stdout);
    case.finish(child, &TAP).check(7, CLOSED);
}

/// Nothing is written while a channel is read, so no write finds out.
#[test]
fn a_target_that_closes_its_input_while_a_channel_is_read_ends_the_run_soon() {
    let hanging = api(|office| office.latency(FOR_EVER));
    let case = case(&hanging, &settings(json!({"channels": ["office"]})));
    let mut child = case.command(&TAP).spawn().unwrap();
    let office = &hanging.channels()[1];
    wait(async {
        while office.journal().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let sent = office.journal().len();
    let closed = Instant::now();
    drop(child.stdout.take());
    case.finish(child, &TAP).check(7, CLOSED);
    assert!(closed.elapsed() < Duration::from_secs(10));
    assert_eq!(office.journal().len(), sent);
}

#[test]
fn a_signal_ends_a_run_whose_target_does_not_read() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let api = long_lists();
        let case = Case::at(&api).input("tap.json", "{}");
        let mut child = case.command(&TAP).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        // It has read everything and waits for the target.
        let mut some = vec![0; 100_000];
        stdout.read_exact(&mut some).unwrap();
        signal(child.id(), name);
        let rest = std::thread::spawn(move || {
            let mut rest = Vec::new();
            // Only once the program has ended.
            std::thread::sleep(Duration::from_secs(1));
            stdout.read_to_end(&mut rest).unwrap();
            rest
        });
        let ended = bounded(move || child.wait().unwrap());
        assert_eq!(ended.code(), Some(code));
        let mut output = some;
        output.extend(rest.join().unwrap());
        let whole = output.iter().rposition(|byte| *byte == b'\n').unwrap();
        assert_eq!(last_state(&messages_of(&output[..=whole])), None);
    }
}

#[test]
fn a_closed_standard_output_is_refused_before_any_request() {
    let api = api(|office| office);
    let case = case(&api, &settings(json!({})));
    let ran = run_in_shell(&case, "exec >&-", &TAP);
    ran.check(
        7,
        "error: standard output is closed, or `/dev/null` opened for reading and writing; redirect it to a \
         file or a target\n",
    );
    let sent: usize = api.channels().iter().map(|one| one.journal().len()).sum();
    assert_eq!(sent, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let api = api(|office| office);
    let case = case(&api, &settings(json!({})));
    let child = in_shell(&case, "exec >/dev/full", &TAP)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let ran = case.finish(child, &TAP);
    ran.check(
        7,
        "error: could not write to standard output: No space left on device (os error 28)\n",
    );
}
