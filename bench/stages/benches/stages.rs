//! Each stage of an export alone, over 10,000 made-up contacts in memory.

use std::hint::black_box;
use std::io::Cursor;

use async_trait::async_trait;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use whapi_classify::ClassifiedContact;
use whapi_emulator::{Emulator, people};
use whapi_export::{Definition, OpenContext, OutputTarget, RunEnd, RunInfo};
use whapi_fetch::{ContactSource, Error, PageSource, Row, SavedAnswers, Scan, ScanOptions};
use whapi_model::{Contact, Page};

const CONTACTS: usize = 10_000;
const PAGE: usize = 500;

/// The answers to a plain reading, one to a line.
fn answers() -> Vec<u8> {
    let people = people::made_up(CONTACTS, people::DEFAULT_SEED);
    let pages = (0..CONTACTS).step_by(PAGE);
    let lines: Vec<_> = pages
        .map(|offset| Emulator::answer(&people, offset, PAGE) + "\n")
        .collect();
    lines.concat().into_bytes()
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

async fn read_all(source: &mut dyn ContactSource) -> Vec<Contact> {
    let mut contacts = Vec::new();
    while let Some(batch) = source.next_batch().await.unwrap() {
        contacts.extend(batch);
    }
    contacts
}

fn contacts() -> Vec<Contact> {
    let mut saved = SavedAnswers::from_reader(Cursor::new(answers()), "the bench");
    block_on(read_all(&mut saved))
}

/// A list that does not move, without a network.
struct Still(Vec<Contact>);

#[async_trait]
impl PageSource for Still {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        let start = usize::try_from(offset).unwrap().min(self.0.len());
        let end = (start + count as usize).min(self.0.len());
        let rows = self.0[start..end].iter().cloned().map(Some).collect();
        Ok(Page::new(offset, rows).with_total(Some(self.0.len() as u64)))
    }
}

fn export(definition: &Definition, ctx: OpenContext, batches: &[Vec<ClassifiedContact>]) {
    pollster::block_on(async {
        let mut exporter = definition.open(&ctx).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        for batch in batches {
            let _ = black_box(exporter.write_batch(batch).await.unwrap());
        }
        let _ = black_box(exporter.finish(&RunEnd::complete()).await.unwrap());
    });
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("10,000 contacts");
    group.throughput(Throughput::Elements(CONTACTS as u64));

    let answers = answers();
    group.bench_function("parse and deduplicate", |bench| {
        bench.iter_batched(
            || SavedAnswers::from_reader(Cursor::new(answers.clone()), "the bench"),
            |mut saved| block_on(read_all(&mut saved)).len(),
            BatchSize::LargeInput,
        );
    });

    let contacts = contacts();
    group.bench_function("classify", |bench| {
        bench.iter_batched(
            || contacts.clone(),
            |contacts| {
                contacts
                    .into_iter()
                    .map(ClassifiedContact::new)
                    .collect::<Vec<_>>()
            },
            BatchSize::LargeInput,
        );
    });

    group.bench_function("scan", |bench| {
        bench.iter_batched(
            || Scan::new(Still(contacts.clone()), ScanOptions::default()),
            |mut scan| {
                block_on(async {
                    let mut seen = 0;
                    while let Some(batch) = scan.next_batch().await.unwrap() {
                        seen += batch.len();
                    }
                    seen
                })
            },
            BatchSize::LargeInput,
        );
    });

    let classified: Vec<_> = contacts.into_iter().map(ClassifiedContact::new).collect();
    let batches: Vec<_> = classified.chunks(PAGE).map(<[_]>::to_vec).collect();
    // In memory where there is such a folder: what a disk takes to flush is not ours to measure.
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.unwrap();
    let target = OutputTarget::Path(folder.path().join("contacts"));
    let formats = [
        ("csv", whapi_export_csv::definition(), None),
        ("vcard 3.0", whapi_export_vcard::definition(), None),
        (
            "vcard 4.0",
            whapi_export_vcard::definition(),
            Some(("version", "4.0")),
        ),
    ];
    for (name, definition, option) in formats {
        let ctx = || {
            let ctx = OpenContext::new().with_target(target.clone());
            match option {
                Some((key, value)) => ctx.with_option(key, value),
                None => ctx,
            }
        };
        group.bench_function(name, |bench| {
            bench.iter(|| export(&definition, ctx(), &batches));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = stages
}
criterion_main!(benches);
