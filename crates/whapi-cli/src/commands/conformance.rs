//! `conformance`: tests a program against the rules that every exporter keeps.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use tokio::runtime::Runtime;
use whapi_export::conformance::{Destination, RULES, Subject};
use whapi_export::{Definition, OpenContext};
use whapi_export_program::ProgramCommand;

use crate::args::{ConformanceArgs, VerbosityArgs};
use crate::console::{self, Console};
use crate::error::CliError;
use crate::exit;
use crate::programs::describe;
use crate::runner::run_to_end;

/// Rules that look at the result. That of a service cannot be seen.
const SEEN_ONLY: [&str; 7] = [
    "a_default_changes_nothing",
    "empty_run",
    "one_contact",
    "incomplete_scan_is_still_written",
    "replaces_and_never_doubles",
    "hostile_text_is_carried",
    "nothing_visible_before_finish",
];

/// Runs the rules, prints a line for each, and returns the exit code: 1 if a rule is broken.
pub(crate) fn run(args: &ConformanceArgs) -> u8 {
    let console = Console::new(false);
    match check(args, console) {
        Ok(broken) if broken > 0 => exit::UNEXPECTED,
        Ok(_) => exit::COMPLETE,
        Err(error) => run_to_end(
            async { Err(error) },
            &VerbosityArgs::default(),
            None,
            console,
        ),
    }
}

/// Returns the number of broken rules.
fn check(args: &ConformanceArgs, console: Console) -> Result<usize, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::unexpected(format!("could not start: {error}")))?;
    let definition = runtime.block_on(describe(command(args)?, "program", console))?;
    let is_remote = definition.capabilities().remote;
    let subject = subject(definition, runtime, &args.options)?;
    let (mut kept, mut broken, mut unseen) = (0, 0, 0);
    // The rules catch panics, and report them.
    std::panic::set_hook(Box::new(|_| {}));
    for rule in RULES {
        let name = rule.name();
        if is_remote && SEEN_ONLY.contains(&name) {
            unseen += 1;
            line(&format!(
                "not checked  {name}: what the service has cannot be seen"
            ))?;
            continue;
        }
        match rule.check(&subject) {
            Ok(()) => {
                kept += 1;
                line(&format!("kept         {name}"))?;
            }
            Err(why) => {
                broken += 1;
                let why = why.split_once(": ").map_or(&*why, |(_, why)| why);
                line(&format!("BROKEN       {name}: {why}"))?;
            }
        }
    }
    let unseen = match unseen {
        0 => String::new(),
        unseen => format!(", {unseen} not checked; what the service has was not looked at"),
    };
    line(&format!("{kept} rules kept, {broken} broken{unseen}"))?;
    Ok(broken)
}

fn line(text: &str) -> Result<(), CliError> {
    let shown: Vec<_> = text.lines().map(whapi_text::escape_terminal).collect();
    console::print(&format!("{}\n", shown.join("\n"))).map_err(|error| CliError::stdout(&error))
}

/// The program of the arguments. A path is relative to the current folder.
fn command(args: &ConformanceArgs) -> Result<ProgramCommand, CliError> {
    let mut words = args.program.iter();
    let first = words.next().map(PathBuf::from).unwrap_or_default();
    let program = if first.components().count() > 1 {
        std::path::absolute(&first).map_err(|error| {
            CliError::usage(format!(
                "`{}` is no path of a program: {error}",
                first.display()
            ))
        })?
    } else {
        first
    };
    let words = words.map(|word| {
        // A program has a working folder of its own.
        let path = Path::new(word);
        let absolute = path
            .is_file()
            .then(|| std::path::absolute(path).ok())
            .flatten();
        absolute.map_or_else(|| word.clone(), Into::into)
    });
    Ok(ProgramCommand::new(program).with_args(words))
}

fn subject(
    definition: Definition,
    runtime: Runtime,
    settings: &[String],
) -> Result<Subject, CliError> {
    let mut options = Vec::new();
    for setting in settings {
        let Some((key, value)) = setting.split_once('=') else {
            let message = format!("`--set {setting}` is not of the form KEY=VALUE");
            return Err(CliError::usage(message));
        };
        options.push((key.to_owned(), value.to_owned()));
    }
    let is_remote = definition.capabilities().remote;
    let subject = Subject::new(definition).block_on(move |future| runtime.block_on(future));
    let subject = options.iter().fold(subject, |subject, (key, value)| {
        subject.option(key, value).sample(key, value)
    });
    if is_remote {
        let options = Rc::new(options);
        return Ok(subject.destination(move || Service(Rc::clone(&options))));
    }
    Ok(subject)
}

/// A service, which cannot be looked into.
struct Service(Rc<Vec<(String, String)>>);

impl Destination for Service {
    fn context(&self) -> OpenContext {
        let options = self.0.iter();
        options.fold(OpenContext::new(), |ctx, (key, value)| {
            ctx.with_option(key, value)
        })
    }

    fn contents(&self) -> Option<Vec<u8>> {
        None
    }
}
