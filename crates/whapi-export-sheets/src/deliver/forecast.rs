//! Computes what a run would do, without writing.

use whapi_export::Result;

use super::read::refuse_foreign_content;
use super::request::WriteRequest;
use super::target::{staging_id, target};
use super::write_plan::{Write, plan_write};
use crate::api::client::SheetsClient;
use crate::api::requests::{body, rows_body_len};
use crate::plan::{self, Content, Delta, TabLayout};
use crate::rows::Rows;

/// The requests and cells that a run would need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WriteForecast {
    /// The id of the tab, if it exists.
    pub(crate) tab: Option<i32>,
    /// The number of reads, from the beginning of the run.
    pub(crate) reads: usize,
    /// The number of writes.
    pub(crate) writes: usize,
    /// The size of all writes together, without HTTP headers.
    pub(crate) bytes: usize,
    /// The maximum number of cells of the spreadsheet during the run.
    pub(crate) cells: i64,
}

/// Computes what [`deliver`](super::deliver) would do, without writing.
///
/// With `is_estimate`, the rows are samples, and all of them count as changed.
pub(crate) async fn forecast(
    client: &mut SheetsClient,
    request: &WriteRequest<'_>,
    is_estimate: bool,
) -> Result<WriteForecast> {
    let snapshot = client.read_snapshot().await?;
    let layout = TabLayout::find(&snapshot, request.title)?;
    refuse_foreign_content(client, &layout, request.overwrite).await?;
    let target = target(client, request);
    let run = &target.state.run;
    let to_write = if is_estimate {
        Some(Write::Block)
    } else {
        plan_write(client, &layout, request).await?.write
    };
    let nothing = Delta::default();
    let content = match &to_write {
        Some(to_write) => to_write.content(request.rows),
        None => Content::Delta(request.rows, &nothing),
    };
    let staged = to_write.as_ref().and_then(|it| it.staged(request));
    let mut forecast = WriteForecast {
        tab: layout.tab.map(|tab| tab.id),
        reads: client.reads_sent(),
        cells: plan::check_cell_limit(&snapshot, &target, &content, staged.map_or(0, Rows::len))?,
        ..WriteForecast::default()
    };
    if let Some(rows) = staged {
        let staging = staging_id(&snapshot, &target);
        let parts = plan::chunks(rows, request.max_bytes);
        // The first batch deletes the stale staging tabs, so the last one does not.
        let first = body(&plan::staging_batch(&snapshot, run, staging, rows.len()));
        let mut without_stale = snapshot;
        without_stale.tabs.retain(|tab| tab.staging.is_none());
        let content = Content::Staged {
            tab: staging,
            rows: rows.len(),
        };
        let last = body(&plan::batch(&without_stale, &target, &content)?);
        let parts_len = parts.iter().map(|part| rows_body_len(staging, rows, part));
        forecast.bytes = first.len() + parts_len.sum::<usize>() + last.len();
        forecast.writes = parts.len() + 2;
        forecast.reads += parts.len() + 1;
    } else if to_write.is_some() {
        forecast.bytes = body(&plan::batch(&snapshot, &target, &content)?).len();
        forecast.writes = 1;
    } else if snapshot.stale(run).next().is_some() {
        forecast.bytes = body(&plan::clean_up_batch(&snapshot, run)).len();
        forecast.writes = 1;
    }
    Ok(forecast)
}
