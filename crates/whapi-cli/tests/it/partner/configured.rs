//! `channels`.

use serde_json::json;

use super::{case, config_path, parsed, put_config};

#[test]
fn configured_channels_are_listed_without_a_token() {
    let case = case();
    put_config(
        &case,
        "[channels.shop]\ntoken_file = \"channels/shop.token\"\ndefault = true\ntags = [\"eu\", \"sales\"]\n\
         id = \"A-1\"\n[channels.office]\ntoken_command = [\"pass\", \"show\", \"private\"]\n\
         base_url = \"https://eu.whapi.cloud\"\n[channels.home]\ntoken_env = \"HOME_TOKEN\"\n\
         base_url = \"https://gate.whapi.cloud/\"\n",
    );
    let ran = case.run(&["channels"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(
        ran.out(),
        "NAME    DEFAULT  TAGS       TOKEN                     ADDRESS\n\
         shop    default  eu, sales  file channels/shop.token\n\
         office                      command pass              https://eu.whapi.cloud\n\
         home                        variable HOME_TOKEN\n"
    );
    let ran = case.run(&["channels", "--json"]);
    let channel = |name: &str, default: bool, kind: &str, place: &str| {
        json!({"name": name, "default": default, "tags": [], "base_url": null, "id": null,
            "token": {"kind": kind, "place": place}})
    };
    let mut shop = channel("shop", true, "file", "channels/shop.token");
    (shop["tags"], shop["id"]) = (json!(["eu", "sales"]), json!("A-1"));
    let mut office = channel("office", false, "command", "pass");
    office["base_url"] = json!("https://eu.whapi.cloud");
    let home = channel("home", false, "variable", "HOME_TOKEN");
    assert_eq!(
        parsed(&ran),
        json!({"schema": 1, "outcome": "complete", "exit_code": 0, "config": config_path(&case),
            "channels": [shop, office, home], "missing": []})
    );
}

#[test]
fn a_configuration_without_channels_says_how_to_add_some() {
    let case = case();
    let said = format!(
        "There is no channel in {}. Add one with `whapi login`, or those of a partner account with \
         `whapi channels list --write-config`.\n",
        config_path(&case).display()
    );
    case.run(&["channels"]).check(0, &said);
    case.run(&["channels", "-q"]).check(0, "");
    let ran = case.run(&["channels", "--json"]);
    assert_eq!(
        (parsed(&ran)["channels"].clone(), ran.code),
        (json!([]), Some(0))
    );
    case.run(&["channels", "--config", "missing.toml"]).check(
        2,
        "error: there is no configuration `missing.toml`; check its path, or run `whapi login`, which \
         writes one\n",
    );
}
