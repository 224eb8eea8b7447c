//! One program, packed in every form.

use std::path::Path;

use super::build::{self, Built};
use super::linkage::{self, Choice};
use super::options::Kind;
use super::payload::{self, Payload};
use super::project::Project;
use super::{archive, deb, image, notices, npm, sbom, wheel};
use crate::files::{self, empty_folder, read};

/// A program and all that is needed to pack it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) project: Project,
    pub(crate) choice: Choice,
    built: Built,
    payload: Payload,
    /// The version of glibc on this machine.
    glibc: Option<(u32, u32)>,
    /// The version of the compiler.
    compiler: String,
    /// The time of every file, in seconds since 1970.
    time: u64,
}

impl Job {
    /// Builds the program and collects what goes along.
    pub(crate) fn new(project: Project, choice: Choice) -> Result<Self, String> {
        let built = build::build(&choice, &project)?;
        let notices = notices::notices(&project, &built.linked)?;
        Ok(Self {
            payload: Payload::collect(&built.program, notices)?,
            glibc: linkage::glibc(),
            compiler: linkage::compiler()?.version,
            time: payload::time()?,
            project,
            choice,
            built,
        })
    }

    /// Writes the files of these kinds, and reports each.
    pub(crate) fn pack(&self, kinds: &[Kind], folder: &Path) -> Result<(), String> {
        for &kind in kinds {
            let names = self.pack_one(kind, folder)?;
            println!("{}: {}", kind.name(), names.join(", "));
        }
        Ok(())
    }

    /// Writes the files of one kind and returns their names.
    fn pack_one(&self, kind: Kind, folder: &Path) -> Result<Vec<String>, String> {
        let Self {
            project,
            choice,
            payload,
            time,
            ..
        } = self;
        let files = match kind {
            Kind::Tar => vec![self.archive()?],
            Kind::Deb => {
                let name = deb::write(project, choice, self.glibc, payload, *time, folder)?;
                return Ok(vec![name]);
            }
            Kind::Wheel => vec![wheel::wheel(project, choice, self.glibc, payload)?],
            Kind::Npm => npm::packages(project, choice, payload, *time)?.into(),
            Kind::Image => {
                let architecture = choice.target.debian.ok_or("images are of Linux")?;
                let bytes = image::context(payload, *time)?;
                vec![(image::name(project, architecture), bytes)]
            }
            Kind::Sbom => {
                let text = sbom::sbom(project, choice, &self.built, &self.compiler)?;
                vec![(sbom::name(project, choice.target), text.into_bytes())]
            }
            Kind::Manifests => Vec::new(),
        };
        for (name, bytes) in &files {
            files::write(&folder.join(name), bytes)?;
        }
        Ok(files.into_iter().map(|(name, _)| name).collect())
    }

    fn archive(&self) -> Result<(String, Vec<u8>), String> {
        let target = self.choice.target;
        let folder = target.folder(&self.project.version);
        let entries = self.payload.entries(target).into_iter();
        let entries = entries.map(|entry| entry.within(&folder)).collect();
        let bytes = if target.is_windows() {
            archive::zip(entries)?
        } else {
            archive::tar_gz(entries, self.time)?
        };
        Ok((target.archive(&self.project.version), bytes))
    }

    /// Packs a second time and compares the bytes.
    pub(crate) fn check_repeatable(&self, kinds: &[Kind], folder: &Path) -> Result<(), String> {
        let again = empty_folder()?;
        for &kind in kinds {
            for name in self.pack_one(kind, again.path())? {
                let first = read(&folder.join(&name))?;
                if first != read(&again.path().join(&name))? {
                    return Err(format!("{name} differs when it is packed a second time"));
                }
            }
        }
        println!("checked: packed a second time, every file has the same bytes");
        Ok(())
    }
}
