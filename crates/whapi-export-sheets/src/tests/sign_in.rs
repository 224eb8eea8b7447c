//! Sign-in by a service account and by a person.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tempfile::NamedTempFile;
use whapi_export::{ErrorKind, OpenContext, Result, RunEnd, StatusSink};
use whapi_http::VirtualClock;

use super::standin::{Fault, Kind};
use super::{Rig, people};
use crate::api::assertion::{AccountKey, Assertion};
use crate::api::client::SheetsClient;
use crate::api::credentials::Credentials;

/// Created for this test with `openssl genrsa 2048`. It gives access to nothing.
const KEY: &str = include_str!("test_key.pem");

const ROBOT: &str = "robot@example.iam.gserviceaccount.com";

fn file_with(content: &serde_json::Value) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content.to_string()).unwrap();
    file
}

pub(super) fn service_key(token_uri: &str) -> NamedTempFile {
    file_with(&json!({
        "type": "service_account",
        "client_email": ROBOT,
        "private_key": KEY,
        "private_key_id": "k1",
        "token_uri": token_uri,
    }))
}

fn user(token_uri: &str) -> NamedTempFile {
    file_with(&json!({
        "type": "authorized_user", "client_id": "ci", "client_secret": "cs",
        "refresh_token": "rt", "token_uri": token_uri, "universe_domain": "googleapis.com",
    }))
}

/// A credentials file of each kind of account.
fn accounts(rig: &Rig) -> [NamedTempFile; 2] {
    let token_uri = rig.token_uri();
    [service_key(&token_uri), user(&token_uri)]
}

impl Rig {
    pub(super) fn token_uri(&self) -> String {
        format!("{}token", self.standin.endpoint())
    }

    fn waits(&self) -> Vec<Duration> {
        self.standin.clock().sleeps()
    }
}

pub(super) fn run_with(rig: &Rig, file: &NamedTempFile) -> Result<()> {
    let ctx = OpenContext::new()
        .with_option("spreadsheet", super::ID)
        .with_option("endpoint", rig.standin.endpoint())
        .with_option("credentials", file.path().to_str().unwrap());
    rig.try_run(&ctx, &people(3), &RunEnd::complete()).map(drop)
}

/// The name of a credentials file in messages.
fn origin(file: &NamedTempFile) -> String {
    format!(
        "the file `{}` (by `sheets.credentials`)",
        file.path().display()
    )
}

#[test]
fn one_token_serves_all_requests() {
    for nth in [0, 1] {
        let rig = Rig::new();
        run_with(&rig, &accounts(&rig)[nth]).unwrap();
        rig.holds(&people(3));
        assert_eq!(rig.standin.count(Kind::Token), 1);
        assert_eq!(rig.standin.journal().len(), REQUESTS[nth]);
    }
}

/// The requests of a run of each account that writes three contacts into a new tab: a token, reads and
/// a write. The scope of a person's token is checked by a read.
const REQUESTS: [usize; 2] = [4, 5];

#[test]
fn a_refused_token_is_renewed_once() {
    for nth in [0, 1] {
        let rig = Rig::new();
        rig.standin.fault(2, Fault::Status(401, None));
        run_with(&rig, &accounts(&rig)[nth]).unwrap();
        rig.holds(&people(3));
        assert_eq!(rig.standin.count(Kind::Token), 2);
        assert_eq!(rig.standin.journal().len(), REQUESTS[nth] + 2);

        let rig = Rig::new();
        rig.standin.fault(2, Fault::Status(401, None));
        rig.standin.fault(4, Fault::Status(401, None));
        let file = &accounts(&rig)[nth];
        let error = run_with(&rig, file).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert_eq!(
            error.to_string(),
            format!(
                "Google does not accept the token from {}: it is wrong, expired or revoked; get a \
                 new one (Google: scripted)",
                origin(file)
            )
        );
        assert_eq!(rig.standin.journal().len(), 4);
    }
}

#[test]
fn a_refused_token_is_renewed_after_a_failed_sign_in() {
    for nth in [0, 1] {
        let rig = Rig::new();
        rig.standin.fault(1, Fault::Html(503));
        rig.standin.fault(3, Fault::Status(401, None));
        run_with(&rig, &accounts(&rig)[nth]).unwrap();
        rig.holds(&people(3));
        assert_eq!(rig.standin.count(Kind::Token), 3);
        assert_eq!(rig.standin.journal().len(), REQUESTS[nth] + 3);
    }
}

