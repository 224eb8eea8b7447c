//! What `channels list` shows, and its exit codes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, ListChange, TotalMode, Trigger};

use super::{
    account, account_of, case, check_requests, config_path, fault, list, parsed, put_config, row,
    row_with, writing,
};
use crate::support::{BOUND, Case, TOKEN, signal, small_api, snapshot, wait};

#[test]
fn the_channels_of_an_account_are_listed_with_their_states() {
    let api = account([
        row("A-1", "Shop"),
        row_with(
            "A-2",
            "家族\u{1b}[2J\r\n\u{202e}x",
            &json!({"stopped": true, "mode": "trial"}),
        ),
        row_with(
            "A-3",
            "Fair",
            &json!({"activeTill": 1, "apiUrl": "https://evil.example"}),
        ),
        json!({"id": 4, "activeTill": "2100-01-01T00:00:00Z", "name": "n".repeat(1_000)}),
    ]);
    let ran = list(&case(), &api, &[]);
    assert_eq!(
        ran.stderr,
        "4 channels: 1 running, 1 stopped, 1 expired, 1 unknown\n\
         warning: the list has no token that can be used for 1 channel\n"
    );
    let expected = format!(
        "STATE    MODE   ID   NAME\n\
         running  live   A-1  Shop\n\
         stopped  trial  A-2  家族\\u{{1b}}[2J \\u{{202e}}x\n\
         expired  live   A-3  Fair\n\
         unknown         4    {}…\n",
        "n".repeat(60)
    );
    assert_eq!((ran.out(), ran.code), (&*expected, Some(0)));
    check_requests(&api, 1);

    let ran = list(&case(), &api, &["--json", "-q"]);
    let list = parsed(&ran);
    assert_eq!(
        list["channels"][2],
        json!({"id": "A-3", "name": "Fair", "phone": "447700900101", "project": "p", "mode": "live",
            "state": "expired", "active_till": "1970-01-01T00:00:01Z",
            "api_url": "https://evil.example", "has_token": true, "config": null})
    );
    assert_eq!(list["channels"][1]["name"], "家族\u{1b}[2J\r\n\u{202e}x");
    assert_eq!(list["channels"][3]["has_token"], false);
    assert_eq!(
        (&list["config"], &list["missing"]),
        (&Value::Null, &json!([]))
    );
    assert!(!ran.out().contains(['\u{1b}', '\u{202e}']), "{ran}");
}

