//! Exit code 2: invalid arguments, refused before any request or file.

use crate::support::{Case, fails, small_api};

/// Refused without a request, however it is called.
#[track_caller]
fn refused(name: &str, args: &[&str]) {
    let api = small_api().start_blocking().unwrap();
    let full: Vec<_> = std::iter::once("export")
        .chain(args.iter().copied())
        .collect();
    fails(name, 2, Case::at(&api), &full);
    assert!(api.journal().is_empty());
}

#[test]
fn no_token() {
    fails("no_token", 2, Case::new(), &["export", "--format", "vcard"]);
}

#[test]
fn no_format() {
    refused("no_format", &[]);
    refused("no_format_for_the_ending", &["--output", "contacts.txt"]);
    refused("no_format_for_stdout", &["--output", "-"]);
}

#[test]
fn unknown_format() {
    refused("unknown_format_with_the_nearest", &["--format", "vcrad"]);
    refused(
        "unknown_format_far_from_all",
        &["--format", "vcard,parchment"],
    );
}

#[test]
fn unknown_exporter_option() {
    let args = &["--format", "vcard", "--set", "vcard.versoin=4.0"];
    refused("unknown_exporter_option", args);
    refused(
        "unknown_exporter_option_csv",
        &["--format", "csv", "--set", "delimiter=;"],
    );
}

#[test]
fn bad_set() {
    refused(
        "set_without_a_value",
        &["--format", "vcard", "--set", "version"],
    );
    refused(
        "set_with_a_bad_value",
        &["--format", "vcard", "--set", "version=5.0"],
    );
    refused(
        "set_for_a_format_not_asked_for",
        &["--format", "vcard", "--set", "csv.profile=plain"],
    );
    refused(
        "set_for_an_unknown_format",
        &["--format", "vcard", "--set", "vcad.version=3.0"],
    );
    refused(
        "set_for_one_of_several",
        &["--format", "vcard,csv", "--set", "version=3.0"],
    );
}

#[test]
fn one_output_for_several_formats() {
    refused(
        "one_output_for_several_formats",
        &["--format", "vcard,csv", "--output", "x.vcf"],
    );
}

#[test]
fn json_and_data_both_on_stdout() {
    // With --json the error is JSON, too.
    refused(
        "json_and_data_both_on_stdout",
        &["--format", "vcard", "--json", "--output", "-"],
    );
}

#[test]
fn output_and_output_dir() {
    refused(
        "output_and_output_dir",
        &["--format", "csv", "--output", "a", "--output-dir", "b"],
    );
}

#[test]
fn base_url() {
    let vcard = |url| ["--format", "vcard", "--base-url", url];
    refused("base_url_http_elsewhere", &vcard("http://api.example"));
    refused("base_url_other_scheme", &vcard("ftp://127.0.0.1"));
    refused("base_url_no_address", &vcard("gate.whapi.cloud"));
    refused(
        "base_url_with_a_password",
        &vcard("https://user:hush@api.example"),
    );
    refused(
        "base_url_with_a_query",
        &vcard("https://api.example/?token=hush"),
    );
}

#[test]
fn page_size() {
    refused("page_size_1", &["--format", "vcard", "--page-size", "1"]);
    refused(
        "page_size_501",
        &["--format", "vcard", "--page-size", "501"],
    );
}

#[test]
fn concurrency() {
    refused(
        "concurrency_0",
        &["--format", "vcard", "--concurrency", "0"],
    );
}

#[test]
fn two_sources() {
    refused(
        "demo_with_from",
        &["--format", "vcard", "--demo", "--from", "x.json"],
    );
    refused(
        "demo_with_token_file",
        &["--format", "vcard", "--demo", "--token-file", "x"],
    );
    refused(
        "demo_with_base_url",
        &["--format", "vcard", "--demo", "--base-url", "https://x"],
    );
}

#[test]
fn unknown_standing() {
    refused(
        "unknown_standing",
        &["--format", "vcard", "--only", "stranger"],
    );
}

#[test]
fn unknown_flag() {
    // There is no such flag on purpose: arguments are visible to others.
    refused(
        "no_flag_for_the_token",
        &["--format", "vcard", "--token", "hush"],
    );
    refused(
        "quiet_and_verbose",
        &["--format", "vcard", "--quiet", "--verbose"],
    );
}

#[test]
fn unknown_command() {
    fails("unknown_command", 2, Case::new(), &["exprot"]);
}

#[test]
fn saved_answers_that_cannot_be_read() {
    refused(
        "from_a_missing_file",
        &["--format", "vcard", "--from", "missing.json"],
    );
    refused("from_a_folder", &["--format", "vcard", "--from", "."]);
    let args = ["export", "--format", "vcard", "--from", "../in/saved"];
    let case = |text: &str| Case::new().input("saved", text);
    fails("from_an_empty_file", 2, case(""), &args);
    fails(
        "from_a_garbled_file",
        2,
        case("{\"contacts\":[{\"id\":\"4477"),
        &args,
    );
    let garbled = "{\"id\":\"447700900101\"}\n{\"id\":\"447700900102\"}\nnonsense\n";
    fails("from_a_garbled_line", 2, case(garbled), &args);
    fails("from_other_json", 2, case("{\"people\":[]}"), &args);
    let error = r#"{"error":{"code":401,"message":"Unauthorized"}}"#;
    fails("from_a_saved_error", 2, case(error), &args);
}
