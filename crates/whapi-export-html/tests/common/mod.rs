//! A run of the exporter.

use std::path::Path;

use whapi_export::{
    Available, ClassifiedContact, OpenContext, Options, OutputTarget, RunEnd, RunInfo, Summary,
};

/// Exports `contacts` in one batch to a file.
pub(crate) fn export_to<'a>(
    path: &Path,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    available: Available,
    contacts: &[ClassifiedContact],
    end: &RunEnd,
) -> Summary {
    let ctx = OpenContext::new()
        .with_options(options.into_iter().collect::<Options>())
        .with_target(OutputTarget::Path(path.to_owned()));
    let mut exporter = whapi_export_html::definition().open(&ctx).unwrap();
    pollster::block_on(async {
        let run = RunInfo::new().with_available(available);
        exporter.begin(&run).await.unwrap();
        let report = exporter.write_batch(contacts).await.unwrap();
        assert_eq!((report.written, report.altered), (contacts.len() as u64, 0));
        exporter.finish(end).await.unwrap()
    })
}
