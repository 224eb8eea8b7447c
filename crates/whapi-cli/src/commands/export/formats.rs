//! Opens the exporters of a run with their options and destinations.

use std::path::{Path, PathBuf};

use whapi_export::{
    Capabilities, Definition, Exporter, OpenContext, Options, OutputTarget, Registry, Split,
    StatusSink,
};
use whapi_fetch::EnrichmentRequest;
use whapi_phone::{Country, country_of};

use crate::args::ExportArgs;
use crate::error::{CliError, UnwrittenExport};
use crate::private_folder::{make_folder, make_folder_of};

/// An opened exporter.
pub(super) struct Job {
    pub(super) format: String,
    /// The destination, for people.
    pub(super) destination: String,
    pub(super) exporter: Box<dyn Exporter>,
    pub(super) capabilities: Capabilities,
    pub(super) is_for_programs: bool,
    pub(super) output: FileOutput,
}

/// The file of an exporter, if it writes one.
pub(super) struct FileOutput {
    /// The file. A split output writes several files beside it.
    pub(super) file: Option<PathBuf>,
    /// How the output is split.
    pub(super) split: Option<Split>,
}

impl Job {
    pub(super) fn planned(&self) -> UnwrittenExport {
        UnwrittenExport::new(&self.format, &self.destination)
    }
}

/// Opens every exporter of the arguments. Does not access the destinations.
///
/// `status` gets their status messages.
pub(super) fn resolve(
    registry: &Registry,
    args: &ExportArgs,
    enrichment: EnrichmentRequest,
    status: &StatusSink,
) -> Result<Vec<Job>, CliError> {
    let definitions = definitions(registry, args)?;
    if args.output.is_some() && definitions.len() > 1 {
        return Err(CliError::usage(
            "--output names one file, but there are several formats; use --output-dir",
        ));
    }
    if args.json && super::writes_to_stdout(args) {
        return Err(CliError::usage(
            "--json and --output - both write to standard output; use a file for --output",
        ));
    }
    let mut options = options(registry, &definitions, &args.options)?;
    set_shard(&definitions, &mut options, args);
    definitions
        .into_iter()
        .zip(&mut options)
        .map(|(definition, options)| {
            open(
                definition,
                std::mem::take(options),
                args,
                enrichment,
                status,
            )
        })
        .collect()
}

/// Returns the definitions of the formats, each once, in the order of the arguments.
fn definitions<'a>(
    registry: &'a Registry,
    args: &ExportArgs,
) -> Result<Vec<&'a Definition>, CliError> {
    let mut found: Vec<&Definition> = Vec::new();
    for name in &args.formats {
        let definition = registry.get(name.trim())?;
        if !found.iter().any(|known| known.name() == definition.name()) {
            found.push(definition);
        }
    }
    if found.is_empty() {
        found.push(by_extension(registry, args)?);
    }
    Ok(found)
}

fn by_extension<'a>(registry: &'a Registry, args: &ExportArgs) -> Result<&'a Definition, CliError> {
    let extension = args.output.as_deref().and_then(Path::extension);
    let known = extension.and_then(|extension| registry.by_extension(extension.to_str()?));
    known.ok_or_else(|| {
        let names: Vec<_> = registry.iter().map(Definition::name).collect();
        let extensions = registry.iter().filter_map(Definition::file_extension);
        let extensions: Vec<_> = extensions.map(|known| format!(".{known}")).collect();
        let (names, extensions) = (names.join(", "), extensions.join(", "));
        CliError::usage(match extension {
            Some(extension) => format!(
                "no format has files that end with `.{}`; known: {extensions}; or use --format with one \
                 of {names}",
                extension.display()
            ),
            None => format!(
                "no format: use --format with one of {names}, or an --output that ends with one of \
                 {extensions}"
            ),
        })
    })
}

/// Groups the options of `--set` by exporter.
fn options(
    registry: &Registry,
    definitions: &[&Definition],
    settings: &[String],
) -> Result<Vec<Options>, CliError> {
    let mut options = vec![Options::new(); definitions.len()];
    for setting in settings {
        let Some((key, value)) = setting.split_once('=') else {
            return Err(CliError::usage(format!(
                "`--set {setting}` is not of the form KEY=VALUE"
            )));
        };
        let (at, key) = match key.split_once('.') {
            Some((format, key)) => {
                let name = registry.get(format)?.name();
                let at = definitions
                    .iter()
                    .position(|definition| definition.name() == name);
                let at = at.ok_or_else(|| {
                    CliError::usage(format!(
                        "`--set {setting}` is for {name}, which is not a format of this run"
                    ))
                })?;
                (at, key)
            }
            None if definitions.len() == 1 => (0, key),
            None => {
                return Err(CliError::usage(format!(
                    "`--set {setting}` does not name a format; use FORMAT.{setting}"
                )));
            }
        };
        let (key, value) = spelled(definitions[at], key, value);
        options[at].set(key, value);
    }
    Ok(options)
}

