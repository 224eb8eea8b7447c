//! What a dataset holds, and what a check finds in a damaged one.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{DAY, tree};
use serde_json::{Value, json};
use tempfile::TempDir;
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{
    Available, ChannelEnd, ClassifiedContact, OpenContext, OutputTarget, Result, RunEnd, RunInfo,
    Summary,
};
use whapi_export_dataset::{check, definition};

fn contact(digits: &str, channel: &str) -> ClassifiedContact {
    let contact = Contact::new(ContactId::parse(digits).unwrap()).with_saved(true);
    ClassifiedContact::new(contact).with_channel(channel)
}

fn context(root: &Path, shard: &str) -> OpenContext {
    OpenContext::new()
        .with_target(OutputTarget::Path(root.to_owned()))
        .with_option("date", "2026-11-29")
        .with_option("shard", shard)
}

fn run_shard(
    root: &Path,
    shard: &str,
    contacts: &[ClassifiedContact],
    ends: Vec<ChannelEnd>,
) -> Result<Summary> {
    run_shard_of(root, shard, None, contacts, ends)
}

/// The same for a run that shares these channels with others.
fn run_shard_of(
    root: &Path,
    shard: &str,
    all_channels: Option<&[&str]>,
    contacts: &[ClassifiedContact],
    ends: Vec<ChannelEnd>,
) -> Result<Summary> {
    let complete = ends.iter().all(|end| end.complete == Some(true));
    let end = if complete {
        RunEnd::complete()
    } else {
        RunEnd::incomplete(vec!["one is not".to_owned()])
    };
    let mut available = Available::default();
    available.channels = true;
    let names = ends.iter().map(|end| end.name.clone());
    let all = all_channels.map_or_else(
        || names.collect(),
        |all| all.iter().map(|name| (*name).to_owned()).collect(),
    );
    let run = RunInfo::new().with_available(available).with_channels(all);
    pollster::block_on(async {
        let mut exporter = definition().open(&context(root, shard))?;
        exporter.begin(&run).await?;
        for batch in contacts.chunks(2) {
            let report = exporter.write_batch(batch).await?;
            assert_eq!(report.written, batch.len() as u64);
        }
        exporter.finish(&end.with_channels(ends)).await
    })
}

fn complete(name: &str) -> ChannelEnd {
    ChannelEnd::read(name, true, Vec::new())
}

/// Shop with three contacts, office with none.
fn written() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    let contacts =
        ["447700900101", "447700900102", "447700900103"].map(|digits| contact(digits, "shop"));
    let ends = vec![complete("shop"), complete("office")];
    let summary = run_shard(&root, "1/1", &contacts, ends).unwrap();
    assert_eq!(summary.destination, root.display().to_string());
    assert_eq!(summary.warnings, [""; 0]);
    let parts: Vec<_> = summary.parts.iter().map(|part| part.written).collect();
    assert_eq!(parts, [3, 0]);
    (folder, root)
}

fn manifest(root: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(root.join(DAY).join(name)).unwrap()).unwrap()
}

