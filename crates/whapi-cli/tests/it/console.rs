//! What is said where: quiet, verbose, closed pipes, no colours.

use std::io::pipe;

use whapi_emulator::{Person, people};

use crate::support::{Case, TOKEN, gate, gate_that_says, small_gate};

#[test]
fn quiet_says_nothing_when_all_is_well() {
    let gate = small_gate().start_blocking().unwrap();
    for flag in ["--quiet", "-q"] {
        Case::at(&gate)
            .run(&["export", "-f", "vcard,csv", flag])
            .check(0, "");
    }
    Case::new()
        .run(&["export", "-f", "csv", "--demo", "--quiet"])
        .check(0, "");
}

#[test]
fn quiet_still_says_what_failed() {
    Case::new().run(&["export", "-f", "scv", "--quiet"]).check(
        2,
        "error: unknown format `scv`, did you mean `csv`? known: vcard, csv, sheets\n",
    );
}

#[test]
fn verbose_shows_no_name_no_number_and_no_token() {
    let mut people = people::made_up(people::DEFAULT_COUNT, people::DEFAULT_SEED);
    people.extend(people::nasty());
    let gate = gate().contacts(people.clone()).start_blocking().unwrap();
    for flags in [
        &["-v"][..],
        &["-vv"],
        &["--verbose", "--verbose", "--verbose"],
    ] {
        let ran = Case::at(&gate).run(&[&["export", "-f", "vcard,csv"], flags].concat());
        assert!(
            ran.stderr.contains(" DEBUG whapi_fetch::client: page "),
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
    let gate = small_gate().start_blocking().unwrap();
    let quiet = Case::at(&gate).run(&["export", "-f", "csv", "-o", "-"]);
    let verbose = Case::at(&gate).run(&["export", "-f", "csv", "-o", "-", "-vv"]);
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
    let gate = small_gate().start_blocking().unwrap();
    let wrong = Case::at(&gate).env("WHAPI_TOKEN", format!("{TOKEN}x"));
    wrong.run(&["export", "-f", "csv", "-vv"]).check_code(4);
}

#[test]
fn verbose_logs_mask_numbers_in_the_gates_own_words() {
    let body = r#"{"error":{"message":"busy with +447700900101"}}"#.to_owned();
    let case = Case::new()
        .env(
            "WHAPI_BASE_URL",
            gate_that_says("503 Service Unavailable", body),
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
    let gate = small_gate().start_blocking().unwrap();
    for (name, value) in [
        ("NO_COLOR", "1"),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("RUST_LOG", "trace"),
    ] {
        let case = Case::at(&gate).env(name, value);
        let expected = "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
                        the list is complete: 1 page, 2 requests\n\
                        csv: 3 contacts written to contacts.csv\n";
        case.run(&["export", "-f", "csv"]).check(0, expected);
        case.run(&["export", "-vv", "-f", "csv"]).check_code(0);
        case.run(&["export", "--no-such-flag"]).check_code(2);
        case.run(&["export", "--help"]).check_code(0);
    }
}

/// Nobody reads standard output any more, from the start.
#[track_caller]
fn check_closed_stdout(args: &[&str], code: i32, stderr: &str) {
    let gate = gate().start_blocking().unwrap();
    let case = Case::at(&gate);
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
                "error: unknown format `cvs`, did you mean `csv`? known: vcard, csv, sheets\nerror: {full}\n"
            ),
        ),
    ] {
        let gate = small_gate().start_blocking().unwrap();
        let case = Case::at(&gate);
        let device = std::fs::File::create("/dev/full").unwrap();
        let child = case.command(args).stdout(device).spawn().unwrap();
        case.finish(child, args).check(code, &stderr);
    }
}

#[test]
fn a_closed_stderr_stops_nothing() {
    let gate = small_gate().start_blocking().unwrap();
    let case = Case::at(&gate);
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let args = ["export", "-f", "csv", "-vv"];
    let child = case.command(&args).stderr(writer).spawn().unwrap();
    let ran = case.finish(child, &args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.csv"]);
}