#[test]
fn names_that_repeat_tokens_are_shown_without_them() {
    let text = format!("a {TOKEN} b");
    let fields = json!({"phone": text, "projectId": text, "mode": text, "apiUrl": text});
    let api = account([row_with(&text, &text, &fields)]);
    for args in [
        &[][..],
        &["--json"],
        &["-vv"],
        &["--write-config", "--json"],
    ] {
        let ran = list(&case(), &api, args);
        assert!(ran.out().contains("a [token] b"), "{ran}");
    }
    let said = format!(r#"{{"error":{{"message":"no account {TOKEN}"}}}}"#);
    let failing = fault(Trigger::Always, Effect::Json(said));
    let api = account_of([], Emulator::builder().fault(failing));
    // The limit keeps retries short.
    let ran = list(&case(), &api, &["--json", "-vv", "--max-requests", "2"]);
    assert!(ran.stderr.contains("no account [token]"), "{ran}");
}

#[test]
fn logs_show_no_name_and_no_number() {
    let api = account([row("A-1", "Secret Shop")]);
    let ran = list(&case(), &api, &["-vv"]);
    ran.check_code(0);
    assert!(ran.stderr.contains(" DEBUG whapi_fetch::"), "{ran}");
    for private in ["Secret", "A-1", "4477"] {
        assert!(!ran.stderr.contains(private), "{private}: {ran}");
    }
}

#[test]
fn a_list_that_is_not_proven_is_shown_with_exit_code_3() {
    let rows = || [row("A-1", "Shop"), json!({"name": "no id"})];
    let api = account_of(rows(), Emulator::builder().total(TotalMode::Off(3)));
    let ran = list(&case(), &api, &["--write-config"]);
    ran.check_code(3);
    let missing = [
        "the Whapi API says that there are 5 channels but lists 3 fewer",
        "1 of the Whapi API's rows has no id, so its channel is unknown",
    ];
    for missing in missing {
        let warning = format!("warning: channels may be missing: {missing}\n");
        assert!(ran.stderr.contains(&warning), "{ran}");
    }
    assert!(
        ran.out().contains("running  live  Shop       A-1  Shop\n"),
        "{ran}"
    );

    let rows: Vec<_> = (0..250).map(|n| row(&format!("A-{n}"), "x")).collect();
    let breaks = Emulator::builder().fault(fault(Trigger::From(2), Effect::Status(401)));
    let ran = list(&case(), &account_of(rows.clone(), breaks), &["--json"]);
    ran.check_code(3);
    let list_json = parsed(&ran);
    assert_eq!(list_json["outcome"], "incomplete");
    assert_eq!(list_json["channels"].as_array().unwrap().len(), 100);

    let moves = Effect::Change(ListChange::RemoveAt(vec![0, 1, 2]));
    let moves = Emulator::builder().fault(fault(Trigger::Request(2), moves));
    let ran = list(&case(), &account_of(rows, moves), &["--json"]);
    ran.check_code(0);
    // The first page had those that were removed.
    assert_eq!(parsed(&ran)["channels"].as_array().unwrap().len(), 250);
}

#[test]
fn failures_have_their_exit_codes() {
    for (effect, code, message) in [
        (
            Effect::Status(403),
            4,
            "the partner API refused the token from the file `../in/partner.token` (by \
             WHAPI_PARTNER_TOKEN_FILE) (403): Forbidden: a fault of the emulator; check that it is the \
             token of the partner and not of a channel, and the address",
        ),
        (
            Effect::Status(400),
            5,
            "the Whapi API refused the request (400): Bad Request: a fault of the emulator",
        ),
        (
            Effect::Status(402),
            6,
            "the partner account's quota is used up (402): Payment Required: a fault of the emulator",
        ),
        (
            Effect::Status(503),
            6,
            "stopped after 2 requests, the limit that was set",
        ),
    ] {
        let faulty = Emulator::builder().fault(fault(Trigger::Always, effect));
        let api = account_of([row("A-1", "Shop")], faulty);
        let case = case();
        let ran = list(&case, &api, &["--write-config", "--max-requests", "2"]);
        ran.check(code, &format!("error: {message}\n"));
        assert!(!config_path(&case).exists());
        let ran = list(&case, &api, &["--json", "--max-requests", "2"]);
        assert_eq!(parsed(&ran)["exit_code"], code);
    }
}

#[test]
fn the_token_comes_from_a_file_standard_input_or_a_variable() {
    let api = account([row("A-1", "Shop")]);
    let shown = "1 channel: 1 running\n";
    let bare = || Case::new().env("HOME", "/nowhere");
    let check = |case: Case, args: &[&str]| {
        let ran = list(&case, &api, args);
        assert_eq!((ran.code, &*ran.stderr), (Some(0), shown));
    };
    let file = ["--partner-token-file", "../in/t"];
    check(bare().input("t", format!("{TOKEN}\r\n")), &file);
    check(bare().stdin(TOKEN), &["--partner-token-file", "-"]);
    check(bare().env("WHAPI_PARTNER_TOKEN", TOKEN), &[]);
    // The flag comes first, then the file.
    let wrong = bare().env("WHAPI_PARTNER_TOKEN", "wrong");
    check(
        wrong
            .input("t", TOKEN)
            .env("WHAPI_PARTNER_TOKEN_FILE", "../in/t"),
        &[],
    );
    let wrong = bare().env("WHAPI_PARTNER_TOKEN_FILE", "missing");
    check(wrong.input("t", TOKEN), &file);
    // The token of a channel is none of an account.
    let ran = list(&bare().env("WHAPI_TOKEN", TOKEN), &api, &[]);
    snapshot("partner_no_token", &ran);
    ran.check_nothing_written(2);
}

#[test]
fn wrong_calls_are_refused_before_a_request() {
    let api = account([row("A-1", "Shop")]);
    list(&Case::new(), &api, &["--partner-token-file", TOKEN]).check(
        2,
        "error: --partner-token-file takes the path of a file, and the value is no file but looks like a \
         token; put the token into a file with mode 600, or into WHAPI_PARTNER_TOKEN\n",
    );
    let open = case();
    let file = open.path("../in/partner.token");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    list(&open, &api, &[]).check(
        2,
        "error: the file `../in/partner.token` (by WHAPI_PARTNER_TOKEN_FILE) is open to other users (mode \
         644), and it holds the token; close it with: chmod 600 ../in/partner.token\n",
    );
    case()
        .run(&["channels", "list", "--partner-url", "http://manager.example"])
        .check(
            2,
            "error: `http://manager.example/` would send the token in clear text; use https, or a loopback \
             address\n",
        );
    for args in [
        &["--config", "c.toml"][..],
        &["--demo", "--write-config"],
        &["--demo", "--partner-token-file", "t"],
    ] {
        list(&case(), &api, args).check_nothing_written(2);
    }
    check_requests(&api, 0);
}

#[test]
fn a_demo_lists_channels_in_every_state() {
    snapshot(
        "channels_list_demo",
        &Case::new().run(&["channels", "list", "--demo"]),
    );
}

#[test]
fn a_signal_ends_it() {
    let slow = fault(Trigger::Always, Effect::Latency(BOUND * 10));
    let api = account_of([], Emulator::builder().fault(slow));
    let case = case();
    let args = writing(&api);
    let child = case.command(&args).spawn().unwrap();
    let partner = api.partner().unwrap();
    wait(partner.wait_for_requests(1));
    signal(child.id(), "INT");
    case.finish(child, &args).check_code(130);
    assert!(!config_path(&case).exists());
}

/// A command of one channel need not get the token that opens all of them.
#[test]
fn the_token_of_the_account_is_not_passed_to_commands() {
    let api = small_api().start_blocking().unwrap();
    let case = case().env("WHAPI_PARTNER_TOKEN", "partner-t0ken");
    put_config(
        &case,
        "[channels.shop]\ntoken_command = [\"sh\", \"-c\", \"echo ${WHAPI_PARTNER_TOKEN-$OWN}\"]\n",
    );
    let case = case.env("OWN", TOKEN).env("PATH", "/usr/bin:/bin");
    let ran = case.run(&["check", "--base-url", api.base_url()]);
    assert_eq!(ran.stderr, "");
    ran.check_code(0);
}
