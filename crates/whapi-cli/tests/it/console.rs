//! Output streams: quiet, verbose, closed pipes, no colours.

use std::io::pipe;

use whapi_emulator::{Person, people};
use whapi_text::needs_escape;

use crate::support::{Case, TOKEN, api, api_that_says, small_api};

#[test]
fn quiet_prints_nothing_on_success() {
    let api = small_api().start_blocking().unwrap();
    for flag in ["--quiet", "-q"] {
        Case::at(&api)
            .run(&["export", "-f", "vcard,csv", flag])
            .check(0, "");
    }
    Case::new()
        .run(&["export", "-f", "csv", "--demo", "--quiet"])
        .check(0, "");
}

#[test]
fn quiet_prints_errors() {
    Case::new().run(&["export", "-f", "scv", "--quiet"]).check(
        2,
        "error: unknown format `scv`, did you mean `csv`? known: vcard, csv, jsonl, xlsx, html, dataset, sheets\n",
    );
}

#[test]
fn verbose_shows_no_name_no_number_and_no_token() {
    let mut people = people::made_up(people::DEFAULT_COUNT, people::DEFAULT_SEED);
    people.extend(people::nasty());
    let api = api().contacts(people.clone()).start_blocking().unwrap();
    for flags in [
        &["-v"][..],
        &["-vv"],
        &["--verbose", "--verbose", "--verbose"],
    ] {
        let ran = Case::at(&api).run(&[&["export", "-f", "vcard,csv"], flags].concat());
        assert!(
            ran.stderr
                .contains(" DEBUG whapi_fetch::client::contacts: page "),
            "{}",
            ran.stderr
        );
        for Person {
            id, name, pushname, ..
        } in &people
        {
            let digits = id.split('@').next().unwrap();
            assert!(digits.len() < 5 || !ran.stderr.contains(digits), "{id}");
            for name in [name, pushname].into_iter().flatten() {
                let letters = name.chars().filter(|c| c.is_alphabetic()).count();
                assert!(letters < 4 || !ran.stderr.contains(name.as_str()), "{name}");
            }
        }
    }
}

#[test]
fn verbose_logs_go_to_stderr_only() {
    let api = small_api().start_blocking().unwrap();
    let quiet = Case::at(&api).run(&["export", "-f", "csv", "-o", "-"]);
    let verbose = Case::at(&api).run(&["export", "-f", "csv", "-o", "-", "-vv"]);
    assert_eq!(verbose.out(), quiet.out());
    assert!(
        verbose.stderr.ends_with(&quiet.stderr),
        "{}",
        verbose.stderr
    );
}

#[test]
fn verbose_logs_of_a_failing_run_hold_no_token() {
    // The run itself looks for the token in everything that comes out.
    let api = small_api().start_blocking().unwrap();
    let wrong = Case::at(&api).env("WHAPI_TOKEN", format!("{TOKEN}x"));
    wrong.run(&["export", "-f", "csv", "-vv"]).check_code(4);
}

#[test]
fn verbose_logs_mask_numbers_in_answers() {
    let body = r#"{"error":{"message":"busy with +447700900101"}}"#.to_owned();
    let case = Case::new()
        .env(
            "WHAPI_BASE_URL",
            api_that_says("503 Service Unavailable", body),
        )
        .env("WHAPI_TOKEN", TOKEN);
    let ran = case.run(&["export", "-f", "csv", "-vv", "--max-requests", "3"]);
    ran.check_code(6);
    assert!(ran.stderr.contains("busy with +[number]"), "{ran}");
    assert!(!ran.stderr.contains("447700900101"), "{ran}");
}

#[test]
fn no_colours_without_a_terminal() {
    // Every run looks for escapes; these are the settings that may bring them in.
    let api = small_api().start_blocking().unwrap();
    for (name, value) in [
        ("NO_COLOR", "1"),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("RUST_LOG", "trace"),
    ] {
        let case = Case::at(&api).env(name, value);
        let expected = "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
                        1 of them has no phone number\n\
                        the list is complete: 1 page, 2 requests\n\
                        csv: 3 contacts written to contacts.csv\n";
        case.run(&["export", "-f", "csv"]).check(0, expected);
        case.run(&["export", "-vv", "-f", "csv"]).check_code(0);
        case.run(&["export", "--no-such-flag"]).check_code(2);
        case.run(&["export", "--help"]).check_code(0);
    }
}

/// Runs the program on a terminal: what the terminal gets on both outputs, or nothing where
/// `script`, which makes one, is missing.
#[expect(
    clippy::explicit_write,
    reason = "the harness swallows what eprintln! says"
)]
#[cfg(target_os = "linux")]
fn on_a_terminal(case: &Case, args: &str) -> Option<String> {
    use std::io::Write;
    use std::process::Command;

    if Command::new("script").arg("--version").output().is_err() {
        writeln!(std::io::stderr(), "SKIPPED: there is no `script` here").unwrap();
        return None;
    }
    let whapi = env!("CARGO_BIN_EXE_whapi");
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &format!("'{whapi}' {args}"), "/dev/null"]);
    let ran = case.run_by(script, &[args]);
    ran.check_code(0);
    Some(ran.out().to_owned())
}

/// A contact with characters in every text that need an escape.
#[cfg(target_os = "linux")]
const STEERING: &str = r#"{"id":"447700900101","name":"A\u001b[2J\u009bB\u202eC\u200b\rD\u0007","pushname":"\u001b]0;x\u0007"}"#;

