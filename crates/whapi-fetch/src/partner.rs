//! The client of the partner API.

use std::fmt;
use std::sync::atomic::AtomicBool;

use url::Url;
use whapi_model::{Footprint, Partial};

use crate::budget;
use crate::client::{Client, ClientBuilder, DEFAULT_BASE_URL, checked_address};
use crate::error::{Error, ErrorKind};
use crate::lists::{Budgeted, ListRow, whole_list};
use crate::partner_channel::PartnerChannel;
use crate::scan::ScanOptions;
use crate::wire::{self, Answer, Unreadable};

/// The address of the partner API.
pub const DEFAULT_PARTNER_URL: &str = "https://manager.whapi.cloud";

/// Channels per page.
const CHANNELS_PAGE: u32 = 100;

/// The domain of Whapi's own addresses.
const WHAPI: &str = "whapi.cloud";

/// A client of the partner API, which lists the channels of an account with their tokens.
///
/// It is known from documents only. It sends `GET /channels/list` and nothing else, with the limits,
/// the retries and the checks of a [`Client`].
///
/// # Examples
///
/// ```
/// use whapi_emulator::Emulator;
/// use whapi_fetch::{Client, PartnerChannelState, ScanOptions, Token};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let partner = Emulator::builder().token("partner-token");
/// let shop = Emulator::builder().token("shop-token");
/// let api = Emulator::builder().and_channel(shop).and_partner(partner).start().await?;
///
/// let token = Token::new("partner-token", "the example")?;
/// let client = Client::builder(token).base_url(api.base_url()).build_partner()?;
/// let channels = client.channels(ScanOptions::default()).await?;
/// assert!(channels.is_complete());
/// let shop = &channels.items[1];
/// assert_eq!(shop.id(), "EMULATED-2");
/// assert_eq!(shop.state(1_795_628_280), PartnerChannelState::Running);
///
/// // A client of that channel.
/// let token = shop.token.clone().expect("the list has it");
/// let client = Client::builder(token).base_url(client.address_of(shop)?).build()?;
/// assert_eq!(client.contacts(0, 1).await?.total, Some(1317));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PartnerClient {
    client: Client,
}

impl ClientBuilder {
    /// Builds a client of the partner API, whose token is that of the partner. Sends nothing.
    ///
    /// The address is [`DEFAULT_PARTNER_URL`] unless it was set.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build).
    pub fn build_partner(self) -> Result<PartnerClient, Error> {
        let client = self.build_of_partner(DEFAULT_PARTNER_URL)?;
        Ok(PartnerClient { client })
    }
}

impl PartnerClient {
    /// Returns the address of the partner API, with a slash at the end.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Returns all channels, by the scan that proves a list complete. Pages have 100 channels, whatever
    /// `options` say. All channels together take at most 32 MiB.
    ///
    /// A row without an id, or with one above 128 bytes, is no channel, and the list is incomplete.
    /// A field that is missing or cannot be read is `None`, and so is a text above 1 KiB; a channel with
    /// such an address has no token. Texts that repeat the token of their
    /// channel or of the partner have `[token]` in its place.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`] but `Input` and `Channel`, unless some channels were read before: then the
    /// list is incomplete. [`ErrorKind::RequestLimit`] at any time.
    pub async fn channels(&self, options: ScanOptions) -> Result<Partial<PartnerChannel>, Error> {
        let options = options.with_page_size(CHANNELS_PAGE)?;
        let mut channels: Partial<PartnerChannel> = whole_list(&self.client, options).await?;
        for channel in &mut channels.items {
            channel.redact(self.client.token());
            if let Some(token) = channel.token.clone() {
                channel.redact(&token);
            }
        }
        Ok(channels)
    }

    /// Returns the address to which the token of a channel may be sent: the list's, if it is one of
    /// Whapi's or at the host of this client, and the public one if the list has none. Without a slash
    /// at the end.
    ///
    /// A list could otherwise direct tokens to any host.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an address at another host, and for one that
    /// [`ClientBuilder::build`] refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_fetch::{Client, PartnerChannel, Token};
    ///
    /// let client = Client::builder(Token::new("s3cret", "the example")?).build_partner()?;
    /// let mut channel = PartnerChannel::new("SHOP-7K2")?;
    /// assert_eq!(client.address_of(&channel)?, "https://gate.whapi.cloud");
    /// channel.api_url = Some("https://eu.whapi.cloud/".to_owned());
    /// assert_eq!(client.address_of(&channel)?, "https://eu.whapi.cloud");
    /// channel.api_url = Some("https://whapi.cloud.example".to_owned());
    /// assert_eq!(
    ///     client.address_of(&channel).unwrap_err().to_string(),
    ///     "the list says that its API is at whapi.cloud.example, which is no host of whapi.cloud"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn address_of(&self, channel: &PartnerChannel) -> Result<String, Error> {
        let Some(text) = &channel.api_url else {
            return Ok(DEFAULT_BASE_URL.to_owned());
        };
        let own = self.client.token();
        let token = channel.token.as_ref().unwrap_or(own);
        let refused = |message: &str| Error::new(ErrorKind::Config, own.quote(message));
        let url = checked_address(text, token).map_err(|error| refused(&error.to_string()))?;
        if is_of_whapi(&url) || url.host_str() == host(self.base_url()).as_deref() {
            return Ok(url.as_str().trim_end_matches('/').to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        Err(refused(&format!(
            "the list says that its API is at {host}, which is no host of {WHAPI}"
        )))
    }
}

fn is_of_whapi(url: &Url) -> bool {
    let name = url.domain().and_then(|name| name.strip_suffix(WHAPI));
    name.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

impl fmt::Debug for PartnerClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PartnerClient").field(&self.client).finish()
    }
}

