//! Makes a change happen exactly once.

use whapi_export::Result;

use crate::api::client::SheetsClient;
use crate::plan::{SheetChange, SheetSnapshot};

/// Makes a change happen exactly once. When nobody knows whether it did, the spreadsheet is asked,
/// and the change is worked out anew from what it is.
pub(super) async fn apply_once<'a>(
    client: &mut SheetsClient,
    mut snapshot: SheetSnapshot,
    changes: impl Fn(&SheetSnapshot) -> Result<Vec<SheetChange<'a>>>,
    is_applied: impl Fn(&SheetSnapshot) -> bool,
) -> Result<()> {
    let mut retries = client.retries();
    let mut uncertain = false;
    loop {
        let changes = changes(&snapshot)?;
        let Err(failure) = client.try_batch(&changes).await else {
            return Ok(());
        };
        drop(changes);
        // Once it is uncertain, even a refusal may mean that an earlier try came through late.
        uncertain |= failure.outcome_unknown;
        let given_up = client.wait(&mut retries, failure).await.err();
        if uncertain {
            snapshot = match (client.read_snapshot().await, given_up.is_some()) {
                (Ok(snapshot), _) => snapshot,
                (Err(_), true) => snapshot,
                (Err(error), false) => return Err(error),
            };
            if is_applied(&snapshot) {
                return Ok(());
            }
        }
        if let Some(error) = given_up {
            return Err(error);
        }
    }
}
