//! Sends a batch of changes so that it is applied exactly once.

use whapi_export::Result;

use crate::api::client::SheetsClient;
use crate::plan::{SheetChange, SheetSnapshot};

/// Applies changes exactly once, with retries.
///
/// When an answer is lost, reads the spreadsheet again: `is_applied` checks whether the changes were
/// applied, and `changes` computes them again otherwise.
///
/// # Errors
///
/// The error of the last try.
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
        // After a lost answer, a refusal can also mean that an earlier try was applied late.
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
