//! Where outputs go, and exit code 7.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Case, fails, small_api};

const DEMO: [&str; 3] = ["export", "--demo", "--format"];

#[track_caller]
fn unwritable(name: &str, args: &[&str]) {
    let api = small_api().start_blocking().unwrap();
    fails(name, 7, Case::at(&api), args);
    assert!(
        api.journal().is_empty(),
        "found out before anything is asked"
    );
}

/// As under `--output-dir`, for the owner only. Nothing is made before the arguments are checked.
#[test]
fn a_missing_folder_is_created() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-q", "--output", "new/deep/contacts.csv"];
    let ran = case.run(&[&args[..], &["--dry-run"]].concat());
    assert_eq!((ran.code, ran.files.len()), (Some(0), 0), "{ran}");
    let ran = case.run(&[&args[..], &["--set", "csv.columns=none"]].concat());
    assert_eq!((ran.code, ran.files.len()), (Some(2), 0), "{ran}");
    let ran = case.run(&args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["new/", "new/deep/", "new/deep/contacts.csv"]);
    assert_eq!(ran.files["new/"], "mode 700");
    assert_eq!(ran.files["new/deep/"], "mode 700");
}

#[test]
fn a_file_in_place_of_a_folder() {
    unwritable(
        "destination_in_a_file",
        &["export", "-f", "csv", "-o", "contacts.vcf/a/x.csv"],
    );
}

#[test]
fn a_folder_as_file() {
    unwritable(
        "destination_is_a_folder",
        &["export", "--format", "csv", "--output", "../run"],
    );
}

#[test]
fn a_device() {
    unwritable(
        "destination_is_a_device",
        &["export", "--format", "csv", "--output", "/dev/null"],
    );
}

#[test]
fn a_file_as_folder() {
    unwritable(
        "destination_folder_is_a_file",
        &["export", "--format", "csv", "--output-dir", "contacts.vcf"],
    );
}

#[test]
fn one_of_several_cannot_be_written() {
    // The first has begun, and leaves nothing all the same.
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    fs::create_dir(case.path("contacts.csv")).unwrap();
    let ran = case.run(&["export", "--format", "vcard,csv"]);
    ran.check(
        7,
        "vcard: nothing written to contacts.vcf\n\
         csv: nothing written to contacts.csv\n\
         error: `contacts.csv` is a folder; name a file in it\n",
    );
    assert_eq!(ran.names(), ["contacts.csv/", "contacts.vcf"]);
    assert_eq!(ran.files["contacts.vcf"], "as it was");
}

#[test]
fn default_names_in_the_current_folder() {
    let case = Case::new();
    let ran = case.run(&[&DEMO[..], &["vcard", "-f", "csv"]].concat());
    ran.check_code(0);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
}

#[test]
fn the_file_extension_decides_the_format() {
    let expected = Case::new();
    expected
        .run(&[&DEMO[..], &["vcard,csv"]].concat())
        .check_code(0);
    for (output, same_as) in [
        ("people.vcf", "contacts.vcf"),
        ("people.csv", "contacts.csv"),
        ("PEOPLE.VCF", "contacts.vcf"),
    ] {
        let case = Case::new();
        let ran = case.run(&["export", "--demo", "--output", output]);
        ran.check_code(0);
        assert_eq!(ran.names(), [output]);
        assert_eq!(case.read(output), expected.read(same_as));
    }
}

#[test]
fn a_named_format_wins_over_the_ending() {
    let case = Case::new();
    let ran = case.run(&[&DEMO[..], &["csv", "-o", "people.vcf"]].concat());
    ran.check_code(0);
    assert!(case.read("people.vcf").starts_with(b"id,kind,"));
}

#[test]
fn an_output_folder_is_made_for_its_owner_only() {
    let case = Case::new();
    let ran = case.run(&[&DEMO[..], &["vcard,csv", "--output-dir", "new/deep"]].concat());
    ran.check_code(0);
    assert_eq!(
        ran.names(),
        [
            "new/",
            "new/deep/",
            "new/deep/contacts.csv",
            "new/deep/contacts.vcf"
        ]
    );
    assert_eq!(ran.files["new/"], "mode 700");
    assert_eq!(ran.files["new/deep/"], "mode 700");
}

#[test]
fn an_output_folder_that_is_there_keeps_its_mode() {
    let case = Case::new();
    fs::create_dir(case.path("open")).unwrap();
    fs::set_permissions(case.path("open"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = case.run(&[&DEMO[..], &["csv", "--output-dir", "open"]].concat());
    ran.check_code(0);
    assert_eq!(ran.files["open/"], "mode 755");
}

#[test]
fn files_are_readable_by_their_owner_only() {
    let case = Case::new().old("contacts.vcf");
    fs::set_permissions(case.path("contacts.vcf"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = case.run(&[&DEMO[..], &["vcard,csv"]].concat());
    ran.check_code(0);
    for name in ["contacts.vcf", "contacts.csv"] {
        let mode = fs::metadata(case.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn stdout_gets_exactly_the_bytes_of_the_file() {
    for format in ["vcard", "csv"] {
        let file = Case::new();
        file.run(&[&DEMO[..], &[format, "-o", "file"]].concat())
            .check_code(0);
        let case = Case::new();
        let ran = case.run(&[&DEMO[..], &[format, "-o", "-"]].concat());
        ran.check_code(0);
        assert!(ran.stdout == file.read("file"), "{format}");
        assert!(ran.files.is_empty());
    }
}

#[test]
fn stdout_gets_nothing_when_the_run_fails() {
    let api = crate::support::api().start_blocking().unwrap();
    let args = [
        "export",
        "--format",
        "vcard",
        "-o",
        "-",
        "--max-requests",
        "3",
    ];
    Case::at(&api).run(&args).check(
        6,
        "vcard: nothing written to standard output\n\
         error: stopped after 3 requests, the limit that was set\n",
    );
}
