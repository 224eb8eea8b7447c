//! Reads a channel to its end.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use whapi_fetch::{Enrichment, Error, ScanReport};
use whapi_model::Contact;

use super::channel::Channel;

/// A channel that was read.
pub(super) struct ReadChannel {
    pub(super) name: Arc<str>,
    pub(super) scan: ScanReport,
    pub(super) list: Result<List, Error>,
}

/// What a channel has.
pub(super) struct List {
    pub(super) enrichment: Option<Enrichment>,
    pub(super) batches: Vec<Vec<Contact>>,
}

async fn read(mut channel: Channel) -> ReadChannel {
    let list = read_list(&mut channel).await;
    ReadChannel {
        scan: channel.source.report(),
        name: channel.name,
        list,
    }
}

async fn read_list(channel: &mut Channel) -> Result<List, Error> {
    let enrichment = channel.source.enrichment().await?;
    let mut batches = Vec::new();
    while let Some(batch) = channel.source.next_batch().await? {
        batches.push(batch);
    }
    Ok(List {
        enrichment,
        batches,
    })
}

/// Reads channels, some at the same time, and gives them in their order.
pub(super) struct Reader {
    reading: Pin<Box<dyn Stream<Item = ReadChannel> + Send>>,
    /// Channels that are read and not given.
    ready: VecDeque<ReadChannel>,
    concurrency: usize,
}

impl Reader {
    /// Reads at most `concurrency` channels at the same time.
    pub(super) fn new(channels: Vec<Channel>, concurrency: usize) -> Self {
        let reading = stream::iter(channels).map(read).buffered(concurrency);
        Self {
            reading: Box::pin(reading),
            ready: VecDeque::new(),
            concurrency,
        }
    }

    /// The next channel. `None` at the end.
    pub(super) async fn next(&mut self) -> Option<ReadChannel> {
        match self.ready.pop_front() {
            Some(channel) => Some(channel),
            None => self.reading.next().await,
        }
    }

    /// Goes on reading, and never returns. For the time in which a channel is written.
    pub(super) async fn go_on(&mut self) -> ! {
        while self.ready.len() < self.concurrency {
            match self.reading.next().await {
                Some(channel) => self.ready.push_back(channel),
                None => break,
            }
        }
        std::future::pending().await
    }
}
