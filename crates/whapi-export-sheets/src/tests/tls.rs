//! Certificates that are not trusted, of a real TLS server.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use whapi_export::{ErrorKind, RunEnd};

use super::{Rig, people, sign_in};

/// A TLS server with a certificate of its own that counts the connections.
fn server() -> (String, Arc<AtomicUsize>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counter.fetch_add(1, Ordering::SeqCst);
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // The client ends the handshake with an alert.
            let _ = StreamOwned::new(connection, stream.unwrap()).read(&mut [0]);
        }
    });
    (url, connections)
}

#[track_caller]
fn check(rig: &Rig, error: &whapi_export::Error, name: &str, connections: &AtomicUsize) {
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate of {name} is not valid: this system does not trust its issuer; nothing \
             was sent; check whether a company's proxy or a virus scanner answers in Google's place, \
             and the clock of this computer"
        )
    );
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    assert_eq!(rig.standin.journal().len(), 0);
    assert_eq!(rig.standin.clock().sleeps().len(), 0);
}

#[test]
fn a_certificate_of_the_api_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let (url, connections) = server();
    let rig = Rig::new();
    let ctx = rig.ctx().with_option("endpoint", url);
    let error = rig
        .try_run(&ctx, &people(3), &RunEnd::complete())
        .unwrap_err();
    check(&rig, &error, "Google Sheets", &connections);
}

#[test]
fn a_certificate_of_the_sign_in_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let (url, connections) = server();
    let rig = Rig::new();
    let file = sign_in::service_key(&format!("{url}token"));
    let error = sign_in::run_with(&rig, &file).unwrap_err();
    check(&rig, &error, "Google's sign-in", &connections);
}
