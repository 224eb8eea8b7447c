//! Running cargo for other workspaces than this one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// A command of cargo in a folder.
pub(super) fn cargo(command: &str, folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg(command).current_dir(folder);
    cargo
}

/// Runs a command and returns an error unless it succeeds.
pub(super) fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| failed_to_run(&error))?;
    check(command, status)
}

/// Runs the tests of a workspace, and prints the summary of each program of tests.
///
/// Everything else that the tests print follows if one of them fails.
pub(super) fn tests(folder: &Path, target: &Path) -> Result<(), String> {
    let mut cargo = cargo("test", folder);
    cargo
        .arg("--workspace")
        .env("CARGO_TARGET_DIR", target)
        .env("INSTA_UPDATE", "no")
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().map_err(|error| failed_to_run(&error))?;
    let stdout = child.stdout.take().expect("standard output is piped");
    let mut printed = Vec::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|error| format!("could not read what cargo prints: {error}"))?;
        if line.starts_with("test result: ") {
            println!("{line}");
        }
        printed.push(line);
    }
    let status = child.wait().map_err(|error| failed_to_run(&error))?;
    if !status.success() {
        println!("{}", printed.join("\n"));
    }
    check(&cargo, status)
}

fn failed_to_run(error: &std::io::Error) -> String {
    format!("could not run cargo: {error}")
}

fn check(command: &Command, status: ExitStatus) -> Result<(), String> {
    if status.success() {
        return Ok(());
    }
    let args: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    Err(format!("`cargo {}` failed: {status}", args.join(" ")))
}
