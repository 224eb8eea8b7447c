//! Checks a dataset: that every partition is there, unchanged and complete.

mod agreement;
mod day;
mod partition;

use std::fs;
use std::io;
use std::path::Path;

use whapi_export::{Error, ErrorKind, Result};
use whapi_text::escape_terminal;

/// What a [check](check()) of a dataset found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Days in the folder.
    pub days: u64,
    /// Partitions that were written. A channel that failed has none.
    pub partitions: u64,
    /// Contacts in them, as their manifests say.
    pub rows: u64,
    /// What is wrong, a sentence each. Empty when everything is complete and unchanged.
    pub problems: Vec<String>,
}

/// Checks a dataset: every run that shares the channels wrote its manifest, the runs are about the same channels and
/// have all of them, every partition is complete, every file has the length, the checksum and the contacts of its
/// manifest, no file is in no manifest, and the files of a day are of one format.
///
/// Names that begin with `_` or a dot are not looked at, as readers of such folders do.
///
/// # Errors
///
/// [`ErrorKind::Config`] when the folder cannot be read, or holds no dataset.
pub fn check(root: &Path) -> Result<Checked> {
    let mut checked = Checked::default();
    let unreadable = |error: io::Error| {
        let message = format!("could not read the dataset `{}`", root.display());
        Error::new(ErrorKind::Config, message).with_source(error)
    };
    let mut others = Vec::new();
    for name in names(root).map_err(unreadable)? {
        if name.starts_with("dt=") {
            checked.days += 1;
            day::check(&root.join(&name), &name, &mut checked);
        } else if is_visible(&name) {
            others.push(format!(
                "{}: it is no day of a dataset",
                escape_terminal(&name)
            ));
        }
    }
    if checked.days == 0 {
        let message = format!(
            "`{}` is no dataset: it has no folder `dt=…`",
            root.display()
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    checked.problems.extend(others);
    Ok(checked)
}

/// Whether readers of such folders look at a name.
fn is_visible(name: &str) -> bool {
    !name.starts_with(['_', '.'])
}

/// The names in a folder, sorted. Those that are no text are not ours, and shown as well as they can be.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn quoted(text: &str) -> String {
    format!("`{}`", escape_terminal(text))
}

/// Names in backticks, separated by commas.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(quoted).collect();
    names.join(", ")
}
