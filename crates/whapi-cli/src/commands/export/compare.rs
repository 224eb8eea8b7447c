//! `--compare`: reads an earlier export.

use std::fs::File;
use std::path::Path;

use whapi_classify::Snapshot;
use whapi_export::{Definition, Registry};
use whapi_text::with_causes;

use crate::blocking::run_blocking;
use crate::error::CliError;

/// Reads an earlier export. Its file extension decides the format.
pub(super) async fn read(registry: &Registry, path: &Path) -> Result<Snapshot, CliError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let definition = extension
        .and_then(|extension| registry.by_extension(extension))
        .filter(|definition| definition.can_be_read_back())
        .ok_or_else(|| unreadable(registry, path))?
        .clone();
    let file = path.to_path_buf();
    run_blocking(move || read_as(&definition, &file)).await
}

fn read_as(definition: &Definition, path: &Path) -> Result<Snapshot, CliError> {
    let name = path.display();
    let file = File::open(path).map_err(|error| {
        CliError::input(format!(
            "could not open the earlier export `{name}`: {error}"
        ))
    })?;
    definition.read_snapshot(file).map_err(|error| {
        let error = with_causes(&error);
        CliError::input(format!(
            "could not read the earlier export `{name}`: {error}"
        ))
    })
}

fn unreadable(registry: &Registry, path: &Path) -> CliError {
    let endings = registry
        .iter()
        .filter(|definition| definition.can_be_read_back())
        .filter_map(Definition::file_extension);
    let endings: Vec<_> = endings.map(|ending| format!(".{ending}")).collect();
    CliError::usage(format!(
        "--compare cannot read `{}`; it reads files with the extension {}",
        path.display(),
        endings.join(" or ")
    ))
}
