//! What a channel has left.

use tracing::debug;

use super::request::{Call, Client};
use crate::error::Error;
use crate::limits::ChannelLimits;
use crate::wire;

/// Tries for the limits: what is asked with them is worth more.
const LIMITS_TRIES: u32 = 3;

impl Client {
    /// Returns what a trial or sandbox channel has left: `GET /limits`, at most 3 tries. `None` when
    /// the channel has no limits (status 204).
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts).
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    /// use whapi_fetch::{Client, Token};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// for (unlimited, requests) in [(false, Some(1000)), (true, None)] {
    ///     let api = Emulator::builder().no_limits(unlimited).start().await?;
    ///     let token = Token::new(api.token(), "the example")?;
    ///     let client = Client::builder(token).base_url(api.base_url()).build()?;
    ///     let limits = client.limits().await?;
    ///     assert_eq!(limits.and_then(|limits| limits.requests), requests);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn limits(&self) -> Result<Option<ChannelLimits>, Error> {
        let call = Call {
            max_tries: LIMITS_TRIES,
            may_be_empty: true,
            ..self.call("limits", &["limits"], "")
        };
        let limits = self
            .get(call, |body| {
                if body.is_empty() {
                    return Ok(None);
                }
                let limits = wire::read_limits(body);
                limits
                    .map(Some)
                    .map_err(|error| self.unreadable(error, "limits"))
            })
            .await?;
        debug!(limited = limits.is_some(), "limits");
        Ok(limits)
    }
}
