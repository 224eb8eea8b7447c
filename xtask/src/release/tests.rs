//! Releases of a small workspace, with git, cargo, and a registry in a folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::files::{create_folder, write};
use crate::git::commit_all;
use crate::tools::output;

/// The first crate depends on the third, and on the second for tests only.
const CRATES: [(&str, &str); 4] = [
    (
        "amber",
        "publish = [\"local\"]\n[dependencies]\ncoral.workspace = true\n\
         [dev-dependencies]\nberyl.path = \"../beryl\"\n",
    ),
    (
        "beryl",
        "publish = [\"local\"]\n[dependencies]\namber.workspace = true\n",
    ),
    ("coral", "publish = [\"local\"]\n"),
    ("quartz", "publish = false\n"),
];

const MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["crates/*"]
exclude = ["fuzz"]

[workspace.package]
version = "0.41.0"
edition = "2024"
license = "MIT"
repository = "https://example.org/team/whapi-export"

[workspace.dependencies]
# Without a version, as cargo takes it, too.
amber = { path = "crates/amber", version = "0.41.0", registry = "local" }
coral = { path = "crates/coral", version = "0.41.0", registry = "local" }
"#;

const FILES: [(&str, &str); 8] = [
    (".gitignore", "target\n"),
    (
        "CHANGELOG.md",
        "# Changelog\n\n## Unreleased\n\n- whapi-export-0.41.0 is a name.\n",
    ),
    (
        "README.md",
        "Install whapi-export_0.41.0-1_amd64.deb, or add `coral = \"0.41\"`.\n",
    ),
    (
        "fuzz/Cargo.toml",
        "[workspace]\n[package]\nname = \"fuzz\"\nedition = \"2024\"\n\
         [dependencies]\ncoral.path = \"../crates/coral\"\n",
    ),
    (
        "integrations/spark/whapi_spark/__init__.py",
        "\"\"\"A data source.\"\"\"\n\n__version__ = \"0.41.0\"\n",
    ),
    (
        "sdk/python/whapi_exporter.py",
        "\"\"\"Exporters.\"\"\"\n\n__version__ = \"0.41.0\"\n",
    ),
    (
        "sdk/node/package.json",
        "{\n  \"name\": \"whapi-exporter\",\n  \"version\": \"0.41.0\",\n  \"private\": true\n}\n",
    ),
    (
        "sdk/node/package-lock.json",
        "{\n  \"name\": \"whapi-exporter\",\n  \"version\": \"0.41.0\",\n  \"packages\": {\n    \
         \"\": {\n      \"name\": \"whapi-exporter\",\n      \"version\": \"0.41.0\",\n      \
         \"license\": \"MIT\"\n    }\n  }\n}\n",
    ),
];

/// A repository whose version 0.41.0 is not released yet.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        project.write("Cargo.toml", MANIFEST);
        for (path, text) in FILES {
            project.write(path, text);
        }
        for (name, rest) in CRATES {
            project.add_crate(name, rest);
        }
        project.write("fuzz/src/lib.rs", "");
        // An address that cannot be reached: nothing is uploaded.
        project.write(
            "registry/config.json",
            "{\"dl\":\"file:///none\",\"api\":\"http://127.0.0.1:9\"}",
        );
        commit_all(&project.root().join("registry"));
        let registry = project.root().join("registry");
        project.write(
            ".cargo/config.toml",
            &format!(
                "[registries.local]\nindex = \"file://{}\"\n",
                registry.display()
            ),
        );
        for folder in [".", "fuzz"] {
            let mut cargo = Command::new(env!("CARGO"));
            let folder = project.root().join(folder);
            output(cargo.arg("generate-lockfile").current_dir(folder)).unwrap();
        }
        project.write(".git/info/exclude", "registry\n");
        commit_all(project.root());
        let origin = "git@example.org:team/whapi-export.git";
        project.git(&["remote", "add", "origin", origin]);
        project
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        create_folder(path.parent().unwrap()).unwrap();
        write(&path, text.as_bytes()).unwrap();
    }

    fn add_crate(&self, name: &str, rest: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\ndescription = \"A stone.\"\nversion.workspace = true\n\
             edition.workspace = true\nlicense.workspace = true\nrepository.workspace = true\n{rest}"
        );
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{name}/src/lib.rs"), "");
    }

    fn git(&self, args: &[&str]) -> String {
        Git::new(self.root()).text(args).unwrap()
    }

    /// What a release writes, and how it ends.
    fn release(&self, line: &str, maintainer: &str) -> (String, Result<(), String>) {
        let args: Vec<_> = line.split_whitespace().map(OsString::from).collect();
        let release = Release {
            root: self.root(),
            maintainer,
            date: "2026-12-01",
            options: Options::parse(&args).unwrap(),
        };
        let mut out = Vec::new();
        let done = release.run(&mut out);
        (String::from_utf8(out).unwrap(), done)
    }

    /// What a release writes that succeeds.
    fn released(&self, line: &str) -> String {
        let (out, done) = self.release(line, "Ann <ann@example.org>");
        assert_eq!(done, Ok(()), "{out}");
        out
    }
}

