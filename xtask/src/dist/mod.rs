//! `cargo xtask dist`: builds the program once, and packs it for every way to install it.

mod archive;
mod build;
mod check;
mod deb;
mod image;
mod job;
mod linkage;
mod manifests;
mod notices;
mod npm;
mod options;
mod payload;
mod project;
mod sbom;
mod sums;
mod target;
mod template;
mod wheel;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use job::Job;
use linkage::{Choice, Linkage};
use options::{Kind, Options};
use project::Project;

pub(crate) use project::{MAINTAINER, NAME};

use crate::{files, tools};

/// The folder of the packages in the target folder.
const FOLDER: &str = "dist";

/// Builds, packs, and with `--check` installs and removes each package.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let options = Options::parse(args)?;
    let choice = linkage::choose()?;
    println!("target: {choice}");
    let project = Project::read(choice.target.triple)?;
    let folder = project.metadata.target_directory.join(FOLDER);
    let folder = folder.as_std_path();
    prepare(folder, &options)?;
    let (asked, strict) = options.kinds();
    let built = possible(asked, strict, &choice)?;
    let project = if built.is_empty() {
        project
    } else {
        let job = Job::new(project, choice)?;
        job.pack(&built, folder)?;
        if options.check {
            job.check_repeatable(&built, folder)?;
            check::run(&job, &built, strict, folder)?;
        }
        job.project
    };
    if asked.contains(&Kind::Manifests) {
        write_manifests(&project, strict, folder)?;
    }
    sums::write(folder)?;
    if options.check {
        check::sums(folder)?;
    }
    println!("packages: {}", folder.display());
    Ok(())
}

/// Creates the folder. Packages of other machines stay where `--only` adds to them.
fn prepare(folder: &Path, options: &Options) -> Result<(), String> {
    let failed = |error| format!("could not prepare {}: {error}", folder.display());
    if options.only.is_none() && folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    files::create_folder(folder)
}

/// Returns the kinds that this machine can build, and reports the others.
fn possible(asked: &[Kind], strict: bool, choice: &Choice) -> Result<Vec<Kind>, String> {
    let mut possible = Vec::new();
    for &kind in asked.iter().filter(|kind| **kind != Kind::Manifests) {
        match obstacle(kind, choice) {
            None => possible.push(kind),
            Some(obstacle) => kind.skip(&obstacle, strict)?,
        }
    }
    Ok(possible)
}

fn obstacle(kind: Kind, choice: &Choice) -> Option<String> {
    let triple = choice.target.triple;
    match kind {
        Kind::Deb if choice.target.debian.is_none() => Some(format!("Debian has no {triple}")),
        Kind::Deb => {
            let (tool, source) = deb::TOOL;
            let missing = tools::find(tool).is_none();
            missing.then(|| format!("{tool} is not installed: {source}"))
        }
        Kind::Image if choice.target.debian.is_none() || choice.linkage == Linkage::Dynamic => {
            Some("an image without a system needs a static program for Linux".to_owned())
        }
        _ => None,
    }
}

fn write_manifests(project: &Project, strict: bool, folder: &Path) -> Result<(), String> {
    let missing = manifests::missing(project, folder);
    if missing.is_empty() {
        let names = manifests::write(project, folder)?;
        println!("manifests: {}", names.join(", "));
        return Ok(());
    }
    let reason = format!(
        "they name every archive of a release, and these are not here: {}",
        missing.join(", ")
    );
    Kind::Manifests.skip(&reason, strict)
}

#[cfg(test)]
mod tests {
    use super::target::Target;
    use super::*;

    #[test]
    fn what_a_target_cannot_have_is_skipped_or_an_error() {
        let target = Target::named("aarch64-apple-darwin").unwrap();
        let choice = Choice::new(target, Linkage::Dynamic, "a test");
        let rest = [Kind::Tar, Kind::Wheel, Kind::Npm, Kind::Sbom];
        assert_eq!(possible(&Kind::ALL, false, &choice), Ok(rest.to_vec()));
        assert_eq!(
            possible(&[Kind::Tar, Kind::Deb], true, &choice),
            Err("deb: Debian has no aarch64-apple-darwin".to_owned())
        );
    }

    #[test]
    fn an_empty_image_needs_a_static_program() {
        let target = Target::named("x86_64-unknown-linux-gnu").unwrap();
        for (linkage, fits) in [(Linkage::Dynamic, false), (Linkage::StaticGlibc, true)] {
            let choice = Choice::new(target, linkage, "a test");
            assert_eq!(obstacle(Kind::Image, &choice).is_none(), fits);
        }
    }
}
