//! The exact bytes, which readers of text cannot tell: CRLF, folds, escapes.

mod common;

use common::{VERSIONS, contact, export, nasty};
use whapi_export::ClassifiedContact;
use whapi_export_vcard::VcardVersion;

#[test]
fn nasty_contacts() {
    for (case, contacts) in nasty() {
        for version in VERSIONS {
            let major = &version.as_str()[..1];
            let name = format!("{case}_v{major}.vcf");
            insta::assert_binary_snapshot!(name.as_str(), export(version, &contacts).bytes);
        }
    }
}

#[test]
fn no_contacts_are_an_empty_file() {
    for version in VERSIONS {
        let done = export(version, &[]);
        assert_eq!(done.bytes, b"");
        assert_eq!(done.report.contacts(), 0);
        assert_eq!(done.summary.warnings, [""; 0]);
    }
}

#[test]
fn dropped_controls_are_counted_and_reported() {
    let clean = contact("4915112345678").with_name("a\tb\r\nc");
    let name = contact("4915112345679").with_name("a\0b\0c");
    let both = contact("4915112345680")
        .with_name("a\u{1b}")
        .with_pushname("\u{7f}b");
    let [clean, name, both] = [clean, name, both].map(ClassifiedContact::new);
    for version in VERSIONS {
        let warnings = |contacts: &[_]| export(version, contacts).summary.warnings;
        assert_eq!(warnings(std::slice::from_ref(&clean)), [""; 0]);
        assert_eq!(
            warnings(std::slice::from_ref(&name)),
            ["Control characters were left out of 1 text."]
        );
        let all = [clean.clone(), name.clone(), both.clone()];
        assert_eq!(
            warnings(&all),
            ["Control characters were left out of 3 texts."]
        );
        assert_eq!(export(version, &all).report.altered, 3);
    }
}

#[test]
fn private_text_stays_out() {
    let contact = contact("4915112345678")
        .with_name("Ada")
        .with_about("at home alone")
        .with_profile_pic("https://example.com/small")
        .with_profile_pic_full("https://example.com/full")
        .into();
    let bytes = export(VcardVersion::V3, &[contact]).bytes;
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("home") && !text.contains("example.com"));
}
