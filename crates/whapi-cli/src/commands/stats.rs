//! `stats`: prints counts.

use std::io::{Write, stdout};
use std::pin::pin;
use std::time::{SystemTime, UNIX_EPOCH};

use whapi_export::{Output, OutputTarget};
use whapi_pipeline::{Outcome, RunReport};
use whapi_stats::{Report, ScanSummary, Stats, TextStyle};
use whapi_text::escape_terminal;

use crate::args::StatsArgs;
use crate::console::{Console, display_destination, escaped};
use crate::error::{CliError, UnwrittenExport};
use crate::exit;
use crate::private_folder::make_folder_of;
use crate::progress::{BarStatus, Progress};
use crate::run_config::RunConfig;
use crate::runner::{listen, print_result, run_to_end};
use crate::summary::{json, text};
use crate::terminal;

/// The width of text if standard output is no terminal.
const WIDTH: usize = 80;

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &StatsArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        stats(args, console),
        &args.verbosity,
        args.json.then_some(json::of_error),
        console,
    )
}

async fn stats(args: &StatsArgs, console: Console) -> Result<u8, CliError> {
    let mut cancel = pin!(listen()?);
    if let Some(path) = &args.html {
        make_folder_of(path)?;
    }
    let mut page = args
        .html
        .clone()
        .map(OutputTarget::from_argument)
        .map(Output::new);
    if let Some(page) = &mut page {
        page.prepare().map_err(CliError::exporter)?;
    }
    let config = RunConfig::from(&args.select);
    let source = tokio::select! {
        source = config.open_source(console) => source?,
        by = cancel.as_mut() => return Err(CliError::cancelled(by)),
    };
    source.announce_demo(console);

    let progress = Progress::start(
        console,
        source.first_step(),
        "counting",
        &BarStatus::default(),
    );
    let (mut contacts, _demo) = source.into_parts(progress.fetch_observer());
    let mut stats = Stats::new(now());
    let report = config
        .into_pipeline()
        .observe(progress.observer())
        .for_each(contacts.as_mut(), |contact| stats.add(contact), cancel)
        .await;
    progress.end();
    text::print_doubts(&report, console);
    text::print_end(&report, console);
    let code = exit::of_report(&report);
    if !matches!(report.outcome, Outcome::Complete | Outcome::Incomplete) {
        if args.json {
            let not_written = [UnwrittenExport::new("stats", "-")];
            let summary = json::of_report(&report, &not_written);
            return Ok(print_result(&summary, code, console));
        }
        return Ok(code);
    }
    let mut shown = stats.report(scan(&report));
    if args.names {
        shown = shown.with_names();
    }
    // Saved answers have none of both.
    if args.select.source.from.is_none() {
        shown = shown.with_flags("--reasons", "--resolve-lids");
    }
    show(&shown, page, args, code, console)
}

fn show(
    report: &Report<'_>,
    page: Option<Output>,
    args: &StatsArgs,
    code: u8,
    console: Console,
) -> Result<u8, CliError> {
    if args.json {
        return Ok(print_result(&escaped(&report.to_json()), code, console));
    }
    if let Some(mut page) = page {
        // The commit returns the error, with the name of the file.
        let _ = page.write_all(report.to_html().as_bytes());
        let committed = page.commit().map_err(CliError::exporter)?;
        for warning in &committed.warnings {
            console.warn(warning);
        }
        console.info(format_args!(
            "The page was written to {}.",
            display_destination(&committed.target.to_string())
        ));
        return Ok(code);
    }
    let shown = report.to_text(&style(args.ascii));
    Ok(print_result(shown.trim_end(), code, console))
}

/// Describes how the list was read.
fn scan(report: &RunReport) -> ScanSummary {
    let merged = report.lid_links.as_ref().map_or(0, |links| links.merged);
    let because = report.scan.reasons.iter().chain(&report.filter_doubts);
    let mut scan = match report.outcome {
        Outcome::Complete => ScanSummary::complete(),
        _ => ScanSummary::incomplete(because.cloned()),
    };
    scan = scan
        .with_listed(report.contacts.total - merged)
        .with_doubts(text::doubts(report).cloned());
    if let Some(links) = &report.lid_links {
        scan = scan.with_lid_links(links.doubts.is_empty());
    }
    if report
        .reasons
        .as_ref()
        .is_some_and(|reasons| !reasons.account_known)
    {
        scan = scan.with_account_unknown();
    }
    scan
}

/// The style of text for the terminal: its width and colours.
fn style(ascii: bool) -> TextStyle {
    let width = terminal_size::terminal_size_of(stdout());
    let width = width.map_or(WIDTH, |(width, _)| usize::from(width.0));
    let mut style = TextStyle::new(width).with_titles(escape_terminal);
    if ascii || !terminal::speaks_utf8() {
        style = style.with_ascii();
    }
    if terminal::shows_colours(&stdout()) {
        style = style.with_colors();
    }
    style
}

/// Seconds since 1970-01-01 UTC; 0 for a clock before that.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
