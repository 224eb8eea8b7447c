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
    refused("no_format_without_an_ending", &["--output", "contacts"]);
    refused("no_format_for_stdout", &["--output", "-"]);
}

#[test]
fn unknown_format() {
    refused("unknown_format_with_the_nearest", &["--format", "vcrad"]);
    // As short a name as `vcf`, from which two of three letters differ.
    refused("unknown_format_pdf", &["--format", "pdf"]);
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
    refused("unknown_flag_with_the_nearest", &["--fromat", "csv"]);
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

/// Every value from a fixed set is taken in any letter case; only countries and formats were so far.
#[test]
fn letter_case_does_not_matter() {
    let api = small_api().start_blocking().unwrap();
    let lower = [
        "export",
        "-f",
        "csv",
        "-o",
        "-",
        "-q",
        "--only",
        "saved",
        "--kind",
        "phone",
        "--country",
        "gb",
        "--reason",
        "unexplained",
        "--standing-by",
        "saved",
        "--nameless",
        "last-four",
        "--name-order",
        "pushname,name",
        "--set",
        "csv.profile=google",
        "--set",
        "csv.encoding=utf-16le",
    ];
    let upper = [
        "export",
        "-f",
        "CSV",
        "-o",
        "-",
        "-q",
        "--only",
        "SAVED",
        "--kind",
        "Phone",
        "--country",
        "GB",
        "--reason",
        "Unexplained",
        "--standing-by",
        "Saved",
        "--nameless",
        "Last-Four",
        "--name-order",
        "PUSHNAME,Name",
        "--set",
        "Csv.PROFILE=Google",
        "--set",
        "csv.Encoding=UTF-16LE",
    ];
    let (lower, upper) = (Case::at(&api).run(&lower), Case::at(&api).run(&upper));
    lower.check_code(0);
    assert_eq!(lower.stderr, "");
    assert_eq!(upper.stdout, lower.stdout);
    assert_eq!(&lower.stdout[..2], b"\xff\xfe", "{lower}");
    assert!(lower.stdout.len() > 500, "{lower}");
}

/// A value is taken as it was written where the set is open.
#[test]
fn letter_case_matters_in_titles_and_names() {
    let api = small_api().start_blocking().unwrap();
    let args = ["--format", "csv", "--set", "csv.columns=ID"];
    refused("columns_in_capitals", &args);
    let shown = Case::at(&api).run(&[
        "export",
        "-f",
        "csv",
        "-o",
        "-",
        "-q",
        "--name-prefix",
        "ALL ",
    ]);
    assert_eq!(
        shown.out().lines().nth(1),
        Some("447700900101,phone,+447700900101,ALL Ada Test,Ada Test,,true,saved,true,true,false,")
    );
}

/// What the program prints with colours, as where there is a terminal.
fn coloured(args: &[&str], variables: &[(&str, &str)]) -> String {
    let case = Case::new();
    let mut command = case.command(args);
    let ran = command.envs(variables.iter().copied()).output().unwrap();
    assert_eq!(ran.status.code(), Some(2), "{ran:?}");
    String::from_utf8(ran.stderr).unwrap()
}

#[test]
fn our_errors_have_the_colours_of_those_of_the_arguments() {
    let forced = [("CLICOLOR_FORCE", "1")];
    let first = |args: &[&str], variables: &[(&str, &str)]| {
        let text = coloured(args, variables);
        text.lines().next().unwrap().to_owned()
    };
    let label = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m ";
    let ours = ["export", "-f", "pdf"];
    let of_clap = ["export", "--foo"];
    assert_eq!(
        first(&ours, &forced),
        format!(
            "{label}unknown format `pdf`; known: vcard, csv, jsonl, xlsx, html, dataset, sheets"
        )
    );
    assert_eq!(
        first(&of_clap, &forced),
        format!("{label}unexpected argument '\u{1b}[33m--foo\u{1b}[0m' found")
    );
    for variables in [
        &[][..],
        &[("CLICOLOR_FORCE", "")],
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
        &[("TERM", "xterm-256color")],
    ] {
        for args in [ours, ["export", "--foo", "-q"]] {
            let text = coloured(&args, variables);
            assert!(text.starts_with("error: "), "{variables:?}: {text}");
            assert!(!text.contains('\u{1b}'), "{variables:?}: {text}");
        }
    }
}

#[test]
fn warnings_are_yellow() {
    let api = small_api().total(whapi_emulator::TotalMode::Off(1));
    let api = api.start_blocking().unwrap();
    let case = Case::at(&api);
    let mut command = case.command(&["export", "-f", "csv", "-q"]);
    let ran = command.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert_eq!(
        String::from_utf8(ran.stderr).unwrap(),
        "\u{1b}[1m\u{1b}[33mwarning:\u{1b}[0m contacts may be missing: the Whapi API says that there \
         are 4 contacts but lists 1 fewer\n"
    );
}
