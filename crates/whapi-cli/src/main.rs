//! The `whapi` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    whapi_cli::App::new().main()
}
