//! What `--write-config` writes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use whapi_emulator::Emulator;

use super::{
    account, case, config, config_path, list, parsed, put_config, row, row_with, tokens,
    write_config, writing,
};
use crate::support::{TOKEN, small_api, three_people};

#[test]
fn channels_are_written_with_their_tokens_and_can_be_exported() {
    let office = small_api().contacts(three_people()).token("office-t0ken");
    let office = office.listed_as(json!({"name": "Office 2"}));
    let first = small_api().listed_as(json!({"name": "Shop"}));
    let partner = Emulator::builder().token(TOKEN);
    let api = first.and_channel(office).and_partner(partner);
    let api = api.start_blocking().unwrap();
    let case = case();
    let ran = write_config(&case, &api);
    let path = config_path(&case);
    assert_eq!(
        ran.stderr,
        format!("2 channels: 2 running\n{}: 2 added\n", path.display())
    );
    assert_eq!(
        (ran.out(), ran.code),
        (
            "STATE    MODE  IN CONFIG  ID          NAME\n\
             running  live  Shop       EMULATED-1  Shop\n\
             running  live  Office-2   EMULATED-2  Office 2\n",
            Some(0)
        )
    );
    let entry = |name: &str, file: &str, id: u8| {
        format!(
            "[channels.{name}]\ntoken_file = \"channels/{file}.token\"\nid = \"EMULATED-{id}\"\nbase_url = \
             \"{}\"\n",
            api.base_url()
        )
    };
    let (shop, office) = (entry("Shop", "shop", 1), entry("Office-2", "office-2", 2));
    assert_eq!(config(&case), format!("{shop}\n{office}"));
    let token = |name: &str, token: &str| (format!("{name}.token"), format!("{token}\n"));
    assert_eq!(
        tokens(&case),
        [token("office-2", "office-t0ken"), token("shop", TOKEN)]
    );
    let mode = |path: &str| fs::metadata(case.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("../in/config/whapi"), 0o700);
    assert_eq!(mode("../in/config/whapi/config.toml"), 0o600);

    let ran = case.run(&["export", "--all-channels", "-f", "csv", "-q"]);
    ran.check(0, "");
    let contacts = String::from_utf8(case.read("contacts.csv")).unwrap();
    assert_eq!(contacts.lines().count(), 7);
}

#[test]
fn a_second_run_keeps_what_people_wrote_and_renews_tokens() {
    let case = case();
    let text = "# Mine.\n\n[channels.Shop] # Berlin\ntoken_file = \"channels/shop.token\"\ndefault = true\n\
                tags = [\"eu\"]\nid = \"A-1\"\nbase_url = \"https://eu.whapi.cloud\"\n\n[channels.office]\n\
                token_file = \"channels/office.token\" # from login\n\n[channels.own]\n\
                token_command = [\"pass\", \"own\"]\nid = \"A-3\"\n\n[channels.gone]\n\
                token_file = \"channels/gone.token\"\nid = \"A-9\"\n";
    put_config(&case, text);
    for (name, token) in [("shop", "old"), ("gone", "kept")] {
        let path = case
            .path("../in/config/whapi/channels")
            .join(format!("{name}.token"));
        fs::write(&path, format!("{token}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let api = account([
        row("A-1", "Renamed"),
        row("A-2", "OFFICE"),
        row("A-3", "x"),
        row_with("A-4", "shop", &json!({"stopped": true})),
    ]);
    let ran = write_config(&case, &api);
    ran.check_code(0);
    let path = config_path(&case);
    assert_eq!(
        ran.stderr,
        format!(
            "4 channels: 3 running, 1 stopped\n\
             channel `A-1` is `Shop`: the list has another address for it; that of config.toml is kept\n\
             channel `A-3` is `own`: its token stays where config.toml has it\n\
             {}: 1 added, 2 updated, 1 unchanged\n\
             1 channel among them stopped or expired; an export of one fails until it runs again\n\
             1 channel of config.toml not in the list; nothing is removed\n",
            path.display()
        )
    );
    let expected = text.replace("# from login\n", "# from login\nid = \"A-2\"\n")
        + "\n[channels.A-4]\ntoken_file = \"channels/a-4.token\"\nid = \"A-4\"\n";
    assert_eq!(config(&case), expected);
    let token = |name: &str, token: &str| (format!("{name}.token"), format!("{token}\n"));
    let all = [
        token("a-4", TOKEN),
        token("gone", "kept"),
        token("office", TOKEN),
        token("shop", TOKEN),
    ];
    assert_eq!(tokens(&case), all);

    let before = fs::metadata(&path).unwrap().modified().unwrap();
    let ran = list(&case, &api, &["--write-config", "--json", "-q"]);
    ran.check_code(0);
    let summary = json!({"path": path, "added": 0, "updated": 0, "unchanged": 4, "left_out": 0});
    assert_eq!(parsed(&ran)["config"], summary);
    assert_eq!((config(&case), tokens(&case)), (expected, all.to_vec()));
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
}

/// `login` calls a channel `main`, whatever the account calls it.
#[test]
fn a_channel_of_login_is_found_by_its_token_before_its_name() {
    let case = case();
    let text = "[channels.main]\ntoken_file = \"channels/main.token\"\n";
    put_config(&case, text);
    let path = case.path("../in/config/whapi/channels/main.token");
    fs::write(&path, "shop-t0ken\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let api = account([
        row("A-1", "Main"),
        row_with("A-2", "Shop", &json!({"token": "shop-t0ken"})),
    ]);
    let ran = write_config(&case, &api);
    ran.check_code(0);
    let new = "[channels.A-1]\ntoken_file = \"channels/a-1.token\"\nid = \"A-1\"\n";
    assert_eq!(config(&case), format!("{text}id = \"A-2\"\n\n{new}"));
    let token = |name: &str, token: &str| (format!("{name}.token"), format!("{token}\n"));
    let expected = [token("a-1", TOKEN), token("main", "shop-t0ken")];
    assert_eq!(tokens(&case), expected);
}

