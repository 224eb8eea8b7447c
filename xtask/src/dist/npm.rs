//! The npm packages: one with a launcher, and one for each platform with the program.

use serde_json::{Map, Value, json};

use super::archive::{Entry, tar_gz};
use super::linkage::{Choice, Linkage};
use super::payload::{NOTICES, Payload};
use super::project::{NAME, Project};
use super::target::Target;
use crate::files::read;
use crate::root::root;

/// The folder that every archive of npm has.
const FOLDER: &str = "package";

/// Returns the file names of both packages, the launcher's first.
pub(crate) fn names(project: &Project, target: &Target) -> [String; 2] {
    let (os, cpu) = target.npm;
    let version = &project.version;
    [
        format!("{NAME}-npm-{version}.tgz"),
        format!("{NAME}-npm-{os}-{cpu}-{version}.tgz"),
    ]
}

/// Returns the file names and the bytes of both packages.
pub(crate) fn packages(
    project: &Project,
    choice: &Choice,
    payload: &Payload,
    time: u64,
) -> Result<[(String, Vec<u8>); 2], String> {
    let launcher = pack(launcher_entries(project, payload)?, time)?;
    let platform = pack(platform_entries(project, choice, payload), time)?;
    let [launcher_name, platform_name] = names(project, choice.target);
    Ok([(launcher_name, launcher), (platform_name, platform)])
}

fn pack(entries: Vec<Entry>, time: u64) -> Result<Vec<u8>, String> {
    let entries = entries.into_iter().map(|entry| entry.within(FOLDER));
    tar_gz(entries.collect(), time)
}

/// The files of the launcher's package, which are the same for every target.
fn launcher_entries(project: &Project, payload: &Payload) -> Result<Vec<Entry>, String> {
    let folder = root().join("packaging/npm");
    let manifest = read(&folder.join("package.json"))?;
    let manifest = serde_json::from_slice(&manifest)
        .map_err(|error| format!("packaging/npm/package.json: {error}"))?;
    let mut entries = vec![
        json_file("package.json", &launcher_manifest(manifest, project)),
        Entry::program("launcher.js", read(&folder.join("launcher.js"))?),
        Entry::new("README.md", read(&folder.join("README.md"))?),
    ];
    let licenses = payload.licenses();
    entries.extend(licenses.filter(|file| file.path != NOTICES).cloned());
    Ok(entries)
}

/// Adds what the workspace knows, and the packages of all platforms that a release has.
fn launcher_manifest(mut manifest: Map<String, Value>, project: &Project) -> Value {
    let platforms: Map<_, _> = Target::released()
        .map(|target| (target.npm_package(), json!(project.version)))
        .collect();
    manifest.extend(common(project));
    manifest.insert("optionalDependencies".to_owned(), platforms.into());
    manifest.into()
}

fn platform_entries(project: &Project, choice: &Choice, payload: &Payload) -> Vec<Entry> {
    let target = choice.target;
    let (os, cpu) = target.npm;
    let mut manifest = common(project);
    manifest.insert("name".to_owned(), json!(target.npm_package()));
    manifest.insert(
        "description".to_owned(),
        json!(format!("The program of {NAME} for {os}-{cpu}")),
    );
    manifest.insert("os".to_owned(), json!([os]));
    manifest.insert("cpu".to_owned(), json!([cpu]));
    if os == "linux" && choice.linkage == Linkage::Dynamic {
        manifest.insert("libc".to_owned(), json!(["glibc"]));
    }
    let mut entries = vec![
        json_file("package.json", &manifest.into()),
        Entry::program(target.program(), payload.program.clone()),
    ];
    entries.extend(payload.licenses().cloned());
    entries
}

fn common(project: &Project) -> Map<String, Value> {
    let repository = json!({ "type": "git", "url": format!("git+{}.git", project.repository) });
    Map::from_iter([
        ("version".to_owned(), json!(project.version)),
        (
            "license".to_owned(),
            json!(format!("({})", project.license)),
        ),
        ("repository".to_owned(), repository),
    ])
}

fn json_file(name: &str, value: &Value) -> Entry {
    Entry::new(name, format!("{value:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_depends_on_every_platform_of_this_version() {
        let project = Project::for_tests("1.2.3");
        let manifest = Map::from_iter([("name".to_owned(), json!(NAME))]);
        assert_eq!(
            launcher_manifest(manifest, &project),
            json!({
                "name": "whapi-export",
                "version": "1.2.3",
                "license": "(MIT OR Apache-2.0)",
                "repository": { "type": "git", "url": "git+https://example.org/whapi-export.git" },
                "optionalDependencies": {
                    "@whapi-export/darwin-arm64": "1.2.3",
                    "@whapi-export/darwin-x64": "1.2.3",
                    "@whapi-export/linux-arm64": "1.2.3",
                    "@whapi-export/linux-x64": "1.2.3",
                    "@whapi-export/win32-x64": "1.2.3",
                },
            })
        );
    }

    #[test]
    fn a_package_of_a_platform_names_it() {
        let project = Project::for_tests("1.2.3");
        for (triple, linkage, program, libc) in [
            ("aarch64-unknown-linux-musl", Linkage::Musl, "whapi", None),
            (
                "aarch64-unknown-linux-gnu",
                Linkage::Dynamic,
                "whapi",
                Some(json!(["glibc"])),
            ),
            (
                "x86_64-pc-windows-msvc",
                Linkage::Dynamic,
                "whapi.exe",
                None,
            ),
        ] {
            let target = Target::named(triple).unwrap();
            let choice = Choice::new(target, linkage, "a test");
            let entries = platform_entries(&project, &choice, &Payload::for_tests());
            let manifest: Value = serde_json::from_slice(&entries[0].bytes).unwrap();
            assert_eq!(manifest["name"], target.npm_package());
            assert_eq!(manifest["os"], json!([target.npm.0]));
            assert_eq!(manifest["cpu"], json!([target.npm.1]));
            assert_eq!(manifest.get("libc"), libc.as_ref());
            assert_eq!(entries[1], Entry::program(program, "the program"));
        }
    }
}
