//! `dataset`: checks what `export --format dataset` wrote.

use serde::Serialize;
use whapi_export_dataset::Checked;
use whapi_text::counted;

use crate::args::{DatasetArgs, DatasetCheckArgs, DatasetCommand};
use crate::blocking::run_blocking;
use crate::console::{self, Console};
use crate::error::CliError;
use crate::exit;
use crate::runner::{cancellable, print_result, run_to_end};
use crate::summary::failure;

/// The result, which is also the JSON.
#[derive(Debug, Serialize)]
struct CheckJson<'a> {
    schema: u32,
    outcome: &'static str,
    exit_code: u8,
    days: u64,
    partitions: u64,
    rows: u64,
    problems: &'a [String],
}

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &DatasetArgs) -> u8 {
    let DatasetCommand::Check(args) = &args.command;
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        cancellable(check(args, console)),
        &args.verbosity,
        args.json.then_some(failure),
        console,
    )
}

async fn check(args: &DatasetCheckArgs, console: Console) -> Result<u8, CliError> {
    let root = args.root.clone();
    let found = run_blocking(move || whapi_export_dataset::check(&root)).await?;
    for problem in &found.problems {
        console.error(problem);
    }
    console.info(format_args!(
        "{} in {} of {}",
        counted(found.rows, "contact"),
        counted(found.partitions, "partition"),
        counted(found.days, "day")
    ));
    let is_whole = found.problems.is_empty();
    console.info(if is_whole {
        "the dataset is complete".to_owned()
    } else {
        let problems = counted(found.problems.len() as u64, "problem");
        format!("the dataset is not complete: {problems}")
    });
    let code = if is_whole {
        exit::COMPLETE
    } else {
        exit::INCOMPLETE
    };
    if args.json {
        return Ok(print_result(&to_json(&found, code), code, console));
    }
    Ok(code)
}

fn to_json(found: &Checked, exit_code: u8) -> String {
    console::json(&CheckJson {
        schema: 1,
        outcome: if found.problems.is_empty() {
            "complete"
        } else {
            "incomplete"
        },
        exit_code,
        days: found.days,
        partitions: found.partitions,
        rows: found.rows,
        problems: &found.problems,
    })
}
