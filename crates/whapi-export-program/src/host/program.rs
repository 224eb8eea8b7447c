//! A program that has been described.

use std::collections::BTreeMap;
use std::sync::Arc;

use whapi_export::{Definition, Error, ErrorKind, OptionSpec, Options, Result, StatusSink};
use whapi_export_jsonl::KeySet;
use whapi_text::escape_terminal;

use super::command::ProgramCommand;
use super::conversation::{Conversation, on_one_line};
use super::exporter::{ProgramExporter, capabilities, keys_of};
use super::split_exporter::SplitProgramExporter;
use super::timeouts::Timeouts;
use crate::protocol::{Hello, OutputKind, ProgramOption};

/// An exporter that is a program of its own.
///
/// # Examples
///
/// ```no_run
/// use whapi_export::Registry;
/// use whapi_export_program::{Program, ProgramCommand};
///
/// # async fn find(registry: &mut Registry) -> whapi_export::Result<()> {
/// if let Some(command) = ProgramCommand::find("notion") {
///     registry.register(Program::new(command).definition("notion").await?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is started before `definition`"]
pub struct Program {
    command: ProgramCommand,
    times: Timeouts,
    log: StatusSink,
}

/// What is known of a program.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) command: ProgramCommand,
    pub(super) times: Timeouts,
    pub(super) log: StatusSink,
    pub(super) hello: Hello,
    pub(super) keys: KeySet,
}

impl Program {
    /// A program. Starts nothing.
    pub fn new(command: ProgramCommand) -> Self {
        Self {
            command,
            times: Timeouts::default(),
            log: StatusSink::default(),
        }
    }

    /// Sets how long the host waits. Default: [`Timeouts::default`].
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.times = timeouts;
        self
    }

    /// Sets what receives the log of the program, which it writes to standard error: at most 200 lines,
    /// escaped and cut. Default: it is dropped.
    pub fn with_log(mut self, log: StatusSink) -> Self {
        self.log = log;
        self
    }

    /// Starts the program once, to learn what it is, and returns the definition of its format.
    ///
    /// `name` is the name of the format. Requires a tokio runtime, as do the exporters of the definition.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a program that is missing or that other users can change, and
    /// [`ErrorKind::Program`] for one that breaks the protocol.
    pub async fn definition(self, name: &str) -> Result<Definition> {
        let Self {
            command,
            times,
            log,
        } = self;
        let (conversation, hello) =
            Conversation::start(&command, times, StatusSink::default(), log.clone()).await?;
        let checked = check(&hello).map_err(|what| conversation.broke(what));
        let described = conversation.describe().await;
        let keys = checked?;
        described?;
        Ok(define(Described {
            command,
            times,
            log,
            hello: Hello {
                name: name.to_owned(),
                ..hello
            },
            keys,
        }))
    }
}

impl Described {
    /// The options of a run: those that are given, and the defaults of the others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a value outside of a closed set.
    pub(super) fn options(&self, given: &Options) -> Result<BTreeMap<String, String>> {
        let mut options = BTreeMap::new();
        for option in &self.hello.options {
            let Some(value) = given.get(&option.key).or(option.default.as_deref()) else {
                continue;
            };
            let spec = spec(option);
            if let Some(values) = spec.closed_set()
                && !values.contains(&value)
            {
                let message = format!(
                    "option `{}`: `{value}` is none of {}",
                    option.key,
                    values.join(", ")
                );
                return Err(Error::new(ErrorKind::Config, message));
            }
            options.insert(option.key.clone(), value.to_owned());
        }
        Ok(options)
    }
}

/// Checks what a program says of itself. Returns the keys that it reads, or what is wrong.
fn check(hello: &Hello) -> Result<KeySet, String> {
    let is_key = |text: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !text.is_empty() && text.chars().all(plain)
    };
    for (at, option) in hello.options.iter().enumerate() {
        let key = on_one_line(&option.key);
        if !is_key(&option.key) {
            return Err(format!(
                "has the option `{key}`; a key has lower-case letters, digits and `_` only"
            ));
        }
        if hello.options[..at]
            .iter()
            .any(|other| other.key == option.key)
        {
            return Err(format!("has the option `{key}` twice"));
        }
    }
    let plain = |extension: &String| extension.chars().all(|c| c.is_ascii_alphanumeric());
    if !hello.output.extension.as_ref().is_none_or(plain) {
        return Err("has an extension with other characters than letters and digits".to_owned());
    }
    keys_of(hello.needs.as_deref())
}

fn define(program: Described) -> Definition {
    let program = Arc::new(program);
    let hello = &program.hello;
    let shared = Arc::clone(&program);
    let kind = hello.output.kind;
    let (name, summary) = (&hello.name, escape_terminal(&hello.summary));
    let definition = match kind {
        OutputKind::File => Definition::splittable(name, summary, move |ctx, split| {
            let program = Arc::clone(&shared);
            Ok(match split {
                Some(split) => Box::new(SplitProgramExporter::new(program, ctx, split)?),
                None => Box::new(ProgramExporter::new(program, ctx)?),
            })
        }),
        OutputKind::Folder | OutputKind::Remote => Definition::new(name, summary, move |ctx| {
            Ok(Box::new(ProgramExporter::new(Arc::clone(&shared), ctx)?))
        }),
    };
    let definition = definition.with_capabilities(capabilities(kind));
    let extension = hello.output.extension.clone();
    let definition = match kind {
        OutputKind::Remote => definition,
        OutputKind::File | OutputKind::Folder => {
            definition.extension(extension.unwrap_or_else(|| hello.name.clone()))
        }
    };
    let specs = hello.options.iter().map(spec);
    specs.fold(definition, Definition::option)
}

fn spec(option: &ProgramOption) -> OptionSpec {
    let (value, help) = (
        escape_terminal(&option.value),
        escape_terminal(&option.help),
    );
    let spec = OptionSpec::new(&option.key, value, help);
    match &option.default {
        Some(default) => spec.default_value(default),
        None => spec,
    }
}
