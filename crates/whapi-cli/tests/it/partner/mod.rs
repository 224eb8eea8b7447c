//! `channels`, and `channels list`: the channels of a partner account. Each run is searched for the
//! token, which is that of the account and of each channel.

mod configured;
mod listed;
mod written;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, Person, Trigger};

use crate::support::{Case, Ran, TOKEN, check_holds_no_token, small_api};

pub(super) const PATH: &str = "/channels/list";
/// 2100-01-01, in milliseconds.
pub(super) const TILL: u64 = 4_102_444_800_000;

/// A channel of the account, at the public address.
pub(super) fn row(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "token": TOKEN, "phone": "447700900101", "projectId": "p",
        "activeTill": TILL, "stopped": false, "mode": "live"})
}

/// The same with other fields.
pub(super) fn row_with(id: &str, name: &str, fields: &Value) -> Value {
    let mut row = row(id, name);
    for (key, value) in fields.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

pub(super) fn account_of(
    rows: impl IntoIterator<Item = Value>,
    partner: EmulatorBuilder,
) -> Emulator {
    let rows = rows.into_iter().map(Person::raw).collect();
    let partner = partner.token(TOKEN).contacts(rows);
    small_api().and_partner(partner).start_blocking().unwrap()
}

pub(super) fn account(rows: impl IntoIterator<Item = Value>) -> Emulator {
    account_of(rows, Emulator::builder())
}

pub(super) fn fault(trigger: Trigger, effect: Effect) -> Fault {
    Fault::new(trigger, effect).on(PATH)
}

/// A case with the token of the account, and a folder for the configuration where tokens may be.
pub(super) fn case() -> Case {
    let case = Case::new().input("partner.token", format!("{TOKEN}\n"));
    let config = case.path("../in/config");
    fs::create_dir(&config).unwrap();
    let case = case.env("XDG_CONFIG_HOME", &config).env("HOME", &config);
    case.env("WHAPI_PARTNER_TOKEN_FILE", "../in/partner.token")
}

/// The arguments of `--write-config`.
pub(super) fn writing(api: &Emulator) -> [&str; 5] {
    let url = api.base_url();
    ["channels", "list", "--write-config", "--partner-url", url]
}

pub(super) fn list(case: &Case, api: &Emulator, args: &[&str]) -> Ran {
    let call = ["channels", "list", "--partner-url", api.base_url()];
    case.run(&[&call, args].concat())
}

pub(super) fn write_config(case: &Case, api: &Emulator) -> Ran {
    case.run(&writing(api))
}

pub(super) fn config_path(case: &Case) -> std::path::PathBuf {
    case.path("../in/config/whapi/config.toml")
}

pub(super) fn config(case: &Case) -> String {
    let text = fs::read_to_string(config_path(case)).unwrap();
    check_holds_no_token(&text);
    text
}

/// Puts a configuration there, for its owner only.
pub(super) fn put_config(case: &Case, text: &str) {
    fs::create_dir_all(case.path("../in/config/whapi/channels")).unwrap();
    fs::write(config_path(case), text).unwrap();
    fs::set_permissions(config_path(case), fs::Permissions::from_mode(0o600)).unwrap();
}

/// The token files and what they hold.
pub(super) fn tokens(case: &Case) -> Vec<(String, String)> {
    let files = fs::read_dir(case.path("../in/config/whapi/channels")).unwrap();
    let mut tokens: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{file:?}");
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    tokens.sort();
    tokens
}

pub(super) fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(ran.out()).unwrap()
}

/// Every request was a GET of the one path with the token of the account.
#[track_caller]
pub(super) fn check_requests(api: &Emulator, count: usize) {
    assert_eq!(api.journal(), []);
    let journal = api.partner().unwrap().journal();
    for entry in &journal {
        assert_eq!((&*entry.method, &*entry.path), ("GET", PATH));
        assert!(entry.authorized);
    }
    assert_eq!(journal.len(), count);
}
