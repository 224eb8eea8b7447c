//! The targets: their names for Rust, npm and Debian.

use super::project::{NAME, PROGRAM};

/// A target, and what others call it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// Whether a release has it. The others are for machines without the musl target.
    pub(crate) released: bool,
    /// Node's `process.platform` and `process.arch`.
    pub(crate) npm: (&'static str, &'static str),
    /// Debian's architecture, where Debian has one.
    pub(crate) debian: Option<&'static str>,
}

const fn target(
    triple: &'static str,
    released: bool,
    npm: (&'static str, &'static str),
    debian: Option<&'static str>,
) -> Target {
    Target {
        triple,
        released,
        npm,
        debian,
    }
}

/// Every target that can be distributed.
pub(crate) const TARGETS: &[Target] = &[
    target(
        "x86_64-unknown-linux-musl",
        true,
        ("linux", "x64"),
        Some("amd64"),
    ),
    target(
        "aarch64-unknown-linux-musl",
        true,
        ("linux", "arm64"),
        Some("arm64"),
    ),
    target("x86_64-apple-darwin", true, ("darwin", "x64"), None),
    target("aarch64-apple-darwin", true, ("darwin", "arm64"), None),
    target("x86_64-pc-windows-msvc", true, ("win32", "x64"), None),
    target(
        "x86_64-unknown-linux-gnu",
        false,
        ("linux", "x64"),
        Some("amd64"),
    ),
    target(
        "aarch64-unknown-linux-gnu",
        false,
        ("linux", "arm64"),
        Some("arm64"),
    ),
];

impl Target {
    /// Finds a target by its name.
    pub(crate) fn named(triple: &str) -> Result<&'static Self, String> {
        let known = TARGETS.iter().find(|target| target.triple == triple);
        known.ok_or_else(|| format!("{triple} is not in xtask/src/dist/target.rs"))
    }

    /// The targets of a release.
    pub(crate) fn released() -> impl Iterator<Item = &'static Self> {
        TARGETS.iter().filter(|target| target.released)
    }

    pub(crate) fn is_windows(&self) -> bool {
        self.npm.0 == "win32"
    }

    /// The program's file name.
    pub(crate) fn program(&self) -> String {
        let ending = if self.is_windows() { ".exe" } else { "" };
        format!("{PROGRAM}{ending}")
    }

    /// The folder in the archive.
    pub(crate) fn folder(&self, version: &str) -> String {
        format!("{NAME}-{version}-{}", self.triple)
    }

    /// The file name of the archive.
    pub(crate) fn archive(&self, version: &str) -> String {
        let ending = if self.is_windows() { "zip" } else { "tar.gz" };
        format!("{}.{ending}", self.folder(version))
    }

    /// The name of npm's package for this target.
    pub(crate) fn npm_package(&self) -> String {
        let (os, cpu) = self.npm;
        format!("@{NAME}/{os}-{cpu}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let linux = Target::named("x86_64-unknown-linux-musl").unwrap();
        assert_eq!(
            linux.archive("1.2.3"),
            "whapi-export-1.2.3-x86_64-unknown-linux-musl.tar.gz"
        );
        assert_eq!(linux.program(), "whapi");
        assert_eq!(linux.npm_package(), "@whapi-export/linux-x64");
        let windows = Target::named("x86_64-pc-windows-msvc").unwrap();
        assert_eq!(
            windows.archive("1.2.3"),
            "whapi-export-1.2.3-x86_64-pc-windows-msvc.zip"
        );
        assert_eq!(windows.program(), "whapi.exe");
        assert_eq!(windows.npm_package(), "@whapi-export/win32-x64");
        assert_eq!(
            Target::named("riscv64gc-unknown-linux-gnu"),
            Err("riscv64gc-unknown-linux-gnu is not in xtask/src/dist/target.rs".to_owned())
        );
    }

    #[test]
    fn a_release_has_one_target_for_each_platform_of_npm() {
        let mut packages: Vec<_> = Target::released().map(Target::npm_package).collect();
        let count = packages.len();
        packages.sort();
        packages.dedup();
        assert_eq!((count, packages.len()), (5, 5));
    }
}
