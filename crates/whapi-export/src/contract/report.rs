//! Reports of an exporter: batches, results, forecasts.

use std::borrow::Cow;
use std::ops::AddAssign;

use whapi_model::ContactId;

/// What became of one batch.
///
/// Reports add up with `+=`. Over a whole run, `written + updated + skipped.len()` equals the
/// number of contacts handed over.
///
/// # Examples
///
/// ```
/// use whapi_export::BatchReport;
///
/// let mut total = BatchReport::default();
/// total += BatchReport::written(500);
/// total += BatchReport::written(17);
/// assert_eq!(total.written, 517);
/// assert_eq!(total.contacts(), 517);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a report that is dropped loses the count of skipped contacts"]
pub struct BatchReport {
    /// Contacts that are new at the destination.
    pub written: u64,
    /// Contacts that the destination already had and that were brought up to date.
    pub updated: u64,
    /// Contacts left out, each with its reason.
    pub skipped: Vec<Skipped>,
    /// Values that were changed to be safe at the destination, such as guarded formulas. For
    /// programs; the [`Summary`] has a warning for people.
    pub altered: u64,
}

impl BatchReport {
    /// Creates a report of `count` written contacts.
    pub fn written(count: usize) -> Self {
        Self {
            written: count as u64,
            ..Self::default()
        }
    }

    /// Contacts accounted for: written, updated or skipped.
    pub fn contacts(&self) -> u64 {
        self.written + self.updated + self.skipped.len() as u64
    }
}

impl AddAssign for BatchReport {
    fn add_assign(&mut self, other: Self) {
        self.written += other.written;
        self.updated += other.updated;
        self.skipped.extend(other.skipped);
        self.altered += other.altered;
    }
}

/// A contact that was left out.
///
/// ```
/// use whapi_export::whapi_model::ContactId;
/// use whapi_export::{BatchReport, Skipped};
///
/// let id = ContactId::parse("84958372615243@lid")?;
/// let mut report = BatchReport::written(2);
/// report.skipped.push(Skipped::new(id, "no-number", "the format needs a phone number"));
/// assert_eq!(report.contacts(), 3);
/// # Ok::<(), whapi_export::whapi_model::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Which contact.
    pub id: ContactId,
    /// Why, as a stable kebab-case code.
    pub code: &'static str,
    /// Why, as a sentence for people, without private data.
    pub reason: String,
}

impl Skipped {
    /// A contact left out, with the reason as a code and as a sentence.
    pub fn new(id: ContactId, code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            id,
            code,
            reason: reason.into(),
        }
    }
}

/// The result of a finished export.
///
/// ```
/// use whapi_export::Summary;
///
/// let summary = Summary::new("contacts.csv").with_warning("2 cells were changed");
/// assert_eq!(summary.destination, "contacts.csv");
/// assert_eq!(summary.warnings, ["2 cells were changed"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Summary {
    /// Where the result is: a path, `-` for standard output, an address.
    pub destination: String,
    /// SHA-256 of the bytes written, in lower-case hex. `None` when the result is not a file, and when
    /// the sum is [disabled](crate::OpenContext::with_checksum).
    pub sha256: Option<String>,
    /// What the user should know, a sentence each.
    pub warnings: Vec<String>,
    /// What the user may want to know, a sentence each, such as that nothing had changed.
    pub messages: Vec<String>,
    /// The files of a result that is [split](crate::Split), in their order. Empty when it is not.
    pub parts: Vec<Part>,
    /// How the result differs from the one before it. `None` when it takes the place of the one before
    /// as a whole.
    pub changes: Option<ResultChanges>,
    /// Whether the reader of standard output went away before the end, so that it has a part of the
    /// result, or nothing. That is no failure.
    pub cut_off: bool,
}

impl Summary {
    /// A result at `destination`, without a checksum or warnings.
    pub fn new(destination: impl Into<String>) -> Self {
        Self {
            destination: destination.into(),
            ..Self::default()
        }
    }

    /// Adds a warning, a sentence for people.
    pub fn with_warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    /// Sets [`changes`](Self::changes).
    pub fn with_changes(mut self, changes: ResultChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// Adds a message, a sentence for people.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.messages.push(message.into());
        self
    }
}

/// How a result differs from the one before it, of an exporter that changes a result in place.
///
/// ```
/// use whapi_export::{ResultChanges, Summary};
///
/// let summary = Summary::new("a tab").with_changes(ResultChanges::new(1, 2, 3, 4));
/// assert_eq!(summary.changes.unwrap().removed, 3);
/// assert!(ResultChanges::new(0, 0, 0, 9).is_unchanged());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultChanges {
    /// Contacts that are new in the result.
    pub added: u64,
    /// Contacts that were there and are different now.
    pub changed: u64,
    /// Contacts that are gone from the result.
    pub removed: u64,
    /// Contacts of the run that were there as they are.
    pub unchanged: u64,
}

