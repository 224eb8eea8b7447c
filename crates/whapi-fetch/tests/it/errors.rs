//! Answers without contacts, and their errors.

use std::time::Duration;

use whapi_emulator::{Effect, Emulator, Fault, Trigger};
use whapi_fetch::{Error, ErrorKind, RetryPolicy, ScanOptions};

use crate::common::{FAULT, Setup, TOKEN, all_texts, always, scan, start, usual};

#[track_caller]
fn check(error: &Error, kind: ErrorKind, status: Option<u16>, message: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!((error.kind(), error.status()), (kind, status));
    assert!(!all_texts(error).contains(TOKEN));
}

/// Asserts that nothing was retried and nothing waited.
#[track_caller]
fn check_one_try(setup: &Setup) {
    assert_eq!(setup.api.journal().len(), 1);
    assert_eq!(setup.clock.sleeps(), [Duration::ZERO; 0]);
}

/// Asserts 6 tries, with waits that are jittered below 0.5 s doubled each time.
#[track_caller]
fn check_six_tries(setup: &Setup) {
    assert_eq!(setup.api.journal().len(), 6);
    let waits = setup.clock.sleeps();
    assert_eq!(waits.len(), 5);
    for (wait, most) in waits.iter().zip([500, 1000, 2000, 4000, 8000]) {
        assert!(*wait <= Duration::from_millis(most), "{waits:?}");
    }
}

#[tokio::test]
async fn refusals_end_the_run_at_once() {
    for (status, kind, message) in [
        (
            400,
            ErrorKind::Api,
            format!("the Whapi API refused the request (400): Bad Request: {FAULT}"),
        ),
        (
            401,
            ErrorKind::Token,
            format!(
                "the Whapi API says that the channel is not authorized (401): Unauthorized: {FAULT}; the phone may not be linked: open the channel in Whapi's panel and scan the QR code with WhatsApp; otherwise check the token from the test"
            ),
        ),
        (
            402,
            ErrorKind::Quota,
            format!("the channel's quota is used up (402): Payment Required: {FAULT}"),
        ),
        (
            403,
            ErrorKind::Token,
            format!("the Whapi API refused the token from the test (403): Forbidden: {FAULT}"),
        ),
        (
            404,
            ErrorKind::Token,
            format!(
                "the Whapi API knows no channel for this token (404): Not Found: {FAULT}; check the token from the test and the address of the API"
            ),
        ),
        (
            418,
            ErrorKind::Api,
            format!("the Whapi API gave an unexpected answer (418): I'm a teapot: {FAULT}"),
        ),
    ] {
        let setup = start(usual().fault(always(Effect::Status(status)))).await;
        check(&setup.page_error().await, kind, Some(status), &message);
        check_one_try(&setup);
    }
}

#[tokio::test]
async fn an_error_may_be_a_text_beside_its_code() {
    let setup = start(usual().fault(always(Effect::TrialLimit))).await;
    let message = "the channel's quota is used up (402): trial version limit exceeded";
    let error = setup.page_error().await;
    check(&error, ErrorKind::Quota, Some(402), message);
    check_one_try(&setup);
}

#[tokio::test]
async fn passing_failures_are_tried_six_times() {
    for (status, words) in [
        (408, "Request Timeout"),
        (425, "Too Early"),
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (504, "Gateway Timeout"),
    ] {
        let setup = start(usual().fault(always(Effect::Status(status)))).await;
        let error = setup.page_error().await;
        let message = format!(
            "the Whapi API failed ({status}): {words}: {FAULT}; gave up after 6 tries in {} s",
            setup.waited()
        );
        check(&error, ErrorKind::Api, Some(status), &message);
        check_six_tries(&setup);
    }
}

#[tokio::test]
async fn too_many_requests_to_the_end_are_a_quota() {
    let setup = start(usual().fault(always(Effect::RateLimited { retry_after: None }))).await;
    let error = setup.page_error().await;
    let message = format!(
        "the Whapi API limits the rate of requests (429): Too Many Requests: {FAULT}; gave up after 6 tries in {} s",
        setup.waited()
    );
    check(&error, ErrorKind::Quota, Some(429), &message);
    check_six_tries(&setup);
}

