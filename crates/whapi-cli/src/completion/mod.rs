//! Completion in shells.
//!
//! The script of a shell asks the program itself: it sets [`VARIABLE`], and passes the words. So the
//! script is the same for every version, and knows the formats that other programs add. See
//! `docs/adr/0020-completion-asks-the-program.md`.

mod bash;
mod candidates;

use std::ffi::OsString;
use std::io;

use clap::Command;
use clap_complete::Shell;
use clap_complete::env::{CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use bash::JoinedBash;
pub(crate) use candidates::with_candidates;

/// The environment variable with the name of the shell that asks.
const VARIABLE: &str = "WHAPI_COMPLETE";

const SHELLS: Shells<'static> = Shells(&[&JoinedBash, &Elvish, &Fish, &Powershell, &Zsh]);

/// Prints the candidates if a shell asks for them. Returns whether one does.
pub(crate) fn answer(
    command: impl Fn() -> Command,
    args: impl IntoIterator<Item = OsString>,
) -> clap::error::Result<bool> {
    let folder = std::env::current_dir().ok();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .shells(SHELLS)
        .try_complete(args, folder.as_deref())
}

/// Returns the script for a shell, in which `program` is completed.
pub(crate) fn script(shell: Shell, program: &str) -> io::Result<String> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &JoinedBash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::PowerShell => &Powershell,
        Shell::Zsh => &Zsh,
        other => return Err(io::Error::other(format!("{other} is not supported"))),
    };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, program, program, program, &mut script)?;
    String::from_utf8(script).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use whapi_export::{Definition, Encoded, Encoder, NoOptions, OptionSpec};

    use crate::App;

    struct Nothing;

    impl Encoder for Nothing {
        fn contact(
            &mut self,
            _: &whapi_export::ClassifiedContact,
            _: &mut Vec<u8>,
        ) -> whapi_export::Result<Encoded> {
            Ok(Encoded::written())
        }
    }

    /// The candidates for the last of these words.
    fn complete(app: &App, words: &[&str]) -> Vec<String> {
        let args = words.iter().map(Into::into).collect();
        let last = words.len() - 1;
        let found = clap_complete::engine::complete(&mut app.command(), args, last, None);
        let found = found.unwrap().into_iter();
        found
            .map(|candidate| candidate.get_value().to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn formats_of_other_programs_are_completed_with_their_options() {
        let lines = Definition::file("lines", "a line per contact", |_: NoOptions| Ok(Nothing))
            .alias("rows")
            .option(OptionSpec::new("end", "lf|crlf|TEXT", "the end of a line"));
        let app = App::new().register(lines);
        assert_eq!(complete(&app, &["whapi", "export", "-f", "li"]), ["lines"]);
        assert_eq!(complete(&app, &["whapi", "exporters", "li"]), ["lines"]);
        let setting = |text| complete(&app, &["whapi", "export", "--set", text]);
        assert_eq!(setting("lines.e"), ["lines.end="]);
        assert_eq!(setting("rows.end="), ["rows.end=lf", "rows.end=crlf"]);
        assert!(setting("no-such-format.").is_empty());
    }

    #[test]
    fn commands_are_completed_for_man() {
        let app = App::new();
        assert_eq!(complete(&app, &["whapi", "man", "st"]), ["stats"]);
    }
}
