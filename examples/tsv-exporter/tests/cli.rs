//! The whole command line knows the format.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whapi-tsv"))
        .args(args)
        .arg("--output-dir")
        .arg(folder)
        .output()
        .unwrap()
}

#[test]
fn one_fetch_feeds_a_built_in_format_and_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["export", "--format", "tsv,csv", "--demo", "--json"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        summary["contacts"],
        json!({"total": 1317, "saved": 472, "discovered": 845, "unknown": 0, "selected": 1317})
    );
    let written = summary["exports"].as_array().unwrap().iter();
    let written: Vec<_> = written
        .map(|export| {
            (
                &export["format"],
                &export["destination"],
                &export["written"],
            )
        })
        .collect();
    let destination = |name| json!(folder.path().join(name));
    assert_eq!(
        written,
        [
            (&json!("tsv"), &destination("contacts.tsv"), &json!(1317)),
            (&json!("csv"), &destination("contacts.csv"), &json!(1317)),
        ]
    );

    let table = fs::read_to_string(folder.path().join("contacts.tsv")).unwrap();
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines.len(), 1318);
    assert_eq!(lines[0], "id\tphone\tdisplay_name\tstanding");
    assert!(lines.iter().all(|line| line.split('\t').count() == 4));
}

#[test]
fn a_wrong_option_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "export",
        "--format",
        "tsv",
        "--set",
        "heading=off",
        "--demo",
    ];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: unknown option `tsv.heading`; known: tsv.header, tsv.split\n"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
