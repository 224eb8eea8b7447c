//! `cargo xtask`: the command line of `whapi`, and the tasks of this repository.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod api;
mod bench;
mod ci;
mod deny;
mod dist;
mod features;
mod files;
mod fixtures;
mod git;
mod minimal_versions;
mod packages;
mod reasons;
mod release;
mod root;
mod semver;
mod tidy;
mod tools;

use std::process::ExitCode;

use whapi_cli::App;

const TASKS: &str = "\
For developers of this repository:
  api       Compare the public API of each crate with its listing in docs/api; --accept writes the listings
  bench     Measure each stage of an export; `bench peers` compares whole runs with other programs,
            `bench instructions` counts instructions; other arguments go to criterion
  ci        Run every check of CI
  dist      Build the program and pack it for every way to install it; --check installs each package,
            --only LIST selects of tar, deb, wheel, npm, image, sbom, manifests
  features  Run clippy on each crate without features, with each alone, and with all
  fixtures  Write the generated fixtures; --check compares them instead
  minimal-versions
            Build a copy of the workspace with the oldest dependencies that Cargo.toml allows
  packages  Pack each crate for the registry, and run the tests of the packages and of the projects in
            examples/ outside of this workspace; --allow-dirty packs files that are not committed
  release   Check that VERSION can be released, and set it everywhere; --dry-run changes nothing
  semver    Compare the public API of each crate with its last release, by cargo-semver-checks
  tidy      Check the rules of this repository: dependencies between crates, licences, minimum Rust version";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let task = args.get(1).and_then(|name| name.to_str());
    let rest = args.get(2..).unwrap_or_default();
    let done = match task {
        Some("api") => api::run(rest),
        Some("bench") => bench::run(rest),
        Some("ci") => ci::run(rest),
        Some("dist") => dist::run(rest),
        Some("features") => features::run(rest),
        Some("fixtures") => fixtures::run(rest),
        Some("minimal-versions") => minimal_versions::run(rest),
        Some("packages") => packages::run(rest),
        Some("release") => release::run(rest),
        Some("semver") => semver::run(rest),
        Some("tidy") => tidy::run(rest),
        _ => {
            return App::new().bin_name("cargo xtask").after_help(TASKS).main();
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
