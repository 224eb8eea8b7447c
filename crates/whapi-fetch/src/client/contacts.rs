//! The list of contacts and the channel's state.

use async_trait::async_trait;
use tracing::debug;
use whapi_model::Page;

use super::request::{Call, Client, page_query};
use crate::error::{Error, ErrorKind};
use crate::health::{self, ChannelInfo, ChannelState};
use crate::page::{PageSource, RequestStats, Row};
use crate::waiting::Place;
use crate::wire;

/// Tries for the channel's state: the run can do without it.
const HEALTH_TRIES: u32 = 3;

impl Client {
    /// Returns one page of contacts: `GET /contacts`. A row without a usable id is `None` in its
    /// place.
    ///
    /// Temporary failures are retried by the [`RetryPolicy`](crate::RetryPolicy).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`] but `Input` and `Channel`.
    pub async fn contacts(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        self.contacts_in(None, offset, count).await
    }

    async fn contacts_in(
        &self,
        place: Option<&Place>,
        offset: u64,
        count: u32,
    ) -> Result<Page<Row>, Error> {
        let query = page_query(offset, count);
        let call = Call {
            place,
            ..self.call("contacts", &["contacts"], &query)
        };
        let answer = self
            .get(call, |body| {
                wire::read_answer(body).map_err(|error| self.unreadable(error, "contacts"))
            })
            .await?;
        debug!(
            offset,
            count,
            rows = answer.rows.len(),
            total = answer.total,
            "page"
        );
        Ok(Page::new(offset, answer.rows).with_total(answer.total))
    }

    /// Returns the channel's state and its account: `GET /health?wakeup=false`, at most 3 tries.
    ///
    /// The request does not start a stopped channel. If it fails or its answer has an unknown
    /// shape, the state is [`ChannelState::Unknown`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Token`] when the API refuses the token with 401 or 403, and
    /// [`ErrorKind::RequestLimit`].
    pub async fn channel(&self) -> Result<ChannelInfo, Error> {
        let call = Call {
            max_tries: HEALTH_TRIES,
            ..self.call("health", &["health"], "wakeup=false")
        };
        match self.get(call, |body| Ok(wire::read_health(body))).await {
            Ok(health) => Ok(ChannelInfo {
                state: health::parse_state(health.state.as_deref()),
                account: health.account,
            }),
            Err(error) => match (error.kind(), error.status()) {
                (ErrorKind::Token, Some(404)) => Ok(ChannelInfo::unknown()),
                (ErrorKind::Token | ErrorKind::RequestLimit, _) => Err(error),
                _ => Ok(ChannelInfo::unknown()),
            },
        }
    }

    /// Returns only the state of [`channel`](Self::channel).
    ///
    /// # Errors
    ///
    /// As for [`channel`](Self::channel).
    pub async fn channel_state(&self) -> Result<ChannelState, Error> {
        Ok(self.channel().await?.state)
    }
}

#[async_trait]
impl PageSource for Client {
    async fn page(&self, offset: u64, count: u32) -> Result<Page<Row>, Error> {
        self.page_of("contacts", offset, |place| async move {
            self.contacts_in(Some(&place), offset, count).await
        })
        .await
    }

    fn stats(&self) -> RequestStats {
        self.sent()
    }
}
