//! A correct exporter to a made-up service that keeps contacts by id.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use whapi_export::conformance::{Destination, Subject};
use whapi_export::{
    BatchReport, Capabilities, ClassifiedContact, Definition, Error, ErrorKind, Exporter,
    OpenContext, OptionSpec, Result, RunEnd, RunInfo, Summary, async_trait,
};

/// The service: all shelves by number.
static SHELVES: Mutex<BTreeMap<u64, Shelf>> = Mutex::new(BTreeMap::new());

#[derive(Default)]
struct Shelf {
    people: BTreeMap<String, String>,
    /// The service fails after so many requests.
    requests_left: Option<usize>,
}

/// One request to the service.
fn request<T>(number: u64, act: impl FnOnce(&mut Shelf) -> T) -> Result<T> {
    let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
    let shelf = shelves.get_mut(&number).ok_or_else(|| {
        Error::new(
            ErrorKind::Destination,
            format!("there is no shelf {number}"),
        )
    })?;
    match &mut shelf.requests_left {
        Some(0) => return Err(Error::new(ErrorKind::RateLimited, "no requests are left")),
        Some(left) => *left -= 1,
        None => {}
    }
    Ok(act(shelf))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    shelf: u64,
}

pub(crate) fn definition() -> Definition {
    Definition::new("shelf", "a shelf for contacts", |ctx| {
        let config: Config = ctx.options()?;
        Ok(Box::new(Writer {
            shelf: config.shelf,
            staged: BTreeMap::new(),
        }))
    })
    .option(OptionSpec::new("shelf", "NUMBER", "which shelf"))
    .with_capabilities(Capabilities::remote())
}

pub(crate) fn subject() -> Subject {
    Subject::new(definition())
        .destination(NewShelf::new)
        .sample("shelf", "7")
        .bad_sample("shelf", "seven")
}

struct Writer {
    shelf: u64,
    staged: BTreeMap<String, String>,
}

#[async_trait]
impl Exporter for Writer {
    async fn begin(&mut self, run: &RunInfo) -> Result<()> {
        if run.available.channels {
            let message = "a shelf keeps one contact of each id, and channels share ids";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        request(self.shelf, |_| ())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::default();
        for contact in batch {
            let id = contact.id().identity().to_owned();
            let known = request(self.shelf, |shelf| shelf.people.contains_key(&id))?;
            *(if known {
                &mut report.updated
            } else {
                &mut report.written
            }) += 1;
            self.staged
                .insert(id, contact.display_name().text().to_owned());
        }
        Ok(report)
    }

    async fn finish(mut self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        let staged = std::mem::take(&mut self.staged);
        request(self.shelf, |shelf| shelf.people.extend(staged))?;
        Ok(Summary::new(format!("shelf {}", self.shelf)))
    }
}

/// A shelf without contents.
struct NewShelf {
    number: u64,
}

impl NewShelf {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.insert(number, Shelf::default());
        Self { number }
    }
}

impl Destination for NewShelf {
    fn context(&self) -> OpenContext {
        OpenContext::new().with_option("shelf", self.number.to_string())
    }

    fn contents(&self) -> Option<Vec<u8>> {
        let shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        let people = &shelves[&self.number].people;
        (!people.is_empty()).then(|| format!("{people:?}").into_bytes())
    }

    fn name(&self) -> Option<String> {
        Some(format!("shelf {}", self.number))
    }

    fn failing(&self, nth: usize, _complete: &[u8]) -> Option<OpenContext> {
        // The first request, one in the middle, and the last: `begin` and `finish` make one each.
        let requests = *[0, 20, 61].get(nth)?;
        let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.get_mut(&self.number)?.requests_left = Some(requests);
        Some(self.context())
    }

    fn unwritable(&self) -> Option<OpenContext> {
        Some(OpenContext::new().with_option("shelf", "0"))
    }
}

impl Drop for NewShelf {
    fn drop(&mut self) {
        let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.remove(&self.number);
    }
}
