//! `deny.toml`: licences, bans, sources and duplicates, checked without cargo-deny.
//!
//! A licence expression that cannot be parsed is not allowed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::files::read_text;
use crate::root::root;

/// Older packages write `MIT/Apache-2.0` for `MIT OR Apache-2.0`, and ids such as `GPL-2.0`.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: true,
    allow_deprecated: true,
    ..ParseMode::STRICT
};

/// The rules of `deny.toml` that tidy checks.
#[derive(Debug, Deserialize)]
pub(crate) struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Debug, Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
    /// The versions of a crate that may be there beside another one.
    skip: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
struct Ban {
    /// The name of a crate; in `skip` with its version, `name@1.2.3`.
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

impl Rules {
    /// Reads `deny.toml`.
    pub(crate) fn read() -> Result<Self, String> {
        Self::parse(&read_text(&root().join("deny.toml"))?)
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("deny.toml: {error}"))
    }

    /// The reason why a crate is banned, if it is.
    pub(crate) fn ban(&self, name: &str) -> Option<&str> {
        let ban = self.bans.deny.iter().find(|ban| ban.name == name);
        ban.map(|ban| ban.reason.as_str())
    }

    /// Checks that each crate is there in one version, those that `skip` explains apart.
    ///
    /// `packages` are names and versions, those for tests and other systems included.
    pub(crate) fn check_duplicates<'a>(
        &'a self,
        packages: impl IntoIterator<Item = (&'a str, String)>,
        broken: &mut Vec<String>,
    ) {
        let mut versions = BTreeMap::<_, BTreeSet<_>>::new();
        for (name, version) in packages {
            versions.entry(name).or_default().insert(version);
        }
        let mut unused: BTreeSet<&str> = self.bans.skip.iter().map(|ban| &*ban.name).collect();
        for (name, versions) in versions.iter().filter(|(_, all)| all.len() > 1) {
            let unexplained: Vec<_> = versions
                .iter()
                .filter(|version| !unused.remove(&*format!("{name}@{version}")))
                .map(String::as_str)
                .collect();
            if unexplained.len() > 1 {
                broken.push(format!(
                    "{name} is in Cargo.lock as {}: remove all but one, or explain them in `skip` of deny.toml",
                    unexplained.join(" and ")
                ));
            } else if unexplained.is_empty() {
                broken.push(format!("deny.toml skips every version of {name}"));
            }
        }
        for name in unused {
            broken.push(format!("deny.toml skips {name}, which is no duplicate"));
        }
    }

    /// Whether a source of `cargo metadata` is allowed.
    pub(crate) fn allows_source(&self, source: &str) -> bool {
        let url = source.strip_prefix("registry+");
        url.is_some_and(|url| self.sources.allow_registry.iter().any(|known| known == url))
    }

    /// Whether allowed licences satisfy a licence expression.
    pub(crate) fn allows_license(&self, expression: &str) -> bool {
        Expression::parse_mode(expression, MODE).is_ok_and(|expression| {
            expression.evaluate(|license| self.licenses.allow.contains(&license.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[licenses]
version = 2
allow = [
    "MIT",
    # why
    "Zlib",
    "Apache-2.0 WITH LLVM-exception",
]

[bans]
deny = [
    { crate = "bad", reason = "it is" },
]
skip = [
    { crate = "old@0.1.0", reason = "the client" },
    { crate = "old@0.2.0", reason = "the server" },
]

[sources]
allow-registry = [
    "https://index.example",
]
"#;

    #[test]
    fn reads_the_lists() {
        let rules = Rules::parse(TEXT).unwrap();
        let licenses = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"];
        assert_eq!(rules.licenses.allow, licenses);
        assert_eq!(rules.ban("bad"), Some("it is"));
        assert_eq!(rules.ban("good"), None);
        assert!(rules.allows_source("registry+https://index.example"));
        assert!(!rules.allows_source("registry+https://index.example.org"));
        assert!(!rules.allows_source("git+https://index.example"));
    }

    #[test]
    fn a_missing_list_is_an_error() {
        for broken in [
            String::new(),
            TEXT.replace("]\n\n[sources]", "\n[sources]"),
            TEXT.replace(", reason = \"it is\"", ""),
            TEXT.replace("allow-registry", "allow-registries"),
        ] {
            let error = Rules::parse(&broken).unwrap_err();
            assert!(error.starts_with("deny.toml: "), "{error}");
        }
    }

    #[test]
    fn duplicates_are_explained_or_reported() {
        const EXPLAINED: [(&str, &str); 4] = [
            ("old", "0.1.0"),
            ("old", "0.2.0"),
            ("old", "0.3.0"),
            ("once", "1.0.0"),
        ];
        let rules = Rules::parse(TEXT).unwrap();
        let check = |packages: &[(&'static str, &str)], expected: &[&str]| {
            let packages = packages
                .iter()
                .map(|(name, version)| (*name, (*version).to_owned()));
            let mut broken = Vec::new();
            rules.check_duplicates(packages, &mut broken);
            assert_eq!(broken, expected);
        };
        check(&EXPLAINED, &[]);
        let twice = [&EXPLAINED[..], &[("once", "2.0.0"), ("old", "0.4.0")]].concat();
        check(
            &twice,
            &[
                "old is in Cargo.lock as 0.3.0 and 0.4.0: remove all but one, or explain them in \
                 `skip` of deny.toml",
                "once is in Cargo.lock as 1.0.0 and 2.0.0: remove all but one, or explain them in \
                 `skip` of deny.toml",
            ],
        );
        check(&EXPLAINED[..2], &["deny.toml skips every version of old"]);
        check(
            &EXPLAINED[1..3],
            &["deny.toml skips old@0.1.0, which is no duplicate"],
        );
        check(
            &EXPLAINED[2..],
            &[
                "deny.toml skips old@0.1.0, which is no duplicate",
                "deny.toml skips old@0.2.0, which is no duplicate",
            ],
        );
    }

    #[test]
    fn licences() {
        let rules = Rules::parse(TEXT).unwrap();
        for (expression, allowed) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("MIT/GPL-2.0", true),
            ("GPL-2.0 / MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT AND Zlib", true),
            ("GPL-3.0-only OR MIT AND Zlib", true),
            ("(GPL-3.0-only OR MIT) AND Zlib", true),
            ("(GPL-3.0-only OR MIT) AND GPL-2.0-only", false),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            ("Apache-2.0", false),
            ("MIT WITH LLVM-exception", false),
            ("", false),
            ("MIT OR", false),
            ("MIT MIT", false),
            ("(MIT", false),
            ("MIT)", false),
        ] {
            assert_eq!(rules.allows_license(expression), allowed, "{expression}");
        }
    }

    #[test]
    fn the_file_of_this_repository_is_read() {
        let rules = Rules::read().unwrap();
        assert!(rules.allows_license("MIT OR Apache-2.0"));
        assert!(rules.ban("openssl-sys").is_some());
        assert!(rules.allows_source("registry+https://github.com/rust-lang/crates.io-index"));
    }
}
