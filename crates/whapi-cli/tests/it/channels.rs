//! Channels of config.toml: which one a command reads, and where its token is from.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use whapi_emulator::Emulator;

use crate::support::{BOUND, Case, Ran, TOKEN, api_that_says, signal, small_api};

const EXPORT: [&str; 6] = ["export", "-f", "csv", "-q", "--config", "../in/config.toml"];

fn api() -> Emulator {
    small_api().start_blocking().unwrap()
}

/// A case with this configuration and no token from elsewhere.
fn case(api: &Emulator, text: &str) -> Case {
    Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .env("PATH", "/usr/bin:/bin")
        .input("config.toml", text)
}

fn export(case: &Case, more: &[&str]) -> Ran {
    case.run(&[&EXPORT[..], more].concat())
}

/// The API does not know a token; the message names the place that it is from.
#[track_caller]
fn check_refused(ran: &Ran, origin: &str) {
    ran.check(
        4,
        &format!(
            "error: the Whapi API knows no channel for this token (404): Not Found: channel not found; \
             check the token from {origin} and the address of the API\n"
        ),
    );
}

/// Two channels, each with a token of its own that the API does not know.
const TWO: &str = "\
[channels.shop]
token_env = \"SHOP\"

[channels.Office]
token_env = \"OFFICE\"
default = true
";

fn with_two(api: &Emulator, text: &str) -> Case {
    case(api, text)
        .env("SHOP", "of-shop")
        .env("OFFICE", "of-office")
}

#[test]
fn the_token_comes_from_each_place() {
    let api = api();
    for text in [
        "token_env = \"SHOP\"",
        "token_file = \"shop.token\"",
        "token_command = [\"cat\", \"../in/shop.token\"]",
        "token_command = [\"sh\", \"-c\", \"printf ' %s \\n' \\\"$SHOP\\\"\"]",
        // Relative to the folder of the configuration, as files are.
        "token_command = [\"./print\", \"a b\"]",
    ] {
        let case = case(&api, &format!("[channels.shop]\n{text}\n"))
            .env("SHOP", TOKEN)
            .input("shop.token", format!("{TOKEN}\n"))
            .input(
                "print",
                "#!/bin/sh\n[ \"$1\" = 'a b' ] && cat ../in/shop.token\n",
            );
        let program = fs::Permissions::from_mode(0o700);
        fs::set_permissions(case.path("../in/print"), program).unwrap();
        export(&case, &[]).check(0, "");
        export(&case, &["--channel", "SHOP"]).check(0, "");
    }
    let case = case(&api, "").input("shop.token", TOKEN);
    let text = format!(
        "[channels.shop]\ntoken_file = {:?}\n",
        case.path("../in/shop.token")
    );
    export(&case.input("config.toml", text), &[]).check(0, "");
}

#[test]
fn places_come_in_their_order() {
    let api = api();
    let all = |text: &str| {
        with_two(&api, text)
            .input("flag", "of-flag")
            .input("file", "of-file")
            .env("WHAPI_TOKEN_FILE", "../in/file")
            .env("WHAPI_TOKEN", "of-variable")
    };
    let flag = ["--token-file", "../in/flag"];
    let by_flag = "the file `../in/flag` (by --token-file)";
    let shop = "the environment variable SHOP (by channel `shop`)";
    let office = "the environment variable OFFICE (by channel `Office`)";
    check_refused(&export(&all(TWO), &flag), by_flag);
    check_refused(
        &export(&all(TWO), &[&flag[..], &["--channel", "shop"]].concat()),
        by_flag,
    );
    check_refused(&export(&all(TWO), &["--channel", "shop"]), shop);
    check_refused(&export(&all(TWO), &[]), office);
    let single = "[channels.shop]\ntoken_env = \"SHOP\"\n";
    check_refused(&export(&all(single), &[]), shop);
    // Without a default, the variables come next.
    let without = TWO.replace("default = true\n", "");
    check_refused(
        &export(&all(&without), &[]),
        "the file `../in/file` (by WHAPI_TOKEN_FILE)",
    );
    check_refused(
        &export(&all(&without).env("WHAPI_TOKEN_FILE", ""), &[]),
        "the environment variable WHAPI_TOKEN",
    );
    export(&with_two(&api, &without), &[]).check(
        2,
        "error: there are several channels in `../in/config.toml`: shop, Office; choose one with \
         --channel, or write `default = true` to one of them\n",
    );
}

