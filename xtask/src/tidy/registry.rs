//! What the registry shows of a package, and what the package must hold.

use std::path::Path;

use cargo_metadata::Package;

use super::kinds::Kinds;
use crate::files;
use crate::root::root;

/// The registry's names of subjects that fit our crates. It drops a name that it does not know.
const CATEGORIES: &[&str] = &[
    "api-bindings",
    "asynchronous",
    "authentication",
    "command-line-utilities",
    "data-structures",
    "development-tools::testing",
    "encoding",
    "internationalization",
    "text-processing",
    "value-formatting",
    "visualization",
    "web-programming::http-client",
    "web-programming::http-server",
];

/// How many keywords the registry takes, and how many characters each may have.
const KEYWORDS: (usize, usize) = (5, 20);

/// The line of a library that lets docs.rs mark what needs a feature.
const DOC_CFG: &str = "#![cfg_attr(docsrs, feature(doc_cfg))]";

/// Files that each package has a copy of, because it holds nothing from outside of its folder.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Checks what a published package says of itself, and what is in its folder.
pub(super) fn check(package: &Package, kinds: &Kinds, broken: &mut Vec<String>) {
    let name = package.name.as_str();
    let faults = fields(package);
    let faults = faults.into_iter().chain(dependencies(package, kinds));
    let faults = faults.chain(contents(package));
    broken.extend(faults.map(|fault| format!("{name}: {fault}")));
}

/// The fields of `Cargo.toml`, each with what to write.
fn fields(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let docs = format!("https://docs.rs/{name}");
    let docs_rs = &package.metadata["docs"]["rs"];
    let expected = [
        (
            "description",
            package
                .description
                .as_deref()
                .is_some_and(|text| !text.is_empty()),
            "say in a sentence what the crate is",
        ),
        (
            "repository",
            package.repository.is_some(),
            "write `repository.workspace = true`",
        ),
        (
            "license",
            package.license.is_some(),
            "write `license.workspace = true`",
        ),
        (
            "authors",
            !package.authors.is_empty(),
            "write `authors.workspace = true`",
        ),
        (
            "rust-version",
            package.rust_version.is_some(),
            "write `rust-version.workspace = true`",
        ),
        (
            "documentation",
            package.documentation.as_deref() == Some(docs.as_str()),
            "it is https://docs.rs/ and the name of the crate",
        ),
        (
            "readme",
            package
                .readme
                .as_ref()
                .is_some_and(|path| path == "README.md"),
            "write `readme = \"README.md\"`",
        ),
        (
            "keywords",
            are_keywords(&package.keywords),
            "name one to five, of at most 20 letters, digits, `-`, `_` and `+` each",
        ),
        (
            "categories",
            are_categories(&package.categories),
            "name one to five of those in xtask/src/tidy/registry.rs, which has the registry's names",
        ),
        (
            "package.metadata.docs.rs",
            docs_rs["all-features"] == true
                && docs_rs["rustdoc-args"] == serde_json::json!(["--cfg", "docsrs"]),
            "set `all-features = true` and `rustdoc-args = [\"--cfg\", \"docsrs\"]`",
        ),
    ];
    let wrong = expected.into_iter().filter(|(_, is_right, _)| !is_right);
    wrong
        .map(|(field, _, way_out)| format!("`{field}` in its Cargo.toml: {way_out}"))
        .collect()
}

fn are_keywords(keywords: &[String]) -> bool {
    let (most, longest) = KEYWORDS;
    (1..=most).contains(&keywords.len())
        && keywords.iter().all(|keyword| {
            keyword.len() <= longest
                && keyword.starts_with(|c: char| c.is_ascii_alphanumeric())
                && keyword
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_+".contains(c))
        })
}

fn are_categories(categories: &[String]) -> bool {
    (1..=5).contains(&categories.len())
        && categories
            .iter()
            .all(|category| CATEGORIES.contains(&category.as_str()))
}

