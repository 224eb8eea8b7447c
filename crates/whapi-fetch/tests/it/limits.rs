//! The limit on requests, exact to the request.

use whapi_emulator::Effect;
use whapi_fetch::{ErrorKind, ScanOptions};

use crate::common::{Setup, always, scan, start, usual};

async fn scan_within(setup: &Setup, most: u64) -> (Option<String>, u64) {
    let client = setup.builder().max_requests(most).build().unwrap();
    let run = scan(client, ScanOptions::default()).await;
    if let Some(error) = &run.error {
        assert_eq!(error.kind(), ErrorKind::RequestLimit);
    }
    (
        run.error.map(|error| error.to_string()),
        run.report.requests,
    )
}

#[tokio::test]
async fn as_many_as_are_needed_are_enough() {
    let setup = start(usual()).await;
    assert_eq!(scan_within(&setup, 4).await, (None, 4));
    assert_eq!(setup.api.journal().len(), 4);
}

#[tokio::test]
async fn not_one_more_is_sent_than_is_allowed() {
    for most in 0..4 {
        let setup = start(usual()).await;
        let requests = if most == 1 { "request" } else { "requests" };
        let message = format!("stopped after {most} {requests}, the limit that was set");
        assert_eq!(scan_within(&setup, most).await, (Some(message), most));
        // Those that were under way when another was refused may not have arrived.
        assert!(setup.api.journal().len() as u64 <= most);
    }
}

#[tokio::test]
async fn tries_are_counted() {
    let setup = start(usual().fault(always(Effect::Status(503)))).await;
    let client = setup.builder().max_requests(3).build().unwrap();
    let error = client.contacts(0, 500).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "stopped after 3 requests, the limit that was set"
    );
    assert_eq!(setup.api.journal().len(), 3);
}

#[tokio::test]
async fn clones_share_the_limit() {
    let setup = start(usual()).await;
    let client = setup.builder().max_requests(2).build().unwrap();
    client.contacts(0, 500).await.unwrap();
    client.clone().channel_state().await.unwrap();
    let error = client.contacts(0, 500).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
    let error = client.channel_state().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestLimit);
    assert_eq!(setup.api.journal().len(), 2);
}
