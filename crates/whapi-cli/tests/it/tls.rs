//! Runs against a TLS server with good and bad certificates.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use url::Url;
use whapi_emulator::Emulator;

use crate::canary::Proxy;
use crate::login::sign_in::SignIn;
use crate::support::{Case, Ran, TOKEN, three_people};

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A TLS server with a certificate of an authority that only its [`Case`] trusts.
struct Server {
    port: u16,
    authority: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// A server for `name` that does `talk` once a handshake is done.
    fn start(
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
        protocol: &[u8],
        talk: impl Fn(&mut Stream) + Send + Sync + 'static,
    ) -> Self {
        let mut of_authority = CertificateParams::default();
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        of_authority
            .distinguished_name
            .push(DnType::CommonName, format!("the authority of {name}"));
        let key = KeyPair::generate().unwrap();
        let authority = CertifiedIssuer::self_signed(of_authority, key).unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![protocol.to_vec()];
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, talk) = (Arc::clone(&connections), Arc::new(talk));
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let (config, talk) = (Arc::clone(&config), Arc::clone(&talk));
                std::thread::spawn(move || {
                    let connection = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(connection, stream.unwrap());
                    // A client that does not trust the certificate ends the handshake.
                    while stream.conn.is_handshaking() {
                        if stream.conn.complete_io(&mut stream.sock).is_err() {
                            return;
                        }
                    }
                    talk(&mut stream);
                });
            }
        });
        Self {
            port,
            authority: authority.pem(),
            connections,
        }
    }

    /// A case that asks this server and trusts its authority.
    fn case(&self) -> Case {
        Case::new()
            .input("authority.pem", &self.authority)
            .env("SSL_CERT_FILE", "../in/authority.pem")
            .env("WHAPI_BASE_URL", format!("https://127.0.0.1:{}", self.port))
            .env("WHAPI_TOKEN", TOKEN)
    }
}

/// Answers one request with three contacts, or with a channel that is ready.
fn answer(stream: &mut Stream) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    let body = if request.starts_with(b"GET /contacts") {
        Emulator::answer(&three_people(), 0, 500)
    } else {
        r#"{"status":{"code":4,"text":"AUTH"}}"#.to_owned()
    };
    // A client that went away does not want it.
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.flush();
}

fn unchanged(_: &mut CertificateParams) {}

#[test]
fn a_proxy_is_not_asked_for_https_on_loopback() {
    let server = Server::start("127.0.0.1", unchanged, b"http/1.1", answer);
    let proxy = Proxy::start();
    let ran = proxy.of(server.case()).run(&["export", "-f", "csv", "-q"]);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.csv"]);
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
    assert_eq!(proxy.said.try_recv(), Err(mpsc::TryRecvError::Empty));
}

/// Ends at the first try of both requests, contacts and health, with exit code 5.
#[track_caller]
fn check_refused(server: &Server, ran: &Ran, problem: &str) {
    ran.check(
        5,
        &format!("error: the API's certificate is not valid: {problem}; nothing was sent\n"),
    );
    ran.check_nothing_written(5);
    assert!(server.connections.load(Ordering::SeqCst) <= 2);
}

#[test]
fn a_certificate_that_has_expired_ends_the_run_at_the_first_try() {
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 2, 3);
    let server = Server::start("127.0.0.1", expired, b"http/1.1", answer);
    let ran = server.case().run(&["export", "-f", "csv", "-q"]);
    check_refused(
        &server,
        &ran,
        "it has expired, or this machine's clock is wrong",
    );
}

#[test]
fn a_certificate_that_is_not_valid_yet_ends_the_run_at_the_first_try() {
    let later = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 2, 3);
    let server = Server::start("127.0.0.1", later, b"http/1.1", answer);
    let ran = server.case().run(&["export", "-f", "csv", "-q"]);
    check_refused(
        &server,
        &ran,
        "it is not valid yet, or this machine's clock is wrong",
    );
}

