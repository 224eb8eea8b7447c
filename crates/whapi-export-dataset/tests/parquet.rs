//! Parquet in place of JSON Lines: the same records, by readers that are not ours.

#![cfg(feature = "parquet")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{DAY, tree};
use serde_json::{Value, json};
use tempfile::TempDir;
use whapi_export::conformance::{
    all_available, channel_contacts, known_contacts, nasty_contacts, sample_contacts,
};
use whapi_export::{
    Available, ChannelEnd, ClassifiedContact, OpenContext, OutputTarget, Result, RunEnd, RunInfo,
    Summary,
};
use whapi_export_dataset::{check, definition};
use whapi_test_support::Python;

/// Prints the rows of a Parquet file as an array of records.
const PYARROW: &str = r"
import json, sys, pyarrow.parquet
# `partitioning`: the columns of the file alone.
table = pyarrow.parquet.read_table(sys.argv[1], partitioning=None)
json.dump(table.to_pylist(), sys.stdout)
";

/// The same by `DuckDB`.
const DUCKDB: &str = r"
import json, sys, duckdb
sql = 'SELECT * FROM read_parquet($path, hive_partitioning=false)'
rows = duckdb.sql(sql, params={'path': sys.argv[1]})
json.dump([dict(zip(rows.columns, row)) for row in rows.fetchall()], sys.stdout)
";

/// Prints what `DuckDB` makes of both datasets in the folder of its argument.
const SAME_ANSWERS: &str = r"
import json, sys, duckdb
types = 'hive_partitioning=true, hive_types={dt: DATE, channel: VARCHAR}'
answers = []
for reader, ending in ('read_json', 'jsonl'), ('read_parquet', 'parquet'):
    table = f'''{reader}('{sys.argv[1]}/{ending}/*/*/*.{ending}', {types})'''
    answers.append([duckdb.sql(sql.format(table)).fetchall() for sql in (
        'SELECT channel, dt::VARCHAR, count(*) FROM {0} GROUP BY ALL ORDER BY ALL',
        '''SELECT channel, id, kind, phone, display_name, name_source, name, pushname, saved, standing,
                  is_business, name_warnings, permissions.edit.allowed, permissions.edit.rule,
                  permissions.delete.rule, permissions.create.allowed
           FROM {0} ORDER BY channel, id''',
        'SELECT count(DISTINCT id), count(phone), count_if(len(name_warnings) > 0) FROM {0}',
    )])
json.dump(answers, sys.stdout)
";

/// The keys that are in no record of a run which did not request them, and in every row.
const ON_REQUEST: &[&str] = &[
    "username",
    "phonebook",
    "reasons",
    "other_id",
    "merged",
    "change",
];

/// The complete end of a run over the channels of contacts.
fn end(contacts: &[ClassifiedContact]) -> RunEnd {
    let channels = contacts.iter().filter_map(ClassifiedContact::channel);
    let channels: BTreeSet<_> = channels.collect();
    let channels = channels.into_iter();
    let ends = channels.map(|channel| ChannelEnd::read(channel, true, Vec::new()));
    RunEnd::complete().with_channels(ends.collect())
}

/// Writes contacts to a dataset.
fn run(
    root: &Path,
    file: &str,
    available: Available,
    contacts: &[ClassifiedContact],
    end: &RunEnd,
) -> Result<Summary> {
    let context = OpenContext::new()
        .with_target(OutputTarget::Path(root.to_owned()))
        .with_option("date", "2026-11-29")
        .with_option("file", file);
    pollster::block_on(async {
        let mut exporter = definition().open(&context)?;
        let run = RunInfo::new().with_available(available);
        exporter.begin(&run).await?;
        for batch in contacts.chunks(7) {
            let _ = exporter.write_batch(batch).await?;
        }
        exporter.finish(end).await
    })
}

/// Writes contacts to a dataset of each format: the folders `jsonl` and `parquet`.
fn both(available: Available, contacts: &[ClassifiedContact], end: &RunEnd) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["jsonl", "parquet"] {
        let _ = run(&folder.path().join(file), file, available, contacts, end).unwrap();
    }
    folder
}

/// The records of a file of JSON Lines, with a key for each column.
fn records(path: &Path) -> Vec<Value> {
    let lines = fs::read_to_string(path).unwrap();
    let records = lines.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        for key in ON_REQUEST {
            let keys = record.as_object_mut().unwrap();
            let _ = keys.entry(*key).or_insert(Value::Null);
        }
        record
    });
    records.collect()
}

/// Writes contacts in both formats, and compares what a reader finds.
#[track_caller]
fn check_reader(module: &str, script: &str, available: Available, contacts: &[ClassifiedContact]) {
    let Some(python) = Python::with(module) else {
        return;
    };
    let folder = both(available, contacts, &end(contacts));
    let jsonl = folder.path().join("jsonl").join(DAY);
    for name in tree(&jsonl) {
        let Some(part) = name.strip_suffix("part-0.jsonl") else {
            continue;
        };
        let parquet = folder.path().join("parquet").join(DAY).join(part);
        let file = fs::read(parquet.join("part-0.parquet")).unwrap();
        let found: Vec<Value> = python.read_file(script, &file, ".parquet");
        assert_eq!(found, records(&jsonl.join(&name)), "{name}");
    }
}

fn check_readers(available: Available, contacts: &[ClassifiedContact]) {
    check_reader("pyarrow", PYARROW, available, contacts);
    check_reader("duckdb", DUCKDB, available, contacts);
}

