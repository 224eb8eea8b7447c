//! What exists of an exporter before it is opened.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use whapi_classify::Snapshot;

use super::config_fields::fields_of;
use super::nearest::nearest;
use super::{Capabilities, OpenContext, OptionSpec, Options};
use crate::contract::{Error, ErrorKind, Exporter, Result};
use crate::file::split::{self, SplitExporter};
use crate::file::{Encoder, FileExporter, OutputTarget, Split};

type OpenFn = dyn Fn(OpenContext, Option<Split>) -> Result<Box<dyn Exporter>> + Send + Sync;
type ReadBackFn = dyn Fn(&mut dyn Read) -> Result<Snapshot> + Send + Sync;

/// An exporter's name, help text, options, and how to open it.
///
/// # Examples
///
/// ```
/// use whapi_export::{Definition, ErrorKind, OpenContext, OptionSpec};
///
/// # fn open(_: &OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
/// #     unreachable!("options are checked first")
/// # }
/// let tsv = Definition::new("tsv", "tab-separated values", open)
///     .alias("tab")
///     .extension("tsv")
///     .option(OptionSpec::new("header", "on|off", "a first line with the columns' names").default_value("on"));
///
/// assert!(tsv.answers_to("tab"));
/// let error = tsv.open(&OpenContext::new().with_option("heading", "on")).err().unwrap();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert_eq!(error.to_string(), "unknown option `tsv.heading`; known: tsv.header");
/// ```
#[derive(Clone)]
pub struct Definition {
    name: String,
    aliases: Vec<String>,
    extension: Option<String>,
    summary: String,
    options: Vec<OptionSpec>,
    capabilities: Capabilities,
    is_for_programs: bool,
    open: Arc<OpenFn>,
    read_back: Option<Arc<ReadBackFn>>,
    /// Whether the option `split` comes with it.
    splits: bool,
    /// Of a file format: how to learn the fields of its config.
    config_fields: Option<fn() -> Option<&'static [&'static str]>>,
}

impl Definition {
    /// Defines an exporter. `name` is what `--format` takes, in kebab-case; `summary` is a
    /// fragment for `whapi exporters`.
    pub fn new(
        name: impl Into<String>,
        summary: impl Into<String>,
        open: impl Fn(&OpenContext) -> Result<Box<dyn Exporter>> + Send + Sync + 'static,
    ) -> Self {
        Self::opened_by(
            name.into(),
            summary.into(),
            Arc::new(move |ctx, _| open(&ctx)),
        )
    }

