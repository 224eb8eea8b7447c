//! Crates whose types appear in signatures of ours.

use std::collections::{BTreeMap, BTreeSet};

/// Crates that a signature may name although they are not re-exported as a whole, and the packages
/// that may name them.
///
/// Another version of one of these is another type, so a new major version of it is one of ours.
const ALLOWED: &[(&str, &[&str])] = &[
    // `BoxStream`, which whapi-fetch re-exports.
    ("futures_core", &["whapi-fetch"]),
    // whapi-http is a part of ours, and no other crate passes these two on.
    ("rustls", &["whapi-http"]),
    ("url", &["whapi-http"]),
    // Where serde has its traits. whapi-export re-exports serde; the emulator only implements one.
    (
        "serde_core",
        &[
            "whapi-emulator",
            "whapi-export",
            "whapi-export-csv",
            "whapi-export-dataset",
            "whapi-export-html",
            "whapi-export-jsonl",
            "whapi-export-sheets",
            "whapi-export-vcard",
            "whapi-export-xlsx",
            "whapi-singer",
        ],
    ),
    // Re-exported by the emulator.
    ("serde_json", &["whapi-emulator"]),
    // The clocks, which whapi-fetch re-exports one by one.
    ("whapi_http", &["whapi-fetch"]),
];

/// Crates that every program has.
const STANDARD: &[&str] = &["alloc", "core", "std"];

/// Returns a line for each crate that a listing must not name, with a signature that does.
///
/// A crate of the workspace may be named where it is re-exported, by the crate itself or by one that
/// it re-exports, so that one dependency is enough to name every type.
pub(crate) fn foreign_types(listings: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    for (package, listing) in listings {
        let mut known = re_exported(&package.replace('-', "_"), listings);
        known.extend(STANDARD.iter().map(|name| (*name).to_owned()));
        for line in listing.lines() {
            for root in roots(line) {
                if !is_allowed(root, package) && known.insert(root.to_owned()) {
                    problems.push(format!("{package} names `{root}`: {line}"));
                }
            }
        }
    }
    problems
}

fn is_allowed(root: &str, package: &str) -> bool {
    ALLOWED
        .iter()
        .any(|(name, users)| *name == root && users.contains(&package))
}

/// Returns the crate and those of ours that it re-exports as a whole, however deep.
fn re_exported(crate_name: &str, listings: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::from([crate_name.to_owned()]);
    let mut open = vec![crate_name.to_owned()];
    while let Some(name) = open.pop() {
        let prefix = format!("pub use {name}::");
        let listing = listings.get(&name.replace('_', "-"));
        for line in listing.into_iter().flat_map(|listing| listing.lines()) {
            let Some(used) = line.strip_prefix(&prefix) else {
                continue;
            };
            if listings.contains_key(&used.replace('_', "-")) && found.insert(used.to_owned()) {
                open.push(used.to_owned());
            }
        }
    }
    found
}

/// Returns the first part of each path in a line: the crate.
fn roots(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter_map(|word| word.split_once("::"))
        .map(|(root, _)| root)
        // Neither the rest of `<T as Trait>::Item` nor `Self::Item`.
        .filter(|root| root.starts_with(|c: char| c.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::foreign_types;

    fn check(listings: &[(&str, &str)], problems: &[&str]) {
        let listings: BTreeMap<_, _> = listings
            .iter()
            .map(|(package, listing)| ((*package).to_owned(), (*listing).to_owned()))
            .collect();
        assert_eq!(foreign_types(&listings), problems);
    }

    #[test]
    fn standard_types_and_those_of_the_crate_are_no_problem() {
        let listing = "pub mod my_model\n\
             pub fn my_model::Chat::new(alloc::string::String) -> core::option::Option<Self>\n\
             pub fn my_model::Page<T>::end(&self) -> <T as core::ops::Deref>::Target\n\
             pub type my_model::Chat::Err = Self::Other\n";
        check(&[("my-model", listing)], &[]);
    }

    #[test]
    fn a_foreign_type_is_reported_once() {
        let listing = "pub fn my_client::get(&url::Url) -> reqwest::Error\n\
             pub fn my_client::put(&url::Url)\n";
        check(
            &[("my-client", listing)],
            &[
                "my-client names `url`: pub fn my_client::get(&url::Url) -> reqwest::Error",
                "my-client names `reqwest`: pub fn my_client::get(&url::Url) -> reqwest::Error",
            ],
        );
    }

    #[test]
    fn a_crate_of_ours_is_re_exported_directly_or_by_another() {
        let model = ("my-model", "pub struct my_model::Chat\n");
        let rules = (
            "my-rules",
            "pub use my_rules::my_model\npub fn my_rules::of(&my_model::Chat)\n",
        );
        let client = "pub fn my_client::of(&my_model::Chat)\n";
        check(
            &[model, rules, ("my-client", client)],
            &["my-client names `my_model`: pub fn my_client::of(&my_model::Chat)"],
        );
        let client = format!("pub use my_client::my_rules\n{client}");
        check(&[model, rules, ("my-client", &client)], &[]);
    }

    #[test]
    fn what_is_allowed_is_allowed_to_some_packages_only() {
        let listing = "pub fn whapi_http::is_loopback(&url::Url) -> bool\n";
        check(&[("whapi-http", listing)], &[]);
        check(
            &[("whapi-stats", listing)],
            &[
                "whapi-stats names `whapi_http`: pub fn whapi_http::is_loopback(&url::Url) -> bool",
                "whapi-stats names `url`: pub fn whapi_http::is_loopback(&url::Url) -> bool",
            ],
        );
    }
}
