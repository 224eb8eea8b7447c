//! What an exporter is opened with.

use serde::de::DeserializeOwned;
use whapi_model::Phone;

use super::Options;
use crate::contract::{Error, ErrorKind, Result, StatusSink};
use crate::file::split::{self, Countries, SplitTarget};
use crate::file::{Output, OutputTarget, Split, SplitFiles, StagedFile};

/// What an exporter is opened with: its options and where its output goes.
///
/// # Examples
///
/// ```
/// use whapi_export::{OpenContext, OutputTarget, Switch};
///
/// #[derive(serde::Deserialize, Default)]
/// #[serde(default, deny_unknown_fields)]
/// struct Config {
///     header: Switch,
///     limit: Option<u32>,
/// }
///
/// let ctx = OpenContext::new()
///     .with_option("header", "on")
///     .with_target(OutputTarget::Stdout);
/// let config: Config = ctx.options()?;
/// assert!(config.header.is_on());
/// assert_eq!(config.limit, None);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OpenContext {
    options: Options,
    target: Option<OutputTarget>,
    /// Keys of options whose values no error may show.
    secrets: Vec<String>,
    status: StatusSink,
    countries: Countries,
    no_checksum: bool,
    #[cfg(feature = "conformance")]
    byte_limit: Option<u64>,
}

impl OpenContext {
    /// No options, and no output.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one option; a later value for the same key wins.
    pub fn with_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.set(key, value);
        self
    }

    /// Sets all options.
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets where the output goes.
    pub fn with_target(mut self, target: OutputTarget) -> Self {
        self.target = Some(target);
        self
    }

    /// Sets what receives the progress lines of the exporter. Default: they are dropped.
    pub fn with_status(mut self, status: StatusSink) -> Self {
        self.status = status;
        self
    }

    /// Sets the function for the country of a phone number: its two letters of ISO 3166-1, or `None`
    /// for a number of no country. Default: none, and what needs it is refused.
    ///
    /// The numbering plans of the world are large, so no exporter brings them.
    ///
    /// ```
    /// use whapi_export::OpenContext;
    /// use whapi_export::whapi_model::{ContactId, Phone};
    ///
    /// let germany = |phone: Phone<'_>| phone.digits().starts_with("49").then_some("DE");
    /// let ctx = OpenContext::new().with_country_of(germany);
    /// let id = ContactId::parse("4915112345678")?;
    /// assert_eq!(id.phone().and_then(|phone| ctx.country_of(phone)), Some("DE"));
    /// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
    /// ```
    pub fn with_country_of(
        mut self,
        country_of: impl Fn(Phone<'_>) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        self.countries = Countries::by(country_of);
        self
    }

    /// Enables or disables the SHA-256 of the output. It takes a fifth of the time of an export to CSV.
    /// Default: enabled.
    ///
    /// ```
    /// use whapi_export::{OpenContext, OutputTarget};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let target = OutputTarget::Path(folder.path().join("contacts.txt"));
    /// let ctx = OpenContext::new().with_target(target);
    /// assert!(ctx.output()?.commit()?.sha256.is_some());
    /// assert_eq!(ctx.with_checksum(false).output()?.commit()?.sha256, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_checksum(mut self, enabled: bool) -> Self {
        self.no_checksum = !enabled;
        self
    }

    /// Makes the output fail once more than `bytes` were written to it, as a full disk would.
    #[cfg(feature = "conformance")]
    pub fn with_byte_limit(mut self, bytes: u64) -> Self {
        self.byte_limit = Some(bytes);
        self
    }

    pub(crate) fn with_secrets(mut self, keys: Vec<String>) -> Self {
        self.secrets = keys;
        self
    }

    /// The options as text.
    pub fn raw_options(&self) -> &Options {
        &self.options
    }

    /// The options as a struct of the exporter's.
    ///
    /// Give that struct `#[serde(default, deny_unknown_fields)]`. Values are read by the field's
    /// type: numbers from digits, [`Switch`](crate::Switch) from `on` and `off`, enums by name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] that names the option and the value; the value of a
    /// [secret](crate::OptionSpec::secret) option is not shown.
    pub fn options<T: DeserializeOwned>(&self) -> Result<T> {
        self.options.to_struct(&self.secrets)
    }

    /// Where the output goes; `None` when the caller named no place.
    pub fn target(&self) -> Option<&OutputTarget> {
        self.target.as_ref()
    }

    /// Receives what the exporter does or waits for, as lines for people.
    pub fn status(&self) -> &StatusSink {
        &self.status
    }

    /// Whether there is a function for the country of a phone number.
    pub fn knows_countries(&self) -> bool {
        self.countries.are_known()
    }

    /// The country of a phone number. `None` for a number of no country, and when
    /// [there is no function](Self::knows_countries).
    pub fn country_of(&self, phone: Phone<'_>) -> Option<&'static str> {
        self.countries.of(phone)
    }

    /// Whether the SHA-256 of the output is enabled.
    pub fn checksum(&self) -> bool {
        !self.no_checksum
    }

    /// A new output that appears at the target on [`Output::commit`]. Touches nothing yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the caller named no place.
    pub fn output(&self) -> Result<Output> {
        let output = Output::new(self.required_target()?).with_checksum(self.checksum());
        #[cfg(feature = "conformance")]
        let output = match self.byte_limit {
            Some(bytes) => output.failing_after(bytes),
            None => output,
        };
        Ok(output)
    }

    /// A new file for another program, which appears at the target on [`StagedFile::commit`]. Touches
    /// nothing yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the caller named no place.
    pub fn staged_file(&self) -> Result<StagedFile> {
        let staged = StagedFile::new(self.required_target()?).with_checksum(self.checksum());
        #[cfg(feature = "conformance")]
        let staged = match self.byte_limit {
            Some(bytes) => staged.failing_after(bytes),
            None => staged,
        };
        Ok(staged)
    }

    /// The files of a split result, for exporters that write each of them by other means than an encoder.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the caller named no place, and [`ErrorKind::Unsupported`] for standard
    /// output.
    pub fn split_files(&self, split: Split) -> Result<SplitFiles> {
        self.split_target(split).map(SplitFiles::new)
    }

    /// Where the files of a split result go.
    pub(super) fn split_target(&self, split: Split) -> Result<SplitTarget> {
        match self.required_target()? {
            OutputTarget::Path(path) => Ok(SplitTarget {
                path,
                split,
                countries: self.countries.clone(),
                checksum: self.checksum(),
                #[cfg(feature = "conformance")]
                byte_limit: self.byte_limit,
            }),
            OutputTarget::Stdout | OutputTarget::Staging(_) => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "`split={split}` writes several files, and standard output is one; name a file"
                ),
            )),
        }
    }

    /// Removes the option that splits the result.
    pub(super) fn without_split(mut self) -> Self {
        self.options.remove(split::KEY);
        self
    }

    fn required_target(&self) -> Result<OutputTarget> {
        self.target.clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "no output was named; give a path, or `-` for standard output",
            )
        })
    }
}
