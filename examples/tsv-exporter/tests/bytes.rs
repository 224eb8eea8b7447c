//! Every byte of a small export.

use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{
    BatchReport, ClassifiedContact, Error, OpenContext, OutputTarget, RunEnd, RunInfo,
};

fn contacts() -> [ClassifiedContact; 4] {
    let contact = |id| Contact::new(ContactId::parse(id).unwrap());
    let contacts = [
        contact("447700900123").with_name("Ada").with_saved(true),
        contact("447700900124@c.us")
            .with_pushname("\u{1b}[31mBo\tor\r\nBob\u{85}")
            .with_saved(false),
        contact("84958372615243@lid").with_saved(false),
        contact("odd\tid"),
    ];
    contacts.map(ClassifiedContact::new)
}

#[track_caller]
fn check(header: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.tsv");
    let ctx = OpenContext::new()
        .with_option("header", header)
        .with_target(OutputTarget::Path(path.clone()));
    let run = async {
        let mut exporter = tsv::definition().open(&ctx)?;
        exporter.begin(&RunInfo::new()).await?;
        let report = exporter.write_batch(&contacts()).await?;
        let summary = exporter.finish(&RunEnd::complete()).await?;
        Ok::<_, Error>((report, summary))
    };
    let (report, summary) = pollster::block_on(run).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    let mut expected = BatchReport::written(4);
    // A name, and an id that is also the name shown.
    expected.altered = 3;
    assert_eq!(report, expected);
    assert_eq!(summary.destination, path.display().to_string());
}

const LINES: &str = "447700900123\t+447700900123\tAda\tsaved\n\
                     447700900124@c.us\t+447700900124\t [31mBo or  Bob \tdiscovered\n\
                     84958372615243@lid\t\t84958372615243@lid\tdiscovered\n\
                     odd id\t\todd id\tunknown\n";

#[test]
fn with_a_header() {
    check("on", &format!("id\tphone\tdisplay_name\tstanding\n{LINES}"));
}

#[test]
fn without_a_header() {
    check("off", LINES);
}
