//! The chats of a channel.

use std::sync::atomic::{AtomicBool, Ordering};

use whapi_model::{Chat, Footprint, Page, Partial};

use crate::budget::{self, LONGEST_NAME, MAP_ENTRY};
use crate::client::Client;
use crate::error::Error;
use crate::lists::{Budgeted, ListRow, RowSource, TextsLeftOut, is_short, page_of_rows, read_all};
use crate::page::Row;
use crate::scan::ScanOptions;
use crate::wire::{self, Answer, Unreadable};

/// Chats per page.
pub(crate) const CHATS_PAGE: u32 = 100;

impl Client {
    /// Returns one page of chats: `GET /chats`.
    ///
    /// A row without a usable id is `None` in its place; so is one
    /// whose id has more than 128 bytes. Messages are skipped, and labels
    /// longer than 1 KiB are left out.
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    pub async fn chats(&self, offset: u64, count: u32) -> Result<Page<Row<Chat>>, Error> {
        page_of_rows(self, None, &AtomicBool::default(), offset, count).await
    }
}

impl ListRow for Chat {
    const NAME: &'static str = "chats";
    const PATH: &'static [&'static str] = &["chats"];

    fn read(body: &[u8]) -> Result<Answer<Self>, Unreadable> {
        wire::read_chats(body)
    }

    fn trim(&mut self, left_out: &AtomicBool) -> bool {
        let labels = self.labels.len();
        self.labels
            .retain(|label| label.id.len().max(label.name.len()) <= LONGEST_NAME);
        if self.labels.len() < labels {
            left_out.store(true, Ordering::Relaxed);
        }
        self.labels.shrink_to_fit();
        is_short(&self.id)
    }
}

impl Budgeted for Chat {
    const MOST: usize = budget::CHATS;
    const TEXTS: &'static str = "labels";

    fn cost(&self) -> usize {
        self.footprint() + 2 * MAP_ENTRY
    }

    fn texts(&self) -> usize {
        let labels = self.labels.iter();
        labels.map(|label| label.id.len() + label.name.len()).sum()
    }
}

/// Reads all chats.
pub(super) async fn chats(client: &Client, options: ScanOptions) -> Result<Partial<Chat>, Error> {
    let left_out = TextsLeftOut::default();
    let source = RowSource::new(client, &left_out);
    let (kept, mut missing) = read_all(source, options, client.observer()).await?;
    missing.extend(left_out.message(Chat::TEXTS));
    Ok(Partial::new(kept.items, missing))
}