/// Tells the dataset which of several runs this is.
#[cfg(feature = "dataset")]
fn set_shard(definitions: &[&Definition], options: &mut [Options], args: &ExportArgs) {
    let Some(shard) = super::channels::shard_of(args) else {
        return;
    };
    for (definition, options) in definitions.iter().zip(options) {
        if definition.name() == "dataset" {
            options.set("shard", shard.to_string());
        }
    }
}

/// Without the feature there are no shards.
#[cfg(not(feature = "dataset"))]
fn set_shard(_: &[&Definition], _: &mut [Options], _: &ExportArgs) {}

/// Returns an option as the format spells it: the key, and a value that the option lists by name, are
/// taken in any letter case.
fn spelled<'a>(definition: &'a Definition, key: &'a str, value: &'a str) -> (&'a str, &'a str) {
    let mut options = definition.options().iter();
    let Some(spec) = options.find(|spec| spec.key.eq_ignore_ascii_case(key)) else {
        return (key, value);
    };
    let mut choices = spec.choices().into_iter();
    let choice = choices.find(|it| it.eq_ignore_ascii_case(value));
    (&spec.key, choice.unwrap_or(value))
}

fn open(
    definition: &Definition,
    options: Options,
    args: &ExportArgs,
    enrichment: EnrichmentRequest,
    status: &StatusSink,
) -> Result<Job, CliError> {
    let split = definition.split(&options)?;
    if split == Some(Split::Group) && !enrichment.reasons {
        return Err(CliError::usage(format!(
            "`{}.split=group` requires --reasons",
            definition.name()
        )));
    }
    if split == Some(Split::Channel) && !super::channels::may_be_several(args) {
        return Err(CliError::usage(format!(
            "`{}.split=channel` requires a run over several channels: --channel given twice, --channel-tag \
             or --all-channels",
            definition.name()
        )));
    }
    let mut ctx = OpenContext::new()
        .with_options(options)
        .with_status(status.clone())
        .with_country_of(|phone| country_of(phone).map(Country::as_str));
    if !args.json {
        // Only JSON shows the checksum.
        ctx = ctx.with_checksum(false);
    }
    let mut destination = definition.name().to_owned();
    let mut file = None;
    match target(definition, args) {
        Some(target) => {
            destination = target.to_string();
            if let OutputTarget::Path(path) = &target {
                file = Some(path.clone());
                if let Some(split) = split {
                    destination = split.pattern(path).display().to_string();
                }
            }
            ctx = ctx.with_target(target);
        }
        None if args.output.is_some() => {
            return Err(CliError::usage(format!(
                "{} writes no file, so --output has no effect",
                definition.name()
            )));
        }
        None => {}
    }
    Ok(Job {
        format: definition.name().to_owned(),
        destination,
        exporter: definition.open(&ctx)?,
        capabilities: definition.capabilities().clone(),
        is_for_programs: definition.is_for_programs(),
        output: FileOutput { file, split },
    })
}

/// Returns the output of an exporter, or `None` if it writes no file.
fn target(definition: &Definition, args: &ExportArgs) -> Option<OutputTarget> {
    let default = definition.default_file_name()?;
    Some(match (&args.output, &args.output_dir) {
        (Some(output), _) => OutputTarget::from_argument(output.clone()),
        (None, Some(folder)) => OutputTarget::Path(folder.join(default)),
        (None, None) => OutputTarget::Path(PathBuf::from(default)),
    })
}

/// Creates the folder of `--output-dir`, or of the file of `--output`, if it does not exist.
pub(super) fn make_output_folder(args: &ExportArgs) -> Result<(), CliError> {
    match (&args.output_dir, &args.output) {
        (Some(folder), _) => make_folder(folder),
        (None, Some(output)) => make_folder_of(output),
        (None, None) => Ok(()),
    }
}
