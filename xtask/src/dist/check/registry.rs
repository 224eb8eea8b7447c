//! A registry of npm on loopback, with the packages of this release and nothing else.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::super::job::Job;
use super::super::npm;
use super::super::target::Target;
use crate::files::{create_folder, empty_folder, read, write};
use crate::tools::output;

/// A server of files, which answers as a registry does.
pub(super) struct Registry {
    server: Child,
    pub(super) url: String,
    /// The files that it serves.
    _folder: TempDir,
}

impl Registry {
    /// Serves the two packages of this target, and what a registry says about those of the others.
    pub(super) fn start(job: &Job, packages: &Path, python: &Path) -> Result<Self, String> {
        let folder = empty_folder()?;
        let (mut server, url) = serve(folder.path(), python)?;
        let filled = fill(job, packages, folder.path(), &url);
        if filled.is_err() {
            let _ = server.kill();
        }
        filled.map(|()| Self {
            server,
            url,
            _folder: folder,
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts the server and returns its address.
fn serve(folder: &Path, python: &Path) -> Result<(Child, String), String> {
    let mut server = Command::new(python)
        .args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("could not run Python: {error}"))?;
    let mut line = String::new();
    let said = BufReader::new(server.stdout.take().expect("the output is piped"));
    // "Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ..."
    let read = { said }.read_line(&mut line);
    let url = line
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    if let (Ok(_), Some((url, _))) = (read, url) {
        return Ok((server, url.to_owned()));
    }
    let _ = server.kill();
    Err(format!("the server of Python says `{}`", line.trim_end()))
}

fn fill(job: &Job, packages: &Path, folder: &Path, url: &str) -> Result<(), String> {
    for archive in npm::names(&job.project, job.choice.target) {
        add(folder, url, packages, &archive)?;
    }
    let here = job.choice.target.npm;
    for target in Target::released().filter(|target| target.npm != here) {
        let (os, cpu) = target.npm;
        let manifest = Map::from_iter([
            ("name".to_owned(), json!(target.npm_package())),
            ("version".to_owned(), json!(job.project.version)),
            ("os".to_owned(), json!([os])),
            ("cpu".to_owned(), json!([cpu])),
        ]);
        describe(folder, manifest, &format!("{url}not-served.tgz"))?;
    }
    Ok(())
}

/// Adds an archive and what its manifest says.
fn add(folder: &Path, url: &str, packages: &Path, archive: &str) -> Result<(), String> {
    let bytes = read(&packages.join(archive))?;
    write(&folder.join(archive), &bytes)?;
    let mut tar = Command::new("tar");
    tar.arg("-xOf")
        .arg(packages.join(archive))
        .arg("package/package.json");
    let manifest = serde_json::from_slice(&output(&mut tar)?);
    let manifest = manifest.map_err(|error| format!("{archive}: {error}"))?;
    describe(folder, manifest, &format!("{url}{archive}"))
}

/// Writes what a registry answers for a package with one version.
fn describe(folder: &Path, mut manifest: Map<String, Value>, archive: &str) -> Result<(), String> {
    let text = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
    let (name, version) = (text("name"), text("version"));
    manifest.insert("dist".to_owned(), json!({ "tarball": archive }));
    let versions = Map::from_iter([(version.clone(), Value::from(manifest))]);
    let answer = json!({ "name": name, "dist-tags": { "latest": version }, "versions": versions });
    let path = folder.join(&name);
    create_folder(path.parent().expect("a package is below the folder"))?;
    write(&path, answer.to_string().as_bytes())
}
