//! Programs that break the protocol, in whole runs: exit code 7, the exact message, and nothing left.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use whapi_emulator::Emulator;

use super::script::{Faulty, HELLO, Step};
use crate::support::{BOUND, small_api};

/// What a program does at a step, and what is said of it behind its name.
struct Fault {
    step: Step,
    does: String,
    says: String,
    /// What its log shows.
    log: &'static str,
}

fn fault(step: Step, does: impl Into<String>, says: impl Into<String>) -> Fault {
    Fault {
        step,
        does: does.into(),
        says: says.into(),
        log: "",
    }
}

/// A fault that is a message.
fn message(step: Step, message: &str, says: impl Into<String>) -> Fault {
    fault(step, format!("printf '%s\\n' '{message}'"), says)
}

const ACK: &str = r#"{"type":"ack","seq":1,"written":3}"#;
const DONE: &str = r#"{"type":"done","written":3}"#;
const NO_JSON: &str = "; a program writes nothing but messages to standard output";

/// What can go wrong at each step.
fn at_every_step() -> Vec<Fault> {
    let mut faults = Vec::new();
    for (step, due) in [
        (Step::Hello, "hello"),
        (Step::Ready, "ready"),
        (Step::Ack, "ack"),
        (Step::Done, "done"),
    ] {
        let no_json = format!("wrote a line that is no JSON object, where `{due}` was due: ");
        let invalid = "sent a message that is not valid (unknown variant `steady`, expected one of `hello`, \
                       `ready`, `ack`, `done`, `error`, `status`, `alive`)";
        faults.extend([
            fault(step, "exit 0", format!("ended with exit code 0 before `{due}`")),
            fault(step, "exit 3", format!("ended with exit code 3 before `{due}`")),
            fault(step, "kill -SEGV $$", format!("ended with signal 11 before `{due}`")),
            fault(
                step,
                "sleep 600 &\nkill -KILL $$",
                format!("ended with signal 9 before `{due}`"),
            ),
            fault(
                step,
                "exec 1>&-\nsleep 600",
                format!("closed its standard output before `{due}`"),
            ),
            fault(step, "echo Loading", format!("{no_json}`Loading`{NO_JSON}")),
            message(step, r#"{"type":"#, format!("{no_json}`{{\"type\":`{NO_JSON}")),
            message(
                step,
                r#"{"type":"steady"}"#,
                format!("{invalid}, where `{due}` was due: `{{\"type\":\"steady\"}}`"),
            ),
            fault(
                step,
                "head -c 9437184 /dev/zero | tr '\\0' x",
                format!(
                    "sent a line of more than 8 MiB, where `{due}` was due: `{}…`",
                    "x".repeat(200)
                ),
            ),
            message(
                step,
                r#"{"type":"error","kind":"internal","message":"no \u001b[31mluck\nat all"}"#,
                "reports: no \\u{1b}[31mluck at all",
            ),
            Fault {
                log: "faulty: no module \\u{1b}[31mnamed requests\n",
                ..fault(
                    step,
                    "printf 'no module \\033[31mnamed requests\\n' >&2\nexit 1",
                    format!(
                        "ended with exit code 1 before `{due}`; the last line of its log: no module \
                         \\u{{1b}}[31mnamed requests"
                    ),
                )
            },
        ]);
    }
    faults
}

/// What can be wrong with one message.
fn at_one_step() -> Vec<Fault> {
    let hello =
        |from: &str, to: &str, says: &str| message(Step::Hello, &HELLO.replace(from, to), says);
    let ack = |from: &str, to: &str, says: &str| message(Step::Ack, &ACK.replace(from, to), says);
    let done = |then: &str, says: &str| fault(Step::Done, format!("echo '{DONE}'\n{then}"), says);
    let sums = "and its acknowledgements add up to 3 and 0";
    let empty = "counts 3 contacts as written, and the file `staging` is empty; it must write there, and \
                 nowhere else";
    vec![
        hello(
            "[1]",
            "[2]",
            "speaks version [2] of the protocol, and only version 1 is known here",
        ),
        hello(
            r#"["id"]"#,
            r#"["colour"]"#,
            "needs the key `colour`, which no record has",
        ),
        message(
            Step::Hello,
            r#"{"type":"alive"}"#,
            "sent `alive` where `hello` was due",
        ),
        fault(
            Step::Describe,
            "exit 4",
            "ended with exit code 4 after `describe`",
        ),
        fault(
            Step::Describe,
            "echo bye",
            "went on to write after `describe`: `bye`",
        ),
        message(Step::Ready, ACK, "sent `ack` where `ready` was due"),
        fault(
            Step::Ready,
            "trap '' TERM\nexec 1>&-\nwhile :; do sleep 0.1; done",
            "closed its standard output before `ready`",
        ),
        ack(
            r#""seq":1"#,
            r#""seq":2"#,
            "acknowledged batch 2 where batch 1 was due",
        ),
        ack(
            "3",
            "4",
            "acknowledged 4 written and 0 skipped of a batch of 3 contacts",
        ),
        ack(
            "3",
            "2",
            "acknowledged 2 written and 0 skipped of a batch of 3 contacts",
        ),
        ack(
            "3",
            "-1",
            "sent a message that is not valid (invalid value: integer `-1`, expected u64), where `ack` was \
             due: `{\"type\":\"ack\",\"seq\":1,\"written\":-1}`",
        ),
        ack(
            "3",
            r#"2,"skipped":[{"id":"447700900999","reason":"no"}]"#,
            "skipped the contact `447700900999`, which is not in the batch, or is skipped twice",
        ),
        message(
            Step::Done,
            &DONE.replace('3', "4"),
            format!("sent `done` with 4 written and 0 skipped, {sums}"),
        ),
        message(
            Step::Done,
            &DONE.replace('3', r#"3,"skipped":1"#),
            format!("sent `done` with 3 written and 1 skipped, {sums}"),
        ),
        done("exit 1", "ended with exit code 1 after `done`"),
        done("kill -TERM $$", "ended with signal 15 after `done`"),
        done("echo bye", "went on to write after `done`: `bye`"),
        fault(
            Step::Done,
            format!(": > \"$staging\"\necho '{DONE}'"),
            empty,
        ),
        fault(Step::Done, format!("rm \"$staging\"\necho '{DONE}'"), empty),
    ]
}

/// Faults for which the host waits as long as it may.
fn that_take_long() -> Vec<Fault> {
    let hangs = |step: Step, says: &str| fault(step, "sleep 600 &\nsleep 600", says);
    vec![
        hangs(Step::Hello, "sent no message for 10 s, and `hello` was due"),
        hangs(Step::Describe, "did not end within 5 s after `describe`"),
        hangs(Step::Ready, "sent no message for 60 s, and `ready` was due"),
        hangs(Step::Ack, "sent no message for 120 s, and `ack` was due"),
        hangs(Step::Done, "sent no message for 120 s, and `done` was due"),
        fault(
            Step::Done,
            format!("echo '{DONE}'\nsleep 600"),
            "did not end within 5 s after `done`",
        ),
        fault(
            Step::Ack,
            "trap '' TERM\nwhile :; do sleep 0.1; done",
            "sent no message for 120 s, and `ack` was due",
        ),
    ]
}

/// Runs one, and checks all that can be seen of it.
fn check(api: &Emulator, fault: &Fault, limit: Duration) {
    let faulty = Faulty::at(fault.step, &fault.does);
    let case = faulty.case(api);
    let args = ["export", "-f", "faulty"];
    let child = case.command(&args).spawn().unwrap();
    let ran = case.finish_within(limit, child, &args, || {});
    let begun = match fault.step {
        Step::Hello | Step::Describe => "",
        Step::Ready | Step::Ack | Step::Done => "faulty: nothing written to contacts.txt\n",
    };
    ran.check(
        7,
        &format!(
            "{}{begun}error: the program `{}` {}\n",
            fault.log,
            faulty.path(),
            fault.says
        ),
    );
    ran.check_nothing_written(7);
    assert_eq!(ran.names(), ["contacts.txt"]);
    faulty.check_nothing_left();
}

/// Runs all of them, some at the same time.
fn check_all(faults: Vec<Fault>, at_a_time: usize, limit: Duration) {
    let api = small_api().start_blocking().unwrap();
    let waiting = Mutex::new(faults.into_iter());
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(fault) = next else { break };
                    check(&api, &fault, limit);
                }
            });
        }
    });
}

