//! Pages of chats and groups, without texts that are too long.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tracing::debug;
use whapi_model::{ContactId, Footprint, Page};

use crate::budget::{self, LONGEST_ID};
use crate::client::{Call, Client, page_query};
use crate::error::Error;
use crate::page::{Listed, PageSource, RequestStats, Row};
use crate::waiting::Place;
use crate::wire::{Answer, Unreadable};

/// A row of a list that is read page by page.
pub(crate) trait ListRow: Listed + Footprint + Sized {
    /// The name of the list in its answers, in logs and in messages.
    const NAME: &'static str;
    /// The segments of its path.
    const PATH: &'static [&'static str];
    /// The most values that a page may hold.
    const MAX_VALUES: usize = budget::MAX_VALUES;

    /// Reads the rows of a page.
    fn read(body: &[u8]) -> Result<Answer<Self>, Unreadable>;

    /// Removes texts that are too long, and sets `left_out` if there are any. Returns false when
    /// the row cannot be used.
    fn trim(&mut self, left_out: &AtomicBool) -> bool;
}

pub(crate) fn is_short(id: &ContactId) -> bool {
    id.as_str().len() <= LONGEST_ID
}

/// Removes what is too long of a row. `None` when the row cannot be used.
pub(crate) fn trimmed<T: ListRow>(mut item: T, left_out: &AtomicBool) -> Option<T> {
    item.trim(left_out).then_some(item)
}

/// Requests a page of a list, and reads its rows.
pub(crate) async fn page_of_rows<T: ListRow>(
    client: &Client,
    place: Option<&Place>,
    left_out: &AtomicBool,
    offset: u64,
    count: u32,
) -> Result<Page<Row<T>>, Error> {
    let query = page_query(offset, count);
    let call = Call {
        place,
        max_values: T::MAX_VALUES,
        ..client.call(T::NAME, T::PATH, &query)
    };
    let answer = client
        .get(call, |body| {
            let mut answer = T::read(body).map_err(|error| client.unreadable(error, T::NAME))?;
            for row in &mut answer.rows {
                *row = row.take().and_then(|item| trimmed(item, left_out));
            }
            Ok(answer)
        })
        .await?;
    debug!(
        list = T::NAME,
        offset,
        rows = answer.rows.len(),
        total = answer.total,
        "page"
    );
    Ok(Page::new(offset, answer.rows).with_total(answer.total))
}

/// A list as a source of pages.
pub(crate) struct RowSource<T> {
    client: Client,
    left_out: TextsLeftOut,
    rows: PhantomData<fn() -> T>,
}

impl<T> RowSource<T> {
    /// Creates a source that sets `left_out` when it removes texts.
    pub(crate) fn new(client: &Client, left_out: &TextsLeftOut) -> Self {
        Self {
            client: client.clone(),
            left_out: left_out.clone(),
            rows: PhantomData,
        }
    }
}

#[async_trait]
impl<T: ListRow + 'static> PageSource<T> for RowSource<T> {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row<T>>, Error> {
        let Self {
            client, left_out, ..
        } = self;
        client
            .page_of(T::NAME, offset, |place| async move {
                page_of_rows(client, Some(&place), left_out.flag(), offset, count).await
            })
            .await
    }

    fn stats(&self) -> RequestStats {
        self.client.sent()
    }
}

/// Whether texts were too long in any answer.
#[derive(Clone, Default)]
pub(crate) struct TextsLeftOut(Arc<AtomicBool>);

impl TextsLeftOut {
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// The message about these texts. `None` when none was left out.
    pub(crate) fn message(&self, texts: &str) -> Option<String> {
        let most = budget::LONGEST_NAME >> 10;
        let left_out = self.0.load(Ordering::Relaxed);
        left_out.then(|| format!("{texts} longer than {most} KiB were left out"))
    }
}
