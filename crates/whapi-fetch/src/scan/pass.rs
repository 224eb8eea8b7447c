//! One reading of the whole list, page by page, with the proof that neighbouring pages connect.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};
use tracing::debug;
use whapi_model::Page;

use super::seen::{Key, Met, Seen};
use super::{Listed, PageSource, Row, ScanOptions, missing_of_total, unusable_rows};
use crate::error::{Error, ErrorKind};

/// A page asked for, by its place and size.
#[derive(Debug, Clone, Copy)]
struct Asked {
    offset: u64,
    count: u32,
}

/// One reading of the list.
pub(super) struct Pass<T> {
    number: u8,
    concurrency: usize,
    max_contacts: u64,
    /// Rows to ask for at a time.
    ask: u32,
    /// Rows that a full page really has: less than was asked when the gate caps it.
    full: u64,
    /// The fewest rows that a page had which reached further than those before it.
    smallest: u64,
    /// Rows that neighbouring pages share: 1, or 0 when a page has but one row.
    shared: u64,
    first: Option<Page<Row<T>>>,
    in_flight: FuturesOrdered<BoxFuture<'static, Result<Page<Row<T>>, Error>>>,
    /// What is in flight, in the order of the list.
    queue: VecDeque<Asked>,
    /// The page being taken was asked for to close a gap before the front of the queue.
    filling: bool,
    /// Asked at this end of what is covered, the gate gave nothing more, although pages behind it
    /// are in flight: the list seems to end here, whatever its total says.
    ends_at: Option<u64>,
    /// The last place for which a page was planned ahead.
    planned: u64,
    requests: u64,
    started: bool,
    /// Rows covered from the start of the list on.
    end: u64,
    /// The ids of the page that reaches furthest, and where it starts.
    tail: Vec<Option<Key>>,
    tail_start: u64,
    total: Option<u64>,
    /// The highest total that this pass was told.
    longest: Option<u64>,
    finished: bool,
    connection: Connection,
    moves: u64,
    total_changes: u64,
    new: u64,
    unique: u64,
    duplicates: u64,
    unusable: u64,
    sequence: u64,
    /// The first few ids that came twice.
    repeated: Vec<Key>,
    /// Ids that came twice in the pass before, and where they are in this one.
    watched: Vec<Sightings>,
}

/// How many of the ids that come twice are looked at more closely.
const MOST_WATCHED: usize = 4;

/// The places of one id in a pass.
#[derive(Debug)]
pub(super) struct Sightings {
    pub(super) key: Key,
    pub(super) places: Vec<u64>,
}

/// How well the pages of a pass connect, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Connection {
    /// All neighbouring pages shared a row.
    Shared,
    /// A page of one row began where the one before it ended, which proves nothing.
    Bare,
    /// A row that should have been shared was not.
    Broken,
}

/// What came of a pass.
#[derive(Debug)]
pub(super) struct PassEnd {
    connection: Connection,
    pub(super) moves: u64,
    total_changes: u64,
    /// Ids that no earlier pass had.
    pub(super) new: u64,
    pub(super) unique: u64,
    pub(super) duplicates: u64,
    pub(super) unusable: u64,
    pub(super) total: Option<u64>,
    /// Sums up which ids came in which order.
    sequence: u64,
    /// Rows that a full page has.
    pub(super) full: u64,
    repeated: Vec<Key>,
    /// Where the ids are that came twice in the pass before.
    pub(super) watched: Vec<Sightings>,
}

impl PassEnd {
    /// Nothing hints that the list moved, and everybody it promised was there.
    pub(super) fn is_clean(&self) -> bool {
        self.connection == Connection::Shared
            && self.moves == 0
            && self.duplicates == 0
            && self.total.is_none_or(|total| total <= self.listed(false))
    }