#[test]
fn a_token_is_not_saved_for_an_address_elsewhere() {
    let api = account([
        row_with(
            "A-1",
            "a",
            &json!({"apiUrl": "https://evil.example/whapi.cloud"}),
        ),
        row_with("A-2", "b", &json!({"apiUrl": "http://gate.whapi.cloud"})),
        row_with("A-3", "c", &json!({"token": null})),
        row_with("A-4", "d", &json!({"apiUrl": "https://gate.whapi.cloud/"})),
        row_with("A 5\u{1b}", "e", &json!({})),
    ]);
    let case = case();
    let ran = write_config(&case, &api);
    ran.check_code(3);
    assert_eq!(
        ran.stderr,
        format!(
            "5 channels: 5 running\n\
             warning: the list has no token that can be used for 1 channel\n\
             warning: channel `A-1` is left out: the list says that its API is at evil.example, which is no \
             host of whapi.cloud\n\
             warning: channel `A-2` is left out: `http://gate.whapi.cloud/` would send the token in clear \
             text; use https, or a loopback address\n\
             warning: channel `A-3` is left out: the list has no token of it that can be used\n\
             warning: channel `A 5\\u{{1b}}` is left out: its id has characters that no id has\n\
             {}: 1 added, 4 left out\n",
            config_path(&case).display()
        )
    );
    assert_eq!(
        ran.out().lines().nth(1),
        Some("running  live  (left out)  A-1        a")
    );
    let entry = "[channels.d]\ntoken_file = \"channels/d.token\"\nid = \"A-4\"\n";
    assert_eq!(config(&case), entry);
    assert_eq!(tokens(&case).len(), 1);

    let ran = list(&case, &api, &["--write-config", "--json"]);
    ran.check_code(3);
    let list = parsed(&ran);
    assert_eq!(list["outcome"], "incomplete");
    assert_eq!(
        list["channels"][2]["config"],
        json!({"name": null, "action": "left-out", "note": "the list has no token of it that can be used"})
    );
    assert_eq!(
        list["channels"][3]["config"],
        json!({"name": "d", "action": "unchanged", "note": null})
    );
}

