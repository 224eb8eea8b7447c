//! Reads a channel to its end.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::SystemTime;

use whapi_export::async_trait;
use whapi_export::whapi_model::{Chat, Contact, Footprint, Group, Partial, ReasonLists};
use whapi_fetch::{
    ApiSource, ContactSource, Enrichment, EnrichmentRequest, Error, ErrorKind, RequestLimit,
    ScanReport,
};
use whapi_singer::{SelectedStream, Selection, Stream};
use whapi_text::system_time_rfc_3339;

use super::settings::Settings;
use crate::error::CliError;
use crate::source::channel::{ChannelAccess, ChannelSettings};

/// The most bytes of a channel's contacts, some 600,000 contacts.
const MOST_HELD: usize = 64 << 20;

/// What is read of each channel, and how.
#[derive(Debug)]
pub(super) struct ReadPlan {
    settings: ChannelSettings,
    streams: Vec<Stream>,
}

impl ReadPlan {
    pub(super) fn new(settings: &Settings, selection: &Selection) -> Result<Self, CliError> {
        let streams = selection.streams().iter();
        Ok(Self {
            settings: ChannelSettings {
                options: settings.scan_options()?,
                concurrency: settings.concurrency,
                max_requests: settings.max_requests,
                max_requests_total: settings.max_requests_total.map(RequestLimit::new),
                enrichment: settings.enrichment(),
                first: OnceLock::new(),
            },
            streams: streams.map(SelectedStream::stream).collect(),
        })
    }

    fn has(&self, stream: Stream) -> bool {
        self.streams.contains(&stream)
    }
}

/// A channel that was read.
#[derive(Debug)]
pub(super) struct ReadChannel {
    pub(super) name: String,
    pub(super) lists: Result<Lists, Error>,
}

/// The lists of a channel.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) contacts: Option<HeldContacts>,
    groups: Option<Partial<Group>>,
    chats: Option<Partial<Chat>>,
    /// When the last of them ended, in RFC 3339.
    pub(super) read_at: String,
    /// Why something may be missing in the lists that are selected, a sentence each.
    pub(super) doubts: Vec<String>,
}

/// Reads the selected lists of a channel.
pub(super) async fn read(channel: ChannelAccess, plan: &ReadPlan) -> ReadChannel {
    ReadChannel {
        lists: read_lists(&channel, plan).await,
        name: channel.name,
    }
}

async fn read_lists(channel: &ChannelAccess, plan: &ReadPlan) -> Result<Lists, Error> {
    let options = &plan.settings.options;
    let client = channel.open(&plan.settings).await?;
    let contacts = if plan.has(Stream::Contacts) {
        let source = ApiSource::new(client.clone(), options.clone())
            .with_enrichment_request(plan.settings.enrichment);
        Some(HeldContacts::read(source).await?)
    } else {
        client.wait_until_ready().await?;
        None
    };
    // The reasons of contacts have the same lists.
    let is_read = contacts.as_ref().and_then(HeldContacts::reasons).is_some();
    let groups = if is_read {
        None
    } else if plan.has(Stream::Memberships) {
        Some(client.all_groups_with_participants(options.clone()).await?)
    } else if plan.has(Stream::Groups) {
        Some(client.all_groups(options.clone()).await?)
    } else {
        None
    };
    let chats = if plan.has(Stream::Chats) && !is_read {
        Some(client.all_chats(options.clone()).await?)
    } else {
        None
    };
    let mut lists = Lists {
        contacts,
        groups,
        chats,
        read_at: system_time_rfc_3339(SystemTime::now()),
        doubts: Vec::new(),
    };
    lists.doubts = lists.find_doubts(plan);
    Ok(lists)
}

impl Lists {
    /// The groups. `None` if they were not read.
    pub(super) fn groups(&self) -> Option<&Partial<Group>> {
        let reasons = self.contacts.as_ref().and_then(HeldContacts::reasons);
        self.groups
            .as_ref()
            .or_else(|| reasons.map(|reasons| &reasons.groups))
    }

    /// The chats. `None` if they were not read.
    pub(super) fn chats(&self) -> Option<&Partial<Chat>> {
        let reasons = self.contacts.as_ref().and_then(HeldContacts::reasons);
        self.chats
            .as_ref()
            .or_else(|| reasons.map(|reasons| &reasons.chats))
    }

    fn find_doubts(&self, plan: &ReadPlan) -> Vec<String> {
        let mut doubts = Vec::new();
        if let Some(contacts) = &self.contacts {
            doubts.extend(contacts.report.reasons.iter().cloned());
            // A scan that is not complete has reasons. Were there none, it would count as proven.
            if !contacts.report.complete && doubts.is_empty() {
                doubts.push("the list of contacts is not complete".to_owned());
            }
        }
        let of_groups = plan.has(Stream::Groups) || plan.has(Stream::Memberships);
        if let Some(groups) = self.groups().filter(|_| of_groups) {
            doubts.extend(groups.missing.iter().map(|why| format!("groups: {why}")));
        }
        if let Some(chats) = self.chats().filter(|_| plan.has(Stream::Chats)) {
            doubts.extend(chats.missing.iter().map(|why| format!("chats: {why}")));
        }
        doubts
    }
}

fn too_long() -> Error {
    let most = MOST_HELD >> 20;
    Error::new(
        ErrorKind::Api,
        format!(
            "the list of contacts fills more than {most} MiB, the most that is held of a channel until it \
             is proven complete; `whapi export` reads such a list page by page"
        ),
    )
}

/// The contacts of a source that was read to its end, as a source.
#[derive(Debug)]
pub(super) struct HeldContacts {
    request: EnrichmentRequest,
    enrichment: Option<Enrichment>,
    batches: VecDeque<Vec<Contact>>,
    report: ScanReport,
}

impl HeldContacts {
    async fn read(mut source: ApiSource) -> Result<Self, Error> {
        let enrichment = source.enrichment().await?;
        let mut batches = VecDeque::new();
        let mut held = 0;
        while let Some(batch) = source.next_batch().await? {
            held += batch.iter().map(Footprint::footprint).sum::<usize>();
            if held > MOST_HELD {
                return Err(too_long());
            }
            batches.push_back(batch);
        }
        Ok(Self {
            request: source.enrichment_request(),
            enrichment,
            batches,
            report: source.report(),
        })
    }

    /// The lists of the reasons, if they were requested.
    fn reasons(&self) -> Option<&ReasonLists> {
        self.enrichment.as_ref()?.reasons.as_ref()
    }
}

#[async_trait]
impl ContactSource for HeldContacts {
    async fn next_batch(&mut self) -> Result<Option<Vec<Contact>>, Error> {
        Ok(self.batches.pop_front())
    }

    fn enrichment_request(&self) -> EnrichmentRequest {
        self.request
    }

    async fn enrichment(&mut self) -> Result<Option<Enrichment>, Error> {
        Ok(self.enrichment.take())
    }

    fn report(&self) -> ScanReport {
        self.report.clone()
    }
}
