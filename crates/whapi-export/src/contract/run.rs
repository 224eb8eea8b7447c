//! What is known of a run: at its start, at its end, and what it has to find out.

/// What is known when a run begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunInfo {
    /// How many contacts the source expects to give, before any filter. `None` when nobody knows
    /// yet, as in a run of the pipeline, where exporters begin before anything is asked. An
    /// estimate: never rely on it for correctness.
    pub expected_contacts: Option<u64>,
    /// What this run finds out about contacts beside what each says itself. Default: nothing.
    pub available: Available,
}

impl RunInfo {
    /// A run of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`expected_contacts`](Self::expected_contacts).
    pub fn with_expected_contacts(mut self, count: u64) -> Self {
        self.expected_contacts = Some(count);
        self
    }

    /// Sets [`available`](Self::available).
    pub fn with_available(mut self, available: Available) -> Self {
        self.available = available;
        self
    }
}

/// What a run finds out about contacts beside what each says itself, because the user asked for it.
/// An exporter that leaves out by default what nobody asked for decides by these.
///
/// ```
/// use whapi_export::{Available, RunInfo};
///
/// let mut available = Available::default();
/// available.reasons = true;
/// assert!(RunInfo::new().with_available(available).available.reasons);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Available {
    /// Contacts have [reasons](crate::ClassifiedContact::reasons).
    pub reasons: bool,
    /// Contacts have their [other id](crate::ClassifiedContact::other_id), where one is known.
    pub lid_links: bool,
    /// Contacts have a [change](crate::ClassifiedContact::change).
    pub changes: bool,
}

/// What an exporter needs to know of contacts, and a run finds out only if somebody does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Whose pushname equals a saved contact's name, for
    /// [`name_warnings`](crate::ClassifiedContact::name_warnings). Contacts come later for it, since
    /// the saved names have to be known first.
    pub equal_names: bool,
}

impl Needs {
    /// Sets [`equal_names`](Self::equal_names).
    pub fn with_equal_names(mut self, needed: bool) -> Self {
        self.equal_names = needed;
        self
    }

    /// What either needs.
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
}

impl RunEnd {
    /// Everybody was seen.
    pub fn complete() -> Self {
        Self {
            complete: true,
            reasons: Vec::new(),
        }
    }

    /// Somebody may be missing, for these reasons, a sentence each.
    pub fn incomplete(reasons: Vec<String>) -> Self {
        Self {
            complete: false,
            reasons,
        }
    }

    /// Whether everybody was seen.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Why the scan is incomplete; empty when it is complete.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}