/// The configuration refuses such an address when it is read, so that one entry would lock out all others.
#[test]
fn an_address_with_what_looks_like_a_token_is_not_written() {
    let url = "https://gate.whapi.cloud/3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";
    let api = account([
        row_with("A-1", "a", &json!({"apiUrl": url})),
        row("A-2", "b"),
    ]);
    let case = case();
    let ran = write_config(&case, &api);
    ran.check_code(3);
    let told = "warning: channel `A-1` is left out: its address has what looks like a token, which config.toml \
                never holds\n";
    assert!(ran.stderr.contains(told), "{ran}");
    let entry = "[channels.b]\ntoken_file = \"channels/b.token\"\nid = \"A-2\"\n";
    assert_eq!(config(&case), entry);
    assert_eq!(tokens(&case).len(), 1);
    case.run(&["channels", "-q"]).check_code(0);
}

#[test]
fn hostile_names_become_valid_and_unique_ones() {
    let names = [
        "../../evil",
        "CON",
        "..",
        "",
        "Shop",
        "SHOP",
        "x\n[exporters.y]\ncommand = [\"sh\"]",
        "\u{1f3be}",
        &"long ".repeat(200),
        &"longer ".repeat(2_000),
    ];
    let rows = (1..)
        .zip(names)
        .map(|(n, name)| row(&format!("A-{n}"), name));
    let api = account(rows);
    let case = case();
    let ran = write_config(&case, &api);
    ran.check_code(0);
    let expected = [
        "evil",
        "A-2",
        "A-3",
        "A-4",
        "Shop",
        "A-6",
        "x-exporters-y-command-sh",
        "A-8",
        "long-long-long-long-long-long",
        "A-10",
    ];
    let shown = parsed(&case.run(&["channels", "--json"]));
    let shown: Vec<_> = shown["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(shown, expected);
    let mut files = expected
        .map(|name| format!("{}.token", name.to_lowercase()))
        .to_vec();
    files.sort();
    let found: Vec<_> = tokens(&case).into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, files);
}

#[test]
fn what_fails_in_the_middle_is_finished_by_the_next_run() {
    let api = account([row("A-1", "a"), row("A-2", "b"), row("A-3", "c")]);
    let case = case();
    let text = "[channels.mine]\ntoken_env = \"A\"\n";
    put_config(&case, text);
    let in_the_way = case.path("../in/config/whapi/channels/b.token");
    fs::create_dir(&in_the_way).unwrap();
    let ran = write_config(&case, &api);
    ran.check_code(7);
    assert!(
        ran.stderr.contains("channels/b.token` is a folder"),
        "{ran}"
    );
    assert_eq!(config(&case), text);
    fs::remove_dir(&in_the_way).unwrap();
    // The first token is there, and the configuration does not know it yet.
    assert_eq!(tokens(&case).len(), 1);

    let ran = list(&case, &api, &["--write-config", "--json"]);
    ran.check_code(0);
    assert_eq!(parsed(&ran)["config"]["added"], 3);
    let found = tokens(&case).into_iter().map(|(name, _)| name);
    assert_eq!(found.collect::<Vec<_>>(), ["a.token", "b.token", "c.token"]);
    assert_eq!(config(&case).matches("\n[channels.").count(), 3);
}

/// Killed at any moment, the configuration is the old one or the new one, and the next run finishes.
#[test]
#[ignore = "slow tier"]
fn a_run_that_is_killed_leaves_the_old_configuration_or_the_new_one() {
    let rows: Vec<_> = (0..60).map(|n| row(&format!("A-{n}"), "x")).collect();
    let api = account(rows);
    let whole = case();
    let begun = std::time::Instant::now();
    write_config(&whole, &api).check_code(0);
    let (run_time, new) = (begun.elapsed(), config(&whole));
    let mut random = fastrand::Rng::with_seed(7);
    let mut with_tokens_only = 0;
    for _ in 0..30 {
        let case = case();
        let args = writing(&api);
        let mut child = case.command(&args).spawn().unwrap();
        // The moment is what this is about: there is nothing else to wait for.
        std::thread::sleep(run_time.mul_f64(random.f64()));
        child.kill().unwrap();
        child.wait().unwrap();
        if config_path(&case).exists() {
            assert_eq!(config(&case), new);
        } else if case.path("../in/config/whapi/channels/x.token").exists() {
            with_tokens_only += 1;
        }
        write_config(&case, &api).check_code(0);
        assert_eq!(config(&case), new);
        assert_eq!(tokens(&case).len(), 60);
    }
    assert!(with_tokens_only > 0, "no kill came in the middle");
}
