//! Datasets, whole and damaged.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;
use std::time::Duration;

use whapi_emulator::{Effect, Emulator, EmulatorBuilder, Fault, Trigger, people};

use super::{CONFIG, api, case, case_with};
use crate::support::{Case, Ran, wait};

fn dataset(case: &Case, more: &[&str]) -> Ran {
    dataset_by(case, &[&["--config", "../in/config.toml"], more].concat())
}

/// The same with a configuration among the flags.
fn dataset_by(case: &Case, more: &[&str]) -> Ran {
    let args = ["export", "-f", "dataset", "-o", "data"];
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
    // The second machine has an older configuration.
    let older = CONFIG.replace("[channels.home]\ntoken_env = \"HOME_TOKEN\"\n", "");
    let case = case_with(&api, CONFIG).input("older.toml", older);
    dataset(&case, &["--all-channels", "--shard", "1/2"]).check_code(0);
    let shard = ["--all-channels", "--shard", "2/2", "--config"];
    dataset_by(&case, &[&shard[..], &["../in/older.toml"]].concat()).check_code(0);
    case.run(&["dataset", "check", "data"]).check(
        3,
        "error: dt=2026-11-29: its runs had different configurations: not all of them have the channels `home`\n\
         error: dt=2026-11-29: no run read the channels `home`\n\
         4 contacts in 2 partitions of 1 day\n\
         the dataset is not complete: 2 problems\n",
    );
    case.run(&["dataset", "check", ".."])
        .check(2, "error: `..` is no dataset: it has no folder `dt=…`\n");
}