    /// Whether this pass and the one before it showed the same list, in the same order.
    ///
    /// A total that changed in between shows that they did not, whatever they listed, unless the
    /// pages connect and nobody came twice: then they prove themselves, and only the total errs.
    pub(super) fn agrees_with(&self, previous: &Self) -> bool {
        let steady = self.total_changes == 0 && previous.total_changes == 0;
        let proves_itself = self.connection == Connection::Shared && self.duplicates == 0;
        self.sequence == previous.sequence
            && self.total == previous.total
            && (steady || proves_itself)
    }

    /// How many the pass listed. When two passes agree, a duplicate is the gate's own and stands
    /// for one of its total.
    fn listed(&self, agreed: bool) -> u64 {
        self.unique + self.unusable + if agreed { self.duplicates } else { 0 }
    }

    /// Reasons not to call a scan that ended with this pass complete, and saw `seen` ids in all.
    pub(super) fn doubts(&self, agreed: bool, seen: u64, noun: &str) -> Vec<String> {
        let listed = if agreed {
            self.listed(true)
        } else {
            self.listed(false).max(seen)
        };
        let unconnected = (agreed && self.connection == Connection::Broken)
            .then(|| "the gate's pages do not connect, twice in the same way".to_owned());
        [
            missing_of_total(self.total, listed, noun),
            unconnected,
            unusable_rows(self.unusable),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl<T: Listed> Pass<T> {
    /// A pass that starts with an answer for the start of the list.
    pub(super) fn begin(
        number: u8,
        ask: u32,
        first: Page<Row<T>>,
        options: &ScanOptions,
        previous: Option<&PassEnd>,
    ) -> Self {
        let repeated = previous.map_or(&[][..], |previous| &previous.repeated);
        let watched = repeated.iter().map(|key| Sightings {
            key: key.clone(),
            places: Vec::new(),
        });
        Self {
            number,
            concurrency: options.concurrency,
            max_contacts: options.max_contacts,
            ask,
            full: u64::from(ask),
            smallest: u64::from(ask),
            shared: 1,
            first: Some(first),
            in_flight: FuturesOrdered::new(),
            queue: VecDeque::new(),
            filling: false,
            ends_at: None,
            planned: 0,
            requests: 1,
            started: false,
            end: 0,
            tail: Vec::new(),
            tail_start: 0,
            total: None,
            longest: None,
            finished: false,
            connection: Connection::Shared,
            moves: 0,
            total_changes: 0,
            new: 0,
            unique: 0,
            duplicates: 0,
            unusable: 0,
            sequence: 0,
            repeated: Vec::new(),
            watched: watched.collect(),
        }
    }

    /// What came of it.
    pub(super) fn end(self) -> PassEnd {
        debug!(
            pass = self.number,
            rows = self.end,
            unique = self.unique,
            new = self.new,
            moves = self.moves,
            "end of a pass"
        );
        PassEnd {
            connection: self.connection,
            moves: self.moves,
            total_changes: self.total_changes,
            new: self.new,
            unique: self.unique,
            duplicates: self.duplicates,
            unusable: self.unusable,
            total: self.total,
            sequence: self.sequence,
            full: self.full,
            repeated: self.repeated,
            watched: self.watched,
        }
    }

    /// The next page in the order of the list; `None` when the list is at its end.
    pub(super) async fn next_page<S: PageSource<T> + 'static>(
        &mut self,
        source: &Arc<S>,
    ) -> Result<Option<Page<Row<T>>>, Error> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.finished {
            return Ok(None);
        }
        self.filling = false;
        self.plan_ahead(source)?;
        if let Some(front) = self.queue.front().copied()
            && front.offset + self.shared > self.end
            && !self.seems_to_end()
        {
            // A page before this one was short: read what it left out, up to the shared row.
            self.filling = true;
            let rows = front.offset + 2 * self.shared - self.end;
            let count = self.ask.min(u32::try_from(rows).unwrap_or(u32::MAX));
            self.count_request()?;
            return source.page(self.end - self.shared, count).await.map(Some);
        }
        if self.queue.is_empty() {
            let asked = Asked {
                offset: self.end - self.shared,
                count: self.ask,
            };
            // Pages planned ahead later, for a list that grows, must not start before this one.
            self.planned = self.planned.max(asked.offset);
            self.submit(source, asked)?;
        }
        let page = self.in_flight.next().await.expect("a page was submitted");
        self.queue.pop_front();
        page.map(Some)
    }

    /// Asks for the pages that the total promises, a bounded number at a time, and for the proof
    /// of the end where the last of them would be full.
    fn plan_ahead<S: PageSource<T> + 'static>(&mut self, source: &Arc<S>) -> Result<(), Error> {
        let Some(total) = self.total else {
            return Ok(());
        };
        while self.queue.len() < self.concurrency
            && self.planned + self.full <= total
            && !self.seems_to_end()
        {
            self.planned += self.full - self.shared;
            let asked = Asked {
                offset: self.planned,
                count: self.ask,
            };
            self.submit(source, asked)?;
        }
        Ok(())
    }