#[test]
fn the_flag_for_the_token_needs_no_configuration() {
    let api = api();
    let case = case(&api, "nonsense").input("t", TOKEN);
    export(&case, &["--token-file", "../in/t"]).check(0, "");
    export(&case, &["--demo"]).check(0, "");
    let case = case.input("saved", r#"[{"id":"447700900101"}]"#);
    export(&case, &["--from", "../in/saved"]).check(0, "");
}

#[test]
fn the_address_of_the_channel_goes_with_its_token() {
    let (api, other) = (api(), api());
    let text = format!(
        "[channels.shop]\ntoken_env = \"SHOP\"\nbase_url = \"{}\"\n",
        api.base_url()
    );
    let case = case(&other, &text).env("SHOP", TOKEN).input("t", TOKEN);
    let requests = || (api.journal().len(), other.journal().len());
    // Before the variable.
    export(&case, &[]).check(0, "");
    assert_eq!(requests(), (2, 0));
    export(&case, &["--base-url", other.base_url()]).check(0, "");
    assert_eq!(requests(), (2, 2));
    // The token is from elsewhere, and the channel is not named.
    export(&case, &["--token-file", "../in/t"]).check(0, "");
    assert_eq!(requests(), (2, 4));
    export(&case, &["--token-file", "../in/t", "--channel", "shop"]).check(0, "");
    assert_eq!(requests(), (4, 4));

    let channel = |args: &[&str]| {
        let ran = case.run(&[&["check", "--json", "--config", "../in/config.toml"], args].concat());
        let check: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
        check["channel"].clone()
    };
    assert_eq!(channel(&[]), "shop");
    let other = ["--token-file", "../in/t", "--channel", "shop"];
    assert_eq!(channel(&other), serde_json::Value::Null);
}

#[test]
fn channels_that_are_not_there() {
    let api = api();
    let case = with_two(&api, TWO);
    export(&case, &["--channel", "shpo"]).check(
        2,
        "error: there is no channel `shpo` in `../in/config.toml`, did you mean `shop`? known: shop, \
         Office; add it with: whapi login --channel shpo\n",
    );
    export(&case, &["--channel", "berlin"]).check(
        2,
        "error: there is no channel `berlin` in `../in/config.toml`; known: shop, Office; add it with: \
         whapi login --channel berlin\n",
    );
    for value in [TOKEN, "", "a b", "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d"] {
        export(&case, &["--channel", value]).check(
            2,
            "error: --channel takes the name of a channel; a name has at most 30 letters from a to z, \
             digits, `-` and `_`\n",
        );
    }
    let home = Case::new().env("XDG_CONFIG_HOME", "/nonexistent");
    home.run(&["check", "--channel", "shop"]).check(
        2,
        "error: there is no channel `shop`, because `/nonexistent/whapi/config.toml` has none; add it \
         with: whapi login --channel shop\n",
    );
    Case::new().run(&["check", "--channel", "shop"]).check(
        2,
        "error: there is no folder for the configuration; set the variable HOME, or name a file with \
         --config\n",
    );
}

#[test]
fn a_channel_is_no_source_beside_another() {
    for other in [&["--demo"][..], &["--from", "x"]] {
        let ran = Case::new().run(&[&["export", "-f", "csv", "--channel", "a"], other].concat());
        ran.check_code(2);
        let expected = format!(
            "error: the argument '--channel <NAME>' cannot be used with '{}'",
            if other.len() == 1 {
                "--demo"
            } else {
                "--from <PATH>"
            }
        );
        let swapped = expected.replace("--channel <NAME>", "--from <PATH>");
        let first = ran.stderr.lines().next().unwrap();
        assert!(
            first == expected || first.starts_with(&swapped[..40]),
            "{ran}"
        );
    }
}

#[test]
fn a_token_that_cannot_be_had() {
    let api = api();
    let by = "(by channel `shop`)";
    for (text, message) in [
        (
            "token_env = \"MISSING\"",
            format!(
                "the environment variable MISSING {by} is not set; set it, or choose another channel \
                 with --channel"
            ),
        ),
        (
            "token_file = \"missing\"",
            format!(
                "could not read the token from the file `../in/missing` {by}: No such file or directory \
                 (os error 2)"
            ),
        ),
        (
            "token_command = [\"no-such-program\", \"argument\"]",
            format!(
                "the command `no-such-program` {by} could not be started: No such file or directory (os \
                 error 2)"
            ),
        ),
        (
            "token_command = [\"sh\", \"-c\", \"cat ../in/t; cat ../in/t >&2; exit 3\"]",
            format!(
                "the command `sh` {by} failed (exit status: 3); run it in a shell to see why, because \
                 its output is not shown here"
            ),
        ),
        (
            "token_command = [\"sh\", \"-c\", \"kill -9 $$\"]",
            format!(
                "the command `sh` {by} failed (signal: 9 (SIGKILL)); run it in a shell to see why, \
                 because its output is not shown here"
            ),
        ),
        (
            "token_command = [\"true\"]",
            format!("the token from the command `true` {by} is empty"),
        ),
        (
            "token_command = [\"cat\", \"../in/t\", \"../in/t\"]",
            format!(
                "the token from the command `cat` {by} has white space or a character that no token has"
            ),
        ),
        (
            "token_command = [\"cat\", \"/dev/zero\"]",
            format!("the command `cat` {by} printed more than 64 KiB, which is no token"),
        ),
    ] {
        let case =
            case(&api, &format!("[channels.shop]\n{text}\n")).input("t", format!("{TOKEN}\n"));
        export(&case, &[]).check(2, &format!("error: {message}\n"));
    }
    assert_eq!(api.journal().len(), 0);
}

#[test]
fn a_token_file_that_others_can_read_is_refused() {
    let api = api();
    let case = case(&api, "[channels.shop]\ntoken_file = \"t\"\n").input("t", TOKEN);
    fs::set_permissions(case.path("../in/t"), fs::Permissions::from_mode(0o644)).unwrap();
    export(&case, &[]).check(
        2,
        "error: the file `../in/t` (by channel `shop`) is open to other users (mode 644), and it holds \
         the token; close it with: chmod 600 ../in/t\n",
    );
}

/// What a command says is for the person at a terminal, and not for logs.
#[test]
fn a_command_gets_no_other_token_and_its_words_are_dropped() {
    let api = api();
    let script = "echo \\\"of $WHAPI_TOKEN\\\" > ../in/env; cat ../in/t | tee /dev/stderr";
    let text = format!("[channels.shop]\ntoken_command = [\"sh\", \"-c\", \"{script}\"]\n");
    let case = case(&api, &text)
        .input("t", TOKEN)
        .env("WHAPI_TOKEN", "other");
    export(&case, &["-vv"]).check_code(2);
    let args = [
        "export",
        "-f",
        "csv",
        "-vv",
        "--config",
        "../in/config.toml",
    ];
    case.run(&args).check_code(0);
    assert_eq!(fs::read_to_string(case.path("../in/env")).unwrap(), "of \n");
}

#[test]
fn a_command_that_still_runs_ends_with_the_program() {
    let api = api();
    let text = "[channels.shop]\ntoken_command = [\"sh\", \"-c\", \"echo $$ > ../in/pid; exec sleep 600\"]\n";
    let case = case(&api, text).pipe("pid");
    let child = case.command(&EXPORT).spawn().unwrap();
    let pid = child.id();
    // Opened by the command once it runs.
    let command = fs::read_to_string(case.path("../in/pid")).unwrap();
    signal(pid, "TERM");
    case.finish(child, &EXPORT).check(143, "error: cancelled\n");
    let process = format!("/proc/{}/stat", command.trim());
    let begun = std::time::Instant::now();
    let runs = || fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z "));
    while cfg!(target_os = "linux") && runs() {
        assert!(begun.elapsed() < BOUND, "the command still runs");
        std::thread::yield_now();
    }
}

#[test]
fn json_has_the_same_error() {
    let url = api_that_says("404 Not Found", String::new());
    let case = Case::new()
        .env("WHAPI_BASE_URL", url)
        .input("config.toml", "[channels.a]\n");
    let ran = case.run(&["check", "--json", "--config", "../in/config.toml"]);
    assert_eq!(
        ran.out(),
        "{\"schema\":1,\"outcome\":\"failed\",\"exit_code\":2,\"error\":{\"kind\":\"config\",\"message\":\
         \"`../in/config.toml`, line 1: channel `a` has no token; give it one of `token_command`, \
         `token_file`, `token_env`\"}}\n"
    );
    ran.check_code(2);
}
