//! `exporters`: the registered formats and their options.

use std::fmt::Write as _;

use serde::Serialize;
use whapi_export::{Definition, OptionSpec, Registry};

use crate::args::ExportersArgs;
use crate::console;
use crate::error::CliError;

#[derive(Serialize)]
struct List<'a> {
    schema: u32,
    exporters: Vec<Exporter<'a>>,
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

/// Returns the list for people or as JSON, with a newline at its end.
///
/// # Errors
///
/// If there is no exporter of the name in the arguments.
pub(crate) fn list(registry: &Registry, args: &ExportersArgs) -> Result<String, CliError> {
    let definitions: Vec<_> = match &args.exporter {
        Some(name) => vec![registry.get(name)?],
        None => registry.iter().collect(),
    };
    if args.json {
        let exporters = definitions.into_iter().map(Exporter::new).collect();
        let list = List {
            schema: 1,
            exporters,
        };
        return Ok(console::json(&list) + "\n");
    }
    let described: Vec<_> = definitions.into_iter().map(describe).collect();
    Ok(described.join("\n"))
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