#[tokio::test]
async fn spoilt_answers_are_tried_six_times() {
    let not_json = "the Whapi API's answer is not the documented JSON";
    for (effect, message) in [
        (Effect::Html, not_json),
        (Effect::TruncatedJson, not_json),
        (Effect::Json(String::new()), not_json),
        (
            Effect::Json("[]".into()),
            "the Whapi API answered JSON without a list of contacts",
        ),
        (
            Effect::Json(r#"{"error":{"code":500,"message":"oops"}}"#.into()),
            "the Whapi API answered with an error: oops",
        ),
        (Effect::CutBody, "the connection to the Whapi API broke off"),
        (
            Effect::CloseConnection,
            "the connection to the Whapi API broke off",
        ),
    ] {
        let setup = start(usual().fault(always(effect))).await;
        let error = setup.page_error().await;
        let message = format!("{message}; gave up after 6 tries in {} s", setup.waited());
        check(&error, ErrorKind::Api, None, &message);
        check_six_tries(&setup);
    }
}

#[tokio::test]
async fn an_api_that_is_not_there_is_tried_six_times() {
    let setup = start(usual()).await;
    let client = setup.client();
    let clock = setup.clock;
    let address = setup.api.base_url().to_owned();
    setup.api.shutdown().await;
    let error = client.contacts(0, 500).await.unwrap_err();
    let waits = clock.sleeps();
    assert_eq!(waits.len(), 5);
    let waited = waits.iter().sum::<Duration>().as_secs();
    check(
        &error,
        ErrorKind::Api,
        None,
        &format!(
            "could not connect to the Whapi API at {address}; gave up after 6 tries in {waited} s"
        ),
    );
}

#[tokio::test]
async fn a_passing_failure_that_passes_costs_one_retry_each() {
    let setup = start(usual().fault(always(Effect::Status(503)).times(5))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (1, 3, 9, 5));
}

#[tokio::test]
async fn the_message_of_the_api_is_shown_without_the_token() {
    let body = format!(r#"{{"error":{{"message":"no channel for {TOKEN}"}}}}"#);
    let setup = start(usual().fault(always(Effect::Json(body)))).await;
    let error = setup.page_error().await;
    let message = format!(
        "the Whapi API answered with an error: no channel for [token]; gave up after 6 tries in {} s",
        setup.waited()
    );
    check(&error, ErrorKind::Api, None, &message);
}

#[tokio::test]
async fn the_message_of_the_api_stays_on_one_line_and_has_a_bound() {
    let said = format!(
        "busy\\r\\ncsv: 9 contacts written\\u2028{}",
        "x".repeat(400)
    );
    let body = format!(r#"{{"error":{{"message":"{said}"}}}}"#);
    let setup = start(usual().fault(always(Effect::Json(body)))).await;
    let error = setup.page_error().await;
    let message = format!(
        "the Whapi API answered with an error: busy  csv: 9 contacts written {}; gave up after 6 tries in {} s",
        "x".repeat(300 - 30),
        setup.waited()
    );
    check(&error, ErrorKind::Api, None, &message);
}

#[tokio::test]
async fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    // The clock starts at the Unix epoch.
    for (value, wait) in [("2", 2), ("120", 120), ("Thu, 01 Jan 1970 00:00:07 GMT", 7)] {
        for effect in [
            Effect::RateLimited {
                retry_after: Some(value.into()),
            },
            Effect::RetryAfter {
                status: 503,
                value: value.into(),
            },
        ] {
            let setup = start(usual().fault(always(effect).times(1))).await;
            let page = setup.client().contacts(0, 500).await.unwrap();
            assert_eq!(page.items.len(), 500);
            assert_eq!(setup.api.journal().len(), 2);
            assert_eq!(setup.clock.sleeps(), [Duration::from_secs(wait)]);
        }
    }
}

#[tokio::test]
async fn retry_after_that_says_nothing_leaves_our_own_wait() {
    // "At once", or a date that our clock says is past, would else use up every try in a moment.
    for value in ["soon", "0", "Wed, 31 Dec 1969 23:59:59 GMT"] {
        let fault = always(Effect::RateLimited {
            retry_after: Some(value.into()),
        });
        let setup = start(usual().fault(fault.times(1))).await;
        setup.client().contacts(0, 500).await.unwrap();
        let waits = setup.clock.sleeps();
        assert_eq!(waits.len(), 1, "{value}");
        assert!(waits[0] <= Duration::from_millis(500), "{value}");
    }
}

#[tokio::test]
async fn a_retry_after_above_two_minutes_ends_the_run_at_once() {
    let too_long = "it asks to wait 121 s, longer than the 120 s that are waited for";
    for (status, kind, message) in [
        (
            429,
            ErrorKind::Quota,
            format!(
                "the Whapi API limits the rate of requests (429): Too Many Requests: {FAULT}; {too_long}"
            ),
        ),
        (
            503,
            ErrorKind::Api,
            format!("the Whapi API failed (503): Service Unavailable: {FAULT}; {too_long}"),
        ),
    ] {
        for value in ["121", "Thu, 01 Jan 1970 00:02:01 GMT"] {
            let fault = always(Effect::RetryAfter {
                status,
                value: value.into(),
            });
            let setup = start(usual().fault(fault)).await;
            check(&setup.page_error().await, kind, Some(status), &message);
            check_one_try(&setup);
        }
    }
}

#[tokio::test]
async fn a_retry_after_with_too_many_digits_is_68_years() {
    let fault = always(Effect::RetryAfter {
        status: 503,
        value: "99999999999999999999".into(),
    });
    let setup = start(usual().fault(fault.times(1))).await;
    let mut policy = RetryPolicy::default();
    policy.max_retry_after = Duration::MAX;
    policy.deadline = Duration::MAX;
    let client = setup.builder().retry_policy(policy).build().unwrap();
    client.contacts(0, 500).await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(1 << 31)]);
}

