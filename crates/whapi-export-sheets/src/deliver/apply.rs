//! Makes a change happen exactly once.

use whapi_export::Result;

use crate::api::client::Client;
use crate::plan::{Change, Snapshot};

/// Makes a change happen exactly once. When nobody knows whether it did, the spreadsheet is asked,
/// and the change is worked out anew from what it is.
pub(super) async fn apply<'a>(
    client: &mut Client,
    mut snapshot: Snapshot,
    changes: impl Fn(&Snapshot) -> Result<Vec<Change<'a>>>,
    happened: impl Fn(&Snapshot) -> bool,
) -> Result<()> {
    let mut patience = client.patience();
    let mut doubt = false;
    loop {
        let changes = changes(&snapshot)?;
        let Err(failure) = client.try_batch(&changes).await else {
            return Ok(());
        };
        drop(changes);
        // Once in doubt, even a refusal may mean that an earlier try came through late.
        doubt |= failure.unknown;
        let given_up = client.wait(&mut patience, failure).await.err();
        if doubt {
            snapshot = match (client.snapshot().await, given_up.is_some()) {
                (Ok(snapshot), _) => snapshot,
                (Err(_), true) => snapshot,
                (Err(error), false) => return Err(error),
            };
            if happened(&snapshot) {
                return Ok(());
            }
        }
        if let Some(error) = given_up {
            return Err(error);
        }
    }
}
