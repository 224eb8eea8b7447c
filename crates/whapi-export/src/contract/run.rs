//! What an exporter knows of a run at its start and its end, and what it needs.

/// What is known when a run begins.
///
/// ```
/// use whapi_export::RunInfo;
///
/// let run = RunInfo::new().with_expected_contacts(1317).with_source("contacts.ndjson");
/// assert_eq!(run.expected_contacts, Some(1317));
/// assert!(!run.dry_run);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunInfo {
    /// The number of contacts in the source, before any filter. `None` when it is not known, as in
    /// a run of the pipeline, where exporters begin before the first request. An estimate.
    pub expected_contacts: Option<u64>,
    /// The optional information that contacts have in this run. Default: none.
    pub available: Available,
    /// Whether the run writes nothing: [`Exporter::forecast`](crate::Exporter::forecast) takes the place
    /// of `finish`. Default: no.
    pub dry_run: bool,
    /// Where the contacts come from, for people: an address, or the name of a file. Default: not known.
    pub source: Option<String>,
    /// The names of all channels of the result, sorted: those of this run, and those of other runs that share
    /// the result with it. Empty in a run over one source.
    pub channels: Vec<String>,
}

impl RunInfo {
    /// Creates the description of a run of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`expected_contacts`](Self::expected_contacts).
    pub fn with_expected_contacts(mut self, count: u64) -> Self {
        self.expected_contacts = Some(count);
        self
    }

    /// Sets [`dry_run`](Self::dry_run).
    pub fn with_dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Sets [`source`](Self::source).
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets [`channels`](Self::channels), in any order.
    ///
    /// ```
    /// use whapi_export::RunInfo;
    ///
    /// let run = RunInfo::new().with_channels(vec!["shop".to_owned(), "office".to_owned()]);
    /// assert_eq!(run.channels, ["office", "shop"]);
    /// ```
    pub fn with_channels(mut self, mut channels: Vec<String>) -> Self {
        channels.sort_unstable();
        self.channels = channels;
        self
    }

    /// Sets [`available`](Self::available).
    pub fn with_available(mut self, available: Available) -> Self {
        self.available = available;
        self
    }
}

/// The optional information that contacts have in a run, as the user requested it.
///
/// An exporter decides by it which optional columns it writes.
///
/// ```
/// use whapi_export::{Available, RunInfo};
///
/// let available = Available::default().with_reasons(true);
/// assert!(RunInfo::new().with_available(available).available.reasons);
/// assert!(!available.changes);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is information of its own"
)]
#[non_exhaustive]
pub struct Available {
    /// Contacts have [reasons](crate::ClassifiedContact::reasons).
    pub reasons: bool,
    /// Contacts have their [other id](crate::ClassifiedContact::other_id), where one is known.
    pub lid_links: bool,
    /// Contacts have a [change](crate::ClassifiedContact::change).
    pub changes: bool,
    /// Contacts have the name of their [channel](crate::ClassifiedContact::channel): the run is over several.
    /// Those of a channel come one after another.
    ///
    /// An id comes once for each channel that lists it. An exporter that keeps one contact of each id tells them
    /// apart by channel and id, or refuses such a run in [`begin`](crate::Exporter::begin).
    pub channels: bool,
    /// Contacts are people, each with its [entries](crate::ClassifiedContact::entries) in one or several
    /// channels, and of no single one.
    pub merged_channels: bool,
}

impl Available {
    /// Sets [`reasons`](Self::reasons).
    pub fn with_reasons(mut self, available: bool) -> Self {
        self.reasons = available;
        self
    }

    /// Sets [`lid_links`](Self::lid_links).
    pub fn with_lid_links(mut self, available: bool) -> Self {
        self.lid_links = available;
        self
    }

    /// Sets [`changes`](Self::changes).
    pub fn with_changes(mut self, available: bool) -> Self {
        self.changes = available;
        self
    }
}

/// The information that an exporter needs, which a run finds out only then.
///
/// ```
/// use whapi_export::Needs;
///
/// let names = Needs::default().with_equal_names(true);
/// assert!(Needs::default().or(names).equal_names);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Whether a pushname equals a saved contact's name, for
    /// [`name_warnings`](crate::ClassifiedContact::name_warnings). Contacts come later, since the
    /// saved names have to be known first.
    pub equal_names: bool,
}

impl Needs {
    /// Sets [`equal_names`](Self::equal_names).
    pub fn with_equal_names(mut self, needed: bool) -> Self {
        self.equal_names = needed;
        self
    }

    /// The needs of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            equal_names: self.equal_names || other.equal_names,
        }
    }
}

/// How the scan behind a run ended.
///
/// ```
/// use whapi_export::RunEnd;
///
/// assert!(RunEnd::complete().is_complete());
/// let end = RunEnd::incomplete(vec!["the list kept moving".to_owned()]);
/// assert_eq!(end.reasons(), ["the list kept moving"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    complete: bool,
    reasons: Vec<String>,
    channels: Vec<ChannelEnd>,
}

/// How reading one channel ended, in a run over several.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelEnd {
    /// The name of the channel.
    pub name: String,
    /// How its scan ended. `None` when reading it failed; then none of its contacts were written.
    pub complete: Option<bool>,
    /// Why contacts may be missing, or why it failed, a sentence each. Empty when it is complete.
    pub reasons: Vec<String>,
}

impl ChannelEnd {
    /// The end of a channel that was read.
    pub fn read(name: impl Into<String>, complete: bool, reasons: Vec<String>) -> Self {
        Self {
            name: name.into(),
            complete: Some(complete),
            reasons,
        }
    }

    /// The end of a channel that failed.
    pub fn failed(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            complete: None,
            reasons: vec![reason.into()],
        }
    }
}

impl RunEnd {
    /// The scan saw every contact.
    pub fn complete() -> Self {
        Self {
            complete: true,
            reasons: Vec::new(),
            channels: Vec::new(),
        }
    }

    /// Contacts may be missing, for these reasons, a sentence each.
    pub fn incomplete(reasons: Vec<String>) -> Self {
        Self {
            complete: false,
            reasons,
            channels: Vec::new(),
        }
    }

    /// Sets [`channels`](Self::channels).
    pub fn with_channels(mut self, channels: Vec<ChannelEnd>) -> Self {
        self.channels = channels;
        self
    }

    /// How each channel ended, in their order. Empty in a run over one source.
    pub fn channels(&self) -> &[ChannelEnd] {
        &self.channels
    }

    /// Whether the scan saw every contact.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Why the scan is incomplete; empty when it is complete.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}
