//! Folders that only their owner can enter.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::CliError;

/// Creates a folder and its parents with mode 0700, independent of the umask.
///
/// Existing folders keep their mode.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| *above != Path::new("")) {
        make_private_folder(above)?;
    }
    match create_for_owner(folder) {
        // Another process has created it.
        Err(_) if folder.is_dir() => return Ok(()),
        made => made?,
    }
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(unix)]
fn create_for_owner(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().mode(0o700).create(folder)
}

/// Without modes, the folder gets the rights of the one above it.
#[cfg(not(unix))]
fn create_for_owner(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// Creates a folder for results, for its owner only, if it does not exist.
pub(crate) fn make_folder(folder: &Path) -> Result<(), CliError> {
    make_private_folder(folder).map_err(|error| {
        CliError::destination(format!(
            "could not create the folder `{}`: {error}",
            folder.display()
        ))
    })
}

/// Creates the folder of a result, for its owner only, if it does not exist. `-` has none.
pub(crate) fn make_folder_of(output: &Path) -> Result<(), CliError> {
    match output.parent() {
        Some(folder) if folder != Path::new("") => make_folder(folder),
        _ => Ok(()),
    }
}
