//! A whole list, by the scan that proves it complete.

use whapi_model::Partial;

use super::kept::{Budgeted, read_whole};
use super::rows::{ListRow, RowSource, TextsLeftOut};
use crate::client::Client;
use crate::error::Error;
use crate::scan::ScanOptions;

/// Returns all items of a list, and why some may be missing. Fails if not a single one can be read.
pub(crate) async fn whole_list<T: ListRow + Budgeted + 'static>(
    client: &Client,
    options: ScanOptions,
) -> Result<Partial<T>, Error> {
    let left_out = TextsLeftOut::default();
    let source = RowSource::new(client, &left_out);
    let (kept, mut missing) = read_whole(source, options, client.observer()).await?;
    missing.extend(left_out.message(T::TEXTS));
    Ok(Partial::new(kept.items, missing))
}