/// rustls quotes the names in the certificate.
#[test]
fn a_certificate_for_another_name_is_not_quoted() {
    let server = Server::start("canaria.example", unchanged, b"http/1.1", answer);
    let ran = server.case().run(&["export", "-f", "csv", "-q"]);
    check_refused(&server, &ran, "it is for another name");
}

#[test]
fn an_authority_that_is_not_trusted_ends_the_run_at_the_first_try() {
    let server = Server::start("127.0.0.1", unchanged, b"http/1.1", answer);
    let other = Server::start("localhost", unchanged, b"http/1.1", answer);
    let ran = server
        .case()
        .input("authority.pem", &other.authority)
        .run(&["export", "-f", "csv", "-q"]);
    check_refused(&server, &ran, "this system does not trust its issuer");
}

#[test]
fn an_expired_certificate_of_google_ends_the_run_at_the_first_try() {
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 2, 3);
    let server = Server::start("127.0.0.1", expired, b"http/1.1", answer);
    let endpoint = format!("sheets.endpoint=https://127.0.0.1:{}", server.port);
    let case = Case::new()
        .input("authority.pem", &server.authority)
        .env("SSL_CERT_FILE", "../in/authority.pem")
        .env("WHAPI_SHEETS_TOKEN", "hush");
    let ran = case.run(&[
        "export",
        "-q",
        "-f",
        "sheets",
        "--demo",
        "--set",
        "sheets.spreadsheet=abc",
        "--set",
        &endpoint,
    ]);
    ran.check(
        7,
        "error: the certificate of Google Sheets is not valid: it has expired, or this \
         machine's clock is wrong; nothing was sent; check whether a company's proxy or a virus \
         scanner answers in Google's place, and the clock of this computer\n",
    );
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn an_expired_certificate_ends_a_sign_in_at_the_first_try() {
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 2, 3);
    let server = Server::start("127.0.0.1", expired, b"http/1.1", answer);
    let case = server.case();
    let client = json!({"installed": {
        "client_id": "ci",
        "client_secret": "cs",
        "token_uri": format!("https://127.0.0.1:{}/token", server.port),
    }});
    let home = case.path("home");
    let case = case
        .env("HOME", home)
        .input("client.json", client.to_string());
    let mut sign_in = SignIn::start(&case, &["--no-browser"]);
    let address = Url::parse(&sign_in.address()).unwrap();
    let mut fields = address.query_pairs();
    let (_, state) = fields.find(|(name, _)| name == "state").unwrap();
    sign_in.paste(&format!("http://127.0.0.1/?state={state}&code=hush"));
    let ran = sign_in.finish(&case);
    ran.check_code(7);
    assert_eq!(
        ran.stderr.lines().last(),
        Some(
            "error: the certificate of Google's sign-in is not valid: it has expired, or this \
             machine's clock is wrong; nothing was sent; check whether a company's proxy or a virus \
             scanner answers in Google's place, and the clock of this computer"
        )
    );
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

/// h2 quotes the text that a server sends along with the end of a connection.
#[test]
fn what_ends_a_connection_of_http_2_is_not_quoted() {
    let server = Server::start("127.0.0.1", unchanged, b"h2", |stream| {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let mut goodbye = vec![0, 0, 0, 7, 0, 0, 0, 0, 0];
        // The last stream that was looked at, and the error INTERNAL_ERROR.
        goodbye.extend([0, 0, 0, 0, 0, 0, 0, 2]);
        goodbye.extend(TOKEN.as_bytes());
        goodbye[2] = u8::try_from(goodbye.len() - 9).unwrap();
        // A client that went away does not want it.
        let _ = stream.write_all(&[&settings[..], &goodbye].concat());
        let _ = stream.flush();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let ran = server.case().run(&["export", "-f", "csv", "-vv", "--json"]);
    ran.check_code(5);
    let (_, message) = ran.stderr.rsplit_once("error: ").unwrap();
    let (message, _) = message.split_once(" tries in ").unwrap();
    assert_eq!(
        message,
        "the connection to the Whapi API broke off; gave up after 6"
    );
}
