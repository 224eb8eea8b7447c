//! What an exporter is opened with.

use serde::de::DeserializeOwned;

use crate::options::Options;
use crate::{Error, ErrorKind, Notes, Output, OutputTarget, Result};

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
    notes: Notes,
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

    /// Sets who is told what the exporter does or waits for. Default: nobody.
    pub fn with_notes(mut self, notes: Notes) -> Self {
        self.notes = notes;
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

    /// Tells people what the exporter does or waits for, if anybody listens.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// A new output that appears at the target on [`Output::commit`]. Touches nothing yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the caller named no place.
    pub fn output(&self) -> Result<Output> {
        let target = self.target.clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "no output was named; give a path, or `-` for standard output",
            )
        })?;
        let output = Output::new(target);
        #[cfg(feature = "conformance")]
        let output = match self.byte_limit {
            Some(bytes) => output.failing_after(bytes),
            None => output,
        };
        Ok(output)
    }
}
