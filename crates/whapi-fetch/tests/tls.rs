//! Certificates that are not trusted, of a real TLS server.
//!
//! A test program of its own: rcgen brings a crate that compares with `Duration`, too.

use std::sync::Arc;

use whapi_fetch::{Client, Clock, ErrorKind, Token};
use whapi_http::VirtualClock;
use whapi_test_support::UntrustedServer;
use whapi_text::with_causes;

const TOKEN: &str = "s3cret-t0ken";

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let server = UntrustedServer::start();
    let clock = Arc::new(VirtualClock::new());
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(server.url())
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
    assert_eq!(server.connections(), 1);
    assert!(clock.sleeps().is_empty());
}
