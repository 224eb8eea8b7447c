//! `split`: several files in place of one.

use std::process::Command;

use serde_json::{Value, json};
use whapi_emulator::{Effect, Fault, Trigger};

use crate::reasons::explained;
use crate::support::{BOUND, Case, OLD, api, sha256, small_api, wait};

#[test]
fn the_parts_of_a_split_by_number_are_the_whole() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    case.run(&["export", "-f", "vcard"]).check_code(0);
    let whole = case.read("contacts.vcf");

    let ran = case.run(&["export", "-f", "vcard", "--set", "split=400"]);
    ran.check(
        0,
        "1,317 contacts: 472 saved, 845 discovered, 0 unknown\n\
         57 of them have no phone number\n\
         the list is complete: 3 pages, 4 requests\n\
         vcard: 1,317 contacts written to 4 files: contacts-001.vcf … contacts-004.vcf\n",
    );
    let parts = ["001", "002", "003", "004"].map(|n| format!("contacts-{n}.vcf"));
    assert_eq!(ran.names()[..4], parts);
    let joined: Vec<_> = parts.iter().flat_map(|name| case.read(name)).collect();
    assert!(joined == whole, "{} bytes of {}", joined.len(), whole.len());

    let ran = case.run(&["export", "-f", "vcard", "--set", "split=400", "--json"]);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    let export = &summary["exports"][0];
    let file = |nth: usize, written: u64| json!({"path": parts[nth], "written": written, "sha256": sha256(case.read(&parts[nth]))});
    assert_eq!(
        export["files"],
        json!([file(0, 400), file(1, 400), file(2, 400), file(3, 117)])
    );
    assert_eq!(export["destination"], "contacts-*.vcf");
    assert_eq!(
        (&export["written"], &export["sha256"]),
        (&json!(1317), &Value::Null)
    );
}

#[test]
fn a_result_in_one_file_has_no_list_of_files() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["export", "-f", "vcard", "--json"]);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(summary["exports"][0].get("files"), None);
}

#[test]
fn by_standing_country_and_group_each_in_its_own_way() {
    let api = explained().start_blocking().unwrap();
    let case = Case::at(&api);
    let ran = case.run(&[
        "export",
        "-f",
        "vcard,csv,jsonl",
        "--reasons",
        "--set",
        "vcard.split=standing",
        "--set",
        "csv.split=country",
        "--set",
        "csv.columns=id",
        "--set",
        "jsonl.split=group",
    ]);
    ran.check(
        0,
        "7 contacts: 1 saved, 6 discovered, 0 unknown\n\
         1 of them has no phone number\n\
         the list is complete: 1 page, 5 requests\n\
         why they are visible: 1 account itself, 1 in the address book, 1 private chat, 2 in a group, 1 blocked, 1 unexplained\n\
         vcard: 7 contacts written to 2 files: contacts-saved.vcf, contacts-discovered.vcf\n\
         csv: 7 contacts written to 2 files: contacts-de.csv, contacts-no-country.csv\n\
         jsonl: 7 contacts written to 3 files: contacts-football-sundays.jsonl, contacts-padel.jsonl, contacts-no-group.jsonl\n\
         jsonl: 1 contact is in several of the files, and counted once as written.\n",
    );
    assert_eq!(case.read("contacts-de.csv"), b"id\r\n493023125103\r\n");
}

#[test]
fn a_split_by_group_needs_reasons() {
    let api = small_api().start_blocking().unwrap();
    for extra in [&[][..], &["--dry-run"]] {
        let args = ["export", "-f", "csv", "--set", "split=group"];
        let ran = Case::at(&api).run(&[&args[..], extra].concat());
        ran.check(2, "error: `csv.split=group` requires --reasons\n");
        assert_eq!(ran.names(), [""; 0]);
    }
    assert!(api.journal().is_empty());
}

#[test]
fn a_split_by_channel_needs_several_channels() {
    let api = small_api().start_blocking().unwrap();
    for extra in [&[][..], &["--dry-run"]] {
        let args = ["export", "-f", "csv", "--set", "split=channel"];
        let ran = Case::at(&api).run(&[&args[..], extra].concat());
        ran.check(
            2,
            "error: `csv.split=channel` requires a run over several channels: --channel given twice, \
             --channel-tag or --all-channels\n",
        );
        assert_eq!(ran.names(), [""; 0]);
    }
    assert!(api.journal().is_empty());
}

#[test]
fn standard_output_is_one_file() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let ran = case.run(&["export", "-f", "csv", "-o", "-", "--set", "split=2"]);
    ran.check(
        2,
        "error: `split=2` writes several files, and standard output is one; name a file (format `csv`)\n",
    );
    let ran = case.run(&["export", "-f", "csv", "--set", "split=0"]);
    ran.check(
        2,
        "error: option `split`: `0` is neither a number of contacts from 1 nor standing, country, group or channel\n",
    );
    assert!(api.journal().is_empty());
}

#[test]
fn a_missing_folder_is_created() {
    let api = small_api().start_blocking().unwrap();
    let args = ["export", "-q", "-o", "new/a.vcf", "--set", "split=2"];
    let ran = Case::at(&api).run(&args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["new/", "new/a-001.vcf", "new/a-002.vcf"]);
    assert_eq!(ran.files["new/"], "mode 700");
}

