//! Building the program that every package carries.

use std::collections::BTreeSet;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, Message, PackageId, TargetKind};

use super::linkage::{Choice, Linkage};
use super::project::{CRATE, PROGRAM, Project};
use crate::root::root;

/// The largest program that is distributed, in bytes.
const LIMIT: u64 = 20_000_000;

/// The program, and what was compiled into it.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) program: PathBuf,
    /// The packages whose libraries the program is linked with, itself included.
    pub(crate) linked: BTreeSet<PackageId>,
}

/// The folder that is built in, in the target folder: cargo's own folder for the profile is called as that of
/// the packages.
const BUILD_FOLDER: &str = "dist-build";

/// Builds with the profile `dist`.
pub(crate) fn build(choice: &Choice, project: &Project) -> Result<Built, String> {
    let mut cargo = cargo(choice, project);
    cargo.args(["build", "--profile", "dist", "--locked", "--package", CRATE]);
    let folder = project.metadata.target_directory.join(BUILD_FOLDER);
    cargo.args([
        "--target",
        choice.target.triple,
        "--target-dir",
        folder.as_str(),
    ]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let mut running = cargo
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("could not run cargo: {error}"))?;
    let messages = running.stdout.take().expect("the output is piped");
    let artifacts = Message::parse_stream(BufReader::new(messages))
        .filter_map(|message| match message {
            Ok(Message::CompilerArtifact(artifact)) => Some(Ok(artifact)),
            Ok(_) => None,
            Err(error) => Some(Err(format!("could not read cargo's messages: {error}"))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let status = running
        .wait()
        .map_err(|error| format!("could not wait for cargo: {error}"))?;
    if !status.success() {
        return Err(format!("cargo build failed: {status}"));
    }
    let folder = folder.join(choice.target.triple);
    let built = built(&artifacts, folder.as_std_path())?;
    check_size(&built.program)?;
    Ok(built)
}

/// Returns cargo with the flags of every build that is distributed.
///
/// They replace those of the user, so that two machines build the same. No path of this machine gets
/// into the program.
fn cargo(choice: &Choice, project: &Project) -> Command {
    let mut flags = vec![format!("--remap-path-prefix={}=.", root().display())];
    if let Some(registry) = registry(project) {
        flags.push(format!(
            "--remap-path-prefix={}=registry",
            registry.display()
        ));
    }
    if choice.linkage == Linkage::StaticGlibc {
        flags.push("-Ctarget-feature=+crt-static".to_owned());
    }
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(root())
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    if choice.linkage == Linkage::Musl {
        let triple = choice.target.triple.replace('-', "_");
        command.env(format!("CC_{triple}"), "musl-gcc");
    }
    command
}

/// The folder of the registry's sources, in which each package has a folder.
fn registry(project: &Project) -> Option<&Path> {
    let mut packages = project.metadata.packages.iter();
    let package = packages.find(|package| package.source.is_some())?;
    let folder = package.manifest_path.parent()?.parent()?;
    Some(folder.as_std_path())
}

/// Picks the program and the linked libraries out of what cargo compiled.
///
/// Build scripts, procedural macros and their dependencies are compiled for the host, into another
/// folder.
fn built(artifacts: &[Artifact], folder: &Path) -> Result<Built, String> {
    let mut program = None;
    let mut linked = BTreeSet::new();
    for artifact in artifacts {
        let for_target = artifact
            .filenames
            .iter()
            .any(|file| file.starts_with(folder));
        if !for_target {
            continue;
        }
        linked.insert(artifact.package_id.clone());
        if artifact.target.kind.contains(&TargetKind::Bin) && artifact.target.name == PROGRAM {
            program.clone_from(&artifact.executable);
        }
    }
    let program = program.ok_or_else(|| format!("cargo built no {PROGRAM}"))?;
    Ok(Built {
        program: program.into_std_path_buf(),
        linked,
    })
}

fn check_size(program: &Path) -> Result<(), String> {
    let size = fs::metadata(program)
        .map_err(|error| format!("could not read {}: {error}", program.display()))?
        .len();
    println!(
        "program: {} of at most {} MB",
        megabytes(size),
        megabytes(LIMIT)
    );
    if size > LIMIT {
        return Err(format!("{} is too large", program.display()));
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An artifact as cargo describes it.
    fn artifact(id: &str, kind: &str, name: &str, file: &str) -> Artifact {
        let executable = match kind {
            "bin" => format!("\"{file}\""),
            _ => "null".to_owned(),
        };
        let text = format!(
            r#"{{"package_id":"{id}","manifest_path":"/src/{id}/Cargo.toml","target":{{"kind":["{kind}"],
                "crate_types":["{kind}"],"name":"{name}","src_path":"/src/{id}/src/lib.rs","edition":"2024",
                "doc":true,"doctest":true,"test":true}},"profile":{{"opt_level":"3","debuginfo":0,
                "debug_assertions":false,"overflow_checks":false,"test":false}},"features":[],
                "filenames":["{file}"],"executable":{executable},"fresh":true}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_is_compiled_for_the_host_is_not_linked() {
        let artifacts = [
            artifact("serde", "lib", "serde", "/t/musl/dist/deps/libserde.rlib"),
            artifact("syn", "lib", "syn", "/t/dist/deps/libsyn.rlib"),
            artifact(
                "derive",
                "proc-macro",
                "derive",
                "/t/dist/deps/libderive.so",
            ),
            artifact(
                "ring",
                "custom-build",
                "build-script-build",
                "/t/dist/build/ring/build",
            ),
            artifact("whapi-cli", "bin", "whapi", "/t/musl/dist/whapi"),
        ];
        let built = built(&artifacts, Path::new("/t/musl")).unwrap();
        assert_eq!(built.program, Path::new("/t/musl/dist/whapi"));
        let linked: Vec<_> = built.linked.iter().map(|id| id.repr.as_str()).collect();
        assert_eq!(linked, ["serde", "whapi-cli"]);
    }

    #[test]
    fn a_build_without_the_program_is_an_error() {
        let artifacts = [artifact("serde", "lib", "serde", "/t/musl/libserde.rlib")];
        let error = built(&artifacts, Path::new("/t/musl")).unwrap_err();
        assert_eq!(error, "cargo built no whapi");
    }

    #[test]
    fn a_large_program_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("whapi");
        let file = fs::File::create(&program).unwrap();
        file.set_len(LIMIT).unwrap();
        assert_eq!(check_size(&program), Ok(()));
        file.set_len(LIMIT + 1).unwrap();
        let error = format!("{} is too large", program.display());
        assert_eq!(check_size(&program), Err(error));
        assert_eq!(megabytes(15_456_168), "15.4");
    }
}
