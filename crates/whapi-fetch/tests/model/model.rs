//! An API without HTTP, whose list moves as a script says.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use async_trait::async_trait;
use whapi_fetch::{Error, PageSource, Row, Scan, ScanOptions, ScanReport};
use whapi_model::{Contact, ContactId, Page};
/// A change of the list or the API between two answers. Places are drawn from the
/// whole range of `u16` and scaled to the list as it is then.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Insert(u16),
    Delete(u16),
    Swap(u16, u16),
    /// One contact goes to another place.
    Move(u16, u16),
    Shuffle(u64),
    /// A second row for a contact that is listed already.
    Duplicate(u16, u16),
    /// The most rows that an answer holds from now on.
    Cap(u64),
    /// The most rows that the next answer holds.
    Short(u64),
    /// The next answer has no rows, and a total of 0 or the real one.
    Empty(bool),
    /// Offsets are rounded down to a multiple of this from now on.
    Round(u64),
    /// Offsets above this are answered as if it had been asked for, from now on.
    Clamp(u64),
    /// Whether offsets near the end are answered with the last full page from now on.
    LastPage(bool),
    /// What `total` says from now on: so many more than there are.
    TotalOff(i64),
    /// Whether answers name a total from now on.
    TotalShown(bool),
}

/// A list, a way to read it, and what happens meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) people: u64,
    /// Contacts that are listed twice from the start: which, and where.
    pub(crate) duplicates: Vec<(u16, u16)>,
    pub(crate) page_size: u32,
    pub(crate) concurrency: usize,
    /// Whether answers name a total from the start.
    pub(crate) total_shown: bool,
    /// What happens before the second answer, before the third, and so on.
    pub(crate) gaps: Vec<Vec<Event>>,
    /// Whether the gaps start over after the last one, so that the list never comes to rest.
    pub(crate) endless: bool,
    pub(crate) order: u64,
}

/// The list, as it is now.
pub(crate) struct State {
    pub(crate) list: Vec<u64>,
    /// Who was there in every answer so far.
    pub(crate) always: BTreeSet<u64>,
    pub(crate) next_id: u64,
    pub(crate) cap: u64,
    pub(crate) short: Option<u64>,
    pub(crate) empty: Option<bool>,
    pub(crate) round: u64,
    pub(crate) clamp: u64,
    pub(crate) last_page: bool,
    pub(crate) total_off: i64,
    pub(crate) total_shown: bool,
    pub(crate) gaps: Vec<Vec<Event>>,
    pub(crate) endless: bool,
    pub(crate) answers: usize,
    pub(crate) longest_total: u64,
    pub(crate) smallest_page: u64,
    pub(crate) rng: fastrand::Rng,
}

#[derive(Clone)]
pub(crate) struct Model(pub(crate) Arc<Mutex<State>>);

impl Model {
    pub(crate) fn new(script: &Script) -> Self {
        let list: Vec<u64> = (0..script.people).collect();
        let mut state = State {
            always: list.iter().copied().collect(),
            list,
            next_id: script.people,
            cap: 500,
            short: None,
            empty: None,
            round: 1,
            clamp: u64::MAX,
            last_page: false,
            total_off: 0,
            total_shown: script.total_shown,
            gaps: script.gaps.clone(),
            endless: script.endless,
            answers: 0,
            longest_total: 0,
            smallest_page: u64::from(script.page_size),
            rng: fastrand::Rng::with_seed(script.order),
        };
        for (of, at) in &script.duplicates {
            state.apply(&Event::Duplicate(*of, *at));
        }
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    pub(crate) fn place(&self, at: u16) -> usize {
        usize::from(at) * self.list.len() / 65_536
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        match *event {
            Event::Insert(at) => {
                let at = usize::from(at) * (self.list.len() + 1) / 65_536;
                self.list.insert(at, self.next_id);
                self.next_id += 1;
            }
            Event::Cap(rows) => {
                self.cap = rows;
                self.smallest_page = self.smallest_page.min(rows);
            }
            Event::Short(rows) => {
                self.short = Some(rows);
                self.smallest_page = self.smallest_page.min(rows);
            }
            Event::Empty(without_total) => self.empty = Some(without_total),
            Event::Round(to) => self.round = to,
            Event::Clamp(to) => self.clamp = to,
            Event::LastPage(on) => self.last_page = on,
            Event::TotalOff(by) => self.total_off = by,
            Event::TotalShown(shown) => self.total_shown = shown,
            _ if self.list.is_empty() => {}
            Event::Delete(at) => {
                let id = self.list.remove(self.place(at));
                // A contact whose other row stays has changed places.
                self.always.remove(&id);
            }
            Event::Swap(a, b) => {
                let (a, b) = (self.place(a), self.place(b));
                self.list.swap(a, b);
            }
            Event::Move(from, to) => {
                let (from, to) = (self.place(from), self.place(to));
                let id = self.list.remove(from);
                self.list.insert(to, id);
            }
            Event::Shuffle(seed) => fastrand::Rng::with_seed(seed).shuffle(&mut self.list),
            Event::Duplicate(of, at) => {
                let id = self.list[self.place(of)];
                let at = self.place(at);
                self.list.insert(at, id);
            }
        }
    }

    /// What happens before the next answer, and then the answer.
    pub(crate) fn answer(&mut self, offset: u64, count: u32) -> (u64, Vec<u64>, Option<u64>) {
        let gap = match self.answers.checked_sub(1) {
            Some(gap) if self.endless && !self.gaps.is_empty() => Some(gap % self.gaps.len()),
            gap => gap,
        };
        let events = gap.and_then(|gap| self.gaps.get(gap).cloned());
        for event in events.unwrap_or_default() {
            self.apply(&event);
        }
        self.answers += 1;
        let mut rows = u64::from(count)
            .min(self.cap)
            .min(self.short.take().unwrap_or(u64::MAX));
        let mut total = (self.list.len() as u64).saturating_add_signed(self.total_off);
        if let Some(without_total) = self.empty.take() {
            rows = 0;
            total = if without_total { 0 } else { total };
        }
        let mut from = offset.min(self.clamp) / self.round * self.round;
        if self.last_page {
            from = from.min((self.list.len() as u64).saturating_sub(rows));
        }
        let rows = self
            .list
            .iter()
            .skip(usize::try_from(from).unwrap())
            .take(usize::try_from(rows).unwrap())
            .copied()
            .collect();
        self.longest_total = self.longest_total.max(total).max(self.list.len() as u64);
        (offset, rows, self.total_shown.then_some(total))
    }
}

pub(crate) fn contact(id: u64) -> Contact {
    // Made once: in an unoptimised build that is most of what these tests would do.
    static CONTACTS: LazyLock<Vec<Contact>> = LazyLock::new(|| {
        (447_700_000_000_u64..447_700_004_000)
            .map(|number| Contact::new(ContactId::parse(&number.to_string()).unwrap()))
            .collect()
    });
    CONTACTS[usize::try_from(id).unwrap()].clone()
}

pub(crate) fn number(contact: &Contact) -> u64 {
    contact.id().as_str().parse::<u64>().unwrap() - 447_700_000_000
}

#[async_trait]
impl PageSource for Model {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        let turns = self.state().rng.u8(..4);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        let (offset, rows, total) = self.state().answer(offset, count);
        let rows = rows.into_iter().map(|id| Some(contact(id))).collect();
        Ok(Page::new(offset, rows).with_total(total))
    }
}

