//! The conformance suite over a dataset.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use whapi_export::conformance::{Destination, Subject};
use whapi_export::{OpenContext, OutputTarget};

/// A folder that does not exist yet, in one of its own.
struct Folder {
    home: TempDir,
    /// The name of the files of partitions.
    part: &'static str,
}

impl Folder {
    fn new(part: &'static str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, part }
    }

    fn root(&self) -> PathBuf {
        self.home.path().join("contacts.dataset")
    }
}

fn is_part(path: &Path) -> bool {
    path.ends_with("part-0.jsonl") || path.ends_with("part-0.parquet")
}

/// The files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

impl Destination for Folder {
    fn context(&self) -> OpenContext {
        OpenContext::new().with_target(OutputTarget::Path(self.root()))
    }

    /// All partitions. The manifest has the time in it.
    fn contents(&self) -> Option<Vec<u8>> {
        let files = files(&self.root());
        let manifest = |path: &&PathBuf| path.ends_with("_manifest.json");
        files.iter().find(manifest)?;
        let parts = files.iter().filter(|path| is_part(path));
        Some(parts.flat_map(|path| fs::read(path).unwrap()).collect())
    }

    fn leftovers(&self) -> Vec<String> {
        let files = files(self.home.path());
        let manifest = |path: &&PathBuf| path.ends_with("_manifest.json");
        let other = files
            .iter()
            .filter(|path| !is_part(path) && !manifest(path));
        other.map(|path| path.display().to_string()).collect()
    }

    fn name(&self) -> Option<String> {
        Some(self.root().display().to_string())
    }

    /// A folder in the place of the manifest, or of a partition.
    fn failing(&self, nth: usize, _: &[u8]) -> Option<OpenContext> {
        let day = self.root().join("dt=2026-11-29");
        let in_the_way = match nth {
            0 => day.join("_manifest.json"),
            1 => day.join("channel=default").join(self.part),
            _ => return None,
        };
        fs::create_dir_all(in_the_way.join("sub")).unwrap();
        Some(self.context().with_option("date", "2026-11-29"))
    }

    fn unwritable(&self) -> Option<OpenContext> {
        let file = self.home.path().join("file");
        fs::write(&file, "").unwrap();
        Some(OpenContext::new().with_target(OutputTarget::Path(file.join("contacts"))))
    }
}

fn subject(part: &'static str) -> Subject {
    let subject = Subject::new(whapi_export_dataset::definition())
        .destination(move || Folder::new(part))
        .sample("date", "2026-11-29")
        .bad_sample("date", "29.11.2026")
        .sample("shard", "1/3")
        .bad_sample("shard", "0/3");
    if cfg!(feature = "parquet") {
        subject
    } else {
        subject
            .sample("file", "jsonl")
            .bad_sample("file", "parquet")
    }
}

mod jsonl {
    whapi_export::conformance_tests!(super::subject("part-0.jsonl"));
}

#[cfg(feature = "parquet")]
mod parquet {
    whapi_export::conformance_tests!(super::subject("part-0.parquet").option("file", "parquet"));
}
