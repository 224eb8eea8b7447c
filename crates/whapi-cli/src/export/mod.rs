//! `export`: the main job.

mod compare;
mod formats;
mod plan;
pub(crate) mod progress;
pub(crate) mod source;
pub(crate) mod summary;
mod token;
pub(crate) mod wishes;

use std::pin::pin;

use tracing_subscriber::EnvFilter;
use whapi_export::{Registry, stdout};
use whapi_fetch::with_causes;
use whapi_pipeline::{Cancelled, Failure, Outcome};

use crate::args::{ExportArgs, VerbosityArgs};
use crate::console::{self, Console, LogWriter};
use crate::{exit, signals};
use formats::Job;
use progress::{NotesForBar, Progress};

/// What ends a run before it begins: a message and an exit code.
#[derive(Debug)]
pub(crate) struct Refusal {
    outcome: Outcome,
    code: u8,
    kind: &'static str,
    message: String,
    /// What would have been written, where it was known already.
    exports: Vec<Planned>,
}

/// An export that did not come about: the format and the destination.
#[derive(Debug, Clone)]
struct Planned {
    format: String,
    destination: String,
}

impl Refusal {
    fn new(code: u8, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Failed,
            code,
            kind,
            message: message.into(),
            exports: Vec::new(),
        }
    }

    /// The call or its configuration is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, "config", message)
    }

    /// What `--from` names cannot be read.
    fn input(message: impl Into<String>) -> Self {
        Self {
            kind: "input",
            ..Self::usage(message)
        }
    }

    /// A destination cannot be written.
    fn destination(message: impl Into<String>) -> Self {
        let kind = whapi_export::ErrorKind::Destination.as_str();
        Self::new(exit::EXPORTER, kind, message)
    }

    /// An exporter, or what writes a file for it, failed.
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn exporter(error: whapi_export::Error) -> Self {
        Self::new(exit::EXPORTER, error.kind().as_str(), with_causes(&error))
    }

    /// Ctrl-C or the like, before there was a run that it could cancel.
    pub(crate) fn cancelled(by: Cancelled) -> Self {
        Self {
            outcome: Outcome::Cancelled(by),
            ..Self::new(exit::of_cancel(by), "cancelled", "cancelled")
        }
    }

    fn unexpected(message: impl Into<String>) -> Self {
        Self::new(exit::UNEXPECTED, "unexpected", message)
    }
}

impl From<whapi_fetch::Error> for Refusal {
    fn from(error: whapi_fetch::Error) -> Self {
        let code = exit::of_fetch(error.kind());
        Self::new(code, error.kind().as_str(), with_causes(&error))
    }
}

/// What ended a forecast.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let code = exit::of_stage(&failure.stage);
        Self::new(code, failure.kind(), failure.to_string())
    }
}

impl From<whapi_export::Error> for Refusal {
    fn from(error: whapi_export::Error) -> Self {
        Self::usage(with_causes(&error))
    }
}

/// Runs the command and returns its exit code.
pub(crate) fn run(registry: &Registry, args: &ExportArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    let ran = export(registry, args, console);
    run_to_end(ran, &args.verbosity, args.json, console)
}

/// Runs a command to its end and returns its exit code. What ends it before it began is told to
/// people, and to programs where `json` was asked for.
pub(crate) fn run_to_end(
    command: impl Future<Output = Result<u8, Refusal>>,
    verbosity: &VerbosityArgs,
    json: bool,
    console: Console,
) -> u8 {
    log_to_stderr(verbosity);
    let ran = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::unexpected(format!("could not start: {error}")))
        .and_then(|runtime| {
            let code = runtime.block_on(command);
            // A thread may still wait for standard input; nobody needs what it would read.
            runtime.shutdown_background();
            code
        });
    match ran {
        Ok(code) => code,
        Err(refusal) => {
            console.error(&refusal.message);
            if json {
                return deliver(&summary::refused(&refusal), refusal.code, console);
            }
            refusal.code
        }
    }
}

/// Prints the summary of a call that could not even be parsed.
pub(crate) fn print_refusal(message: &str) {
    let refusal = Refusal::usage(message);
    deliver(
        &summary::refused(&refusal),
        refusal.code,
        Console::new(true),
    );
}

