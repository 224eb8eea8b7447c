//! Runs a command: runtime, logs, signals, and the last line of output.

use tracing_subscriber::EnvFilter;
use whapi_export::stdout;
use whapi_pipeline::Cancelled;

use crate::args::VerbosityArgs;
use crate::console::{self, Console, LogWriter};
use crate::error::CliError;
use crate::summary::json;
use crate::{exit, signals};

/// Runs a command to its end and returns its exit code.
///
/// Prints an error for people, and with `--json` what `json` makes of it for programs.
pub(crate) fn run_to_end(
    command: impl Future<Output = Result<u8, CliError>>,
    verbosity: &VerbosityArgs,
    json: Option<fn(&CliError) -> String>,
    console: Console,
) -> u8 {
    log_to_stderr(verbosity);
    let ran = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::unexpected(format!("could not start: {error}")))
        .and_then(|runtime| {
            let code = runtime.block_on(command);
            // A thread may still wait for standard input; its result is not needed.
            runtime.shutdown_background();
            code
        });
    match ran {
        Ok(code) => code,
        Err(error) => {
            console.error(&error.message);
            match json {
                Some(json) => print_result(&json(&error), error.code, console),
                None => error.code,
            }
        }
    }
}

/// Prints the JSON summary for arguments that cannot be parsed.
pub(crate) fn print_usage_error(message: &str) {
    let error = CliError::usage(message);
    print_result(&json::of_error(&error), error.code, Console::new(true));
}

/// Starts to listen for signals that cancel a run.
pub(crate) fn listen() -> Result<impl Future<Output = Cancelled> + Send, CliError> {
    signals::listen()
        .map_err(|error| CliError::unexpected(format!("could not listen for signals: {error}")))
}

/// Runs a command that a signal cancels at any moment, until it returns its exit code.
pub(crate) async fn cancellable(
    command: impl Future<Output = Result<u8, CliError>>,
) -> Result<u8, CliError> {
    let cancel = listen()?;
    tokio::select! {
        ended = command => ended,
        by = cancel => Err(CliError::cancelled(by)),
    }
}

/// Prints the result on standard output and returns the exit code.
///
/// The code is [`exit::UNEXPECTED`] if a successful result cannot be printed. A closed standard output
/// is only a warning, because other programs often close it on purpose.
pub(crate) fn print_result(line: &str, code: u8, console: Console) -> u8 {
    if stdout::is_closed() {
        console.warn(
            "standard output is closed, or `/dev/null` is open for reading and writing; its data is \
             lost",
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

/// Enables the logs of our own crates. Logs of other crates may contain private data.
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
