//! The batches of changes that a run sends.

use std::ops::Range;

use whapi_export::{Error, ErrorKind, Result};

use super::change::{Area, SheetChange, index};
use super::column_span::{ColumnSpan, column_spans, overlaps};
use super::delta::Delta;
use super::layout::TabLayout;
use super::prepare::{PreparedTab, prepare};
use super::state::{STAGING_KEY, STATE_KEY, SheetSnapshot, Tab};
use super::target::{Content, StagedPlaces, Target};
use crate::rows::Rows;

/// The maximum number of cells of a spreadsheet, all tabs together.
pub(crate) const MAX_CELLS: i64 = 10_000_000;

/// The batch that gives the tab its content and stores the state of the run.
///
/// Of two runs that planned on the same state of the tab, only one can apply its batch.
pub(crate) fn batch<'a>(
    snapshot: &SheetSnapshot,
    layout: &TabLayout,
    target: &Target,
    content: &Content<'a>,
) -> Vec<SheetChange<'a>> {
    let mut changes = clean_up_batch(snapshot, &target.state.run);
    let ready = prepare(layout, target, content, &mut changes);
    match content {
        Content::Block(rows) => block(&ready, rows, &mut changes),
        Content::StagedBlock { tab, rows } => staged_block(&ready, *tab, *rows, &mut changes),
        Content::Delta(rows, delta) => {
            changed_cells(&ready, rows, delta, &mut changes);
            remove_rows(&ready, delta, layout, &mut changes);
        }
        Content::StagedDelta { tab, delta, places } => {
            copied_cells(&ready, *tab, delta, places, &mut changes);
            remove_rows(&ready, delta, layout, &mut changes);
        }
    }
    if let Some(staging) = content.staging() {
        changes.push(SheetChange::DeleteTab(staging));
    }
    changes.push(SheetChange::Note {
        tab: ready.tab,
        row: ready.header,
        column: ready.places[layout.columns.key()],
        text: target.note.clone(),
    });
    store_state(layout, target, &ready, &mut changes);
    changes
}

/// Writes rows as the whole content of the tab.
fn block<'a>(ready: &PreparedTab, rows: &'a Rows, changes: &mut Vec<SheetChange<'a>>) {
    let top = ready.header + 1;
    let end = top + index(rows.len());
    for span in column_spans(&ready.places) {
        if end > top {
            changes.push(SheetChange::Cells {
                tab: ready.tab,
                top,
                left: span.at,
                rows,
                picked: (0..rows.len()).collect(),
                columns: span.columns.clone(),
            });
        }
        if end < ready.rows {
            changes.push(SheetChange::Clear(ready.area(&span, end..ready.rows)));
        }
    }
}

/// Copies all rows of a staging tab as the whole content of the tab.
fn staged_block(
    ready: &PreparedTab,
    staging: i32,
    rows: usize,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let (top, count) = (ready.header + 1, index(rows));
    for span in column_spans(&ready.places) {
        changes.push(SheetChange::Clear(ready.area(&span, top..ready.rows)));
        changes.push(copy(staging, 0..count, &span, ready, top));
    }
}

/// Writes the cells that change, and the contacts that are new.
fn changed_cells<'a>(
    ready: &PreparedTab,
    rows: &'a Rows,
    delta: &'a Delta,
    changes: &mut Vec<SheetChange<'a>>,
) {
    let spans = column_spans(&ready.places);
    let mut write = |at: usize, picked: &[usize], span: ColumnSpan| {
        changes.push(SheetChange::Cells {
            tab: ready.tab,
            top: ready.header + 1 + index(at),
            left: span.at,
            rows,
            picked: picked.to_vec(),
            columns: span.columns,
        });
    };
    for run in delta.runs() {
        for span in overlaps(&spans, &run.columns) {
            write(run.at, &run.rows, span);
        }
    }
    for span in spans.iter().filter(|_| !delta.added.is_empty()) {
        write(delta.add_at, &delta.added, span.clone());
    }
}

/// Copies from a staging tab the cells that change and the contacts that are new.
fn copied_cells(
    ready: &PreparedTab,
    staging: i32,
    delta: &Delta,
    places: &StagedPlaces,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let spans = column_spans(&ready.places);
    let mut write = |at: usize, rows: &[usize], columns: &Range<usize>| {
        for (at, from) in staged_runs(at, rows, places) {
            for span in overlaps(&spans, columns) {
                let top = ready.header + 1 + index(at);
                changes.push(copy(staging, from.clone(), &span, ready, top));
            }
        }
    };
    for run in delta.runs() {
        write(run.at, &run.rows, &run.columns);
    }
    write(delta.add_at, &delta.added, &(0..ready.places.len()));
}

/// Splits new rows, which go to consecutive rows of the tab, where they are not consecutive in the
/// staging tab. Gives the first row of the tab, and the rows of the staging tab.
fn staged_runs(at: usize, rows: &[usize], places: &StagedPlaces) -> Vec<(usize, Range<i32>)> {
    let mut runs: Vec<(usize, Range<i32>)> = Vec::new();
    for (at, row) in (at..).zip(rows) {
        let place = index(places[row]);
        match runs.last_mut() {
            Some((_, last)) if last.end == place => last.end += 1,
            _ => runs.push((at, place..place + 1)),
        }
    }
    runs
}