/// What a scan of a script came to.
pub(crate) struct Outcome {
    pub(crate) report: ScanReport,
    pub(crate) ids: Vec<u64>,
    /// Who was there in every answer and is missing.
    pub(crate) hidden: Vec<u64>,
    pub(crate) answers: usize,
    pub(crate) most_answers: u64,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?}, {} answers, ids {:?}, hidden {:?}",
            self.report, self.answers, self.ids, self.hidden
        )
    }
}

/// The rows that neighbouring pages of `full` rows share.
pub(crate) fn shared_rows(full: u64) -> u64 {
    2.min(full - 1)
}

/// More contacts than this, those that went away again included, end the scan in an error.
pub(crate) const MOST_CONTACTS: u64 = 400;

pub(crate) fn options(script: &Script, most_contacts: u64) -> ScanOptions {
    ScanOptions::default()
        .with_page_size(script.page_size)
        .unwrap()
        .with_concurrency(script.concurrency)
        .unwrap()
        .with_max_contacts(most_contacts)
}

/// Scans a script's list. `None` when more contacts came than it takes.
pub(crate) async fn run(script: &Script, most_contacts: u64) -> Result<Option<Outcome>, Error> {
    let model = Model::new(script);
    let mut scan = Scan::new(model.clone(), options(script, most_contacts));
    let mut ids = Vec::new();
    loop {
        match scan.next_batch().await {
            Ok(Some(batch)) => {
                assert!(!batch.is_empty());
                ids.extend(batch.iter().map(number));
            }
            Ok(None) => break,
            Err(_) if model.state().next_id > most_contacts => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let report = scan.report();
    let state = model.state();
    let seen: BTreeSet<u64> = ids.iter().copied().collect();
    assert_eq!(seen.len(), ids.len(), "an id came twice: {ids:?}");
    assert_eq!(report.contacts, ids.len() as u64);
    assert_eq!(report.complete, report.reasons.is_empty(), "{report:?}");
    let rows = state.smallest_page - shared_rows(state.smallest_page);
    let a_pass = state.longest_total.div_ceil(rows) * 4 + 10;
    Ok(Some(Outcome {
        hidden: state.always.difference(&seen).copied().collect(),
        answers: state.answers,
        most_answers: u64::from(report.passes) * a_pass,
        report,
        ids,
    }))
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// The usual loop: pages of the size that is asked, advanced by the rows that
/// came, until one is short.
pub(crate) fn plain_loop(script: &Script) -> bool {
    let model = Model::new(script);
    let mut state = model.state();
    let mut seen = BTreeSet::new();
    let mut offset = 0;
    loop {
        let (_, rows, _) = state.answer(offset, script.page_size);
        offset += rows.len() as u64;
        let short = rows.len() < script.page_size as usize;
        seen.extend(rows);
        if short {
            return state.always.is_subset(&seen);
        }
    }
}
