//! Many channels in one run.

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, Person, Trigger};

use crate::support::{Case, Ran};

/// The people of a channel: the first of each is saved.
fn people(digits: &[&str]) -> Vec<Person> {
    let people = digits.iter().zip(0..);
    people
        .map(|(digits, number)| Person::new(*digits).with_saved(number == 0))
        .collect()
}

fn channel(token: &str, digits: &[&str]) -> EmulatorBuilder {
    Emulator::builder().token(token).contacts(people(digits))
}

const SHOP: [&str; 2] = ["447700900101", "447700900102"];
const OFFICE: [&str; 2] = ["447700900102", "447700900103"];
const HOME: [&str; 1] = ["447700900104"];

/// Three channels at one address.
fn api(office: impl Fn(EmulatorBuilder) -> EmulatorBuilder) -> Emulator {
    channel("shop-token", &SHOP)
        .and_channel(office(channel("office-token", &OFFICE)))
        .and_channel(channel("home-token", &HOME))
        .start_blocking()
        .unwrap()
}

const CONFIG: &str = r#"
[channels.shop]
token_env = "SHOP"
tags = ["eu", "sales"]

[channels.office]
token_env = "OFFICE"
tags = ["eu"]

[channels.home]
token_env = "HOME_TOKEN"
"#;

fn case_with(api: &Emulator, config: &str) -> Case {
    Case::new()
        .env("WHAPI_BASE_URL", api.base_url())
        .env("SHOP", "shop-token")
        .env("OFFICE", "office-token")
        .env("HOME_TOKEN", "home-token")
        .input("config.toml", config)
}

fn case(api: &Emulator) -> Case {
    case_with(api, CONFIG)
}

fn export(case: &Case, more: &[&str]) -> Ran {
    let args = ["export", "-f", "csv", "--config", "../in/config.toml"];
    case.run(&[&args[..], &["--set", "csv.columns=channel,id"], more].concat())
}

