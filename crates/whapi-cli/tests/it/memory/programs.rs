//! The memory of a run whose exporter is a program that misbehaves.

use std::io::{self, Write as _};

use whapi_emulator::Emulator;

use super::hostile::measure;
use crate::programs::script::{Faulty, Step};
use crate::support::{api, small_api};

/// The most that such a run may need, in KiB.
const MOST: u64 = 64 << 10;

/// Runs a program, and checks the memory of the host, and what it says behind the program's path.
#[track_caller]
fn check_at(api: &Emulator, step: Step, does: &str, says: &str) {
    let faulty = Faulty::at(step, does);
    let case = faulty.case(api);
    let ran = measure(&case, &["export", "-f", "faulty", "-q"]);
    let report = format!("{says}: {} KiB\n", ran.peak);
    io::stderr().write_all(report.as_bytes()).unwrap();
    let said = format!("error: the program `{}` {says}\n", faulty.path());
    assert_eq!((ran.code, &*ran.said), (Some(7), &*said));
    assert!(ran.peak < MOST, "{report}");
    faulty.check_nothing_left();
}

#[track_caller]
fn check(step: Step, does: &str, says: &str) {
    check_at(&small_api().start_blocking().unwrap(), step, does, says);
}

#[test]
#[ignore = "slow tier"]
fn a_log_of_1_gib() {
    check(
        Step::Ack,
        "yes 'a line of a log that does not end' | head -c 1073741824 >&2\nexit 1",
        "ended with exit code 1 before `ack`; the last line of its log: a line of a log that does not",
    );
}

#[test]
#[ignore = "slow tier"]
fn a_log_of_1_gib_without_a_line_end() {
    let shown = "x".repeat(500);
    check(
        Step::Ready,
        "head -c 1073741824 /dev/zero | tr '\\0' x >&2\nexit 1",
        &format!("ended with exit code 1 before `ready`; the last line of its log: {shown}"),
    );
}

#[test]
#[ignore = "slow tier"]
fn a_line_without_an_end() {
    for (step, due) in [
        (Step::Hello, "hello"),
        (Step::Ready, "ready"),
        (Step::Ack, "ack"),
        (Step::Done, "done"),
    ] {
        for length in [9 << 20, 1 << 30] {
            let shown = "x".repeat(200);
            check(
                step,
                &format!("head -c {length} /dev/zero | tr '\\0' x"),
                &format!("sent a line of more than 8 MiB, where `{due}` was due: `{shown}…`"),
            );
        }
    }
}

/// Nothing but a signal ends a program that goes on; this one ends by itself.
#[test]
#[ignore = "slow tier"]
fn messages_without_an_end() {
    for message in [
        r#"{"type":"alive"}"#,
        r#"{"type":"status","message":"still here"}"#,
    ] {
        check(
            Step::Done,
            &format!("yes '{message}' | head -n 1000000\nexit 1"),
            "ended with exit code 1 before `done`",
        );
    }
}

/// Ten messages of almost 8 MiB each, made of a part that comes again and again.
fn long_messages(begin: &str, part: &str, end: &str) -> String {
    let times = ((8 << 20) - 100) / part.len();
    format!(
        "for each in 1 2 3 4 5 6 7 8 9 10; do\n\
         printf '%s' '{begin}'\n\
         yes '{part}' | head -n {times} | tr -d '\\n'\n\
         printf '%s\\n' '{end}'\n\
         done\n\
         exit 1"
    )
}

#[test]
#[ignore = "slow tier"]
fn messages_of_8_mib() {
    let status = r#"{"type":"status","message":""#;
    let ended = "ended with exit code 1 before `ack`";
    check(Step::Ack, &long_messages(status, "x", "\"}"), ended);
    check(Step::Ack, &long_messages(status, r"\u0001", "\"}"), ended);
    // Fields that are not known.
    let values = long_messages(r#"{"type":"alive","x":[0"#, ",0", "]}");
    check(Step::Ack, &values, ended);
    let fields = long_messages(r#"{"type":"alive""#, r#","x":{}"#, "}");
    check(Step::Ack, &fields, ended);
    let nested = long_messages(r#"{"type":"alive","x":"#, "[", "");
    check(
        Step::Ack,
        &nested,
        &format!(
            "wrote a line that is no JSON object, where `ack` was due: `{{\"type\":\"alive\",\"x\":{}…`; a \
             program writes nothing but messages to standard output",
            "[".repeat(180)
        ),
    );
}

#[test]
#[ignore = "slow tier"]
fn lists_of_8_mib() {
    for (step, begin, due) in [
        (Step::Hello, r#"{"type":"hello","needs":["""#, "hello"),
        (Step::Ready, r#"{"type":"done","warnings":["""#, "ready"),
    ] {
        let quoted = 200 - begin.len();
        let more = r#","""#.repeat(quoted);
        check(
            step,
            &long_messages(begin, r#","""#, "]}"),
            &format!(
                "sent a message that is not valid (a list of more than 100,000 values), where `{due}` was \
                 due: `{begin}{}…`",
                &more[..quoted]
            ),
        );
    }
}

/// Empty lines take memory, too, when they come faster than a batch is read.
#[test]
#[ignore = "slow tier"]
fn empty_lines_while_a_batch_is_sent() {
    let does = r#"printf '%s\n' "$hello" | sed 's/,"needs":\["id"\]//'
read -r line
case $line in *describe*) exit 0;; esac
echo '{"type":"ready"}'
yes '' &
sleep 20
exit 1"#;
    check_at(
        &api().start_blocking().unwrap(),
        Step::Hello,
        does,
        "wrote a line that is no JSON object, where `ack` was due: ``; a program writes nothing but messages \
         to standard output",
    );
}
