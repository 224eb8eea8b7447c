//! Many channels in one run.

mod datasets;
mod faults;

use serde_json::Value;
use whapi_emulator::{Emulator, EmulatorBuilder, Person};

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

/// shop is the only channel of the first shard.
#[test]
fn every_shard_has_the_same_columns() {
    let api = api(|office| office);
    for (shard, rows_of) in [("1/2", &ALL[..2]), ("2/2", &ALL[2..])] {
        let case = case(&api);
        let args = ["export", "-f", "csv", "-q", "--config", "../in/config.toml"];
        let more = ["--all-channels", "--shard", shard];
        case.run(&[&args[..], &more].concat()).check(0, "");
        let text = String::from_utf8(case.read("contacts.csv")).unwrap();
        assert!(text.starts_with("channel,id,kind,phone,"), "{text}");
        let cells = text.lines().skip(1).map(|line| line.splitn(3, ',').take(2));
        let found: Vec<_> = cells
            .map(|cells| cells.collect::<Vec<_>>().join(","))
            .collect();
        assert_eq!(found, rows_of);
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
