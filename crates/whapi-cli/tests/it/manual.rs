//! The manual pages, read by the programs that show them.

use std::fs;
use std::process::Command;

use whapi_test_support::has_program;

use crate::support::{Case, snapshot};

const PAGES: [&str; 20] = [
    "pages/whapi-channels-list.1",
    "pages/whapi-channels.1",
    "pages/whapi-check.1",
    "pages/whapi-completions.1",
    "pages/whapi-conformance.1",
    "pages/whapi-dataset-check.1",
    "pages/whapi-dataset.1",
    "pages/whapi-emulate.1",
    "pages/whapi-export.1",
    "pages/whapi-exporters.1",
    "pages/whapi-groups.1",
    "pages/whapi-labels.1",
    "pages/whapi-login-google.1",
    "pages/whapi-login.1",
    "pages/whapi-logout-google.1",
    "pages/whapi-logout.1",
    "pages/whapi-man.1",
    "pages/whapi-stats.1",
    "pages/whapi-tap.1",
    "pages/whapi.1",
];

/// All pages, in a folder that did not exist.
fn pages() -> Case {
    let case = Case::new();
    let ran = case.run(&["man", "--dir", "new/pages"]);
    ran.check(0, "");
    let names = ran.names();
    assert_eq!(names[..2], ["new/", "new/pages/"]);
    let expected = PAGES.map(|name| format!("new/{name}"));
    assert_eq!(names[2..], expected);
    case
}

#[test]
fn mandoc_and_man_have_nothing_to_say_about_any_page() {
    let case = pages();
    for name in PAGES {
        let path = case.path("new").join(name);
        if has_program("mandoc") {
            let ran = Command::new("mandoc")
                .args(["-Tlint", "-Wwarning"])
                .arg(&path)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success() && said.is_empty(), "{said}");
        }
        if has_program("man") {
            let ran = Command::new("man")
                .args(["--warnings", "--local-file"])
                .arg(&path)
                .env("MANWIDTH", "80")
                .env("LC_ALL", "C.UTF-8")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&ran.stderr);
            assert!(ran.status.success() && said.is_empty(), "{said}");
            let shown = String::from_utf8(ran.stdout).unwrap();
            for line in shown.lines() {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
        }
    }
}

#[test]
fn every_page_has_the_sections_in_their_order() {
    let case = pages();
    for name in PAGES {
        let page = fs::read_to_string(case.path("new").join(name)).unwrap();
        let sections: Vec<_> = page
            .lines()
            .filter_map(|line| line.strip_prefix(".SH "))
            .collect();
        assert_eq!(
            sections[..4],
            ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"],
            "{name}"
        );
        let last = [
            r#""EXIT STATUS""#,
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            r#""SEE ALSO""#,
        ];
        assert!(sections.ends_with(&last), "{name}: {sections:?}");
        let title = page.lines().find(|line| line.starts_with(".TH "));
        let command = name
            .strip_prefix("pages/")
            .and_then(|name| name.strip_suffix(".1"));
        assert_eq!(
            title,
            Some(&*format!(
                ".TH {} 1 2026-11-30 \"whapi {}\" \"User Commands\"",
                command.unwrap(),
                env!("CARGO_PKG_VERSION")
            ))
        );
    }
}

#[test]
fn a_page_is_printed_by_the_name_of_its_command() {
    let case = pages();
    for (args, page) in [
        (&["man"][..], "whapi.1"),
        (&["man", "export"], "whapi-export.1"),
        (&["man", "login", "google"], "whapi-login-google.1"),
    ] {
        let written = fs::read_to_string(case.path("new/pages").join(page)).unwrap();
        let ran = Case::new().run(args);
        assert_eq!((ran.out(), ran.stderr.as_str()), (&*written, ""));
        ran.check_code(0);
    }
    let ran = Case::new().run(&["man", "login"]);
    snapshot("man_login", &ran);
}

#[test]
fn there_is_no_page_of_an_unknown_command() {
    Case::new()
        .run(&["man", "login", "gogle"])
        .check(2, "error: there is no command `login gogle`\n");
}

#[test]
fn pages_in_a_folder_that_is_a_file_are_refused() {
    let case = Case::new().old("pages");
    let ran = case.run(&["man", "--dir", "pages"]);
    ran.check(
        7,
        "error: could not create the folder `pages`: File exists (os error 17)\n",
    );
}
