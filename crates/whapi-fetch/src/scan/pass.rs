//! One reading of the whole list, page by page, with the proof that neighbouring pages connect.

use std::sync::Arc;

use tracing::debug;
use whapi_model::Page;

use super::options::ScanOptions;
use super::overlap::{Joint, Tail};
use super::pager::{Pager, Purpose};
use super::seen::{Key, Met, Seen};
use super::verdict::{Connection, PassEnd};
use crate::error::{Error, ErrorKind};
use crate::page::{Listed, PageSource, Row};

/// Answers in a row without a contact that the reading did not have, until it stops.
const MOST_IDLE: u64 = 3;
/// Rows that such answers have together at least: a list that grows at its start repeats a few
/// rows, which are several small pages.
const MOST_IDLE_ROWS: u64 = 12;
/// How many of the ids that come twice are looked at more closely.
const MOST_WATCHED: usize = 4;

/// One reading of the list.
pub(super) struct Pass<T> {
    number: u8,
    max_contacts: u64,
    pager: Pager<T>,
    first: Option<Page<Row<T>>>,
    /// Whether the first page was taken.
    started: bool,
    /// What the page that is being taken was asked for; then, what to ask for next.
    purpose: Purpose,
    /// The page that reaches furthest. What is before its end is covered.
    tail: Tail,
    /// Asked at this end of what is covered, the API gave nothing more, although pages behind it
    /// are under way: the list seems to end here, whatever its total says.
    ends_at: Option<u64>,
    /// Answers in a row that had rows, and none of a contact that the pass did not have.
    idle: u64,
    /// The rows of these answers that were read before.
    idle_rows: u64,
    finished: bool,
    /// What the last answer that named a total said.
    total: Option<u64>,
    end: PassEnd,
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
        Self {
            number,
            max_contacts: options.max_contacts(),
            pager: Pager::new(ask, options),
            first: Some(first),
            started: false,
            purpose: Purpose::Next,
            tail: Tail::default(),
            ends_at: None,
            idle: 0,
            idle_rows: 0,
            finished: false,
            total: None,
            end: PassEnd::watching(previous),
        }
    }

    /// What came of it. `known_total` is what the last answer of any pass that named a total said.
    pub(super) fn end(mut self, known_total: Option<u64>) -> PassEnd {
        debug!(
            pass = self.number,
            rows = self.tail.end(),
            unique = self.end.unique,
            new = self.end.new,
            moves = self.end.moves,
            "end of a pass"
        );
        self.end.total = self.total;
        self.end.known_total = known_total;
        self.end.full = self.pager.full();
        self.end
    }

    /// The next answer in the order of the list; `None` when the list is at its end.
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
        let end = self.tail.end();
        let seems_to_end = self.seems_to_end();
        if let Some(total) = self.total
            && !seems_to_end
        {
            self.pager.plan_ahead(source, total, end)?;
        }
        let (purpose, page) = self
            .pager
            .next(source, end, self.purpose, !seems_to_end)
            .await?;
        self.purpose = purpose;
        Ok(Some(page))
    }

    fn seems_to_end(&self) -> bool {
        self.ends_at == Some(self.tail.end())
    }

    /// Takes an answer: checks that it connects, and gives the items that no pass has seen yet.
    pub(super) async fn take<S: PageSource<T>>(
        &mut self,
        page: Page<Row<T>>,
        seen: &mut Seen,
        source: &S,
    ) -> Result<Vec<T>, Error> {
        let same_total = self.note_total(page.total)?;
        if self.purpose == Purpose::Behind {
            self.take_behind(page.items.len() as u64);
            return Ok(Vec::new());
        }
        let is_first = !std::mem::replace(&mut self.started, true);
        let rows = page.items.len() as u64;
        self.learn_page_size(is_first, rows);
        let keys: Vec<Option<Key>> = page
            .items
            .iter()
            .map(|row| row.as_ref().map(|item| Key::of(item.id())))
            .collect();
        let joint = if is_first {
            Joint::Joined(0)
        } else {
            self.tail.joint(page.offset, &keys)
        };
        self.note_joint(joint, page.offset);
        // Where the page starts: if the list did not become longer, the API changed the offset.
        let start = match joint {
            Joint::Displaced(known) if same_total => self.tail.end().saturating_sub(known as u64),
            _ => page.offset,
        };
        let reaches = start + rows;
        if !is_first && page.total != Some(reaches) {
            self.refuse_repeated_page(page.offset, &keys, source)
                .await?;
        }

        let before = (self.end.unique, self.end.duplicates);
        let rows_of_page = (start..).zip(page.items).zip(&keys);
        let batch = self.collect(rows_of_page.skip(joint.known_rows()), seen);
        let repeats = before.0 == self.end.unique && before.1 < self.end.duplicates;
        if repeats && joint == Joint::Broken {
            self.end.elsewhere = self.end.elsewhere.or(Some(page.offset));
        }

        // An empty page behind a gap covers nothing, however far behind it was asked for.
        let grew = !keys.is_empty() && reaches > self.tail.end();
        let short = rows < self.pager.full();
        if grew {
            if short && self.purpose != Purpose::Fill {
                self.pager.note_short(rows);
            }
            self.tail = Tail::new(start, keys);
            if repeats {
                self.count_idle(self.end.duplicates - before.1);
            } else {
                (self.idle, self.idle_rows) = (0, 0);
            }
        }
        if self.purpose == Purpose::Fill {
            if !grew {
                self.ends_at = Some(self.tail.end());
            }
        } else if self.pager.is_idle() {
            self.plan_end(joint, grew, short, reaches, page.total);
        }
        Ok(batch)
    }

    /// Decides what to ask for when no further page is under way.
    fn plan_end(
        &mut self,
        joint: Joint,
        grew: bool,
        short: bool,
        reaches: u64,
        total: Option<u64>,
    ) {
        let asked_for = std::mem::replace(&mut self.purpose, Purpose::Next);
        let end = self.tail.end();
        let connects = matches!(joint, Joint::Joined(_) | Joint::Displaced(_));
        // This answer alone shows the last row, and that the list is as long as that.
        let proven = connects && reaches == end && total == Some(end) && (short || !grew);
        if proven {
            self.finished = true;
        } else if grew {
            if short && total.is_none_or(|total| total <= end) {
                self.purpose = self.behind();
            }
        } else {
            match (joint, asked_for) {
                // The list became shorter, or was empty from the start.
                (Joint::Broken, _) => self.finished = true,
                _ if end == 0 || self.seems_to_end() => self.finished = true,
                // Pages of one row: the one behind the last row is empty.
                (Joint::Behind, _) => self.purpose = Purpose::Last,
                (Joint::Displaced(_), Purpose::Last) => self.finished = true,
                // The last row, and nothing behind it, after an empty answer behind it.
                (_, Purpose::Last) if reaches == end => self.finished = true,
                (_, Purpose::Last) => {
                    self.count_idle(MOST_IDLE_ROWS);
                    self.purpose = Purpose::Last;
                }
                _ => self.purpose = self.behind(),
            }
        }
    }

    /// How to ask whether there is more: pages that share no row ask there anyway.
    fn behind(&self) -> Purpose {
        if self.pager.shared() == 0 {
            Purpose::Next
        } else {
            Purpose::Behind
        }
    }

    /// Takes the answer to the question whether there are rows behind the last one.
    fn take_behind(&mut self, rows: u64) {
        if rows == 0 {
            // Too few for the total prove nothing, whatever the last row is.
            self.finished = self.total.is_some_and(|total| total > self.tail.end());
            self.purpose = Purpose::Last;
            return;
        }
        // There are: the page before was short. Read them from the shared rows on.
        self.purpose = Purpose::Next;
        self.count_idle(MOST_IDLE_ROWS);
        let most = rows.max(self.tail.keys().len() as u64);
        if most < self.pager.full() {
            self.pager.set_full(most);
        }
    }

    /// Counts an answer that brought only `rows` that were read before; too many end the pass.
    fn count_idle(&mut self, rows: u64) {
        self.idle += 1;
        self.idle_rows += rows;
        if self.idle >= MOST_IDLE && self.idle_rows >= MOST_IDLE_ROWS {
            self.finished = true;
            self.end.stalled = Some(self.tail.end());
        }
    }

    /// Notes the total of an answer. Returns whether it is none that changed.
    fn note_total(&mut self, total: Option<u64>) -> Result<bool, Error> {
        let Some(total) = total else {
            return Ok(true);
        };
        if total > self.max_contacts {
            return Err(Error::new(
                ErrorKind::Api,
                format!(
                    "the Whapi API says that it lists {total} {}s, more than the {} that are taken",
                    T::NOUN,
                    self.max_contacts
                ),
            ));
        }
        let changed = self.total.is_some_and(|known| known != total);
        if changed {
            self.end.moves += 1;
            self.end.total_changes += 1;
            debug!(pass = self.number, "the list moved: its total changed");
        }
        self.total = Some(total);
        self.pager.note_total(total);
        Ok(!changed)
    }

    /// A first page that is short although there is more shows how much the API gives at a time;
    /// a later one that has more shows that the first was short by chance.
    fn learn_page_size(&mut self, is_first: bool, rows: u64) {
        let full = self.pager.full();
        let there_is_more = self.total.is_some_and(|total| total > rows);
        if rows > full || (is_first && rows > 0 && rows < full && there_is_more) {
            self.pager.set_full(rows);
        }
    }

    fn note_joint(&mut self, joint: Joint, offset: u64) {
        match joint {
            Joint::Behind if self.pager.shared() > 0 => {}
            Joint::Joined(_) => {}
            Joint::Bare | Joint::Behind => self.end.connect(Connection::Bare),
            Joint::Displaced(_) | Joint::Broken => {
                let connection = if joint == Joint::Broken {
                    Connection::Broken
                } else {
                    Connection::Displaced
                };
                self.end.connect(connection);
                self.end.moves += 1;
                debug!(
                    pass = self.number,
                    offset, "the list moved: shared rows are missing"
                );
            }
        }
    }

    /// An API that gives the page before once more probably gives it for every offset. A list that
    /// moved by just that much could do so too, so ask for a place far behind its end.
    async fn refuse_repeated_page<S: PageSource<T>>(
        &mut self,
        start: u64,
        keys: &[Option<Key>],
        source: &S,
    ) -> Result<(), Error> {
        if keys.is_empty() || keys != self.tail.keys() || start == self.tail.start() {
            return Ok(());
        }
        let same_rows = |rows: &[Row<T>]| {
            let key = |row: &Row<T>| row.as_ref().map(|item| Key::of(item.id()));
            rows.len() == keys.len() && rows.iter().zip(keys).all(|(row, known)| key(row) == *known)
        };
        let end = self.tail.end();
        let repeated = self
            .pager
            .answers_alike_far_behind(source, start, end, same_rows)
            .await?;
        if !repeated {
            return Ok(());
        }
        let items = match keys.len() {
            1 => T::NOUN.to_owned(),
            several => format!("{several} {}s", T::NOUN),
        };
        let offsets = match self.tail.start() {
            0 => "every offset".to_owned(),
            from => format!("every offset from {from} on"),
        };
        Err(Error::new(
            ErrorKind::Api,
            format!(
                "the Whapi API gives the same {items} for {offsets}, so the rest cannot be read"
            ),
        ))
    }

    /// Counts the rows, each with its place and key, and returns the items that no pass has seen
    /// yet.
    fn collect<'a>(
        &mut self,
        rows: impl Iterator<Item = ((u64, Row<T>), &'a Option<Key>)>,
        seen: &mut Seen,
    ) -> Vec<T> {
        let mut batch = Vec::new();
        for ((place, row), key) in rows {
            self.end.sequence = seen.chain(self.end.sequence, key.as_ref());
            let (Some(item), Some(key)) = (row, key) else {
                self.end.unusable += 1;
                continue;
            };
            if let Some(watched) = self.end.watched.iter_mut().find(|one| one.key == *key) {
                watched.places.push(place);
            }
            match seen.meet(key, self.number) {
                Met::New => {
                    self.end.new += 1;
                    self.end.unique += 1;
                    batch.push(item);
                }
                Met::Earlier => self.end.unique += 1,
                Met::Again => {
                    self.end.duplicates += 1;
                    let repeated = &mut self.end.repeated;
                    if repeated.len() < MOST_WATCHED && !repeated.contains(key) {
                        repeated.push(key.clone());
                    }
                }
            }
        }
        batch
    }
}
