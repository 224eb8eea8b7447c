//! `cargo xtask bench`: measures exports.

mod build;
mod instructions;
mod peers;

use std::ffi::OsString;

use build::{cargo, succeed};

/// Runs `peers`, `instructions`, or else the stages with the arguments of criterion.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    match args.first().and_then(|name| name.to_str()) {
        Some("peers") => peers::run(&args[1..]),
        Some("instructions") => instructions::run(&args[1..]),
        _ => stages(args),
    }
}

fn stages(args: &[OsString]) -> Result<(), String> {
    let mut bench = cargo("bench");
    bench.args(["--bench", "stages", "--"]).args(args);
    succeed(&mut bench, "cargo bench")
}
