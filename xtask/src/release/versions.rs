//! The places of a repository that name its version.

use cargo_metadata::semver::Version;
use toml_edit::{DocumentMut, Item, TableLike, TomlError, Value};

use super::copy::{Copy, Files};
use crate::dist::NAME;

const MANIFEST: &str = "Cargo.toml";

/// Files of packages that are no crates, and how the version stands there, once in each spelling; `{}` is
/// the version.
const PACKAGES: [(&str, &str); 5] = [
    (
        "integrations/spark/whapi_spark/__init__.py",
        "\n__version__ = \"{}\"\n",
    ),
    ("sdk/python/whapi_exporter.py", "\n__version__ = \"{}\"\n"),
    (
        "sdk/node/package.json",
        "  \"name\": \"whapi-exporter\",\n  \"version\": \"{}\",",
    ),
    (
        "sdk/node/package-lock.json",
        "{\n  \"name\": \"whapi-exporter\",\n  \"version\": \"{}\",",
    ),
    (
        "sdk/node/package-lock.json",
        "      \"name\": \"whapi-exporter\",\n      \"version\": \"{}\",",
    ),
];

/// Files that only say what was: a version in them stays.
const HISTORY: [&str; 2] = ["CHANGELOG.md", "docs/adr/"];

/// Reads the version of the workspace.
pub(crate) fn current(copy: &Copy) -> Result<Version, String> {
    let document = parse(&copy.read(MANIFEST)?)?;
    let workspace = document.get("workspace");
    let package = workspace.and_then(|item| item.get("package"));
    let version = package.and_then(|item| item.get("version")?.as_str());
    let missing = || format!("{MANIFEST} has no `version` in `workspace.package`");
    let version = version.ok_or_else(missing)?;
    version
        .parse()
        .map_err(|error| format!("{MANIFEST}: `{version}`: {error}"))
}

/// Returns every file that names the version, with the new one. `crates` are the names of packages.
pub(crate) fn set(
    copy: &Copy,
    crates: &[String],
    old: &Version,
    new: &Version,
) -> Result<Files, String> {
    let mut files = Files::new();
    if old == new {
        return Ok(files);
    }
    let manifest = set_manifest(&copy.read(MANIFEST)?, new)?;
    files.insert(MANIFEST.to_owned(), manifest);
    for (path, spelling) in PACKAGES {
        let text = files.remove(path).map_or_else(|| copy.read(path), Ok)?;
        let text =
            set_once(&text, spelling, old, new).map_err(|error| format!("{path}: {error}"))?;
        files.insert(path.to_owned(), text);
    }
    for path in copy.paths(".md").filter(|path| !is_history(path)) {
        let text = copy.read(path)?;
        let changed = set_in_prose(&text, crates, old, new);
        if changed != text {
            files.insert(path.to_owned(), changed);
        }
    }
    Ok(files)
}

fn is_history(path: &str) -> bool {
    HISTORY.iter().any(|history| path.starts_with(history))
}

fn parse(text: &str) -> Result<DocumentMut, String> {
    text.parse()
        .map_err(|error: TomlError| format!("{MANIFEST}: {error}"))
}

/// Sets the version of the workspace, and those of the dependencies on its crates.
fn set_manifest(text: &str, new: &Version) -> Result<String, String> {
    let mut document = parse(text)?;
    let workspace = &mut document["workspace"];
    set_text(&mut workspace["package"]["version"], new);
    let dependencies = workspace.get_mut("dependencies");
    let dependencies = dependencies.and_then(Item::as_table_like_mut);
    for (_, item) in dependencies.into_iter().flat_map(TableLike::iter_mut) {
        let table = item.as_table_like_mut();
        let table = table.filter(|table| table.contains_key("path"));
        if let Some(version) = table.and_then(|table| table.get_mut("version")) {
            set_text(version, new);
        }
    }
    Ok(document.to_string())
}

/// Replaces a version, or the requirement of one, and keeps the comments and spaces around it.
fn set_text(item: &mut Item, version: &Version) {
    let Some(value) = item.as_value_mut() else {
        return;
    };
    let is_exact = value.as_str().is_some_and(|text| text.starts_with('='));
    let operator = if is_exact { "=" } else { "" };
    let mut new = Value::from(format!("{operator}{version}"));
    new.decor_mut().clone_from(value.decor());
    *value = new;
}

