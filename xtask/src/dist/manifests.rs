//! The formula of Homebrew and the manifest of Scoop, which name the archives of a release.

use std::path::Path;

use super::project::{NAME, Project};
use super::sums::sha256;
use super::target::Target;
use super::template::{fill_file, lookup};
use crate::files::{self, read};

/// The files of `packaging/`, and their endings.
const MANIFESTS: [(&str, &str); 2] = [("homebrew", "rb"), ("scoop", "json")];

/// Returns the archives of a release that a folder lacks.
pub(crate) fn missing(project: &Project, folder: &Path) -> Vec<String> {
    Target::released()
        .map(|target| target.archive(&project.version))
        .filter(|archive| !folder.join(archive).exists())
        .collect()
}

/// Writes both next to the archives that they name, and returns the file names.
pub(crate) fn write(project: &Project, folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for (kind, ending) in MANIFESTS {
        let name = format!("{NAME}.{ending}");
        let text = fill_file(&format!("{kind}/{name}"), |key| value(project, folder, key))?;
        files::write(&folder.join(&name), text.as_bytes())?;
        names.push(name);
    }
    Ok(names)
}

/// The value of a placeholder. Those of archives are `url:TARGET`, `sha256:TARGET`, `folder:TARGET`.
fn value(project: &Project, folder: &Path, key: &str) -> Result<String, String> {
    let Some((what, triple)) = key.split_once(':') else {
        return lookup(&project.values())(key);
    };
    let target = Target::named(triple)?;
    let archive = target.archive(&project.version);
    match what {
        "url" => Ok(project.release_url(&archive)),
        "sha256" => Ok(sha256(&read(&folder.join(archive))?)),
        "folder" => Ok(target.folder(&project.version)),
        _ => Err(format!("`{key}` is unknown")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::project::CRATE;
    use super::*;
    use crate::root::root;

    #[test]
    fn every_archive_of_a_release_is_named_with_its_sum() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::for_tests("1.2.3");
        assert_eq!(missing(&project, folder.path()).len(), 5);
        for target in Target::released() {
            let archive = folder.path().join(target.archive("1.2.3"));
            fs::write(archive, target.triple).unwrap();
        }
        assert_eq!(missing(&project, folder.path()), [""; 0]);
        let names = write(&project, folder.path()).unwrap();
        assert_eq!(names, ["whapi-export.rb", "whapi-export.json"]);

        let formula = fs::read_to_string(folder.path().join("whapi-export.rb")).unwrap();
        let lines: Vec<_> = formula.lines().map(str::trim).collect();
        for target in Target::released().filter(|target| !target.is_windows()) {
            let url = format!(
                "url \"https://example.org/whapi-export/releases/download/v1.2.3/{}\"",
                target.archive("1.2.3")
            );
            let sum = format!("sha256 \"{}\"", sha256(target.triple.as_bytes()));
            let place = lines.iter().position(|line| *line == url).unwrap();
            assert_eq!(lines[place + 1], sum);
        }

        let manifest = read(&folder.path().join("whapi-export.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(
            manifest["architecture"]["64bit"],
            serde_json::json!({
                "url": "https://example.org/whapi-export/releases/download/v1.2.3/\
                        whapi-export-1.2.3-x86_64-pc-windows-msvc.zip",
                "hash": sha256(b"x86_64-pc-windows-msvc"),
                "extract_dir": "whapi-export-1.2.3-x86_64-pc-windows-msvc",
            })
        );
    }

    #[test]
    fn binstall_finds_the_archives() {
        let project = Project::for_tests("1.2.3");
        let mut packages = project.metadata.packages.iter();
        let package = packages.find(|package| package.name.as_str() == CRATE);
        let binstall = &package.unwrap().metadata["binstall"];
        for target in Target::released() {
            let text = |key: &str| {
                let general = &binstall[key];
                let own = &binstall["overrides"][target.triple][key];
                let text = own.as_str().or(general.as_str()).unwrap();
                text.replace("{ repo }", &project.repository)
                    .replace("{ version }", "1.2.3")
                    .replace("{ target }", target.triple)
                    .replace("{ bin }{ binary-ext }", &target.program())
            };
            let archive = target.archive("1.2.3");
            assert_eq!(text("pkg-url"), project.release_url(&archive));
            let program = format!("{}/{}", target.folder("1.2.3"), target.program());
            assert_eq!(text("bin-dir"), program);
            let ending = if target.is_windows() { "zip" } else { "tgz" };
            assert_eq!(text("pkg-fmt"), ending);
        }
    }

    #[test]
    fn the_workflow_builds_every_target_of_a_release() {
        let workflow = read(&root().join(".github/workflows/release.yml")).unwrap();
        let workflow = String::from_utf8(workflow).unwrap();
        let lines = workflow.lines().map(str::trim);
        let built: Vec<_> = lines
            .filter_map(|line| line.strip_prefix("- target: "))
            .collect();
        let released: Vec<_> = Target::released().map(|target| target.triple).collect();
        assert_eq!(built, released);
    }

    #[test]
    fn a_placeholder_that_is_unknown_is_an_error() {
        let project = Project::for_tests("1.2.3");
        for (key, expected) in [
            (
                "size:x86_64-apple-darwin",
                "`size:x86_64-apple-darwin` is unknown",
            ),
            ("url:vax", "vax is not in xtask/src/dist/target.rs"),
            ("size", "`size` is unknown"),
        ] {
            let error = value(&project, Path::new("."), key).unwrap_err();
            assert_eq!(error, expected);
        }
    }
}
