//! Checks a partition.

use std::io::{self, Read};
use std::path::Path;

use whapi_export::Checksum;
use whapi_text::{counted, escape_terminal};

use super::quoted;
use crate::manifest::{PartitionEntry, open_regular};
use crate::partition::folder_name;

/// What is wrong with a partition in the folder of its day.
pub(super) fn problems(day: &Path, partition: &PartitionEntry) -> Vec<String> {
    let folder = folder_name(&partition.channel);
    let Some(path) = &partition.path else {
        let mut problem = with_reasons("it failed", partition);
        if day.join(folder).exists() {
            problem.push_str("; what is in its folder is of an earlier run");
        }
        return vec![problem];
    };
    let mut problems = Vec::new();
    if !partition.complete {
        problems.push(with_reasons("it is incomplete", partition));
    }
    let is_own = path
        .rsplit_once('/')
        .is_some_and(|(before, name)| before == folder && name != "..");
    if !is_own {
        problems.push(format!(
            "its file {} is not in its folder `{folder}`",
            quoted(path)
        ));
        return problems;
    }
    let found = match Found::read(&day.join(path)) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems.push(format!("the file {} is missing", quoted(path)));
            return problems;
        }
        Err(error) => {
            problems.push(format!(
                "the file {} could not be read: {error}",
                quoted(path)
            ));
            return problems;
        }
    };
    let counts_rows = matches!(path.rsplit_once('.'), Some((_, "jsonl")));
    let path = quoted(path);
    if found.bytes != partition.bytes {
        let had = partition.bytes;
        problems.push(format!(
            "the file {path} was changed: it has {} bytes, and had {had}",
            found.bytes
        ));
    } else if Some(&found.sha256) != partition.sha256.as_ref() {
        problems.push(format!("the file {path} was changed"));
    } else if counts_rows && found.lines != partition.rows {
        let rows = counted(found.lines, "contact");
        problems.push(format!(
            "the file {path} has {rows}, and its manifest says {}",
            partition.rows
        ));
    }
    problems
}

fn with_reasons(what: &str, partition: &PartitionEntry) -> String {
    let reasons: Vec<_> = partition
        .reasons
        .iter()
        .map(|reason| escape_terminal(reason))
        .collect();
    if reasons.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {}", reasons.join("; "))
    }
}

/// What a file is.
struct Found {
    bytes: u64,
    sha256: String,
    /// Its line ends.
    lines: u64,
}

impl Found {
    fn read(path: &Path) -> io::Result<Self> {
        let mut sum = Checksum::default();
        let mut file = CountedLines {
            source: open_regular(path)?,
            lines: 0,
        };
        let bytes = sum.read_to_end(&mut file)?;
        Ok(Self {
            bytes,
            sha256: sum.finish(),
            lines: file.lines,
        })
    }
}

/// Counts the line ends of what is read.
struct CountedLines<R> {
    source: R,
    lines: u64,
}

impl<R: Read> Read for CountedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        let ends = buffer[..read].iter().filter(|byte| **byte == b'\n');
        self.lines += ends.count() as u64;
        Ok(read)
    }
}
