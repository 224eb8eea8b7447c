//! Exporters that are programs: found by name, and run like any other.

mod faults;
mod interrupted;
pub(crate) mod script;
mod started;
mod surroundings;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Case, small_api};

/// A program that writes one id a line, in the words of a shell.
const IDS: &str = r#"#!/bin/sh
echo '{"type":"hello","v":[1],"name":"ids","summary":"one id a line","output":{"kind":"file","extension":"txt"},"needs":["id"],"options":[{"key":"order","value":"up|down","default":"up","help":"the order"}]}'
total=0 seq=0
while read -r line; do
    case $line in
    *'"type":"begin"'*)
        staging=$(printf '%s' "$line" | sed 's/.*"staging":"\([^"]*\)".*/\1/')
        echo '{"type":"ready"}';;
    *'"type":"batch"'*)
        seq=$((seq + 1))
        printf '%s' "$line" | grep -o '"id":"[^"]*"' | sed 's/"id":"//; s/"$//' > ids
        n=$(wc -l < ids)
        total=$((total + n))
        cat ids >> "$staging"
        echo "{\"type\":\"ack\",\"seq\":$seq,\"written\":$n}";;
    *'"type":"finish"'*) echo "{\"type\":\"done\",\"written\":$total}"; exit 0;;
    *) exit 0;;
    esac
done
"#;

/// A folder on PATH with a program `whapi-exporter-NAME`.
struct OnPath(TempDir);

impl OnPath {
    fn new(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let on_path = Self(folder);
        fs::write(on_path.program(name), text).unwrap();
        fs::set_permissions(on_path.program(name), fs::Permissions::from_mode(0o700)).unwrap();
        on_path
    }

    fn program(&self, name: &str) -> PathBuf {
        self.0.path().join(format!("whapi-exporter-{name}"))
    }

    fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.0.path().display())
    }

    fn case(&self) -> Case {
        Case::new().env("PATH", self.path())
    }
}

#[test]
fn a_program_on_path_is_a_format() {
    let ids = OnPath::new("ids", IDS);
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).env("PATH", ids.path());
    let ran = case.run(&["export", "-f", "ids,csv"]);
    ran.check(
        0,
        &format!(
            "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
             1 of them has no phone number\n\
             the list is complete: 1 page, 2 requests\n\
             ids: 3 contacts written to contacts.txt\n\
             ids: written by the program {}\n\
             csv: 3 contacts written to contacts.csv\n",
            ids.program("ids").display()
        ),
    );
    assert_eq!(ran.names(), ["contacts.csv", "contacts.txt"]);
    let written = b"447700900101\n447700900102\n84958372615243@lid\n";
    assert_eq!(case.read("contacts.txt"), written);
    let to_stdout = case.run(&["export", "-f", "ids", "-o", "-", "-q"]);
    assert_eq!(to_stdout.stdout, written);
}

#[test]
fn the_summary_as_json() {
    let ids = OnPath::new("ids", IDS);
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).env("PATH", ids.path());
    let ran = case.run(&["export", "-f", "ids", "--json", "-q"]);
    let summary: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    let export = &summary["exports"][0];
    assert_eq!(
        (&export["format"], &export["written"]),
        (&json!("ids"), &json!(3))
    );
    // printf '447700900101\n447700900102\n84958372615243@lid\n' | sha256sum
    assert_eq!(export["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn a_program_of_the_configuration_is_a_format() {
    let ids = OnPath::new("other", IDS);
    let config = format!(
        "[exporters.mine]\ncommand = [\"sh\", \"{}\"]\n",
        ids.program("other").display()
    );
    let case = ids.case().input("config.toml", &config);
    let ran = case.run(&[
        "export",
        "--demo",
        "-f",
        "mine",
        "--config",
        "../in/config.toml",
        "-q",
    ]);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.txt"]);
    let pinned = format!("{config}sha256 = \"{}\"\n", "0".repeat(64));
    let case = ids.case().input("config.toml", pinned);
    let ran = case.run(&[
        "export",
        "--demo",
        "-f",
        "mine",
        "--config",
        "../in/config.toml",
        "-q",
    ]);
    assert_eq!(ran.code, Some(7), "{ran}");
    assert!(
        ran.stderr
            .contains("is not the program that the configuration pins"),
        "{ran}"
    );
}

#[test]
fn built_in_formats_win_and_unknown_ones_are_named() {
    let csv = OnPath::new("csv", "#!/bin/sh\nexit 3\n");
    let ran = csv.case().run(&["export", "--demo", "-f", "csv", "-q"]);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.csv"]);
    let ran = csv.case().run(&["export", "--demo", "-f", "notion"]);
    ran.check(
        2,
        "error: unknown format `notion`; known: vcard, csv, jsonl, xlsx, html, dataset, sheets\n",
    );
}

#[test]
fn its_options_are_listed_and_checked() {
    let ids = OnPath::new("ids", IDS);
    let ran = ids.case().run(&["exporters", "ids"]);
    ran.check_code(0);
    assert_eq!(
        ran.out(),
        "ids: one id a line\n  writes contacts.txt\n  --set ids.order=up|down  the order [default: up]\n  \
         --set ids.split=COUNT|standing|country|group|channel  write several files: of at most COUNT contacts each, \
         or one for each standing, country, group or channel\n"
    );
    let ran = ids.case().run(&["exporters"]);
    let line = format!(
        "\nids: the program {}; `exporters ids` shows its options\n",
        ids.program("ids").display()
    );
    assert!(ran.out().ends_with(&line), "{ran}");
    let ran = ids
        .case()
        .run(&["export", "--demo", "-f", "ids", "--set", "order=left"]);
    ran.check(
        2,
        "error: option `order`: `left` is none of up, down (format `ids`)\n",
    );
    let ran = ids
        .case()
        .run(&["export", "--demo", "-f", "ids", "--set", "color=red"]);
    ran.check(
        2,
        "error: unknown option `ids.color`; known: ids.order, ids.split\n",
    );
}

#[test]
fn conformance_prints_a_line_for_each_rule() {
    let ids = OnPath::new("ids", IDS);
    let ran = ids.case().run(&["conformance", "--", "whapi-exporter-ids"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(
        ran.out()
            .starts_with("kept         definition_is_well_formed\n"),
        "{ran}"
    );
    assert!(ran.out().ends_with("\n31 rules kept, 0 broken\n"), "{ran}");

    let forgetful = IDS.replace(r#"\"written\":$n}"#, r#"\"written\":0}"#);
    let forgetful = OnPath::new("ids", &forgetful);
    let ran = forgetful
        .case()
        .run(&["conformance", "--", "whapi-exporter-ids"]);
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.out().contains("\nBROKEN       one_contact: "), "{ran}");
}
