//! What stands in the way of a release, apart from its packages.

use cargo_metadata::semver::Version;

use super::changelog::{Changelog, FILE as CHANGELOG};
use crate::git::Git;

/// The branch of releases.
const BRANCH: &str = "main";

/// Returns the tag of a version.
pub(crate) fn tag(version: &Version) -> String {
    format!("v{version}")
}

/// Checks that a version can follow the present one.
///
/// The present one itself can be released once.
pub(crate) fn check_version(
    new: &Version,
    current: &Version,
    last: Option<&Version>,
) -> Result<(), String> {
    let is_next = match last {
        Some(last) => new > current && new > last,
        None => new >= current,
    };
    let after = last.map_or_else(
        || "nothing is released yet".to_owned(),
        |last| format!("{last} is the last release"),
    );
    if is_next {
        Ok(())
    } else {
        Err(format!(
            "{new} cannot be the next version: Cargo.toml has {current}, and {after}"
        ))
    }
}

/// Checks that the checkout is a clean one of `main`.
pub(crate) fn of_checkout(git: Git, problems: &mut Vec<String>) -> Result<(), String> {
    let branch = git.text(&["branch", "--show-current"])?;
    if branch != BRANCH {
        problems.push(format!("the branch is `{branch}`, not `{BRANCH}`"));
    }
    let changed = git.text(&["status", "--porcelain"])?;
    if !changed.is_empty() {
        let count = changed.lines().count();
        problems.push(format!(
            "`git status` lists {count} paths; only what is committed is released"
        ));
    }
    Ok(())
}

/// Checks that there is something to release, and that tags and changelog agree.
pub(crate) fn of_history(
    git: Git,
    changelog: Changelog,
    new: &Version,
    last: Option<&Version>,
    problems: &mut Vec<String>,
) -> Result<(), String> {
    if changelog.is_empty() {
        problems.push(format!("{CHANGELOG} lists nothing under `## Unreleased`"));
    }
    if git.has_tag(&tag(new))? {
        problems.push(format!("there is a tag {} already", tag(new)));
    }
    if let Some(last) = last
        && !git.has_tag(&tag(last))?
    {
        problems.push(format!(
            "{CHANGELOG} has {last}, and there is no tag {}; `git fetch --tags` may bring it",
            tag(last)
        ));
    }
    Ok(())
}

/// Checks that no address is a placeholder.
pub(crate) fn of_addresses(
    git: Git,
    maintainer: &str,
    repository: Option<&str>,
    problems: &mut Vec<String>,
) -> Result<(), String> {
    if maintainer.contains(".invalid") {
        problems.push(format!(
            "`{maintainer}` is no address: see xtask/src/dist/project.rs"
        ));
    }
    let repository = repository.unwrap_or_default();
    let origin = git.origin()?;
    if origin.as_deref().map(web_address).as_deref() != Some(repository) {
        let origin = origin.map_or_else(|| "not set".to_owned(), |origin| format!("`{origin}`"));
        problems.push(format!(
            "`repository` in Cargo.toml is `{repository}`, and the remote `origin` is {origin}"
        ));
    }
    Ok(())
}

/// The address in a browser of a repository that git knows by `ssh` or `https`.
fn web_address(origin: &str) -> String {
    let origin = origin.strip_suffix(".git").unwrap_or(origin);
    let path = origin.strip_prefix("ssh://git@");
    let short = origin
        .strip_prefix("git@")
        .and_then(|rest| rest.split_once(':'));
    match (path, short) {
        (Some(path), _) => format!("https://{path}"),
        (None, Some((host, path))) => format!("https://{host}/{path}"),
        (None, None) => origin.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_greater_or_the_first() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        for (new, current, last, fits) in [
            ("0.1.0", "0.1.0", None, true),
            ("0.2.0", "0.1.0", None, true),
            ("0.0.9", "0.1.0", None, false),
            ("0.1.0", "0.1.0", Some("0.1.0"), false),
            ("0.1.1", "0.1.0", Some("0.1.0"), true),
            ("0.10.0", "0.9.0", Some("0.9.0"), true),
            ("0.9.1", "0.10.0", Some("0.10.0"), false),
            ("0.2.0", "0.1.0", Some("0.2.0"), false),
        ] {
            let last = last.map(version);
            let checked = check_version(&version(new), &version(current), last.as_ref());
            assert_eq!(checked.is_ok(), fits, "{new} after {current}, {last:?}");
        }
        assert_eq!(
            check_version(&version("0.0.9"), &version("0.1.0"), None),
            Err(
                "0.0.9 cannot be the next version: Cargo.toml has 0.1.0, and nothing is released yet"
                    .to_owned()
            )
        );
    }

    #[test]
    fn addresses_of_git() {
        for origin in [
            "https://example.org/a/b",
            "https://example.org/a/b.git",
            "git@example.org:a/b.git",
            "ssh://git@example.org/a/b.git",
        ] {
            assert_eq!(web_address(origin), "https://example.org/a/b");
        }
    }
}
