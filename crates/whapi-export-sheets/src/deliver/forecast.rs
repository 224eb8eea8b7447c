//! Computes what a run would do, without writing.

use whapi_export::{Result, ResultChanges};

use super::request::WriteRequest;
use super::survey::Survey;
use super::target::target;
use super::widen::widen;
use super::write_plan::{Write, content, fits, plan_write};
use crate::api::client::SheetsClient;
use crate::api::requests::{body, rows_body_len};
use crate::plan::{self, Content, Delta};

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
    /// How the tab would differ. `None` for an estimate.
    pub(crate) changes: Option<ResultChanges>,
}

/// The properties, the top rows and the cells of a tab that was just made.
const READS_OF_NEW_TAB: usize = 3;

/// Computes what [`deliver`](super::deliver) would do, without writing.
///
/// With `is_estimate`, the rows are samples, and all of them count as changed. With `creates`, the
/// spreadsheet does not exist yet.
pub(crate) async fn forecast(
    client: &mut SheetsClient,
    request: &WriteRequest<'_>,
    is_estimate: bool,
    creates: bool,
) -> Result<WriteForecast> {
    let before = client.reads_sent();
    let survey = if creates {
        Survey::of_new_spreadsheet(request)?
    } else {
        Survey::of(client, request).await?
    };
    let Survey {
        snapshot, layout, ..
    } = &survey;
    let target = target(client, request);
    let (mut write, changes) = if is_estimate {
        (Some(Write::Block), None)
    } else {
        let plan = plan_write(&survey, request)?;
        (plan.write, Some(plan.changes))
    };
    if let Some(write) = &mut write {
        widen(client, &survey, request, &target, write).await?;
    }
    let survey_reads = client.reads_sent() - before;
    let mut forecast = WriteForecast {
        tab: layout.tab.as_ref().map(|tab| tab.id),
        reads: client.reads_sent(),
        changes,
        ..WriteForecast::default()
    };
    let Some(write) = write else {
        let nothing = Delta::default();
        let content = Content::Delta(request.rows, &nothing);
        forecast.cells = plan::check_cell_limit(snapshot, layout, &target, &content, 0)?;
        let run = &target.state.run;
        if snapshot.stale(run).next().is_some() {
            forecast.bytes = body(&plan::clean_up_batch(snapshot, run)).len();
            forecast.writes = 1;
        }
        return Ok(forecast);
    };
    if matches!(write, Write::Delta(_)) {
        // The properties and the ids are read once more after the write.
        forecast.reads += 2;
    }
    let direct = content(&write, request, None);
    let is_staged = !fits(&write, request);
    let picked = write.written(request);
    let staging_rows = if is_staged { picked.len() } else { 0 };
    forecast.cells = plan::check_cell_limit(snapshot, layout, &target, &direct, staging_rows)?;
    // The request that makes the spreadsheet, and the reads of the tab that it makes.
    forecast.writes = usize::from(creates);
    forecast.reads += if creates { READS_OF_NEW_TAB } else { 0 };
    if !is_staged {
        forecast.bytes = body(&plan::batch(snapshot, layout, &target, &direct)).len();
        forecast.writes += 1;
        return Ok(forecast);
    }
    let rows = write.rows(request);
    let tab = target.new_tab;
    let places = picked.iter().copied().zip(0..).collect();
    let last = match &write {
        Write::Block => Content::StagedBlock {
            tab,
            rows: picked.len(),
        },
        Write::Delta(differences) => Content::StagedDelta {
            tab,
            delta: &differences.delta,
            places: &places,
        },
    };
    let first = body(&plan::staging_batch(
        &target.state.run,
        tab,
        rows,
        picked.len(),
    ));
    let last = body(&plan::batch(snapshot, layout, &target, &last));
    let part_bytes = plan::part_bytes(request.max_bytes);
    let parts = plan::chunks(rows, &picked, 0..picked.len(), part_bytes);
    let parts_len = parts
        .iter()
        .map(|part| rows_body_len(tab, rows, &picked, part));
    forecast.bytes = first.len() + parts_len.sum::<usize>() + last.len();
    forecast.writes += parts.len() + 2;
    // The parts are verified, and the tab is surveyed again.
    let survey_reads = if creates {
        READS_OF_NEW_TAB
    } else {
        survey_reads
    };
    forecast.reads += parts.len() + survey_reads;
    Ok(forecast)
}
