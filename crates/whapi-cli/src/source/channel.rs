//! A channel of a run over many: opened when its turn comes.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use whapi_export::async_trait;
use whapi_export::whapi_model::Contact;
use whapi_fetch::{
    ApiSource, Client, ContactSource, Enrichment, EnrichmentRequest, Error, ErrorKind,
    RequestLimit, ScanOptions, ScanReport, Token,
};

use super::{Shared, client, token};
use crate::config;
use crate::error::CliError;
use crate::exit;

/// How many channels are read at the same time without another number.
pub(crate) const DEFAULT_CHANNEL_CONCURRENCY: u8 = 4;

/// A channel, and where its token is.
#[derive(Debug, Clone)]
pub(crate) struct ChannelAccess {
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) token: ChannelToken,
}

/// Where the token of a channel is.
#[derive(Debug, Clone)]
pub(crate) enum ChannelToken {
    /// Where the configuration says. Paths are relative to the folder.
    Configured(config::Channel, PathBuf),
    /// It was read before.
    Read(Token),
}

/// How channels are read.
#[derive(Debug, Clone)]
pub(crate) struct ChannelSettings {
    pub(crate) options: ScanOptions,
    pub(crate) concurrency: usize,
    /// The most requests for each channel.
    pub(crate) max_requests: Option<u64>,
    /// The most requests for all channels together.
    pub(crate) max_requests_total: Option<RequestLimit>,
    pub(crate) enrichment: EnrichmentRequest,
    /// The first client, whose connections the others share if they are at its address.
    pub(crate) first: OnceLock<Client>,
}

impl ChannelAccess {
    /// Reads the token, and makes the client. Sends nothing.
    pub(crate) async fn open(&self, settings: &ChannelSettings) -> Result<Client, Error> {
        let token = match &self.token {
            ChannelToken::Configured(channel, folder) => token::of_channel(channel, folder)
                .await
                .map_err(of_source)?,
            ChannelToken::Read(token) => token.clone(),
        };
        let shared = Shared {
            max_requests: settings.max_requests_total.as_ref(),
            connections: settings.first.get(),
        };
        let client = client(
            token,
            &self.base_url,
            settings.concurrency,
            settings.max_requests,
            shared,
        )?;
        // Another channel may have been the first in the meantime.
        drop(settings.first.set(client.clone()));
        Ok(client)
    }
}

/// The contacts of a channel, whose token is read with the first call.
pub(crate) struct ChannelSource {
    access: ChannelAccess,
    settings: Arc<ChannelSettings>,
    opened: Option<ApiSource>,
}

impl ChannelSource {
    pub(crate) fn new(access: ChannelAccess, settings: Arc<ChannelSettings>) -> Self {
        Self {
            access,
            settings,
            opened: None,
        }
    }

    async fn opened(&mut self) -> Result<&mut ApiSource, Error> {
        if self.opened.is_none() {
            let client = self.access.open(&self.settings).await?;
            let source = ApiSource::new(client, self.settings.options.clone())
                .with_enrichment_request(self.settings.enrichment);
            self.opened = Some(source);
        }
        Ok(self.opened.as_mut().expect("it was opened"))
    }
}

#[async_trait]
impl ContactSource for ChannelSource {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        self.opened().await?.next_batch().await
    }

    fn enrichment_request(&self) -> EnrichmentRequest {
        self.settings.enrichment
    }

    async fn enrichment(&mut self) -> Result<Option<Enrichment>, Error> {
        self.opened().await?.enrichment().await
    }

    fn report(&self) -> ScanReport {
        let opened = self.opened.as_ref();
        opened.map_or_else(ScanReport::default, ContactSource::report)
    }
}

/// The error of a channel that could not be opened.
fn of_source(error: CliError) -> Error {
    let kind = match error.code {
        exit::TOKEN => ErrorKind::Token,
        exit::QUOTA => ErrorKind::Quota,
        exit::API => ErrorKind::Api,
        _ => ErrorKind::Config,
    };
    Error::new(kind, error.message)
}
