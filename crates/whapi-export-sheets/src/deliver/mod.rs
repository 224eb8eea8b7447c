//! Writes the contacts: surveys the tab, plans the changes and applies them exactly once.

mod apply;
mod commit;
mod forecast;
mod read;
mod request;
mod staging;
mod survey;
mod target;
mod widen;
mod write_plan;

use std::sync::Arc;

use whapi_export::{Error, ErrorKind, Result, ResultChanges};

pub(crate) use forecast::forecast;
pub(crate) use request::WriteRequest;

use crate::api::a1::area_name;
use crate::api::client::SheetsClient;
use crate::columns::ColumnSet;
use crate::plan::{self, SheetSnapshot, TabLayout, Target};
use apply::apply_once;
use commit::Commit;
use read::{recognize, refuse_foreign_content};
use survey::Survey;

/// The result of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The id of the tab.
    pub(crate) tab: i32,
    /// How the tab differs from before.
    pub(crate) changes: ResultChanges,
    /// The number of contacts whose name in the tab is kept, since the API no longer sends it.
    pub(crate) names_kept: u64,
    /// Why the rows could not be read once more after they were written.
    pub(crate) unverified: Option<String>,
}

/// Checks that the tab can be written.
///
/// # Errors
///
/// [`Config`](whapi_export::ErrorKind::Config) for a tab that this program did not write,
/// [`Auth`](ErrorKind::Auth) for one that is protected from the account and for a token without the
/// scope, and the errors of the API.
pub(crate) async fn check(
    client: &mut SheetsClient,
    title: &str,
    columns: &Arc<ColumnSet>,
    overwrite: bool,
) -> Result<()> {
    let snapshot = client.read_snapshot().await?;
    let mut layout = TabLayout::find(&snapshot, title, columns)?;
    recognize(client, &mut layout).await?;
    if let Some(area) = layout.closed() {
        let account = client.account();
        let area = area_name(area);
        return Err(Error::new(
            ErrorKind::Auth,
            format!(
                "the tab `{title}` is protected from {account} ({area}); ask its owner to let the \
                 account edit it (Data, Protect sheets and ranges), or set another tab with \
                 `sheets.tab`"
            ),
        ));
    }
    refuse_foreign_content(client, &layout, overwrite).await?;
    client.check_scope().await
}

/// Counts the contacts that a tab of this program has.
pub(crate) async fn count_existing(
    client: &mut SheetsClient,
    title: &str,
    columns: &Arc<ColumnSet>,
    overwrite: bool,
) -> Result<u64> {
    let survey = Survey::read(client, title, columns, overwrite).await?;
    let rows = survey.existing.rows;
    Ok((0..rows.len())
        .filter(|row| rows.person(*row).is_some())
        .count() as u64)
}

/// Writes the rows, and deletes the staging tabs of interrupted runs.
pub(crate) async fn deliver(
    client: &mut SheetsClient,
    request: &WriteRequest<'_>,
) -> Result<Delivered> {
    Commit::new(client, request).run().await
}

/// Deletes the staging tabs of interrupted runs.
async fn clean_up(
    client: &mut SheetsClient,
    snapshot: SheetSnapshot,
    target: &Target,
) -> Result<()> {
    let run = &target.state.run;
    if snapshot.stale(run).next().is_none() {
        return Ok(());
    }
    apply_once(
        client,
        snapshot,
        |snapshot| Ok(plan::clean_up_batch(snapshot, run)),
        |snapshot| snapshot.stale(run).next().is_none(),
    )
    .await
}
