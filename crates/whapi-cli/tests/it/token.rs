//! Where the token may come from, which place wins, and that it is never shown.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::support::{Case, Ran, TOKEN, bounded, fails, small_api};

const EXPORT: [&str; 4] = ["export", "--format", "csv", "--quiet"];

/// Runs against an API that wants [`TOKEN`].
fn run(prepare: impl FnOnce(Case) -> Case, args: &[&str]) -> Ran {
    let api = small_api().start_blocking().unwrap();
    let case = prepare(Case::new().env("WHAPI_BASE_URL", api.base_url()));
    case.run(&[&EXPORT[..], args].concat())
}

#[track_caller]
fn check_works(prepare: impl FnOnce(Case) -> Case, args: &[&str]) {
    run(prepare, args).check(0, "");
}

#[track_caller]
fn check_refused(prepare: impl FnOnce(Case) -> Case, args: &[&str], origin: &str) {
    let expected = format!(
        "error: the Whapi API knows no channel for this token (404): Not Found: channel not found; check the token from {origin} and the address of the API\n"
    );
    run(prepare, args).check(4, &expected);
}

#[test]
fn from_each_place() {
    check_works(|case| case.input("t", TOKEN), &["--token-file", "../in/t"]);
    check_works(|case| case.stdin(TOKEN), &["--token-file", "-"]);
    check_works(
        |case| case.input("t", TOKEN).env("WHAPI_TOKEN_FILE", "../in/t"),
        &[],
    );
    check_works(|case| case.stdin(TOKEN).env("WHAPI_TOKEN_FILE", "-"), &[]);
    check_works(|case| case.env("WHAPI_TOKEN", TOKEN), &[]);
}

#[test]
fn white_space_around_it_is_dropped() {
    for spaced in [
        format!("{TOKEN}\n"),
        format!("{TOKEN}\r\n"),
        format!(" \t{TOKEN} \n\n"),
    ] {
        check_works(
            |case| case.input("t", &spaced),
            &["--token-file", "../in/t"],
        );
        check_works(|case| case.stdin(spaced.clone()), &["--token-file", "-"]);
        check_works(|case| case.env("WHAPI_TOKEN", &spaced), &[]);
    }
}

#[test]
fn the_flag_wins_over_the_file_variable_over_the_variable() {
    let all = |case: Case| {
        case.input("flag", "by-flag")
            .input("file", "by-file-variable")
            .env("WHAPI_TOKEN_FILE", "../in/file")
            .env("WHAPI_TOKEN", "by-variable")
    };
    check_refused(
        all,
        &["--token-file", "../in/flag"],
        "the file `../in/flag` (by --token-file)",
    );
    check_refused(all, &[], "the file `../in/file` (by WHAPI_TOKEN_FILE)");
    check_refused(
        |case| all(case).env("WHAPI_TOKEN_FILE", ""),
        &[],
        "the environment variable WHAPI_TOKEN",
    );
    check_refused(
        |case| all(case).stdin("by-stdin"),
        &["--token-file", "-"],
        "standard input (by --token-file)",
    );
    check_works(
        |case| all(case).input("flag", TOKEN),
        &["--token-file", "../in/flag"],
    );
    check_works(|case| all(case).input("file", TOKEN), &[]);
}

#[test]
fn an_empty_variable_is_not_set() {
    let case = Case::new()
        .env("WHAPI_TOKEN", "")
        .env("WHAPI_TOKEN_FILE", "");
    fails("no_token", 2, case, &["export", "--format", "vcard"]);
}

#[test]
fn junk_is_refused_and_not_shown() {
    let table = [
        (
            "two words",
            "has white space or a character that no token has",
        ),
        (
            "hush\nhush",
            "has white space or a character that no token has",
        ),
        (
            "h\u{fc}sh",
            "has white space or a character that no token has",
        ),
        (
            "hush\u{0}",
            "has white space or a character that no token has",
        ),
        ("", "is empty"),
        (" \n", "is empty"),
    ];
    for (token, problem) in table {
        run(|case| case.input("t", token), &["--token-file", "../in/t"]).check(
            2,
            &format!("error: the token from the file `../in/t` (by --token-file) {problem}\n"),
        );
        run(|case| case.stdin(token), &["--token-file", "-"]).check(
            2,
            &format!("error: the token from standard input (by --token-file) {problem}\n"),
        );
    }
    run(|case| case.env("WHAPI_TOKEN", "two words"), &[]).check(
        2,
        "error: the token from the environment variable WHAPI_TOKEN has white space or a character that no token has\n",
    );
}

