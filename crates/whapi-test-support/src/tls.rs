//! A TLS server whose certificate no system trusts.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A TLS server with a certificate of its own, which counts connections and answers nothing.
#[derive(Debug)]
pub struct UntrustedServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl UntrustedServer {
    /// Starts a server on a free port of 127.0.0.1. It runs until the process ends.
    ///
    /// # Panics
    ///
    /// If there is no free port, or no certificate can be made.
    ///
    /// ```
    /// let server = whapi_test_support::UntrustedServer::start();
    /// assert!(server.url().starts_with("https://127.0.0.1:"));
    /// assert_eq!(server.connections(), 0);
    /// ```
    pub fn start() -> Self {
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
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
        };
        let counter = Arc::clone(&server.connections);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                // The client ends the handshake with an alert.
                let _ = StreamOwned::new(connection, stream.unwrap()).read(&mut [0]);
            }
        });
        server
    }

    /// The address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
