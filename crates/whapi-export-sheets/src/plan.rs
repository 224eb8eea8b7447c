//! What to change in a spreadsheet, worked out from what it is: no I/O.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use whapi_export::{Error, ErrorKind, Result};

use crate::rows::{COLUMNS, KEY, Rows, WIDTH, json_len, same_text};

/// The most bytes of one request. Google recommends 2 MB.
pub(crate) const MOST_BYTES: usize = 1_800_000;
/// Kept free in a batch for everything that is not a cell.
const ENVELOPE: usize = 30_000;
/// The most cells of a spreadsheet, all tabs together.
pub(crate) const MOST_CELLS: i64 = 10_000_000;

/// The key of the metadata on a tab that we manage; its value is a [`State`].
pub(crate) const STATE_KEY: &str = "whapi_export_state";
/// The key of the metadata on a column that we manage; its value is the column's name.
pub(crate) const COLUMN_KEY: &str = "whapi_export_column";
/// The key of the metadata on a staging tab; its value is the run that made it.
pub(crate) const STAGING_KEY: &str = "whapi_export_staging";

/// A spreadsheet, as far as we look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) tabs: Vec<Tab>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) id: i32,
    pub(crate) title: String,
    /// A tab with cells, not a chart on its own.
    pub(crate) is_grid: bool,
    pub(crate) rows: i32,
    pub(crate) columns: i32,
    pub(crate) frozen_rows: i32,
    /// Our state, and the id of the metadata that holds it.
    pub(crate) state: Option<(i32, String)>,
    /// The run that made this staging tab.
    pub(crate) staging: Option<String>,
    /// Columns that carry our metadata: where each is, and which. `None` when the answer had nothing
    /// about columns.
    pub(crate) tagged: Option<Vec<(i32, String)>>,
    pub(crate) filter: Option<Filter>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) columns: Range<i32>,
    /// Behind its last row; `None` when it has no end.
    pub(crate) end_row: Option<i32>,
    /// Nothing is hidden or sorted by it.
    pub(crate) is_plain: bool,
}

impl Snapshot {
    pub(crate) fn tab(&self, title: &str) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.title == title)
    }

    /// Staging tabs of runs that never ended.
    pub(crate) fn stale(&self, run: &str) -> impl Iterator<Item = &Tab> {
        self.tabs
            .iter()
            .filter(move |tab| tab.staging.as_ref().is_some_and(|by| by != run))
    }

    /// The staging tab of this run.
    pub(crate) fn staging(&self, run: &str) -> Option<&Tab> {
        self.tabs
            .iter()
            .find(|tab| tab.staging.as_ref().is_some_and(|by| by == run))
    }

    fn cells(&self) -> i64 {
        self.tabs.iter().map(Tab::cells).sum()
    }
}

impl Tab {
    fn cells(&self) -> i64 {
        i64::from(self.rows) * i64::from(self.columns)
    }

    /// What the last run wrote here. `None` when no run did, or when it cannot be read any more.
    pub(crate) fn last_state(&self) -> Option<State> {
        let (_, value) = self.state.as_ref()?;
        serde_json::from_str(value).ok()
    }
}

/// What a run leaves about itself, in the tab's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The version of this record.
    pub(crate) v: u32,
    /// Which run, so that a run whose answer was lost finds out that it was heard.
    pub(crate) run: String,
    /// The fingerprint of the contacts that it was given.
    pub(crate) hash: String,
    /// The scan saw everybody.
    pub(crate) complete: bool,
    /// The tab held these contacts and nobody else.
    pub(crate) exact: bool,
    /// When, in UTC.
    pub(crate) at: String,
}

impl State {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and switches become JSON")
    }
}

/// The tab that we write: where our columns are, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The tab, if it is there already.
    pub(crate) tab: Option<Tab>,
    /// Where each of our columns is; `None` for one that is missing.
    pub(crate) places: [Option<i32>; WIDTH],
}

