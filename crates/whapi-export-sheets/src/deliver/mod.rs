//! Brings a spreadsheet from what it is to what it shall be, whatever fails on the way.

mod apply;
mod decide;
mod forecast;
mod goal;
mod order;
mod read;
mod write;

use whapi_export::Result;

pub(crate) use forecast::forecast;
pub(crate) use order::Order;

use crate::api::client::Client;
use crate::plan::{self, Layout};
use apply::apply;
use decide::decide;
use goal::goal;
use read::refuse_foreign;
use write::write;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The id of the tab.
    pub(crate) tab: i32,
    /// Anything was written.
    pub(crate) changed: bool,
}

/// Looks whether the tab can be written at all.
pub(crate) async fn check(client: &mut Client, title: &str, overwrite: bool) -> Result<()> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, title)?;
    refuse_foreign(client, &layout, overwrite).await
}

/// Does what the order says, and cleans up after itself.
pub(crate) async fn deliver(client: &mut Client, order: &Order<'_>) -> Result<Delivered> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, order.title)?;
    refuse_foreign(client, &layout, order.overwrite).await?;
    let goal = goal(client, order);
    let tab = layout.tab.as_ref().map_or(goal.new_tab, |tab| tab.id);
    let Some(decision) = decide(client, &layout, order).await? else {
        let run = &goal.state.run;
        if snapshot.stale(run).next().is_some() {
            apply(
                client,
                snapshot,
                |snapshot| Ok(plan::clean_up(snapshot, run)),
                |snapshot| snapshot.stale(run).next().is_none(),
            )
            .await?;
        }
        return Ok(Delivered {
            tab,
            changed: false,
        });
    };
    write(client, snapshot, &goal, &decision, order).await?;
    Ok(Delivered { tab, changed: true })
}
