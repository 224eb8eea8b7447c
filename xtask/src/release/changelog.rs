//! CHANGELOG.md: which versions it has, and how a section gets its version.

use cargo_metadata::semver::Version;

/// The file in the repository.
pub(crate) const FILE: &str = "CHANGELOG.md";

/// The heading of what is not released yet.
const UNRELEASED: &str = "## Unreleased";

/// A changelog whose headings are `## Unreleased` and, below it, `## 1.2.3 - 2026-12-31`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changelog<'a> {
    above: &'a str,
    unreleased: &'a str,
    below: &'a str,
}

impl<'a> Changelog<'a> {
    /// Finds the section of what is not released yet.
    pub(crate) fn parse(text: &'a str) -> Result<Self, String> {
        let missing = || format!("{FILE} has no line `{UNRELEASED}`");
        let heading = format!("{UNRELEASED}\n");
        let (above, rest) = text.split_once(&heading).ok_or_else(missing)?;
        let end = rest
            .find("\n## ")
            .map_or(rest.len(), |line_end| line_end + 1);
        let (unreleased, below) = rest.split_at(end);
        Ok(Self {
            above,
            unreleased,
            below,
        })
    }

    /// Whether nothing is listed as unreleased.
    pub(crate) fn is_empty(self) -> bool {
        !self.unreleased.lines().any(|line| line.starts_with("- "))
    }

    /// The versions that were released, the newest first.
    pub(crate) fn released(self) -> Result<Vec<Version>, String> {
        let headings = self.below.lines();
        let headings = headings.filter_map(|line| line.strip_prefix("## "));
        headings.map(version_of).collect()
    }

    /// The text with the unreleased section under a version, and an empty one above it.
    pub(crate) fn release(self, version: &Version, date: &str) -> String {
        let Self {
            above,
            unreleased,
            below,
        } = self;
        format!("{above}{UNRELEASED}\n\n## {version} - {date}\n{unreleased}{below}")
    }
}

fn version_of(heading: &str) -> Result<Version, String> {
    let wrong = || format!("{FILE}: `## {heading}` is not like `## 1.2.3 - 2026-12-31`");
    let (version, _) = heading.split_once(" - ").ok_or_else(wrong)?;
    version.parse().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Changelog

Newest first.

## Unreleased

- A
  and more.
- B

## 0.2.0 - 2026-11-30

- C

## 0.1.0 - 2026-10-01

- D
";

    #[test]
    fn the_unreleased_section_gets_the_version() {
        let expected = TEXT.replace(
            "## Unreleased\n",
            "## Unreleased\n\n## 0.3.0 - 2026-12-01\n",
        );
        let changelog = Changelog::parse(TEXT).unwrap();
        let released = changelog.release(&Version::new(0, 3, 0), "2026-12-01");
        assert_eq!(released, expected);
        let after = Changelog::parse(&released).unwrap();
        let versions = [
            Version::new(0, 3, 0),
            Version::new(0, 2, 0),
            Version::new(0, 1, 0),
        ];
        assert_eq!(after.released(), Ok(versions.to_vec()));
        assert_eq!((changelog.is_empty(), after.is_empty()), (false, true));
    }

    #[test]
    fn before_the_first_release_there_is_no_version() {
        let changelog = Changelog::parse("## Unreleased\n\n- A\n").unwrap();
        assert_eq!(changelog.released(), Ok(Vec::new()));
        assert_eq!(
            changelog.release(&Version::new(0, 1, 0), "2026-12-01"),
            "## Unreleased\n\n## 0.1.0 - 2026-12-01\n\n- A\n"
        );
    }

    #[test]
    fn headings_of_another_form_are_errors() {
        for (text, expected) in [
            ("- A\n", "CHANGELOG.md has no line `## Unreleased`"),
            (
                "## Unreleased\n\n## 0.1.0\n",
                "CHANGELOG.md: `## 0.1.0` is not like `## 1.2.3 - 2026-12-31`",
            ),
            (
                "## Unreleased\n\n## 0.1 - 2026-10-01\n",
                "CHANGELOG.md: `## 0.1 - 2026-10-01` is not like `## 1.2.3 - 2026-12-31`",
            ),
        ] {
            let error = Changelog::parse(text).and_then(Changelog::released);
            assert_eq!(error, Err(expected.to_owned()));
        }
    }
}
