//! Names of channels, made of texts that anyone may have written.

use std::collections::HashSet;

use whapi_secret::holds_token;

use super::channel::{ChannelName, LONGEST_NAME};

/// What a channel is called whose own texts make no name.
const FALLBACK: &str = "channel";

/// File names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// The same in front of a digit.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Makes a name of a text: letters from a to z, digits and `_` stay, and each run of other characters
/// becomes `-`. `None` if nothing is left, for what looks like a token, and for the name of a device.
pub(super) fn name_of(text: &str) -> Option<ChannelName> {
    if holds_token(text) {
        return None;
    }
    let mut name = String::new();
    for c in text.chars() {
        if name.len() == LONGEST_NAME {
            break;
        }
        if c.is_ascii_alphanumeric() || c == '_' {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    ChannelName::new(name).filter(|_| !is_device(name))
}

fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_numbered = |device: &&str| {
        let number = name.strip_prefix(*device);
        number.is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    DEVICES.contains(&name.as_str()) || NUMBERED_DEVICES.iter().any(is_numbered)
}

/// The names that are in use, in any letter case.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// Takes a name. `false` if it is in use.
    pub(super) fn take(&mut self, name: &str) -> bool {
        self.0.insert(name.to_ascii_lowercase())
    }

    /// Finds a name for a channel, and takes it: that of its own name, else that of its id, else one
    /// with a number.
    pub(super) fn find(&mut self, own: Option<&str>, id: &str) -> ChannelName {
        let names = [own.and_then(name_of), name_of(id)];
        for name in names.iter().flatten() {
            if self.take(name.as_str()) {
                return name.clone();
            }
        }
        let base = names.into_iter().flatten().last();
        let base = base.map_or(FALLBACK.to_owned(), |name| name.to_string());
        let numbered = (2_u64..).map(|number| {
            let end = format!("-{number}");
            let start = &base[..base.len().min(LONGEST_NAME - end.len())];
            format!("{start}{end}")
        });
        let mut free = numbered.filter(|name| self.take(name));
        let name = free.next().and_then(|name| ChannelName::new(&name));
        name.expect("one of so many is free, and each is a name")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let name = name_of(text);
        assert_eq!(name.as_ref().map(ChannelName::as_str), expected, "{text:?}");
    }

    #[test]
    fn texts_become_names() {
        check("Shop", Some("Shop"));
        check("Shop Berlin #2", Some("Shop-Berlin-2"));
        check("a_b-c", Some("a_b-c"));
        check("--channel x", Some("channel-x"));
        check("../../etc/passwd", Some("etc-passwd"));
        check(r"..\a", Some("a"));
        check(
            "a\r\n[exporters.x]\ncommand=1",
            Some("a-exporters-x-command-1"),
        );
        check("caf\u{e9} \u{1f3be} \u{202e}x", Some("caf-x"));
        check(&"ab ".repeat(4000), Some("ab-ab-ab-ab-ab-ab-ab-ab-ab-ab"));
        check(&"x".repeat(10_000), Some(&"x".repeat(30)));
    }

    #[test]
    fn some_texts_make_no_name() {
        for text in ["", " ", ".", "..", "/", "\u{5bb6}\u{65cf}", "\n", "-"] {
            check(text, None);
        }
        for device in ["CON", "prn", "Aux", "NUL", "com1", "LPT0", " con ", "nul."] {
            check(device, None);
        }
        check("console", Some("console"));
        check("com", Some("com"));
        check("com10", Some("com10"));
        check("Shop 3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d", None);
    }

    #[test]
    fn a_name_in_use_is_replaced_by_the_id_and_then_by_numbers() {
        let mut names = Names::default();
        let mut found = |own, id| names.find(own, id).to_string();
        assert_eq!(found(Some("Shop"), "A-1"), "Shop");
        assert_eq!(found(Some("shop"), "A-2"), "A-2");
        assert_eq!(found(Some("SHOP"), "a-2"), "a-2-2");
        assert_eq!(found(None, "a-2"), "a-2-3");
        assert_eq!(found(Some("CON"), "NUL"), "channel-2");
        assert_eq!(found(Some("\u{5bb6}"), "\u{5bb6}"), "channel-3");
        let long = "x".repeat(31);
        assert_eq!(found(Some(&long), &long), "x".repeat(30));
        assert_eq!(found(Some(&long), &long), format!("{}-2", "x".repeat(28)));
    }

    proptest! {
        /// Whatever two channels are called, their names are valid, different in any letter case, no
        /// devices, no flags, and lead to files of one folder.
        #[test]
        fn names_are_valid_and_unique(
            texts in prop::collection::vec(
                (prop::option::of(prop_oneof![any::<String>(), "[a-cA-C./\\\\ -]{0,4}"]), "[ab]{0,2}|\\PC{0,40}"),
                1..40,
            ),
        ) {
            let mut names = Names::default();
            let mut files = HashSet::new();
            for (own, id) in texts {
                let name = names.find(own.as_deref(), &id);
                prop_assert!(ChannelName::new(name.as_str()).is_some());
                prop_assert!(!is_device(name.as_str()));
                prop_assert!(!name.as_str().starts_with('-'));
                let file = name.token_file();
                prop_assert_eq!(file.matches('/').count(), 1);
                prop_assert!(files.insert(file));
            }
        }
    }
}
