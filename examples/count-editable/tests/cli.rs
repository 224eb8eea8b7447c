//! Runs the program against an emulated API and compares everything it says.

use std::process::Command;

use whapi_emulator::{Emulator, EmulatorBuilder, TotalMode};

#[derive(Debug, PartialEq)]
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(api: EmulatorBuilder, token: Option<&str>) -> Said {
    run_with(api, token, &[])
}

fn run_with(api: EmulatorBuilder, token: Option<&str>, variables: &[(&str, &str)]) -> Said {
    let api = api.start_blocking().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_count-editable"));
    program.env("WHAPI_BASE_URL", api.base_url());
    program.envs(variables.iter().copied());
    match token {
        Some(token) => program.env("WHAPI_TOKEN", token),
        None => program.env_remove("WHAPI_TOKEN"),
    };
    let output = program.output().unwrap();
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What is said of the emulator's 1,317 people.
const COUNTS: &str = "   1317 contacts
      8 countries
    472 may be edited
    845 may not: A discovered contact is not in the address book, so it cannot be edited.
    472 may be deleted
    845 may not: A discovered contact is not in the address book, so it cannot be deleted.
    788 may be created
    472 may not: A contact that is already in the address book cannot be created again.
     57 may not: A LID has no phone number, and a contact is created from its phone number.
";

#[test]
fn a_complete_scan() {
    let expected = Said {
        code: Some(0),
        stdout: COUNTS.to_owned(),
        stderr: String::new(),
    };
    assert_eq!(run(Emulator::builder(), Some("demo-token")), expected);
}

#[test]
fn an_incomplete_scan_shows_its_counts_and_fails() {
    let api = Emulator::builder().total(TotalMode::Off(2));
    let expected = Said {
        code: Some(1),
        stdout: COUNTS.to_owned(),
        stderr:
            "error: the counts are incomplete, contacts may be missing: the Whapi API says that \
                 there are 1319 contacts but lists 2 fewer\n"
                .to_owned(),
    };
    assert_eq!(run(api, Some("demo-token")), expected);
}

#[test]
fn a_proxy_is_not_asked_for_loopback() {
    let proxy = Emulator::builder().start_blocking().unwrap();
    let variables = [
        ("http_proxy", proxy.base_url()),
        ("all_proxy", proxy.base_url()),
        ("no_proxy", ""),
    ];
    let api = Emulator::builder();
    let said = run_with(api, Some("demo-token"), &variables);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), COUNTS));
    assert_eq!(proxy.journal(), []);
}

#[test]
fn a_refused_token_shows_no_counts() {
    let expected = Said {
        code: Some(1),
        stdout: String::new(),
        stderr: "error: the Whapi API knows no channel for this token (404): Not Found: channel not \
                 found; check the token from the environment variable WHAPI_TOKEN and the address of \
                 the API\n"
            .to_owned(),
    };
    assert_eq!(run(Emulator::builder(), Some("another-token")), expected);
}

#[test]
fn no_token() {
    let expected = Said {
        code: Some(1),
        stdout: String::new(),
        stderr: "error: set WHAPI_TOKEN to the channel's token; Whapi's panel shows it\n"
            .to_owned(),
    };
    assert_eq!(run(Emulator::builder(), None), expected);
}