impl Layout {
    pub(crate) fn find(snapshot: &Snapshot, title: &str) -> Result<Self> {
        let Some(tab) = snapshot.tab(title) else {
            return Ok(Self {
                tab: None,
                places: [None; WIDTH],
            });
        };
        if !tab.is_grid {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the tab `{title}` has no cells; name another with `sheets.tab`"),
            ));
        }
        let mut places = [None; WIDTH];
        for (column, place) in places.iter_mut().enumerate() {
            *place = match &tab.tagged {
                Some(tagged) => {
                    let found = tagged.iter().find(|(_, name)| name == COLUMNS[column]);
                    found.map(|(at, _)| *at)
                }
                // A service that keeps this to itself: they are where they were put.
                None => (tab.state.is_some() && index(column) < tab.columns).then(|| index(column)),
            };
        }
        Ok(Self {
            tab: Some(tab.clone()),
            places,
        })
    }

    /// Whether we wrote this tab before.
    pub(crate) fn is_managed(&self) -> bool {
        self.tab.as_ref().is_some_and(|tab| tab.state.is_some())
            && self.places.iter().any(Option::is_some)
    }

    /// The columns from our first to our last, whatever is between them.
    pub(crate) fn span(&self) -> Option<Range<i32>> {
        let places = self.places.iter().flatten();
        Some(*places.clone().min()?..*places.max()? + 1)
    }

    /// Whether the tab has columns that are not ours.
    pub(crate) fn own_columns(&self) -> Vec<Range<i32>> {
        let columns = self.tab.as_ref().map_or(0, |tab| tab.columns);
        let mut own: Vec<Range<i32>> = Vec::new();
        for at in (0..columns).filter(|at| !self.places.contains(&Some(*at))) {
            match own.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => own.push(at..at + 1),
            }
        }
        own
    }
}

/// A part of a tab; the ends are behind the last row and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) tab: i32,
    pub(crate) rows: Range<i32>,
    pub(crate) columns: Range<i32>,
}

/// One change to a spreadsheet. A batch of them happens at once, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    AddTab {
        id: i32,
        title: String,
        rows: i32,
        columns: i32,
        hidden: bool,
    },
    DeleteTab(i32),
    AddRows {
        tab: i32,
        count: i32,
    },
    AddColumns {
        tab: i32,
        count: i32,
    },
    /// Cells keep what is written or typed as text.
    TextFormat(Area),
    Bold(Area),
    FreezeHeader(i32),
    Width {
        tab: i32,
        columns: Range<i32>,
        pixels: i32,
    },
    SetFilter(Area),
    /// Makes cells empty; their format and notes stay.
    Clear(Area),
    /// The names of these of our columns, in the first row.
    Header {
        tab: i32,
        left: i32,
        columns: Range<usize>,
    },
    Cells {
        tab: i32,
        top: i32,
        left: i32,
        rows: &'a Rows,
        picked: Vec<usize>,
        columns: Range<usize>,
    },
    /// Copies values, and nothing else, to an area of the same size.
    Copy {
        from: Area,
        to: Area,
    },
    Note {
        tab: i32,
        row: i32,
        column: i32,
        text: String,
    },
    TagTab {
        tab: i32,
        key: &'static str,
        value: String,
    },
    TagColumn {
        tab: i32,
        column: i32,
        value: &'static str,
    },
    UpdateTag {
        id: i32,
        value: String,
    },
}

/// What the tab shall hold.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    /// These rows and no others.
    Block(&'a Rows),
    /// What the staging tab holds, and nothing else.
    Staged { tab: i32, rows: usize },
    /// What it holds already, with some cells changed and some rows more.
    Delta(&'a Rows, &'a Delta),
}

/// What an update changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) spans: Vec<Span>,
    /// Rows that go behind the last one.
    pub(crate) added: Vec<usize>,
    /// The first row of the tab that is free for them.
    pub(crate) add_at: i32,
}

