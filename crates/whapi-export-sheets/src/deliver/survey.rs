//! Surveys the tab: its layout and the rows that it holds at this moment.

use whapi_export::{Error, ErrorKind, Result};

use super::read::{read_existing, recognize, refuse_foreign_content};
use crate::api::client::SheetsClient;
use crate::plan::{Existing, SheetSnapshot, TabLayout};

/// How often a large tab is read again because people change its rows meanwhile.
const MOST_READS: usize = 4;

/// The tab at one moment. Default: a spreadsheet without tabs.
#[derive(Debug, Default)]
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
        overwrite: bool,
    ) -> Result<Self> {
        for _ in 0..MOST_READS {
            let snapshot = client.read_snapshot().await?;
            let mut layout = TabLayout::find(&snapshot, title)?;
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
