//! Each effect of a fault, as a client sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::{error, get, numbered, request};
use reqwest::Method;
use whapi_emulator::{Effect, Emulator, Fault, ListChange, Person, Trigger};

const DETAILS: &str = "a fault of the emulator";
const ANSWER: &str = r#"{"contacts":[{"id":"447700900000","saved":true},{"id":"447700900001","saved":false}],"count":2,"total":2,"offset":0}"#;

/// Starts an emulator with two people and this effect on the first answer.
async fn start_with(effect: Effect) -> Emulator {
    Emulator::builder()
        .contacts(numbered(2))
        .fault(Fault::new(Trigger::Request(1), effect))
        .start()
        .await
        .unwrap()
}

/// Returns all bytes that the emulator sends before it closes the connection.
fn raw(api: &Emulator) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", api.port())).unwrap();
    let token = api.token();
    write!(
        stream,
        "GET /contacts HTTP/1.1\r\nHost: emulator\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut received = Vec::new();
    // A reset is no failure: what arrived before it counts.
    let _ = stream.read_to_end(&mut received);
    String::from_utf8(received).unwrap()
}

async fn check_answer(api: &Emulator) {
    assert_eq!(get(api, "/contacts").await, (200, ANSWER.to_owned()));
}

#[tokio::test]
async fn statuses_have_the_error_body() {
    for (status, message) in [
        (402, "Payment Required"),
        (429, "Too Many Requests"),
        (503, "Service Unavailable"),
    ] {
        let api = start_with(Effect::Status(status)).await;
        assert_eq!(
            get(&api, "/contacts").await,
            error(status, message, DETAILS)
        );
        check_answer(&api).await;
    }
    let api = start_with(Effect::Status(7)).await;
    assert_eq!(
        get(&api, "/contacts").await,
        error(500, "Internal Server Error", DETAILS)
    );
}

#[tokio::test]
async fn the_limit_of_a_trial_has_a_body_of_another_form() {
    let api = start_with(Effect::TrialLimit).await;
    let body = r#"{"code":402,"error":"trial version limit exceeded"}"#;
    assert_eq!(get(&api, "/contacts").await, (402, body.to_owned()));
    check_answer(&api).await;
}

#[tokio::test]
async fn retry_after_is_sent_as_given_or_not_at_all() {
    let date = "Fri, 31 Dec 1999 23:59:59 GMT";
    for (effect, status, value) in [
        (Effect::RateLimited { retry_after: None }, 429, None),
        (
            Effect::RateLimited {
                retry_after: Some("2".into()),
            },
            429,
            Some("2"),
        ),
        (
            Effect::RetryAfter {
                status: 503,
                value: date.into(),
            },
            503,
            Some(date),
        ),
    ] {
        let api = start_with(effect).await;
        let response = request(&api, Method::GET, "/contacts")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        let header = response.headers().get("retry-after");
        assert_eq!(header.map(|value| value.to_str().unwrap()), value);
        check_answer(&api).await;
    }
}

#[tokio::test]
async fn html_and_other_bodies_come_with_200() {
    let api = start_with(Effect::Html).await;
    let response = request(&api, Method::GET, "/contacts")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    assert_eq!(
        response.text().await.unwrap(),
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>\
         <body><h1>Bad Gateway</h1><p>Please try again in a few minutes.</p></body></html>\n"
    );
    let api = start_with(Effect::Json("[null]".into())).await;
    assert_eq!(get(&api, "/contacts").await, (200, "[null]".into()));
    check_answer(&api).await;
}

#[tokio::test]
async fn a_cut_body_is_half_of_what_was_declared() {
    let api = start_with(Effect::CutBody).await;
    let received = raw(&api);
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = format!("content-length: {}", ANSWER.len());
    assert!(head.lines().any(|line| line == length), "{head}");
    assert_eq!(body, &ANSWER[..ANSWER.len() / 2]);
    assert_eq!(api.journal()[0].status, Some(200));
    check_answer(&api).await;

    let api = start_with(Effect::CutBody).await;
    let response = request(&api, Method::GET, "/contacts")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
}

