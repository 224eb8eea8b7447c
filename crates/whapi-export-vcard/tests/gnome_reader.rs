//! Every card of both versions read back by the library of GNOME's contacts (evolution-data-server,
//! Debian's `gir1.2-ebookcontacts-1.2` and `python3-gi`), where it is installed.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{VERSIONS, everybody, expected, export};
use serde_json::{Value, json};
use whapi_export_vcard::VcardVersion;

const SCRIPT: &str = include_str!("gnome_reader.py");

/// The system's Python: the library comes from the system, too, and other Pythons do not see it.
const PYTHON: &str = "/usr/bin/python3";

fn is_installed() -> bool {
    Command::new(PYTHON)
        .args([
            "-c",
            "import gi; gi.require_version('EBookContacts', '1.2')",
        ])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn gnome_reads(file: &[u8]) -> Vec<Value> {
    let mut child = Command::new(PYTHON)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The script reads everything before it writes anything.
    child.stdin.take().unwrap().write_all(file).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "GNOME's library failed");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn nasty_contacts_read_back() {
    if !is_installed() {
        // Past the test harness, which would swallow it.
        writeln!(
            std::io::stderr(),
            "SKIPPED: {PYTHON} does not find GNOME's EBookContacts"
        )
        .unwrap();
        return;
    }
    for version in VERSIONS {
        for (case, contacts) in everybody() {
            let found = gnome_reads(&export(version, &contacts).bytes);
            let wanted: Vec<_> = contacts
                .iter()
                .map(|contact| {
                    let expected = expected(contact);
                    let number = match version {
                        VcardVersion::V3 => "3.0",
                        _ => "4.0",
                    };
                    let mut wanted = json!({
                        // What the list of contacts shows: ends are trimmed, nothing else.
                        "shown": expected.name.trim_matches(|c: char| c.is_ascii_whitespace()),
                        "VERSION": [[number]],
                        "FN": [[expected.name]],
                        "N": [["", expected.given_name, "", "", ""]],
                        "CATEGORIES": [expected.categories],
                        "NOTE": [[expected.note]],
                        "PRODID": [["-//whapi-export//EN"]],
                        "UID": [[expected.uid]],
                    });
                    if let [phone] = &*expected.phones {
                        wanted["TEL"] = json!([[phone]]);
                    }
                    wanted
                })
                .collect();
            assert_eq!(found, wanted, "{case}");
        }
    }
}