/// Neighbouring cells of one row that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The row of the tab.
    pub(crate) at: i32,
    /// The row that has the new text.
    pub(crate) row: usize,
    pub(crate) columns: Range<usize>,
}

/// What is fixed for a run.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    pub(crate) title: String,
    /// The id of the tab, should it have to be made.
    pub(crate) new_tab: i32,
    pub(crate) state: State,
    pub(crate) note: String,
}

/// Neighbouring columns of ours that are neighbours in the tab as well.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    columns: Range<usize>,
    at: i32,
}

impl Run {
    fn place(&self) -> Range<i32> {
        self.at..self.at + index(self.columns.len())
    }
}

fn runs(places: &[i32; WIDTH]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (column, at) in places.iter().copied().enumerate() {
        match runs.last_mut() {
            Some(run) if run.at + index(run.columns.len()) == at => run.columns.end += 1,
            _ => runs.push(Run {
                columns: column..column + 1,
                at,
            }),
        }
    }
    runs
}

/// A count as the API has it.
pub(crate) fn index(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// One batch that gives the tab its content and leaves this run's state.
pub(crate) fn batch<'a>(
    snapshot: &Snapshot,
    goal: &Goal,
    content: &Content<'a>,
) -> Result<Vec<Change<'a>>> {
    let layout = Layout::find(snapshot, &goal.title)?;
    let mut changes: Vec<_> = snapshot
        .stale(&goal.state.run)
        .map(|tab| Change::DeleteTab(tab.id))
        .collect();
    let ready = prepare(&layout, goal, content.rows(), &mut changes);
    let tab = ready.tab;
    let runs = runs(&ready.places);
    let area = |run: &Run, rows: Range<i32>| Area {
        tab,
        rows,
        columns: run.place(),
    };
    match content {
        Content::Block(rows) => {
            let end = 1 + index(rows.len());
            for run in &runs {
                if end > 1 {
                    changes.push(Change::Cells {
                        tab,
                        top: 1,
                        left: run.at,
                        rows,
                        picked: (0..rows.len()).collect(),
                        columns: run.columns.clone(),
                    });
                }
                if end < ready.rows {
                    changes.push(Change::Clear(area(run, end..ready.rows)));
                }
            }
        }
        Content::Staged { tab: staging, rows } => {
            let count = index(*rows);
            for run in &runs {
                changes.push(Change::Clear(area(run, 1..ready.rows)));
                changes.push(Change::Copy {
                    from: Area {
                        tab: *staging,
                        rows: 0..count,
                        columns: index(run.columns.start)..index(run.columns.end),
                    },
                    to: area(run, 1..1 + count),
                });
            }
            changes.push(Change::DeleteTab(*staging));
        }
        Content::Delta(rows, delta) => {
            for span in &delta.spans {
                for run in overlaps(&runs, &span.columns) {
                    changes.push(Change::Cells {
                        tab,
                        top: span.at,
                        left: run.at,
                        rows,
                        picked: vec![span.row],
                        columns: run.columns,
                    });
                }
            }
            for run in runs.iter().filter(|_| !delta.added.is_empty()) {
                changes.push(Change::Cells {
                    tab,
                    top: delta.add_at,
                    left: run.at,
                    rows,
                    picked: delta.added.clone(),
                    columns: run.columns.clone(),
                });
            }
        }
    }
    changes.push(Change::Note {
        tab,
        row: 0,
        column: ready.places[KEY],
        text: goal.note.clone(),
    });
    let value = goal.state.to_json();
    changes.push(match layout.tab.and_then(|tab| tab.state) {
        Some((id, _)) => Change::UpdateTag { id, value },
        None => Change::TagTab {
            tab,
            key: STATE_KEY,
            value,
        },
    });
    Ok(changes)
}

fn overlaps(runs: &[Run], columns: &Range<usize>) -> Vec<Run> {
    let cut = |run: &Run| {
        let part = run.columns.start.max(columns.start)..run.columns.end.min(columns.end);
        (!part.is_empty()).then(|| Run {
            at: run.at + index(part.start - run.columns.start),
            columns: part,
        })
    };
    runs.iter().filter_map(cut).collect()
}