    /// Defines a file format by its [`Encoder`].
    ///
    /// `make` makes an encoder from the format's options: a struct with
    /// `#[serde(default, deny_unknown_fields)]`, or [`NoOptions`](crate::NoOptions). It is called for
    /// each file. The format can also be [split](Split) into several files: the option `split` comes
    /// with it, behind its own.
    ///
    /// ```
    /// use std::num::NonZeroU64;
    /// use whapi_export::{
    ///     ClassifiedContact, Definition, Encoded, Encoder, OptionSpec, Options, Result, Split, Switch,
    /// };
    ///
    /// #[derive(Default, serde::Deserialize)]
    /// #[serde(default, deny_unknown_fields)]
    /// struct TsvConfig {
    ///     header: Switch,
    /// }
    ///
    /// struct TsvEncoder(TsvConfig);
    /// # impl Encoder for TsvEncoder {
    /// #     fn contact(&mut self, _: &ClassifiedContact, _: &mut Vec<u8>) -> Result<Encoded> {
    /// #         unreachable!("nothing is encoded here")
    /// #     }
    /// # }
    ///
    /// let tsv = Definition::file("tsv", "tab-separated values", |config: TsvConfig| {
    ///     Ok(TsvEncoder(config))
    /// })
    /// .extension("tsv")
    /// .option(OptionSpec::new("header", "on|off", "a first line with the columns' names").default_value("off"));
    ///
    /// let keys: Vec<_> = tsv.options().iter().map(|spec| spec.key.as_str()).collect();
    /// assert_eq!(keys, ["header", "split"]);
    /// let options: Options = [("split", "3000")].into_iter().collect();
    /// assert_eq!(tsv.split(&options)?, Some(Split::Count(NonZeroU64::new(3000).unwrap())));
    /// # Ok::<(), whapi_export::Error>(())
    /// ```
    pub fn file<C: DeserializeOwned, E: Encoder + 'static>(
        name: impl Into<String>,
        summary: impl Into<String>,
        make: impl Fn(C) -> Result<E> + Send + Sync + 'static,
    ) -> Self {
        let make = Arc::new(make);
        let open = move |ctx: OpenContext, split: Option<Split>| -> Result<Box<dyn Exporter>> {
            let ctx = ctx.without_split();
            let Some(split) = split else {
                let encoder = make(ctx.options()?)?;
                return Ok(Box::new(FileExporter::new(encoder, ctx.output()?)));
            };
            let target = ctx.split_target(split)?;
            let make = Arc::clone(&make);
            let make_one = move || make(ctx.options()?);
            Ok(Box::new(SplitExporter::new(make_one, target)?))
        };
        let mut definition =
            Self::opened_by(name.into(), summary.into(), Arc::new(open)).splitting();
        definition.config_fields = Some(fields_of::<C>);
        definition
    }

    /// Defines a file format that is written by other means than an [`Encoder`], such as by another program.
    ///
    /// `open` is given how the result is split, if it is. The option `split` comes with it, behind its own.
    ///
    /// ```
    /// use whapi_export::Definition;
    ///
    /// let definition = Definition::splittable("tsv", "tab-separated values", |_, split| {
    ///     assert_eq!(split, None);
    ///     unreachable!("nothing is opened here")
    /// });
    /// assert_eq!(definition.options()[0].key, "split");
    /// ```
    pub fn splittable(
        name: impl Into<String>,
        summary: impl Into<String>,
        open: impl Fn(&OpenContext, Option<Split>) -> Result<Box<dyn Exporter>> + Send + Sync + 'static,
    ) -> Self {
        let open = move |ctx: OpenContext, split| open(&ctx.without_split(), split);
        Self::opened_by(name.into(), summary.into(), Arc::new(open)).splitting()
    }

    /// Adds the option `split`.
    fn splitting(mut self) -> Self {
        self.splits = true;
        self.options.push(OptionSpec::new(
            split::KEY,
            "COUNT|standing|country|group|channel",
            "write several files: of at most COUNT contacts each, or one for each standing, \
             country, group or channel",
        ));
        self
    }

    fn opened_by(name: String, summary: String, open: Arc<OpenFn>) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            extension: None,
            summary,
            options: Vec::new(),
            capabilities: Capabilities::default(),
            is_for_programs: false,
            open,
            read_back: None,
            splits: false,
            config_fields: None,
        }
    }

    /// Adds another name that `--format` takes.
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.aliases.push(alias.into());
        self
    }

    /// Sets the file name extension, without the dot: the default output is
    /// `contacts.<extension>`, and an `--output` of that extension means this format.
    pub fn extension(mut self, extension: impl Into<String>) -> Self {
        self.extension = Some(extension.into());
        self
    }

    /// Adds an option. Of a file format it stands before `split`.
    pub fn option(mut self, spec: OptionSpec) -> Self {
        let at = self.options.len() - usize::from(self.splits);
        self.options.insert(at, spec);
        self
    }

    /// Sets what the exporter can do. Default: [`Capabilities::default`].
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Marks the records as data for programs. Default: they are cards or rows from which people call.
    ///
    /// Of a result for people the summary says how many contacts have no phone number.
    ///
    /// ```
    /// use whapi_export::Definition;
    ///
    /// # fn open(_: &whapi_export::OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
    /// #     unreachable!("nothing is opened here")
    /// # }
    /// let cards = Definition::new("cards", "a card per contact", open);
    /// assert!(!cards.is_for_programs());
    /// assert!(cards.for_programs().is_for_programs());
    /// ```
    pub fn for_programs(mut self) -> Self {
        self.is_for_programs = true;
        self
    }

    /// Sets how the contacts of an earlier file of this format are read, so that a later run can be compared
    /// with it. Default: it cannot.
    ///
    /// ```
    /// use std::io::{BufRead, BufReader};
    /// use whapi_export::whapi_classify::{Snapshot, Standing};
    /// use whapi_export::whapi_model::ContactId;
    /// use whapi_export::{Definition, Error, ErrorKind};
    ///
    /// # fn open(_: &whapi_export::OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
    /// #     unreachable!("nothing is opened here")
    /// # }
    /// let lines = Definition::new("lines", "one id a line", open).read_back(|file| {
    ///     let mut snapshot = Snapshot::new();
    ///     for line in BufReader::new(file).lines() {
    ///         let id = ContactId::parse(&line?);
    ///         let id = id.map_err(|_| Error::new(ErrorKind::Encode, "a line without an id"))?;
    ///         snapshot.insert(id, Standing::Unknown, None);
    ///     }
    ///     Ok(snapshot)
    /// });
    /// assert_eq!(lines.read_snapshot(&b"447700900123\n"[..])?.len(), 1);
    /// assert!(lines.read_snapshot(&b"\n"[..]).is_err());
    /// # Ok::<(), whapi_export::Error>(())
    /// ```
    pub fn read_back(
        mut self,
        read_back: impl Fn(&mut dyn Read) -> Result<Snapshot> + Send + Sync + 'static,
    ) -> Self {
        self.read_back = Some(Arc::new(read_back));
        self
    }

    /// The name that `--format` takes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Other names that `--format` takes.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// Whether `name` is this exporter's name or one of its aliases, in any letter case.
    pub fn answers_to(&self, name: &str) -> bool {
        let mut aliases = self.aliases.iter();
        self.name.eq_ignore_ascii_case(name)
            || aliases.any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// The file name extension, without the dot. `None` when the exporter writes no file.
    pub fn file_extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// The file name when the user names none: `contacts.<extension>`. `None` when the exporter
    /// writes no file.
    pub fn default_file_name(&self) -> Option<String> {
        self.extension.as_ref().map(|ext| format!("contacts.{ext}"))
    }

    /// What the exporter writes, as a fragment.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The options, in the order in which help lists them.
    pub fn options(&self) -> &[OptionSpec] {
        &self.options
    }

    /// What the exporter can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether the records are [for programs](Self::for_programs).
    pub fn is_for_programs(&self) -> bool {
        self.is_for_programs
    }

    /// Whether files of this format can be [read back](Self::read_snapshot).
    pub fn can_be_read_back(&self) -> bool {
        self.read_back.is_some()
    }

    /// Reads the contacts of a file that this exporter wrote earlier.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for a format that cannot be read back, and what reading fails
    /// with: a file that is no export, or lacks what a comparison needs.
    pub fn read_snapshot(&self, mut file: impl Read) -> Result<Snapshot> {
        match &self.read_back {
            Some(read_back) => read_back(&mut file),
            None => Err(Error::new(
                ErrorKind::Unsupported,
                format!("an export as {} cannot be read back", self.name),
            )),
        }
    }

    /// How these options split the result. `None` when they do not, or when this is no
    /// [file format](Self::file).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a value that is no way of splitting.
    pub fn split(&self, options: &Options) -> Result<Option<Split>> {
        let value = options.get(split::KEY).filter(|_| self.splits);
        value.map(str::parse).transpose()
    }

    /// Opens the exporter. Checks the options' names and the target first; touches nothing at the
    /// destination before [`Exporter::begin`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an unknown option, which lists the known ones, and for a bad value;
    /// [`ErrorKind::Unsupported`] for standard output when the exporter cannot write to it, or not in
    /// several files.
    pub fn open(&self, ctx: &OpenContext) -> Result<Box<dyn Exporter>> {
        for (key, _) in ctx.raw_options().iter() {
            if !self.options.iter().any(|spec| spec.key == key) {
                return Err(self.unknown_option(key));
            }
        }
        if ctx.target().is_some_and(OutputTarget::is_stdout) && !self.capabilities.stdout {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("{} cannot be written to standard output", self.name),
            ));
        }
        let secrets = self.options.iter().filter(|spec| spec.secret);
        let secrets = secrets.map(|spec| spec.key.clone()).collect();
        let ctx = ctx.clone().with_secrets(secrets);
        self.split(ctx.raw_options())
            .and_then(|split| (self.open)(ctx, split))
            .map_err(|error| error.with_context("format", &self.name))
    }

    /// The fields of the struct that a file format's options are read into. `None` when this is no
    /// [file format](Self::file), and when the options are read into something else than a struct.
    pub fn config_fields(&self) -> Option<&'static [&'static str]> {
        self.config_fields?()
    }

    fn unknown_option(&self, key: &str) -> Error {
        let known: Vec<_> = self
            .options
            .iter()
            .map(|spec| format!("{}.{}", self.name, spec.key))
            .collect();
        let known = if known.is_empty() {
            format!("{} has no options", self.name)
        } else {
            format!("known: {}", known.join(", "))
        };
        let keys = self.options.iter().map(|spec| spec.key.as_str());
        let name = &self.name;
        let hint = match nearest(key, keys) {
            Some(near) => format!(", did you mean `{name}.{near}`?"),
            None => ";".to_owned(),
        };
        Error::new(
            ErrorKind::Config,
            format!("unknown option `{name}.{key}`{hint} {known}"),
        )
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("name", &self.name)
            .field("aliases", &self.aliases)
            .field("extension", &self.extension)
            .field("options", &self.options)
            .field("capabilities", &self.capabilities)
            .field("is_for_programs", &self.is_for_programs)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Never opens: returns the request as an error.
    fn refusing() -> Definition {
        Definition::new("tsv", "tab-separated values", |_| {
            Err(Error::new(ErrorKind::Config, "the moon is in the way"))
        })
    }

    #[track_caller]
    fn check(definition: &Definition, ctx: &OpenContext, kind: ErrorKind, text: &str) {
        let error = definition.open(ctx).err().unwrap();
        assert_eq!(error.to_string(), text);
        assert_eq!(error.kind(), kind);
    }

    #[test]
    fn standard_output_is_refused_by_those_who_cannot_write_to_it() {
        let ctx = OpenContext::new().with_target(OutputTarget::Stdout);
        let remote = refusing().with_capabilities(Capabilities::remote());
        check(
            &remote,
            &ctx,
            ErrorKind::Unsupported,
            "tsv cannot be written to standard output",
        );
        let text = "the moon is in the way (format `tsv`)";
        check(&refusing(), &ctx, ErrorKind::Config, text);
    }

    #[test]
    fn an_unknown_option_of_an_exporter_without_options() {
        check(
            &refusing(),
            &OpenContext::new().with_option("header", "on"),
            ErrorKind::Config,
            "unknown option `tsv.header`; tsv has no options",
        );
    }

    #[test]
    fn a_secret_that_does_not_fit_is_not_shown() {
        #[derive(Debug, serde::Deserialize)]
        struct Config {
            #[expect(dead_code, reason = "it is never valid")]
            pin: u16,
        }
        let definition = Definition::new("vault", "nothing", |ctx| {
            let config: Config = ctx.options()?;
            unreachable!("{config:?} is not valid")
        })
        .option(OptionSpec::new("pin", "DIGITS", "opens the vault").secret());
        check(
            &definition,
            &OpenContext::new().with_option("pin", "hush"),
            ErrorKind::Config,
            "option `pin`: the value is not valid, and not shown because it is a secret \
             (format `vault`)",
        );
    }

    #[test]
    fn names_and_file_names() {
        let definition = refusing().alias("tab");
        assert!(definition.answers_to("tsv") && definition.answers_to("tab"));
        assert!(definition.answers_to("TSV") && !definition.answers_to("ts"));
        assert_eq!(definition.default_file_name(), None);
        let definition = definition.extension("tsv");
        assert_eq!(definition.default_file_name().unwrap(), "contacts.tsv");
    }
}
