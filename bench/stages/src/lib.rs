//! The stages of an export, each alone and in memory, for measurements: `benches/stages.rs`
//! the time, `src/bin/hot.rs` the instructions and the processor's time.

use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;
use whapi_classify::ClassifiedContact;
use whapi_export::{Definition, OpenContext, OutputTarget, RunEnd, RunInfo};
use whapi_fetch::{ContactSource, Error, PageSource, Row, SavedAnswers, Scan, ScanOptions};
use whapi_model::{Contact, Page};

mod bare_vcard;

/// Contacts to a page.
const PAGE: usize = 500;

/// Work that is ready to run once; gives a number that depends on all of it.
pub type Work = Box<dyn FnOnce() -> usize>;

/// One stage.
pub struct Stage {
    /// What it is called on the command line and in tables.
    pub name: &'static str,
    prepare: Box<dyn Fn() -> Work>,
}

impl Stage {
    fn new(name: &'static str, prepare: impl Fn() -> Work + 'static) -> Self {
        Self {
            name,
            prepare: Box::new(prepare),
        }
    }

    /// Everything but the stage itself.
    pub fn prepare(&self) -> Work {
        (self.prepare)()
    }
}

/// All stages over the contacts in these answers, and how many contacts those are.
pub fn stages(answers: &[u8]) -> (Vec<Stage>, usize) {
    let answers: Arc<[u8]> = answers.into();
    let contacts: Arc<[Contact]> = block_on(read_all(saved(&answers))).into();
    let batches: Arc<[Vec<ClassifiedContact>]> = contacts
        .chunks(PAGE)
        .map(|page| page.iter().cloned().map(ClassifiedContact::new).collect())
        .collect();
    let count = contacts.len();

    let parse = Stage::new("parse", move || {
        let source = saved(&answers);
        Box::new(move || block_on(read_all(source)).len())
    });
    let for_classify = Arc::clone(&contacts);
    let classify = Stage::new("classify", move || {
        let contacts = for_classify.to_vec();
        Box::new(move || {
            let classified = contacts.into_iter().map(ClassifiedContact::new);
            black_box(classified.collect::<Vec<_>>()).len()
        })
    });
    let scan = Stage::new("scan", move || {
        let scan = Scan::new(Still(Arc::clone(&contacts)), ScanOptions::default());
        Box::new(move || block_on(scan_all(scan)))
    });
    let format = |name, definition: fn() -> Definition, option| {
        let batches = Arc::clone(&batches);
        Stage::new(name, move || {
            let batches = Arc::clone(&batches);
            let export = Export::begin(&definition(), option);
            Box::new(move || export.run(&batches))
        })
    };
    let html = format("html", whapi_export_html::definition, None);
    let csv = format("csv", whapi_export_csv::definition, None);
    let vcard3 = format("vcard-3.0", whapi_export_vcard::definition, None);
    let version = Some(("version", "4.0"));
    let vcard4 = format("vcard-4.0", whapi_export_vcard::definition, version);
    let bare = Stage::new("vcard-crate-alone", move || {
        let cards = batches.concat();
        Box::new(move || bare_vcard::write_all(&cards))
    });
    let stages = vec![parse, classify, scan, csv, html, vcard3, vcard4, bare];
    (stages, count)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without drivers")
        .block_on(work)
}

fn saved(answers: &Arc<[u8]>) -> SavedAnswers {
    SavedAnswers::from_reader(Cursor::new(Arc::clone(answers)), "the bench")
}

async fn read_all(mut source: SavedAnswers) -> Vec<Contact> {
    let mut contacts = Vec::new();
    while let Some(batch) = source.next_batch().await.expect("good answers") {
        contacts.extend(batch);
    }
    contacts
}

/// A list that does not move, without a network.
struct Still(Arc<[Contact]>);

#[async_trait]
impl PageSource for Still {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        let place = |offset: u64| {
            usize::try_from(offset).map_or(self.0.len(), |place| place.min(self.0.len()))
        };
        let rows = &self.0[place(offset)..place(offset + u64::from(count))];
        let rows = rows.iter().cloned().map(Some).collect();
        Ok(Page::new(offset, rows).with_total(Some(self.0.len() as u64)))
    }
}

async fn scan_all(mut scan: Scan<Still>) -> usize {
    let mut seen = 0;
    while let Some(batch) = scan.next_batch().await.expect("a list that does not fail") {
        seen += batch.len();
    }
    seen
}

/// An exporter that has begun.
struct Export {
    exporter: Box<dyn whapi_export::Exporter>,
    /// Removes the file.
    _folder: TempDir,
}

impl Export {
    fn begin(definition: &Definition, option: Option<(&str, &str)>) -> Self {
        // In memory where there is such a folder: what a disk takes is not ours to measure.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let folder = folder.expect("a folder for the output");
        let target = OutputTarget::Path(folder.path().join("contacts"));
        let mut ctx = OpenContext::new().with_target(target).with_checksum(false);
        if let Some((key, value)) = option {
            ctx = ctx.with_option(key, value);
        }
        let mut exporter = definition.open(&ctx).expect("good options");
        pollster::block_on(exporter.begin(&RunInfo::new())).expect("a folder to write to");
        Self {
            exporter,
            _folder: folder,
        }
    }

    fn run(mut self, batches: &[Vec<ClassifiedContact>]) -> usize {
        pollster::block_on(async {
            for batch in batches {
                let report = self.exporter.write_batch(batch).await;
                let _ = black_box(report.expect("room for the output"));
            }
            let summary = self.exporter.finish(&RunEnd::complete()).await;
            summary.expect("a complete file").destination.len()
        })
    }
}
