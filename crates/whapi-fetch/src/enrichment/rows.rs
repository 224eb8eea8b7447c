//! Rows of chats and groups, without texts that are too long.

use std::sync::atomic::AtomicBool;

use tracing::debug;
use whapi_model::{ContactId, Footprint, Page};

use crate::budget::{self, LONGEST_ID};
use crate::client::{Call, Client};
use crate::error::Error;
use crate::page::{Listed, Row};
use crate::wire::{self, Answer};

/// A row whose long texts can be removed: real ones are far below the limits.
pub(super) trait Trimmed: Listed + Footprint {
    /// Removes names that are too long, and sets `left_out` if there are any. False when the row
    /// cannot be used.
    fn trim(&mut self, left_out: &AtomicBool) -> bool;
}

pub(super) fn is_short(id: &ContactId) -> bool {
    id.as_str().len() <= LONGEST_ID
}

/// Removes what is too long of a row; `None` when the row cannot be used.
pub(super) fn trimmed<T: Trimmed>(mut item: T, left_out: &AtomicBool) -> Option<T> {
    item.trim(left_out).then_some(item)
}

/// Sends a request for a page of a list, and reads its rows.
pub(super) async fn page_of_rows<T: Trimmed>(
    client: &Client,
    call: Call<'_>,
    offset: u64,
    left_out: &AtomicBool,
    read: impl Fn(&[u8]) -> Result<Answer<T>, wire::Unreadable> + Sync,
) -> Result<Page<Row<T>>, Error> {
    let answer = client
        .get(call, |body| {
            let mut answer = read(body).map_err(|error| client.unreadable(error, call.name))?;
            for row in &mut answer.rows {
                *row = row.take().and_then(|item| trimmed(item, left_out));
            }
            Ok(answer)
        })
        .await?;
    debug!(
        list = call.name,
        offset,
        rows = answer.rows.len(),
        total = answer.total,
        "page"
    );
    Ok(Page::new(offset, answer.rows).with_total(answer.total))
}

/// The message about names that were left out.
pub(super) fn left_out(what: &str) -> String {
    format!(
        "{what} longer than {} KiB were left out",
        budget::LONGEST_NAME >> 10
    )
}
