//! Decides what to write.

use whapi_export::{Error, ErrorKind, Result};

use super::read::{matches, read_existing};
use super::request::WriteRequest;
use crate::api::client::SheetsClient;
use crate::plan::{self, Content, Delta, TabLayout};
use crate::rows::Rows;

/// What a run writes into the tab.
#[derive(Debug)]
pub(super) enum WritePlan {
    /// All rows of the run.
    Block,
    /// All rows of the tab, updated and with new rows appended.
    Merged(Rows),
    /// Only the cells that differ.
    Delta(Delta),
}

impl WritePlan {
    pub(super) fn content<'a>(&'a self, rows: &'a Rows) -> Content<'a> {
        match self {
            Self::Block => Content::Block(rows),
            Self::Merged(merged) => Content::Block(merged),
            Self::Delta(delta) => Content::Delta(rows, delta),
        }
    }

    /// The rows that go through a staging tab, because they do not fit into one batch.
    pub(super) fn staged<'a>(&'a self, request: &WriteRequest<'a>) -> Option<&'a Rows> {
        let rows = match self {
            Self::Block => request.rows,
            Self::Merged(merged) => merged,
            Self::Delta(_) => return None,
        };
        (!plan::fits_batch(plan::cells_len(rows), request.max_bytes)).then_some(rows)
    }
}

/// Decides what to write. `None` when the tab is up to date.
///
/// # Errors
///
/// [`ErrorKind::Config`] when a row with the user's own text would move; the errors of the API.
pub(super) async fn plan_write(
    client: &mut SheetsClient,
    layout: &TabLayout,
    request: &WriteRequest<'_>,
) -> Result<Option<WritePlan>> {
    let Some(tab) = layout.tab.as_ref().filter(|_| layout.is_managed()) else {
        return Ok(Some(WritePlan::Block));
    };
    let last = tab.last_state();
    let complete = request.end.is_complete();
    let whole = layout.places.iter().all(Option::is_some);
    if request.is_exact() {
        let hash = request.rows.hash();
        let same =
            whole && last.is_some_and(|last| last.hash == hash && last.exact && last.complete);
        let user_columns = layout.user_columns();
        if !same && (user_columns.is_empty() || request.overwrite) {
            return Ok(Some(WritePlan::Block));
        }
        if same && matches(client, layout, request.rows).await? {
            return Ok(None);
        }
        if user_columns.is_empty() || request.overwrite {
            return Ok(Some(WritePlan::Block));
        }
        let existing = read_existing(client, layout, true).await?;
        if existing.would_move_user_text(request.rows) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "your own columns in the tab `{}` have text that would end up beside other \
                     contacts; use `sheets.mode=upsert`, which moves no rows, or \
                     `sheets.overwrite=on` to accept this",
                    request.title
                ),
            ));
        }
        return Ok(Some(WritePlan::Block));
    }
    let existing = read_existing(client, layout, !layout.user_columns().is_empty()).await?;
    let delta = existing.delta(request.rows);
    if delta.is_empty() && whole && last.is_some_and(|last| last.complete == complete) {
        return Ok(None);
    }
    if plan::fits_batch(delta.len(request.rows), request.max_bytes) {
        return Ok(Some(WritePlan::Delta(delta)));
    }
    Ok(Some(WritePlan::Merged(
        existing.merged(request.rows, &delta),
    )))
}
