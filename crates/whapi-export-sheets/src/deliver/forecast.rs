//! What a run would do.

use whapi_export::Result;

use super::decide::{Decision, decide};
use super::goal::{goal, staging_id};
use super::order::Order;
use super::read::refuse_foreign;
use crate::api::client::Client;
use crate::api::requests::{body, rows_body_len};
use crate::plan::{self, Content, Delta, Layout};
use crate::rows::Rows;

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    /// The tab, if it is there already.
    pub(crate) tab: Option<i32>,
    /// From the beginning of the run.
    pub(crate) reads: usize,
    pub(crate) writes: usize,
    /// Of all writes together, without headers.
    pub(crate) bytes: usize,
    /// Of the whole spreadsheet, at the moment when it has most.
    pub(crate) cells: i64,
}

/// Works out what [`deliver`](super::deliver) would do, without writing. An estimate takes the rows for everything
/// that the tab will hold.
pub(crate) async fn forecast(
    client: &mut Client,
    order: &Order<'_>,
    is_estimate: bool,
) -> Result<Forecast> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, order.title)?;
    refuse_foreign(client, &layout, order.overwrite).await?;
    let goal = goal(client, order);
    let run = &goal.state.run;
    let decision = if is_estimate {
        Some(Decision::Block)
    } else {
        decide(client, &layout, order).await?
    };
    let nothing = Delta::default();
    let content = match &decision {
        Some(decision) => decision.content(order.rows),
        None => Content::Delta(order.rows, &nothing),
    };
    let staged = decision.as_ref().and_then(|it| it.staged(order));
    let mut forecast = Forecast {
        tab: layout.tab.map(|tab| tab.id),
        reads: client.reads_sent(),
        cells: plan::check_room(&snapshot, &goal, &content, staged.map_or(0, Rows::len))?,
        ..Forecast::default()
    };
    if let Some(rows) = staged {
        let staging = staging_id(&snapshot, &goal);
        let parts = plan::chunks(rows, order.most_bytes);
        // Stale staging tabs go with the first batch, and so are not in the last one.
        let first = body(&plan::stage(&snapshot, run, staging, rows.len()));
        let mut without_stale = snapshot;
        without_stale.tabs.retain(|tab| tab.staging.is_none());
        let content = Content::Staged {
            tab: staging,
            rows: rows.len(),
        };
        let last = body(&plan::batch(&without_stale, &goal, &content)?);
        let parts_len = parts.iter().map(|part| rows_body_len(staging, rows, part));
        forecast.bytes = first.len() + parts_len.sum::<usize>() + last.len();
        forecast.writes = parts.len() + 2;
        forecast.reads += parts.len() + 1;
    } else if decision.is_some() {
        forecast.bytes = body(&plan::batch(&snapshot, &goal, &content)?).len();
        forecast.writes = 1;
    } else if snapshot.stale(run).next().is_some() {
        forecast.bytes = body(&plan::clean_up(&snapshot, run)).len();
        forecast.writes = 1;
    }
    Ok(forecast)
}
