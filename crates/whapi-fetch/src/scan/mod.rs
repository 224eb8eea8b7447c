//! The scan: reads every item of a list, or reports why it may be incomplete.
//!
//! Paging by offset over a list that changes loses rows without an error. So neighbouring pages
//! share two rows: when the last rows of one page are the first of the next, nothing can have
//! slipped out between them. Any other sign of a change (a total that changes, an id that comes
//! twice, fewer ids than the total) makes the scan read the whole list again and take the union.
//!
//! `pass` is one reading: `pager` asks for its pages, `overlap` checks that they connect, and
//! `verdict` says what it proves. `seen` is the set of ids. docs/scan.md has the whole.

mod options;
mod overlap;
mod pager;
mod pass;
mod report;
mod seen;
mod unique;
mod verdict;

use std::fmt;
use std::sync::Arc;

use whapi_model::Contact;

use crate::error::{Error, ErrorKind};
use crate::page::{Listed, PageSource, Row};

pub use options::ScanOptions;
use pass::Pass;
pub use report::ScanReport;
use seen::{Key, Seen};
pub(crate) use unique::Deduplicated;
use verdict::{PassEnd, Sightings};

/// The page size to use when the API refuses a larger one.
const SAFE_PAGE_SIZE: u32 = 100;

/// Reads a whole list and proves that it is complete.
///
/// Call [`next_batch`](Self::next_batch) until it gives `None`, then read the
/// [`report`](Self::report). Each contact comes once, in the order of the API's list, in
/// the state in which it was first seen. Contacts that only a later pass finds come last.
///
/// # Guarantee
///
/// A scan that reports itself complete has every contact that was in the list all the time, as long
/// as contacts that stay keep their order among themselves, or only change places. A list that is
/// reordered *and* loses and gains contacts between two answers can hide one from any paging by
/// offset.
///
/// # Cost
///
/// For a list that does not move, at most one request more than a plain loop over pages that are
/// two rows shorter, and two more where answers name no total. Memory grows by the set of ids only,
/// about 19 MB for a million.
///
/// # Limits
///
/// At most [`ScanOptions::max_passes`] passes, three times the requests that a pass should need
/// and 10 more, three answers in a row without a further contact, and
/// [`ScanOptions::max_contacts`] contacts. An API that returns the same page for
/// every offset, or an absurd total, ends in an error.
///
/// # Examples
///
/// ```
/// use async_trait::async_trait;
/// use whapi_fetch::{Error, PageSource, Row, Scan, ScanOptions};
/// use whapi_model::{Chat, Contact, ContactId, Group, Page};
///
/// /// An API with 1,317 contacts.
/// struct Model;
///
/// #[async_trait]
/// impl PageSource for Model {
///     async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
///         let rows = (offset..1317.min(offset + u64::from(count)))
///             .map(|place| Some(Contact::new(format!("44770090{place:04}").parse().unwrap())))
///             .collect();
///         Ok(Page::new(offset, rows).with_total(Some(1317)))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Error> {
/// let mut scan = Scan::new(Model, ScanOptions::default());
/// let mut contacts = 0;
/// while let Some(batch) = scan.next_batch().await? {
///     contacts += batch.len();
/// }
/// assert_eq!(contacts, 1317);
/// assert!(scan.report().complete);
/// assert_eq!(scan.report().pages, 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "a scan does nothing until its batches are asked for"]
pub struct Scan<S, T = Contact> {
    source: Arc<S>,
    options: ScanOptions,
    /// The page size in use: smaller than the option after the API refused that one.
    ask: u32,
    seen: Seen,
    pass: Option<Pass<T>>,
    previous: Option<PassEnd>,
    /// Passes in a row that were equal, the last one included.
    equal_readings: u32,
    report: ScanReport,
    ended: bool,
}