/// The versions of our crates: API by its compatible versions, a part by exactly one.
///
/// A part may change incompatibly in any release, so that crates of two releases do not fit.
fn dependencies(package: &Package, kinds: &Kinds) -> Vec<String> {
    let ours = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some());
    ours.filter_map(|dependency| {
        let (name, version) = (&dependency.name, dependency.req.to_string());
        let (is_right, way_out) = if kinds.is_part(name) {
            (
                version.starts_with('='),
                "begin its version with `=`, for it is no API",
            )
        } else {
            (
                version.starts_with('^'),
                "write its version without an operator, for it is API",
            )
        };
        (!is_right).then(|| format!("`{name}` in the root's Cargo.toml has `{version}`: {way_out}"))
    })
    .collect()
}

/// The files of the package's folder.
fn contents(package: &Package) -> Vec<String> {
    let folder = package.manifest_path.parent().expect("a folder");
    let folder = folder.as_std_path();
    let licenses = LICENSES.into_iter().filter(|name| {
        let copy = files::read(&folder.join(name)).ok();
        copy.is_none() || copy != files::read(&root().join(name)).ok()
    });
    let faults = licenses.map(|name| format!("{name} is not that of the root: copy it"));
    faults.chain(doc_cfg(&folder.join("src/lib.rs"))).collect()
}

fn doc_cfg(library: &Path) -> Option<String> {
    let has = files::read_text(library).is_ok_and(|text| text.lines().any(|line| line == DOC_CFG));
    (!has).then(|| format!("src/lib.rs has no line `{DOC_CFG}`, for docs.rs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Packages;

    fn model() -> Package {
        let packages = Packages::read().unwrap();
        let found = packages
            .ours()
            .find(|package| package.name == "whapi-model");
        found.unwrap().clone()
    }

    #[track_caller]
    fn check_field(change: impl Fn(&mut Package), expected: &str) {
        let mut package = model();
        assert_eq!(fields(&package), [""; 0]);
        change(&mut package);
        assert_eq!(fields(&package), [expected]);
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        check_field(
            |package| package.description = None,
            "`description` in its Cargo.toml: say in a sentence what the crate is",
        );
        check_field(
            |package| package.documentation = Some("https://docs.rs/whapi-text".to_owned()),
            "`documentation` in its Cargo.toml: it is https://docs.rs/ and the name of the crate",
        );
        check_field(
            |package| package.metadata["docs"]["rs"]["all-features"] = false.into(),
            "`package.metadata.docs.rs` in its Cargo.toml: set `all-features = true` and \
             `rustdoc-args = [\"--cfg\", \"docsrs\"]`",
        );
        for keyword in ["two words", "more-than-twenty-letters", "-dash"] {
            check_field(
                |package| package.keywords = vec![keyword.to_owned()],
                "`keywords` in its Cargo.toml: name one to five, of at most 20 letters, digits, `-`, \
                 `_` and `+` each",
            );
        }
        check_field(
            |package| package.categories = vec!["contacts".to_owned()],
            "`categories` in its Cargo.toml: name one to five of those in \
             xtask/src/tidy/registry.rs, which has the registry's names",
        );
    }

    #[test]
    fn a_part_is_needed_in_one_version_and_api_in_the_compatible_ones() {
        let packages = Packages::read().unwrap();
        let package = packages
            .ours()
            .find(|package| package.name == "whapi-classify");
        let package = package.unwrap();
        let swapped =
            Kinds::parse("API: `whapi-text`.\n\nParts without a promise: `whapi-model`.\n");
        let faults = dependencies(package, &swapped.unwrap());
        let version = &package.version;
        let text = format!(
            "`whapi-text` in the root's Cargo.toml has `={version}`: write its version without an operator, \
             for it is API"
        );
        let model = format!(
            "`whapi-model` in the root's Cargo.toml has `^{version}`: begin its version with `=`, for it is no \
             API"
        );
        assert!(faults.contains(&text), "{faults:?}");
        assert!(faults.contains(&model), "{faults:?}");
    }

    #[test]
    fn a_folder_without_licences_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut package = model();
        assert_eq!(contents(&package), [""; 0]);
        let manifest = folder.path().join("Cargo.toml");
        package.manifest_path = manifest.try_into().unwrap();
        assert_eq!(
            contents(&package),
            [
                "LICENSE-APACHE is not that of the root: copy it",
                "LICENSE-MIT is not that of the root: copy it",
                "src/lib.rs has no line `#![cfg_attr(docsrs, feature(doc_cfg))]`, for docs.rs",
            ]
        );
    }
}