impl Content<'_> {
    /// How many rows the tab needs, the header counted.
    fn rows(&self) -> i32 {
        1 + match self {
            Self::Block(rows) => index(rows.len()),
            Self::Staged { rows, .. } => index(*rows),
            Self::Delta(_, delta) if delta.added.is_empty() => 0,
            Self::Delta(_, delta) => delta.add_at - 1 + index(delta.added.len()),
        }
    }
}

/// A tab that has every column and enough rows.
struct Ready {
    tab: i32,
    places: [i32; WIDTH],
    rows: i32,
}

/// Gives the tab every column and enough rows.
fn prepare(layout: &Layout, goal: &Goal, needed: i32, changes: &mut Vec<Change<'_>>) -> Ready {
    // A frozen header needs a row below it.
    let needed = needed.max(2);
    let width = index(WIDTH);
    let Some(tab) = &layout.tab else {
        changes.push(Change::AddTab {
            id: goal.new_tab,
            title: goal.title.clone(),
            rows: needed,
            columns: width,
            hidden: false,
        });
        let places = std::array::from_fn(index);
        dress(goal.new_tab, 0..WIDTH, 0, needed, changes);
        changes.push(Change::FreezeHeader(goal.new_tab));
        changes.push(Change::SetFilter(Area {
            tab: goal.new_tab,
            rows: 0..needed,
            columns: 0..width,
        }));
        return Ready {
            tab: goal.new_tab,
            places,
            rows: needed,
        };
    };
    if needed > tab.rows {
        changes.push(Change::AddRows {
            tab: tab.id,
            count: needed - tab.rows,
        });
    }
    let rows = needed.max(tab.rows);
    let mut columns = tab.columns;
    let places = if layout.is_managed() {
        layout.places
    } else {
        std::array::from_fn(|column| (index(column) < columns).then(|| index(column)))
    };
    let missing = index(places.iter().filter(|place| place.is_none()).count());
    if missing > 0 {
        changes.push(Change::AddColumns {
            tab: tab.id,
            count: missing,
        });
    }
    let places = places.map(|place| {
        place.unwrap_or_else(|| {
            columns += 1;
            columns - 1
        })
    });
    for run in runs(&places) {
        let new = |column: usize| layout.places[column].is_none() || !layout.is_managed();
        let mut column = run.columns.start;
        while column < run.columns.end {
            let end = (column..run.columns.end)
                .find(|at| new(*at) != new(column))
                .unwrap_or(run.columns.end);
            let left = run.at + index(column - run.columns.start);
            if new(column) {
                dress(tab.id, column..end, left, rows, changes);
            } else if needed > tab.rows {
                changes.push(Change::TextFormat(Area {
                    tab: tab.id,
                    rows: tab.rows..rows,
                    columns: left..left + index(end - column),
                }));
            }
            column = end;
        }
    }
    if !layout.is_managed() && tab.frozen_rows == 0 {
        changes.push(Change::FreezeHeader(tab.id));
    }
    let filtered = match &tab.filter {
        None if !layout.is_managed() => Some(0..width),
        // One that hides or sorts is the user's; one that does not grows with the rows.
        Some(filter) if filter.is_plain && filter.end_row.is_some_and(|end| end < rows) => {
            (needed > tab.rows).then(|| filter.columns.clone())
        }
        _ => None,
    };
    if let Some(columns) = filtered {
        changes.push(Change::SetFilter(Area {
            tab: tab.id,
            rows: 0..rows,
            columns,
        }));
    }
    Ready {
        tab: tab.id,
        places,
        rows,
    }
}

