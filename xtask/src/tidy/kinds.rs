//! Which crates are API and which are parts without a promise, by ARCHITECTURE.md.

use cargo_metadata::Package;

use crate::files;
use crate::root::root;

/// What begins the paragraph of each kind in ARCHITECTURE.md.
const API: &str = "API: ";
const PARTS: &str = "Parts without a promise: ";

/// The sentence in the README of a crate that is API.
const API_SENTENCE: &str =
    "The library is API: it follows semantic versioning, and the changelog lists what changes.";

/// The sentence in the README of a crate that is not.
const PART_SENTENCE: &str =
    "The library is a part of whapi-export without a promise: any release may change it.";

/// The crates of each kind.
#[derive(Debug)]
pub(super) struct Kinds {
    api: Vec<String>,
    parts: Vec<String>,
}

impl Kinds {
    /// Reads ARCHITECTURE.md.
    pub(super) fn read() -> Result<Self, String> {
        Self::parse(&files::read_text(&root().join("ARCHITECTURE.md"))?)
    }

    /// Reads the paragraph of each kind. Names stand in backticks.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let names = |head| {
            let mut paragraphs = text.split("\n\n");
            let list = paragraphs.find_map(|paragraph| paragraph.strip_prefix(head));
            let list = list.ok_or_else(|| format!("ARCHITECTURE.md has no paragraph `{head}…`"))?;
            let names = list.split('`').skip(1).step_by(2).map(str::to_owned);
            Ok::<Vec<_>, String>(names.collect())
        };
        Ok(Self {
            api: names(API)?,
            parts: names(PARTS)?,
        })
    }

    /// Whether a crate is a part without a promise.
    pub(super) fn is_part(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part == name)
    }

    /// Checks that each published package is of one kind, which its README states.
    pub(super) fn check(&self, published: &[&Package], broken: &mut Vec<String>) {
        for name in self.api.iter().chain(&self.parts) {
            if !published.iter().any(|package| package.name == *name) {
                broken.push(format!(
                    "ARCHITECTURE.md has the kind of {name}, which is not published"
                ));
            }
        }
        for package in published {
            let name = package.name.as_str();
            let readme = package.manifest_path.with_file_name("README.md");
            match files::read_text(readme.as_std_path()) {
                Ok(readme) => broken.extend(self.fault(name, &readme)),
                Err(error) => broken.push(error),
            }
        }
    }

    /// What is wrong with the kind of a crate that has this README.
    fn fault(&self, name: &str, readme: &str) -> Option<String> {
        let is_api = self.api.iter().any(|api| api == name);
        let (sentence, other) = match (is_api, self.is_part(name)) {
            (true, false) => (API_SENTENCE, PART_SENTENCE),
            (false, true) => (PART_SENTENCE, API_SENTENCE),
            _ => {
                return Some(format!(
                    "{name}: name it once in ARCHITECTURE.md, behind `{API}` or `{PARTS}`"
                ));
            }
        };
        let words = readme.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.contains(other) {
            return Some(format!(
                "{name}: its README says `{other}`, unlike ARCHITECTURE.md"
            ));
        }
        let lacks = !words.contains(sentence);
        lacks.then(|| format!("{name}: its README must say `{sentence}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        Kinds::parse("# A\n\nAPI: `a`,\n`b`.\n\nParts without a promise: `b`, `c`.\n").unwrap()
    }

    #[track_caller]
    fn check(name: &str, readme: &str, expected: Option<&str>) {
        assert_eq!(kinds().fault(name, readme).as_deref(), expected);
    }

    #[test]
    fn the_readme_says_the_kind_of_its_crate() {
        let api = "A crate.\n\nThe library is API: it follows semantic versioning, and\nthe changelog \
                   lists what changes.\n";
        check("a", api, None);
        check(
            "c",
            api,
            Some(
                "c: its README says `The library is API: it follows semantic versioning, and the \
                 changelog lists what changes.`, unlike ARCHITECTURE.md",
            ),
        );
        check(
            "c",
            "A crate.\n",
            Some(
                "c: its README must say `The library is a part of whapi-export without a promise: \
                 any release may change it.`",
            ),
        );
    }

    #[test]
    fn a_crate_has_one_kind() {
        for name in ["b", "d"] {
            check(
                name,
                API_SENTENCE,
                Some(&format!(
                    "{name}: name it once in ARCHITECTURE.md, behind `API: ` or `Parts without a \
                     promise: `"
                )),
            );
        }
    }

    #[test]
    fn both_kinds_have_a_paragraph() {
        assert_eq!(
            Kinds::parse("API: `a`.\n").unwrap_err(),
            "ARCHITECTURE.md has no paragraph `Parts without a promise: …`"
        );
    }
}
