//! Whole lists of groups and chats.

use whapi_emulator::{Effect, Emulator, Fault, Trigger};
use whapi_fetch::whapi_model::Group;
use whapi_fetch::{EnrichmentRequest, ErrorKind, ScanOptions};

use crate::common::{Setup, always, start};

/// An API with more than a page of groups and of chats.
fn builder() -> whapi_emulator::EmulatorBuilder {
    Emulator::builder().people(4000)
}

fn requests(setup: &Setup, path: &str) -> u64 {
    let journal = setup.api.journal();
    assert!(journal.iter().all(|entry| entry.path == path));
    journal.len() as u64
}

#[tokio::test]
async fn all_groups_are_listed_without_a_request_each() {
    let setup = start(builder().participants_cap(3)).await;
    let groups = setup.client().all_groups(ScanOptions::default()).await;
    let groups = groups.unwrap();
    assert_eq!(groups.missing, Vec::<String>::new());
    assert_eq!(groups.items.len(), 101);
    assert!(groups.items.iter().all(|group| !group.lists_everyone()));
    let expected = EnrichmentRequest::requests_for_groups(101);
    assert_eq!((requests(&setup, "/groups"), expected), (3, 3));
}

#[tokio::test]
async fn groups_whose_participants_are_cut_are_read_one_by_one() {
    let setup = start(builder().participants_cap(3)).await;
    let options = ScanOptions::default();
    let groups = setup.client().all_groups_with_participants(options).await;
    let groups = groups.unwrap();
    assert!(groups.is_complete());
    assert!(groups.items.iter().all(Group::lists_everyone));
    assert_eq!(setup.api.journal().len(), 3 + 101);

    let setup = start(builder().participants_cap(3).group_cap(3)).await;
    let options = ScanOptions::default();
    let groups = setup.client().all_groups_with_participants(options).await;
    let cut = "the Whapi API does not list all participants of 101 groups";
    assert_eq!(groups.unwrap().missing, [cut]);
}

#[tokio::test]
async fn all_chats_are_listed() {
    let setup = start(builder()).await;
    let chats = setup.client().all_chats(ScanOptions::default()).await;
    let chats = chats.unwrap();
    assert_eq!(chats.missing, Vec::<String>::new());
    let expected = EnrichmentRequest::requests_for_chats(chats.items.len() as u64);
    assert_eq!(requests(&setup, "/chats"), expected);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_at_all_is_an_error() {
    for (status, kind) in [
        (401, ErrorKind::Token),
        (402, ErrorKind::Quota),
        (503, ErrorKind::Api),
    ] {
        let setup = start(builder().fault(always(Effect::Status(status)).on("/groups"))).await;
        let read = setup.client().all_groups(ScanOptions::default()).await;
        assert_eq!(read.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_is_incomplete() {
    let fault = Fault::new(Trigger::From(2), Effect::Status(402)).on("/groups");
    let setup = start(builder().fault(fault)).await;
    let groups = setup.client().all_groups(ScanOptions::default()).await;
    let groups = groups.unwrap();
    assert_eq!(groups.items.len(), 50);
    assert_eq!(
        groups.missing,
        ["the channel's quota is used up (402): Payment Required: a fault of the emulator"]
    );
}

#[tokio::test]
async fn the_limit_on_requests_is_an_error_at_any_time() {
    let setup = start(builder()).await;
    let client = setup.builder().max_requests(1).build().unwrap();
    let error = client.all_groups(ScanOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
}
