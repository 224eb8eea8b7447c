//! Exporters that are programs: found by the name of a format, and added to the registry.

use std::path::Path;

use whapi_export::{Definition, Registry, StatusSink};
use whapi_export_program::{Program, ProgramCommand};

use crate::blocking::run_blocking;
use crate::config::{ConfigFile, ExporterProgram};
use crate::console::Console;
use crate::error::CliError;

/// Adds the programs of these formats to the built-in ones.
///
/// Only names that are not built in start a program: that of the configuration, else
/// `whapi-exporter-NAME` on `PATH`.
///
/// # Errors
///
/// If the configuration cannot be read, and if a program cannot be started or breaks the protocol.
pub(crate) async fn with_programs<'n>(
    registry: &Registry,
    names: impl IntoIterator<Item = &'n str>,
    config: Option<&Path>,
    console: Console,
) -> Result<Registry, CliError> {
    let mut registry = registry.clone();
    for name in names {
        let name = name.trim();
        if registry.get(name).is_ok() {
            continue;
        }
        if let Some(command) = find(name, config).await? {
            registry.register(describe(command, name, console).await?);
        }
    }
    Ok(registry)
}

/// The programs on `PATH` and in the configuration, by name: none is started.
pub(crate) fn listed(config: Option<&Path>) -> Result<Vec<(String, String)>, CliError> {
    let configured = configured(config)?.into_iter().map(|program| {
        let command = program.command.join(" ");
        (program.name, command)
    });
    let mut programs: Vec<_> = configured.collect();
    for name in ProgramCommand::names_on_path() {
        if let Some(command) = ProgramCommand::find(&name)
            && !programs.iter().any(|(known, _)| *known == name)
        {
            programs.push((name, command.to_string()));
        }
    }
    Ok(programs)
}

/// Starts a program to learn what it is.
pub(crate) async fn describe(
    command: ProgramCommand,
    name: &str,
    console: Console,
) -> Result<Definition, CliError> {
    let label = name.to_owned();
    let log = StatusSink::to(move |line| console.info(format_args!("{label}: {line}")));
    let definition = Program::new(command).with_log(log).definition(name).await;
    definition.map_err(CliError::exporter)
}

async fn find(name: &str, config: Option<&Path>) -> Result<Option<ProgramCommand>, CliError> {
    let (name, config) = (name.to_owned(), config.map(Path::to_owned));
    run_blocking(move || {
        let configured = configured(config.as_deref())?;
        let program = configured.into_iter().find(|program| program.name == name);
        Ok(match program {
            Some(program) => Some(command(program)),
            None => ProgramCommand::find(&name),
        })
    })
    .await
}

fn configured(config: Option<&Path>) -> Result<Vec<ExporterProgram>, CliError> {
    match ConfigFile::locate(config) {
        Some(file) => Ok(file.read()?.exporters),
        None => Ok(Vec::new()),
    }
}

fn command(program: ExporterProgram) -> ProgramCommand {
    let mut words = program.command.into_iter();
    let first = words.next().unwrap_or_default();
    let command = ProgramCommand::new(first).with_args(words);
    match program.sha256 {
        Some(sha256) => command.with_sha256(sha256),
        None => command,
    }
}