#[track_caller]
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_first_release_and_the_next() {
    let project = Project::new();
    let dry = project.released("--dry-run 0.41.0");
    snapshot("first_dry_run", &dry);
    assert_eq!(project.git(&["status", "--porcelain"]), "");

    snapshot("first", &project.released("0.41.0"));
    let changed = project.git(&["diff", "--unified=0"]);
    snapshot("first_diff", &without_hashes(&changed));
    commit_all(project.root());
    project.git(&["tag", "v0.41.0"]);

    project.write(
        "CHANGELOG.md",
        &fs::read_to_string(project.root().join("CHANGELOG.md"))
            .unwrap()
            .replace("Unreleased\n", "Unreleased\n\n- More.\n"),
    );
    project.add_crate("agate", "publish = [\"local\"]\n");
    let mut cargo = Command::new(env!("CARGO"));
    output(
        cargo
            .args(["update", "--workspace"])
            .current_dir(project.root()),
    )
    .unwrap();
    commit_all(project.root());
    snapshot("next", &project.released("0.42.0"));
    let changed = project.git(&["diff", "--unified=0"]);
    snapshot("next_diff", &without_hashes(&changed));
    // What is prepared can be built as it is.
    let mut cargo = Command::new(env!("CARGO"));
    let metadata = cargo.args(["metadata", "--locked", "--format-version=1"]);
    output(metadata.current_dir(project.root().join("fuzz"))).unwrap();
}

/// Removes the lines of a difference that name objects of git.
fn without_hashes(diff: &str) -> String {
    let lines = diff.lines().filter(|line| !line.starts_with("index "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_problem_is_reported_and_nothing_changes() {
    let project = Project::new();
    project.write("CHANGELOG.md", "## Unreleased\n\n## 0.41.0 - 2026-11-01\n");
    commit_all(project.root());
    project.git(&["checkout", "--quiet", "-b", "topic"]);
    project.git(&["tag", "v0.42.0"]);
    project.git(&["remote", "remove", "origin"]);
    project.write("new.txt", "");
    let text = "pub const OUTSIDE: &str = include_str!(\"../../../README.md\");\n";
    project.write("crates/coral/src/lib.rs", text);
    let before = project.git(&["diff"]);

    let maintainer = "Ann <ann@example.invalid>";
    let (out, done) = project.release("0.42.0 --dry-run", maintainer);
    snapshot("problems", &format!("{out}error: {}", done.unwrap_err()));
    let (_, done) = project.release("0.42.0", maintainer);
    assert!(done.is_err());
    assert_eq!(project.git(&["diff"]), before);
}

#[test]
fn a_package_that_needs_files_outside_of_it_is_reported() {
    let project = Project::new();
    let text = "pub const OUTSIDE: &str = include_str!(\"../../../README.md\");\n";
    project.write("crates/coral/src/lib.rs", text);
    commit_all(project.root());
    let (_, done) = project.release("0.41.0", "Ann <ann@example.org>");
    let error = done.unwrap_err();
    let expected = "error: couldn't read `src/../../../README.md`";
    let lines = error
        .lines()
        .filter(|line| line.starts_with("error: couldn't"));
    let found: Vec<_> = lines
        .map(|line| line.split_once(": No such").unwrap().0)
        .collect();
    assert_eq!(found, [expected]);
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}

#[test]
fn tests_that_need_a_version_of_a_dependent_are_an_error() {
    let project = Project::new();
    let rest = "publish = [\"local\"]\n[dev-dependencies]\namber.workspace = true\n";
    project.add_crate("coral", rest);
    commit_all(project.root());
    let (_, done) = project.release("0.41.0 --dry-run", "Ann <ann@example.org>");
    let expected = "these depend on each other: amber, beryl, coral";
    assert_eq!(done, Err(expected.to_owned()));
}

#[test]
fn arguments() {
    let parse = |line: &str| {
        let args: Vec<_> = line.split_whitespace().map(OsString::from).collect();
        Options::parse(&args)
    };
    let options = |dry_run| Options {
        version: Version::new(1, 2, 3),
        dry_run,
    };
    assert_eq!(parse("1.2.3"), Ok(options(false)));
    assert_eq!(parse("1.2.3 --dry-run"), Ok(options(true)));
    for wrong in [
        "",
        "--dry-run",
        "1.2",
        "v1.2.3",
        "1.2.3 1.2.4",
        "1.2.3 --push",
    ] {
        assert_eq!(parse(wrong), Err(USAGE.to_owned()), "{wrong}");
    }
    assert_eq!(
        parse("1.2.3-rc.1"),
        Err("1.2.3-rc.1 is a pre-release or a build, which are not packaged".to_owned())
    );
}