#[tokio::test]
async fn a_large_body_is_cut_in_the_middle_too() {
    let people = numbered(500);
    let api = Emulator::builder()
        .contacts(people.clone())
        .fault(Fault::new(Trigger::Always, Effect::CutBody))
        .start()
        .await
        .unwrap();
    let full = Emulator::answer(&people, 0, 100);
    let received = raw(&api);
    let (_, body) = received.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, &full[..full.len() / 2]);
}

#[tokio::test]
async fn truncated_json_ends_cleanly() {
    let api = start_with(Effect::TruncatedJson).await;
    assert_eq!(
        get(&api, "/contacts").await,
        (200, ANSWER[..ANSWER.len() / 2].to_owned())
    );
    check_answer(&api).await;
}

#[tokio::test]
async fn a_closed_connection_sends_no_bytes() {
    let api = start_with(Effect::CloseConnection).await;
    assert_eq!(raw(&api), "");
    assert_eq!(api.journal()[0].status, None);
    check_answer(&api).await;
    let api = start_with(Effect::CloseConnection).await;
    let result = request(&api, Method::GET, "/contacts").send().await;
    assert!(result.unwrap_err().is_request());
}

#[tokio::test]
async fn a_redirect_points_elsewhere() {
    let api = start_with(Effect::Redirect("http://example.invalid/contacts".into())).await;
    let response = request(&api, Method::GET, "/contacts")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(
        response.headers()["location"],
        "http://example.invalid/contacts"
    );
    check_answer(&api).await;
}

#[tokio::test]
async fn latency_delays_the_answer() {
    let delay = Duration::from_millis(60);
    let api = start_with(Effect::Latency(delay)).await;
    let before = Instant::now();
    check_answer(&api).await;
    assert!(before.elapsed() >= delay);

    let api = Emulator::builder()
        .contacts(numbered(2))
        .latency(delay)
        .start()
        .await
        .unwrap();
    let before = Instant::now();
    assert_eq!(get(&api, "/limits").await.0, 200);
    assert!(before.elapsed() >= delay);
}

#[tokio::test]
async fn the_same_page_comes_whatever_the_offset() {
    let api = Emulator::builder()
        .contacts(numbered(10))
        .fault(Fault::new(Trigger::Always, Effect::SamePage))
        .start()
        .await
        .unwrap();
    let first = get(&api, "/contacts?count=2&offset=0").await;
    assert_eq!(first.1, Emulator::answer(&numbered(10), 0, 2));
    assert_eq!(get(&api, "/contacts?offset=4&count=2").await, first);
    assert_eq!(api.journal()[1].offset, Some(4));
}

