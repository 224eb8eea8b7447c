//! Answers that are too large or invalid.

use std::sync::Arc;

use whapi_export::{ErrorKind, RunEnd, StatusSink};
use whapi_http::VirtualClock;

use super::standin::{Fault, Kind};
use super::{Rig, expected, people, sign_in};
use crate::api::client::SheetsClient;
use crate::api::credentials::Credentials;
use crate::api::http::MAX_ANSWER;

/// A valid JSON object of this size.
fn padded(bytes: usize) -> String {
    format!("{{{}}}", " ".repeat(bytes - 2))
}

fn kinds(rig: &Rig) -> Vec<Kind> {
    let journal = rig.standin.journal();
    journal.iter().map(|entry| entry.kind).collect()
}

#[test]
fn an_answer_of_the_maximum_size_is_read() {
    let rig = Rig::new();
    rig.standin.fault(1, Fault::Says(200, padded(MAX_ANSWER)));
    let mut client = SheetsClient::new(
        rig.standin.endpoint().parse().unwrap(),
        super::ID.to_owned(),
        Credentials::bearer(super::TOKEN, "the test".to_owned()).unwrap(),
        Arc::<VirtualClock>::clone(rig.standin.clock()),
        StatusSink::default(),
    )
    .unwrap();
    let snapshot = rig.runtime.block_on(client.read_snapshot()).unwrap();
    assert_eq!(snapshot.tabs, []);
}

/// Runs over a tab with contacts, with too large an answer to the `nth` request.
#[track_caller]
fn check_too_large(nth: usize, requests: &[Kind]) {
    let (before, after) = (people(3), people(5));
    let rig = Rig::new();
    rig.run(&before);
    rig.standin.forget_journal();
    rig.standin
        .fault(nth, Fault::Says(200, padded(MAX_ANSWER + 1)));
    let error = rig
        .try_run(&rig.ctx(), &after, &RunEnd::complete())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        "Google Sheets sent an answer of more than 64 MiB"
    );
    assert_eq!(kinds(&rig), requests);
    assert_eq!(rig.standin.clock().sleeps().len(), 0);
    assert_eq!(rig.contacts_tab().texts(), expected(&before));
}

#[test]
fn a_larger_answer_is_an_error_and_not_requested_again() {
    check_too_large(1, &[Kind::Read]);
    // The second request checks the scope, and its failure ends nothing.
    check_too_large(3, &[Kind::Read; 3]);
    check_too_large(4, &[Kind::Read; 4]);
}

/// The batch may have been applied, so the spreadsheet is read again, and no more.
#[test]
fn a_larger_answer_to_a_batch_is_no_proof_of_a_write() {
    use Kind::{Read, Write};
    check_too_large(5, &[Read, Read, Read, Read, Write, Read]);
}

#[test]
fn a_larger_answer_to_the_sign_in_is_an_error() {
    let rig = Rig::new();
    let file = sign_in::service_key(&rig.token_uri());
    rig.standin
        .fault(1, Fault::Says(200, padded(MAX_ANSWER + 1)));
    let error = sign_in::run_with(&rig, &file).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Google's sign-in sent an answer of more than 64 MiB"
    );
    assert_eq!(kinds(&rig), [Kind::Token]);
}

#[test]
fn an_invalid_answer_is_requested_again() {
    for text in ["", "[]", "<p>Welcome to our Wi-Fi", "{\"sheets\": 7}"] {
        let rig = Rig::new();
        rig.standin.fault_from(1, Fault::Says(200, text.to_owned()));
        let error = rig
            .try_run(&rig.ctx(), &people(3), &RunEnd::complete())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Destination);
        assert_eq!(error.to_string(), "Google Sheets sent an invalid answer");
        assert_eq!(kinds(&rig), [Kind::Read; 8]);
    }
}
