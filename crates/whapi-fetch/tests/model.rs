//! The scan against a model of a gate whose list moves between any two answers.
//!
//! The model answers without HTTP. What moves, moves just before an answer is made, and requests
//! under way together are answered in a shuffled order, so that neighbouring pages show the list
//! at different times.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use proptest::prelude::*;
use whapi_fetch::{Error, ErrorKind, PageSource, Row, Scan, ScanOptions, ScanReport};
use whapi_model::{Contact, ContactId, Page};

/// Something that happens to the list or the gate between two answers. Places are drawn from the
/// whole range of `u16` and scaled to the list as it is then.
#[derive(Debug, Clone)]
enum Event {
    Insert(u16),
    Delete(u16),
    Swap(u16, u16),
    /// One contact goes to another place.
    Move(u16, u16),
    Shuffle(u64),
    /// A second row for somebody who is listed already.
    Duplicate(u16, u16),
    /// The most rows that an answer holds from now on.
    Cap(u64),
    /// The most rows that the next answer holds.
    Short(u64),
    /// What `total` says from now on: so many more than there are.
    TotalOff(i64),
    /// Whether answers name a total from now on.
    TotalShown(bool),
}

/// A list, a way to read it, and what happens meanwhile.
#[derive(Debug, Clone)]
struct Script {
    people: u64,
    page_size: u32,
    concurrency: usize,
    /// What happens before the second answer, before the third, and so on.
    gaps: Vec<Vec<Event>>,
    /// Whether the gaps start over after the last one, so that the list never comes to rest.
    endless: bool,
    order: u64,
}

/// The list, as it is now.
struct State {
    list: Vec<u64>,
    /// Who was there in every answer so far.
    always: BTreeSet<u64>,
    next_id: u64,
    cap: u64,
    short: Option<u64>,
    total_off: i64,
    total_shown: bool,
    gaps: Vec<Vec<Event>>,
    endless: bool,
    answers: usize,
    longest_total: u64,
    smallest_page: u64,
    rng: fastrand::Rng,
}

#[derive(Clone)]
struct Model(Arc<Mutex<State>>);