#[test]
fn a_file_that_cannot_be_read() {
    run(|case| case, &["--token-file", "missing"]).check(
        2,
        "error: could not read the token from the file `missing` (by --token-file): No such file or directory (os error 2)\n",
    );
    run(|case| case.env("WHAPI_TOKEN_FILE", "missing"), &[]).check(
        2,
        "error: could not read the token from the file `missing` (by WHAPI_TOKEN_FILE): No such file or directory (os error 2)\n",
    );
}

#[test]
fn more_than_64_kib_are_refused_and_not_sent() {
    let api = small_api().start_blocking().unwrap();
    let padded = |bytes: usize| format!("{TOKEN}{}", " ".repeat(bytes - TOKEN.len()));
    let case = || Case::new().env("WHAPI_BASE_URL", api.base_url());
    let from_file = [&EXPORT[..], &["--token-file", "../in/t"]].concat();
    let from_stdin = [&EXPORT[..], &["--token-file", "-"]].concat();
    for junk in [padded((64 << 10) + 1), "a".repeat((64 << 10) + 1)] {
        let problem = |origin: &str| {
            format!("error: could not read the token from {origin}: larger than 64 KiB\n")
        };
        case()
            .input("t", &junk)
            .run(&from_file)
            .check(2, &problem("the file `../in/t` (by --token-file)"));
        case()
            .env("WHAPI_TOKEN_FILE", "../in/t")
            .input("t", &junk)
            .run(&EXPORT)
            .check(2, &problem("the file `../in/t` (by WHAPI_TOKEN_FILE)"));
        case()
            .stdin(junk)
            .run(&from_stdin)
            .check(2, &problem("standard input (by --token-file)"));
    }
    assert_eq!(api.journal().len(), 0);
    case()
        .input("t", padded(64 << 10))
        .run(&from_file)
        .check(0, "");
    case().stdin(padded(64 << 10)).run(&from_stdin).check(0, "");
}

#[test]
fn a_token_in_the_place_of_a_path_is_not_repeated() {
    let refused = |named_by: &str| {
        format!(
            "error: {named_by} takes the path of a file, and the value is no file but looks like a token; put the token into a file with mode 600, or into WHAPI_TOKEN\n"
        )
    };
    for value in [
        TOKEN.to_owned(),
        format!("Bearer {TOKEN}"),
        format!("{TOKEN}\n"),
        "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d".to_owned(),
        "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d".repeat(20),
    ] {
        let ran = run(|case| case, &["--token-file", &value]);
        ran.check(2, &refused("--token-file"));
        let ran = run(|case| case.env("WHAPI_TOKEN_FILE", &value), &[]);
        ran.check(2, &refused("WHAPI_TOKEN_FILE"));
        let ran = run(|case| case.env("WHAPI_TOKEN_FILE", &value), &["--json"]);
        assert!(!ran.out().contains(value.trim()), "{}", ran.out());
    }
}

#[test]
fn a_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let table = [
        ("t", 0o644, "644", "../in/t"),
        ("t", 0o640, "640", "../in/t"),
        ("t", 0o604, "604", "../in/t"),
        ("t", 0o602, "602", "../in/t"),
        ("t", 0o610, "610", "../in/t"),
        ("Ada's token", 0o666, "666", r"'../in/Ada'\''s token'"),
    ];
    let api = small_api().start_blocking().unwrap();
    for (name, mode, shown, in_shell) in table {
        let path = format!("../in/{name}");
        let open = || {
            let case = Case::new()
                .env("WHAPI_BASE_URL", api.base_url())
                .input(name, TOKEN)
                .old("contacts.csv");
            fs::set_permissions(case.path(&path), fs::Permissions::from_mode(mode)).unwrap();
            case
        };
        let check_refused = |ran: Ran, named_by: &str| {
            ran.check(
                2,
                &format!(
                    "error: the file `{path}` (by {named_by}) is open to other users (mode {shown}), and it holds the token; close it with: chmod 600 {in_shell}\n"
                ),
            );
            ran.check_nothing_written(2);
        };
        let by_flag = [&EXPORT[..], &["--token-file", &path]].concat();
        check_refused(open().run(&by_flag), "--token-file");
        check_refused(
            open().run(&[&by_flag[..], &["--dry-run"]].concat()),
            "--token-file",
        );
        check_refused(
            open().env("WHAPI_TOKEN_FILE", path.as_str()).run(&EXPORT),
            "WHAPI_TOKEN_FILE",
        );
    }
    assert_eq!(api.journal().len(), 0);
}

