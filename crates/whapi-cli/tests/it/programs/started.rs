//! Which programs are started.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{IDS, OnPath};
use crate::support::Case;

/// A program that leaves a file `started` beside itself.
const LEAVES_A_MARK: &str = "#!/bin/sh\n: > \"$(dirname \"$0\")/started\"\n";

fn add_program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn only_the_program_that_is_named() {
    let ids = OnPath::new("ids", IDS);
    add_program(&ids.program("other"), LEAVES_A_MARK);
    add_program(&ids.program("csv"), LEAVES_A_MARK);
    let was_started = || ids.program("ids").with_file_name("started").exists();
    for args in [
        &["export", "--demo", "-f", "ids", "-q"][..],
        &["export", "--demo", "-f", "csv", "-q"],
        &["exporters"],
        &["exporters", "ids"],
        &["completions", "bash"],
    ] {
        ids.case().run(args).check_code(0);
        assert!(!was_started(), "{args:?}");
    }
    // The mark would show it.
    let ran = ids.case().run(&["export", "--demo", "-f", "other", "-q"]);
    ran.check_code(7);
    assert!(was_started());
}

#[test]
fn none_of_the_current_folder() {
    let case = Case::new().env("PATH", ":.:bin:/usr/bin:/bin");
    for name in ["whapi-exporter-here", "bin/whapi-exporter-here"] {
        let path = case.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        add_program(&path, LEAVES_A_MARK);
    }
    let before = case.files();
    let ran = case.run(&["export", "--demo", "-f", "here"]);
    ran.check(
        2,
        "error: unknown format `here`; known: vcard, csv, jsonl, xlsx, html, dataset, sheets\n",
    );
    assert_eq!(ran.files, before);
}
