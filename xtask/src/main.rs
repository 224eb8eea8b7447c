//! `cargo xtask`: the whole command line of `whapi`, and this repository's chores.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod bench;
mod ci;
mod deny;
mod fixtures;
mod tidy;

use std::process::ExitCode;

use whapi_cli::App;

const CHORES: &str = "\
For developers of this repository:
  bench     Measure each stage of an export; `bench peers` whole runs beside others' programs,
            `bench instructions` what each stage executes; what else follows goes to criterion
  ci        Run every check that CI runs
  fixtures  Write the generated fixtures anew; --check compares instead
  tidy      Check the repository's own rules: arrows between crates, licences, minimum Rust version, tree";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let chore = args.get(1).and_then(|name| name.to_str());
    let rest = args.get(2..).unwrap_or_default();
    let done = match chore {
        Some("bench") => bench::run(rest),
        Some("ci") => ci::run(rest),
        Some("fixtures") => fixtures::run(rest),
        Some("tidy") => tidy::run(rest),
        _ => {
            return App::new().bin_name("cargo xtask").after_help(CHORES).main();
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
