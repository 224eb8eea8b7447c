//! What an exporter is opened with.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use whapi_model::Phone;

use super::Options;
use crate::file::Tray;
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
    countries: Countries,
    without_checksum: bool,
    /// Takes what would go to the target.
    tray: Option<Tray>,
    #[cfg(feature = "conformance")]
    byte_limit: Option<u64>,
}

type CountryOf = dyn Fn(Phone<'_>) -> Option<&'static str> + Send + Sync;

#[derive(Clone, Default)]
struct Countries(Option<Arc<CountryOf>>);

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Countries").field(&self.0.is_some()).finish()
    }
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

    /// Sets what tells the country of a phone number, by its two letters of ISO 3166-1; `None` for a
    /// number of no country. Default: nothing does, and what needs it is refused.
    ///
    /// The numbering plans of the world are large, so no exporter brings them: whoever has them gives
    /// them here.
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
        self.countries = Countries(Some(Arc::new(country_of)));
        self
    }

    /// Makes outputs without a checksum, for callers who [show none](Output::without_checksum). Default:
    /// with one.
    ///
    /// ```
    /// use whapi_export::{OpenContext, OutputTarget};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let target = OutputTarget::Path(folder.path().join("contacts.txt"));
    /// let ctx = OpenContext::new().with_target(target);
    /// assert!(ctx.output()?.commit()?.sha256.is_some());
    /// assert_eq!(ctx.without_checksum().output()?.commit()?.sha256, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn without_checksum(mut self) -> Self {
        self.without_checksum = true;
        self
    }

    /// Makes the output fail once more than `bytes` were written to it, as a full disk would.
    #[cfg(feature = "conformance")]
    pub fn with_byte_limit(mut self, bytes: u64) -> Self {
        self.byte_limit = Some(bytes);
        self
    }

    /// Makes the output leave its bytes on a tray, and takes one option away.
    pub(crate) fn for_part(mut self, tray: Tray, without: &str) -> Self {
        self.options.remove(without);
        self.tray = Some(tray);
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

    /// Whether anything tells the country of a phone number.
    pub fn knows_countries(&self) -> bool {
        self.countries.0.is_some()
    }

    /// The country of a phone number. `None` for a number of no country, and when
    /// [nothing tells](Self::knows_countries).
    pub fn country_of(&self, phone: Phone<'_>) -> Option<&'static str> {
        self.countries.0.as_ref()?(phone)
    }

    pub(crate) fn is_without_checksum(&self) -> bool {
        self.without_checksum
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
        let mut output = Output::new(target);
        if self.without_checksum {
            output = output.without_checksum();
        }
        if let Some(tray) = &self.tray {
            output = output.onto(tray.clone());
        }
        #[cfg(feature = "conformance")]
        let output = match self.byte_limit {
            Some(bytes) => output.failing_after(bytes),
            None => output,
        };
        Ok(output)
    }
}
