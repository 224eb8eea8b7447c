//! Measures what a page of many contacts costs: its size, the time and memory to write it, and how long
//! Chromium takes to open it and to show the result of a search.
//! `cargo run --release --package whapi-export-html --example html_cost -- 10000 [FILE]`.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use whapi_export::conformance::all_available;
use whapi_export::whapi_classify::ReasonIndex;
use whapi_export::whapi_model::{
    Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank,
};
use whapi_export::{ClassifiedContact, OpenContext, OutputTarget, RunEnd, RunInfo};
use whapi_test_support::Browser;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// As many as the pipeline gives at a time.
const BATCH: u64 = 500;
/// Ranges that France and Australia set aside for fiction, without the last four digits.
const RANGES: [u64; 10] = [
    3_319_900, 3_326_191, 3_335_301, 3_346_571, 3_353_649, 3_363_998, 6_125_550, 6_137_010,
    6_177_010, 6_187_010,
];
const NAMES: [&str; 10] = [
    "Zoë", "Ada", "Şebnem", "Иван", "Bruno", "שרה", "Chloé", "李", "Fatima", "Øyvind",
];

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let contacts = args.next().map_or(Ok(10_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let file = args.next().map(PathBuf::from);
    let file = file.unwrap_or_else(|| folder.path().join("contacts.html"));
    let begun = Instant::now();
    write(&file, contacts)?;
    let took = begun.elapsed().as_secs_f64();
    let size = std::fs::metadata(&file)?.len();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{contacts} contacts written in {took:.2} s");
    println!("{size} bytes; {}", peak.unwrap_or("memory: not known here"));
    if let Some(browser) = Browser::start(1280, 900) {
        open(&browser, &file.canonicalize()?);
    }
    Ok(())
}

/// Times are medians of five.
fn open(browser: &Browser, file: &Path) {
    let mut opened: Vec<_> = (0..5)
        .map(|_| {
            browser.open(file);
            let painted = browser.run_async(
                "const done = arguments[arguments.length - 1];
                 requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))",
            );
            painted.as_f64().unwrap_or(f64::NAN)
        })
        .collect();
    opened.sort_by(f64::total_cmp);
    println!("Chromium opens it in {:.0} ms", opened[2]);
    let searched = browser.run(
        "const query = document.getElementById('query');
         const times = ['a', 'ad', 'ada', '49', ''].map((text) => {
           query.value = text;
           const begun = performance.now();
           update();
           list.getBoundingClientRect();
           return Math.round(performance.now() - begun);
         });
         return times.join(', ')",
    );
    println!("five searches take {} ms", searched.as_str().unwrap_or("?"));
    let scrolled = browser.run_async(
        "const done = arguments[arguments.length - 1];
         const times = [];
         let last = performance.now();
         const step = (now) => {
           times.push(now - last);
           last = now;
           list.scrollTop += 997;
           if (times.length < 300) requestAnimationFrame(step);
           else done(times.sort((one, other) => one - other)[296].toFixed(1));
         };
         requestAnimationFrame(step)",
    );
    let scrolled = scrolled.as_str().unwrap_or("?");
    println!("99 of 100 frames of a fast scroll take at most {scrolled} ms");
}

fn write(file: &Path, contacts: u64) -> Result<()> {
    let ctx = OpenContext::new().with_target(OutputTarget::Path(file.to_owned()));
    let mut exporter = whapi_export_html::definition().open(&ctx)?;
    pollster::block_on(async {
        let run = RunInfo::new().with_available(all_available());
        exporter.begin(&run).await?;
        let mut first = 0;
        while first < contacts {
            let next = contacts.min(first + BATCH);
            let batch = (first..next).map(person).collect::<Result<Vec<_>>>()?;
            first = next;
            let _ = exporter.write_batch(&batch).await?;
        }
        let _ = exporter.finish(&RunEnd::complete()).await?;
        Ok(())
    })
}

/// A made-up contact; one of three is saved, half are in one of 200 groups, a third have a chat.
fn person(nth: u64) -> Result<ClassifiedContact> {
    // The numbers come again after 100,000 contacts.
    let range = RANGES[usize::try_from(nth % 10)?];
    let id = ContactId::parse(&format!("{range}{:04}", nth / 10 % 10_000))?;
    let name = format!("{} Beispiel {nth}", NAMES[usize::try_from(nth % 10)?]);
    let contact = Contact::new(id.clone()).with_saved(nth.is_multiple_of(3));
    let contact = match nth % 3 {
        0 => contact
            .with_name(name)
            .with_pushname(format!("person {nth}")),
        1 => contact
            .with_pushname(name)
            .with_is_business(nth.is_multiple_of(2)),
        _ => contact,
    };
    let mut index = ReasonIndex::new();
    if nth.is_multiple_of(2) {
        let number = nth % 200;
        let mut group = Group::new(ContactId::parse(&format!(
            "12036300000000{number:04}@g.us"
        ))?);
        group.name = Some(format!("Group {number}"));
        group.participants = vec![Participant::new(id.clone(), Rank::Member)];
        index = index.with_groups([group]);
    }
    if nth % 3 == 1 {
        let mut chat = Chat::new(id, ChatKind::Contact);
        chat.last_activity = Some(1_763_830_980 - i64::try_from(nth)? * 3_600);
        chat.labels = vec![Label::new("1", "New customer")];
        index = index.with_chats([chat]);
    }
    let reasons = index.reasons_of(&contact, None);
    Ok(ClassifiedContact::new(contact).with_reasons(reasons))
}
