//! `deny.toml`: licences, bans and sources, checked without cargo-deny.
//!
//! Only what is written there is understood: lists in brackets over several lines, one item to a
//! line. An expression or a list that is not understood breaks a rule, so nothing is let through.

use std::fs;

use crate::ci::root;

/// The rules.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    licenses: Vec<String>,
    /// A crate, and why it must not come in.
    bans: Vec<(String, String)>,
    registries: Vec<String>,
}

impl Rules {
    /// Reads `deny.toml`.
    pub(crate) fn read() -> Result<Self, String> {
        let path = root().join("deny.toml");
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("could not read {}: {error}", path.display()))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let first = |items: Vec<Vec<String>>, what: &str| {
            let texts: Option<Vec<_>> = items
                .into_iter()
                .map(|item| <[String; 1]>::try_from(item).ok().map(|[text]| text))
                .collect();
            texts.ok_or_else(|| format!("deny.toml: {what} is not a list of texts"))
        };
        let bans = list(text, "bans", "deny")?
            .into_iter()
            .map(|item| <[String; 2]>::try_from(item).map(|[name, why]| (name, why)))
            .collect::<Result<_, _>>()
            .map_err(|_| "deny.toml: bans are a crate and a reason each".to_owned())?;
        Ok(Self {
            licenses: first(list(text, "licenses", "allow")?, "licenses.allow")?,
            bans,
            registries: first(
                list(text, "sources", "allow-registry")?,
                "sources.allow-registry",
            )?,
        })
    }

    /// Why a crate must not come in, if it must not.
    pub(crate) fn ban(&self, name: &str) -> Option<&str> {
        let ban = self.bans.iter().find(|(banned, _)| banned == name);
        ban.map(|(_, why)| why.as_str())
    }

    /// Whether `cargo metadata` names a source that is allowed.
    pub(crate) fn allows_source(&self, source: &str) -> bool {
        source
            .strip_prefix("registry+")
            .is_some_and(|url| self.registries.iter().any(|known| known == url))
    }

    /// Whether a licence expression can be met with allowed licences.
    pub(crate) fn allows_license(&self, expression: &str) -> bool {
        // `MIT/Apache-2.0` is how it was written before there were expressions.
        let expression = expression
            .replace('/', " OR ")
            .replace('(', " ( ")
            .replace(')', " ) ");
        let words: Vec<_> = expression.split_whitespace().collect();
        let mut rest = words.as_slice();
        let allowed = self.any(&mut rest);
        rest.is_empty() && allowed == Some(true)
    }

    /// `… OR …`; `None` when it is not understood.
    fn any(&self, words: &mut &[&str]) -> Option<bool> {
        let mut allowed = self.all(words)?;
        while let ["OR", ..] = words {
            *words = &words[1..];
            allowed |= self.all(words)?;
        }
        Some(allowed)
    }

    /// `… AND …`, which binds closer.
    fn all(&self, words: &mut &[&str]) -> Option<bool> {
        let mut allowed = self.one(words)?;
        while let ["AND", ..] = words {
            *words = &words[1..];
            allowed &= self.one(words)?;
        }
        Some(allowed)
    }

    fn one(&self, words: &mut &[&str]) -> Option<bool> {
        let (first, rest) = words.split_first()?;
        *words = rest;
        if *first == "(" {
            let allowed = self.any(words)?;
            let (last, rest) = words.split_first()?;
            *words = rest;
            return (*last == ")").then_some(allowed);
        }
        if matches!(*first, ")" | "OR" | "AND" | "WITH") {
            return None;
        }
        let mut license = (*first).to_owned();
        if let ["WITH", exception, ..] = words {
            license = format!("{license} WITH {exception}");
            *words = &words[2..];
        }
        Some(self.licenses.contains(&license))
    }
}

/// The quoted texts of each line of a list.
fn list(text: &str, section: &str, key: &str) -> Result<Vec<Vec<String>>, String> {
    let header = format!("[{section}]");
    let opening = format!("{key} = [");
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .skip_while(|line| *line != opening);
    lines
        .next()
        .ok_or_else(|| format!("deny.toml has no list `{key}` in {header}"))?;
    let mut items = Vec::new();
    for line in lines {
        if line == "]" {
            return Ok(items);
        }
        if !line.starts_with('#') {
            items.push(
                line.split('"')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect(),
            );
        }
    }
    Err(format!(
        "deny.toml: the list `{key}` in {header} has no end"
    ))
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

[sources]
allow-registry = [
    "https://index.example",
]
"#;

    #[test]
    fn reads_the_lists() {
        let rules = Rules::parse(TEXT).unwrap();
        assert_eq!(
            rules.licenses,
            ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"]
        );
        assert_eq!(rules.ban("bad"), Some("it is"));
        assert_eq!(rules.ban("good"), None);
        assert!(rules.allows_source("registry+https://index.example"));
        assert!(!rules.allows_source("registry+https://index.example.org"));
        assert!(!rules.allows_source("git+https://index.example"));
    }

    #[test]
    fn a_list_that_is_not_there_or_has_no_end_is_an_error() {
        assert_eq!(
            Rules::parse("").unwrap_err(),
            "deny.toml has no list `deny` in [bans]"
        );
        assert_eq!(
            Rules::parse(&TEXT.replace("]\n\n[sources]", "\n[sources]")).unwrap_err(),
            "deny.toml: the list `deny` in [bans] has no end"
        );
        assert_eq!(
            Rules::parse(&TEXT.replace(", reason = \"it is\"", "")).unwrap_err(),
            "deny.toml: bans are a crate and a reason each"
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
    fn our_own_file_is_understood() {
        let rules = Rules::read().unwrap();
        assert!(rules.allows_license("MIT OR Apache-2.0"));
        assert!(rules.ban("openssl-sys").is_some());
        assert!(rules.allows_source("registry+https://github.com/rust-lang/crates.io-index"));
    }
}
