//! What the terminal can show.

use anstream::{AutoStream, ColorChoice, stream::RawStream};

pub(crate) use console::is_dumb;

/// Whether a stream gets colours. As clap decides it: by the terminal, `NO_COLOR` and `CLICOLOR_FORCE`.
pub(crate) fn shows_colours(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Whether the locale is UTF-8. True if no locale is set, as in modern terminals.
pub(crate) fn speaks_utf8() -> bool {
    is_utf8(|name| std::env::var(name).ok())
}

fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|locale| !locale.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_names_the_locale() {
        let table = [
            (&[][..], true),
            (&[("LANG", "C")], false),
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "POSIX")], false),
            (
                &[("LANG", "en_GB.UTF-8"), ("LC_CTYPE", "de_DE.ISO-8859-1")],
                false,
            ),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "")], true),
        ];
        for (variables, expected) in table {
            let variable = |name: &str| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(is_utf8(variable), expected, "{variables:?}");
        }
    }
}
