//! The batches of changes that a run sends.

use whapi_export::{Error, ErrorKind, Result};

use super::change::{Area, SheetChange, index};
use super::column_span::{ColumnSpan, column_spans, overlaps};
use super::layout::TabLayout;
use super::prepare::prepare;
use super::state::{STAGING_KEY, STATE_KEY, SheetSnapshot, Tab};
use super::target::{Content, Target};
use crate::rows::{KEY, WIDTH};
use std::ops::Range;

/// The maximum number of cells of a spreadsheet, all tabs together.
pub(crate) const MAX_CELLS: i64 = 10_000_000;

/// The batch that gives the tab its content and stores the state of the run.
pub(crate) fn batch<'a>(
    snapshot: &SheetSnapshot,
    target: &Target,
    content: &Content<'a>,
) -> Result<Vec<SheetChange<'a>>> {
    let layout = TabLayout::find(snapshot, &target.title)?;
    let mut changes: Vec<_> = snapshot
        .stale(&target.state.run)
        .map(|tab| SheetChange::DeleteTab(tab.id))
        .collect();
    let ready = prepare(&layout, target, content.rows(), &mut changes);
    let tab = ready.tab;
    let column_spans = column_spans(&ready.places);
    let area = |run: &ColumnSpan, rows: Range<i32>| Area {
        tab,
        rows,
        columns: run.place(),
    };
    match content {
        Content::Block(rows) => {
            let end = 1 + index(rows.len());
            for run in &column_spans {
                if end > 1 {
                    changes.push(SheetChange::Cells {
                        tab,
                        top: 1,
                        left: run.at,
                        rows,
                        picked: (0..rows.len()).collect(),
                        columns: run.columns.clone(),
                    });
                }
                if end < ready.rows {
                    changes.push(SheetChange::Clear(area(run, end..ready.rows)));
                }
            }
        }
        Content::Staged { tab: staging, rows } => {
            let count = index(*rows);
            for run in &column_spans {
                changes.push(SheetChange::Clear(area(run, 1..ready.rows)));
                changes.push(SheetChange::Copy {
                    from: Area {
                        tab: *staging,
                        rows: 0..count,
                        columns: index(run.columns.start)..index(run.columns.end),
                    },
                    to: area(run, 1..1 + count),
                });
            }
            changes.push(SheetChange::DeleteTab(*staging));
        }
        Content::Delta(rows, delta) => {
            for span in &delta.changed {
                for run in overlaps(&column_spans, &span.columns) {
                    changes.push(SheetChange::Cells {
                        tab,
                        top: span.at,
                        left: run.at,
                        rows,
                        picked: vec![span.row],
                        columns: run.columns,
                    });
                }
            }
            for run in column_spans.iter().filter(|_| !delta.added.is_empty()) {
                changes.push(SheetChange::Cells {
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
    changes.push(SheetChange::Note {
        tab,
        row: 0,
        column: ready.places[KEY],
        text: target.note.clone(),
    });
    let value = target.state.to_json();
    changes.push(match layout.tab.and_then(|tab| tab.state) {
        Some((id, _)) => SheetChange::UpdateTag { id, value },
        None => SheetChange::TagTab {
            tab,
            key: STATE_KEY,
            value,
        },
    });
    Ok(changes)
}

/// The batch that creates the staging tab and deletes those of interrupted runs.
pub(crate) fn staging_batch<'a>(
    snapshot: &SheetSnapshot,
    run: &str,
    id: i32,
    rows: usize,
) -> Vec<SheetChange<'a>> {
    let rows = index(rows).max(1);
    let mut changes = clean_up_batch(snapshot, run);
    changes.push(SheetChange::AddTab {
        id,
        title: format!("whapi-staging-{run}"),
        rows,
        columns: index(WIDTH),
        hidden: true,
    });
    changes.push(SheetChange::TagTab {
        tab: id,
        key: STAGING_KEY,
        value: run.to_owned(),
    });
    changes.push(SheetChange::TextFormat(Area {
        tab: id,
        rows: 0..rows,
        columns: 0..index(WIDTH),
    }));
    changes
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
    target: &Target,
    content: &Content<'_>,
    staging_rows: usize,
) -> Result<i64> {
    let stale: i64 = snapshot.stale(&target.state.run).map(Tab::cells).sum();
    let mut tab = Vec::new();
    let layout = TabLayout::find(snapshot, &target.title)?;
    let before = layout.tab.as_ref().map_or(0, Tab::cells);
    let ready = prepare(&layout, target, content.rows(), &mut tab);
    let columns = layout.tab.as_ref().map_or(0, |tab| tab.columns);
    let columns = columns.max(ready.places.iter().max().map_or(0, |last| last + 1));
    let live = i64::from(ready.rows) * i64::from(columns);
    let staging = i64::try_from(staging_rows * WIDTH).unwrap_or(i64::MAX);
    let cells = (snapshot.cells() - stale - before)
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
