//! Every card of both versions read back by the library of GNOME's contacts (evolution-data-server,
//! Debian's `gir1.2-ebookcontacts-1.2` and `python3-gi`), where it is installed.

mod common;

use common::{VERSIONS, all_contacts, expected, export};
use serde_json::{Value, json};
use whapi_export_vcard::VcardVersion;
use whapi_test_support::Python;

const SCRIPT: &str = include_str!("gnome_reader.py");

#[test]
fn nasty_contacts_read_back() {
    let Some(python) = Python::of_system("import gi; gi.require_version('EBookContacts', '1.2')")
    else {
        return;
    };
    for version in VERSIONS {
        for (case, contacts) in all_contacts() {
            let found: Vec<Value> = python.read(SCRIPT, &export(version, &contacts).bytes);
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
