//! Tests of the exporter against a stand-in for the Sheets API.

mod answers;
mod columns;
mod conformance;
mod create;
mod credentials;
mod delivery;
mod faults;
mod forecast;
mod meanwhile;
mod scope;
mod sign_in;
mod size;
mod standin;
mod tls;
mod upsert;

use std::sync::Arc;

use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{ClassifiedContact, Definition, OpenContext, Result, RunEnd, RunInfo, Summary};
use whapi_http::VirtualClock;

use crate::columns::ColumnSet;
use crate::columns::tests::plain;
use crate::exporter::build_definition;
use crate::plan::MAX_BYTES;
use crate::rows::Rows;
use standin::{ID, Kind, Sheet, StandIn, TOKEN};

/// A stand-in and an exporter for it, with the same virtual clock.
struct Rig {
    standin: StandIn,
    definition: Definition,
    token: tempfile::NamedTempFile,
    runtime: tokio::runtime::Runtime,
}

impl Rig {
    fn new() -> Self {
        Self::limited_to(MAX_BYTES)
    }

    /// Limits the size of requests, so that few contacts need several parts.
    fn limited_to(max_bytes: usize) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let token = tempfile::NamedTempFile::new().unwrap();
        // Editors and shells append a newline.
        std::fs::write(token.path(), format!("{TOKEN}\n")).unwrap();
        Self {
            definition: build_definition(Arc::<VirtualClock>::clone(&clock), max_bytes, None),
            standin: StandIn::start(clock),
            token,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    fn ctx(&self) -> OpenContext {
        OpenContext::new()
            .with_option("spreadsheet", ID)
            .with_option("endpoint", self.standin.endpoint())
            .with_option("token_file", self.token.path().to_str().unwrap())
    }

    fn try_run(
        &self,
        ctx: &OpenContext,
        contacts: &[ClassifiedContact],
        end: &RunEnd,
    ) -> Result<Summary> {
        self.runtime.block_on(async {
            let mut exporter = self.definition.open(ctx)?;
            exporter.begin(&RunInfo::new()).await?;
            for batch in contacts.chunks(500) {
                let report = exporter.write_batch(batch).await?;
                assert_eq!(report.contacts(), batch.len() as u64);
            }
            exporter.finish(end).await
        })
    }

    #[track_caller]
    fn run(&self, contacts: &[ClassifiedContact]) {
        let _ = self.summary(contacts);
    }

    #[track_caller]
    fn summary(&self, contacts: &[ClassifiedContact]) -> Summary {
        self.try_run(&self.ctx(), contacts, &RunEnd::complete())
            .unwrap()
    }

    #[track_caller]
    fn upsert(&self, contacts: &[ClassifiedContact]) {
        self.run_in(
            &self.ctx().with_option("mode", "upsert"),
            contacts,
            &RunEnd::complete(),
        );
    }

    #[track_caller]
    fn run_in(&self, ctx: &OpenContext, contacts: &[ClassifiedContact], end: &RunEnd) {
        let _ = self.try_run(ctx, contacts, end).unwrap();
    }

    fn contacts_tab(&self) -> Sheet {
        self.standin.sheet("Contacts").unwrap()
    }

    /// Checks that the tab has exactly these contacts, and that there is no staging tab.
    #[track_caller]
    fn holds(&self, contacts: &[ClassifiedContact]) {
        assert_eq!(self.contacts_tab().texts(), expected(contacts));
        self.no_staging();
    }

    #[track_caller]
    fn no_staging(&self) {
        let titles = self.standin.titles();
        assert!(
            titles.iter().all(|title| !title.starts_with("whapi-")),
            "{titles:?}"
        );
    }

    fn writes(&self) -> usize {
        self.standin.count(Kind::Write)
    }
}

/// The expected texts of the plain columns.
fn expected(contacts: &[ClassifiedContact]) -> Vec<Vec<String>> {
    expected_in(&plain(), contacts)
}

/// The expected texts: the header and a row per contact, without empty cells at a row's end.
fn expected_in(columns: &Arc<ColumnSet>, contacts: &[ClassifiedContact]) -> Vec<Vec<String>> {
    let mut rows = Rows::new(columns);
    for contact in contacts {
        rows.push(contact);
    }
    let mut texts = vec![columns.names().map(str::to_owned).collect()];
    texts.extend((0..rows.len()).map(|row| {
        let mut cells: Vec<_> = rows.row(row).map(str::to_owned).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        cells
    }));
    texts
}

fn contact(id: &str) -> Contact {
    Contact::new(ContactId::parse(id).unwrap())
}

/// Sample contacts: a third is saved, and a third has no phone number.
fn people(count: usize) -> Vec<ClassifiedContact> {
    let person = |nth: usize| {
        let person = match nth % 3 {
            0 => contact(&format!("{}", 447_700_900_000_u64 + nth as u64))
                .with_name(format!("Person Number {nth}"))
                .with_saved(true),
            1 => contact(&format!("{}", 491_511_000_000_u64 + nth as u64))
                .with_pushname(format!("push {nth}"))
                .with_saved(false),
            _ => contact(&format!("{}@lid", 84_958_372_000_000_u64 + nth as u64))
                .with_pushname(format!("hidden {nth}"))
                .with_is_business(nth.is_multiple_of(2))
                .with_saved(false),
        };
        ClassifiedContact::new(person)
    };
    (0..count).map(person).collect()
}

fn renamed(contact: &ClassifiedContact, name: &str) -> ClassifiedContact {
    ClassifiedContact::new(contact.contact().clone().with_name(name))
}

fn incomplete() -> RunEnd {
    RunEnd::incomplete(vec!["the list kept moving".to_owned()])
}

/// Serves the stand-in for other programs, on the port that `STANDIN_PORT` names:
/// `STANDIN_PORT=8099 cargo test -p whapi-export-sheets tests::serve -- --ignored --nocapture`.
/// Without the variable it does nothing, so that a run of all ignored tests ends.
#[test]
#[ignore = "serves until it is stopped, if STANDIN_PORT names a port"]
#[expect(clippy::print_stdout, reason = "prints the address")]
fn serve() {
    let Ok(port) = std::env::var("STANDIN_PORT") else {
        return;
    };
    let port = port.parse().unwrap();
    let clock = Arc::new(VirtualClock::new());
    let standin = StandIn::start_on(port, Arc::clone(&clock));
    standin.without_history();
    println!(
        "endpoint {} spreadsheet {ID} token {TOKEN}",
        standin.endpoint()
    );
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
        clock.advance(std::time::Duration::from_secs(1));
        let journal = standin.journal();
        let of = |kind| journal.iter().filter(|entry| entry.kind == kind).count();
        println!("reads {} writes {}", of(Kind::Read), of(Kind::Write));
    }
}