fn copy<'a>(
    staging: i32,
    from: Range<i32>,
    span: &ColumnSpan,
    ready: &PreparedTab,
    top: i32,
) -> SheetChange<'a> {
    let count = from.end - from.start;
    SheetChange::Copy {
        from: Area {
            tab: staging,
            rows: from,
            columns: index(span.columns.start)..index(span.columns.end),
        },
        to: ready.area(span, top..top + count),
    }
}

/// Deletes the rows of contacts that are gone, from the last to the first.
fn remove_rows(
    ready: &PreparedTab,
    delta: &Delta,
    layout: &TabLayout,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let top = ready.header + 1;
    let frozen = layout.tab.as_ref().map_or(1, |tab| tab.frozen_rows);
    let left = ready.rows - index(delta.removed_rows());
    // Google refuses to delete the last row that is not frozen: it is emptied.
    let mut emptied = left <= frozen.max(top);
    for rows in delta.removed.iter().rev() {
        let mut rows = top + index(rows.start)..top + index(rows.end);
        if std::mem::take(&mut emptied) {
            rows.end -= 1;
            let last = rows.end..rows.end + 1;
            let spans = column_spans(&ready.places);
            let columns = spans.iter().map(ColumnSpan::place);
            let unlisted = layout.unlisted.iter().map(|(at, _)| *at..at + 1);
            changes.extend(columns.chain(unlisted).map(|columns| {
                SheetChange::Clear(Area {
                    tab: ready.tab,
                    rows: last.clone(),
                    columns,
                })
            }));
        }
        if !rows.is_empty() {
            changes.push(SheetChange::DeleteRows {
                tab: ready.tab,
                rows,
            });
        }
    }
}

/// Stores the state of the run, and takes the turn that follows from the state before it.
fn store_state(
    layout: &TabLayout,
    target: &Target,
    ready: &PreparedTab,
    changes: &mut Vec<SheetChange<'_>>,
) {
    let value = target.state.to_json();
    let Some(tab) = &layout.tab else {
        changes.push(SheetChange::TagTab {
            tab: ready.tab,
            key: STATE_KEY,
            value,
        });
        return;
    };
    let turn = tab.next_turn();
    let earlier = tab.turns.iter().filter(|id| **id != turn);
    changes.extend(earlier.map(|id| SheetChange::DeleteTag(*id)));
    changes.push(SheetChange::TakeTurn {
        tab: tab.id,
        id: turn,
    });
    changes.push(match &tab.state {
        Some((id, _)) => SheetChange::UpdateTag { id: *id, value },
        None => SheetChange::TagTab {
            tab: tab.id,
            key: STATE_KEY,
            value,
        },
    });
}

/// The batch that creates the staging tab for so many of the rows.
///
/// Those of other runs stay until this run has written its content: they may be in use.
pub(crate) fn staging_batch<'a>(
    run: &str,
    id: i32,
    rows: &Rows,
    count: usize,
) -> Vec<SheetChange<'a>> {
    let columns = index(rows.width());
    let rows = index(count).max(1);
    vec![
        SheetChange::AddTab {
            id,
            title: staging_title(run),
            rows,
            columns,
            hidden: true,
        },
        SheetChange::TagTab {
            tab: id,
            key: STAGING_KEY,
            value: run.to_owned(),
        },
        SheetChange::TextFormat(Area {
            tab: id,
            rows: 0..rows,
            columns: 0..columns,
        }),
    ]
}

/// The title of a run's staging tab.
pub(crate) fn staging_title(run: &str) -> String {
    format!("whapi-staging-{run}")
}

/// The batch that deletes the staging tabs of interrupted runs.
pub(crate) fn clean_up_batch<'a>(snapshot: &SheetSnapshot, run: &str) -> Vec<SheetChange<'a>> {
    snapshot
        .stale(run)
        .map(|tab| SheetChange::DeleteTab(tab.id))
        .collect()
}

/// Counts the cells of the spreadsheet while it is written, including a staging tab.
///
/// # Errors
///
/// [`ErrorKind::Destination`] for more than 10 million cells.
pub(crate) fn check_cell_limit(
    snapshot: &SheetSnapshot,
    layout: &TabLayout,
    target: &Target,
    content: &Content<'_>,
    staging_rows: usize,
) -> Result<i64> {
    let mut tab = Vec::new();
    let before = layout.tab.as_ref().map_or(0, Tab::cells);
    let ready = prepare(layout, target, content, &mut tab);
    let columns = layout.tab.as_ref().map_or(0, |tab| tab.columns);
    let columns = columns.max(ready.places.iter().max().map_or(0, |last| last + 1));
    let live = i64::from(ready.rows) * i64::from(columns);
    let staging = i64::try_from(staging_rows * ready.places.len()).unwrap_or(i64::MAX);
    let cells = (snapshot.cells() - before)
        .saturating_add(live)
        .saturating_add(staging);
    if cells <= MAX_CELLS {
        return Ok(cells);
    }
    Err(Error::new(
        ErrorKind::Destination,
        format!(
            "the spreadsheet would need {cells} cells while it is written, and Google allows \
             {MAX_CELLS}, including empty cells and other tabs; use a separate spreadsheet or fewer \
             contacts"
        ),
    ))
}
