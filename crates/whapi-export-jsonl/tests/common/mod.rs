//! Contacts of which a run knows everything, and a run of the exporter.

use whapi_export::conformance::{known_contacts, nasty_contacts, sample_contacts};
use whapi_export::{
    Available, BatchReport, ClassifiedContact, OpenContext, Options, OutputTarget, RunEnd, RunInfo,
    Summary,
};

/// Every option that adds keys.
pub(crate) const EVERYTHING: [(&str, &str); 3] =
    [("phone", "on"), ("about", "on"), ("pictures", "on")];

/// Exports `contacts` in one batch: the bytes, and what the exporter says about them.
pub(crate) fn export<'a>(
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    available: Available,
    contacts: &[ClassifiedContact],
) -> (String, BatchReport, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.jsonl");
    let ctx = OpenContext::new()
        .with_options(options.into_iter().collect::<Options>())
        .with_target(OutputTarget::Path(path.clone()));
    let mut exporter = whapi_export_jsonl::definition().open(&ctx).unwrap();
    pollster::block_on(async {
        let info = RunInfo::new().with_available(available);
        exporter.begin(&info).await.unwrap();
        let report = exporter.write_batch(contacts).await.unwrap();
        let summary = exporter.finish(&RunEnd::complete()).await.unwrap();
        (std::fs::read_to_string(&path).unwrap(), report, summary)
    })
}

/// Ordinary and nasty contacts, and some of whom everything is known.
pub(crate) fn all_contacts() -> Vec<ClassifiedContact> {
    [sample_contacts(), nasty_contacts(), known_contacts()].concat()
}
