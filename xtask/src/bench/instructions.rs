//! `cargo xtask bench instructions`: counts the instructions of each stage with callgrind.
//!
//! Compares them with stored figures. Times differ between runs on a busy machine; instructions do
//! not.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::build::{build, folder};
use crate::root::root;

/// The allowed increase over the stored figure, in percent.
///
/// Random seeds of hash tables make a difference of some thousandths.
const MARGIN: u64 = 5;
/// The function that callgrind measures.
const TOGGLE: &str = "hot::measured";

/// Counts and compares; with `--accept` stores the figures.
///
/// Skips the comparison without valgrind, and if the figures are of another compiler.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let accept = match args {
        [] => false,
        [flag] if flag == "--accept" => true,
        _ => return Err("bench instructions takes nothing but --accept".to_owned()),
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("SKIPPED: valgrind is not installed");
        return Ok(());
    }
    let found = Figures::count()?;
    let path = root().join("bench/stages/instructions.txt");
    if accept {
        return fs::write(&path, found.to_text())
            .map_err(|error| format!("could not write {}: {error}", path.display()));
    }
    let stored = fs::read_to_string(&path)
        .map_err(|error| format!("could not read {}: {error}", path.display()))?;
    let stored = Figures::from_text(&stored)
        .ok_or_else(|| format!("{} is not as `--accept` writes it", path.display()))?;
    print!("{}", compared(&found, &stored));
    if found.compiler != stored.compiler {
        println!(
            "SKIPPED: the stored figures are of {}, and this is {}; nothing is compared",
            stored.compiler, found.compiler
        );
        return Ok(());
    }
    let slower = regressions(&found, &stored);
    if slower.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "more than {MARGIN} % above the stored figure: {}; to accept it, run \
             `cargo xtask bench instructions --accept`",
            slower.join(", ")
        ))
    }
}

/// Instructions per contact, by stage.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    compiler: String,
    stages: Vec<(String, u64)>,
}

impl Figures {
    fn count() -> Result<Self, String> {
        let hot = build("hot")?;
        let names = output(Command::new(&hot).arg("list"))?;
        let stages = names
            .lines()
            .map(|name| Ok((name.to_owned(), count(&hot, name)?)))
            .collect::<Result<_, String>>()?;
        let compiler = output(Command::new("rustc").arg("-vV"))?;
        let line = |key: &str| {
            let line = compiler.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_default().to_owned()
        };
        Ok(Self {
            compiler: format!("rustc {} for {}", line("release: "), line("host: ")),
            stages,
        })
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let compiler = lines.next()?.to_owned();
        let stages = lines
            .map(|line| {
                let (name, count) = line.split_once(' ')?;
                Some((name.to_owned(), count.parse().ok()?))
            })
            .collect::<Option<_>>()?;
        Some(Self { compiler, stages })
    }

    fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.compiler);
        for (name, count) in &self.stages {
            writeln!(text, "{name} {count}").expect("a String takes everything");
        }
        text
    }

    fn of(&self, stage: &str) -> Option<u64> {
        let found = self.stages.iter().find(|(name, _)| name == stage);
        found.map(|(_, count)| *count)
    }
}

/// Counts the instructions per contact of one stage.
fn count(hot: &Path, stage: &str) -> Result<u64, String> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .arg("--tool=callgrind")
        .arg(callgrind_out_file(stage)?)
        .arg(format!("--toggle-collect={TOGGLE}"))
        .arg(hot)
        .args(["once", stage])
        .arg(root().join("fixtures/contacts-1317.ndjson"));
    let run = valgrind
        .output()
        .map_err(|error| format!("could not run valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&run.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse::<u64>().ok());
    let contacts = String::from_utf8_lossy(&run.stdout)
        .trim()
        .parse::<u64>()
        .ok();
    match (collected, contacts) {
        (Some(collected), Some(contacts)) if collected > 0 && contacts > 0 => {
            Ok(collected / contacts)
        }
        _ => Err(format!("callgrind counted nothing of `{stage}`:\n{said}")),
    }
}

/// The file is kept for `callgrind_annotate`.
fn callgrind_out_file(stage: &str) -> Result<OsString, String> {
    let mut argument = OsString::from("--callgrind-out-file=");
    argument.push(folder()?.join(format!("callgrind.{stage}")));
    Ok(argument)
}

fn output(command: &mut Command) -> Result<String, String> {
    let run = command
        .output()
        .map_err(|error| format!("could not run {command:?}: {error}"))?;
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

fn compared(found: &Figures, stored: &Figures) -> String {
    let mut text = String::from("instructions a contact      found     stored\n");
    for (name, count) in &found.stages {
        let before = stored
            .of(name)
            .map_or("none".to_owned(), |count| count.to_string());
        writeln!(text, "{name:<22} {count:>10} {before:>10}").expect("a String takes everything");
    }
    text
}

/// Returns stages beyond the margin, and stages without a stored figure.
fn regressions<'a>(found: &'a Figures, stored: &Figures) -> Vec<&'a str> {
    let within = |name: &str, count: u64| {
        let stored = stored.of(name);
        stored.is_some_and(|stored| count * 100 <= stored * (100 + MARGIN))
    };
    let stages = found.stages.iter();
    stages
        .filter(|(name, count)| !within(name, *count))
        .map(|(name, _)| name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(stages: &[(&str, u64)]) -> Figures {
        Figures {
            compiler: "rustc 1.95.0 for here".to_owned(),
            stages: stages
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        }
    }

    #[test]
    fn figures_survive_their_file() {
        let written = figures(&[("parse", 1234), ("vcard-3.0", 5)]);
        let text = "rustc 1.95.0 for here\nparse 1234\nvcard-3.0 5\n";
        assert_eq!(written.to_text(), text);
        assert_eq!(Figures::from_text(text), Some(written));
        assert_eq!(Figures::from_text("rustc\nparse many\n"), None);
        assert_eq!(Figures::from_text(""), None);
    }

    #[test]
    fn the_margin_is_five_percent() {
        let stored = figures(&[("parse", 1000), ("csv", 1000), ("scan", 1000)]);
        let found = figures(&[("parse", 1050), ("csv", 1051), ("scan", 10), ("new", 1)]);
        assert_eq!(regressions(&found, &stored), ["csv", "new"]);
    }
}
