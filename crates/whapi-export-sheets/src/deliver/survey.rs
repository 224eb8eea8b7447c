//! Surveys the tab: its layout and the rows that it holds at this moment.

use std::sync::Arc;

use whapi_export::{Error, ErrorKind, Result};

use super::read::{read_existing, recognize, refuse_foreign_content};
use super::request::WriteRequest;
use crate::api::client::SheetsClient;
use crate::columns::ColumnSet;
use crate::plan::{Existing, SheetSnapshot, TabLayout};

/// How often a large tab is read again because people change its rows meanwhile.
const MOST_READS: usize = 4;

/// The tab at one moment.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) snapshot: SheetSnapshot,
    pub(super) layout: TabLayout,
    pub(super) existing: Existing,
}

impl Survey {
    /// Reads the tab of a title.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a tab that this program did not write, unless `overwrite` is on, and
    /// for one without the column `id`. [`ErrorKind::Destination`] when rows keep moving. The errors
    /// of the API.
    pub(super) async fn read(
        client: &mut SheetsClient,
        title: &str,
        columns: &Arc<ColumnSet>,
        overwrite: bool,
    ) -> Result<Self> {
        for _ in 0..MOST_READS {
            let snapshot = client.read_snapshot().await?;
            let mut layout = TabLayout::find(&snapshot, title, columns)?;
            recognize(client, &mut layout).await?;
            refuse_foreign_content(client, &layout, overwrite).await?;
            if let Some(existing) = read_existing(client, &mut layout).await? {
                return Ok(Self {
                    snapshot,
                    layout,
                    existing,
                });
            }
        }
        Err(rows_keep_moving(title))
    }

    /// What a spreadsheet without tabs holds.
    pub(super) fn of_new_spreadsheet(request: &WriteRequest<'_>) -> Result<Self> {
        let columns = request.rows.columns();
        let snapshot = SheetSnapshot::default();
        Ok(Self {
            layout: TabLayout::find(&snapshot, request.title, columns)?,
            snapshot,
            existing: Existing::new(columns),
        })
    }

    /// Surveys the tab that a request writes.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub(super) async fn of(client: &mut SheetsClient, request: &WriteRequest<'_>) -> Result<Self> {
        let columns = request.rows.columns();
        Self::read(client, request.title, columns, request.overwrite).await
    }
}

/// The error when people change the rows of the tab again and again.
pub(super) fn rows_keep_moving(title: &str) -> Error {
    Error::new(
        ErrorKind::Destination,
        format!(
            "the rows of the tab `{title}` changed again and again while it was written, by people or \
             another run; run the export again"
        ),
    )
}
