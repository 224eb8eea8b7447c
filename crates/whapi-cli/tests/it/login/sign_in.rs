//! A sign-in as a child process, and the browser of the person who signs in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command};

use url::Url;

use super::google::{ACCESS_TOKEN, CLIENT_SECRET, CODE, Google, REFRESH_TOKEN};
use crate::support::{Case, Ran, bounded};

/// The folder of the configuration, below the folder where the program runs.
pub(super) const FOLDER: &str = if cfg!(target_os = "macos") {
    "home/Library/Application Support/whapi"
} else {
    "home/.config/whapi"
};

/// A case with a home folder and the file of an OAuth client. No opener of the system is found.
pub(super) fn case(google: &Google) -> Case {
    let case = Case::new().input("client.json", google.client_file());
    let (home, path) = (case.path("home"), case.path("../in"));
    std::fs::create_dir(&home).unwrap();
    case.env("HOME", home).env("PATH", path)
}

/// The path of the saved sign-in.
pub(super) fn saved(case: &Case) -> PathBuf {
    case.path(FOLDER).join("google.json")
}

pub(super) const LOGIN: [&str; 4] = ["login", "google", "--client", "../in/client.json"];

/// A running `login google`.
pub(crate) struct SignIn {
    pub(super) child: Child,
    stderr: Option<BufReader<ChildStderr>>,
    /// What it has said so far.
    said: String,
}

impl SignIn {
    pub(crate) fn start(case: &Case, more: &[&str]) -> Self {
        Self::spawn(case.command(&[&LOGIN[..], more].concat()))
    }

    pub(super) fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = child.stderr.take().map(BufReader::new);
        Self {
            child,
            stderr,
            said: String::new(),
        }
    }

    /// Reads until a line that `is_wanted`, and returns it.
    pub(super) fn line(&mut self, is_wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let mut stderr = self.stderr.take().unwrap();
            let (line, stderr) = bounded(move || {
                let mut line = String::new();
                stderr.read_line(&mut line).unwrap();
                (line, stderr)
            });
            assert_ne!(line, "", "it ended: {}", self.said);
            self.stderr = Some(stderr);
            self.said.push_str(&line);
            if is_wanted(&line) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// The address that it prints.
    pub(crate) fn address(&mut self) -> String {
        self.line(|line| line.starts_with("http"))
    }

    /// Opens the printed address in the browser. Returns the address to which it is sent back.
    pub(super) fn redirect(&mut self) -> String {
        redirect_of(&self.address())
    }

    pub(crate) fn paste(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
    }

    /// Waits for the end. No output has a secret of the sign-in.
    pub(super) fn end(self, case: &Case, google: &Google) -> Ran {
        let ran = self.finish(case);
        check_no_secret(&ran.stderr, google);
        ran
    }

    /// Waits for the end.
    pub(crate) fn finish(self, case: &Case) -> Ran {
        let mut ran = case.finish(self.child, &LOGIN);
        let mut rest = String::new();
        self.stderr.unwrap().read_to_string(&mut rest).unwrap();
        ran.stderr = self.said + &rest;
        assert_eq!(ran.out(), "");
        ran
    }
}

#[track_caller]
pub(super) fn check_no_secret(text: &str, google: &Google) {
    let forms = google.forms();
    let verifiers = forms.iter().filter_map(|form| form.get("code_verifier"));
    let verifiers = verifiers.map(String::as_str);
    for secret in [CLIENT_SECRET, CODE, REFRESH_TOKEN, ACCESS_TOKEN]
        .into_iter()
        .chain(verifiers)
    {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        assert!(!text.contains(secret), "{secret}: {text}");
        assert!(!text.contains(&encoded), "{encoded}: {text}");
    }
}

/// Opens an address of the stand-in. Returns the address to which the browser is sent back.
pub(super) fn redirect_of(address: &str) -> String {
    let page = get(address);
    assert_eq!(page.status, 302);
    let mut lines = page.head.lines();
    let location = lines.find_map(|line| line.strip_prefix("Location: "));
    location.unwrap().to_owned()
}

/// An answer to the browser.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

/// Opens an address, as a browser does.
pub(super) fn get(address: &str) -> Answer {
    request("GET", address).unwrap()
}

/// Sends a request. Returns `None` if the port is closed.
pub(super) fn request(method: &str, address: &str) -> Option<Answer> {
    let url = Url::parse(address).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).ok()?;
    let query = url
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    write!(
        stream,
        "{method} {}{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
        url.path()
    )
    .unwrap();
    let text = bounded(move || {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Some(Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}
