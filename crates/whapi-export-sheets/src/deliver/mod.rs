//! Writes the contacts: reads the tab, plans the changes and applies them exactly once.

mod apply;
mod forecast;
mod read;
mod request;
mod target;
mod write;
mod write_plan;

use whapi_export::Result;

pub(crate) use forecast::forecast;
pub(crate) use request::WriteRequest;

use crate::api::client::SheetsClient;
use crate::plan::{self, TabLayout};
use apply::apply_once;
use read::{read_existing, refuse_foreign_content};
use target::target;
use write_plan::{WritePlan, plan_write};

/// The result of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The id of the tab.
    pub(crate) tab: i32,
    /// Whether anything was written.
    pub(crate) changed: bool,
    /// The number of contacts whose name in the tab is kept, since the API no longer sends it.
    pub(crate) names_kept: u64,
}

/// Checks that the tab can be written.
///
/// # Errors
///
/// [`Config`](whapi_export::ErrorKind::Config) for a tab that this program did not write, and the
/// errors of the API.
pub(crate) async fn check(client: &mut SheetsClient, title: &str, overwrite: bool) -> Result<()> {
    let snapshot = client.read_snapshot().await?;
    let layout = TabLayout::find(&snapshot, title)?;
    refuse_foreign_content(client, &layout, overwrite).await
}

/// Counts the contacts that a tab of this program has.
pub(crate) async fn count_existing(client: &mut SheetsClient, title: &str) -> Result<u64> {
    let snapshot = client.read_snapshot().await?;
    let layout = TabLayout::find(&snapshot, title)?;
    if !layout.is_managed() {
        return Ok(0);
    }
    let rows = read_existing(client, &layout, false).await?.rows;
    Ok((0..rows.len())
        .filter(|row| rows.row(*row).any(|cell| !cell.is_empty()))
        .count() as u64)
}

/// Writes the rows, and deletes the staging tabs of interrupted runs.
pub(crate) async fn deliver(
    client: &mut SheetsClient,
    request: &WriteRequest<'_>,
) -> Result<Delivered> {
    let snapshot = client.read_snapshot().await?;
    let layout = TabLayout::find(&snapshot, request.title)?;
    refuse_foreign_content(client, &layout, request.overwrite).await?;
    let target = target(client, request);
    let tab = layout.tab.as_ref().map_or(target.new_tab, |tab| tab.id);
    let WritePlan { write, names_kept } = plan_write(client, &layout, request).await?;
    let delivered = Delivered {
        tab,
        changed: write.is_some(),
        names_kept,
    };
    let Some(to_write) = write else {
        let run = &target.state.run;
        if snapshot.stale(run).next().is_some() {
            apply_once(
                client,
                snapshot,
                |snapshot| Ok(plan::clean_up_batch(snapshot, run)),
                |snapshot| snapshot.stale(run).next().is_none(),
            )
            .await?;
        }
        return Ok(delivered);
    };
    write::write(client, snapshot, &target, &to_write, request).await?;
    Ok(delivered)
}
