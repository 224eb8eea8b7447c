//! The channel's state, beside the first page.

use std::time::Duration;

use whapi_emulator::{Channel, Effect, Fault, Trigger};
use whapi_fetch::ErrorKind;

use crate::common::{FAULT, Setup, always, start, usual};

const POLL: Duration = Duration::from_secs(3);

fn health_requests(setup: &Setup) -> usize {
    let mut journal = setup.api.journal();
    journal.retain(|entry| entry.path == "/health");
    assert!(journal.iter().all(|entry| entry.query == "wakeup=false"));
    journal.len()
}

#[tokio::test]
async fn a_ready_channel_costs_one_request() {
    let setup = start(usual()).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (1, 3, 4, 0));
    assert_eq!(health_requests(&setup), 1);
    assert_eq!(setup.clock.sleeps(), [Duration::ZERO; 0]);
}

#[tokio::test]
async fn it_is_asked_for_while_the_first_page_is_under_way() {
    let setup = start(usual().latency(Duration::from_millis(50))).await;
    setup.scan().await.assert_complete_with(&setup.api.people());
    let mut first_two: Vec<_> = setup.api.journal()[..2]
        .iter()
        .map(|entry| (entry.in_flight, entry.path.clone()))
        .collect();
    assert_eq!((first_two[0].0, first_two[1].0), (1, 2));
    first_two.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(
        (&*first_two[0].1, &*first_two[1].1),
        ("/contacts", "/health")
    );
}

#[tokio::test]
async fn states_that_need_a_hand_end_the_run() {
    for (channel, message) in [
        (
            Channel::Qr,
            "the channel is not linked to a phone (QR); open it in Whapi's panel and scan the QR code with WhatsApp",
        ),
        (
            Channel::Stop,
            "the channel is stopped (STOP); start it in Whapi's panel",
        ),
        (
            Channel::Error,
            "the channel has failed (ERROR); restart it in Whapi's panel, and ask Whapi's support if that does not help",
        ),
        (
            Channel::SyncError,
            "the channel is out of step with the phone (SYNC_ERROR); link it anew in Whapi's panel",
        ),
    ] {
        let setup = start(usual().channel(channel)).await;
        let run = setup.scan().await;
        let error = run.error.unwrap();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.kind(), ErrorKind::Channel);
        assert_eq!(run.ids, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_starting_channel_is_waited_for() {
    let setup = start(usual().channel(Channel::Launch { answers: 4 })).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(health_requests(&setup), 5);
    assert_eq!(setup.clock.sleeps(), [POLL; 4]);
}

#[tokio::test]
async fn readiness_is_checked_without_a_list() {
    let setup = start(usual().channel(Channel::Launch { answers: 2 })).await;
    setup.client().wait_until_ready().await.unwrap();
    assert_eq!(setup.clock.sleeps(), [POLL; 2]);
    assert_eq!(setup.api.journal().len(), 3);

    let setup = start(usual().channel(Channel::Stop)).await;
    let error = setup.client().wait_until_ready().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Channel);
}

#[tokio::test]
async fn a_channel_that_keeps_starting_is_given_up_after_a_minute() {
    let setup = start(usual().channel(Channel::Launch { answers: u32::MAX })).await;
    let run = setup.scan().await;
    let error = run.error.unwrap();
    assert_eq!(
        error.to_string(),
        "the channel is still starting after 60 s; try again in a few minutes"
    );
    assert_eq!(error.kind(), ErrorKind::Channel);
    assert_eq!(setup.clock.sleeps(), [POLL; 20]);
    assert_eq!(health_requests(&setup), 21);
    assert_eq!(run.ids, Vec::<String>::new());
}

#[tokio::test]
async fn a_channel_that_starts_into_a_bad_state_ends_the_run() {
    let answers = [
        (1, r#"{"status":{"code":0,"text":"NOT_INIT"}}"#),
        (2, r#"{"status":{"code":1,"text":"INIT"}}"#),
        (3, r#"{"status":{"code":3,"text":"QR"}}"#),
    ];
    let api = answers.iter().fold(usual(), |api, (number, body)| {
        api.fault(Fault::new(Trigger::Request(*number), Effect::Json((*body).into())).on("/health"))
    });
    let setup = start(api).await;
    let error = setup.scan().await.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Channel);
    assert_eq!(setup.clock.sleeps(), [POLL; 2]);
}

#[tokio::test]
async fn no_verdict_is_no_obstacle() {
    for (effect, asked) in [
        (Effect::Status(404), 1),
        (Effect::Status(400), 1),
        (Effect::Status(500), 3),
        (Effect::Status(503), 3),
        (Effect::Html, 1),
        (Effect::Json("{}".into()), 1),
        (Effect::Json(r#"{"status":"AUTH"}"#.into()), 1),
        (
            Effect::Json(r#"{"status":{"code":9,"text":"NEW"}}"#.into()),
            1,
        ),
        (Effect::CloseConnection, 3),
    ] {
        let setup = start(usual().fault(always(effect.clone()).on("/health"))).await;
        let run = setup.scan().await;
        run.assert_complete_with(&setup.api.people());
        assert_eq!(health_requests(&setup), asked, "{effect:?}");
        let asked = asked as u64;
        assert_eq!(run.counts(), (1, 3, 3 + asked, asked - 1), "{effect:?}");
    }
    let setup = start(usual().channel(Channel::Missing)).await;
    setup.scan().await.assert_complete_with(&setup.api.people());
}

#[tokio::test]
async fn a_token_refused_here_is_refused() {
    let setup = start(usual().fault(always(Effect::Status(403)).on("/health"))).await;
    let error = setup.scan().await.error.unwrap();
    assert_eq!(
        error.to_string(),
        format!("the Whapi API refused the token from the test (403): Forbidden: {FAULT}")
    );
    assert_eq!(error.kind(), ErrorKind::Token);
}

#[tokio::test]
async fn the_page_fails_and_the_channel_tells_why() {
    // The page is refused at once; the state comes later, and is the better explanation.
    let setup = start(
        usual()
            .channel(Channel::Qr)
            .fault(always(Effect::Latency(Duration::from_millis(50))).on("/health")),
    )
    .await;
    let error = setup.scan().await.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Channel);
}