    fn seems_to_end(&self) -> bool {
        self.ends_at == Some(self.end)
    }

    fn submit<S: PageSource<T> + 'static>(
        &mut self,
        source: &Arc<S>,
        asked: Asked,
    ) -> Result<(), Error> {
        self.count_request()?;
        let source = Arc::clone(source);
        self.in_flight.push_back(under_way(async move {
            source.page(asked.offset, asked.count).await
        }));
        self.queue.push_back(asked);
        Ok(())
    }

    fn count_request(&mut self) -> Result<(), Error> {
        // A list that shrinks, or whose total is too low, took the requests that it took.
        let rows = self.longest.map_or(self.max_contacts, |longest| {
            longest.max(self.end).min(self.max_contacts)
        });
        let most = rows.div_ceil(self.smallest) * 3 + 10;
        if self.requests >= most {
            return Err(Error::new(
                ErrorKind::Gate,
                format!(
                    "the list did not end within {most} requests, far more than it should take"
                ),
            ));
        }
        self.requests += 1;
        Ok(())
    }

    /// Takes a page: checks that it connects, and gives the items that nobody has seen yet.
    pub(super) async fn take<S: PageSource<T>>(
        &mut self,
        page: Page<Row<T>>,
        seen: &mut Seen,
        source: &S,
    ) -> Result<Vec<T>, Error> {
        let is_first = !std::mem::replace(&mut self.started, true);
        self.note_total(page.total)?;
        self.learn_page_size(is_first, page.items.len() as u64);
        let start = page.offset;
        let page_end = page.end();
        let keys: Vec<Option<Key>> = page
            .items
            .iter()
            .map(|row| row.as_ref().map(|item| Key::of(item.id())))
            .collect();

        if !is_first {
            self.refuse_repeated_page(start, &keys, source).await?;
        }
        let shared = if is_first {
            0
        } else if let Some(shared) = self.rows_in_common(start, &keys) {
            if shared == 0 && start == self.end {
                self.connection = self.connection.max(Connection::Bare);
            }
            shared
        } else {
            self.connection = Connection::Broken;
            self.moves += 1;
            debug!(
                pass = self.number,
                offset = start,
                "the list moved: a shared row is missing"
            );
            0
        };

        let batch = self.collect(page, shared, &keys, seen);
        // An empty page behind a gap covers nothing, however far behind it was asked for.
        let grew = !keys.is_empty() && page_end > self.end;
        let short = (keys.len() as u64) < self.full;
        if grew {
            if short && !self.filling {
                self.smallest = self.smallest.min(keys.len() as u64);
            }
            self.end = page_end;
            self.tail = keys;
            self.tail_start = start;
        }
        if self.filling {
            if !grew {
                self.ends_at = Some(self.end);
            }
        } else if self.queue.is_empty() {
            self.finished = match self.total {
                _ if !grew => true,
                Some(total) => short && self.end == total && self.planned + self.full > total,
                None => false,
            };
        }
        Ok(batch)
    }

    fn note_total(&mut self, total: Option<u64>) -> Result<(), Error> {
        let Some(total) = total else {
            return Ok(());
        };
        if total > self.max_contacts {
            return Err(Error::new(
                ErrorKind::Gate,
                format!(
                    "the gate says that it lists {total} {}s, more than the {} that are taken",
                    T::NOUN,
                    self.max_contacts
                ),
            ));
        }
        if self.total.is_some_and(|known| known != total) {
            self.moves += 1;
            self.total_changes += 1;
            debug!(pass = self.number, "the list moved: its total changed");
        }
        self.total = Some(total);
        self.longest = self.longest.max(self.total);
        Ok(())
    }

    /// A first page that is short although there is more shows how much the gate gives at a time;
    /// a later one that has more shows that the first was short by chance.
    fn learn_page_size(&mut self, is_first: bool, rows: u64) {
        let there_is_more = self.total.is_none_or(|total| total > rows);
        if rows > self.full || (is_first && rows > 0 && rows < self.full && there_is_more) {
            self.full = rows;
            self.smallest = self.smallest.min(rows);
        }
        self.shared = u64::from(self.full > 1);
    }

    /// How many rows at the start of a page were the end of what is covered already; `None` when
    /// they should have been and are not, so that the list moved.
    fn rows_in_common(&self, start: u64, keys: &[Option<Key>]) -> Option<usize> {
        if self.shared == 0 && start == self.end {
            return Some(0);
        }
        if start >= self.end {
            // Behind a gap: nothing there is no sign of a move, anything is.
            return keys.is_empty().then_some(0);
        }
        let common = usize::try_from(self.end - start).unwrap_or(usize::MAX);
        if keys.is_empty() || start < self.tail_start {
            return None;
        }
        let known = usize::try_from(start - self.tail_start).ok()?;
        let common = common.min(keys.len());
        (self.tail.get(known..known + common)? == &keys[..common]).then_some(common)
    }

    /// A gate that gives the page before once more probably gives it for every offset. A list that
    /// moved by just that much could do so too, so ask for a place far behind its end.
    async fn refuse_repeated_page<S: PageSource<T>>(
        &mut self,
        start: u64,
        keys: &[Option<Key>],
        source: &S,
    ) -> Result<(), Error> {
        if keys.is_empty() || keys != self.tail || start == self.tail_start {
            return Ok(());
        }
        self.count_request()?;
        // So far that no honest list has grown to there since the last answer.
        let known = self.longest.unwrap_or(self.max_contacts);
        let far = 2 * known.max(start + self.full) + 10 * u64::from(self.ask);
        let page = source.page(far, self.ask).await?;
        let same = page.items.len() == keys.len()
            && page
                .items
                .iter()
                .zip(keys)
                .all(|(row, key)| row.as_ref().map(|item| Key::of(item.id())) == *key);
        if same {
            let items = match keys.len() {
                1 => T::NOUN.to_owned(),
                several => format!("{several} {}s", T::NOUN),
            };
            return Err(Error::new(
                ErrorKind::Gate,
                format!(
                    "the gate gives the same {items} for every offset, so the rest cannot be read"
                ),
            ));
        }
        Ok(())
    }

    fn collect(
        &mut self,
        page: Page<Row<T>>,
        shared: usize,
        keys: &[Option<Key>],
        seen: &mut Seen,
    ) -> Vec<T> {
        let mut batch = Vec::new();
        let rows = (page.offset..).zip(page.items).zip(keys).skip(shared);
        for ((place, row), key) in rows {
            self.sequence = seen.chain(self.sequence, key.as_ref());
            let (Some(item), Some(key)) = (row, key) else {
                self.unusable += 1;
                continue;
            };
            if let Some(watched) = self.watched.iter_mut().find(|one| one.key == *key) {
                watched.places.push(place);
            }
            match seen.meet(key, self.number) {
                Met::New => {
                    self.new += 1;
                    self.unique += 1;
                    batch.push(item);
                }
                Met::Earlier => self.unique += 1,
                Met::Again => {
                    self.duplicates += 1;
                    if self.repeated.len() < MOST_WATCHED && !self.repeated.contains(key) {
                        self.repeated.push(key.clone());
                    }
                }
            }
        }
        batch
    }
}

