//! What the observer of a source hears.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use whapi_emulator::{Channel, Effect, Emulator, Fault, ListChange, Trigger};
use whapi_fetch::{
    ApiSource, ContactSource, EnrichmentRequest, FetchEvent, FetchList, ScanOptions, WaitCause,
};

use crate::common::{Setup, always, drain, start};

type Events = HashMap<FetchList, Vec<FetchEvent>>;

fn list_of(event: &FetchEvent) -> FetchList {
    match event {
        FetchEvent::Started { list }
        | FetchEvent::Page { list, .. }
        | FetchEvent::Waiting { list, .. }
        | FetchEvent::Finished { list, .. } => *list,
        other => panic!("{other:?}"),
    }
}

/// The events of a whole run, by their list.
async fn events(setup: &Setup, enrichment_request: EnrichmentRequest) -> Events {
    let heard = Arc::new(Mutex::new(Events::new()));
    let hear = Arc::clone(&heard);
    let mut source = ApiSource::new(setup.client(), ScanOptions::default())
        .with_enrichment_request(enrichment_request)
        .observe(move |event| {
            let mut heard = hear.lock().unwrap();
            heard.entry(list_of(event)).or_default().push(*event);
        });
    source.enrichment().await.unwrap();
    drain(&mut source).await;
    drop(source);
    Arc::into_inner(heard).unwrap().into_inner().unwrap()
}

/// A list begins once, grows page by page, and ends once.
#[track_caller]
fn check_list(events: &Events, list: FetchList, items: u64, expected_complete: bool) {
    let [first, between @ .., end] = &events[&list][..] else {
        panic!("{list:?}: {events:?}")
    };
    assert_eq!(*first, FetchEvent::Started { list });
    let complete = expected_complete;
    assert_eq!(*end, FetchEvent::Finished { list, complete });
    let mut before = 0;
    for event in between {
        match event {
            FetchEvent::Page { items, total, .. } => {
                assert!(*items >= before, "{list:?}: {between:?}");
                assert!(total.is_none_or(|total| *items <= total));
                before = *items;
            }
            FetchEvent::Waiting { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(before, items, "{list:?}");
}

#[tokio::test]
async fn every_list_is_reported_from_its_start_to_its_end() {
    let setup = start(Emulator::builder().people(1317).participants_cap(10)).await;
    let reference = start(Emulator::builder().people(1317)).await;
    let mut truth = ApiSource::new(reference.client(), ScanOptions::default())
        .with_enrichment_request(EnrichmentRequest::default().with_reasons(true));
    let truth = truth.enrichment().await.unwrap().unwrap();
    let truth = truth.reasons.unwrap();
    let cut = truth.groups.items.iter();
    let cut = cut.filter(|group| group.participants.len() > 10).count();

    let both = EnrichmentRequest::default()
        .with_reasons(true)
        .with_lids(true);
    let events = events(&setup, both).await;
    let journal = setup.api.journal();
    let is_about_lids = |path: &str| path == "/contacts/lids" || path.starts_with("/contacts/ids/");
    let about_lids = journal.iter().filter(|entry| is_about_lids(&entry.path));
    let about_lids = about_lids.count();
    for (list, items) in [
        (FetchList::Contacts, 1317),
        (FetchList::Chats, truth.chats.items.len()),
        (FetchList::Groups, truth.groups.items.len()),
        (FetchList::Participants, cut),
        (FetchList::Blocked, truth.blocked.items.len()),
    ] {
        check_list(&events, list, items as u64, true);
    }
    let lids = &events[&FetchList::Lids];
    assert_eq!(lids.len(), 2 + about_lids, "{lids:?}");
    assert_eq!(events.len(), 6);
}

#[tokio::test]
async fn contacts_alone_are_reported_too() {
    let setup = start(Emulator::builder().people(1317)).await;
    let events = events(&setup, EnrichmentRequest::default()).await;
    check_list(&events, FetchList::Contacts, 1317, true);
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_reported_with_its_wait() {
    let fault = Fault::new(Trigger::Request(1), Effect::Status(500)).on("/chats");
    let setup = start(Emulator::builder().people(200).fault(fault)).await;
    let events = events(&setup, EnrichmentRequest::default().with_reasons(true)).await;
    let waits = |list| {
        let waits = events[&list].iter().filter_map(|event| match event {
            FetchEvent::Waiting { cause, .. } => Some(*cause),
            _ => None,
        });
        waits.collect::<Vec<_>>()
    };
    assert_eq!(waits(FetchList::Chats), [WaitCause::Backoff]);
    assert!(waits(FetchList::Groups).is_empty());
}

#[tokio::test]
async fn a_wait_that_the_api_asks_for_is_reported_with_its_length() {
    let retry_after = Some("2".to_owned());
    let fault = Fault::new(Trigger::Request(1), Effect::RateLimited { retry_after });
    let setup = start(Emulator::builder().people(200).fault(fault.on("/contacts"))).await;
    let events = events(&setup, EnrichmentRequest::default()).await;
    let waiting = FetchEvent::Waiting {
        list: FetchList::Contacts,
        wait: Duration::from_secs(2),
        cause: WaitCause::RetryAfter,
    };
    assert_eq!(events[&FetchList::Contacts][1], waiting);
}

/// A page of a further reading is reported even though it has no new contact.
#[tokio::test]
async fn each_page_of_each_reading_is_reported() {
    let moved = ListChange::RemoveAt(vec![0]);
    let fault = Fault::new(Trigger::Request(2), Effect::Change(moved));
    let setup = start(
        Emulator::builder()
            .people(1317)
            .fault(fault.on("/contacts")),
    )
    .await;
    let events = events(&setup, EnrichmentRequest::default()).await;
    let pages = events[&FetchList::Contacts].iter();
    let passes = pages.filter_map(|event| match event {
        FetchEvent::Page { pass, .. } => Some(*pass),
        _ => None,
    });
    assert_eq!(passes.collect::<Vec<_>>(), [1, 1, 1, 2, 2, 2]);
}

#[tokio::test]
async fn a_list_that_fails_is_reported_as_incomplete() {
    let fault = always(Effect::Status(403)).on("/blacklist");
    let setup = start(Emulator::builder().people(200).fault(fault)).await;
    let events = events(&setup, EnrichmentRequest::default().with_reasons(true)).await;
    check_list(&events, FetchList::Blocked, 0, false);
}

#[tokio::test]
async fn a_channel_that_starts_is_reported_as_a_wait() {
    let channel = Channel::Launch { answers: 2 };
    let setup = start(Emulator::builder().people(200).channel(channel)).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = Arc::clone(&heard);
    let mut source = ApiSource::new(setup.client(), ScanOptions::default())
        .observe(move |event| hear.lock().unwrap().push(*event));
    drain(&mut source).await;
    let list = FetchList::Contacts;
    let wait = Duration::from_secs(3);
    let cause = WaitCause::Starting;
    let waiting = FetchEvent::Waiting { list, wait, cause };
    assert!(heard.lock().unwrap().contains(&waiting));
}
