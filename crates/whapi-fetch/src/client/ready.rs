//! Waits until a channel is ready.

use std::time::Duration;

use super::Client;
use crate::error::{Error, ErrorKind};
use crate::health::ChannelState;
use crate::observer::WaitCause;

/// The longest wait for a starting channel.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// The time between two requests for the state of a starting channel.
const START_POLL: Duration = Duration::from_secs(3);

impl Client {
    /// Checks that the channel is ready, and waits for one that is starting, at most a minute.
    ///
    /// Lists that are read from a channel that is not ready may be incomplete.
    /// [`ApiSource`](crate::ApiSource) checks that by itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Channel`] for a channel that is not ready, and the errors of
    /// [`channel`](Self::channel).
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    /// use whapi_fetch::{Client, Token};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let api = Emulator::builder().people(200).start().await?;
    /// let token = Token::new(api.token(), "the example")?;
    /// let client = Client::builder(token).base_url(api.base_url()).build()?;
    /// client.wait_until_ready().await?;
    /// assert_eq!(api.journal()[0].path, "/health");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_until_ready(&self) -> Result<(), Error> {
        match self.channel_state().await? {
            ChannelState::Starting => wait_for_start(self).await,
            state => state.error().map_or(Ok(()), Err),
        }
    }
}

/// Asks for the state of a starting channel until it is another.
pub(crate) async fn wait_for_start(client: &Client) -> Result<(), Error> {
    let clock = client.clock();
    let begun = clock.now();
    while clock.now() - begun < START_TIMEOUT {
        client.observer().waiting(START_POLL, WaitCause::Starting);
        clock.sleep(START_POLL).await;
        match client.channel_state().await? {
            ChannelState::Starting => {}
            state => return state.error().map_or(Ok(()), Err),
        }
    }
    Err(Error::new(
        ErrorKind::Channel,
        format!(
            "the channel is still starting after {} s; try again in a few minutes",
            START_TIMEOUT.as_secs()
        ),
    ))
}
