//! Certificates that are not trusted, of a real TLS server.

use whapi_export::{ErrorKind, RunEnd};
use whapi_test_support::UntrustedServer;

use super::{Rig, people, sign_in};

#[track_caller]
fn check(rig: &Rig, error: &whapi_export::Error, name: &str, server: &UntrustedServer) {
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate of {name} is not valid: this system does not trust its issuer; nothing \
             was sent; check whether a company's proxy or a virus scanner answers in Google's place, \
             and the clock of this computer"
        )
    );
    assert_eq!(server.connections(), 1);
    assert_eq!(rig.standin.journal().len(), 0);
    assert_eq!(rig.standin.clock().sleeps().len(), 0);
}

#[test]
fn a_certificate_of_the_api_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let server = UntrustedServer::start();
    let rig = Rig::new();
    let ctx = rig.ctx().with_option("endpoint", server.url());
    let error = rig
        .try_run(&ctx, &people(3), &RunEnd::complete())
        .unwrap_err();
    check(&rig, &error, "Google Sheets", &server);
}

#[test]
fn a_certificate_of_the_sign_in_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let server = UntrustedServer::start();
    let rig = Rig::new();
    let file = sign_in::service_key(&format!("{}/token", server.url()));
    let error = sign_in::run_with(&rig, &file).unwrap_err();
    check(&rig, &error, "Google's sign-in", &server);
}