#[cfg(target_os = "linux")]
#[test]
fn output_on_a_terminal_is_escaped() {
    let case = Case::new().input("saved", STEERING);
    let csv = "export --from ../in/saved -q -f csv --set csv.columns=name -o -";
    let vcard = "export --from ../in/saved -q -f vcard -o -";
    let Some(shown) = on_a_terminal(&case, csv) else {
        return;
    };
    // The terminal adds CR in front of each LF.
    assert_eq!(
        shown,
        "name\r\r\n\"A\\u{1b}[2J\\u{9b}B\\u{202e}C\\u{200b}\\u{d}D\\u{7}\"\r\r\n"
    );
    let shown = on_a_terminal(&case, vcard).unwrap();
    assert!(
        shown.contains("\r\nFN:A[2JB\\u{202e}C\\u{200b} D\r\r\n"),
        "{shown:?}"
    );

    // A pipe gets the bytes.
    let args: Vec<_> = csv.split(' ').collect();
    assert_eq!(
        case.run(&args).out(),
        "name\r\n\"A\u{1b}[2J\u{9b}B\u{202e}C\u{200b}\rD\u{7}\"\r\n"
    );
}

/// A long error of the API, with characters that need an escape and a line like one of ours.
#[test]
fn json_is_exact_and_escaped() {
    let body =
        r#"{"error":{"message":"no\r\ncsv: 9 contacts written\u001b[2J\u009b\u202e\u200d"}}"#;
    let case = Case::new()
        .env(
            "WHAPI_BASE_URL",
            api_that_says("401 Unauthorized", body.to_owned()),
        )
        .env("WHAPI_TOKEN", TOKEN);
    let ran = case.run(&["export", "-f", "csv", "--json", "-q"]);
    ran.check_code(4);
    assert_eq!(
        ran.out()
            .trim_end_matches('\n')
            .chars()
            .find(|c| needs_escape(*c)),
        None
    );
    let summary: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        summary["error"]["message"],
        "the Whapi API says that the channel is not authorized (401): \
         no  csv: 9 contacts written\u{1b}[2J\u{9b}\u{202e}\u{200d}; the phone may not be linked: open the channel in Whapi's panel and scan the QR code with WhatsApp; otherwise check the token from the environment variable WHAPI_TOKEN"
    );
    assert_eq!(
        ran.stderr,
        "error: the Whapi API says that the channel is not authorized (401): \
         no  csv: 9 contacts written\\u{1b}[2J\\u{9b}\\u{202e}\\u{200d}; the phone may not be linked: open the channel in Whapi's panel and scan the QR code with WhatsApp; otherwise check the token from the environment variable WHAPI_TOKEN\n"
    );
}

/// The reader of standard output has closed it before the start.
#[track_caller]
fn check_closed_stdout(args: &[&str], code: i32, stderr: &str) {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = case.command(args);
    let child = command.stdout(writer).spawn().unwrap();
    case.finish(child, args).check(code, stderr);
}

#[test]
fn a_closed_stdout_is_quiet() {
    for args in [
        &["exporters"][..],
        &["exporters", "--json"],
        &["export", "-f", "csv", "--quiet", "--json"],
        &["export", "-f", "csv", "--quiet", "--output", "-"],
        &["export", "-f", "vcard", "--quiet", "--output", "-"],
        &["export", "-f", "csv", "--quiet", "--dry-run", "--json"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["export", "--help"],
        &["--version"],
    ] {
        check_closed_stdout(args, 0, "");
    }
}

#[test]
fn a_closed_stdout_hides_no_failure() {
    check_closed_stdout(
        &["export", "-f", "csv", "-o", "-", "--max-requests", "0"],
        6,
        "csv: nothing written to standard output\nerror: stopped after 0 requests, the limit that was set\n",
    );
}

/// Standard output is a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_takes_nothing_is_a_failure() {
    let full = "could not write to standard output: No space left on device (os error 28)";
    for (args, code, stderr) in [
        (&["exporters"][..], 1, format!("error: {full}\n")),
        (
            &["export", "-f", "csv", "-q", "--json"],
            1,
            format!("error: {full}\n"),
        ),
        (
            &["export", "-f", "csv", "-q", "--json", "--dry-run"],
            1,
            format!("error: {full}\n"),
        ),
        (
            &["export", "-f", "csv", "-q", "-o", "-"],
            7,
            format!("error: {full}\n"),
        ),
        (
            &["export", "-f", "cvs", "-q", "--json"],
            2,
            format!(
                "error: unknown format `cvs`, did you mean `csv`? known: vcard, csv, jsonl, xlsx, html, dataset, sheets\nerror: {full}\n"
            ),
        ),
    ] {
        let api = small_api().start_blocking().unwrap();
        let case = Case::at(&api);
        let device = std::fs::File::create("/dev/full").unwrap();
        let child = case.command(args).stdout(device).spawn().unwrap();
        case.finish(child, args).check(code, &stderr);
    }
}

/// As `| head -1` does: the summary does not say that all contacts were written.
#[test]
fn a_reader_that_stops_gets_another_result_than_one_that_reads_all() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let (reader, writer) = pipe().unwrap();
    let args = ["export", "-f", "csv", "--output", "-"];
    let child = case.command(&args).stdout(writer).spawn().unwrap();
    drop(reader);
    let ran = case.finish(child, &args);
    ran.check_code(0);
    let said: Vec<_> = ran
        .stderr
        .lines()
        .filter(|line| line.contains("csv:"))
        .collect();
    assert_eq!(
        said,
        ["csv: only in part: standard output was closed before the end"]
    );
}

#[test]
fn a_closed_stderr_stops_nothing() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let args = ["export", "-f", "csv", "-vv"];
    let child = case.command(&args).stderr(writer).spawn().unwrap();
    let ran = case.finish(child, &args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.csv"]);
}