#[cfg(feature = "parquet")]
#[test]
fn a_dataset_is_parquet_on_request() {
    let api = api(|office| office);
    let case = case(&api);
    for (file, part) in [
        ("jsonl", "part-0.jsonl"),
        ("Parquet", "part-0.parquet"),
        ("jsonl", "part-0.jsonl"),
    ] {
        let file = format!("dataset.file={file}");
        dataset(&case, &["--all-channels", "--set", &file]).check_code(0);
        for channel in ["shop", "office", "home"] {
            let folder = case.path(&format!("data/dt=2026-11-29/channel={channel}"));
            let names = std::fs::read_dir(folder).unwrap();
            let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, [part], "{channel}");
        }
        case.run(&["dataset", "check", "data"]).check(
            0,
            "5 contacts in 3 partitions of 1 day\nthe dataset is complete\n",
        );
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_needs_its_feature() {
    let api = api(|office| office);
    let case = case(&api);
    dataset(&case, &["--all-channels", "--set", "dataset.file=parquet"]).check(
        2,
        "error: option `file`: this program was built without Parquet; use `jsonl`, or install one with it by \
         `cargo install whapi-cli --features parquet` (format `dataset`)\n",
    );
    assert!(!case.path("data").exists());
}

#[test]
fn a_run_in_which_all_channels_fail_leaves_no_folder() {
    let api = api(|office| office);
    let case = ["SHOP", "OFFICE", "HOME_TOKEN"]
        .into_iter()
        .fold(case(&api), |case, name| case.env(name, "another-token"));
    dataset(&case, &["--all-channels"]).check_code(4);
    assert!(!case.path("data").exists());
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

/// Channels of a dataset that is killed, and the contacts of each.
const CHANNELS: usize = 8;
const EACH: usize = 200;

/// An API with channels c0, c1, …, whose contacts have this seed.
fn many(seed: u64, of: impl Fn(usize, EmulatorBuilder) -> EmulatorBuilder) -> Emulator {
    let channels = (0..CHANNELS).map(|number| {
        let people = people::made_up(EACH, seed + number as u64);
        let builder = Emulator::builder().token(format!("token-{number}"));
        of(number, builder.contacts(people))
    });
    let all = channels.reduce(EmulatorBuilder::and_channel);
    all.unwrap().start_blocking().unwrap()
}

fn case_of_many(api: &Emulator) -> Case {
    let entries =
        (0..CHANNELS).map(|number| format!("[channels.c{number}]\ntoken_env = \"T{number}\"\n"));
    let case = case_with(api, &entries.collect::<String>());
    (0..CHANNELS).fold(case, |case, number| {
        case.env(&format!("T{number}"), format!("token-{number}"))
    })
}

const WRITE: [&str; 9] = [
    "export",
    "-f",
    "dataset",
    "-o",
    "data",
    "--set",
    "date=2026-11-29",
    "--all-channels",
    "-q",
];

fn at(api: &Emulator) -> Vec<&str> {
    let more = [
        "--config",
        "../in/config.toml",
        "--base-url",
        api.base_url(),
    ];
    [&WRITE[..], &more].concat()
}

/// The partitions by their paths.
fn partitions(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let names = case.files().into_keys();
    let names = names.filter(|name| name.ends_with("/part-0.jsonl"));
    names.map(|name| (name.clone(), case.read(&name))).collect()
}

/// What is left of a run that was killed beside the partitions and manifests.
fn is_temporary(name: &str) -> bool {
    name.rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with('.'))
}

/// Killed while it waits for the contacts of a channel, for each channel: the dataset stays the old one, complete
/// by the check, and the next run replaces it and leaves nothing else.
#[test]
fn a_run_that_is_killed_in_any_partition_leaves_the_old_dataset() {
    let old = many(1, |_, channel| channel);
    let case = case_of_many(&old);
    case.run(&at(&old)).check(0, "");
    let before = partitions(&case);
    assert_eq!(before.len(), CHANNELS);
    for killed in 0..CHANNELS {
        let new = many(100, |number, channel| {
            let hang = Effect::Latency(Duration::from_secs(600));
            let hang = Fault::new(Trigger::Offset(0), hang).times(1);
            if number == killed {
                channel.fault(hang)
            } else {
                channel
            }
        });
        let args = [at(&new), vec!["--channel-concurrency", "1"]].concat();
        let mut child = case.command(&args).stderr(Stdio::null()).spawn().unwrap();
        let channel = &new.channels()[killed];
        wait(async {
            while channel.journal().iter().all(|one| one.offset != Some(0)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(partitions(&case), before, "killed in c{killed}");
        case.run(&["dataset", "check", "data", "-q"]).check(0, "");
    }
    assert!(case.files().into_keys().any(|name| is_temporary(&name)));
    let new = many(100, |_, channel| channel);
    case.run(&at(&new)).check(0, "");
    assert!(!case.files().into_keys().any(|name| is_temporary(&name)));
    assert!(
        partitions(&case)
            .values()
            .zip(before.values())
            .all(|(new, old)| new != old)
    );
    case.run(&["dataset", "check", "data", "-q"]).check(0, "");
}

/// Killed right after the partition of a channel appeared, for each channel: unless all partitions are of one run,
/// the check fails, and the same run again mends it.
#[test]
fn a_check_tells_of_a_run_that_is_killed_between_two_partitions() {
    let apis = [1, 100].map(|seed| many(seed, |_, channel| channel));
    let whole = apis.each_ref().map(|api| {
        let case = case_of_many(api);
        case.run(&at(api)).check(0, "");
        partitions(&case)
    });
    let case = case_of_many(&apis[0]);
    case.run(&at(&apis[0])).check(0, "");
    let mut mixtures = 0;
    for (killed, next) in (0..CHANNELS).zip([1, 0].into_iter().cycle()) {
        let path = case.path(&format!(
            "data/dt=2026-11-29/channel=c{killed}/part-0.jsonl"
        ));
        let inode = || path.metadata().unwrap().ino();
        let before = inode();
        let mut command = case.command(&at(&apis[next]));
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        while inode() == before && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        let found = partitions(&case);
        let ran = case.run(&["dataset", "check", "data", "-q"]);
        // The manifest is the last to appear: all partitions may be new, and the manifest old.
        if !whole.contains(&found) {
            mixtures += 1;
            ran.check_code(3);
        }
        case.run(&at(&apis[next])).check(0, "");
        case.run(&["dataset", "check", "data", "-q"]).check(0, "");
        assert_eq!(partitions(&case), whole[next]);
    }
    assert!(mixtures > 0, "every kill came too late to tell");
}
