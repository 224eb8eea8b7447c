//! Measures what a workbook of many contacts costs:
//! `cargo run --release --package whapi-export-xlsx --example xlsx_cost -- 100000`.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::time::Instant;

use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};

/// As many as the pipeline gives at a time.
const BATCH: u64 = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let contacts = match std::env::args().nth(1) {
        Some(count) => count.parse()?,
        None => 100_000,
    };
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("contacts.xlsx");
    let ctx = OpenContext::new().with_target(OutputTarget::Path(path.clone()));
    let mut exporter = whapi_export_xlsx::definition().open(&ctx)?;
    let begun = Instant::now();
    let (written, skipped) = pollster::block_on(async {
        exporter.begin(&RunInfo::new()).await?;
        let (mut written, mut skipped) = (0, 0);
        let mut first = 0;
        while first < contacts {
            let next = contacts.min(first + BATCH);
            let batch = (first..next).map(person).collect::<Result<Vec<_>, _>>()?;
            first = next;
            let report = exporter.write_batch(&batch).await?;
            written += report.written;
            skipped += report.skipped.len();
        }
        let _ = exporter.finish(&RunEnd::complete()).await?;
        Ok::<_, Box<dyn std::error::Error>>((written, skipped))
    })?;
    let took = begun.elapsed().as_secs_f64();
    let size = std::fs::metadata(&path)?.len();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{written} written, {skipped} skipped, in {took:.1} s");
    println!("{size} bytes; {}", peak.unwrap_or("memory: not known here"));
    Ok(())
}

/// A made-up contact with a country code that is not assigned; two of three are discovered.
fn person(nth: u64) -> Result<ClassifiedContact, Box<dyn std::error::Error>> {
    let contact = Contact::new(ContactId::parse(&(999_000_000_000 + nth).to_string())?);
    Ok(ClassifiedContact::new(match nth % 3 {
        0 => contact
            .with_name(format!("Person {nth} Beispiel"))
            .with_pushname(format!("person {nth}"))
            .with_saved(true),
        1 => contact
            .with_pushname(format!("person {nth}"))
            .with_saved(false),
        _ => contact.with_saved(false),
    }))
}
