//! `check`: the state of the channel.

use whapi_emulator::{Channel, Effect, Emulator, Fault, TotalMode, Trigger};

use crate::support::{Case, TOKEN, api, requests, snapshot};

const JSON: [&str; 2] = ["check", "--json"];

fn failing(path: &str, status: u16) -> Emulator {
    let fault = Fault::new(Trigger::Always, Effect::Status(status)).on(path);
    api().fault(fault).start_blocking().unwrap()
}

#[test]
fn a_channel_that_is_ready_takes_three_requests() {
    let api = api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["check"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(
        ran.out(),
        "state     ready\n\
         account   +999000000000\n\
         contacts  1,317\n\
         trial     1,000 requests, 100 messages, 100 number checks left\n"
    );
    assert_eq!(
        requests(&api),
        [
            "GET /contacts?count=1&offset=0",
            "GET /health?wakeup=false",
            "GET /limits?"
        ]
    );
}

#[test]
fn the_same_as_json() {
    let api = api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&JSON);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(
        ran.out(),
        "{\"schema\":1,\"outcome\":\"complete\",\"exit_code\":0,\"channel\":null,\"state\":\"ready\",\
         \"account\":\"+999000000000\",\"contacts\":1317,\"limits\":{\"requests\":1000,\"messages\":100,\
         \"checks\":100},\"is_limited\":true,\"error\":null}\n"
    );
}

#[test]
fn a_channel_without_limits() {
    let api = api().no_limits(true).start_blocking().unwrap();
    let ran = Case::at(&api).run(&["check", "-q"]);
    ran.check_code(0);
    assert_eq!(
        ran.out(),
        "state     ready\naccount   +999000000000\ncontacts  1,317\nlimits    none\n"
    );
    let ran = Case::at(&api).run(&JSON);
    assert!(
        ran.out().contains("\"limits\":null,\"is_limited\":false,"),
        "{ran}"
    );
}

#[test]
fn states_that_need_a_hand_take_one_request() {
    for (name, channel) in [
        ("check_qr", Channel::Qr),
        ("check_stop", Channel::Stop),
        ("check_error", Channel::Error),
        ("check_sync_error", Channel::SyncError),
        ("check_launch", Channel::Launch { answers: 9 }),
    ] {
        let api = api().channel(channel).start_blocking().unwrap();
        let ran = Case::at(&api).run(&["check"]);
        snapshot(name, &ran);
        ran.check_code(4);
        assert_eq!(requests(&api), ["GET /health?wakeup=false"]);
        let ran = Case::at(&api).run(&JSON);
        snapshot(&format!("{name}_json"), &ran);
        ran.check_code(4);
    }
}

#[test]
fn what_the_api_does_not_say_is_left_out() {
    let api = api()
        .channel(Channel::Missing)
        .total(TotalMode::Missing)
        .no_limits(true)
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["check"]);
    ran.check_code(0);
    assert_eq!(ran.out(), "state     unknown\nlimits    none\n");
}

#[test]
fn limits_that_cannot_be_read_are_unknown() {
    let api = failing("/limits", 404);
    let ran = Case::at(&api).run(&["check"]);
    assert_eq!(
        ran.stderr,
        "warning: the limits of the channel are unknown: the Whapi API knows no channel for this token \
         (404): Not Found: a fault of the emulator; check the token from the environment variable \
         WHAPI_TOKEN and the address of the API\n"
    );
    ran.check_code(0);
    assert_eq!(
        ran.out(),
        "state     ready\naccount   +999000000000\ncontacts  1,317\n"
    );
    let ran = Case::at(&api).run(&JSON);
    assert!(
        ran.out().contains("\"limits\":null,\"is_limited\":null,"),
        "{ran}"
    );
}

#[test]
fn failures_have_the_exit_code_of_their_kind() {
    for (status, code) in [(400, 5), (401, 4), (402, 6), (403, 4), (404, 4)] {
        let api = failing("/contacts", status);
        let ran = Case::at(&api).run(&JSON);
        ran.check_code(code);
        let summary: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
        assert_eq!(summary["exit_code"], code, "{status}");
        assert_eq!(
            format!("error: {}\n", summary["error"]["message"].as_str().unwrap()),
            ran.stderr
        );
    }
    let api = api().start_blocking().unwrap();
    let wrong = Case::at(&api).env("WHAPI_TOKEN", format!("{TOKEN}x"));
    snapshot("check_wrong_token", &wrong.run(&["check"]));
    let ran = Case::at(&api).run(&["check", "--max-requests", "2"]);
    ran.check(
        6,
        "error: stopped after 2 requests, the limit that was set\n",
    );
}

#[test]
fn a_demo_says_so() {
    let ran = Case::new().run(&["check", "--demo"]);
    snapshot("check_demo", &ran);
    ran.check_code(0);
    Case::new()
        .run(&["check", "--demo", "-q", "-v"])
        .check_code(2);
}