#[test]
fn a_partition_for_each_channel_and_the_manifest() {
    let (_folder, root) = written();
    assert_eq!(
        tree(&root.join(DAY)),
        [
            "_manifest.json",
            "channel=office",
            "channel=office/part-0.jsonl",
            "channel=shop",
            "channel=shop/part-0.jsonl",
        ]
    );
    let shop = fs::read(root.join(DAY).join("channel=shop/part-0.jsonl")).unwrap();
    let lines = shop
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let ids: Vec<String> = lines
        .map(|line| {
            let record: Value = serde_json::from_slice(line).unwrap();
            record["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids, ["447700900101", "447700900102", "447700900103"]);

    let mut found = manifest(&root, "_manifest.json");
    let written_at = found["written_at"].take();
    assert!(written_at.as_str().unwrap().ends_with('Z'));
    // sha256sum of the file, and of nothing.
    let sum = found["partitions"][0]["sha256"].take();
    assert_eq!(sum.as_str().unwrap().len(), 64);
    assert_eq!(
        found,
        json!({
            "schema": 1,
            "date": "2026-11-29",
            "shard": {"number": 1, "count": 1},
            "tool": concat!("whapi-export ", env!("CARGO_PKG_VERSION")),
            "written_at": null,
            "complete": true,
            "channels": ["office", "shop"],
            "partitions": [
                {"channel": "shop", "path": "channel=shop/part-0.jsonl", "complete": true,
                 "reasons": [], "rows": 3, "bytes": shop.len(), "sha256": null},
                {"channel": "office", "path": "channel=office/part-0.jsonl", "complete": true,
                 "reasons": [], "rows": 0, "bytes": 0,
                 "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
            ],
        })
    );
    let checked = check(&root).unwrap();
    assert_eq!((checked.days, checked.partitions, checked.rows), (1, 2, 3));
    assert_eq!(checked.problems, [""; 0]);
}

/// Damages a dataset, and checks what is found.
#[track_caller]
fn check_damage(damage: impl FnOnce(&Path), expected: &[&str]) {
    let (_folder, root) = written();
    damage(&root.join(DAY));
    assert_eq!(check(&root).unwrap().problems, expected);
}

/// Changes the manifest of a day.
fn edit(day: &Path, from: &str, to: &str) {
    let path = day.join("_manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_check_finds_each_damage() {
    let shop = "channel=shop/part-0.jsonl";
    check_damage(
        |day| fs::remove_file(day.join(shop)).unwrap(),
        &["dt=2026-11-29/channel `shop`: the file `channel=shop/part-0.jsonl` is missing"],
    );
    check_damage(
        |day| {
            let text = fs::read_to_string(day.join(shop)).unwrap();
            fs::write(day.join(shop), text.replacen("101", "109", 1)).unwrap();
        },
        &["dt=2026-11-29/channel `shop`: the file `channel=shop/part-0.jsonl` was changed"],
    );
    check_damage(
        |day| fs::write(day.join("channel=office/part-0.jsonl"), "x").unwrap(),
        &[
            "dt=2026-11-29/channel `office`: the file `channel=office/part-0.jsonl` was changed: it has 1 \
             bytes, and had 0",
        ],
    );
    check_damage(
        |day| fs::remove_file(day.join("_manifest.json")).unwrap(),
        &[
            "dt=2026-11-29: there is no manifest",
            "dt=2026-11-29/channel=office: no manifest names it",
            "dt=2026-11-29/channel=shop: no manifest names it",
        ],
    );
    check_damage(
        |day| fs::create_dir(day.join("channel=old")).unwrap(),
        &["dt=2026-11-29/channel=old: no manifest names it"],
    );
    // A reader would take it for more contacts of the channel, or of another.
    check_damage(
        |day| {
            fs::write(day.join("channel=shop/part-0.parquet"), "").unwrap();
            fs::write(day.join("channel=shop/_hidden"), "").unwrap();
            fs::write(day.join("part-0.jsonl"), "").unwrap();
            fs::write(day.join(".hidden"), "").unwrap();
        },
        &[
            "dt=2026-11-29/channel=shop/part-0.parquet: no manifest names it",
            "dt=2026-11-29/part-0.jsonl: no manifest names it",
        ],
    );
    check_damage(
        |day| {
            let path = day.join("_manifest.json");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(
                path,
                text.replace("office/part-0.jsonl", "office/part-0.parquet"),
            )
            .unwrap();
            let file = day.join("channel=office/part-0.jsonl");
            fs::rename(file, day.join("channel=office/part-0.parquet")).unwrap();
        },
        &["dt=2026-11-29: its files are of several formats: `jsonl`, `parquet`"],
    );
    check_damage(
        |day| fs::write(day.join("_manifest.json"), "{").unwrap(),
        &["dt=2026-11-29/_manifest.json: EOF while parsing an object at line 1 column 1"],
    );
    check_damage(
        |day| {
            let path = day.join("_manifest.json");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(
                path,
                text.replace("channel=office/part", "../../../etc/part"),
            )
            .unwrap();
        },
        &[
            "dt=2026-11-29/channel `office`: its file `../../../etc/part-0.jsonl` is not in its folder \
             `channel=office`",
            "dt=2026-11-29/channel=office: no manifest names it",
        ],
    );
}

#[test]
fn a_check_finds_what_is_in_another_place_or_of_another_number() {
    check_damage(
        |day| edit(day, "\"channel\": \"office\"", "\"channel\": \"home\""),
        &[
            "dt=2026-11-29/channel `home`: its file `channel=office/part-0.jsonl` is not in its folder \
             `channel=home`",
            "dt=2026-11-29: no run read the channels `office`",
        ],
    );
    check_damage(
        |day| edit(day, "\"rows\": 3", "\"rows\": 4"),
        &[
            "dt=2026-11-29/channel `shop`: the file `channel=shop/part-0.jsonl` has 3 contacts, and its manifest \
             says 4",
        ],
    );
    check_damage(
        |day| fs::rename(day, day.with_file_name("dt=2026-11-28")).unwrap(),
        &["dt=2026-11-28/_manifest.json: it is of the day `2026-11-29`"],
    );
    check_damage(
        |day| {
            let root = day.parent().unwrap();
            fs::create_dir(root.join("backup")).unwrap();
            fs::write(root.join("part-0.jsonl"), "x").unwrap();
            fs::write(root.join(".hidden"), "x").unwrap();
        },
        &[
            "backup: it is no day of a dataset",
            "part-0.jsonl: it is no day of a dataset",
        ],
    );
    #[cfg(unix)]
    check_damage(
        |day| {
            let path = day.join("channel=shop/part-0.jsonl");
            fs::remove_file(&path).unwrap();
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        },
        &[
            "dt=2026-11-29/channel `shop`: the file `channel=shop/part-0.jsonl` could not be read: it is no \
             regular file",
        ],
    );
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(
        check(elsewhere.path()).unwrap_err().to_string(),
        format!(
            "`{}` is no dataset: it has no folder `dt=…`",
            elsewhere.path().display()
        )
    );
}

#[test]
fn rows_of_a_manifest_that_has_too_many_are_the_most() {
    let (_folder, root) = written();
    let path = root.join(DAY).join("_manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("\"rows\": 3", &format!("\"rows\": {}", u64::MAX));
    fs::write(path, text.replace("\"rows\": 0", "\"rows\": 1")).unwrap();
    assert_eq!(check(&root).unwrap().rows, u64::MAX);
}

#[test]
fn channels_that_fail_or_are_incomplete_are_told() {
    let (_folder, root) = written();
    let before = fs::read(root.join(DAY).join("channel=shop/part-0.jsonl")).unwrap();
    let ends = vec![
        ChannelEnd::failed("shop", "the token was refused"),
        ChannelEnd::read("office", false, vec!["the list moved".to_owned()]),
    ];
    let contacts = [contact("447700900104", "office")];
    let summary = run_shard(&root, "1/1", &contacts, ends).unwrap();
    assert_eq!(
        summary.warnings,
        ["2 partitions are not complete; the manifest says why."]
    );
    // What a failed channel had stays.
    let after = fs::read(root.join(DAY).join("channel=shop/part-0.jsonl")).unwrap();
    assert_eq!(before, after);
    assert_eq!(manifest(&root, "_manifest.json")["complete"], json!(false));
    assert_eq!(
        check(&root).unwrap().problems,
        [
            "dt=2026-11-29/channel `shop`: it failed: the token was refused; what is in its folder is of an \
             earlier run",
            "dt=2026-11-29/channel `office`: it is incomplete: the list moved",
        ]
    );
}

#[test]
fn runs_that_share_the_channels_make_one_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    let of = |name: &str| (vec![contact("447700900101", name)], vec![complete(name)]);
    for (shard, name) in [("1/3", "a"), ("3/3", "c")] {
        let (contacts, ends) = of(name);
        let _ = run_shard_of(&root, shard, Some(&["a", "c"]), &contacts, ends).unwrap();
    }
    assert_eq!(
        check(&root).unwrap().problems,
        ["dt=2026-11-29: the run of shard 2/3 wrote no manifest"]
    );
    // A run without channels writes its manifest all the same.
    let empty = run_shard_of(&root, "2/3", Some(&["a", "c"]), &[], Vec::new());
    assert_eq!(empty.unwrap().parts, []);
    let checked = check(&root).unwrap();
    assert_eq!((checked.partitions, checked.rows), (2, 2));
    assert_eq!(checked.problems, [""; 0]);
    assert_eq!(
        manifest(&root, "_manifest-3-of-3.json")["shard"],
        json!({"number": 3, "count": 3})
    );

    let (contacts, ends) = of("a");
    let _ = run_shard_of(&root, "1/2", Some(&["a", "c"]), &contacts, ends).unwrap();
    assert_eq!(
        check(&root).unwrap().problems,
        [
            "dt=2026-11-29/channel `a`: two manifests name it; delete the one whose run does not count: \
             `_manifest-1-of-2.json` or `_manifest-1-of-3.json`",
            "dt=2026-11-29: its runs do not agree on how many they are: 2, 3; delete the manifests of the runs \
             that do not count",
        ]
    );
}

#[test]
fn runs_of_different_configurations_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    for (shard, name, all) in [("1/2", "a", ["a", "b"]), ("2/2", "c", ["a", "c"])] {
        let contacts = [contact("447700900101", name)];
        let _ = run_shard_of(&root, shard, Some(&all), &contacts, vec![complete(name)]).unwrap();
    }
    assert_eq!(
        check(&root).unwrap().problems,
        [
            "dt=2026-11-29: its runs had different configurations: not all of them have the channels `b`, `c`",
            "dt=2026-11-29: no run read the channels `b`",
        ]
    );
}

#[test]
fn a_channel_that_lost_all_contacts_is_told() {
    let (_folder, root) = written();
    let ends = vec![complete("shop"), complete("office")];
    let contacts = [contact("447700900104", "office")];
    let summary = run_shard(&root, "1/1", &contacts, ends).unwrap();
    assert_eq!(
        summary.warnings,
        ["channel `shop` has no contacts; its partition had 3 contacts."]
    );
    assert_eq!(check(&root).unwrap().problems, [""; 0]);
}

#[test]
fn a_run_that_is_dropped_leaves_what_was_there() {
    let (_folder, root) = written();
    let before = tree(&root);
    pollster::block_on(async {
        let mut exporter = definition().open(&context(&root, "1/1")).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        let batch = [
            contact("447700900109", "shop"),
            contact("447700900109", "new"),
        ];
        let report = exporter.write_batch(&batch).await.unwrap();
        assert_eq!(report.written, 2);
        assert_ne!(tree(&root), before);
        exporter.abort().await.unwrap();
    });
    assert_eq!(tree(&root), before);
    assert_eq!(check(&root).unwrap().problems, [""; 0]);
}

#[test]
fn a_first_run_that_is_dropped_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data/contacts");
    pollster::block_on(async {
        let mut exporter = definition().open(&context(&root, "1/1")).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        let batch = [
            contact("447700900109", "shop"),
            contact("447700900109", "new"),
        ];
        let _ = exporter.write_batch(&batch).await.unwrap();
        assert_eq!(
            tree(folder.path()),
            [
                "data",
                "data/contacts",
                "data/contacts/dt=2026-11-29",
                "data/contacts/dt=2026-11-29/._manifest.json.whapi.tmp",
                "data/contacts/dt=2026-11-29/channel=new",
                "data/contacts/dt=2026-11-29/channel=new/.part-0.whapi.tmp",
                "data/contacts/dt=2026-11-29/channel=shop",
                "data/contacts/dt=2026-11-29/channel=shop/.part-0.whapi.tmp",
            ]
        );
        exporter.abort().await.unwrap();
    });
    assert_eq!(tree(folder.path()), [""; 0]);
}

#[test]
fn what_a_killed_run_left_is_no_obstacle() {
    let (_folder, root) = written();
    let staged = root.join(DAY).join("channel=shop/.part-0.whapi.tmp");
    fs::write(&staged, "half a record").unwrap();
    assert_eq!(check(&root).unwrap().problems, [""; 0]);
    let contacts = [contact("447700900104", "shop")];
    let ends = vec![complete("shop"), complete("office")];
    let _ = run_shard(&root, "1/1", &contacts, ends).unwrap();
    assert!(!staged.exists());
    assert_eq!(check(&root).unwrap().rows, 1);
    assert_eq!(check(&root).unwrap().problems, [""; 0]);
}

#[test]
fn a_channel_that_comes_back_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    let contacts = ["shop", "office", "shop"].map(|channel| contact("447700900101", channel));
    let error = run_shard(&root, "1/1", &contacts, Vec::new()).unwrap_err();
    assert_eq!(
        whapi_text::with_causes(&error),
        format!(
            "could not write the partition `{}`: its contacts did not come one after another",
            root.join(DAY).join("channel=shop").display()
        )
    );
    assert_eq!(tree(folder.path()), [""; 0]);
}

#[test]
fn every_record_names_its_channel() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    pollster::block_on(async {
        let mut exporter = definition().open(&context(&root, "1/1")).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        let ada = Contact::new(ContactId::parse("447700900101").unwrap());
        let batch = [ClassifiedContact::new(ada)];
        let _ = exporter.write_batch(&batch).await.unwrap();
        let _ = exporter.finish(&RunEnd::complete()).await.unwrap();
    });
    let file = root.join(DAY).join("channel=default/part-0.jsonl");
    let record: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(record["channel"], json!("default"));
}

#[test]
fn two_runs_into_one_day_do_not_meet() {
    let (_folder, root) = written();
    pollster::block_on(async {
        let mut first = definition().open(&context(&root, "1/1")).unwrap();
        first.begin(&RunInfo::new()).await.unwrap();
        let mut second = definition().open(&context(&root, "1/1")).unwrap();
        let error = second.begin(&RunInfo::new()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "another run is writing `{}`; let it finish, or name another file",
                root.join(DAY).join("_manifest.json").display()
            )
        );
        first.abort().await.unwrap();
    });
}

#[test]
fn merged_channels_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("contacts");
    let mut available = Available::default();
    available.channels = true;
    available.merged_channels = true;
    let mut exporter = definition().open(&context(&root, "1/1")).unwrap();
    let run = RunInfo::new().with_available(available);
    let begun = exporter.begin(&run);
    assert_eq!(
        pollster::block_on(begun).unwrap_err().to_string(),
        "a dataset has a partition for each channel, so merged channels cannot be written to it; leave \
         --merge-channels away"
    );
    assert!(!root.exists());
}
