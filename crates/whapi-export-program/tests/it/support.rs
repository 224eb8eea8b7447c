//! Programs for tests, and runs of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use whapi_export::conformance::{known_contacts, nasty_contacts, sample_contacts};
use whapi_export::{
    ClassifiedContact, Definition, OpenContext, OutputTarget, Result, RunEnd, RunInfo, Summary,
};
use whapi_export_program::{Program, ProgramCommand, Timeouts};

/// A runtime for one test.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// An example of this package, which is built with the tests.
pub(crate) fn built(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    let program = built.join("examples").join(example);
    assert!(
        program.is_file(),
        "cargo builds {} with the tests",
        program.display()
    );
    program
}

/// A built-in format as a program.
pub(crate) fn serve(format: &str) -> ProgramCommand {
    ProgramCommand::new(built("serve")).with_args([format])
}

/// A folder that only this user can change, with a shell script as the program.
pub(crate) struct Script {
    folder: TempDir,
}

/// The `hello` of scripts: a file format that reads ids only.
pub(crate) const HELLO: &str = r#"{"type":"hello","v":[1],"name":"lines","summary":"one id a line","output":{"kind":"file","extension":"txt"},"needs":["id"]}"#;

impl Script {
    /// A script that says hello and goes on with `body` once the host has sent a message, which is in
    /// `$line`. `describe` ends it.
    pub(crate) fn new(body: &str) -> Self {
        Self::whole(&format!(
            "echo '{HELLO}'\nread -r line\ncase $line in *describe*) exit 0;; esac\n{body}\n"
        ))
    }

    /// A whole script. What it starts has its path in the environment, so that tests find it.
    pub(crate) fn whole(text: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        fs::write(
            &path,
            format!("#!/bin/sh\nexport STARTED_BY=\"$0\"\n{text}"),
        )
        .unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("program")
    }

    pub(crate) fn command(&self) -> ProgramCommand {
        ProgramCommand::new(self.path())
    }
}

/// Timeouts that are short enough for tests.
pub(crate) fn short() -> Timeouts {
    let mut times = Timeouts::default();
    times.hello = Duration::from_secs(2);
    times.ready = Duration::from_secs(2);
    times.idle = Duration::from_secs(2);
    times.exit = Duration::from_secs(2);
    times.step = Duration::from_millis(300);
    times
}

pub(crate) async fn definition(command: ProgramCommand) -> Result<Definition> {
    Program::new(command)
        .with_timeouts(short())
        .definition("lines")
        .await
}

/// Exports contacts in batches of 7.
pub(crate) async fn export(
    definition: &Definition,
    ctx: &OpenContext,
    run: &RunInfo,
    contacts: &[ClassifiedContact],
) -> Result<Summary> {
    let mut exporter = definition.open(ctx)?;
    exporter.begin(run).await?;
    for batch in contacts.chunks(7) {
        if let Err(error) = exporter.write_batch(batch).await.map(drop) {
            exporter.abort().await?;
            return Err(error);
        }
    }
    exporter.finish(&RunEnd::complete()).await
}

pub(crate) fn to(path: &Path) -> OpenContext {
    OpenContext::new().with_target(OutputTarget::Path(path.to_owned()))
}

pub(crate) fn all_contacts() -> Vec<ClassifiedContact> {
    [sample_contacts(), nasty_contacts(), known_contacts()].concat()
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