/// Makes columns of ours out of columns without anything.
fn dress(tab: i32, columns: Range<usize>, left: i32, rows: i32, changes: &mut Vec<Change<'_>>) {
    let place = left..left + index(columns.len());
    changes.push(Change::TextFormat(Area {
        tab,
        rows: 0..rows,
        columns: place.clone(),
    }));
    changes.push(Change::Header {
        tab,
        left,
        columns: columns.clone(),
    });
    changes.push(Change::Bold(Area {
        tab,
        rows: 0..1,
        columns: place.clone(),
    }));
    for (column, at) in columns.zip(place) {
        changes.push(Change::Width {
            tab,
            columns: at..at + 1,
            pixels: PIXELS[column],
        });
        changes.push(Change::TagColumn {
            tab,
            column: at,
            value: COLUMNS[column],
        });
    }
}

/// How wide each column is at first.
const PIXELS: [i32; WIDTH] = [170, 65, 140, 200, 200, 160, 70, 95, 80, 90, 90, 95];

/// The batch that makes a staging tab, and removes those that nobody needs any more.
pub(crate) fn stage<'a>(snapshot: &Snapshot, run: &str, id: i32, rows: usize) -> Vec<Change<'a>> {
    let rows = index(rows).max(1);
    let mut changes = clean_up(snapshot, run);
    changes.push(Change::AddTab {
        id,
        title: format!("whapi-staging-{run}"),
        rows,
        columns: index(WIDTH),
        hidden: true,
    });
    changes.push(Change::TagTab {
        tab: id,
        key: STAGING_KEY,
        value: run.to_owned(),
    });
    changes.push(Change::TextFormat(Area {
        tab: id,
        rows: 0..rows,
        columns: 0..index(WIDTH),
    }));
    changes
}

/// Removes the staging tabs of earlier runs.
pub(crate) fn clean_up<'a>(snapshot: &Snapshot, run: &str) -> Vec<Change<'a>> {
    snapshot
        .stale(run)
        .map(|tab| Change::DeleteTab(tab.id))
        .collect()
}

/// Checks that there is room for the rows and, if they go through one, for a staging tab.
pub(crate) fn check_room(
    snapshot: &Snapshot,
    goal: &Goal,
    content: &Content<'_>,
    staging_rows: usize,
) -> Result<i64> {
    let stale: i64 = snapshot.stale(&goal.state.run).map(Tab::cells).sum();
    let mut tab = Vec::new();
    let layout = Layout::find(snapshot, &goal.title)?;
    let before = layout.tab.as_ref().map_or(0, Tab::cells);
    let ready = prepare(&layout, goal, content.rows(), &mut tab);
    let columns = layout.tab.as_ref().map_or(0, |tab| tab.columns);
    let columns = columns.max(ready.places.iter().max().map_or(0, |last| last + 1));
    let live = i64::from(ready.rows) * i64::from(columns);
    let staging = i64::try_from(staging_rows * WIDTH).unwrap_or(i64::MAX);
    let cells = (snapshot.cells() - stale - before)
        .saturating_add(live)
        .saturating_add(staging);
    if cells <= MOST_CELLS {
        return Ok(cells);
    }
    Err(Error::new(
        ErrorKind::Destination,
        format!(
            "the spreadsheet would need {cells} cells while it is written, and Google allows \
             {MOST_CELLS}, empty ones and other tabs counted; use a spreadsheet of its own, or \
             fewer contacts"
        ),
    ))
}

/// How many bytes these rows are as cells of a batch.
pub(crate) fn cells_len(rows: &Rows) -> usize {
    (0..rows.len())
        .map(|row| row_len(rows, row, &(0..WIDTH)))
        .sum()
}

fn row_len(rows: &Rows, row: usize, columns: &Range<usize>) -> usize {
    // `{"values":[` `]},` around, `{"userEnteredValue":{"stringValue":` `}},` around each text.
    14 + columns
        .clone()
        .map(|column| match rows.cell(row, column) {
            "" => 3,
            text => 38 + json_len(text),
        })
        .sum::<usize>()
}

/// Whether so many bytes of cells fit one batch, with everything around them.
pub(crate) fn fits_batch(cells: usize, most: usize) -> bool {
    cells + ENVELOPE <= most
}

