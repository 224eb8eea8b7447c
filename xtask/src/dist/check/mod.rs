//! `cargo xtask dist --check`: installs each package into an empty place, runs the program from there,
//! removes the package, and compares the place with what it was.

mod checked;
mod demo;
mod installers;
mod registry;
mod rootfs;
mod sbom;
mod tree;

use std::path::Path;
use std::process::Command;

use super::job::Job;
use super::options::Kind;
use super::sums::SUMS;
use crate::tools::{find, output};
use checked::Checked;

/// Checks packages that were made, and reports each.
pub(super) fn run(job: &Job, kinds: &[Kind], strict: bool, folder: &Path) -> Result<(), String> {
    for &kind in kinds {
        let name = kind.name();
        let checked = match kind {
            Kind::Tar => installers::tar(job, folder),
            Kind::Deb => installers::deb(job, folder),
            Kind::Wheel => installers::wheel(job, folder),
            Kind::Npm => installers::npm(job, folder),
            Kind::Image => rootfs::check(job, folder),
            Kind::Sbom => sbom::check(job, folder),
            Kind::Manifests => continue,
        };
        match checked.map_err(|error| format!("{name}: {error}"))? {
            Checked::Works(how) => println!("checked: {name}: {how}"),
            Checked::Lacks(tool) => kind.skip(&format!("not checked: {tool}"), strict)?,
        }
    }
    Ok(())
}

/// Verifies the sums as a user does.
pub(super) fn sums(folder: &Path) -> Result<(), String> {
    if find("sha256sum").is_none() {
        println!("SKIPPED: {SUMS}: there is no sha256sum");
        return Ok(());
    }
    let mut command = Command::new("sha256sum");
    output(
        command
            .args(["--check", "--strict", SUMS])
            .current_dir(folder),
    )?;
    println!("checked: {SUMS}: by sha256sum");
    Ok(())
}
