//! A stand-in for Google's sign-in, over real HTTP on loopback.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use crate::support::BOUND;

pub(super) const CLIENT_ID: &str = "1234-abc.apps.googleusercontent.com";
pub(super) const CLIENT_SECRET: &str = "GOCSPX-canary/Secret+1=";
pub(super) const CODE: &str = "4/0canary-Code+2=";
pub(super) const REFRESH_TOKEN: &str = "1//0canary-Refresh+3=";
pub(super) const ACCESS_TOKEN: &str = "ya29.canary-Access_4";
pub(super) const SPREADSHEETS: &str = "https://www.googleapis.com/auth/spreadsheets";

pub(super) type Fields = BTreeMap<String, String>;

/// What the token service does in place of granting tokens.
pub(super) enum Fault {
    /// Answers with this status and body.
    Says(u16, String),
    /// Closes the connection without an answer.
    Cut,
    /// Answers with a redirect to this address.
    Redirect(String),
    /// Waits for this, and then grants tokens.
    Hold(Receiver<()>),
}

/// The stand-in. It grants tokens for [`CODE`] to the client that [`client_file`](Self::client_file)
/// describes, once for each sign-in.
pub(super) struct Google {
    address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified of every form.
    asked: Condvar,
}

#[derive(Default)]
struct State {
    /// The error in place of a code.
    refuses: Option<String>,
    /// Fields that the answer of the token service has in addition, or does not have if null.
    answer: Vec<(&'static str, Value)>,
    faults: VecDeque<Fault>,
    /// The parameters of the sign-in that has not been exchanged yet.
    requested: Option<Fields>,
    /// The parameters of every request for the sign-in page.
    pages: Vec<Fields>,
    /// The forms of every request of the token service.
    forms: Vec<Fields>,
}

impl Google {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let of_server = Arc::clone(&shared);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, shared) = (stream.unwrap(), Arc::clone(&of_server));
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    /// Sends the browser back with an error.
    pub(super) fn refusing(self, error: &str) -> Self {
        self.state().refuses = Some(error.to_owned());
        self
    }

    /// Adds a field to the answer of the token service, or removes it by null.
    pub(super) fn answering(self, name: &'static str, value: Value) -> Self {
        self.state().answer.push((name, value));
        self
    }

    /// Makes the next request of the token service fail.
    pub(super) fn failing(self, fault: Fault) -> Self {
        self.state().faults.push_back(fault);
        self
    }

    pub(super) fn pages(&self) -> Vec<Fields> {
        self.state().pages.clone()
    }

    pub(super) fn forms(&self) -> Vec<Fields> {
        self.state().forms.clone()
    }

    /// Waits until the token service has been asked so many times.
    pub(super) fn wait_for_forms(&self, count: usize) {
        let too_few = |state: &mut State| state.forms.len() < count;
        let asked = &self.shared.asked;
        let (_state, timeout) = asked
            .wait_timeout_while(self.state(), BOUND, too_few)
            .unwrap();
        assert!(!timeout.timed_out());
    }

    pub(super) fn token_uri(&self) -> String {
        format!("{}/token", self.address)
    }

    /// The OAuth client as Google's console downloads it.
    pub(super) fn client_file(&self) -> String {
        json!({"installed": {
            "client_id": CLIENT_ID,
            "project_id": "made-up",
            "auth_uri": format!("{}/auth", self.address),
            "token_uri": self.token_uri(),
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": ["http://localhost"],
        }})
        .to_string()
    }
}

fn fields(query: &str) -> Fields {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let state = || shared.state.lock().unwrap();
    let Some((head, body)) = read_request(&mut stream) else {
        return;
    };
    let target = head.split(' ').nth(1).unwrap();
    let url = Url::parse("http://localhost")
        .unwrap()
        .join(target)
        .unwrap();
    if url.path() == "/auth" {
        let location = sign_in_page(&fields(url.query().unwrap()), &mut state());
        answer(&mut stream, 302, &format!("Location: {location}\r\n"), "");
        return;
    }
    assert_eq!(url.path(), "/token");
    let form = fields(&body);
    let fault = {
        let mut state = state();
        state.forms.push(form.clone());
        shared.asked.notify_all();
        state.faults.pop_front()
    };
    match fault {
        Some(Fault::Cut) => return,
        Some(Fault::Says(status, body)) => return answer(&mut stream, status, "", &body),
        Some(Fault::Redirect(to)) => {
            return answer(&mut stream, 307, &format!("Location: {to}\r\n"), "");
        }
        Some(Fault::Hold(until)) => until.recv().unwrap(),
        None => {}
    }
    let (status, said) = token_service(&form, &mut state());
    answer(&mut stream, status, "", &said.to_string());
}

/// Returns the address to which the browser is sent.
fn sign_in_page(query: &Fields, state: &mut State) -> String {
    state.pages.push(query.clone());
    let mut location = Url::parse(&query["redirect_uri"]).unwrap();
    location
        .query_pairs_mut()
        .append_pair("state", &query["state"]);
    if let Some(error) = &state.refuses {
        location.query_pairs_mut().append_pair("error", error);
    } else {
        state.requested = Some(query.clone());
        location
            .query_pairs_mut()
            .append_pair("code", CODE)
            .append_pair("scope", &query["scope"]);
    }
    location.into()
}

fn token_service(form: &Fields, state: &mut State) -> (u16, Value) {
    let refused = |error: &str| (400, json!({"error": error, "error_description": "No."}));
    let has = |name: &str, value: &str| form.get(name).map(String::as_str) == Some(value);
    if !has("client_id", CLIENT_ID) || !has("client_secret", CLIENT_SECRET) {
        return refused("invalid_client");
    }
    if has("grant_type", "refresh_token") {
        return if has("refresh_token", REFRESH_TOKEN) {
            (
                200,
                json!({"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"}),
            )
        } else {
            refused("invalid_grant")
        };
    }
    // A code is valid once.
    let Some(requested) = state.requested.take() else {
        return refused("invalid_grant");
    };
    let challenge = form.get("code_verifier").map(Sha256::digest);
    let challenge = challenge.map(|hash| URL_SAFE_NO_PAD.encode(hash));
    let is_proven = challenge.as_ref() == requested.get("code_challenge");
    if !has("grant_type", "authorization_code")
        || !has("code", CODE)
        || !has("redirect_uri", &requested["redirect_uri"])
        || requested["code_challenge_method"] != "S256"
        || !is_proven
    {
        return refused("invalid_grant");
    }
    let mut granted = json!({
        "access_token": ACCESS_TOKEN, "expires_in": 3599, "refresh_token": REFRESH_TOKEN,
        "scope": requested["scope"], "token_type": "Bearer",
    });
    for (name, value) in &state.answer {
        granted[*name] = value.clone();
    }
    (200, granted)
}

/// Reads the head and the body of a request. Returns `None` for a connection without one.
pub(super) fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    Some((head, String::from_utf8(body).unwrap()))
}

pub(super) fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    // A client that went away does not want it.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
