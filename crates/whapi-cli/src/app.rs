//! The program: its exporters, its name, and its entry points.

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use whapi_export::{Definition, Registry};

use crate::args::{Cli, Command};
#[cfg(feature = "program")]
use crate::commands::conformance;
#[cfg(feature = "dataset")]
use crate::commands::dataset;
#[cfg(feature = "tap")]
use crate::commands::tap;
use crate::commands::{
    channels, check, emulate, export, exporters, groups, labels, login, logout, man, stats,
};
use crate::completion;
use crate::console::{self, Console};
use crate::error::CliError;
#[cfg(feature = "sheets")]
use crate::google;
use crate::hidden_args::without_tokens;
use crate::{exit, guide, runner};

/// The `whapi` command line.
///
/// # Examples
///
/// ```
/// use whapi_cli::{App, exit};
///
/// let code = App::new().run(["whapi", "export", "--format", "no-such-format", "--demo"]);
/// assert_eq!(code, exit::USAGE);
/// ```
#[derive(Debug)]
#[must_use]
pub struct App {
    registry: Registry,
    bin_name: Option<String>,
    after_help: Option<String>,
}

impl App {
    /// Creates the program with the built-in exporters of the enabled features.
    #[cfg_attr(
        not(any(
            feature = "csv",
            feature = "dataset",
            feature = "html",
            feature = "jsonl",
            feature = "sheets",
            feature = "vcard",
            feature = "xlsx"
        )),
        expect(unused_mut, reason = "without a format there is nothing to register")
    )]
    pub fn new() -> Self {
        let mut registry = Registry::new();
        #[cfg(feature = "vcard")]
        registry.register(whapi_export_vcard::definition());
        #[cfg(feature = "csv")]
        registry.register(whapi_export_csv::definition());
        #[cfg(feature = "jsonl")]
        registry.register(whapi_export_jsonl::definition());
        #[cfg(feature = "xlsx")]
        registry.register(whapi_export_xlsx::definition());
        #[cfg(feature = "html")]
        registry.register(whapi_export_html::definition());
        #[cfg(feature = "dataset")]
        registry.register(whapi_export_dataset::definition());
        #[cfg(feature = "sheets")]
        registry.register(sheets());
        Self {
            registry,
            bin_name: None,
            after_help: None,
        }
    }

    /// Adds an exporter. It replaces an exporter of the same name.
    pub fn register(mut self, definition: Definition) -> Self {
        self.registry.register(definition);
        self
    }

    /// Sets the name of the program in help and usage messages. Default: `whapi`.
    pub fn bin_name(mut self, name: impl Into<String>) -> Self {
        self.bin_name = Some(name.into());
        self
    }

    /// Sets a text for the help, between the commands and the exit codes. Default: none.
    pub fn after_help(mut self, text: impl Into<String>) -> Self {
        self.after_help = Some(text.into());
        self
    }

    /// Runs with the arguments of the process.
    ///
    /// A panic prints its source location only, because its message may quote a contact, and exits
    /// with [`exit::UNEXPECTED`].
    pub fn main(self) -> ExitCode {
        std::panic::set_hook(Box::new(|panic| {
            let location = panic
                .location()
                .map_or(String::new(), |at| format!(" at {at}"));
            // The thread may have panicked while it drew the progress.
            console::draw_around(None);
            Console::new(false).error(format_args!(
                "this should not have happened{location}; please report it"
            ));
        }));
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| {
            match completion::answer(|| self.command(), std::env::args_os()) {
                Ok(true) => exit::COMPLETE,
                Ok(false) => self.run(std::env::args_os()),
                Err(error) => {
                    Console::new(false).error(error);
                    exit::UNEXPECTED
                }
            }
        }));
        ExitCode::from(ran.unwrap_or(exit::UNEXPECTED))
    }

    /// Parses these arguments without running them: for tests of documented commands.
    ///
    /// The first argument is the name of the program.
    ///
    /// # Errors
    ///
    /// The usage message that [`run`](Self::run) would show. Help and the version are no errors.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_cli::App;
    ///
    /// let app = App::new();
    /// assert_eq!(app.check_usage(["whapi", "export", "--demo"]), Ok(()));
    /// let message = app.check_usage(["whapi", "export", "--dem"]).unwrap_err();
    /// assert!(message.starts_with("error: unexpected argument '--dem' found\n"));
    /// ```
    pub fn check_usage(
        &self,
        args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<(), String> {
        let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        let parsed = self.command().try_get_matches_from(&args);
        match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
            Err(error) if error.use_stderr() => {
                let message = error.render().to_string();
                Err(without_tokens(&message, &args).unwrap_or(message))
            }
            _ => Ok(()),
        }
    }

    /// Runs with these arguments and returns one of the [`exit`] codes.
    ///
    /// The first argument is the name of the program.
    pub fn run(&self, args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> u8 {
        let mut command = self.command();
        let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        if args.len() < 2 {
            console::Console::new(false).notice(guide::welcome(&command, self.name()));
            return exit::USAGE;
        }
        let parsed = command
            .try_get_matches_from_mut(&args)
            .and_then(|matches| Cli::from_arg_matches(&matches));
        let cli = match parsed {
            Ok(cli) => cli,
            Err(error) => {
                // Help and version go to standard output and are no errors.
                if !error.use_stderr() {
                    let _ = error.print();
                    return exit::COMPLETE;
                }
                let mut said = error.render().to_string();
                if let Some(hidden) = without_tokens(&said, &args) {
                    Console::new(false).notice(&hidden);
                    said = hidden;
                } else {
                    let _ = error.print();
                }
                // Programs that pass --json parse the output in every case.
                if args.iter().any(|arg| arg == "--json") {
                    let said = said.lines().next().unwrap_or_default();
                    runner::print_usage_error(said.strip_prefix("error: ").unwrap_or(said));
                }
                return exit::USAGE;
            }
        };
        let ran = match cli.command {
            Command::Export(args) => return export::run(&self.registry, &args),
            Command::Stats(args) => return stats::run(&args),
            Command::Emulate(args) => return emulate::run(&args),
            Command::Channels(args) => return channels::run(&args),
            Command::Check(args) => return check::run(&args),
            #[cfg(feature = "program")]
            Command::Conformance(args) => return conformance::run(&args),
            #[cfg(feature = "dataset")]
            Command::Dataset(args) => return dataset::run(&args),
            #[cfg(feature = "tap")]
            Command::Tap(args) => return tap::run(&args),
            Command::Groups(args) => return groups::run(&args),
            Command::Labels(args) => return labels::run(&args),
            Command::Login(args) => return login::run(&args),
            Command::Logout(args) => return logout::run(&args),
            Command::Exporters(args) => return exporters::run(&self.registry, &args),
            Command::Completions { shell } => {
                let script = completion::script(shell, self.completed_name());
                script
                    .map_err(|error| CliError::stdout(&error))
                    .and_then(|script| print(&script))
            }
            Command::Man(args) => man::run(&args, &self.command()),
        };
        match ran {
            Ok(()) => exit::COMPLETE,
            Err(error) => {
                Console::new(false).error(&error.message);
                error.code
            }
        }
    }

    /// The command line, with the formats, candidates for completion, and guides.
    pub(crate) fn command(&self) -> clap::Command {
        let names: Vec<_> = self.registry.iter().map(Definition::name).collect();
        let formats = format!("Formats: {}.", names.join(", "));
        let mut command =
            Cli::command().mut_subcommand("export", |export| export.after_help(formats));
        if let Some(name) = &self.bin_name {
            command = command.bin_name(name).display_name(name);
        }
        if let Some(text) = &self.after_help {
            command = command.after_help(text);
        }
        let command = completion::with_candidates(command, &self.registry);
        guide::with_guides(command, self.name())
    }

    fn name(&self) -> &str {
        self.bin_name.as_deref().unwrap_or("whapi")
    }

    /// The name that shells complete. They cannot complete one with a space, such as `cargo xtask`; then
    /// it is `whapi`.
    fn completed_name(&self) -> &str {
        Some(self.name())
            .filter(|name| !name.contains(' '))
            .unwrap_or("whapi")
    }
}

fn print(text: &str) -> Result<(), CliError> {
    console::print(text).map_err(|error| CliError::stdout(&error))
}

/// The exporter for Google Sheets, which uses the sign-in of `login google`.
#[cfg(feature = "sheets")]
fn sheets() -> Definition {
    match google::path() {
        Ok(path) => whapi_export_sheets::definition_with_sign_in(path),
        // Without a folder for it there is no sign-in.
        Err(_) => whapi_export_sheets::definition(),
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_for_people_or_for_programs() {
        for definition in App::new().registry.iter() {
            let name = definition.name();
            let is_for_programs = ["dataset", "jsonl"].contains(&name);
            assert_eq!(definition.is_for_programs(), is_for_programs, "{name}");
        }
    }

    #[test]
    fn completions_need_a_name_without_spaces() {
        let name = |app: &App| app.completed_name().to_owned();
        assert_eq!(name(&App::new().bin_name("cargo xtask")), "whapi");
        assert_eq!(name(&App::new().bin_name("mine")), "mine");
        assert_eq!(name(&App::new()), "whapi");
    }
}
