//! Every recorded conversation is one that this host has.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use whapi_export::{
    Available, ClassifiedContact, Definition, ErrorKind, Exporter, OpenContext, OutputTarget,
    Result, RunEnd, RunInfo,
};
use whapi_export_jsonl::read_contact;
use whapi_export_program::ProgramCommand;

use crate::support::{built, definition, names, runtime};

/// A recording: its header and its lines.
struct Recording {
    path: PathBuf,
    header: Value,
    lines: Vec<Value>,
}

impl Recording {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let header = lines.next().unwrap();
        let lines = lines.collect();
        Self {
            path,
            header,
            lines,
        }
    }

    fn host_messages(&self) -> impl Iterator<Item = &Value> {
        let lines = self.lines.iter().filter(|line| line["from"] == "host");
        lines.map(|line| &line["message"])
    }

    /// The last message of the program of this type.
    fn program_message(&self, kind: &str) -> Option<&Value> {
        let mut lines = self.lines.iter().rev();
        let line = lines.find(|line| line["from"] == "program" && line["message"]["type"] == kind);
        line.map(|line| &line["message"])
    }
}

/// What the recorded run ended with.
enum Ended {
    Described,
    Aborted,
    Forecast,
    Finished(String),
}

/// Plays the host.
async fn host(recording: &Recording, definition: &Definition, target: &Path) -> Result<Ended> {
    let mut messages = recording.host_messages();
    let Some(begin) = messages.next().filter(|message| message["type"] == "begin") else {
        return Ok(Ended::Described);
    };
    let mut ctx = OpenContext::new();
    if !definition.capabilities().remote {
        ctx = ctx.with_target(OutputTarget::Path(target.to_owned()));
    }
    for (key, value) in begin["options"].as_object().unwrap() {
        ctx = ctx.with_option(key, value.as_str().unwrap());
    }
    let facts = &begin["run"]["facts"];
    let mut available = Available::default();
    available.reasons = facts["reasons"] == true;
    available.lid_links = facts["links"] == true;
    available.changes = facts["changes"] == true;
    available.channels = facts["channels"] == true;
    let is_dry = begin["dry_run"] == true;
    let run = RunInfo::new()
        .with_available(available)
        .with_dry_run(is_dry);
    let mut exporter: Box<dyn Exporter> = definition.open(&ctx)?;
    exporter.begin(&run).await?;
    for message in messages {
        match message["type"].as_str() {
            Some("batch") => {
                let contacts = message["contacts"].as_array().unwrap().iter();
                let contacts = contacts.map(|record| read_contact(record.to_string().as_bytes()));
                let contacts: Vec<ClassifiedContact> = contacts.collect::<Result<_>>()?;
                if let Err(error) = exporter.write_batch(&contacts).await.map(drop) {
                    exporter.abort().await?;
                    return Err(error);
                }
            }
            Some("abort") => {
                exporter.abort().await?;
                return Ok(Ended::Aborted);
            }
            Some("finish") => {
                let reasons = message["reasons"].as_array().unwrap().iter();
                let reasons = reasons.map(|reason| reason.as_str().unwrap().to_owned());
                let end = if message["complete"] == true {
                    RunEnd::complete()
                } else {
                    RunEnd::incomplete(reasons.collect())
                };
                if is_dry {
                    let _ = exporter.forecast(&end).await?;
                    return Ok(Ended::Forecast);
                }
                let summary = exporter.finish(&end).await?;
                return Ok(Ended::Finished(summary.destination));
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("{} has no end", recording.path.display())
}

fn replay(recording: &Recording) {
    let folder = tempfile::tempdir().unwrap();
    let (report, out) = (folder.path().join("report"), folder.path().join("out"));
    fs::create_dir(&out).unwrap();
    let target = out.join("contacts");
    let command = ProgramCommand::new(built("replay")).with_args([&recording.path, &report]);
    let name = recording.path.display();
    let ended = runtime().block_on(async {
        let definition = definition(command).await?;
        host(recording, &definition, &target).await
    });
    if let Ok(difference) = fs::read_to_string(&report) {
        panic!("{name}: {difference}");
    }
    let staged = &recording.header["staged"];
    match ended {
        Ok(Ended::Described | Ended::Aborted | Ended::Forecast) => {
            assert_eq!(names(&out), [""; 0], "{name}");
        }
        Ok(Ended::Finished(destination)) => match staged {
            Value::String(text) => {
                assert_eq!(fs::read_to_string(&target).unwrap(), *text, "{name}");
            }
            Value::Object(files) => {
                for (file, text) in files {
                    let written = fs::read_to_string(target.join(file)).unwrap();
                    assert_eq!(Some(&*written), text.as_str(), "{name}");
                }
            }
            _ => {
                let done = recording.program_message("done").unwrap();
                if let Some(said) = done["destination"].as_str() {
                    assert_eq!(destination, said, "{name}");
                }
            }
        },
        Err(error) => {
            let failure = recording.program_message("error");
            let failure = failure.unwrap_or_else(|| panic!("{name}: {error}"));
            let kind = match failure["kind"].as_str() {
                Some("options") => ErrorKind::Config,
                Some("auth") => ErrorKind::Auth,
                Some("destination") => ErrorKind::Destination,
                Some("quota") => ErrorKind::RateLimited,
                Some("unsupported") => ErrorKind::Unsupported,
                _ => ErrorKind::Program,
            };
            assert_eq!(error.kind(), kind, "{name}: {error}");
            let message = failure["message"].as_str().unwrap();
            assert!(
                error.to_string().ends_with(&format!("reports: {message}")),
                "{name}: {error}"
            );
            assert_eq!(names(&out), [""; 0], "{name}");
        }
    }
}

#[test]
fn every_recorded_conversation() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations/v1");
    let mut count = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path().canonicalize().unwrap();
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        let recording = Recording::read(path);
        if recording.header["only_against"] == "program" {
            continue;
        }
        replay(&recording);
        count += 1;
    }
    assert!(count >= 24, "{count}");
}