/// Replaces the version where a file has it, which must be once.
fn set_once(text: &str, spelling: &str, old: &Version, new: &Version) -> Result<String, String> {
    let [old, new] = [old, new].map(|version| spelling.replace("{}", &version.to_string()));
    match text.matches(&old).count() {
        1 => Ok(text.replace(&old, &new)),
        count => Err(format!("`{}` is there {count} times, not once", old.trim())),
    }
}

/// Replaces the version in the names of packages, and in lines of Cargo.toml such as `name = "0.1"`.
fn set_in_prose(text: &str, crates: &[String], old: &Version, new: &Version) -> String {
    let mut text = text.to_owned();
    for separator in ['-', '_'] {
        let [old, new] = [old, new].map(|version| format!("{NAME}{separator}{version}"));
        text = text.replace(&old, &new);
    }
    let short = |version: &Version| format!("\"{}.{}\"", version.major, version.minor);
    let full = |version: &Version| format!("\"{version}\"");
    for (old, new) in [(short(old), short(new)), (full(old), full(new))] {
        for name in crates {
            for before in ["", "{ version = "] {
                let [old, new] = [&old, &new].map(|version| format!("{name} = {before}{version}"));
                text = text.replace(&old, &new);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Git;
    use crate::root::root;

    const OLD: Version = Version::new(0, 1, 9);
    const NEW: Version = Version::new(0, 2, 0);

    #[test]
    fn no_line_of_this_repository_keeps_the_version() {
        let copy = Copy::new(Git::new(root())).unwrap();
        let packages = copy.metadata().unwrap().packages.into_iter();
        let names: Vec<_> = packages.map(|package| package.name.to_string()).collect();
        let old = current(&copy).unwrap();
        let new = Version::new(old.major + 1, 0, 0);
        copy.write(&set(&copy, &names, &old, &new).unwrap())
            .unwrap();
        assert_eq!(current(&copy).unwrap(), new);

        let old = old.to_string();
        let mut left = Vec::new();
        for path in copy.paths("") {
            // Lock files are cargo's; others are not text.
            let text = copy.read(path).unwrap_or_default();
            if !is_history(path) && !path.ends_with("Cargo.lock") {
                let lines = text.lines();
                let ours = lines.filter(|line| line.contains("whapi") && line.contains(&old));
                left.extend(ours.map(|line| format!("{path}: {line}")));
            }
        }
        assert_eq!(left, [""; 0]);
    }

    #[test]
    fn the_manifest_keeps_its_comments() {
        let text = r#"[workspace.package]
version = "0.1.9" # of all

[workspace.dependencies]
# The first.
alpha = { path = "crates/alpha", version = "0.1.9", features = ["a"] }
beta = { path = "crates/beta" }
gamma = { path = "crates/gamma", version = "=0.1.9" }
serde = { version = "0.1.9" }
"#;
        let expected = text.replacen("0.1.9", "0.2.0", 3);
        assert_eq!(set_manifest(text, &NEW), Ok(expected));
    }

    #[test]
    fn prose_names_packages_and_requirements() {
        let names = ["alpha".to_owned()];
        for (text, expected) in [
            (
                "whapi-export-0.1.9-x86.tar.gz",
                "whapi-export-0.2.0-x86.tar.gz",
            ),
            ("whapi-export_0.1.9-1_amd64", "whapi-export_0.2.0-1_amd64"),
            ("alpha = \"0.1\"", "alpha = \"0.2\""),
            ("alpha = \"0.1.9\"", "alpha = \"0.2.0\""),
            (
                "alpha = { version = \"0.1\", features = [] }",
                "alpha = { version = \"0.2\", features = [] }",
            ),
            (
                "serde = \"0.1\", since 0.1.9",
                "serde = \"0.1\", since 0.1.9",
            ),
        ] {
            assert_eq!(set_in_prose(text, &names, &OLD, &NEW), expected);
        }
    }

    #[test]
    fn a_file_that_has_the_version_another_number_of_times_is_an_error() {
        let set = |text| set_once(text, "\nv = \"{}\"\n", &OLD, &NEW);
        assert_eq!(
            set("a\nv = \"0.1.9\"\nb"),
            Ok("a\nv = \"0.2.0\"\nb".to_owned())
        );
        assert_eq!(
            set("a\nv = \"0.1.8\"\n"),
            Err("`v = \"0.1.9\"` is there 0 times, not once".to_owned())
        );
        assert_eq!(
            set("\nv = \"0.1.9\"\n\nv = \"0.1.9\"\n"),
            Err("`v = \"0.1.9\"` is there 2 times, not once".to_owned())
        );
    }
}
