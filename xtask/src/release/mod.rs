//! `cargo xtask release X.Y.Z`: checks that a release can be made, and prepares its commit.
//!
//! Everything is tried in a copy of the last commit. The checkout changes when all checks passed, and
//! without `--dry-run` only. Nothing is committed, tagged, pushed or uploaded.

pub(crate) mod changelog;
mod copy;
pub(crate) mod plan;
mod problems;
#[cfg(all(test, unix))]
mod tests;
mod versions;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use cargo_metadata::Metadata;
use cargo_metadata::semver::Version;
use time::OffsetDateTime;

use changelog::Changelog;
use copy::{Copy, Files};
use plan::Upload;

use crate::dist::MAINTAINER;
use crate::git::Git;
use crate::root::root;
use crate::tidy;

const USAGE: &str = "release takes a version such as 1.2.3, and --dry-run";

/// Where the packages are built for the check, in the target folder.
const TARGET: &str = "target/release-check";

/// Checks and prepares a release.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let options = Options::parse(args)?;
    tidy::run(&[])?;
    let release = Release {
        root: root(),
        maintainer: MAINTAINER,
        date: &OffsetDateTime::now_utc().date().to_string(),
        options,
    };
    release.run(&mut io::stdout())
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    version: Version,
    dry_run: bool,
}

impl Options {
    fn parse(args: &[OsString]) -> Result<Self, String> {
        let (mut version, mut dry_run) = (None, false);
        for arg in args {
            match arg.to_str() {
                Some("--dry-run") => dry_run = true,
                Some(text) if version.is_none() => version = Some(parse_version(text)?),
                _ => return Err(USAGE.to_owned()),
            }
        }
        let version = version.ok_or(USAGE)?;
        Ok(Self { version, dry_run })
    }
}

fn parse_version(text: &str) -> Result<Version, String> {
    let version: Version = text.parse().map_err(|_| USAGE.to_owned())?;
    if version.pre.is_empty() && version.build.is_empty() {
        Ok(version)
    } else {
        // PyPI, npm and Debian spell them differently.
        Err(format!(
            "{version} is a pre-release or a build, which are not packaged"
        ))
    }
}

/// A release of a repository.
#[derive(Debug)]
struct Release<'a> {
    root: &'a Path,
    /// The address that Debian's package names.
    maintainer: &'a str,
    /// The day of the release, `2026-12-31`.
    date: &'a str,
    options: Options,
}

impl Release<'_> {
    fn run(&self, out: &mut impl Write) -> Result<(), String> {
        let version = &self.options.version;
        let copy = Copy::new(self.git())?;
        let text = copy.read(changelog::FILE)?;
        let changelog = Changelog::parse(&text)?;
        let released = changelog.released()?;
        let last = released.first();
        let current = versions::current(&copy)?;
        problems::check_version(version, &current, last)?;

        let metadata = copy.metadata()?;
        let files = self.prepare(&copy, changelog, &current, &metadata)?;
        let mut problems = self.problems(changelog, last, &metadata)?;
        let uploads = self.uploads(last, &metadata)?;
        say(out, &report(self, last, &files, &uploads).join("\n"))?;
        if uploads.is_empty() {
            problems.push("no crate goes to the registry: each has `publish = false`".to_owned());
        } else if self.options.dry_run || problems.is_empty() {
            // Takes minutes, so a release that cannot go on does without.
            say(out, "building each crate from what would be uploaded")?;
            let checked = copy.check_packages(&self.root.join(TARGET));
            problems.extend(checked.err());
        }
        if !problems.is_empty() {
            let problems = problems.join("\n  ");
            return Err(format!("nothing was changed:\n  {problems}"));
        }
        let end = if self.options.dry_run {
            "dry run: every check passed, nothing was changed".to_owned()
        } else {
            copy::write_all(self.root, &files)?;
            next_steps(version)
        };
        say(out, &end)
    }

    fn git(&self) -> Git<'_> {
        Git::new(self.root)
    }

    /// Makes the changes of the release in the copy, and returns the changed files.
    fn prepare(
        &self,
        copy: &Copy,
        changelog: Changelog,
        current: &Version,
        metadata: &Metadata,
    ) -> Result<Files, String> {
        let version = &self.options.version;
        let packages = metadata.packages.iter();
        let names: Vec<_> = packages.map(|package| package.name.to_string()).collect();
        let mut files = versions::set(copy, &names, current, version)?;
        let text = changelog.release(version, self.date);
        files.insert(changelog::FILE.to_owned(), text);
        copy.write(&files)?;
        files.extend(copy.update_locks()?);
        Ok(files)
    }

    fn problems(
        &self,
        changelog: Changelog,
        last: Option<&Version>,
        metadata: &Metadata,
    ) -> Result<Vec<String>, String> {
        let git = self.git();
        let mut packages = metadata.packages.iter();
        let repository = packages.find_map(|package| package.repository.as_deref());
        let mut problems = Vec::new();
        problems::of_checkout(git, &mut problems)?;
        problems::of_history(git, changelog, &self.options.version, last, &mut problems)?;
        problems::of_addresses(git, self.maintainer, repository, &mut problems)?;
        Ok(problems)
    }

    /// The crates in their order. New are those that the last release did not have.
    fn uploads(&self, last: Option<&Version>, metadata: &Metadata) -> Result<Vec<Upload>, String> {
        let names = plan::order(&metadata.packages)?;
        let known = match last.map(problems::tag) {
            Some(tag) if self.git().has_tag(&tag)? => self.git().files_of(&tag)?,
            _ => Vec::new(),
        };
        let manifest = |name: &str| format!("crates/{name}/Cargo.toml");
        Ok(plan::schedule(names, |name| {
            !known.contains(&manifest(name))
        }))
    }
}

fn say(out: &mut impl Write, text: &str) -> Result<(), String> {
    writeln!(out, "{text}").map_err(|error| format!("could not write the report: {error}"))
}

/// What the release changes, and when each crate can go to the registry.
fn report(
    release: &Release,
    last: Option<&Version>,
    files: &Files,
    uploads: &[Upload],
) -> Vec<String> {
    let Options { version, .. } = &release.options;
    let after = last.map_or_else(|| "the first".to_owned(), |last| format!("after {last}"));
    let mut lines = vec![format!("release {version}, {}, {after}", release.date)];
    lines.push("changed files:".to_owned());
    lines.extend(files.keys().map(|path| format!("  {path}")));
    let Some(end) = uploads.last() else {
        return lines;
    };
    let heading = "crates in the order of their dependencies, and when crates.io takes each:";
    lines.push(heading.to_owned());
    lines.extend(uploads.iter().map(|upload| {
        let minute = plan::clock(upload.minute);
        let new = if upload.is_new { "  (new)" } else { "" };
        format!(
            "  {minute:>5}  cargo publish --package {}{new}",
            upload.name
        )
    }));
    let minute = plan::clock(end.minute);
    lines.push(format!(
        "{} crates, {minute} hours of waiting",
        uploads.len()
    ));
    lines
}

fn next_steps(version: &Version) -> String {
    let tag = problems::tag(version);
    format!(
        "\
prepared. RELEASING.md has what follows:
  git diff
  git commit --all --message \"Release {version}\"
  git push origin main
  git tag {tag} && git push origin {tag}, when its checks have passed"
    )
}
