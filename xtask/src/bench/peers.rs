//! `cargo xtask bench peers`: whole runs, ours and others', in turn.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use whapi_emulator::{Emulator, people};

use super::{build, folder, succeed};
use crate::ci::root;

/// How many made-up contacts the files have that peers read.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Contacts to an answer: the most that a gate gives.
const PAGE: usize = 500;

/// Builds what is compared, makes up the contacts, and leaves the rest to a script.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let mut whapi = Command::new(env!("CARGO"));
    whapi
        .args(["build", "--release", "--locked", "--package", "whapi-cli"])
        .current_dir(root());
    succeed(&mut whapi, "cargo build")?;
    let by_hand = build("by_hand")?;
    build("straight")?;
    build("hot")?;

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
        .arg("--benches")
        .arg(by_hand.parent().expect("a program is in a folder"))
        .arg("--answers")
        .arg(&folder)
        .args(args);
    succeed(&mut compare, "bench/peers/compare.py")
}

/// Under another name first, so that half a file is never taken for one.
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