fn rows(case: &Case) -> Vec<String> {
    let text = String::from_utf8(case.read("contacts.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("channel,id"));
    lines.map(str::to_owned).collect()
}

const ALL: [&str; 5] = [
    "shop,447700900101",
    "shop,447700900102",
    "office,447700900102",
    "office,447700900103",
    "home,447700900104",
];

#[test]
fn all_channels_go_into_one_result() {
    let api = api(|office| office);
    for at_a_time in ["1", "2", "64"] {
        let case = case(&api);
        let ran = export(
            &case,
            &["--all-channels", "--channel-concurrency", at_a_time],
        );
        ran.check(
            0,
            "3 of 3 channels complete\n  \
             shop: 2 contacts\n  \
             office: 2 contacts\n  \
             home: 1 contact\n\
             5 contacts: 3 saved, 2 discovered, 0 unknown\n\
             the lists are complete: 3 pages, 6 requests\n\
             csv: 5 contacts written to contacts.csv\n",
        );
        assert_eq!(rows(&case), ALL);
    }
}

#[test]
fn channels_are_chosen_by_name_and_by_tag() {
    let api = api(|office| office);
    let chosen = |flags: &[&str]| {
        let case = case(&api);
        export(&case, flags).check_code(0);
        rows(&case)
    };
    let reversed = [ALL[4], ALL[0], ALL[1]];
    assert_eq!(
        chosen(&["--channel", "home", "--channel", "SHOP"]),
        reversed
    );
    assert_eq!(chosen(&["--channel", "home,shop"]), reversed);
    assert_eq!(chosen(&["--channel-tag", "eu"]), ALL[..4]);
    assert_eq!(chosen(&["--channel-tag", "sales,eu"]), ALL[..4]);
    let home_first = [&ALL[4..], &ALL[..4]].concat();
    assert_eq!(
        chosen(&["--channel", "home", "--channel-tag", "eu"]),
        home_first
    );
    // Named twice, it is read once.
    assert_eq!(chosen(&["--all-channels", "--channel", "shop,shop"]), ALL);
}

#[test]
fn a_single_channel_has_no_column_for_it() {
    let api = api(|office| office);
    for flags in [["--channel", "shop"], ["--channel-tag", "sales"]] {
        let case = case(&api);
        let args = ["export", "-f", "csv", "-q", "--config", "../in/config.toml"];
        case.run(&[&args[..], &flags].concat()).check(0, "");
        let text = String::from_utf8(case.read("contacts.csv")).unwrap();
        assert!(text.starts_with("id,kind,phone,"), "{text}");
        assert_eq!(text.lines().count(), 3);
    }
}

fn refused(flags: &[&str], message: &str) {
    let api = api(|office| office);
    let ran = export(&case(&api), flags);
    ran.check(2, &format!("error: {message}\n"));
    assert!(api.journal().is_empty());
    ran.check_nothing_written(2);
}

#[test]
fn a_choice_that_cannot_be_read_is_refused_before_any_request() {
    refused(
        &["--channel-tag", "ue"],
        "no channel in `../in/config.toml` has the tag `ue`, did you mean `eu`? known: eu, sales",
    );
    refused(
        &["--channel", "shop,offce"],
        "there is no channel `offce` in `../in/config.toml`, did you mean `office`? known: shop, office, \
         home; add it with: whapi login --channel offce",
    );
    refused(
        &["--channel", "shop,office", "--token-file", "../in/token"],
        "--token-file has the token of one channel, and several are chosen; give each its own in \
         config.toml",
    );
    refused(
        &["--all-channels", "--compare", "../in/earlier.csv"],
        "--compare compares one channel with an earlier export of it; choose it with --channel",
    );
    let api = api(|office| office);
    let several = [
        "check",
        "--channel",
        "shop,office",
        "--config",
        "../in/config.toml",
    ];
    case(&api).run(&several).check(
        2,
        "error: this command reads one channel, and --channel names several; run it once for each\n",
    );
    let none = case_with(&api, "");
    export(&none, &["--all-channels"]).check(
        2,
        "error: there is no channel in `../in/config.toml`; add one with: whapi login --channel NAME\n",
    );
}

/// Runs all channels, of which office has this fault, and checks that the others are written.
#[track_caller]
fn check_fault(api: &Emulator, config: &str, more: &[&str], line: &str, reason: &str) {
    let case = case_with(api, config);
    let ran = export(&case, &[&["--all-channels"], more].concat());
    ran.check_code(3);
    assert!(ran.stderr.contains(&format!("\n  {line}\n")), "{ran}");
    let reason = format!("warning: contacts may be missing: channel `office`: {reason}\n");
    assert!(ran.stderr.ends_with(&reason), "{ran}");
    assert!(
        ran.stderr.starts_with("2 of 3 channels complete\n"),
        "{ran}"
    );
    let rows = rows(&case);
    let others = rows.iter().filter(|row| !row.starts_with("office,"));
    let others: Vec<_> = others.map(String::as_str).collect();
    assert_eq!(others, [ALL[0], ALL[1], ALL[4]]);
}

const FAILED: &str = "office: failed, not written";

#[test]
fn a_channel_that_fails_does_not_stop_the_others() {
    let refusing = api(|office| office.token("another-token"));
    check_fault(
        &refusing,
        CONFIG,
        &[],
        FAILED,
        "could not be read: the Whapi API knows no channel for this token (404): Not Found: channel not \
         found; check the token from the environment variable OFFICE (by channel `office`) and the \
         address of the API",
    );
    let api = api(|office| office);
    check_fault(
        &api,
        &CONFIG.replace("OFFICE", "ABSENT"),
        &[],
        FAILED,
        "could not be read: the environment variable ABSENT (by channel `office`) is not set; set it, or \
         choose another channel with --channel",
    );
    let out_of_quota =
        self::api(|office| office.fault(Fault::new(Trigger::Always, Effect::Status(402))));
    let ran = export(&case(&out_of_quota), &["--all-channels", "--json", "-q"]);
    ran.check_code(3);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    let channels = summary["channels"].as_array().unwrap();
    let told = |key: &str| {
        channels
            .iter()
            .map(|one| one[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("name"), ["shop", "office", "home"]);
    assert_eq!(told("outcome"), ["complete", "failed", "complete"]);
    assert_eq!(told("exit_code"), [0, 6, 0]);
    assert_eq!(channels[1]["error"]["kind"], json!("quota"));
    assert_eq!(channels[1]["contacts"]["total"], json!(0));
    assert_eq!(channels[0]["scan"]["complete"], json!(true));
    assert_eq!(channels[0]["error"], Value::Null);
    assert_eq!(summary["contacts"]["total"], json!(3));
    assert_eq!(summary["outcome"], json!("incomplete"));
    assert_eq!(summary["error"], Value::Null);
}

#[test]
fn when_every_channel_fails_the_code_is_that_of_the_failure() {
    let api = channel("a", &[]).start_blocking().unwrap();
    let case = case(&api).old("contacts.csv");
    let ran = export(&case, &["--all-channels", "--json"]);
    ran.check_code(4);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(summary["exit_code"], json!(4));
    assert_eq!(summary["error"]["kind"], json!("token"));
    ran.check_nothing_written(4);
}

#[test]
fn requests_are_limited_for_each_channel_and_for_all() {
    let api = api(|office| office);
    let case_of_each = case(&api);
    export(&case_of_each, &["--all-channels", "--max-requests", "2"]).check_code(0);
    let ran = export(
        &case(&api),
        &[
            "--all-channels",
            "--max-requests-total",
            "5",
            "--channel-concurrency",
            "1",
        ],
    );
    ran.check_code(3);
    assert!(
        ran.stderr.ends_with(
            "warning: contacts may be missing: channel `home`: could not be read: stopped at the limit on \
             requests that was set for all channels together\n"
        ),
        "{ran}"
    );
    let sent: usize = api
        .channels()
        .iter()
        .map(|channel| channel.journal().len())
        .sum();
    assert_eq!(sent, 6 + 5);
}

#[test]
fn a_person_in_two_channels_is_written_once() {
    let api = api(|office| office);
    let case = case(&api);
    let ran = case.run(&[
        "export",
        "-f",
        "jsonl",
        "--config",
        "../in/config.toml",
        "--all-channels",
        "--merge-channels",
    ]);
    ran.check_code(0);
    assert!(
        ran.stderr
            .contains("\n4 people after merging the channels\n"),
        "{ran}"
    );
    let text = String::from_utf8(case.read("contacts.jsonl")).unwrap();
    let ids = text.lines().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["id"].as_str().unwrap().to_owned()
    });
    let ids: Vec<_> = ids.collect();
    assert_eq!(
        ids,
        [
            "447700900101",
            "447700900102",
            "447700900103",
            "447700900104"
        ]
    );
}

#[test]
fn a_demo_has_as_many_channels_as_it_is_asked_for() {
    let ran = Case::new().run(&["export", "-f", "csv", "--demo", "--demo-channels", "3"]);
    ran.check_code(0);
    assert!(ran.stderr.contains("\n3 of 3 channels complete\n"), "{ran}");
    assert!(ran.stderr.contains("\n3,951 contacts: "), "{ran}");
}

fn dataset(case: &Case, more: &[&str]) -> Ran {
    let args = [
        "export",
        "-f",
        "dataset",
        "-o",
        "data",
        "--config",
        "../in/config.toml",
    ];
    case.run(&[&args[..], &["--set", "date=2026-11-29"], more].concat())
}

#[test]
fn runs_that_share_the_channels_make_one_dataset() {
    let api = api(|office| office);
    let case = case(&api);
    // shop falls to 1 of 2, office and home to 2.
    for shard in ["1/2", "2/2"] {
        dataset(&case, &["--all-channels", "--shard", shard]).check_code(0);
        let ran = case.run(&["dataset", "check", "data"]);
        if shard == "1/2" {
            ran.check(
                3,
                "error: dt=2026-11-29: the run of shard 2/2 wrote no manifest\n\
                 2 contacts in 1 partition of 1 day\n\
                 the dataset is not complete: 1 problem\n",
            );
        } else {
            ran.check(
                0,
                "5 contacts in 3 partitions of 1 day\nthe dataset is complete\n",
            );
        }
    }
    let ran = case.run(&["dataset", "check", "data", "--json", "-q"]);
    assert_eq!(
        ran.out(),
        "{\"schema\":1,\"outcome\":\"complete\",\"exit_code\":0,\"days\":1,\"partitions\":3,\"rows\":5,\
         \"problems\":[]}\n"
    );
    case.run(&["dataset", "check", ".."])
        .check(2, "error: `..` is no dataset: it has no folder `dt=…`\n");
}

#[test]
fn a_channel_that_fails_makes_the_dataset_incomplete() {
    let api = api(|office| office.token("another-token"));
    let case = case(&api);
    dataset(&case, &["--all-channels"]).check_code(3);
    let ran = case.run(&["dataset", "check", "data"]);
    ran.check_code(3);
    let failed = "error: dt=2026-11-29/channel `office`: it failed: the Whapi API knows no channel for this \
                  token (404)";
    assert!(ran.stderr.starts_with(failed), "{ran}");
}

#[test]
fn a_single_channel_is_a_partition_of_its_name() {
    let api = api(|office| office);
    for (flags, partition) in [
        (&["--channel", "home"][..], "channel=home"),
        (&["--demo"], "channel=default"),
    ] {
        let case = case(&api);
        dataset(&case, flags).check_code(0);
        let day = case.path("data/dt=2026-11-29");
        let names = std::fs::read_dir(day).unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["_manifest.json", partition]);
        case.run(&["dataset", "check", "data"]).check_code(0);
    }
}

#[test]
fn a_shard_shares_channels_that_are_chosen() {
    refused(
        &["--channel", "shop", "--shard", "1/2"],
        "--shard 1/2 shares channels; choose them with --all-channels or --channel-tag",
    );
}

#[test]
fn a_result_is_split_by_channel() {
    let api = api(|office| office);
    let case = case(&api);
    let split = ["--set", "csv.split=channel", "--all-channels", "-q"];
    let ran = export(&case, &split);
    ran.check(0, "");
    let names = [
        "contacts-home.csv",
        "contacts-office.csv",
        "contacts-shop.csv",
    ];
    assert_eq!(ran.names(), names);
    assert_eq!(
        case.read("contacts-shop.csv"),
        b"channel,id\r\nshop,447700900101\r\nshop,447700900102\r\n"
    );
}