#[test]
fn a_failed_sign_in_is_tried_again() {
    let faults = [
        Fault::Status(429, None),
        Fault::Status(500, None),
        Fault::Status(502, None),
        Fault::Html(503),
        Fault::Status(504, None),
        Fault::Says(503, r#"{"error":"internal_failure"}"#.to_owned()),
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::StatusAfter(502),
        Fault::Truncated,
    ];
    for fault in faults {
        for nth in [0, 1] {
            let rig = Rig::new();
            rig.standin.fault(1, fault.clone());
            run_with(&rig, &accounts(&rig)[nth]).unwrap();
            rig.holds(&people(3));
            assert_eq!(rig.standin.count(Kind::Token), 2, "{fault:?}");
            assert_eq!(rig.standin.journal().len(), REQUESTS[nth] + 1, "{fault:?}");
            let waits = rig.waits();
            assert_eq!(waits.len(), 1, "{fault:?}");
            assert!(waits[0] <= Duration::from_secs(1), "{waits:?}");
        }
    }
}

#[test]
fn the_sign_in_waits_as_long_as_it_is_asked_to() {
    for (asked, seconds) in [
        ("17", 17),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 30),
        ("300", 300),
    ] {
        for (nth, status) in [(0, 429), (0, 503), (1, 429), (1, 503)] {
            let rig = Rig::new();
            rig.standin.fault(1, Fault::Status(status, Some(asked)));
            run_with(&rig, &accounts(&rig)[nth]).unwrap();
            assert_eq!(rig.standin.count(Kind::Token), 2);
            assert_eq!(rig.waits(), [Duration::from_secs(seconds)]);
        }
    }
    let rig = Rig::new();
    rig.standin.fault(1, Fault::Status(503, Some("301")));
    let error = run_with(&rig, &accounts(&rig)[0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Google's sign-in failed with status 503; Google asks to wait 301 s, longer than the 300 s \
         that are waited for"
    );
    assert_eq!(rig.standin.journal().len(), 1);
}

/// Checks the error of a sign-in that always fails in this way, and that nothing else is requested.
#[track_caller]
fn check_failing(fault: &Fault, tries: usize, kind: ErrorKind, expected: &str) {
    for nth in [0, 1] {
        let rig = Rig::new();
        rig.standin.fault_from(1, fault.clone());
        let error = run_with(&rig, &accounts(&rig)[nth]).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.to_string(), expected);
        assert_eq!(rig.standin.count(Kind::Token), tries);
        assert_eq!(rig.standin.journal().len(), tries);
        assert_eq!(rig.waits().len(), tries - 1);
    }
}

#[test]
fn a_sign_in_that_keeps_failing_ends_the_run() {
    check_failing(
        &Fault::Html(503),
        8,
        ErrorKind::Destination,
        "Google's sign-in failed with status 503",
    );
    check_failing(
        &Fault::Status(429, None),
        14,
        ErrorKind::RateLimited,
        "Google's sign-in accepts no more requests for now (status 429)",
    );
    check_failing(
        &Fault::CutBefore,
        8,
        ErrorKind::Destination,
        "the connection to Google's sign-in failed",
    );
    check_failing(
        &Fault::Says(200, "<p>Welcome to our Wi-Fi".to_owned()),
        8,
        ErrorKind::Destination,
        "Google's sign-in sent an invalid answer",
    );
}

/// The request that needed the token was not sent; before it is sent again, the tab is looked at.
#[test]
fn a_failed_sign_in_is_no_lost_answer() {
    use Kind::{Read, Token, Write};

    for nth in [0, 1] {
        let rig = Rig::new();
        rig.standin.fault(REQUESTS[nth], Fault::Status(401, None));
        rig.standin.fault(REQUESTS[nth] + 1, Fault::CutBefore);
        run_with(&rig, &accounts(&rig)[nth]).unwrap();
        rig.holds(&people(3));
        let kinds: Vec<_> = rig
            .standin
            .journal()
            .iter()
            .map(|entry| entry.kind)
            .collect();
        let before_the_fault = [&[Token][..], &[Read; 3][..REQUESTS[nth] - 2]].concat();
        let expected = [before_the_fault, vec![Write, Token, Token, Read, Write]].concat();
        assert_eq!(kinds, expected);
    }
}

/// Time passes only while the run waits, so that each try times out at once.
#[test]
fn a_sign_in_that_times_out_is_tried_again() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let token_uri = format!("http://{}/token", silent.local_addr().unwrap());
    for file in [service_key(&token_uri), user(&token_uri)] {
        let rig = Rig::new();
        rig.runtime.block_on(async { tokio::time::pause() });
        let error = run_with(&rig, &file).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(error.to_string(), "Google's sign-in did not answer in time");
        assert_eq!(rig.waits().len(), 7);
        assert_eq!(rig.standin.journal().len(), 0);
    }
}