impl ListRow for PartnerChannel {
    const NAME: &'static str = "channels";
    const PATH: &'static [&'static str] = &["channels", "list"];

    fn read(body: &[u8]) -> Result<Answer<Self>, Unreadable> {
        wire::read_channels(body)
    }

    fn trim(&mut self, _: &AtomicBool) -> bool {
        self.id().len() <= budget::LONGEST_ID
    }
}

impl Budgeted for PartnerChannel {
    const MOST: usize = budget::CHANNELS;
    const TEXTS: &'static str = "names";

    fn cost(&self) -> usize {
        self.footprint()
    }

    /// No contact repeats them.
    fn texts(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;

    fn address(partner_url: &str, api_url: Option<&str>) -> Result<String, String> {
        let token = Token::new("s3cret-t0ken", "the test").unwrap();
        let client = Client::builder(token).base_url(partner_url);
        let client = client.build_partner().unwrap();
        let mut channel = PartnerChannel::new("A").unwrap();
        channel.api_url = api_url.map(str::to_owned);
        channel.token = Some(Token::new("ch4nnel-token", "the test").unwrap());
        let address = client.address_of(&channel);
        address.map_err(|error| error.to_string())
    }

    #[test]
    fn tokens_go_to_whapi_and_to_the_host_of_the_partner_api() {
        for (partner_url, api_url, expected) in [
            (DEFAULT_PARTNER_URL, None, DEFAULT_BASE_URL),
            (
                DEFAULT_PARTNER_URL,
                Some("https://gate.whapi.cloud/"),
                DEFAULT_BASE_URL,
            ),
            (
                DEFAULT_PARTNER_URL,
                Some("HTTPS://Whapi.Cloud"),
                "https://whapi.cloud",
            ),
            (
                DEFAULT_PARTNER_URL,
                Some("https://a.b.whapi.cloud/v1"),
                "https://a.b.whapi.cloud/v1",
            ),
            (
                "http://127.0.0.1:80",
                Some("http://127.0.0.1:81"),
                "http://127.0.0.1:81",
            ),
            (
                "https://whapi.example/p",
                Some("https://whapi.example"),
                "https://whapi.example",
            ),
        ] {
            assert_eq!(address(partner_url, api_url).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn other_addresses_are_refused_without_a_token() {
        let refused = |url: &str, expected: &str| {
            let error = address(DEFAULT_PARTNER_URL, Some(url)).unwrap_err();
            assert_eq!(error, expected, "{url}");
        };
        for host in [
            "evil.example",
            "whapi.cloud.example",
            "notwhapi.cloud",
            "whapi.cloud.",
            "127.0.0.1",
            "[::1]",
        ] {
            refused(
                &format!("https://{host}/x"),
                &format!(
                    "the list says that its API is at {host}, which is no host of whapi.cloud"
                ),
            );
        }
        refused(
            "http://gate.whapi.cloud",
            "`http://gate.whapi.cloud/` would send the token in clear text; use https, or a loopback address",
        );
        refused(
            "https://ada:s3cret@gate.whapi.cloud",
            "the address of the API holds a user name or password; give the token separately",
        );
        refused(
            "https://gate.whapi.cloud/?a=1",
            "the address of the API holds a query or a fragment; remove it",
        );
        refused(
            "https://gate.whapi.cloud/ch4nnel-token",
            "the address of the API holds the token; give the token separately",
        );
        refused(
            "file:///etc/passwd",
            "`file` is not a supported scheme; use https",
        );
        refused(
            "x\u{1b}[2J\ns3cret-t0ken",
            "`x\u{1b}[2J [token]` is not the address of an API, which starts with https://",
        );
        refused(
            "",
            "`` is not the address of an API, which starts with https://",
        );
    }
}