#[test]
fn a_link_to_a_file_that_others_can_read_is_refused() {
    let ran = run(
        |case| {
            let case = case.input("t", TOKEN);
            fs::set_permissions(case.path("../in/t"), fs::Permissions::from_mode(0o644)).unwrap();
            symlink("t", case.path("../in/link")).unwrap();
            case
        },
        &["--token-file", "../in/link"],
    );
    ran.check(
        2,
        "error: the file `../in/link` (by --token-file) is open to other users (mode 644), and it holds the token; close it with: chmod 600 ../in/link\n",
    );
}

#[test]
fn the_command_that_mends_it_does() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .input("Ada's token", TOKEN);
    let file = case.path("../in/Ada's token");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let args = [&EXPORT[..], &["--token-file", "../in/Ada's token"]].concat();
    let refused = case.run(&args);
    refused.check_code(2);

    let (_, command) = refused.stderr.trim_end().rsplit_once(": ").unwrap();
    let mended = Command::new("sh")
        .args(["-c", command])
        .current_dir(case.path(""))
        .status();
    assert!(mended.unwrap().success());
    case.run(&args).check(0, "");
}

#[test]
fn modes_that_keep_others_out_are_fine() {
    for mode in [0o600, 0o400, 0o700] {
        let close = |case: Case| {
            let case = case.input("t", TOKEN);
            fs::set_permissions(case.path("../in/t"), fs::Permissions::from_mode(mode)).unwrap();
            case
        };
        check_works(close, &["--token-file", "../in/t"]);
    }
}

#[test]
fn a_pipe_has_no_mode_that_counts() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .pipe("pipe");
    let pipe = case.path("../in/pipe");
    fs::set_permissions(&pipe, fs::Permissions::from_mode(0o644)).unwrap();
    let args = [&EXPORT[..], &["--token-file", "../in/pipe"]].concat();
    let child = case.command(&args).spawn().unwrap();
    bounded(move || fs::write(pipe, TOKEN)).unwrap();
    case.finish(child, &args).check(0, "");
}

#[test]
fn a_shells_process_substitution_has_no_mode_that_counts() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .env("T", TOKEN)
        .env("PATH", "/usr/bin:/bin");
    let whapi = env!("CARGO_BIN_EXE_whapi");
    let script = format!(
        r#"'{whapi}' {} --token-file <(printf %s "$T")"#,
        EXPORT.join(" ")
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]);
    case.run_by(bash, &["bash", "-c", &script]).check(0, "");
}

#[test]
fn goes_into_the_header_and_not_into_the_address() {
    let api = small_api().start_blocking().unwrap();
    Case::at(&api).run(&EXPORT).check(0, "");
    for entry in api.journal() {
        assert!(entry.authorized);
        assert!(!entry.query.contains("token"), "{}", entry.query);
    }
}

#[test]
fn the_flag_for_the_address_wins_over_the_variable() {
    let api = small_api().start_blocking().unwrap();
    let other = small_api().start_blocking().unwrap();
    let case = Case::at(&other);
    case.run(&[&EXPORT[..], &["--base-url", api.base_url()]].concat())
        .check(0, "");
    assert_eq!((api.journal().len(), other.journal().len()), (2, 0));
}

#[test]
fn an_address_with_a_path() {
    let api = small_api().start_blocking().unwrap();
    let url = format!("{}/behind/a/proxy", api.base_url());
    let ran = Case::at(&api).env("WHAPI_BASE_URL", url).run(&EXPORT);
    ran.check(
        4,
        "error: the Whapi API knows no channel for this token (404): Not Found: no such endpoint; check the token from the environment variable WHAPI_TOKEN and the address of the API\n",
    );
    let mut paths: Vec<_> = api.journal().into_iter().map(|entry| entry.path).collect();
    paths.sort();
    assert_eq!(
        paths,
        ["/behind/a/proxy/contacts", "/behind/a/proxy/health"]
    );
}
