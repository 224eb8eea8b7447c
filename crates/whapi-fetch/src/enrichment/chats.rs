//! The chats of a channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use whapi_model::{Chat, Footprint, Page};

use super::kept::{Budgeted, read_all};
use super::partial::Partial;
use super::rows::{Trimmed, is_short, left_out, page_of_rows};
use crate::budget::{self, LONGEST_NAME, MAP_ENTRY};
use crate::client::{Call, Client, page_query};
use crate::error::Error;
use crate::page::{PageSource, RequestStats, Row};
use crate::scan::ScanOptions;
use crate::waiting::Place;
use crate::wire;

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
        chats_page(self, None, &AtomicBool::default(), offset, count).await
    }
}

async fn chats_page(
    client: &Client,
    place: Option<&Place>,
    left_out: &AtomicBool,
    offset: u64,
    count: u32,
) -> Result<Page<Row<Chat>>, Error> {
    let query = page_query(offset, count);
    let call = Call {
        place,
        ..client.call("chats", &["chats"], &query)
    };
    page_of_rows(client, call, offset, left_out, wire::read_chats).await
}

impl Trimmed for Chat {
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

/// The list of chats of a channel.
struct Chats {
    client: Client,
    /// Whether names were too long in any answer.
    left_out: Arc<AtomicBool>,
}

#[async_trait]
impl PageSource<Chat> for Chats {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<Chat>>, Error> {
        let Self { client, left_out } = self;
        client
            .page_of("chats", offset, |place| async move {
                chats_page(client, Some(&place), left_out, offset, count).await
            })
            .await
    }

    fn stats(&self) -> RequestStats {
        self.client.sent()
    }
}

pub(super) async fn chats(client: &Client, options: ScanOptions) -> Result<Partial<Chat>, Error> {
    let names_left_out = Arc::default();
    let source = Chats {
        client: client.clone(),
        left_out: Arc::clone(&names_left_out),
    };
    let (kept, mut missing) = read_all(source, options, client.observer()).await?;
    if names_left_out.load(Ordering::Relaxed) {
        missing.push(left_out("labels"));
    }
    Ok(Partial {
        items: kept.items,
        missing,
    })
}