impl Delta {
    /// About how many bytes this is in a batch: never less than it will be.
    pub(crate) fn len(&self, rows: &Rows) -> usize {
        // Every span may fall into as many requests as it has columns.
        let request = 250;
        let spans = self
            .spans
            .iter()
            .map(|span| row_len(rows, span.row, &span.columns) + request * span.columns.len());
        let added = self
            .added
            .iter()
            .map(|row| row_len(rows, *row, &(0..WIDTH)) + 14 * WIDTH);
        spans.sum::<usize>() + added.sum::<usize>()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.added.is_empty()
    }
}

/// Rows in parts of at most so many bytes, as arrays of arrays.
pub(crate) fn chunks(rows: &Rows, most: usize) -> Vec<Range<usize>> {
    const AROUND: usize = 400;
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, AROUND);
    for row in 0..rows.len() {
        let len = rows.json_len(row);
        if bytes + len > most && row > start {
            chunks.push(start..row);
            (start, bytes) = (row, AROUND);
        }
        bytes += len;
    }
    if start < rows.len() {
        chunks.push(start..rows.len());
    }
    chunks
}

/// What the tab holds, below its header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Existing {
    /// Our columns. A cell that is no text has U+0000 in front, so that it equals none.
    pub(crate) rows: Rows,
    /// For each row, whether the user's own columns hold anything but a formula; may be longer
    /// than `rows`.
    pub(crate) own: Vec<bool>,
}

impl Existing {
    /// Whether something that the user wrote beside a contact would come to stand beside another.
    pub(crate) fn would_lose(&self, wanted: &Rows) -> bool {
        fn key(rows: &Rows, row: usize) -> &str {
            if row < rows.len() { rows.key(row) } else { "" }
        }
        let mut own = self.own.iter().enumerate().filter(|(_, own)| **own);
        own.any(|(row, _)| key(&self.rows, row) != key(wanted, row))
    }

    /// What an update has to change.
    pub(crate) fn delta(&self, wanted: &Rows) -> Delta {
        let mut known = HashMap::with_capacity(self.rows.len());
        for row in (0..self.rows.len()).rev() {
            known.insert(self.rows.key(row), row);
        }
        let mut delta = Delta {
            add_at: 1 + index(self.rows.len().max(self.own.len())),
            ..Delta::default()
        };
        for row in 0..wanted.len() {
            match known.get(wanted.key(row)) {
                Some(&at) => {
                    let differing = differing(&self.rows, at, wanted, row);
                    delta
                        .spans
                        .extend(differing.into_iter().map(|columns| Span {
                            at: 1 + index(at),
                            row,
                            columns,
                        }));
                }
                None => delta.added.push(row),
            }
        }
        delta
    }

    /// What is there, brought up to date: for an update too large for one batch.
    pub(crate) fn merged(&self, wanted: &Rows, delta: &Delta) -> Rows {
        let mut news = HashMap::new();
        for span in &delta.spans {
            news.insert(span.at, span.row);
        }
        let mut merged = Rows::default();
        for row in 0..self.rows.len() {
            match news.get(&(1 + index(row))) {
                Some(&new) => merged.push_row(wanted.row(new)),
                None => merged.push_row(
                    self.rows
                        .row(row)
                        .map(|cell| cell.strip_prefix('\0').unwrap_or(cell)),
                ),
            }
        }
        // Rows that only the user wrote in stay free.
        while index(merged.len()) + 1 < delta.add_at && !delta.added.is_empty() {
            merged.push_row([""; WIDTH]);
        }
        for &row in &delta.added {
            merged.push_row(wanted.row(row));
        }
        merged
    }
}

impl Rows {
    /// Whether a row is the same as one of ours.
    pub(crate) fn same_row(&self, at: usize, ours: &Rows, row: usize) -> bool {
        differing(self, at, ours, row).is_empty()
    }
}