/// Lets a request go on while nobody asks for its page, so that a consumer that takes its time
/// does not make it run into a timeout. Ends it when it is dropped.
fn under_way<T: Send + 'static>(
    request: impl Future<Output = T> + Send + 'static,
) -> BoxFuture<'static, T> {
    let Ok(runtime) = Handle::try_current() else {
        // Sources other than the client may run without tokio.
        return Box::pin(request);
    };
    let mut task = AbortOnDrop(runtime.spawn(request));
    Box::pin(async move {
        let done = (&mut task.0).await;
        joined(done).await
    })
}

/// What a task gave that nobody else can abort. If it panicked, so does this; while the runtime
/// shuts down nobody gets an answer.
pub(crate) async fn joined<T>(done: Result<T, JoinError>) -> T {
    match done {
        Ok(given) => given,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => std::future::pending().await,
        },
    }
}

/// A task that ends when nobody waits for it any more.
pub(crate) struct AbortOnDrop<T>(pub(crate) JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pass over three people at rest.
    fn steady() -> PassEnd {
        PassEnd {
            connection: Connection::Shared,
            moves: 0,
            total_changes: 0,
            new: 0,
            unique: 3,
            duplicates: 0,
            unusable: 0,
            total: Some(3),
            sequence: 7,
            full: 500,
            repeated: Vec::new(),
            watched: Vec::new(),
        }
    }

    #[track_caller]
    fn check_agrees(change: impl FnOnce(&mut PassEnd), expected: bool) {
        let mut pass = steady();
        change(&mut pass);
        assert_eq!(pass.agrees_with(&steady()), expected);
    }

    #[test]
    fn passes_agree_on_the_list_and_on_its_total() {
        check_agrees(|_| {}, true);
        check_agrees(|pass| pass.sequence = 8, false);
        check_agrees(|pass| pass.total = Some(4), false);
        check_agrees(|pass| pass.total = None, false);
        check_agrees(|pass| pass.connection = Connection::Broken, true);
    }

    #[test]
    fn a_total_that_changed_is_forgiven_only_to_a_pass_that_proves_itself() {
        let changed = |pass: &mut PassEnd| pass.total_changes = 1;
        check_agrees(changed, true);
        for connection in [Connection::Bare, Connection::Broken] {
            check_agrees(
                |pass| {
                    changed(pass);
                    pass.connection = connection;
                },
                false,
            );
        }
        check_agrees(
            |pass| {
                changed(pass);
                pass.duplicates = 1;
            },
            false,
        );

        let mut before = steady();
        changed(&mut before);
        let mut after = steady();
        assert!(after.agrees_with(&before));
        after.connection = Connection::Broken;
        assert!(!after.agrees_with(&before));
    }

    #[test]
    fn a_clean_pass_has_no_hint_of_a_move_and_misses_nobody() {
        let check = |change: fn(&mut PassEnd), expected| {
            let mut pass = steady();
            change(&mut pass);
            assert_eq!(pass.is_clean(), expected);
        };
        check(|_| {}, true);
        check(|pass| pass.total = None, true);
        check(|pass| pass.total = Some(2), true);
        check(|pass| pass.total = Some(4), false);
        check(|pass| pass.connection = Connection::Bare, false);
        check(|pass| pass.moves = 1, false);
        check(|pass| pass.duplicates = 1, false);
    }
}
