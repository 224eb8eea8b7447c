//! What help and manual pages say beside the arguments: examples, exit codes, environment and files.
//!
//! [`table`] has an entry for every command. [`help`] adds it to the help texts, and [`man`] writes the
//! manual pages.

mod help;
mod man;
mod table;

pub(crate) use help::{welcome, with_guides};
pub(crate) use man::{manual_page, manual_pages};

/// What there is to say about a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guide {
    /// The command without the name of the program: `login google`.
    command: &'static str,
    /// What each example does, and the arguments of the program. Help shows the first two.
    examples: &'static [(&'static str, &'static str)],
    /// The exit codes.
    codes: &'static [u8],
    /// Environment variables and what they do.
    environment: &'static [&'static [Entry]],
    /// Files and what they hold.
    files: &'static [Entry],
    /// Where to read more: a sentence without its capital and full stop, and with `{}` for the program.
    more: &'static str,
}

impl Guide {
    /// Where to read more, for a program of this name.
    fn more(&self, program: &str) -> String {
        self.more.replace("{}", program)
    }
}

/// A name and what it is.
type Entry = (&'static str, &'static str);

/// The guide of a command; of `login google` for `login google`.
///
/// # Panics
///
/// For a command without a guide. A test looks at every command.
fn guide(command: &str) -> &'static Guide {
    table::GUIDES
        .iter()
        .find(|guide| guide.command == command)
        .unwrap_or_else(|| panic!("`{command}` has no entry in guide/table.rs"))
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;
    use crate::App;

    /// The commands and the path of each, without `help`.
    fn paths(command: &Command, above: &str, found: &mut Vec<String>) {
        found.push(above.to_owned());
        for sub in command.get_subcommands() {
            if sub.get_name() != "help" {
                let path = format!("{above} {}", sub.get_name());
                paths(sub, path.trim_start(), found);
            }
        }
    }

    #[test]
    fn every_command_has_a_guide_and_every_guide_a_command() {
        let mut commands = Vec::new();
        paths(&App::new().command(), "", &mut commands);
        commands.sort_unstable();
        let mut guides: Vec<_> = table::GUIDES.iter().map(|guide| guide.command).collect();
        guides.sort_unstable();
        assert_eq!(guides, commands);
    }

    #[test]
    fn every_command_has_two_examples_that_parse() {
        for guide in table::GUIDES {
            assert!(guide.examples.len() >= 2, "{guide:?}");
            assert!(guide.examples[0].1.starts_with(guide.command), "{guide:?}");
            for (what, example) in guide.examples {
                assert!(what.len() <= 76, "{what}");
                // Indented on a page of 80 columns.
                assert!(example.len() <= 63, "{example}");
                let words = shlex::split(example).unwrap();
                let words = std::iter::once("whapi".to_owned()).chain(words);
                let parsed = App::new().command().try_get_matches_from(words);
                assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
            }
        }
    }

    #[test]
    fn every_exit_code_has_a_meaning() {
        for guide in table::GUIDES {
            assert!(!guide.codes.is_empty(), "{guide:?}");
            assert!(guide.codes.is_sorted(), "{guide:?}");
            for code in guide.codes {
                crate::exit::meaning(*code);
            }
        }
    }
}