/// The neighbouring columns in which two rows differ.
fn differing(old: &Rows, at: usize, new: &Rows, row: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for column in 0..WIDTH {
        if same_text(new.cell(row, column), old.cell(at, column))
            && !old.cell(at, column).starts_with('\0')
        {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.end == column => last.end += 1,
            _ => found.push(column..column + 1),
        }
    }
    found
}

/// A range in A1 notation: `'It''s'!A2:L9`.
pub(crate) fn a1(title: &str, rows: &Range<i32>, columns: &Range<i32>) -> String {
    format!(
        "'{}'!{}{}:{}{}",
        title.replace('\'', "''"),
        letters(columns.start),
        rows.start + 1,
        letters(columns.end - 1),
        rows.end
    )
}

fn letters(column: i32) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).expect("below 26");
        letters.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(texts: &[[&str; 2]]) -> Rows {
        let mut rows = Rows::default();
        for [id, name] in texts {
            let mut cells = [""; WIDTH];
            (cells[KEY], cells[4]) = (id, name);
            rows.push_row(cells);
        }
        rows
    }

    #[test]
    fn ranges_are_named_as_google_does() {
        for (column, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letters(column), expected);
        }
        assert_eq!(a1("It's", &(1..9), &(0..12)), "'It''s'!A2:L9");
    }

    #[test]
    fn neighbours_are_written_together() {
        let run = |columns, at| Run { columns, at };
        let in_order = std::array::from_fn(index);
        assert_eq!(runs(&in_order), [run(0..12, 0)]);
        let mut moved = in_order;
        moved[3] = 20;
        let moved = runs(&moved);
        assert_eq!(moved, [run(0..3, 0), run(3..4, 20), run(4..12, 4)]);
        assert_eq!(
            overlaps(&moved, &(2..6)),
            [run(2..3, 2), run(3..4, 20), run(4..6, 4)]
        );
    }

    #[test]
    fn an_update_changes_what_differs() {
        let existing = Existing {
            rows: rows(&[
                ["1", "Ada"],
                ["", ""],
                ["2", "\u{0}7"],
                ["2", "again"],
                ["3", "a\nb"],
            ]),
            own: vec![false, true],
        };
        let wanted = rows(&[["3", "a\r\nb"], ["2", "7"], ["4", "New"], ["1", "Ada"]]);
        let delta = existing.delta(&wanted);
        let span = |at, row, columns| Span { at, row, columns };
        assert_eq!(
            delta,
            Delta {
                spans: vec![span(3, 1, 4..5)],
                added: vec![2],
                add_at: 6,
            }
        );
        let merged = existing.merged(&wanted, &delta);
        assert_eq!(
            merged,
            rows(&[
                ["1", "Ada"],
                ["", ""],
                ["2", "7"],
                ["2", "again"],
                ["3", "a\nb"],
                ["4", "New"]
            ])
        );
    }

    #[test]
    fn notes_stay_beside_their_contact() {
        let existing = Existing {
            rows: rows(&[["1", ""], ["2", ""]]),
            own: vec![false, true],
        };
        assert!(!existing.would_lose(&rows(&[["7", ""], ["2", "renamed"], ["3", ""]])));
        assert!(existing.would_lose(&rows(&[["2", ""]])));
        assert!(existing.would_lose(&rows(&[["2", ""], ["1", ""]])));
    }

    proptest! {
        #[test]
        fn parts_hold_every_row_once_and_fit(
            names in prop::collection::vec(".{0,60}", 0..40),
            most in 500_usize..2000,
        ) {
            let texts: Vec<_> = names.iter().map(|name| ["1", name.as_str()]).collect();
            let rows = rows(&texts);
            let parts = chunks(&rows, most);
            let all: Vec<_> = parts.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (0..rows.len()).collect::<Vec<_>>());
            for part in parts {
                let len = crate::api::requests::rows_body_len(i32::MAX, &rows, &part);
                prop_assert!(len <= most || part.len() == 1);
            }
        }
    }
}
