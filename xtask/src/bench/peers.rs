//! `cargo xtask bench peers`: compares whole runs with other programs.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use whapi_emulator::{Emulator, people};

use super::build::{build, folder, succeed};
use crate::root::root;

/// The numbers of made-up contacts in the files.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Contacts per answer, the limit of the API.
const PAGE: usize = 500;

/// Builds the programs, writes made-up contacts, and runs the comparison script.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let mut whapi = Command::new(env!("CARGO"));
    whapi
        .args(["build", "--release", "--locked", "--package", "whapi-cli"])
        .current_dir(root());
    succeed(&mut whapi, "cargo build")?;
    let mut serve = Command::new(env!("CARGO"));
    serve
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "whapi-export-program",
        ])
        .args(["--example", "serve"])
        .current_dir(root());
    succeed(&mut serve, "cargo build")?;
    let by_hand = build("by_hand")?;
    build("straight")?;
    build("hot")?;
    build("channels")?;

    let folder = folder()?;
    for size in SIZES {
        let path = folder.join(format!("answers-{size}.ndjson"));
        if !path.exists() {
            write_answers(size, &path)
                .map_err(|error| format!("could not write {}: {error}", path.display()))?;
        }
    }

    let mut compare = Command::new("python3");
    compare
        .arg(root().join("bench/peers/compare.py"))
        .arg("--whapi")
        .arg(root().join("target/release/whapi"))
        .arg("--serve")
        .arg(root().join("target/release/examples/serve"))
        .arg("--benches")
        .arg(by_hand.parent().expect("a program is in a folder"))
        .arg("--answers")
        .arg(&folder)
        .args(args);
    succeed(&mut compare, "bench/peers/compare.py")
}

/// Writes saved answers. Renames the file at the end, so that it is never incomplete.
fn write_answers(count: usize, path: &Path) -> std::io::Result<()> {
    let unfinished: PathBuf = path.with_extension("unfinished");
    let people = people::made_up(count, people::DEFAULT_SEED);
    let mut file = BufWriter::new(File::create(&unfinished)?);
    for offset in (0..count).step_by(PAGE) {
        writeln!(file, "{}", Emulator::answer(&people, offset, PAGE))?;
    }
    file.flush()?;
    fs::rename(unfinished, path)
}
