//! Decides what to write.

use whapi_export::{Error, ErrorKind, Result};

use super::read::{matches, read_existing};
use super::request::WriteRequest;
use crate::api::client::SheetsClient;
use crate::plan::{self, Content, Delta, Matching, TabLayout};
use crate::rows::Rows;

/// What a run does to the tab.
#[derive(Debug)]
pub(super) struct WritePlan {
    /// What to write. `None` when the tab is up to date.
    pub(super) write: Option<Write>,
    /// The number of contacts whose name in the tab is kept, since the API no longer sends it.
    pub(super) names_kept: u64,
}

impl From<Write> for WritePlan {
    fn from(write: Write) -> Self {
        Self {
            write: Some(write),
            names_kept: 0,
        }
    }
}

/// What a run writes into the tab.
#[derive(Debug)]
pub(super) enum Write {
    /// All rows of the run.
    Block,
    /// All rows of the tab, updated and with new rows appended.
    Merged(Rows),
    /// Only the cells that differ. The rows are those of the run with names that are kept; `None`
    /// when none are.
    Delta(Delta, Option<Rows>),
}

impl Write {
    pub(super) fn content<'a>(&'a self, rows: &'a Rows) -> Content<'a> {
        match self {
            Self::Block => Content::Block(rows),
            Self::Merged(merged) => Content::Block(merged),
            Self::Delta(delta, kept) => Content::Delta(kept.as_ref().unwrap_or(rows), delta),
        }
    }

    /// The rows that go through a staging tab, because they do not fit into one batch.
    pub(super) fn staged<'a>(&'a self, request: &WriteRequest<'a>) -> Option<&'a Rows> {
        let rows = match self {
            Self::Block => request.rows,
            Self::Merged(merged) => merged,
            Self::Delta(..) => return None,
        };
        (!plan::fits_batch(plan::cells_len(rows), request.max_bytes)).then_some(rows)
    }
}

/// Decides what to write.
///
/// # Errors
///
/// [`ErrorKind::Config`] when a row with the user's own text would move; the errors of the API.
pub(super) async fn plan_write(
    client: &mut SheetsClient,
    layout: &TabLayout,
    request: &WriteRequest<'_>,
) -> Result<WritePlan> {
    let Some(tab) = layout.tab.as_ref().filter(|_| layout.is_managed()) else {
        return Ok(Write::Block.into());
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
            return Ok(Write::Block.into());
        }
        if same && matches(client, layout, request.rows).await? {
            return Ok(WritePlan {
                write: None,
                names_kept: 0,
            });
        }
        if user_columns.is_empty() || request.overwrite {
            return Ok(Write::Block.into());
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
        return Ok(Write::Block.into());
    }
    let existing = read_existing(client, layout, !layout.user_columns().is_empty()).await?;
    let matching = Matching::new(&existing, request.rows);
    let kept = existing.keep_names(request.rows, &matching);
    let names_kept = kept.as_ref().map_or(0, |kept| kept.contacts);
    let kept = kept.map(|kept| kept.rows);
    let rows = kept.as_ref().unwrap_or(request.rows);
    let delta = existing.delta(rows, &matching);
    let up_to_date =
        delta.is_empty() && whole && last.is_some_and(|last| last.complete == complete);
    let write = if up_to_date {
        None
    } else if plan::fits_batch(delta.len(rows), request.max_bytes) {
        Some(Write::Delta(delta, kept))
    } else {
        Some(Write::Merged(existing.merged(rows, &delta)))
    };
    Ok(WritePlan { write, names_kept })
}