#[tokio::test]
async fn a_request_is_given_up_after_five_minutes() {
    let fault = always(Effect::RetryAfter {
        status: 503,
        value: "110".into(),
    });
    let setup = start(usual().fault(fault)).await;
    let message = format!(
        "the Whapi API failed (503): Service Unavailable: {FAULT}; gave up after 3 tries in 220 s"
    );
    check(
        &setup.page_error().await,
        ErrorKind::Api,
        Some(503),
        &message,
    );
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(110); 2]);
}

#[tokio::test]
async fn one_try_is_called_one_try() {
    let setup = start(usual().fault(always(Effect::Status(500)))).await;
    let mut policy = RetryPolicy::default();
    policy.max_tries = 1;
    let client = setup.builder().retry_policy(policy).build().unwrap();
    let error = client.contacts(0, 500).await.unwrap_err();
    let message = format!(
        "the Whapi API failed (500): Internal Server Error: {FAULT}; gave up after 1 try in 0 s"
    );
    check(&error, ErrorKind::Api, Some(500), &message);
}

#[tokio::test]
async fn a_redirect_is_an_error_and_the_token_stays() {
    let other = Emulator::builder().token(TOKEN).start().await.unwrap();
    let target = format!("{}/contacts?count=500&offset=0", other.base_url());
    let setup = start(usual().fault(always(Effect::Redirect(target)))).await;
    check(
        &setup.page_error().await,
        ErrorKind::Api,
        Some(302),
        "the Whapi API answered with a redirect (302), which is never followed, because it would send the token elsewhere",
    );
    check_one_try(&setup);
    let run = setup.scan().await;
    assert_eq!(run.error.unwrap().status(), Some(302));
    assert_eq!(other.journal(), []);
}

#[tokio::test]
async fn a_lower_limit_on_count_falls_back_to_100_once() {
    let setup = start(usual().count_limit(100)).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    // The refused request, then 14 pages of 100 that share a row, then nothing more is asked
    // with 500.
    assert_eq!(run.counts(), (1, 14, 16, 0));
    let counts: Vec<_> = setup.pages().iter().map(|page| page.count).collect();
    assert_eq!(counts[0], Some(500));
    assert_eq!(counts[1..], [Some(100); 14]);
}

#[tokio::test]
async fn an_api_that_refuses_100_too_is_not_asked_again() {
    let setup = start(usual().fault(always(Effect::Status(400)))).await;
    let error = setup.scan().await.error.unwrap();
    check(
        &error,
        ErrorKind::Api,
        Some(400),
        &format!("the Whapi API refused the request (400): Bad Request: {FAULT}"),
    );
    let counts: Vec<_> = setup.pages().iter().map(|page| page.count).collect();
    assert_eq!(counts, [Some(500), Some(100)]);
}

#[tokio::test]
async fn a_page_size_of_100_or_less_has_nothing_to_fall_back_to() {
    let setup = start(usual().fault(always(Effect::Status(400)))).await;
    let options = ScanOptions::default().with_page_size(100).unwrap();
    let error = scan(setup.client(), options).await.error.unwrap();
    assert_eq!(error.status(), Some(400));
    assert_eq!(setup.pages().len(), 1);
}

#[tokio::test]
async fn a_wrong_token_names_the_place_it_came_from() {
    let setup = start(usual()).await;
    setup.api.fault(Fault::new(Trigger::Always, Effect::Html));
    let token = whapi_fetch::Token::new("wr0ng", "the file token.txt").unwrap();
    let client = whapi_fetch::Client::builder(token)
        .base_url(setup.api.base_url())
        .build()
        .unwrap();
    assert!(!format!("{client:?}").contains("wr0ng"));
    let error = client.contacts(0, 500).await.unwrap_err();
    assert!(!all_texts(&error).contains("wr0ng"));
    check(
        &error,
        ErrorKind::Token,
        Some(404),
        "the Whapi API knows no channel for this token (404): Not Found: channel not found; check the token from the file token.txt and the address of the API",
    );
}
