//! Certificates that are not trusted, of a real TLS server.
//!
//! A test program of its own: rcgen brings a crate that compares with `Duration`, too.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use whapi_fetch::{Client, Clock, ErrorKind, Token};
use whapi_http::VirtualClock;
use whapi_text::with_causes;

const TOKEN: &str = "s3cret-t0ken";

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
    let url = format!("https://{}", listener.local_addr().unwrap());
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

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let (url, connections) = server();
    let clock = Arc::new(VirtualClock::new());
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(url)
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .build()
        .unwrap();
    let error = client.contacts(0, 500).await.unwrap_err();
    assert_eq!(
        with_causes(&error),
        "the API's certificate is not valid: this system does not trust its issuer; nothing was \
         sent"
    );
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, None));
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    assert!(clock.sleeps().is_empty());
}
