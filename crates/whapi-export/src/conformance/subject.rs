//! What is tested.

use std::fmt;
use std::pin::Pin;

use super::destination::{Destination, FileDestination, SplitDestination};
use crate::{Definition, OpenContext, OptionSpec, Options};

/// A future that [`Subject::block_on`] runs to its end.
pub type LocalFuture<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

type BlockOn = dyn Fn(LocalFuture<'_>);
type MakeDestination = dyn Fn() -> Box<dyn Destination>;

/// An exporter to test, and what the suite cannot guess about it.
///
/// # Examples
///
/// ```
/// # fn open(_: &whapi_export::OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
/// #     unreachable!("not run here")
/// # }
/// use whapi_export::conformance::Subject;
/// use whapi_export::{Definition, OptionSpec};
///
/// let definition = Definition::new("tsv", "tab-separated values", open)
///     .option(OptionSpec::new("limit", "COUNT", "stop after so many contacts"));
/// let subject = Subject::new(definition)
///     .sample("limit", "10")
///     .bad_sample("limit", "many");
/// assert_eq!(subject.definition().name(), "tsv");
/// ```
pub struct Subject {
    definition: Definition,
    options: Options,
    samples: Vec<Sample>,
    bad_samples: Vec<(String, String)>,
    secret_samples: Vec<(String, String)>,
    destination: Box<MakeDestination>,
    block_on: Box<BlockOn>,
}

/// A value that an option takes, with the options that it needs beside it.
pub(super) struct Sample {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) others: Vec<(String, String)>,
}

impl Subject {
    /// An exporter that writes to a file, runs on any runtime, and whose options all have a default
    /// or a closed set of values such as `on|off`.
    pub fn new(definition: Definition) -> Self {
        let name = definition
            .default_file_name()
            .unwrap_or_else(|| "contacts".to_owned());
        Self {
            definition,
            options: Options::new(),
            samples: Vec::new(),
            bad_samples: Vec::new(),
            secret_samples: Vec::new(),
            destination: Box::new(move || Box::new(FileDestination::new(&name))),
            block_on: Box::new(|future| pollster::block_on(future)),
        }
    }

    /// Sets an option in every test.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.set(key, value);
        self
    }

    /// Adds a value that an option takes. Needed for an option without a default whose values are
    /// not a closed set. The samples of a closed set replace its values.
    pub fn sample(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.sample_with(key, value, [])
    }

    /// Adds a value that an option takes only while the `others` are set too.
    pub fn sample_with<'a>(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
        others: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        self.samples.push(Sample {
            key: key.into(),
            value: value.into(),
            others: others
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        });
        self
    }

    /// Adds a value that an option must refuse. Not needed for a closed set.
    pub fn bad_sample(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.bad_samples.push((key.into(), value.into()));
        self
    }

    /// Sets the value that a secret option takes. Needed when the exporter looks at the secret's
    /// form before it uses it. Default: a made-up word.
    pub fn secret_sample(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.secret_samples.push((key.into(), value.into()));
        self
    }

    /// Sets where the exporter writes to: called anew for each run that must find nothing.
    /// Default: [`FileDestination`], named like the definition's default file.
    pub fn destination<D: Destination + 'static>(mut self, make: impl Fn() -> D + 'static) -> Self {
        self.destination = Box::new(move || Box::new(make()));
        self
    }

    /// Sets the option `split` in every test, and a destination that sees all the files.
    ///
    /// For [file formats](Definition::file). Standard output is not tried, since splitting refuses it.
    /// Choose a number of at least 10: a smaller run leaves the files that it has no contacts for, and
    /// the rule `replaces_and_never_doubles` wants them to fit into one.
    ///
    /// ```
    /// use whapi_export::conformance::Subject;
    /// # use whapi_export::{ClassifiedContact, Definition, Encoded, Encoder, NoOptions, Result};
    /// # struct Ids;
    /// # impl Encoder for Ids {
    /// #     fn contact(&mut self, _: &ClassifiedContact, _: &mut Vec<u8>) -> Result<Encoded> {
    /// #         unreachable!("not run here")
    /// #     }
    /// # }
    ///
    /// let ids = Definition::file("ids", "one id a line", |_: NoOptions| Ok(Ids));
    /// let subject = Subject::new(ids).split("25");
    /// assert!(!subject.definition().capabilities().stdout);
    /// ```
    pub fn split(mut self, value: &str) -> Self {
        let mut capabilities = self.definition.capabilities().clone();
        capabilities.stdout = false;
        self.definition = self.definition.with_capabilities(capabilities);
        let name = self.definition.default_file_name();
        let name = name.unwrap_or_else(|| "contacts".to_owned());
        self.option("split", value)
            .bad_sample("split", "some")
            .destination(move || SplitDestination::new(&name))
    }

    /// Sets how futures are run. One exporter's futures are run in several calls, so keep one
    /// runtime alive over all of them. Default: `pollster`, which suits every exporter that brings
    /// no runtime.
    pub fn block_on(mut self, run: impl Fn(LocalFuture<'_>) + 'static) -> Self {
        self.block_on = Box::new(run);
        self
    }

    /// The exporter's definition.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    pub(super) fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub(super) fn bad_samples(&self) -> &[(String, String)] {
        &self.bad_samples
    }

    pub(super) fn secret_sample_of(&self, key: &str) -> Option<&str> {
        let sample = self.secret_samples.iter().find(|(known, _)| known == key);
        sample.map(|(_, value)| value.as_str())
    }

    pub(super) fn is_always_set(&self, spec: &OptionSpec) -> bool {
        self.options.get(&spec.key).is_some()
    }

    pub(super) fn make_destination(&self) -> Box<dyn Destination> {
        (self.destination)()
    }

    /// The context with the options that are always set.
    pub(super) fn complete(&self, ctx: OpenContext) -> OpenContext {
        self.options
            .iter()
            .fold(ctx, |ctx, (key, value)| ctx.with_option(key, value))
    }

    /// Runs a future to its end.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let mut result = None;
        (self.block_on)(Box::pin(async { result = Some(future.await) }));
        result.expect("`Subject::block_on` returns when the future is done")
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("definition", &self.definition)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
