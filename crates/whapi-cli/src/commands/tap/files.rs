//! The catalog and the state of a run.

use std::fs::File;
use std::path::{Path, PathBuf};

use whapi_secret::read_bounded;
use whapi_singer::{Catalog, Selection, State};

use crate::blocking::run_blocking;
use crate::error::CliError;

/// No file is longer. A state with 10,000 channels has 4 MB.
const MOST_BYTES: u64 = 64 << 20;

/// What the catalog selects; without one, all streams.
pub(super) async fn selection(
    catalog: &Catalog,
    chosen: Option<&Path>,
) -> Result<Selection, CliError> {
    let Some(path) = chosen else {
        return Ok(catalog.select_default());
    };
    let text = text(path, "the catalog").await?;
    let selection = catalog.select(&text);
    selection.map_err(|error| CliError::usage(format!("the catalog `{}` {error}", path.display())))
}

/// The state of the run before; without one, that before the first run.
pub(super) async fn state(path: Option<&Path>) -> Result<State, CliError> {
    let Some(path) = path else {
        return Ok(State::default());
    };
    let text = text(path, "the state").await?;
    State::parse(&text)
        .map_err(|error| CliError::usage(format!("the state `{}` {error}", path.display())))
}

/// The text of a file that an argument names.
pub(super) async fn text(path: &Path, what: &str) -> Result<String, CliError> {
    let name = format!("{what} `{}`", path.display());
    let path = PathBuf::from(path);
    // Opening or reading a named pipe may block.
    let bytes = run_blocking(move || read_bounded(File::open(path)?, MOST_BYTES)).await;
    let bytes =
        bytes.map_err(|error| CliError::input(format!("could not read {name}: {error}")))?;
    String::from_utf8(bytes).map_err(|_| CliError::input(format!("{name} is no text in UTF-8")))
}