#[tokio::test]
async fn an_endless_body_stops_with_the_emulator() {
    let api = start_with(Effect::Endless).await;
    let mut response = request(&api, Method::GET, "/contacts")
        .send()
        .await
        .unwrap();
    assert_eq!(response.content_length(), None);
    let mut received = Vec::new();
    while received.len() < 3_000_000 {
        received.extend(response.chunk().await.unwrap().unwrap());
    }
    assert!(received.starts_with(br#"{"contacts":[{"id":"999000000001","saved":false},{"id""#));
    api.shutdown().await;
    while let Ok(chunk) = response.chunk().await {
        assert!(chunk.is_some(), "an endless body has ended");
    }
}

#[tokio::test]
async fn a_huge_body_is_the_answer_and_white_space() {
    let api = start_with(Effect::HugeBody(5_000_001)).await;
    let response = request(&api, Method::GET, "/contacts")
        .send()
        .await
        .unwrap();
    assert_eq!(response.content_length(), Some(5_000_001));
    let body = response.text().await.unwrap();
    assert_eq!(body.len(), 5_000_001);
    assert_eq!(body.trim_end(), ANSWER);
    let api = start_with(Effect::HugeBody(1)).await;
    check_answer(&api).await;
}

#[tokio::test]
async fn a_dripping_body_is_whole_in_the_end() {
    let api = start_with(Effect::Drip(Duration::from_millis(1))).await;
    let before = Instant::now();
    check_answer(&api).await;
    assert!(before.elapsed() >= Duration::from_millis(ANSWER.len() as u64));
}

#[tokio::test]
async fn faults_of_other_calls() {
    let api = Emulator::builder()
        .fault(Fault::new(Trigger::Always, Effect::Status(500)).on("/health"))
        .fault(
            Fault::new(Trigger::Always, Effect::Status(503))
                .method("PUT")
                .times(1),
        )
        .start()
        .await
        .unwrap();
    assert_eq!(get(&api, "/contacts").await.0, 200);
    assert_eq!(get(&api, "/health?wakeup=false").await.0, 500);
    let put = async || {
        let body = r#"{"phone":"447700900999","name":"x"}"#;
        let request = request(&api, Method::PUT, "/contacts").body(body);
        crate::common::send(request).await.0
    };
    assert_eq!(put().await, 503);
    assert_eq!(put().await, 200);
}

/// Returns the ids that three pages of 500 contain.
async fn plain_loop(api: &Emulator) -> Vec<String> {
    let mut seen = Vec::new();
    for offset in [0, 500, 1000] {
        let (_, body) = get(api, &format!("/contacts?count=500&offset={offset}")).await;
        let page: serde_json::Value = serde_json::from_str(&body).unwrap();
        let rows = page["contacts"].as_array().unwrap();
        seen.extend(
            rows.iter()
                .map(|row| row["id"].as_str().unwrap().to_owned()),
        );
    }
    seen
}

#[tokio::test]
async fn three_leave_and_three_come_during_the_second_page() {
    let new: Vec<_> = (0..3)
        .map(|index| Person::new(format!("99900000050{index}")))
        .collect();
    let api = Emulator::builder()
        .fault(Fault::new(
            Trigger::Request(2),
            Effect::Change(ListChange::RemoveAt(vec![1, 2, 3])),
        ))
        .fault(Fault::new(
            Trigger::Request(2),
            Effect::Change(ListChange::Append(new)),
        ))
        .start()
        .await
        .unwrap();
    let before = api.people();
    let seen = plain_loop(&api).await;
    let after = api.people();
    assert_eq!((before.len(), seen.len(), after.len()), (1317, 1317, 1317));
    let missed: Vec<_> = after
        .iter()
        .filter(|person| !seen.contains(&person.id))
        .collect();
    assert_eq!(missed, [&before[500], &before[501], &before[502]]);
}

#[tokio::test]
async fn a_change_after_the_answer_is_seen_by_the_next() {
    let api = Emulator::builder()
        .contacts(numbered(3))
        .fault(Fault::new(
            Trigger::Offset(0),
            Effect::ChangeAfter(ListChange::InsertFront(vec![Person::new("447700950000")])),
        ))
        .start()
        .await
        .unwrap();
    assert_eq!(
        get(&api, "/contacts?count=1&offset=0").await.1,
        r#"{"contacts":[{"id":"447700900000","saved":true}],"count":1,"total":3,"offset":0}"#
    );
    assert_eq!(
        get(&api, "/contacts?count=1&offset=1").await.1,
        r#"{"contacts":[{"id":"447700900000","saved":true}],"count":1,"total":4,"offset":1}"#
    );
}

#[tokio::test]
async fn a_running_emulator_takes_changes_and_faults() {
    let api = Emulator::builder()
        .contacts(numbered(2))
        .start()
        .await
        .unwrap();
    check_answer(&api).await;
    api.change(ListChange::Remove(vec!["447700900001@c.us".into()]));
    assert_eq!(api.people(), numbered(1));
    api.fault(Fault::new(Trigger::Request(3), Effect::Status(502)));
    assert_eq!(get(&api, "/contacts").await.0, 200);
    assert_eq!(get(&api, "/contacts").await.0, 502);
}