impl ResultChanges {
    /// The numbers of contacts that were added, changed, removed and left as they were.
    pub fn new(added: u64, changed: u64, removed: u64, unchanged: u64) -> Self {
        Self {
            added,
            changed,
            removed,
            unchanged,
        }
    }

    /// Whether no contact was added, changed or removed.
    pub fn is_unchanged(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// One file of a result that is split.
///
/// ```
/// use whapi_export::Part;
///
/// let part = Part::new("contacts-001.vcf", 3000);
/// assert_eq!((part.destination.as_str(), part.written), ("contacts-001.vcf", 3000));
/// assert_eq!(part.sha256, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Its path.
    pub destination: String,
    /// Contacts in the file. One that is in several files counts in each.
    pub written: u64,
    /// SHA-256 of its bytes, in lower-case hex. `None` when it is
    /// [disabled](crate::OpenContext::with_checksum).
    pub sha256: Option<String>,
}

impl Part {
    /// A file with so many contacts, without a checksum.
    pub fn new(destination: impl Into<String>, written: u64) -> Self {
        Self {
            destination: destination.into(),
            written,
            sha256: None,
        }
    }
}

/// What is at a destination although the export failed.
///
/// An exporter that fails in [`finish`](crate::Exporter::finish) when something is visible already
/// gives it along with the error, by [`Error::with_partial`](crate::Error::with_partial).
///
/// # Examples
///
/// ```
/// use whapi_export::{Error, ErrorKind, Part, PartialOutput};
///
/// let mut partial = PartialOutput::default();
/// partial.written = 3000;
/// partial.parts = vec![Part::new("contacts-001.vcf", 3000)];
/// let error = Error::new(ErrorKind::Destination, "the disk is full").with_partial(partial);
/// assert_eq!(error.partial().map(|partial| partial.written), Some(3000));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartialOutput {
    /// Contacts that are completely there, each counted once.
    pub written: u64,
    /// The files that are complete. Empty when what is there is no complete file.
    pub parts: Vec<Part>,
    /// What the user should know of these, a sentence each.
    pub warnings: Vec<String>,
}

/// What a run would do at a destination.
///
/// # Examples
///
/// ```
/// use whapi_export::Forecast;
///
/// let forecast = Forecast::new("a shelf").with_amount("writes", 3).estimated();
/// assert_eq!(forecast.amounts, [("writes".into(), 3)]);
/// assert!(forecast.is_estimate);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Forecast {
    /// Where the result would be. Empty when it is not known.
    pub destination: String,
    /// What it would take: a noun in the plural, and how many.
    pub amounts: Vec<(Cow<'static, str>, u64)>,
    /// The number of contacts behind the amounts is not known exactly.
    pub is_estimate: bool,
}

impl Forecast {
    /// A forecast of nothing, for a result at `destination`.
    pub fn new(destination: impl Into<String>) -> Self {
        Self {
            destination: destination.into(),
            ..Self::default()
        }
    }

    /// Adds an amount, by a noun in the plural.
    pub fn with_amount(mut self, noun: impl Into<Cow<'static, str>>, amount: u64) -> Self {
        self.amounts.push((noun.into(), amount));
        self
    }

    /// Sets [`is_estimate`](Self::is_estimate).
    pub fn estimated(mut self) -> Self {
        self.is_estimate = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_add_up_field_by_field() {
        let skip =
            |id: &str| Skipped::new(ContactId::parse(id).unwrap(), "no-phone", "It has none.");
        let mut first = BatchReport::written(3);
        first.updated = 2;
        first.skipped = vec![skip("a@lid")];
        first.altered = 1;
        let mut second = BatchReport::written(10);
        second.updated = 20;
        second.skipped = vec![skip("b@lid"), skip("c@lid")];
        second.altered = 4;

        let mut total = BatchReport::default();
        assert_eq!(total.contacts(), 0);
        total += first;
        total += second;
        assert_eq!((total.written, total.updated, total.altered), (13, 22, 5));
        let ids: Vec<_> = total
            .skipped
            .iter()
            .map(|skipped| skipped.id.as_str())
            .collect();
        assert_eq!(ids, ["a@lid", "b@lid", "c@lid"]);
        assert_eq!(
            total.contacts(),
            38,
            "altered contacts are not counted twice"
        );
    }

    #[test]
    fn a_summary_keeps_its_warnings_in_order() {
        let summary = Summary::new("a.csv")
            .with_warning("One.")
            .with_warning("Two.");
        assert_eq!(summary.warnings, ["One.", "Two."]);
        assert_eq!(
            (summary.destination.as_str(), summary.sha256),
            ("a.csv", None)
        );
    }
}