/// Checks the message after an answer to the sign-in, which is not tried again.
#[track_caller]
fn check_refused(nth: usize, status: u16, said: &serde_json::Value, expected: &str) {
    let rig = Rig::new();
    rig.standin.fault(1, Fault::Says(status, said.to_string()));
    let file = &accounts(&rig)[nth];
    let error = run_with(&rig, file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let found = error.to_string().replace(&origin(file), "FILE");
    assert_eq!(found, expected);
    assert_eq!(rig.standin.journal().len(), 1);
    assert_eq!(rig.waits(), [Duration::ZERO; 0]);
}

#[test]
fn a_refused_service_account_names_the_way_out() {
    check_refused(
        0,
        400,
        &json!({
            "error": "invalid_grant",
            "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and \
                                  in a reasonable timeframe. Check your iat and exp values in the \
                                  JWT claim.",
        }),
        "Google's sign-in refused the credentials from FILE: the clock of this computer is wrong; set \
         it (Google: invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and \
         in a reasonable timeframe. Check your iat and exp values in the JWT claim.)",
    );
    check_refused(
        0,
        400,
        &json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
        "Google's sign-in refused the credentials from FILE: the key was deleted or disabled; create \
         a new key for the service account (Google: invalid_grant: Invalid JWT Signature.)",
    );
    let unclear = "Google's sign-in refused the credentials from FILE: the service account or its \
                   key was deleted or disabled, or the clock of this computer is wrong; check the \
                   clock, then create a new key";
    check_refused(
        0,
        400,
        &json!({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}),
        &format!("{unclear} (Google: invalid_grant: Invalid grant: account not found)"),
    );
    check_refused(
        0,
        401,
        &json!({"error": "invalid_client"}),
        &format!("{unclear} (Google: invalid_client)"),
    );
    check_refused(
        0,
        403,
        &json!({"error": {"code": 403, "message": "Blocked.", "status": "PERMISSION_DENIED"}}),
        &format!("{unclear} (Google: PERMISSION_DENIED: Blocked.)"),
    );
}

#[test]
fn a_refused_sign_in_of_a_person_names_the_way_out() {
    let again = "Google's sign-in refused the credentials from FILE: the sign-in was revoked or has \
                 expired, which it does after 7 days while the consent screen is in Testing; sign in again";
    check_refused(
        1,
        400,
        &json!({
            "error": "invalid_grant",
            "error_description": "Token has been expired or revoked.",
        }),
        &format!("{again} (Google: invalid_grant: Token has been expired or revoked.)"),
    );
    check_refused(
        1,
        400,
        &json!({"error": "invalid_grant"}),
        &format!("{again} (Google: invalid_grant)"),
    );
    let client = "Google's sign-in refused the credentials from FILE: the OAuth client was deleted \
                  or its secret was changed; create a new client, and sign in with its file";
    check_refused(
        1,
        401,
        &json!({
            "error": "invalid_client",
            "error_description": "The OAuth client was not found.",
        }),
        &format!("{client} (Google: invalid_client: The OAuth client was not found.)"),
    );
}

#[test]
fn an_answer_without_a_reason_is_not_taken_for_a_refusal() {
    for nth in [0, 1] {
        for (status, said) in [
            (404, json!(null)),
            (407, json!({"error": 7})),
            (501, json!([])),
        ] {
            check_refused(
                nth,
                status,
                &said,
                &format!(
                    "Google's sign-in failed with status {status}; check `token_uri` in FILE, and \
                     whether a proxy answers in Google's place"
                ),
            );
        }
    }
}

#[test]
fn a_token_that_fits_in_no_header_is_refused() {
    for nth in [0, 1] {
        for token in [
            json!({}),
            json!({"access_token": " "}),
            json!({"access_token": "a\r\nb"}),
        ] {
            check_refused(
                nth,
                200,
                &token,
                "Google's sign-in with FILE returned no valid token",
            );
        }
    }
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    for (expires, renewed) in [
        (json!({}), 3480),
        (json!({"expires_in": 600}), 480),
        (json!({"expires_in": u64::MAX}), 3480),
        (json!({"expires_in": 60}), 0),
    ] {
        for nth in [0, 1] {
            let rig = Rig::new();
            let file = &accounts(&rig)[nth];
            let mut granted = expires.clone();
            granted["access_token"] = json!("user-token");
            rig.standin.fault(1, Fault::Says(200, granted.to_string()));
            let clock = rig.standin.clock();
            let mut client = SheetsClient::new(
                rig.standin.endpoint().parse().unwrap(),
                super::ID.to_owned(),
                Credentials::from_file(file.path(), "the test").unwrap(),
                Arc::<VirtualClock>::clone(clock),
                StatusSink::default(),
            )
            .unwrap();
            rig.runtime.block_on(async {
                client.read_snapshot().await.unwrap();
                if renewed > 0 {
                    clock.advance(Duration::from_secs(renewed - 1));
                    client.read_snapshot().await.unwrap();
                    assert_eq!(rig.standin.count(Kind::Token), 1, "{expires}");
                    clock.advance(Duration::from_secs(1));
                }
                client.read_snapshot().await.unwrap();
            });
            assert_eq!(rig.standin.count(Kind::Token), 2, "{expires}");
        }
    }
}

#[test]
fn a_damaged_key_is_refused_before_the_sign_in() {
    // The line is inside of the first of the exponents with which RSA is computed faster.
    let line = KEY.lines().nth(19).unwrap();
    let damaged = KEY.replace(line, &line.chars().rev().collect::<String>());
    let rig = Rig::new();
    let file = file_with(&json!({
        "type": "service_account",
        "client_email": ROBOT,
        "private_key": damaged,
        "token_uri": rig.token_uri(),
    }));
    let error = run_with(&rig, &file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        format!("the `private_key` from {} is damaged", origin(&file))
    );
    assert_eq!(rig.standin.journal().len(), 0);
}

#[test]
fn a_refused_write_names_the_account() {
    let rig = Rig::new();
    rig.standin.read_only();
    let error = run_with(&rig, &service_key(&rig.token_uri())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(
        error.to_string().starts_with(
            "`robot@example.iam.gserviceaccount.com` may not change the spreadsheet \
             `1standin-Spreadsheet_id`; share it with this address as an editor"
        ),
        "{error}"
    );
}

/// How a hostile server could send `test-token` back.
const ECHOES: [&str; 5] = [
    "test-token",
    "%74est-token",
    r"test-t\\u006fken",
    // `Bearer test-token`, and `x=test-token;`
    "QmVhcmVyIHRlc3QtdG9rZW4=",
    "eD10ZXN0LXRva2VuOw",
];

#[test]
fn quoted_messages_have_no_token_and_are_short() {
    for echo in ECHOES {
        for (nth, status) in [(1, 400), (1, 401), (1, 403), (3, 400), (3, 404)] {
            let rig = Rig::new();
            let said = format!(
                "{{\"error\":{{\"message\":\"<{echo}>\\u2028{}\"}}}}",
                "x".repeat(400)
            );
            rig.standin.fault(nth, Fault::Says(status, said));
            let error = rig
                .try_run(&rig.ctx(), &people(3), &RunEnd::complete())
                .unwrap_err();
            let quoted = format!(" (Google: <[token]> {})", "x".repeat(300 - 10));
            assert!(error.to_string().ends_with(&quoted), "{echo}: {error}");
        }
    }
}

#[test]
fn quoted_sign_in_errors_have_no_secret() {
    let rig = Rig::new();
    let token_uri = rig.token_uri();
    let assertion = AccountKey::from_pem(KEY).unwrap().sign(&Assertion {
        account: ROBOT,
        key_id: Some("k1"),
        scope: "https://www.googleapis.com/auth/spreadsheets",
        audience: &token_uri,
        issued: SystemTime::UNIX_EPOCH,
    });
    let client = file_with(&json!({
        "type": "authorized_user", "client_id": "ci", "client_secret": "hush-secret",
        "refresh_token": "rt-refresh-hush", "token_uri": token_uri,
    }));
    for (file, echo, mark) in [
        (&client, "hush-secret", "[token]"),
        (&client, "rt-refresh-hush", "[token]"),
        (&client, "x", "x"),
        (
            &service_key(&token_uri),
            assertion.as_deref().unwrap(),
            "[token]",
        ),
    ] {
        rig.standin.forget_journal();
        let said = json!({
            "error": "invalid_grant",
            "error_description": format!("no\n{echo}\u{2028}{}", "y".repeat(400)),
        });
        rig.standin.fault(1, Fault::Says(400, said.to_string()));
        let error = run_with(&rig, file).unwrap_err().to_string();
        let (_, quoted) = error.split_once(" (Google: ").unwrap();
        let said = format!("invalid_grant: no {mark} ");
        let cut = "y".repeat(300 - said.len());
        assert_eq!(quoted, format!("{said}{cut})"));
    }
}
