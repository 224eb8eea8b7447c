//! `tap`: reads channels and writes what they have as messages of the Singer protocol.
//!
//! `settings.rs` reads the settings, by which `channels.rs` chooses; `files.rs` reads the catalog and the
//! state. `read.rs` reads a channel to its end, `write.rs` writes it through `output.rs`, and `report.rs` says
//! what became of it.

mod channels;
mod contact_writer;
mod files;
mod output;
mod read;
mod report;
mod settings;
mod write;

use std::sync::Arc;

use tokio::task::JoinSet;
use whapi_singer::Catalog;

use crate::args::TapArgs;
use crate::console::Console;
use crate::error::CliError;
use crate::exit;
use crate::runner::{cancellable, print_result, run_to_end};
use crate::source::channel::ChannelAccess;
use crate::source::channels::announce_emulated;
use channels::choose;
use output::Output;
use read::{ReadChannel, ReadPlan, read};
use report::ChannelResult;
use settings::Settings;
use write::Writer;

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &TapArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        cancellable(tap(args, console)),
        &args.verbosity,
        None,
        console,
    )
}

async fn tap(args: &TapArgs, console: Console) -> Result<u8, CliError> {
    let settings = Settings::read(args.config.as_deref()).await?;
    let catalog = Catalog::new(settings.available());
    if args.discover {
        return Ok(print_result(&catalog.to_json(), exit::COMPLETE, console));
    }
    let selection = files::selection(&catalog, args.catalog.as_deref()).await?;
    let state = files::state(args.state.as_deref()).await?;
    for warning in selection.warnings() {
        console.warn(warning);
    }
    if selection.is_empty() {
        console.warn("the catalog selects no stream, so nothing is read");
        return Ok(exit::COMPLETE);
    }
    let (channels, demo) = choose(&settings, console).await?;
    if let Some(demo) = &demo {
        announce_emulated(demo, channels.len(), console);
    }
    let output = Output::open()?;
    let plan = ReadPlan::new(&settings, &selection)?;
    let mut writer = Writer::new(&settings, selection, state, output, console);
    let at_a_time = settings.channel_concurrency;
    let results = tokio::select! {
        // A run that has ended needs no reader any more.
        biased;
        results = extract(channels, plan, at_a_time, &mut writer) => results?,
        error = output::closed() => return Err(error),
    };
    Ok(report::summarize(&results, console))
}

/// Reads the channels, some at the same time, and writes each that has been read to its end.
///
/// Returns what became of each, in their order.
async fn extract(
    channels: Vec<ChannelAccess>,
    plan: ReadPlan,
    at_a_time: usize,
    writer: &mut Writer,
) -> Result<Vec<ChannelResult>, CliError> {
    writer.write_schemas().await?;
    let plan = Arc::new(plan);
    let mut results: Vec<Option<ChannelResult>> = channels.iter().map(|_| None).collect();
    let mut waiting = channels.into_iter().enumerate();
    let mut reading = JoinSet::new();
    let start = |reading: &mut JoinSet<_>, (place, channel)| {
        let plan = Arc::clone(&plan);
        reading.spawn(async move { (place, read(channel, &plan).await) });
    };
    for channel in waiting.by_ref().take(at_a_time) {
        start(&mut reading, channel);
    }
    // A channel is written when it has been read, so a slow one holds back no other.
    loop {
        let ended = tokio::select! {
            ended = reading.join_next() => ended,
            () = writer.state_due() => {
                writer.write_state().await?;
                continue;
            }
        };
        let Some(ended) = ended else {
            break;
        };
        let (place, channel): (usize, ReadChannel) = match ended {
            Ok(ended) => ended,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        if let Some(next) = waiting.next() {
            start(&mut reading, next);
        }
        results[place] = Some(writer.write(channel).await?);
    }
    writer.write_state().await?;
    Ok(results.into_iter().flatten().collect())
}
