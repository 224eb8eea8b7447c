//! Debian's package, made by `dpkg-deb`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::archive::Entry;
use super::linkage::{Choice, Linkage};
use super::payload::Payload;
use super::project::{NAME, PROGRAM, Project};
use super::template::{fill_file, lookup};
use crate::files::{create_folder, empty_folder, read, write as write_file};
use crate::root::root;
use crate::tools::output;

/// What makes the package, and where it comes from.
pub(crate) const TOOL: (&str, &str) = ("dpkg-deb", "apt-get install dpkg");

/// Writes the package into a folder and returns its file name.
pub(crate) fn write(
    project: &Project,
    choice: &Choice,
    glibc: Option<(u32, u32)>,
    payload: &Payload,
    time: u64,
    folder: &Path,
) -> Result<String, String> {
    let architecture = choice.target.debian.ok_or("Debian has no such target")?;
    let tree = empty_folder()?;
    let entries = contents(project, payload, time)?;
    let control = control(project, architecture, &depends(choice, glibc), &entries)?;
    for entry in &entries {
        place(tree.path(), entry)?;
    }
    place(tree.path(), &Entry::new("DEBIAN/control", control))?;
    let name = format!("{NAME}_{}-1_{architecture}.deb", project.version);
    output(
        Command::new(TOOL.0)
            .args(["--root-owner-group", "-Zxz", "--build"])
            .arg(tree.path())
            .arg(folder.join(&name))
            .env("SOURCE_DATE_EPOCH", time.to_string()),
    )?;
    Ok(name)
}

/// Every file that the package installs.
fn contents(project: &Project, payload: &Payload, time: u64) -> Result<Vec<Entry>, String> {
    let program = Entry::program(format!("usr/bin/{PROGRAM}"), payload.program.clone());
    let mut entries = vec![program];
    for file in payload.shared() {
        let is_manual = file.path.starts_with("share/man/");
        let file = if is_manual { compressed(&file)? } else { file };
        entries.push(file.within("usr"));
    }
    let folder = format!("usr/share/doc/{NAME}");
    let documents = documents(project, payload, time)?.into_iter();
    entries.extend(documents.map(|file| file.within(&folder)));
    let overrides = fill_file("debian/lintian-overrides", lookup(&project.values()))?;
    let overrides = Entry::new(NAME, overrides);
    entries.push(overrides.within("usr/share/lintian/overrides"));
    Ok(entries)
}

/// The documents, by the names that Debian gives them.
fn documents(project: &Project, payload: &Payload, time: u64) -> Result<Vec<Entry>, String> {
    let mut documents = Vec::new();
    for file in &payload.documents {
        documents.push(match file.path.as_str() {
            // `copyright` has these.
            "LICENSE-APACHE" | "LICENSE-MIT" => continue,
            "README.md" => file.clone(),
            "CHANGELOG.md" => compressed(&Entry::new("changelog", file.bytes.clone()))?,
            _ => compressed(file)?,
        });
    }
    let changelog = changelog(project, time)?;
    documents.push(compressed(&Entry::new("changelog.Debian", changelog))?);
    documents.push(Entry::new("copyright", copyright(project)?));
    Ok(documents)
}

/// Compresses a file, as Debian asks for manual pages and changelogs.
fn compressed(file: &Entry) -> Result<Entry, String> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    let written = writer.write_all(&file.bytes).and_then(|()| writer.finish());
    let bytes = written.map_err(|error| format!("could not compress {}: {error}", file.path))?;
    Ok(Entry::new(format!("{}.gz", file.path), bytes))
}

/// The line of the dependencies; a static program has none.
fn depends(choice: &Choice, glibc: Option<(u32, u32)>) -> String {
    match (choice.linkage, glibc) {
        (Linkage::Dynamic, Some((major, minor))) => {
            format!("Depends: libc6 (>= {major}.{minor}), libgcc-s1\n")
        }
        _ => String::new(),
    }
}

fn control(
    project: &Project,
    architecture: &str,
    depends: &str,
    entries: &[Entry],
) -> Result<String, String> {
    let bytes: usize = entries.iter().map(|entry| entry.bytes.len()).sum();
    let size = bytes.div_ceil(1024).to_string();
    let mut values = project.values().to_vec();
    values.extend([
        ("architecture", architecture),
        ("depends", depends),
        ("size", &size),
    ]);
    fill_file("debian/control", lookup(&values))
}

