//! Runs without contacts, which must not replace a result that has some.

use serde_json::Value;
use whapi_emulator::{Effect, Fault, Trigger};

use crate::support::{Case, small_api};

/// A case with the results of three contacts.
fn exported(formats: &str) -> (whapi_emulator::Emulator, Case) {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    case.run(&["export", "-f", formats]).check_code(0);
    (api, case)
}

#[test]
fn a_filter_that_selects_no_contact_replaces_no_file() {
    for (format, file) in [
        ("csv", "contacts.csv"),
        ("vcard", "contacts.vcf"),
        ("jsonl", "contacts.jsonl"),
        ("xlsx", "contacts.xlsx"),
        ("html", "contacts.html"),
    ] {
        let (_api, case) = exported(format);
        let before = case.read(file);
        let args = ["export", "-f", format, "--name-contains", "nothing like it"];
        let ran = case.run(&[&args[..], &["-q"]].concat());
        let expected = format!(
            "error: this run has no contacts for {format}, and would replace `{file}`, which has {} \
             bytes; nothing was replaced; --allow-empty replaces it\n",
            whapi_text::grouped(before.len() as u64)
        );
        ran.check(8, &expected);
        assert_eq!(case.read(file), before, "{format}");
        assert_eq!(ran.names(), [file], "no temporary file");

        case.run(&[&args[..], &["--allow-empty"]].concat())
            .check_code(0);
        assert!(case.read(file).len() < before.len(), "{format}");
        // An empty result is no loss, so the next one needs no flag.
        case.run(&args).check_code(0);
    }
}

#[test]
fn an_empty_list_replaces_nothing_and_json_names_the_kind() {
    let (api, case) = exported("csv");
    let before = case.read("contacts.csv");
    for body in [
        r#"{"contacts":[],"total":0}"#,
        r#"{"contacts":[],"total":500}"#,
    ] {
        api.fault(Fault::new(Trigger::Always, Effect::Json(body.to_owned())));
        let ran = case.run(&["export", "-f", "csv", "--json"]);
        ran.check_code(8);
        let summary: Value = serde_json::from_str(ran.out()).unwrap();
        assert_eq!(summary["exit_code"], 8);
        assert_eq!(summary["outcome"], "failed");
        assert_eq!(summary["error"]["kind"], "protected");
        assert_eq!(summary["exports"][0]["written"], 0);
        assert_eq!(case.read("contacts.csv"), before);
    }
}

#[test]
fn one_format_that_is_protected_keeps_all() {
    let (_api, case) = exported("vcard");
    let before = case.read("contacts.vcf");
    let ran = case.run(&[
        "export",
        "-f",
        "csv,vcard",
        "--only",
        "saved",
        "--business",
        "-q",
    ]);
    ran.check_code(8);
    assert_eq!(case.read("contacts.vcf"), before);
    assert_eq!(ran.names(), ["contacts.vcf"]);
}

#[test]
fn a_split_result_is_protected() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let split = ["export", "-f", "csv", "--set", "csv.split=1", "-q"];
    case.run(&split).check_code(0);
    let names = ["contacts-001.csv", "contacts-002.csv", "contacts-003.csv"];
    let before = names.map(|name| case.read(name));
    let ran = case.run(&[&split[..], &["--name-contains", "nothing like it"]].concat());
    let expected = format!(
        "error: this run has no contacts for csv, and would replace `contacts-001.csv`, which has {} \
         bytes, and 2 other files; nothing was replaced; --allow-empty replaces it\n",
        before[0].len()
    );
    ran.check(8, &expected);
    assert_eq!(names.map(|name| case.read(name)), before);
}

#[test]
fn the_first_result_may_be_empty() {
    let api = small_api().contacts(Vec::new()).start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv,vcard,xlsx,jsonl,html", "-q"];
    case.run(&args).check(0, "");
    case.run(&args).check(0, "");
}
