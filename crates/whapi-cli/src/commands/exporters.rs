//! `exporters`: the registered formats and their options.

use std::fmt::Write as _;

use serde::Serialize;
use whapi_export::{Definition, OptionSpec, Registry};

use crate::args::{ExportersArgs, VerbosityArgs};
use crate::console::{self, Console};
use crate::error::CliError;
use crate::exit;
use crate::runner::run_to_end;

#[derive(Serialize)]
struct List<'a> {
    schema: u32,
    exporters: Vec<Exporter<'a>>,
    /// Programs that are exporters. Absent with a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    programs: Option<Vec<ListedProgram>>,
}

/// A program that has not been started.
#[derive(Serialize)]
struct ListedProgram {
    name: String,
    command: String,
}

#[derive(Serialize)]
struct Exporter<'a> {
    name: &'a str,
    aliases: &'a [String],
    summary: &'a str,
    /// The default file name. Null if the exporter writes no file.
    default_output: Option<String>,
    options: Vec<ExporterOption<'a>>,
}

#[derive(Serialize)]
struct ExporterOption<'a> {
    key: String,
    value: &'a str,
    default: Option<&'a str>,
    help: &'a str,
}

/// Prints the list and returns the exit code.
pub(crate) fn run(registry: &Registry, args: &ExportersArgs) -> u8 {
    let console = Console::new(false);
    let ran = async {
        let list = list(registry, args).await?;
        console::print(&list).map_err(|error| CliError::stdout(&error))?;
        Ok(exit::COMPLETE)
    };
    run_to_end(ran, &VerbosityArgs::default(), None, console)
}

/// Returns the list for people or as JSON, with a newline at its end.
///
/// # Errors
///
/// If there is no exporter of the name in the arguments.
#[cfg_attr(
    not(feature = "program"),
    expect(clippy::unused_async, reason = "starts programs")
)]
async fn list(registry: &Registry, args: &ExportersArgs) -> Result<String, CliError> {
    #[cfg(feature = "program")]
    let registry = &with_program(registry, args).await?;
    let definitions: Vec<_> = match &args.exporter {
        Some(name) => vec![registry.get(name)?],
        None => registry.iter().collect(),
    };
    let programs = match &args.exporter {
        Some(_) => None,
        None => Some(programs(args)?),
    };
    if args.json {
        let exporters = definitions.into_iter().map(Exporter::new).collect();
        let list = List {
            schema: 1,
            exporters,
            programs,
        };
        return Ok(console::json(&list) + "\n");
    }
    let described = definitions.into_iter().map(describe);
    let programs = programs.into_iter().flatten().map(|program| {
        let ListedProgram { name, command } = program;
        format!("{name}: the program {command}; `exporters {name}` shows its options\n")
    });
    Ok(described.chain(programs).collect::<Vec<_>>().join("\n"))
}

/// Adds the program of the name, which is started to learn its options.
#[cfg(feature = "program")]
async fn with_program(registry: &Registry, args: &ExportersArgs) -> Result<Registry, CliError> {
    let names = args.exporter.iter().map(String::as_str);
    let config = args.config.as_deref();
    crate::programs::with_programs(registry, names, config, Console::new(false)).await
}

#[cfg(feature = "program")]
fn programs(args: &ExportersArgs) -> Result<Vec<ListedProgram>, CliError> {
    let listed = crate::programs::listed(args.config.as_deref())?;
    let listed = listed.into_iter();
    Ok(listed
        .map(|(name, command)| ListedProgram { name, command })
        .collect())
}

#[cfg(not(feature = "program"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it may fail")]
fn programs(_: &ExportersArgs) -> Result<Vec<ListedProgram>, CliError> {
    Ok(Vec::new())
}

impl<'a> Exporter<'a> {
    fn new(definition: &'a Definition) -> Self {
        Self {
            name: definition.name(),
            aliases: definition.aliases(),
            summary: definition.summary(),
            default_output: definition.default_file_name(),
            options: definition
                .options()
                .iter()
                .map(|spec| ExporterOption {
                    key: full_key(definition, spec),
                    value: &spec.value_name,
                    default: spec.default.as_deref(),
                    help: &spec.help,
                })
                .collect(),
        }
    }
}

fn full_key(definition: &Definition, spec: &OptionSpec) -> String {
    format!("{}.{}", definition.name(), spec.key)
}

fn describe(definition: &Definition) -> String {
    let mut text = definition.name().to_owned();
    if !definition.aliases().is_empty() {
        write!(text, " (also {})", definition.aliases().join(", ")).expect("a String takes all");
    }
    writeln!(text, ": {}", definition.summary()).expect("a String takes all");
    if let Some(name) = definition.default_file_name() {
        writeln!(text, "  writes {name}").expect("a String takes all");
    }
    for spec in definition.options() {
        let key = full_key(definition, spec);
        let default = spec
            .default
            .as_ref()
            .map_or(String::new(), |default| format!(" [default: {default}]"));
        writeln!(
            text,
            "  --set {key}={}  {}{default}",
            spec.value_name, spec.help
        )
        .expect("a String takes all");
    }
    text
}