#[test]
fn a_file_that_cannot_be_written_stops_the_rest_and_lists_written_files() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts-003.csv");
    std::fs::create_dir(case.path(".contacts-002.csv.whapi.tmp")).unwrap();
    let ran = case.run(&["export", "-f", "csv", "-q", "--set", "split=1"]);
    ran.check(
        7,
        "error: only 1 of 3 files were written: contacts-001.csv: `./.contacts-002.csv.whapi.tmp` is in the way; remove it: it is not a regular file\n",
    );
    assert_eq!(
        ran.names(),
        [
            ".contacts-002.csv.whapi.tmp/",
            "contacts-001.csv",
            "contacts-003.csv"
        ]
    );
    assert_eq!(ran.files["contacts-003.csv"], "as it was");
}

#[test]
fn a_folder_in_place_of_one_file_leaves_all_as_they_were() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts-001.csv");
    std::fs::create_dir(case.path("contacts-002.csv")).unwrap();
    let ran = case.run(&["export", "-f", "csv", "--set", "split=1"]);
    ran.check(
        7,
        "csv: nothing written to contacts-*.csv\n\
         error: `contacts-002.csv` is a folder; name a file in it\n",
    );
    assert_eq!(ran.names(), ["contacts-001.csv", "contacts-002.csv/"]);
    assert_eq!(ran.files["contacts-001.csv"], "as it was");
}

#[test]
fn files_of_an_earlier_split_are_pointed_out() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "-q", "--set"];
    case.run(&[&args[..], &["split=1"]].concat()).check(0, "");
    case.run(&[&args[..], &["split=2"]].concat()).check(
        0,
        "warning: csv: A file of an earlier run may be left beside these, and nothing was done to it: contacts-003.csv.\n",
    );
}

/// By default macOS lets a program open 256 files; here it is fewer still.
#[test]
fn more_files_than_may_be_open_at_once() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "-q", "--set", "split=10"];
    let mut shell = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_whapi");
    shell.args(["-c", "ulimit -n 48; exec \"$0\" \"$@\"", program]);
    shell.args(args);
    let ran = case.run_by(shell, &args);
    ran.check(0, "");
    assert_eq!(ran.names().len(), 132);
}

/// Killed before the end, it leaves an empty lock that the next run removes.
#[test]
fn a_killed_run_leaves_no_part() {
    let api = small_api()
        .fault(Fault::new(Trigger::Offset(0), Effect::Latency(BOUND * 10)).times(1))
        .start_blocking()
        .unwrap();
    let case = Case::at(&api).old("contacts-001.vcf");
    let args = ["export", "-f", "vcard", "-q", "--set", "split=2"];
    let mut child = case.command(&args).spawn().unwrap();
    wait(api.wait_for_requests(2));
    child.kill().unwrap();
    child.wait().unwrap();
    let left: Vec<_> = case.files().into_keys().collect();
    assert_eq!(left, [".contacts.vcf.whapi.tmp", "contacts-001.vcf"]);
    assert_eq!(case.read("contacts-001.vcf"), OLD.as_bytes());
    assert_eq!(case.read(".contacts.vcf.whapi.tmp"), b"");

    let ran = case.run(&args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts-001.vcf", "contacts-002.vcf"]);
}

#[test]
fn a_dry_run_counts_the_files() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts-002.vcf");
    let args = ["export", "-f", "vcard,csv", "--dry-run"];
    let plan = |more: &[&str]| case.run(&[&args[..], more].concat());
    let ran = plan(&["--set", "vcard.split=400", "--set", "csv.split=standing"]);
    ran.check_nothing_written(0);
    assert_eq!(
        ran.stderr.lines().skip(3).collect::<Vec<_>>(),
        [
            "vcard would be written to contacts-*.vcf, replacing existing files.",
            "vcard would be split into 4 files of up to 400 contacts.",
            "csv would be written to contacts-*.csv.",
            "csv would be split into a file for each standing.",
        ]
    );
    let ran = plan(&["--only", "saved", "--set", "vcard.split=400", "--json"]);
    let plan: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        plan["exports"],
        json!([
            {"format": "vcard", "destination": "contacts-*.vcf", "replaces": true,
             "split": {"by": "400", "files": 4, "at_most": true}},
            {"format": "csv", "destination": "contacts.csv", "replaces": false},
        ])
    );
}

#[test]
fn a_dry_run_counts_saved_answers_itself() {
    let answers =
        r#"[{"id":"447700900101","saved":true},{"id":"447700900102"},{"id":"447700900103"}]"#;
    let case = Case::new().input("saved", answers);
    let ran = case.run(&[
        "export",
        "-f",
        "csv",
        "--from",
        "../in/saved",
        "--dry-run",
        "--only",
        "unknown",
        "--set",
        "split=1",
    ]);
    ran.check(
        0,
        "A dry run: nothing is written.\n\
         The saved answers hold 3 contacts; no request is sent.\n\
         csv would be written to contacts-*.csv.\n\
         csv would be split into 2 files of up to 1 contact.\n",
    );
}
