//! The archives that cargo makes for the registry.

use std::path::Path;

use flate2::read::GzDecoder;
use tar::Archive;

use super::{Published, run};
use crate::files;
use crate::root::root;

/// Packs every package of the workspace but `others`.
///
/// Cargo fails where files are not committed, unless `allow_dirty`. It does not build the packages:
/// that is the next step, with their tests.
pub(super) fn pack(others: &[&str], allow_dirty: bool) -> Result<(), String> {
    let mut cargo = run::cargo("package", root());
    cargo.args(["--workspace", "--locked", "--no-verify", "--quiet"]);
    cargo.args(others.iter().flat_map(|name| ["--exclude", name]));
    if allow_dirty {
        cargo.arg("--allow-dirty");
    }
    run::succeed(&mut cargo)
}

/// Unpacks the archive of a package. It has one folder: name and version of the package.
pub(super) fn unpack(package: &Published, archives: &Path, into: &Path) -> Result<(), String> {
    let path = archives.join(format!("{}.crate", package.folder()));
    let bytes = files::read(&path)?;
    let mut archive = Archive::new(GzDecoder::new(bytes.as_slice()));
    // Every file of such an archive has the same old time, and cargo would take an earlier build of
    // another text for one of this.
    archive.set_preserve_mtime(false);
    archive
        .unpack(into)
        .map_err(|error| format!("could not unpack {}: {error}", path.display()))
}
