//! Programs of the Singer protocol that are not ours.

use std::env;
use std::path::PathBuf;

use crate::skip::skip;

/// The folder with a virtual environment for each program, by its name.
const FOLDER: &str = "WHAPI_SINGER";

/// Finds a program of the Singer protocol: `NAME/bin/NAME` in the folder that `WHAPI_SINGER` names.
///
/// Each has an environment of its own, because their dependencies exclude each other. Without the variable
/// the skipped test is reported, and the result is `None`.
///
/// # Panics
///
/// If the folder does not have the program.
pub fn singer_program(name: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os(FOLDER) else {
        skip(&format!("{name} of a folder in {FOLDER}"), false);
        return None;
    };
    let program = PathBuf::from(folder).join(name).join("bin").join(name);
    assert!(program.exists(), "{FOLDER} has no {name}");
    Some(program)
}