impl Model {
    fn new(script: &Script) -> Self {
        let list: Vec<u64> = (0..script.people).collect();
        Self(Arc::new(Mutex::new(State {
            always: list.iter().copied().collect(),
            list,
            next_id: script.people,
            cap: 500,
            short: None,
            total_off: 0,
            total_shown: true,
            gaps: script.gaps.clone(),
            endless: script.endless,
            answers: 0,
            longest_total: 0,
            smallest_page: u64::from(script.page_size),
            rng: fastrand::Rng::with_seed(script.order),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn place(&self, at: u16) -> usize {
        usize::from(at) * self.list.len() / 65_536
    }

    fn apply(&mut self, event: &Event) {
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
            Event::TotalOff(by) => self.total_off = by,
            Event::TotalShown(shown) => self.total_shown = shown,
            _ if self.list.is_empty() => {}
            Event::Delete(at) => {
                let id = self.list.remove(self.place(at));
                if !self.list.contains(&id) {
                    self.always.remove(&id);
                }
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
    fn answer(&mut self, offset: u64, count: u32) -> (u64, Vec<u64>, Option<u64>) {
        let gap = match self.answers.checked_sub(1) {
            Some(gap) if self.endless && !self.gaps.is_empty() => Some(gap % self.gaps.len()),
            gap => gap,
        };
        let events = gap.and_then(|gap| self.gaps.get(gap).cloned());
        for event in events.unwrap_or_default() {
            self.apply(&event);
        }
        self.answers += 1;
        let rows = u64::from(count)
            .min(self.cap)
            .min(self.short.take().unwrap_or(u64::MAX));
        let rows = self
            .list
            .iter()
            .skip(usize::try_from(offset).unwrap())
            .take(usize::try_from(rows).unwrap())
            .copied()
            .collect();
        let total = (self.list.len() as u64).saturating_add_signed(self.total_off);
        self.longest_total = self.longest_total.max(total).max(self.list.len() as u64);
        (offset, rows, self.total_shown.then_some(total))
    }
}

fn contact(id: u64) -> Contact {
    Contact::new(ContactId::parse(&(447_700_000_000 + id).to_string()).unwrap())
}

fn number(contact: &Contact) -> u64 {
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
struct Outcome {
    report: ScanReport,
    ids: Vec<u64>,
    /// Who was there in every answer and is missing.
    hidden: Vec<u64>,
    answers: usize,
    most_answers: u64,
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

fn options(script: &Script) -> ScanOptions {
    ScanOptions::default()
        .with_page_size(script.page_size)
        .unwrap()
        .with_concurrency(script.concurrency)
}

async fn run(script: &Script) -> Result<Outcome, Error> {
    let model = Model::new(script);
    let mut scan = Scan::new(model.clone(), options(script));
    let mut ids = Vec::new();
    while let Some(batch) = scan.next_batch().await? {
        assert!(!batch.is_empty());
        ids.extend(batch.iter().map(number));
    }
    let report = scan.report();
    let state = model.state();
    let seen: BTreeSet<u64> = ids.iter().copied().collect();
    assert_eq!(seen.len(), ids.len(), "an id came twice: {ids:?}");
    assert_eq!(report.contacts, ids.len() as u64);
    assert_eq!(report.complete, report.reasons.is_empty(), "{report:?}");
    let a_pass = state.longest_total.div_ceil(state.smallest_page) * 3 + 10;
    Ok(Outcome {
        hidden: state.always.difference(&seen).copied().collect(),
        answers: state.answers,
        most_answers: u64::from(report.passes) * a_pass,
        report,
        ids,
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// The loop that everybody writes: pages of the size that is asked, advanced by the rows that
/// came, until one is short.
fn plain_loop(script: &Script) -> bool {
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

/// What contacts do among themselves.
#[derive(Debug, Clone, Copy)]
enum World {
    /// Contacts come and go; those that stay keep their order.
    ComeAndGo,
    /// Nobody comes or goes; contacts change places.
    ChangePlaces,
    /// All of it.
    Both,
}

fn moving(world: World) -> BoxedStrategy<Event> {
    let come_and_go = prop_oneof![
        any::<u16>().prop_map(Event::Insert),
        any::<u16>().prop_map(Event::Delete),
    ];
    let change_places = prop_oneof![
        3 => any::<(u16, u16)>().prop_map(|(a, b)| Event::Swap(a, b)),
        3 => any::<(u16, u16)>().prop_map(|(a, b)| Event::Move(a, b)),
        1 => any::<u64>().prop_map(Event::Shuffle),
    ];
    match world {
        World::ComeAndGo => come_and_go.boxed(),
        World::ChangePlaces => change_places.boxed(),
        World::Both => prop_oneof![come_and_go, change_places].boxed(),
    }
}

/// What the gate itself does: either its pages are short or its total lies, since a page that is
/// short just where a wrong total says that the list ends looks like the end.
fn gate_trouble() -> BoxedStrategy<BoxedStrategy<Event>> {
    prop_oneof![
        Just(
            prop_oneof![
                (1u64..8).prop_map(Event::Cap),
                (1u64..8).prop_map(Event::Short),
            ]
            .boxed()
        ),
        Just(
            prop_oneof![
                (-9i64..9).prop_map(Event::TotalOff),
                any::<bool>().prop_map(Event::TotalShown),
            ]
            .boxed()
        ),
    ]
    .boxed()
}

fn scripts(world: World, with_gate_trouble: bool) -> impl Strategy<Value = Script> {
    let events = if with_gate_trouble {
        gate_trouble()
            .prop_map(move |trouble| prop_oneof![3 => moving(world), 1 => trouble].boxed())
            .boxed()
    } else {
        Just(moving(world)).boxed()
    };
    let gaps = events.prop_flat_map(|event| {
        // Most gaps are quiet: a list that never rests is never called complete.
        let gap = prop_oneof![
            3 => Just(Vec::new()),
            1 => prop::collection::vec(event, 1..5),
        ];
        prop::collection::vec(gap, 0..40)
    });
    (
        0u64..40,
        1u32..9,
        1usize..9,
        gaps,
        any::<bool>(),
        any::<u64>(),
    )
        .prop_map(
            |(people, page_size, concurrency, gaps, endless, order)| Script {
                people,
                page_size,
                concurrency,
                gaps,
                endless,
                order,
            },
        )
}

fn check(script: &Script) -> Result<(), TestCaseError> {
    let outcome = block_on(run(script)).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(
        !outcome.report.complete || outcome.hidden.is_empty(),
        "called complete: {outcome:?}"
    );
    prop_assert!(
        outcome.answers as u64 <= outcome.most_answers,
        "more than {}: {outcome:?}",
        outcome.most_answers
    );
    Ok(())
}

fn check_scripts(world: World, scripts_to_run: u32) {
    for with_gate_trouble in [false, true] {
        let config = ProptestConfig {
            cases: scripts_to_run / 2,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(script in scripts(world, with_gate_trouble))| check(&script)?);
    }
}

#[test]
fn contacts_that_come_and_go_hide_nobody() {
    check_scripts(World::ComeAndGo, 512);
}

#[test]
fn contacts_that_change_places_hide_nobody() {
    check_scripts(World::ChangePlaces, 512);
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_come_and_go_hide_nobody_in_10000_scripts() {
    check_scripts(World::ComeAndGo, 10_000);
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_change_places_hide_nobody_in_10000_scripts() {
    check_scripts(World::ChangePlaces, 10_000);
}