fn changelog(project: &Project, time: u64) -> Result<String, String> {
    let date = i64::try_from(time)
        .ok()
        .and_then(|time| OffsetDateTime::from_unix_timestamp(time).ok())
        .and_then(|date| date.format(&Rfc2822).ok())
        .ok_or_else(|| format!("{time} is no time"))?;
    let mut values = project.values().to_vec();
    values.push(("date", &date));
    fill_file("debian/changelog", lookup(&values))
}

fn copyright(project: &Project) -> Result<String, String> {
    let mit = read(&root().join("LICENSE-MIT"))?;
    let mit = indented(&String::from_utf8_lossy(&mit));
    let mut values = project.values().to_vec();
    values.push(("mit", &mit));
    fill_file("debian/copyright", lookup(&values))
}

/// Indents a text as a field of several lines: an empty line is a dot.
fn indented(text: &str) -> String {
    let lines: Vec<_> = text
        .trim()
        .lines()
        .map(|line| match line.trim_end() {
            "" => " .".to_owned(),
            line => format!(" {line}"),
        })
        .collect();
    lines.join("\n")
}

/// Writes a file below a folder, with its mode.
fn place(folder: &Path, entry: &Entry) -> Result<(), String> {
    let path = folder.join(&entry.path);
    create_folder(path.parent().expect("the path is below a folder"))?;
    write_file(&path, &entry.bytes)?;
    set_modes(folder, &path, entry.mode())
        .map_err(|error| format!("could not set the mode of {}: {error}", path.display()))
}

/// Sets the mode of a file and of the folders above it, whatever the umask is.
#[cfg(unix)]
fn set_modes(folder: &Path, file: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(mode))?;
    let above = file.ancestors().skip(1);
    for parent in above.take_while(|parent| parent.starts_with(folder)) {
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn set_modes(_: &Path, _: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::target::Target;
    use super::*;

    #[test]
    fn files_are_where_debian_has_them() {
        let entries = contents(&Project::for_tests("1.2.3"), &Payload::for_tests(), 0).unwrap();
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "usr/bin/whapi",
                "usr/share/man/man1/whapi.1.gz",
                "usr/share/bash-completion/completions/whapi",
                "usr/share/fish/vendor_completions.d/whapi.fish",
                "usr/share/zsh/vendor-completions/_whapi",
                "usr/share/doc/whapi-export/changelog.gz",
                "usr/share/doc/whapi-export/README.md",
                "usr/share/doc/whapi-export/THIRD-PARTY-LICENSES.txt.gz",
                "usr/share/doc/whapi-export/changelog.Debian.gz",
                "usr/share/doc/whapi-export/copyright",
                "usr/share/lintian/overrides/whapi-export",
            ]
        );
    }

    #[test]
    fn the_control_file_names_version_architecture_size_and_dependencies() {
        let project = Project::for_tests("1.2.3");
        let entries = [Entry::new("usr/bin/whapi", vec![0; 1025])];
        let target = Target::named("aarch64-unknown-linux-gnu").unwrap();
        let head = "Package: whapi-export\nVersion: 1.2.3-1\nArchitecture: arm64\n\
                    Maintainer: the whapi-export maintainers <maintainers@whapi-export.invalid>\n\
                    Installed-Size: 2\n";
        for (linkage, depends) in [
            (Linkage::Dynamic, "Depends: libc6 (>= 2.36), libgcc-s1\n"),
            (Linkage::StaticGlibc, ""),
        ] {
            let choice = Choice::new(target, linkage, "a test");
            let found = self::depends(&choice, Some((2, 36)));
            let control = control(&project, "arm64", &found, &entries).unwrap();
            let expected = format!("{head}{depends}Recommends: ca-certificates\nSection: comm\n");
            assert_eq!(control.get(..expected.len()), Some(expected.as_str()));
        }
    }

    #[test]
    fn the_changelog_has_the_time() {
        assert_eq!(
            changelog(&Project::for_tests("1.2.3"), 1_796_000_000).unwrap(),
            "whapi-export (1.2.3-1) unstable; urgency=medium\n\n  \
             * Release 1.2.3: see /usr/share/doc/whapi-export/changelog.gz.\n\n \
             -- the whapi-export maintainers <maintainers@whapi-export.invalid>  \
             Mon, 30 Nov 2026 00:53:20 +0000\n"
        );
    }

    #[test]
    fn empty_lines_of_a_field_are_dots() {
        assert_eq!(indented("MIT\n\n  text  \n"), " MIT\n .\n   text");
    }
}
