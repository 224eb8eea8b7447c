//! Which public types can be sent to another thread and shared between threads, checked at compile
//! time.

use crate::{
    ApiSource, ChannelInfo, ChannelLimits, ChannelState, Client, ClientBuilder, ContactSource,
    Enrichment, EnrichmentRequest, Error, ErrorKind, FetchEvent, FetchList, InMemory,
    PartnerChannel, PartnerChannelState, PartnerClient, RequestLimit, RequestStats, RetryPolicy,
    SavedAnswers, Scan, ScanOptions, ScanReport, Token, WaitCause,
};

const fn can_be_shared<T: Send + Sync + Unpin>() {}
const fn can_be_sent<T: Send + Unpin>() {}

const _: () = {
    can_be_shared::<ChannelState>();
    can_be_shared::<ErrorKind>();
    can_be_shared::<FetchEvent>();
    can_be_shared::<FetchList>();
    can_be_shared::<WaitCause>();
    can_be_shared::<ChannelInfo>();
    can_be_shared::<ChannelLimits>();
    can_be_shared::<Client>();
    can_be_shared::<ClientBuilder>();
    can_be_shared::<Enrichment>();
    can_be_shared::<EnrichmentRequest>();
    can_be_shared::<Error>();
    can_be_shared::<InMemory>();
    can_be_shared::<PartnerChannel>();
    can_be_shared::<PartnerChannelState>();
    can_be_shared::<PartnerClient>();
    can_be_shared::<RequestLimit>();
    can_be_shared::<RequestStats>();
    can_be_shared::<RetryPolicy>();
    can_be_shared::<ScanOptions>();
    can_be_shared::<ScanReport>();
    can_be_shared::<Token>();

    // They are read or run through a mutable reference.
    can_be_sent::<ApiSource>();
    can_be_sent::<SavedAnswers>();
    can_be_sent::<Scan<Client>>();
    can_be_sent::<Box<dyn ContactSource>>();
};
