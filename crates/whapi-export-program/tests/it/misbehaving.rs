//! Programs that break the protocol: each is an error that says what was wrong, and leaves nothing.

use std::fs;

use whapi_export::conformance::sample_contacts;
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{ClassifiedContact, Error, ErrorKind, RunInfo};
use whapi_test_support::processes_of;

use crate::support::{HELLO, Script, definition, export, names, runtime, to};

/// A message of the program, as a line of a script.
pub(crate) fn say(message: &str) -> String {
    format!("printf '%s\\n' '{message}'")
}

pub(crate) const READY: &str = r#"{"type":"ready"}"#;

/// Runs a script that fails, and returns the error. No process is left.
pub(crate) fn failed(script: &Script) -> Error {
    let error = error_of(script, &sample_contacts()[..9]);
    assert_eq!(
        processes_of(&script.path()),
        [0_u32; 0],
        "a process is left"
    );
    error
}

/// Runs a script over a folder with an earlier result, and returns the error. The folder is as it was.
pub(crate) fn error_of(script: &Script, contacts: &[ClassifiedContact]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "before\n").unwrap();
    let ran = runtime().block_on(async {
        let definition = definition(script.command()).await?;
        export(&definition, &to(&path), &RunInfo::new(), contacts).await
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    assert_eq!(names(folder.path()), ["a.txt"]);
    ran.unwrap_err()
}

/// Checks the message of an error, after the path of the program, and that it is one of the program.
#[track_caller]
pub(crate) fn check_error(error: &Error, script: &Script, expected: &str) {
    let path = script.path();
    let expected = format!("the program `{}` {expected}", path.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.kind(), ErrorKind::Program);
}

/// Runs a script, and checks its error.
#[track_caller]
fn check_script(script: &Script, expected: &str) {
    check_error(&failed(script), script, expected);
}

/// The same of a script that says a proper hello.
#[track_caller]
pub(crate) fn check(body: &[&str], expected: &str) {
    check_script(&Script::new(&body.join("\n")), expected);
}

#[test]
fn at_hello() {
    let whole = |text: &str| Script::whole(text);
    check_script(
        &whole("echo Loading the plugin\nsleep 9"),
        "wrote a line that is no JSON object, where `hello` was due: `Loading the plugin`; a program \
         writes nothing but messages to standard output",
    );
    check_script(&whole("exit 3"), "ended with exit code 3 before `hello`");
    check_script(&whole("kill -9 $$"), "ended with signal 9 before `hello`");
    check_script(
        &whole("sleep 60"),
        "sent no message for 2 s, and `hello` was due",
    );
    check_script(
        &whole(&say(&HELLO.replace("[1]", "[2,3]"))),
        "speaks version [2, 3] of the protocol, and only version 1 is known here",
    );
    check_script(&whole(&say(READY)), "sent `ready` where `hello` was due");
    check_script(
        &whole("exec 1>&-\nsleep 60"),
        "closed its standard output before `hello`",
    );
    check_script(
        &whole(r#"yes '{"type":"alive"}'"#),
        "sent `alive` where `hello` was due",
    );
    check_script(
        &whole(&say(r#"{"type":"status","message":"loading"}"#)),
        "sent `status` where `hello` was due",
    );
    check_script(
        &whole(&say(&HELLO.replace(r#""id""#, r#""colour""#))),
        "needs the key `colour`, which no record has",
    );
    check_script(
        &whole(&say(&HELLO.replace(r#""output""#, r#""put""#))),
        "sent a message that is not valid (missing field `output`), where `hello` was due: \
         `{\"type\":\"hello\",\"v\":[1],\"name\":\"lines\",\"summary\":\"one id a line\",\"put\":{\"kind\"\
         :\"file\",\"extension\":\"txt\"},\"needs\":[\"id\"]}`",
    );
    check_script(
        &whole(&format!("{}\nread -r line\nexit 4", say(HELLO))),
        "ended with exit code 4 after `describe`",
    );
}

#[test]
fn at_ready() {
    check(&["exit 0"], "ended with exit code 0 before `ready`");
    check(&["kill -SEGV $$"], "ended with signal 11 before `ready`");
    check(
        &["sleep 60"],
        "sent no message for 2 s, and `ready` was due",
    );
    check(
        &[&say(r#"{"type":"ack","seq":1,"written":7}"#)],
        "sent `ack` where `ready` was due",
    );
    check(
        &[&say(r#"{"type":"steady"}"#)],
        "sent a message that is not valid (unknown variant `steady`, expected one of `hello`, `ready`, \
         `ack`, `done`, `error`, `status`, `alive`), where `ready` was due: `{\"type\":\"steady\"}`",
    );
    check(
        &[&say(r#"["ready"]"#)],
        "wrote a line that is no JSON object, where `ready` was due: `[\"ready\"]`; a program writes nothing \
         but messages to standard output",
    );
    check(
        &["exec 1>&-", "sleep 60"],
        "closed its standard output before `ready`",
    );
}

/// A program that is ready, and reads one batch.
pub(crate) fn ready(then: &str) -> Vec<String> {
    vec![say(READY), "read -r batch".to_owned(), then.to_owned()]
}

#[track_caller]
pub(crate) fn check_ready(then: &str, expected: &str) {
    let body = ready(then);
    let body: Vec<_> = body.iter().map(String::as_str).collect();
    check(&body, expected);
}

#[test]
fn at_a_batch() {
    check_ready("exit 0", "ended with exit code 0 before `ack`");
    check_ready("kill -KILL $$", "ended with signal 9 before `ack`");
    check_ready("sleep 60", "sent no message for 2 s, and `ack` was due");
    check_ready(
        "exec 1>&-\nsleep 60",
        "closed its standard output before `ack`",
    );
    check_ready(
        "echo '{\"type\":'",
        "wrote a line that is no JSON object, where `ack` was due: `{\"type\":`; a program writes nothing \
         but messages to standard output",
    );
    check_ready(
        &say(r#"{"type":"ack","seq":2,"written":7}"#),
        "acknowledged batch 2 where batch 1 was due",
    );
    for written in [6, 8] {
        check_ready(
            &say(&format!(r#"{{"type":"ack","seq":1,"written":{written}}}"#)),
            &format!("acknowledged {written} written and 0 skipped of a batch of 7 contacts"),
        );
    }
    check_ready(
        &say(r#"{"type":"ack","seq":1,"written":-1}"#),
        "sent a message that is not valid (invalid value: integer `-1`, expected u64), where `ack` was \
         due: `{\"type\":\"ack\",\"seq\":1,\"written\":-1}`",
    );
    check_ready(
        &say(r#"{"type":"ack","seq":1,"written":18446744073709551615,"skipped":[{"id":"a"}]}"#),
        "acknowledged 18446744073709551615 written and 1 skipped of a batch of 7 contacts",
    );
    check_ready(
        &say(r#"{"type":"ack","seq":1,"written":6,"skipped":[{"id":"447700900999"}]}"#),
        "skipped the contact `447700900999`, which is not in the batch, or is skipped twice",
    );
    check_ready(
        &say(
            r#"{"type":"ack","seq":1,"written":5,"skipped":[{"id":"447700900000"},{"id":"447700900000"}]}"#,
        ),
        "skipped the contact `447700900000`, which is not in the batch, or is skipped twice",
    );
    check_ready(
        "head -c 9437184 /dev/zero | tr '\\0' x",
        &format!(
            "sent a line of more than 8 MiB, where `ack` was due: `{}…`",
            "x".repeat(200)
        ),
    );
}

/// A program that acknowledges two batches, and reads `finish`.
fn finished(then: &str) -> Vec<String> {
    let ack = |seq: u8, written: u8| {
        say(&format!(
            r#"{{"type":"ack","seq":{seq},"written":{written}}}"#
        ))
    };
    let read = || "read -r line".to_owned();
    vec![
        say(READY),
        read(),
        ack(1, 7),
        read(),
        ack(2, 2),
        read(),
        then.to_owned(),
    ]
}

#[track_caller]
fn check_finished(then: &str, expected: &str) {
    let body = finished(then);
    let body: Vec<_> = body.iter().map(String::as_str).collect();
    check(&body, expected);
}

pub(crate) const DONE: &str = r#"{"type":"done","written":9,"skipped":0}"#;

#[test]
fn at_the_end() {
    check_finished("exit 0", "ended with exit code 0 before `done`");
    check_finished("kill -ABRT $$", "ended with signal 6 before `done`");
    check_finished("sleep 60", "sent no message for 2 s, and `done` was due");
    check_finished(
        "exec 1>&-\nsleep 60",
        "closed its standard output before `done`",
    );
    check_finished(
        &say(&DONE.replace("\"written\":9", "\"written\":8")),
        "sent `done` with 8 written and 0 skipped, and its acknowledgements add up to 9 and 0",
    );
    check_finished(
        &format!("{}\nexit 1", say(DONE)),
        "ended with exit code 1 after `done`",
    );
    check_finished(
        &format!("{}\nsleep 60", say(DONE)),
        "did not end within 2 s after `done`",
    );
    check_finished(
        &format!("{}\necho bye", say(DONE)),
        "went on to write after `done`: `bye`",
    );
    check_finished(
        r#"printf '{"type":"done","warnings":[0'; yes ',0' | head -n 100000 | tr -d '\n'; echo ']}'"#,
        &format!(
            "sent a message that is not valid (invalid type: integer `0`, expected a string), where `done` \
             was due: `{{\"type\":\"done\",\"warnings\":[0{}…`",
            ",0".repeat(86)
        ),
    );
    check_finished(
        r#"printf '{"type":"done","warnings":[""'; yes ',""' | head -n 100000 | tr -d '\n'; echo ']}'"#,
        &format!(
            "sent a message that is not valid (a list of more than 100,000 values), where `done` was due: \
             `{{\"type\":\"done\",\"warnings\":[\"\"{}…`",
            r#","""#.repeat(57)
        ),
    );
    check_finished(
        &say(DONE),
        "counts 9 contacts as written, and the file `staging` is empty; it must write there, and \
         nowhere else",
    );
}

/// Batches are longer than a pipe has room.
#[test]
fn one_that_does_not_read() {
    let hello = HELLO.replace(r#"["id"]"#, r#"["name"]"#);
    let text = |then: &str| {
        Script::whole(&format!(
            "echo '{hello}'\nread -r line\ncase $line in *describe*) exit 0;; esac\n{}\n{then}\n",
            say(READY)
        ))
    };
    let id = ContactId::parse("447700900000").unwrap();
    let long = Contact::new(id).with_name("n".repeat(200_000));
    let contacts = [ClassifiedContact::new(long)];
    let silent = text("sleep 60");
    let error = error_of(&silent, &contacts);
    check_error(&error, &silent, "did not read its input for 2 s");
    // What it wrote before it ended is looked at.
    let ended = text("echo; exit 3");
    let error = error_of(&ended, &contacts);
    check_error(
        &error,
        &ended,
        "wrote a line that is no JSON object, where `ack` was due: ``; a program writes nothing but messages \
         to standard output",
    );
}

#[test]
fn the_last_line_of_its_log_is_shown() {
    check(
        &[
            "echo 'first' >&2",
            "printf 'no module \\033[31mnamed requests\\n' >&2",
            "exit 1",
        ],
        "ended with exit code 1 before `ready`; the last line of its log: no module \\u{1b}[31mnamed \
         requests",
    );
}

#[test]
fn a_flood_of_log_lines_is_read_and_dropped() {
    // 68 MB here; the memory does not grow with it.
    check_ready(
        "yes 0123456789abcdef | head -c 68000000 >&2\nexit 1",
        "ended with exit code 1 before `ack`; the last line of its log: 0123456789abcdef",
    );
}

#[track_caller]
fn check_reported(kind: &str, expected: ErrorKind) {
    let script = Script::new(&say(&format!(
        r#"{{"type":"error","kind":"{kind}","message":"no \u001b[31mluck\nat all"}}"#
    )));
    let error = failed(&script);
    let path = script.path();
    assert_eq!(error.kind(), expected);
    assert_eq!(
        error.to_string(),
        format!(
            "the program `{}` reports: no \\u{{1b}}[31mluck at all",
            path.display()
        )
    );
}

#[test]
fn errors_that_it_reports_have_a_kind() {
    check_reported("options", ErrorKind::Config);
    check_reported("auth", ErrorKind::Auth);
    check_reported("destination", ErrorKind::Destination);
    check_reported("quota", ErrorKind::RateLimited);
    check_reported("unsupported", ErrorKind::Unsupported);
    check_reported("internal", ErrorKind::Program);
    check_reported("of another version", ErrorKind::Program);
}
