//! Sends the changes: in one batch, or through a staging tab.

use std::ops::Range;

use serde_json::Value;
use whapi_export::{Error, ErrorKind, Result};

use super::apply::apply_once;
use super::request::WriteRequest;
use super::target::staging_id;
use super::write_plan::Write;
use crate::api::client::{Render, SheetsClient};
use crate::plan::{self, Content, SheetChange, SheetSnapshot, Target, index};
use crate::rows::{COLUMNS, Rows, WIDTH, same_text};

/// Writes the content in one batch if it fits, otherwise through a staging tab.
///
/// After an error the tab is unchanged.
pub(super) async fn write(
    client: &mut SheetsClient,
    snapshot: SheetSnapshot,
    target: &Target,
    to_write: &Write,
    request: &WriteRequest<'_>,
) -> Result<()> {
    let content = to_write.content(request.rows);
    let run = &target.state.run;
    let is_applied = |snapshot: &SheetSnapshot| {
        let tab = snapshot.tab(&target.title);
        tab.and_then(plan::Tab::last_state)
            .is_some_and(|state| state.run == *run)
    };
    let Some(rows) = to_write.staged(request) else {
        plan::check_cell_limit(&snapshot, target, &content, 0)?;
        let changes = |snapshot: &SheetSnapshot| plan::batch(snapshot, target, &content);
        return apply_once(client, snapshot, changes, is_applied).await;
    };
    plan::check_cell_limit(&snapshot, target, &content, rows.len())?;
    let staging = staging_id(&snapshot, target);
    let parts = plan::chunks(rows, request.max_bytes);
    let staging = Staging {
        tab: staging,
        rows,
        parts,
    };
    let staged = stage_and_commit(client, snapshot, target, &staging, is_applied).await;
    if staged.is_err() {
        remove_staging(client, run).await;
    }
    staged
}

/// A staging tab, its rows, and the parts in which they are written.
struct Staging<'a> {
    tab: i32,
    rows: &'a Rows,
    parts: Vec<Range<usize>>,
}

/// Fills a staging tab, verifies it, and copies it to the target tab in one batch.
async fn stage_and_commit(
    client: &mut SheetsClient,
    snapshot: SheetSnapshot,
    target: &Target,
    staging: &Staging<'_>,
    is_applied: impl Fn(&SheetSnapshot) -> bool,
) -> Result<()> {
    let run = &target.state.run;
    let Staging { tab, rows, parts } = staging;
    let tab = *tab;
    apply_once(
        client,
        snapshot,
        |snapshot| Ok(plan::staging_batch(snapshot, run, tab, rows.len())),
        |snapshot| snapshot.staging(run).is_some(),
    )
    .await?;
    let count = parts.len();
    for (nth, part) in (1..).zip(parts) {
        client
            .status()
            .say(&format!("writing part {nth} of {count}"));
        client.write_rows(tab, rows, part.clone()).await?;
    }
    client.status().say("verifying the written parts");
    for part in parts {
        read_back(client, run, rows, part).await?;
    }
    // The user may have moved columns in the meantime.
    let snapshot = client.read_snapshot().await?;
    if snapshot.staging(run).is_none() {
        return Err(Error::new(
            ErrorKind::Destination,
            "the hidden staging tab was deleted during the export, by a user or another run; run \
             the export again",
        ));
    }
    let content = Content::Staged {
        tab,
        rows: rows.len(),
    };
    client.status().say("copying the rows to the tab");
    let changes = |snapshot: &SheetSnapshot| plan::batch(snapshot, target, &content);
    apply_once(client, snapshot, changes, is_applied).await
}

/// Verifies a part of the staging tab.
async fn read_back(
    client: &mut SheetsClient,
    run: &str,
    rows: &Rows,
    part: &Range<usize>,
) -> Result<()> {
    let title = format!("whapi-staging-{run}");
    let found = client
        .read_values(
            &title,
            &(index(part.start)..index(part.end)),
            &(0..index(WIDTH)),
            Render::Values,
        )
        .await?;
    let empty = Vec::new();
    let mut found = found.iter().chain(std::iter::repeat(&empty));
    for row in part.clone() {
        let cells = found.next().expect("it repeats");
        for (column, ours) in rows.row(row).enumerate() {
            let theirs = cells.get(column).map_or(Some(""), Value::as_str);
            if !theirs.is_some_and(|theirs| same_text(ours, theirs)) {
                return Err(Error::new(
                    ErrorKind::Destination,
                    format!(
                        "Google Sheets returned other text than was written, in column `{}` of \
                         contact {}; the tab was not changed",
                        COLUMNS[column],
                        row + 1
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// Deletes the run's staging tab after an error. If that fails too, the next run deletes it.
async fn remove_staging(client: &mut SheetsClient, run: &str) {
    let removed = async {
        let snapshot = client.read_snapshot().await?;
        let Some(tab) = snapshot.staging(run).map(|tab| tab.id) else {
            return Ok(());
        };
        let changes = |_: &SheetSnapshot| Ok(vec![SheetChange::DeleteTab(tab)]);
        let is_applied = |snapshot: &SheetSnapshot| snapshot.staging(run).is_none();
        apply_once(client, snapshot.clone(), changes, is_applied).await
    };
    if let Err(error) = removed.await {
        tracing::warn!(%error, "could not delete the hidden staging tab; the next run deletes it");
    }
}
