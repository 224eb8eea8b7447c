//! The licences of the packages that are linked into the program, as those ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cargo_metadata::{Package, PackageId};

use super::project::Project;

/// The beginnings of the names of files that a licence asks to pass on.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];

/// Returns every licence text once, below the packages that have it.
pub(crate) fn notices(project: &Project, linked: &BTreeSet<PackageId>) -> Result<String, String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut without_text = Vec::new();
    let packages = project.metadata.packages.iter();
    for package in packages.filter(|package| linked.contains(&package.id)) {
        if package.source.is_none() {
            continue;
        }
        let texts = texts(package)?;
        if texts.is_empty() {
            without_text.push(heading(package));
        }
        for text in texts {
            by_text.entry(text).or_default().push(heading(package));
        }
    }
    Ok(render(&by_text, &without_text))
}

fn heading(package: &Package) -> String {
    let license = package
        .license
        .as_deref()
        .unwrap_or("no licence expression");
    format!("{} {} ({license})", package.name, package.version)
}

/// The licence files of a package, next to its manifest.
fn texts(package: &Package) -> Result<BTreeSet<String>, String> {
    let folder = package.manifest_path.parent();
    let folder = folder.expect("a manifest is in a folder").as_std_path();
    let failed = |error| format!("could not read {}: {error}", folder.display());
    let mut texts = BTreeSet::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let file = file.map_err(failed)?;
        let name = file.file_name().to_string_lossy().to_uppercase();
        if NAMES.iter().any(|start| name.starts_with(start)) {
            collect(&file.path(), &mut texts).map_err(failed)?;
        }
    }
    Ok(texts)
}

/// Adds a file, or the files of a folder such as `LICENSES/`.
fn collect(path: &Path, texts: &mut BTreeSet<String>) -> std::io::Result<()> {
    if path.is_dir() {
        for file in fs::read_dir(path)? {
            collect(&file?.path(), texts)?;
        }
    } else {
        let text = String::from_utf8_lossy(&fs::read(path)?).replace("\r\n", "\n");
        texts.insert(text.trim().to_owned());
    }
    Ok(())
}

fn render(by_text: &BTreeMap<String, Vec<String>>, without_text: &[String]) -> String {
    let mut sections: Vec<_> = by_text.iter().map(|(text, users)| (users, text)).collect();
    sections.sort();
    let mut page = String::from(
        "The program contains these packages. Each licence stands once, below the packages that it is of.\n",
    );
    for (users, text) in sections {
        write!(
            page,
            "\n{}\n\n{}\n\n{text}\n",
            "=".repeat(80),
            users.join("\n")
        )
        .expect("a String takes everything");
    }
    if !without_text.is_empty() {
        write!(
            page,
            "\n{}\n\nThese packages come without a text of their licence:\n\n{}\n",
            "=".repeat(80),
            without_text.join("\n")
        )
        .expect("a String takes everything");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_stands_once() {
        let texts = BTreeMap::from([
            (
                "Text B".to_owned(),
                vec!["a 1 (MIT)".to_owned(), "c 1 (MIT)".to_owned()],
            ),
            ("Text A".to_owned(), vec!["b 1 (ISC)".to_owned()]),
        ]);
        let line = "=".repeat(80);
        assert_eq!(
            render(&texts, &["d 2 (MIT)".to_owned()]),
            format!(
                "The program contains these packages. Each licence stands once, below the packages that it \
                 is of.\n\n{line}\n\na 1 (MIT)\nc 1 (MIT)\n\nText B\n\n{line}\n\nb 1 (ISC)\n\nText A\n\n\
                 {line}\n\nThese packages come without a text of their licence:\n\nd 2 (MIT)\n"
            )
        );
    }

    #[test]
    fn files_and_folders_of_licences_are_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("LICENSES")).unwrap();
        fs::write(folder.path().join("LICENSES/MIT.txt"), "MIT\r\ntext\r\n").unwrap();
        let mut texts = BTreeSet::new();
        collect(&folder.path().join("LICENSES"), &mut texts).unwrap();
        assert_eq!(texts, BTreeSet::from(["MIT\ntext".to_owned()]));
    }
}
