//! The container's build context: a Dockerfile and everything that it copies.

use super::archive::{Entry, tar_gz};
use super::payload::Payload;
use super::project::{NAME, PROGRAM, Project};
use crate::files::read;
use crate::root::root;

/// Returns the file name.
pub(crate) fn name(project: &Project, architecture: &str) -> String {
    format!("{NAME}-{}-image-{architecture}.tar.gz", project.version)
}

/// Returns the bytes, for `docker build - < FILE`.
pub(crate) fn context(payload: &Payload, time: u64) -> Result<Vec<u8>, String> {
    let dockerfile = read(&root().join("packaging/docker/Dockerfile"))?;
    let mut entries = vec![
        Entry::new("Dockerfile", dockerfile),
        Entry::program(PROGRAM, payload.program.clone()),
        Entry::folder("empty"),
    ];
    let licenses = payload.licenses().cloned();
    entries.extend(licenses.map(|file| file.within("licenses")));
    tar_gz(entries, time)
}
