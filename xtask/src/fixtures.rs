//! `cargo xtask fixtures`: writes the generated fixtures.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use whapi_emulator::{Emulator, Person, people};

use crate::root::root;

/// Contacts per page of the saved answers. Neighbouring pages share one contact.
const PAGE: usize = 500;

/// Writes the fixtures, or compares them with `--check`.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("fixtures takes nothing but --check".to_owned()),
    };
    for (name, contents) in generated() {
        let path: PathBuf = root().join("fixtures").join(name);
        if check {
            let found = fs::read(&path)
                .map_err(|error| format!("could not read {}: {error}", path.display()))?;
            if found != contents.as_bytes() {
                return Err(format!(
                    "{} is not what `cargo xtask fixtures` writes",
                    path.display()
                ));
            }
        } else {
            fs::write(&path, contents)
                .map_err(|error| format!("could not write {}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn generated() -> [(&'static str, String); 2] {
    let demo = people::made_up(people::DEFAULT_COUNT, people::DEFAULT_SEED);
    [
        ("contacts-1317.ndjson", pages(&demo)),
        ("nasty.ndjson", pages(&people::nasty())),
    ]
}

/// The answers to a scan of the whole list, one per line.
fn pages(people: &[Person]) -> String {
    let mut text = String::new();
    let mut offset = 0;
    loop {
        let answer = Emulator::answer(people, offset, PAGE);
        writeln!(text, "{answer}").expect("a String takes everything");
        if offset + PAGE > people.len() {
            return text;
        }
        offset += PAGE - 1;
    }
}
