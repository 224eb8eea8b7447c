//! The blocked ids of a channel.

use whapi_model::{ContactId, Partial};
use whapi_text::with_causes;

use crate::client::Client;
use crate::error::Error;
use crate::lists::{is_short, recoverable};
use crate::page::Row;
use crate::wire;

impl Client {
    /// Returns the blocked ids: `GET /blacklist`. An entry that is no id, or one of more than 128
    /// bytes, is `None` in its place.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn blacklist(&self) -> Result<Vec<Row<ContactId>>, Error> {
        let call = self.call("blacklist", &["blacklist"], "");
        self.get(call, |body| {
            let ids = wire::read_blacklist(body)
                .map_err(|error| self.unreadable(error, "blocked ids"))?;
            Ok(ids.into_iter().map(|id| id.filter(is_short)).collect())
        })
        .await
    }
}

pub(super) async fn blocked(client: &Client) -> Result<Partial<ContactId>, Error> {
    client.observer().started();
    let ids = match client.blacklist().await {
        Ok(ids) => ids,
        Err(error) => {
            let error = recoverable(error)?;
            return Ok(Partial::new(Vec::new(), vec![with_causes(&error)]));
        }
    };
    let entries = ids.len();
    client.observer().page(entries as u64, Some(entries as u64));
    let items: Vec<_> = ids.into_iter().flatten().collect();
    let unusable = entries - items.len();
    let doubts = (unusable > 0).then(|| format!("{unusable} of the blocked entries are no ids"));
    Ok(Partial::new(items, doubts.into_iter().collect()))
}
