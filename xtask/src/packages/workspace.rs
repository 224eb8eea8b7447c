//! The workspace of the unpacked packages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::Published;
use crate::files;
use crate::root::root;

/// Writes `Cargo.toml` and `Cargo.lock` of the workspace of the unpacked packages.
///
/// The versions of dependencies and the profiles are those of the repository, so that cargo finds the
/// dependencies compiled where it shares the target folder.
pub(super) fn write(packages: &[Published], folder: &Path) -> Result<(), String> {
    let manifest = files::read_text(&root().join("Cargo.toml"))?;
    let folders: Vec<_> = packages
        .iter()
        .map(|package| format!("    \"{}\",\n", package.folder()))
        .collect();
    let text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{}]\n\n{}\n{}",
        folders.concat(),
        patches(packages.iter(), "."),
        profiles(&manifest)
    );
    files::write(&folder.join("Cargo.toml"), text.as_bytes())?;
    let lock = files::read(&root().join("Cargo.lock"))?;
    files::write(&folder.join("Cargo.lock"), &lock)
}

/// The part of a `Cargo.toml` that takes these packages from a folder instead of the registry.
pub(super) fn patches<'a>(
    packages: impl IntoIterator<Item = &'a Published>,
    folder: &str,
) -> String {
    let mut text = "[patch.crates-io]\n".to_owned();
    for package in packages {
        let (name, path) = (&package.name, package.folder());
        writeln!(text, "{name} = {{ path = \"{folder}/{path}\" }}")
            .expect("a String takes everything");
    }
    text
}

/// The tables of a `Cargo.toml` that hold profiles, as they are.
fn profiles(manifest: &str) -> String {
    let mut is_profile = false;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            is_profile = line.starts_with("[profile.");
        }
        is_profile
    });
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The packages of ours that a `Cargo.lock` names, which are all that a project needs.
pub(super) fn locked<'a>(
    lock: &str,
    packages: &'a [Published],
) -> impl Iterator<Item = &'a Published> {
    let names: BTreeSet<_> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .collect();
    packages
        .iter()
        .filter(move |package| names.contains(&package.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str) -> Published {
        Published {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
        }
    }

    #[test]
    fn profiles_are_copied_and_nothing_else() {
        let manifest = "[workspace]\na = 1\n\n[profile.dev]\n# Why.\ndebug = false\n\n\
                        [dependencies]\nb = 2\n[profile.dev.package.c]\nopt-level = 1\n";
        assert_eq!(
            profiles(manifest),
            "[profile.dev]\n# Why.\ndebug = false\n\n[profile.dev.package.c]\nopt-level = 1\n"
        );
    }

    #[test]
    fn a_project_takes_what_its_lock_file_names() {
        let packages = [package("whapi-a"), package("whapi-b")];
        let lock = "[[package]]\nname = \"whapi-b\"\nversion = \"1.2.3\"\n";
        assert_eq!(
            patches(locked(lock, &packages), "../.."),
            "[patch.crates-io]\nwhapi-b = { path = \"../../whapi-b-1.2.3\" }\n"
        );
    }
}
