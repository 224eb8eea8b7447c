//! Batches of changes.

use whapi_export::{Error, ErrorKind, Result};

use super::change::{Area, Change, index};
use super::columns::{Run, overlaps, runs};
use super::layout::Layout;
use super::prepare::prepare;
use super::state::{STAGING_KEY, STATE_KEY, Snapshot, Tab};
use super::target::{Content, Goal};
use crate::rows::{KEY, WIDTH};
use std::ops::Range;

/// The most cells of a spreadsheet, all tabs together.
pub(crate) const MOST_CELLS: i64 = 10_000_000;

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
