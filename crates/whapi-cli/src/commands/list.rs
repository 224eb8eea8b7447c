//! What the commands share that list something.

use serde::Serialize;
use whapi_fetch::DEFAULT_CONCURRENCY;

use crate::args::ListArgs;
use crate::console::{self, Console};
use crate::error::CliError;
use crate::exit;
use crate::runner::{cancellable, print_result, run_to_end};
use crate::source::{Api, open_api};
use crate::summary::failure;

/// A list as text and as JSON.
pub(super) struct List<T> {
    /// What is listed, such as `groups`.
    pub(super) name: &'static str,
    /// The items for people. `None` if there are none.
    pub(super) table: Option<String>,
    /// The items, as an object whose keys stand beside those of every list.
    pub(super) items: T,
    /// Why items may be missing, a sentence each.
    pub(super) missing: Vec<String>,
    /// The exit code: complete or incomplete.
    pub(super) code: u8,
}

impl<T> List<T> {
    /// Creates a list that is complete if nothing is missing.
    pub(super) fn new(
        name: &'static str,
        table: Option<String>,
        items: T,
        missing: Vec<String>,
    ) -> Self {
        let code = if missing.is_empty() {
            exit::COMPLETE
        } else {
            exit::INCOMPLETE
        };
        Self {
            name,
            table,
            items,
            missing,
            code,
        }
    }
}

#[derive(Serialize)]
struct Summary<'a, T> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    #[serde(flatten)]
    items: &'a T,
    missing: &'a [String],
}

/// Opens the API, prints the list, and returns the exit code.
pub(super) fn run<T: Serialize>(
    args: &ListArgs,
    read: impl AsyncFnOnce(Api, Console) -> Result<List<T>, CliError>,
) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    let run = cancellable(async {
        let api = open_api(&args.api, DEFAULT_CONCURRENCY, console).await?;
        api.announce_demo(console);
        Ok(print(&read(api, console).await?, args.json, console))
    });
    run_to_end(run, &args.verbosity, args.json.then_some(failure), console)
}

/// Prints a list and returns the exit code.
pub(super) fn print<T: Serialize>(list: &List<T>, json: bool, console: Console) -> u8 {
    for missing in &list.missing {
        console.warn(format_args!("{} may be missing: {missing}", list.name));
    }
    let code = list.code;
    let outcome = if code == exit::COMPLETE {
        "complete"
    } else {
        "incomplete"
    };
    if json {
        let summary = Summary {
            schema: 1,
            outcome,
            exit_code: code,
            items: &list.items,
            missing: &list.missing,
        };
        return print_result(&console::json(&summary), code, console);
    }
    match &list.table {
        Some(table) => print_result(table, code, console),
        None => code,
    }
}
