//! Checks that each dependency has a comment beside it that says what it is for.

use std::collections::BTreeSet;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Key, TableLike, TomlError};

use crate::files::read_text;
use crate::git::Git;

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Checks the manifests of a repository and reports each dependency without a reason.
///
/// The reasons stand in the root manifest. Others need one only for what the root does not have.
pub(crate) fn check(root: &Path, broken: &mut Vec<String>) -> Result<(), String> {
    let mut explained = BTreeSet::new();
    for manifest in manifests(root)? {
        let text = read_text(&root.join(&manifest))?;
        let missing = missing(&text, &mut explained);
        let missing = missing.map_err(|error| format!("{manifest}: {error}"))?;
        broken.extend(missing.iter().map(|name| {
            format!("{manifest}: `{name}` needs a comment above it that says what it is for")
        }));
    }
    Ok(())
}

/// The manifests of a repository, the root's first.
fn manifests(root: &Path) -> Result<Vec<String>, String> {
    let mut manifests = Git::new(root).files("*Cargo.toml")?;
    manifests.sort_by_key(|path| path.contains('/'));
    Ok(manifests)
}

/// Returns the dependencies without a reason, and adds those with one to `explained`.
fn missing(text: &str, explained: &mut BTreeSet<String>) -> Result<Vec<String>, TomlError> {
    let document: DocumentMut = text.parse()?;
    let mut missing = Vec::new();
    for table in dependency_tables(document.as_table()) {
        for (name, item) in table.iter() {
            let has_reason = table.key(name).is_some_and(|key| has_comment(key, item));
            if has_reason {
                explained.insert(name.to_owned());
            } else if !is_ours(item) && !explained.contains(name) {
                missing.push(name.to_owned());
            }
        }
    }
    Ok(missing)
}

/// The tables of dependencies: of the workspace, of the package, and of its targets.
fn dependency_tables(document: &dyn TableLike) -> Vec<&dyn TableLike> {
    let targets = document.get("target").and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(TableLike::iter);
    let workspace = document.get("workspace").and_then(Item::as_table_like);
    let owners = [document]
        .into_iter()
        .chain(workspace)
        .chain(targets.filter_map(|(_, item)| item.as_table_like()));
    owners
        .flat_map(|owner| KINDS.map(|kind| owner.get(kind)))
        .filter_map(|item| item.and_then(Item::as_table_like))
        .collect()
}

/// Whether there is a comment on the line above a dependency, or behind it.
fn has_comment(key: &Key, item: &Item) -> bool {
    let above = key.leaf_decor().prefix().and_then(|raw| raw.as_str());
    let above = above.and_then(|text| text.lines().next_back());
    let behind = item.as_value().and_then(|value| value.decor().suffix());
    let behind = behind.and_then(|raw| raw.as_str());
    let mut both = above.into_iter().chain(behind);
    both.any(|text| text.trim_start().starts_with('#'))
}

/// Whether a dependency is a crate of this repository, or has its reason in the root manifest.
fn is_ours(item: &Item) -> bool {
    let table = item.as_table_like();
    table.is_some_and(|table| table.contains_key("path") || table.contains_key("workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut explained = BTreeSet::from(["known".to_owned()]);
        assert_eq!(missing(text, &mut explained).unwrap(), expected, "{text}");
    }

    #[test]
    fn a_comment_stands_above_or_behind() {
        check("[dependencies]\n# Texts.\nserde = \"1\"", &[]);
        check("[dependencies]\nserde = \"1\" # Texts.", &[]);
        check("[dependencies]\n# Texts.\nserde = { version = \"1\" }", &[]);
        check("[dependencies]\nserde = \"1\"", &["serde"]);
        check("# About all.\n[dependencies]\nserde = \"1\"", &["serde"]);
        check("[dependencies]\n# Tests.\n\nserde = \"1\"", &["serde"]);
        check("[dependencies]\n# A.\na = \"1\"\nb = \"1\"", &["b"]);
    }

    #[test]
    fn every_table_is_read() {
        for table in [
            "dependencies",
            "dev-dependencies",
            "build-dependencies",
            "workspace.dependencies",
            "target.'cfg(unix)'.dependencies",
            "target.'cfg(unix)'.dev-dependencies",
        ] {
            check(&format!("[{table}]\nserde = \"1\""), &["serde"]);
        }
        check("[dependencies.serde]\nversion = \"1\"", &["serde"]);
        check("[features]\nserde = []", &[]);
    }

    #[test]
    fn crates_of_ours_and_those_of_the_root_need_none() {
        check("[dependencies]\nours = { path = \"ours\" }", &[]);
        check("[dependencies]\nserde.workspace = true", &[]);
        check("[dependencies]\nserde = { workspace = true }", &[]);
        check("[dependencies]\nknown = \"1\"", &[]);
    }
}
