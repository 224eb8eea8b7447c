//! The channel's state, and what a trial has left.

use crate::common::{error, get, numbered};
use whapi_emulator::{Channel, Emulator};

#[tokio::test]
async fn health_shows_the_channel() {
    let health = async |channel| {
        let builder = Emulator::builder().contacts(numbered(3)).channel(channel);
        let api = builder.start().await.unwrap();
        let first = get(&api, "/health?wakeup=false").await;
        let second = get(&api, "/health?wakeup=false").await;
        let contacts = get(&api, "/contacts").await.0;
        (first, second, contacts)
    };
    let body = |code: u8, text: &str, user: &str| {
        let body = format!(
            r#"{{"start_at":1767222000,"uptime":3600,"status":{{"code":{code},"text":"{text}"}}{user}}}"#
        );
        (200, body)
    };
    let twice = |answer: (u16, String), contacts| (answer.clone(), answer, contacts);
    let auth = body(
        4,
        "AUTH",
        r#","user":{"id":"999000000000","name":"Demo Channel"}"#,
    );
    assert_eq!(health(Channel::Auth).await, twice(auth.clone(), 200));
    assert_eq!(health(Channel::Qr).await, twice(body(3, "QR", ""), 401));
    assert_eq!(health(Channel::Stop).await, twice(body(7, "STOP", ""), 401));
    assert_eq!(
        health(Channel::Error).await,
        twice(body(5, "ERROR", ""), 500)
    );
    assert_eq!(
        health(Channel::SyncError).await,
        twice(body(6, "SYNC_ERROR", ""), 500)
    );
    assert_eq!(
        health(Channel::Launch { answers: 1 }).await,
        (body(2, "LAUNCH", ""), auth, 200)
    );
    assert_eq!(
        health(Channel::Missing).await,
        twice(error(404, "Not Found", "no such endpoint"), 200)
    );
}

#[tokio::test]
async fn limits_are_those_of_a_trial() {
    let api = Emulator::builder().start().await.unwrap();
    let trial = r#"{"messages":100,"chats":[],"checks":100,"requests":1000}"#;
    assert_eq!(get(&api, "/limits").await, (200, trial.to_owned()));
}

#[tokio::test]
async fn a_channel_need_not_have_limits() {
    let builder = Emulator::builder().no_limits(true);
    let api = builder.start().await.unwrap();
    assert_eq!(get(&api, "/limits").await, (204, String::new()));
}
