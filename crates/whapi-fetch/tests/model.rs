//! The scan against a model of an API whose list moves between any two answers.
//!
//! The model answers without HTTP. What moves, moves just before an answer is made, and requests
//! under way together are answered in a shuffled order, so that neighbouring pages show the list
//! at different times.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use async_trait::async_trait;
use proptest::prelude::*;
use whapi_fetch::{Error, PageSource, Row, Scan, ScanOptions, ScanReport};
use whapi_model::{Contact, ContactId, Page};

/// A change of the list or the API between two answers. Places are drawn from the
/// whole range of `u16` and scaled to the list as it is then.
#[derive(Debug, Clone)]
enum Event {
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
struct Script {
    people: u64,
    /// Contacts that are listed twice from the start: which, and where.
    duplicates: Vec<(u16, u16)>,
    page_size: u32,
    concurrency: usize,
    /// Whether answers name a total from the start.
    total_shown: bool,
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
    empty: Option<bool>,
    round: u64,
    clamp: u64,
    last_page: bool,
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

fn contact(id: u64) -> Contact {
    // Made once: in an unoptimised build that is most of what these tests would do.
    static CONTACTS: LazyLock<Vec<Contact>> = LazyLock::new(|| {
        (447_700_000_000_u64..447_700_004_000)
            .map(|number| Contact::new(ContactId::parse(&number.to_string()).unwrap()))
            .collect()
    });
    CONTACTS[usize::try_from(id).unwrap()].clone()
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

/// The rows that neighbouring pages of `full` rows share.
fn shared_rows(full: u64) -> u64 {
    2.min(full - 1)
}

/// More contacts than this, those that went away again included, end the scan in an error.
const MOST_CONTACTS: u64 = 400;

fn options(script: &Script, most_contacts: u64) -> ScanOptions {
    ScanOptions::default()
        .with_page_size(script.page_size)
        .unwrap()
        .with_concurrency(script.concurrency)
        .unwrap()
        .with_max_contacts(most_contacts)
}

/// Scans a script's list. `None` when more contacts came than it takes.
async fn run(script: &Script, most_contacts: u64) -> Result<Option<Outcome>, Error> {
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
    let a_pass = state.longest_total.div_ceil(rows) * 3 + 10;
    Ok(Some(Outcome {
        hidden: state.always.difference(&seen).copied().collect(),
        answers: state.answers,
        most_answers: u64::from(report.passes) * a_pass,
        report,
        ids,
    }))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// The usual loop: pages of the size that is asked, advanced by the rows that
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
    /// No contact comes or goes; contacts change places.
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
        World::Both => prop_oneof![
            4 => come_and_go,
            4 => change_places,
            1 => any::<(u16, u16)>().prop_map(|(of, at)| Event::Duplicate(of, at)),
        ]
        .boxed(),
    }
}

/// What the API itself does: either its pages are short or its total lies, since a page that is
/// short just where a wrong total says that the list ends looks like the end.
fn api_trouble() -> BoxedStrategy<BoxedStrategy<Event>> {
    prop_oneof![
        Just(
            prop_oneof![
                2 => (1u64..8).prop_map(Event::Cap),
                2 => (1u64..8).prop_map(Event::Short),
                1 => any::<bool>().prop_map(Event::Empty),
                2 => any::<bool>().prop_map(Event::TotalShown),
            ]
            .boxed()
        ),
        Just(
            prop_oneof![
                2 => (1u64..9).prop_map(Event::Round),
                1 => (0u64..40).prop_map(Event::Clamp),
                1 => any::<bool>().prop_map(Event::LastPage),
                1 => (1u64..8).prop_map(Event::Short),
                1 => any::<bool>().prop_map(Event::TotalShown),
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

fn scripts(world: World, with_api_trouble: bool) -> impl Strategy<Value = Script> {
    let events = if with_api_trouble {
        api_trouble()
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
        duplicates_of_the_api(),
        prop::bool::weighted(0.7),
    )
        .prop_map(
            |(people, page_size, concurrency, gaps, endless, order, duplicates, total_shown)| {
                Script {
                    people,
                    duplicates,
                    total_shown,
                    page_size,
                    concurrency,
                    // A list that grows as fast as it is read has no end to come to.
                    endless: endless && growth(&gaps) <= 0,
                    gaps,
                    order,
                }
            },
        )
}

/// In one of three scripts the API lists some contacts twice.
fn duplicates_of_the_api() -> impl Strategy<Value = Vec<(u16, u16)>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(any::<(u16, u16)>(), 1..4),
    ]
}

/// By how many rows these events make a list longer.
fn growth(gaps: &[Vec<Event>]) -> i32 {
    gaps.iter()
        .flatten()
        .map(|event| match event {
            Event::Insert(_) | Event::Duplicate(..) => 1,
            Event::Delete(_) => -1,
            _ => 0,
        })
        .sum()
}

/// Whether a script has an API that changes offsets, which may end a scan in an error.
fn changes_offsets(script: &Script) -> bool {
    script.gaps.iter().flatten().any(|event| {
        matches!(
            event,
            Event::Round(_) | Event::Clamp(_) | Event::LastPage(_)
        )
    })
}

fn check(script: &Script) -> Result<(), TestCaseError> {
    let outcome = match block_on(run(script, MOST_CONTACTS)) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return Ok(()),
        Err(_) if changes_offsets(script) => return Ok(()),
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    let hides = outcome.report.complete && !outcome.hidden.is_empty();
    prop_assert!(!hides, "called complete: {outcome:?}");
    prop_assert!(
        outcome.answers as u64 <= outcome.most_answers,
        "more than {}: {outcome:?}",
        outcome.most_answers
    );
    Ok(())
}

fn check_scripts(world: World, scripts_to_run: u32) {
    check_scripts_with(world, scripts_to_run, check);
}

fn check_scripts_with(
    world: World,
    scripts_to_run: u32,
    check: fn(&Script) -> Result<(), TestCaseError>,
) {
    for with_api_trouble in [false, true] {
        let config = ProptestConfig {
            cases: scripts_to_run / 2,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(script in scripts(world, with_api_trouble))| check(&script)?);
    }
}

/// Outside of what is promised about hiding: what `run` asserts, and an end.
#[test]
fn whatever_happens_each_id_comes_once_and_the_scan_ends() {
    check_scripts_with(World::Both, 512, |script| {
        match block_on(run(script, MOST_CONTACTS)) {
            Err(error) if !changes_offsets(script) => Err(TestCaseError::fail(error.to_string())),
            _ => Ok(()),
        }
    });
}

#[test]
fn contacts_that_come_and_go_hide_no_contact() {
    check_scripts(World::ComeAndGo, 512);
}

#[test]
fn contacts_that_change_places_hide_no_contact() {
    check_scripts(World::ChangePlaces, 512);
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_come_and_go_hide_no_contact_in_20000_scripts() {
    check_scripts(
        World::ComeAndGo,
        std::env::var("SCRIPTS").map_or(20_000, |n| n.parse().unwrap()),
    );
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_change_places_hide_no_contact_in_20000_scripts() {
    check_scripts(
        World::ChangePlaces,
        std::env::var("SCRIPTS").map_or(20_000, |n| n.parse().unwrap()),
    );
}

/// A list that does not move, with rows that the Whapi API lists twice, is complete and told apart from
/// one that moves.
#[test]
fn duplicates_of_an_api_at_rest_are_complete() {
    let config = ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let duplicates = prop::collection::vec(any::<(u16, u16)>(), 1..6);
    proptest!(config, |(
        people in 1u64..40,
        page_size in 3u32..9,
        concurrency in 1usize..9,
        duplicates in duplicates,
    )| {
        let twice = duplicates.len() as u64;
        let script = Script { people, duplicates, page_size, concurrency, total_shown: true, gaps: Vec::new(), endless: false, order: 1 };
        let model = Model::new(&script);
        let mut scan = Scan::new(model.clone(), options(&script, MOST_CONTACTS));
        block_on(async { while scan.next_batch().await?.is_some() {} Ok::<_, Error>(()) })
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let report = scan.report();
        prop_assert!(report.complete, "{report:?}");
        prop_assert_eq!(report.contacts, people);
        prop_assert_eq!(report.duplicates, twice);
        prop_assert_eq!(report.passes, 2);
    });
}

/// Pages of `size` rows, until one is short: what a list that does not move costs at least.
fn requests_of_a_plain_loop(people: u64, size: u64) -> u64 {
    people / size + 1
}

fn check_cost(people: u64, page_size: u32, total_shown: bool) {
    let script = Script {
        people,
        duplicates: Vec::new(),
        page_size,
        concurrency: 8,
        total_shown,
        gaps: Vec::new(),
        endless: false,
        order: people,
    };
    let model = Model::new(&script);
    let mut scan = Scan::new(model.clone(), options(&script, 1_000_000));
    let contacts = block_on(async {
        let mut contacts = 0;
        while let Some(batch) = scan.next_batch().await.unwrap() {
            contacts += batch.len() as u64;
        }
        contacts
    });
    let case = format!("{people} people, {page_size} to a page, total shown: {total_shown}");
    assert!(scan.report().complete, "{case}");
    assert_eq!(contacts, people, "{case}");
    let requests = model.state().answers as u64;
    assert_eq!(scan.report().pages, requests, "{case}");
    let size = u64::from(page_size);
    let plain = requests_of_a_plain_loop(people, size - shared_rows(size));
    // Without a total the end is an empty page behind the last row, and the last rows once more.
    let most = match (people, total_shown) {
        (0, _) => 3,
        (_, true) => plain + 1,
        (_, false) => plain + 2,
    };
    assert!(requests <= most, "{case}: {requests}, and a loop {plain}");
}

/// The lengths around the ends of pages, where a mistake by one shows.
#[test]
fn a_list_at_rest_costs_at_most_one_request_more_than_a_loop_over_the_rows_not_shared() {
    for (page_size, most) in [(2, 60), (3, 60), (7, 200)] {
        for people in 0..=most {
            check_cost(people, page_size, true);
            check_cost(people, page_size, false);
        }
    }
    for pages in 0..=5 {
        for people in (pages * 498_u64).saturating_sub(2)..=pages * 500 + 2 {
            check_cost(people, 500, true);
            check_cost(people, 500, false);
        }
    }
}

#[test]
#[ignore = "slow tier"]
fn a_list_of_any_length_to_2600_costs_at_most_one_request_more() {
    // Pages of three rows bring one each, so that a long list takes very many.
    for (page_size, most) in [(2, 300), (3, 300), (7, 2600), (500, 2600)] {
        for people in 0..=most {
            check_cost(people, page_size, true);
        }
    }
}

/// How many of `scripts` ended in each way.
#[derive(Debug, Default)]
struct Rates {
    scripts: u32,
    complete: u32,
    hidden_in_complete: u32,
    hidden_in_incomplete: u32,
    plain_lost: u32,
}

/// One script of the measurement: each gap has `moves` of a kind with the chance given in percent.
fn measured_script(rng: &mut fastrand::Rng, setting: &Setting, world: World) -> Script {
    let mut place = {
        let mut rng = rng.fork();
        move || rng.u16(..)
    };
    let mut gap = |busy: bool, coin: u8| {
        let (come_and_go, change_places) = match world {
            World::ComeAndGo => (true, false),
            World::ChangePlaces => (false, true),
            World::Both => (true, true),
        };
        let mut events = Vec::new();
        if busy && come_and_go {
            // As many come as go, so that the total tells nothing.
            events.push(Event::Delete(place()));
            events.push(Event::Insert(place()));
        }
        if busy && change_places {
            events.push(match coin {
                // A contact wrote a message and goes to the top, as chats do.
                0 => Event::Move(place(), 0),
                1 => Event::Move(place(), place()),
                _ => Event::Swap(place(), place()),
            });
        }
        events
    };
    let gaps = (0..64)
        .map(|_| gap(rng.u8(..100) < setting.percent_of_gaps, rng.u8(..3)))
        .collect();
    Script {
        people: setting.people,
        duplicates: Vec::new(),
        page_size: setting.page_size,
        concurrency: setting.concurrency,
        total_shown: true,
        gaps,
        endless: true,
        order: rng.u64(..),
    }
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    people: u64,
    page_size: u32,
    concurrency: usize,
    percent_of_gaps: u8,
}

/// Prints the table of docs/scan.md.
#[test]
#[ignore = "slow tier: measures"]
fn measure_how_often_a_contact_is_hidden() {
    let settings = [
        (1317, 500, 1, 25, 1_000),
        (1317, 500, 8, 25, 1_000),
        (1317, 500, 8, 100, 1_000),
        (1317, 100, 8, 5, 1_000),
        (40, 7, 8, 25, 5_000),
    ];
    let mut table = String::new();
    for (people, page_size, concurrency, percent_of_gaps, scripts) in settings {
        for world in [World::ComeAndGo, World::ChangePlaces, World::Both] {
            let setting = Setting {
                people,
                page_size,
                concurrency,
                percent_of_gaps,
            };
            let mut rng = fastrand::Rng::with_seed(20_261_122);
            let mut rates = Rates::default();
            for _ in 0..scripts {
                let script = measured_script(&mut rng, &setting, world);
                let outcome = block_on(run(&script, 1_000_000)).unwrap().unwrap();
                rates.scripts += 1;
                rates.complete += u32::from(outcome.report.complete);
                if !outcome.hidden.is_empty() {
                    if outcome.report.complete {
                        rates.hidden_in_complete += 1;
                    } else {
                        rates.hidden_in_incomplete += 1;
                    }
                }
                rates.plain_lost += u32::from(!plain_loop(&script));
            }
            writeln!(table, "{setting:?} {world:?}: {rates:?}").unwrap();
        }
    }
    // The table is what this test is for.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
}