async fn export(registry: &Registry, args: &ExportArgs, console: Console) -> Result<u8, Refusal> {
    let cancel = listen()?;
    let notes = NotesForBar::default();
    let jobs = formats::resolve(registry, args, &notes.notes())?;
    let planned: Vec<_> = jobs.iter().map(Job::planned).collect();
    run_jobs(registry, jobs, args, console, &notes, cancel)
        .await
        .map_err(|refusal| Refusal {
            exports: planned,
            ..refusal
        })
}

/// Starts to listen for what cancels a run.
pub(crate) fn listen() -> Result<impl Future<Output = Cancelled> + Send, Refusal> {
    signals::listen()
        .map_err(|error| Refusal::unexpected(format!("could not listen for signals: {error}")))
}

async fn run_jobs(
    registry: &Registry,
    jobs: Vec<Job>,
    args: &ExportArgs,
    console: Console,
    notes: &NotesForBar,
    cancel: impl Future<Output = Cancelled> + Send,
) -> Result<u8, Refusal> {
    let mut cancel = pin!(cancel);
    let source = tokio::select! {
        source = source::open(&args.source, wishes::side_calls(&args.beside, &args.filters)) => source?,
        by = cancel.as_mut() => return Err(Refusal::cancelled(by)),
    };
    let earlier = match &args.compare {
        None => None,
        Some(path) => Some(tokio::select! {
            earlier = compare::read(registry, path) => earlier?,
            by = cancel.as_mut() => return Err(Refusal::cancelled(by)),
        }),
    };
    source.introduce(console);
    let mut pipeline =
        wishes::pipeline(&args.beside, &args.filters, &args.only).naming(args.names.naming());
    if let Some(earlier) = earlier {
        pipeline = pipeline.compare_with(earlier);
    }
    let mut outputs = Vec::with_capacity(jobs.len());
    for job in jobs {
        outputs.push(job.output);
        pipeline =
            pipeline.export_with(job.format, job.destination, job.exporter, job.capabilities);
    }
    if args.dry_run {
        let leaves_out = wishes::leaves_out(args);
        let plan = plan::make(source, pipeline, outputs, leaves_out, cancel, console).await?;
        if args.json {
            return Ok(deliver(&plan.to_json(), exit::COMPLETE, console));
        }
        console.answer(&plan);
        return Ok(exit::COMPLETE);
    }
    formats::make_output_folder(args)?;

    let progress = Progress::start(console, notes);
    let pipeline = pipeline.observe(progress.observer());
    let (mut contacts, _gate) = source.into_parts();
    let report = pipeline.run(contacts.as_mut(), cancel).await;
    progress.end();
    summary::tell(&report, console);
    let code = exit::of_report(&report);
    if args.json {
        return Ok(deliver(&summary::to_json(&report), code, console));
    }
    Ok(code)
}

/// Prints a line that a program waits for, and returns the exit code: success is not success
/// when nobody can tell of it.
///
/// A standard output that is closed is only a warning: programs that start others often drop it by
/// what looks like that.
pub(crate) fn deliver(line: &str, code: u8, console: Console) -> u8 {
    if stdout::is_closed() {
        console.warn(
            "standard output is closed, or `/dev/null` opened for reading and writing; what was \
             for it is lost",
        );
    }
    match console::print(&format!("{line}\n")) {
        Ok(()) => code,
        Err(error) => {
            console.error(format_args!("could not write to standard output: {error}"));
            if code == exit::COMPLETE {
                exit::UNEXPECTED
            } else {
                code
            }
        }
    }
}

/// Logs of our own crates only: others' may hold what ours never say.
fn log_to_stderr(verbosity: &VerbosityArgs) {
    let level = match verbosity.verbose {
        0 => return,
        1 => "debug",
        _ => "trace",
    };
    let crates = ["cli", "fetch", "pipeline", "export"];
    let filter = crates.map(|name| format!("whapi_{name}={level}")).join(",");
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| LogWriter)
        .with_ansi(false)
        .try_init();
}