impl<S: PageSource<T> + 'static, T: Listed> Scan<S, T> {
    /// Creates a scan. Sends nothing yet.
    pub fn new(source: S, options: ScanOptions) -> Self {
        Self {
            source: Arc::new(source),
            ask: options.page_size(),
            options,
            seen: Seen::default(),
            pass: None,
            previous: None,
            equal_readings: 0,
            report: ScanReport::default(),
            ended: false,
        }
    }

    /// Returns the next new items; never an empty batch. `None` at the end.
    ///
    /// # Errors
    ///
    /// The source's error, or [`ErrorKind::Api`] when a limit is exceeded. It ends the scan.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<T>>, Error> {
        while let Some(batch) = self.next_page().await? {
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// Returns the new items of the next page, which may be none. `None` at the end.
    pub(crate) async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        while !self.ended {
            match self.step().await {
                Ok(Some(page)) => return Ok(Some(page)),
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    // Ends the requests that are still under way.
                    self.pass = None;
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// Returns the report so far; final once [`next_batch`](Self::next_batch) returned `None`.
    pub fn report(&self) -> ScanReport {
        let stats = self.source.stats();
        ScanReport {
            contacts: self.seen.len(),
            requests: stats.requests,
            retries: stats.retries,
            ..self.report.clone()
        }
    }

    /// One page, or `None` at the end of a pass.
    async fn step(&mut self) -> Result<Option<Vec<T>>, Error> {
        if self.pass.is_none() {
            self.begin_pass().await?;
        }
        let pass = self.pass.as_mut().expect("a pass was begun");
        let Some(page) = pass.next_page(&self.source).await? else {
            if let Some(pass) = self.pass.take() {
                let end = pass.end(self.report.reported_total);
                self.conclude(end).await?;
            }
            return Ok(None);
        };
        self.report.pages += 1;
        if page.total.is_some() {
            self.report.reported_total = page.total;
        }
        let batch = pass.take(page, &mut self.seen, &*self.source).await?;
        if self.seen.len() > self.options.max_contacts() {
            return Err(Error::new(
                ErrorKind::Api,
                format!(
                    "the list goes on after {} {}s, the most that are taken",
                    self.options.max_contacts(),
                    T::NOUN
                ),
            ));
        }
        Ok(Some(batch))
    }

    async fn begin_pass(&mut self) -> Result<(), Error> {
        let number = u8::try_from(self.report.passes + 1).unwrap_or(u8::MAX);
        let first = match self.source.page(0, self.ask).await {
            // The API's limit may be lower than documented.
            Err(error) if error.status() == Some(400) && self.ask > SAFE_PAGE_SIZE => {
                self.ask = SAFE_PAGE_SIZE;
                self.source.page(0, self.ask).await?
            }
            answer => answer?,
        };
        self.report.passes += 1;
        let previous = self.previous.as_ref();
        self.pass = Some(Pass::begin(
            number,
            self.ask,
            first,
            &self.options,
            previous,
        ));
        Ok(())
    }

    /// Decides after a pass: complete, incomplete, or once more.
    async fn conclude(&mut self, end: PassEnd) -> Result<(), Error> {
        let seen = self.seen.len();
        self.report.moves += end.moves;
        self.report.duplicates = end.duplicates;
        self.report.unusable_rows = end.unusable;
        self.report.earlier_pass_only = seen - end.unique;
        let mut agrees = self
            .previous
            .as_ref()
            .is_some_and(|previous| end.agrees_with(previous));
        if agrees && !end.is_stuck() {
            agrees = are_duplicates(&*self.source, &end).await?;
        }
        self.equal_readings = if agrees { self.equal_readings + 1 } else { 1 };
        if let Some(previous) = &self.previous
            && !agrees
            && previous.moves == 0
        {
            // It looked strange and is different now: that was a move that no shared row showed.
            self.report.moves += 1;
        }
        let first = self.previous.is_none();
        let last = self.report.passes >= u32::from(self.options.max_passes());
        // A reading that lost most of the earlier ones proves nothing.
        let sound = !end.lost_most(seen);
        let proven = sound && end.is_clean() && (first || end.new == 0 || last);
        let settled =
            agrees && (end.is_stuck() || (sound && self.equal_readings >= end.readings_needed()));
        if proven || settled || last {
            let mut reasons = end.doubts(settled, seen, T::NOUN);
            if !proven && !settled && !agrees {
                reasons.push(format!(
                    "the list was still moving in the last of {} passes",
                    self.report.passes
                ));
            } else if !proven && !settled && sound {
                reasons.push(format!(
                    "{} equal passes are too few to prove the list",
                    self.equal_readings
                ));
            }
            self.report.complete = reasons.is_empty();
            self.report.reasons = reasons;
            self.ended = true;
        }
        self.previous = Some(end);
        Ok(())
    }
}

/// Whether the ids that came twice, in the same places of two passes, really are listed twice:
/// a contact that changes places with another in step with the passes looks the same, and hides
/// the other one. One answer that shows both places proves it. Where they are too far apart for
/// that, it looks at one and the other in an order that no simple rhythm keeps step with.
async fn are_duplicates<S: PageSource<T>, T: Listed>(
    source: &S,
    end: &PassEnd,
) -> Result<bool, Error> {
    for Sightings { key, places } in &end.watched {
        let [one, other, ..] = places[..] else {
            return Ok(false);
        };
        let (first, second) = (one.min(other), one.max(other));
        let rows = second - first + 1;
        let (looks, count) = if rows <= end.full {
            (vec![first], u32::try_from(rows).unwrap_or(u32::MAX))
        } else {
            (vec![second, second, first, second, first, first], 1)
        };
        for place in looks {
            let page = source.page(place, count).await?;
            let is_there = |row: Option<&Row<T>>| {
                row.and_then(Option::as_ref)
                    .is_some_and(|item| Key::of(item.id()) == *key)
            };
            if !is_there(page.items.first()) || !is_there(page.items.get(count as usize - 1)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

impl<S, T> fmt::Debug for Scan<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("options", &self.options)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}
