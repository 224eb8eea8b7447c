//! The settings, and which channels they choose.

use serde_json::{Value, json};
use whapi_emulator::Emulator;

use super::{api, case, last_state, messages, settings, tap};
use crate::support::{Case, Ran};

/// The channels that a run proved.
#[track_caller]
fn channels(ran: &Ran) -> Vec<String> {
    ran.check_code(0);
    let found = messages(ran);
    let state = last_state(&found).unwrap();
    super::proven(state, "contacts").into_keys().collect()
}

#[test]
fn channels_are_chosen_by_name_and_by_tag_and_else_all() {
    let api = api(|office| office);
    for (more, expected) in [
        (json!({}), &["home", "office", "shop"][..]),
        (json!({"channels": ["office"]}), &["office"]),
        (json!({"channel_tags": ["eu"]}), &["home", "shop"]),
        (
            json!({"channels": ["office"], "channel_tags": ["eu"]}),
            &["home", "office", "shop"],
        ),
        (
            json!({"channels": null, "channel_tags": null}),
            &["home", "office", "shop"],
        ),
    ] {
        let ran = tap(&case(&api, &settings(more)), &["-q"]);
        assert_eq!(channels(&ran), expected);
    }
}

#[test]
fn a_config_toml_is_taken_as_it_is() {
    let api = api(|office| office);
    let case = case(&api, &json!({}));
    let ran = case.run(&["tap", "-q", "--config", "../in/config.toml"]);
    assert_eq!(channels(&ran), ["home", "office", "shop"]);
    // By its content, whatever its name is.
    let case = case.input("config", super::CONFIG);
    let ran = case.run(&["tap", "-q", "--config", "../in/config"]);
    assert_eq!(channels(&ran), ["home", "office", "shop"]);
}

#[test]
fn without_channels_the_environment_has_the_token() {
    let api = super::channel(crate::support::TOKEN, &["447700900101"]);
    let api = api.start_blocking().unwrap();
    let case = Case::at(&api);
    assert_eq!(channels(&case.run(&["tap", "-q"])), ["default"]);
    let none = Case::new().input("tap.json", "{}");
    let message = "error: there is no channel; add one with `whapi login --channel NAME`, name another \
                   config.toml by `config_file`, or set WHAPI_TOKEN_FILE or WHAPI_TOKEN\n";
    tap(&none, &[]).check(2, message);
}

/// Runs the tap with settings that it refuses before any request.
#[track_caller]
fn refused(api: &Emulator, settings: &Value, message: &str) {
    let ran = tap(&case(api, settings), &[]);
    ran.check(2, &format!("error: {message}\n"));
    let sent: usize = api.channels().iter().map(|one| one.journal().len()).sum();
    assert_eq!(sent, 0);
}

#[test]
fn settings_that_cannot_be_used_are_refused_before_any_request() {
    let api = api(|office| office);
    refused(
        &api,
        &settings(json!({"channels": ["shop", "offce"]})),
        "there is no channel `offce` in `../in/config.toml`, did you mean `office`? known: shop, office, \
         home; add it with: whapi login --channel offce",
    );
    refused(
        &api,
        &settings(json!({"channel_tags": ["ue"]})),
        "no channel in `../in/config.toml` has the tag `ue`, did you mean `eu`? known: eu",
    );
    refused(
        &api,
        &json!({"config_file": "../in/none.toml"}),
        "there is no configuration `../in/none.toml`; check its path, or run `whapi login`, which writes \
         one",
    );
    refused(
        &api,
        &settings(json!({"page_size": 1000})),
        "the settings `../in/tap.json`: `page_size` is no number from 2 to 500",
    );
    refused(
        &api,
        &json!({"access_token": crate::support::TOKEN}),
        "the settings `../in/tap.json`: the key `access_token` is for a secret, and settings hold none; \
         give the place of each token in config.toml (token_file, token_command or token_env), and name \
         that file by `config_file`",
    );
}

#[test]
fn requests_are_limited() {
    let api = api(|office| office);
    let ran = tap(&case(&api, &settings(json!({"max_requests": 1}))), &[]);
    ran.check_code(6);
    let total = json!({"max_requests_total": 8, "channel_concurrency": 1});
    let ran = tap(&case(&api, &settings(total)), &[]);
    ran.check_code(3);
    let limit = "could not be read: stopped at the limit on requests that was set for all channels together\n";
    assert!(ran.stderr.ends_with(limit), "{ran}");
}