fn several() -> Available {
    let mut available = Available::default();
    available.channels = true;
    available
}

#[test]
fn readers_find_every_value_of_sample_and_nasty_contacts() {
    let contacts = [sample_contacts(), nasty_contacts()].concat();
    assert!(contacts.len() > 40);
    check_readers(Available::default(), &contacts);
}

#[test]
fn readers_find_every_value_of_enrichment() {
    check_readers(all_available(), &known_contacts());
}

#[test]
fn readers_find_the_contacts_of_each_channel() {
    check_readers(several(), &channel_contacts());
}

#[test]
fn readers_find_no_rows_in_an_empty_partition() {
    let folder = both(Available::default(), &[], &end(&[]));
    let file = format!("parquet/{DAY}/channel=default/part-0.parquet");
    let file = fs::read(folder.path().join(file)).unwrap();
    for (module, script) in [("pyarrow", PYARROW), ("duckdb", DUCKDB)] {
        if let Some(python) = Python::with(module) {
            let found: Vec<Value> = python.read_file(script, &file, ".parquet");
            assert_eq!(found, [Value::Null; 0], "{module}");
        }
    }
}

#[test]
fn duckdb_gives_equal_answers_over_both_formats() {
    let Some(python) = Python::with("duckdb") else {
        return;
    };
    let contacts = (0..30).flat_map(|number| {
        let name = format!("channel-{number}");
        let contacts = nasty_contacts().into_iter();
        contacts.map(move |contact| contact.with_channel(name.as_str()))
    });
    let contacts: Vec<_> = contacts.collect();
    let folder = both(several(), &contacts, &end(&contacts));
    let ran = python.run(SAME_ANSWERS, &[folder.path().to_str().unwrap()], b"");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let answers: Vec<Vec<Vec<Value>>> = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][0].len(), 30);
    assert_eq!(
        answers[0][0][0],
        json!(["channel-0", "2026-11-29", nasty_contacts().len()])
    );
    assert_eq!(answers[0][1].len(), contacts.len());
}

#[test]
fn equal_contacts_give_equal_bytes() {
    let contacts = known_contacts();
    let write = || {
        let folder = both(all_available(), &contacts, &end(&contacts));
        let file = format!("parquet/{DAY}/channel=default/part-0.parquet");
        fs::read(folder.path().join(file)).unwrap()
    };
    assert_eq!(write(), write());
}

/// Runs twice into one day, and gives the names there, and what a check finds.
fn run_twice(first: &str, second: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let contacts = channel_contacts();
    for file in [first, second] {
        let _ = run(folder.path(), file, several(), &contacts, &end(&contacts)).unwrap();
    }
    let checked = check(folder.path()).unwrap();
    assert_eq!((checked.partitions, checked.rows), (3, 4));
    assert_eq!(checked.problems, [""; 0]);
    let names = tree(&folder.path().join(DAY)).into_iter();
    names.filter(|name| name.contains("part")).collect()
}

#[test]
fn a_run_in_another_format_replaces_the_files() {
    let parts = |ending: &str| {
        [
            "%3D1%2B%221%22%0A%3C%2Fb%3E%2C%3B%2E%2E%2Fx",
            "office",
            "shop",
        ]
        .map(|channel| format!("channel={channel}/part-0.{ending}"))
    };
    assert_eq!(run_twice("jsonl", "parquet"), parts("parquet"));
    assert_eq!(run_twice("parquet", "jsonl"), parts("jsonl"));
}

/// As after a run that was killed when it had renamed a file, and then when it had removed the other.
#[test]
fn a_check_finds_a_run_in_another_format_that_was_killed() {
    let contacts = channel_contacts();
    for (killed, other) in [("jsonl", "parquet"), ("parquet", "jsonl")] {
        let folder = both(several(), &contacts, &end(&contacts));
        let root = folder.path().join(killed);
        let shop = |root: &str| folder.path().join(root).join(DAY).join("channel=shop");
        let (new, old) = (format!("part-0.{other}"), format!("part-0.{killed}"));
        fs::copy(shop(other).join(&new), shop(killed).join(&new)).unwrap();
        let unnamed = format!("{DAY}/channel=shop/{new}: no manifest names it");
        assert_eq!(check(&root).unwrap().problems, [&*unnamed]);

        fs::remove_file(shop(killed).join(&old)).unwrap();
        let missing = format!("{DAY}/channel `shop`: the file `channel=shop/{old}` is missing");
        assert_eq!(check(&root).unwrap().problems, [missing, unnamed]);
    }
}

#[test]
fn the_manifest_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let contacts = [sample_contacts()[0].clone().with_channel("shop")];
    let summary = run(
        folder.path(),
        "parquet",
        several(),
        &contacts,
        &end(&contacts),
    )
    .unwrap();
    let day = folder.path().join(DAY);
    let file = day.join("channel=shop/part-0.parquet");
    assert_eq!(summary.parts[0].destination, file.display().to_string());
    let manifest: Value =
        serde_json::from_slice(&fs::read(day.join("_manifest.json")).unwrap()).unwrap();
    let mut partition = manifest["partitions"][0].clone();
    assert_eq!(partition["sha256"].take(), json!(summary.parts[0].sha256));
    assert_eq!(
        partition,
        json!({
            "channel": "shop", "path": "channel=shop/part-0.parquet", "complete": true, "reasons": [],
            "rows": 1, "bytes": fs::metadata(&file).unwrap().len(), "sha256": null,
        })
    );
}
