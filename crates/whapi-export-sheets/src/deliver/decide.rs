//! What has to be written.

use whapi_export::{Error, ErrorKind, Result};

use super::order::Order;
use super::read::{holds, survey};
use crate::api::client::Client;
use crate::plan::{self, Content, Delta, Layout};
use crate::rows::Rows;

/// What has to be written.
#[derive(Debug)]
pub(super) enum Decision {
    Block,
    Merged(Rows),
    Delta(Delta),
}

impl Decision {
    pub(super) fn content<'a>(&'a self, rows: &'a Rows) -> Content<'a> {
        match self {
            Self::Block => Content::Block(rows),
            Self::Merged(merged) => Content::Block(merged),
            Self::Delta(delta) => Content::Delta(rows, delta),
        }
    }

    /// What is too much for one batch and goes through a staging tab.
    pub(super) fn staged<'a>(&'a self, order: &Order<'a>) -> Option<&'a Rows> {
        let rows = match self {
            Self::Block => order.rows,
            Self::Merged(merged) => merged,
            Self::Delta(_) => return None,
        };
        (!plan::fits_batch(plan::cells_len(rows), order.most_bytes)).then_some(rows)
    }
}

/// Decides what to write; `None` when the tab is right already.
pub(super) async fn decide(
    client: &mut Client,
    layout: &Layout,
    order: &Order<'_>,
) -> Result<Option<Decision>> {
    let Some(tab) = layout.tab.as_ref().filter(|_| layout.is_managed()) else {
        return Ok(Some(Decision::Block));
    };
    let last = tab.last_state();
    let complete = order.end.is_complete();
    let whole = layout.places.iter().all(Option::is_some);
    if order.is_exact() {
        let hash = order.rows.hash();
        let same =
            whole && last.is_some_and(|last| last.hash == hash && last.exact && last.complete);
        let own = layout.own_columns();
        if !same && (own.is_empty() || order.overwrite) {
            return Ok(Some(Decision::Block));
        }
        if same && holds(client, layout, order.rows).await? {
            return Ok(None);
        }
        if own.is_empty() || order.overwrite {
            return Ok(Some(Decision::Block));
        }
        let existing = survey(client, layout, true).await?;
        if existing.would_lose(order.rows) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "columns of your own in the tab `{}` hold notes that would come to stand \
                     beside other contacts; use `sheets.mode=upsert`, which moves nobody, or \
                     `sheets.overwrite=on` if that does not matter",
                    order.title
                ),
            ));
        }
        return Ok(Some(Decision::Block));
    }
    let existing = survey(client, layout, !layout.own_columns().is_empty()).await?;
    let delta = existing.delta(order.rows);
    if delta.is_empty() && whole && last.is_some_and(|last| last.complete == complete) {
        return Ok(None);
    }
    if plan::fits_batch(delta.len(order.rows), order.most_bytes) {
        return Ok(Some(Decision::Delta(delta)));
    }
    Ok(Some(Decision::Merged(existing.merged(order.rows, &delta))))
}
