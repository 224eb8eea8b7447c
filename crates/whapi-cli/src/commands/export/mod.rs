//! `export`: reads contacts and writes them.

mod channels;
mod compare;
mod formats;
mod plan;

use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::pin::pin;

use whapi_export::Registry;
use whapi_pipeline::{Cancelled, Pipeline, RunReport};

use crate::args::ExportArgs;
use crate::console::Console;
use crate::error::CliError;
use crate::exit;
use crate::progress::{BarStatus, Progress};
use crate::run_config::RunConfig;
use crate::runner::{listen, print_result, run_to_end};
use crate::summary::{json, text};
use channels::Channels;
use formats::{FileOutput, Job};

/// Runs the command and returns its exit code.
pub(crate) fn run(registry: &Registry, args: &ExportArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    let ran = export(registry, args, console);
    run_to_end(
        ran,
        &args.verbosity,
        args.json.then_some(json::of_error),
        console,
    )
}

async fn export(registry: &Registry, args: &ExportArgs, console: Console) -> Result<u8, CliError> {
    let mut cancel = pin!(listen()?);
    let status = BarStatus::default();
    let config = RunConfig::from(&args.select);
    let registry = &tokio::select! {
        registry = with_programs(registry, args, console) => registry?,
        by = cancel.as_mut() => return Err(CliError::cancelled(by)),
    };
    let jobs = formats::resolve(registry, args, config.enrichment(), &status.sink())?;
    let planned: Vec<_> = jobs.iter().map(Job::planned).collect();
    run_jobs(registry, jobs, args, config, console, &status, cancel)
        .await
        .map_err(|error| CliError {
            exports: planned,
            ..error
        })
}

/// Adds the programs that the formats name.
#[cfg(feature = "program")]
async fn with_programs(
    registry: &Registry,
    args: &ExportArgs,
    console: Console,
) -> Result<Registry, CliError> {
    let names = args.formats.iter().map(String::as_str);
    let config = args.select.source.api.config.as_deref();
    crate::programs::with_programs(registry, names, config, console).await
}

/// Without the feature there are no programs.
#[cfg(not(feature = "program"))]
#[expect(clippy::unused_async, reason = "with the feature it starts programs")]
async fn with_programs(
    registry: &Registry,
    _: &ExportArgs,
    _: Console,
) -> Result<Registry, CliError> {
    Ok(registry.clone())
}

async fn run_jobs(
    registry: &Registry,
    jobs: Vec<Job>,
    args: &ExportArgs,
    config: RunConfig<'_>,
    console: Console,
    status: &BarStatus,
    cancel: impl Future<Output = Cancelled> + Send,
) -> Result<u8, CliError> {
    let mut cancel = pin!(cancel);
    let channels = tokio::select! {
        channels = Channels::choose(args, config.enrichment()) => channels?,
        by = cancel.as_mut() => return Err(CliError::cancelled(by)),
    };
    if let Some(channels) = channels {
        return run_channels(jobs, channels, args, config, console, status, cancel).await;
    }
    let source = tokio::select! {
        source = config.open_source(console) => source?,
        by = cancel.as_mut() => return Err(CliError::cancelled(by)),
    };
    let earlier = match &args.compare {
        None => None,
        Some(path) => Some(tokio::select! {
            earlier = compare::read(registry, path) => earlier?,
            by = cancel.as_mut() => return Err(CliError::cancelled(by)),
        }),
    };
    source.announce_demo(console);
    let leaves_out = config.leaves_out();
    let mut pipeline = config.into_pipeline().allow_empty(args.allow_empty);
    if let Some(earlier) = earlier {
        for warning in earlier.warnings() {
            console.warn(warning);
        }
        pipeline = pipeline.compare_with(earlier);
    }
    let is_for_people = jobs.iter().any(|job| !job.is_for_programs);
    let (pipeline, outputs) = with_jobs(pipeline, jobs);
    if args.dry_run {
        let plan = plan::make(source, pipeline, outputs, leaves_out, cancel, console).await?;
        if args.json {
            return Ok(print_result(&plan.to_json(), exit::COMPLETE, console));
        }
        console.notice(&plan);
        return Ok(exit::COMPLETE);
    }
    formats::make_output_folder(args)?;

    let progress = start_progress(args, source.first_step(), console, status);
    let pipeline = pipeline.observe(progress.observer());
    let (mut contacts, _demo) = source.into_parts(progress.fetch_observer());
    let report = pipeline.run(contacts.as_mut(), cancel).await;
    progress.end();
    Ok(summarize(&report, is_for_people, args, console))
}

/// Runs many channels into one result.
async fn run_channels(
    jobs: Vec<Job>,
    channels: Channels,
    args: &ExportArgs,
    config: RunConfig<'_>,
    console: Console,
    status: &BarStatus,
    cancel: impl Future<Output = Cancelled> + Send,
) -> Result<u8, CliError> {
    if args.compare.is_some() {
        return Err(CliError::usage(
            "--compare compares one channel with an earlier export of it; choose it with --channel",
        ));
    }
    if args.dry_run {
        return Err(CliError::usage(
            "--dry-run is about one channel; choose it with --channel",
        ));
    }
    if args.channels.merge_channels && jobs.iter().any(|job| job.format == "dataset") {
        return Err(CliError::usage(
            "a dataset has a partition for each channel, so merged channels cannot be written to it; leave \
             --merge-channels away",
        ));
    }
    channels.announce_demo(console);
    let pipeline = config
        .into_pipeline()
        .allow_empty(args.allow_empty)
        .merge_channels(args.channels.merge_channels);
    let is_for_people = jobs.iter().any(|job| !job.is_for_programs);
    let (pipeline, _) = with_jobs(pipeline, jobs);
    formats::make_output_folder(args)?;
    let progress = start_progress(args, "reading the channels", console, status);
    let pipeline = pipeline.observe(progress.observer());
    let report = channels.run(pipeline, args, cancel).await;
    progress.end();
    Ok(summarize(&report, is_for_people, args, console))
}

/// Adds the exporters of a run. Returns their files, too.
fn with_jobs(mut pipeline: Pipeline, jobs: Vec<Job>) -> (Pipeline, Vec<FileOutput>) {
    let mut outputs = Vec::with_capacity(jobs.len());
    for job in jobs {
        outputs.push(job.output);
        pipeline =
            pipeline.export_with(job.format, job.destination, job.exporter, &job.capabilities);
    }
    (pipeline, outputs)
}

fn start_progress(
    args: &ExportArgs,
    first: &str,
    console: Console,
    status: &BarStatus,
) -> Progress {
    // Contacts on the same terminal would tear the line.
    let draws = !(writes_to_stdout(args) && stdout().is_terminal());
    let shown = if draws { console } else { Console::new(true) };
    Progress::start(shown, first, "writing", status)
}

/// Prints the summary, and returns the exit code.
fn summarize(report: &RunReport, is_for_people: bool, args: &ExportArgs, console: Console) -> u8 {
    text::print(report, is_for_people, console);
    let code = exit::of_report(report);
    if args.json {
        return print_result(&json::of_report(report, &[]), code, console);
    }
    code
}

fn writes_to_stdout(args: &ExportArgs) -> bool {
    args.output.as_deref() == Some(Path::new("-"))
}
