//! The projects of `examples/`, built from the packages.

use std::fs;
use std::path::Path;

use super::workspace::{locked, patches};
use super::{Published, run};
use crate::files;
use crate::root::root;

/// How a project of the repository begins the path of a crate.
const PATH: &str = "path = \"../../crates/";

/// Copies each project beside the packages, and runs its tests there.
pub(super) fn test(packages: &[Published], folder: &Path, target: &Path) -> Result<(), String> {
    let examples = root().join("examples");
    let failed = |error| format!("could not read {}: {error}", examples.display());
    let mut projects = Vec::new();
    for entry in fs::read_dir(&examples).map_err(failed)? {
        projects.push(entry.map_err(failed)?.path());
    }
    projects.sort_unstable();
    for project in projects {
        let name = project.file_name().expect("an entry has a name");
        let copy = folder.join("projects").join(name);
        copy_project(&project, &copy, packages)?;
        println!("project: {}", copy.display());
        run::tests(&copy, target)?;
    }
    Ok(())
}

fn copy_project(from: &Path, to: &Path, packages: &[Published]) -> Result<(), String> {
    for folder in ["src", "tests"] {
        copy_folder(&from.join(folder), &to.join(folder))?;
    }
    let lock = files::read_text(&from.join("Cargo.lock"))?;
    let manifest = files::read_text(&from.join("Cargo.toml"))?;
    let manifest = from_registry(&manifest, packages)?;
    let patches = patches(locked(&lock, packages), "../..");
    files::write(
        &to.join("Cargo.toml"),
        format!("{manifest}\n{patches}").as_bytes(),
    )?;
    files::write(&to.join("Cargo.lock"), lock.as_bytes())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error| format!("could not read {}: {error}", from.display());
    files::create_folder(to)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            files::write(&copy, &files::read(&path)?)?;
        }
    }
    Ok(())
}

/// Replaces the paths of dependencies by versions, as a project outside of the repository has them.
fn from_registry(manifest: &str, packages: &[Published]) -> Result<String, String> {
    let lines = manifest.lines().map(|line| {
        let Some((before, rest)) = line.split_once(PATH) else {
            return Ok(format!("{line}\n"));
        };
        let (name, after) = rest.split_once('"').unwrap_or((rest, ""));
        let package = packages.iter().find(|package| package.name == name);
        let package = package.ok_or_else(|| format!("{name} is not published: `{line}`"))?;
        let version = &package.version;
        Ok(format!("{before}version = \"{version}\"{after}\n"))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_versions() {
        let packages = [Published {
            name: "whapi-text".to_owned(),
            version: "1.2.3".to_owned(),
        }];
        let manifest = "[dependencies]\ntokio = \"1\"\n\
                        whapi-text = { path = \"../../crates/whapi-text\", features = [\"dates\"] }\n";
        assert_eq!(
            from_registry(manifest, &packages).unwrap(),
            "[dependencies]\ntokio = \"1\"\n\
             whapi-text = { version = \"1.2.3\", features = [\"dates\"] }\n"
        );
        let line = "a = { path = \"../../crates/a\" }";
        assert_eq!(
            from_registry(line, &packages),
            Err(format!("a is not published: `{line}`"))
        );
    }
}
