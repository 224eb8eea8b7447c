//! `--dry-run` with an exporter that forecasts: it gets the contacts of a run.

use std::fs;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use whapi_cli::App;
use whapi_export::whapi_classify::{Change, NameWarning};
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Definition, Exporter, Forecast, Needs, Result,
    RunEnd, RunInfo, Summary, async_trait,
};

/// Two contacts: the pushname of the first equals the name of the second.
const CONTACTS: &str = r#"[
    {"id":"447700900101","pushname":"Ada Test","saved":false},
    {"id":"447700900102","name":"Ada Test","saved":true}
]"#;

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

struct Witness {
    seen: Seen,
    needs: Needs,
}

#[async_trait]
impl Exporter for Witness {
    fn needs(&self) -> Needs {
        self.needs
    }

    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        self.seen.add(format!(
            "{:?} expected, reasons {}, changes {}",
            run.expected_contacts, run.available.reasons, run.available.changes
        ));
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        for contact in batch {
            let change = contact.change().map(Change::as_str);
            let warnings = contact.name_warnings();
            let equal = warnings.contains(NameWarning::EqualsSavedName);
            let id = contact.id();
            self.seen
                .add(format!("{id}: {change:?}, equal name {equal}"));
        }
        Ok(BatchReport::written(batch.len()))
    }

    async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        Ok(Summary::new("the witness"))
    }

    async fn forecast(self: Box<Self>, _end: &RunEnd) -> Result<Forecast> {
        Ok(Forecast::new("the witness").with_amount("writes", 1))
    }
}

/// Runs with the exporter `witness`, and returns what it got.
fn seen(args: &[&str]) -> Vec<String> {
    seen_with(Needs::default(), args)
}

fn seen_with(needs: Needs, args: &[&str]) -> Vec<String> {
    let seen = Seen::default();
    let witness = seen.clone();
    let definition = Definition::new("witness", "what it gets", move |_| {
        Ok(Box::new(Witness {
            seen: witness.clone(),
            needs,
        }))
    });
    let definition = definition.with_capabilities(Capabilities::remote().with_forecasts());
    let app = App::new().register(definition);
    let code = app.run([&["whapi", "export", "--quiet"], args].concat());
    assert_eq!(code, 0);
    let seen = seen.0.lock().unwrap();
    seen.clone()
}

/// A folder with saved answers and an earlier export of one contact.
fn folder() -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (saved, earlier) = (path("saved.json"), path("earlier.csv"));
    fs::write(&saved, CONTACTS).unwrap();
    let header = "id,kind,phone,display_name,name,pushname,saved,standing";
    let row = "447700900102,phone,+447700900102,Ada,Ada,,true,saved";
    fs::write(&earlier, format!("{header}\r\n{row}\r\n")).unwrap();
    (folder, saved, earlier)
}

/// Checks that a dry run and a run give the exporter the same.
#[track_caller]
fn check(needs: Needs, args: &[&str], expected: &[&str]) {
    assert_eq!(seen_with(needs, args), expected);
    assert_eq!(seen_with(needs, &[args, &["--dry-run"]].concat()), expected);
}

#[test]
fn a_dry_run_compares() {
    let (_folder, saved, earlier) = folder();
    let args = ["-f", "witness", "--from", &saved, "--compare", &earlier];
    let expected = [
        "None expected, reasons false, changes true",
        r#"447700900101: Some("added"), equal name false"#,
        r#"447700900102: Some("renamed"), equal name false"#,
    ];
    check(Needs::default(), &args, &expected);
}

#[test]
fn a_dry_run_compares_names_when_an_exporter_needs_it() {
    let (_folder, saved, _) = folder();
    let args = ["-f", "witness", "--from", &saved];
    let expected = [
        "None expected, reasons false, changes false",
        "447700900101: None, equal name true",
        "447700900102: None, equal name false",
    ];
    check(Needs::default().with_equal_names(true), &args, &expected);
}

#[test]
fn a_dry_run_of_an_api_passes_on_what_a_run_will_find_out() {
    let (_folder, _, earlier) = folder();
    let args = ["-f", "witness", "--demo", "--reasons", "--dry-run"];
    let compare = ["--compare", &earlier];
    assert_eq!(
        seen(&[&args[..], &compare].concat()),
        ["Some(1317) expected, reasons true, changes true"]
    );
}