#[test]
fn what_can_go_wrong_at_every_step() {
    check_all(at_every_step(), 6, BOUND);
}

#[test]
fn what_can_be_wrong_with_a_message() {
    check_all(at_one_step(), 4, BOUND);
}

#[test]
#[ignore = "slow tier"]
fn hanging_at_every_step() {
    let faults = that_take_long();
    let all = faults.len();
    check_all(faults, all, BOUND * 4);
}

#[test]
fn a_fault_in_the_json_summary() {
    let api = small_api().start_blocking().unwrap();
    let faulty = Faulty::at(Step::Ack, "exit 3");
    let ran = faulty
        .case(&api)
        .run(&["export", "-f", "faulty", "--json", "-q"]);
    ran.check_nothing_written(7);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    let message = format!(
        "the program `{}` ended with exit code 3 before `ack`",
        faulty.path()
    );
    assert_eq!(
        (
            &summary["outcome"],
            &summary["exit_code"],
            &summary["error"]
        ),
        (
            &json!("failed"),
            &json!(7),
            &json!({"kind": "program", "message": message})
        )
    );
    assert_eq!(summary["exports"][0]["written"], json!(0));
    faulty.check_nothing_left();
}

/// Escape sequences and line ends in what a program says of a run that succeeds.
#[test]
fn texts_of_a_program_are_escaped() {
    let api = small_api().start_blocking().unwrap();
    let skipped = r#"{"id":"447700900101","reason":"no\u001b]0;x\u0007 room"}"#;
    let done = r#"{"type":"done","written":2,"skipped":1,"warnings":["look\u001b[31m\nout"]}"#;
    let then = format!(
        "printf '%s\\n' '{{\"type\":\"ack\",\"seq\":1,\"written\":2,\"skipped\":[{skipped}]}}'\n\
         read -r line\n\
         printf 'Ada\\n' > \"$staging\"\n\
         printf 'tidy\\033[2Jing\\n' >&2\n\
         printf '%s\\n' '{done}'"
    );
    let faulty = Faulty::at(Step::Ack, &then);
    let case = faulty.case(&api);
    let ran = case.run(&["export", "-f", "faulty"]);
    ran.check(
        0,
        &format!(
            "faulty: tidy\\u{{1b}}[2Jing\n\
             warning: faulty: look\\u{{1b}}[31m out\n\
             3 contacts: 1 saved, 1 discovered, 1 unknown\n\
             1 of them has no phone number\n\
             the list is complete: 1 page, 2 requests\n\
             faulty: 2 contacts written to contacts.txt\n\
             faulty: 1 contact skipped (by-program): no\\u{{1b}}]0;x\\u{{7}} room\n\
             faulty: written by the program {}\n",
            faulty.path()
        ),
    );
    assert_eq!(case.read("contacts.txt"), b"Ada\n");
    faulty.check_nothing_left();
}
