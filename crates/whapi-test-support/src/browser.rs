//! Chromium, driven through `chromedriver` by the protocol of `WebDriver`.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::skip::skip;

/// Flags for a browser without a screen that sends nothing of its own.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Longer than any step takes, so that a test fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A Chromium with an empty profile. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser whose window has this width and height in pixels. Reports a skipped test and
    /// returns `None` without `chromedriver` or `chromium`.
    ///
    /// # Panics
    ///
    /// When the browser does not start; and instead of returning `None`, when
    /// `WHAPI_REQUIRE_BROWSER` is set, as in CI.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_test_support::Browser;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let page = folder.path().join("page.html");
    /// std::fs::write(&page, "<title>Ada</title>")?;
    /// if let Some(browser) = Browser::start(1280, 800) {
    ///     browser.open(&page);
    ///     assert_eq!(browser.run("return document.title"), "Ada");
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start(width: u32, height: u32) -> Option<Self> {
        let found = (find("chromedriver"), find("chromium"));
        let (Some(driver), Some(chromium)) = found else {
            let required = env::var_os("WHAPI_REQUIRE_BROWSER").is_some();
            assert!(!required, "missing: chromedriver and chromium");
            skip("chromedriver and chromium", false);
            return None;
        };
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut flags: Vec<_> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({
            "goog:chromeOptions": { "args": flags, "binary": chromium },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let driver = Driver::start(&driver);
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let session = driver.call("POST", "/session", &body);
        let session = session["sessionId"].as_str().expect("an id").to_owned();
        let browser = Self {
            driver,
            session,
            _profile: profile,
        };
        browser.resize(width, height);
        Some(browser)
    }

    /// Sets the width and the height of the page in pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Opens a file by its `file:` address, and waits until it is loaded.
    pub fn open(&self, page: &Path) {
        let address = format!("file://{}", page.display());
        self.post("/url", &json!({ "url": address }));
    }

    /// Runs the body of a function in the page, and returns what it returns.
    ///
    /// # Panics
    ///
    /// When the script throws.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a script that ends by calling its last argument, and returns what it is called with.
    ///
    /// # Panics
    ///
    /// When the script throws, or does not end within half a minute.
    pub fn run_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Presses the keys of a text, one after the other; [`key`](Self::key) is for other keys.
    pub fn keys(&self, text: &str) {
        let presses = text
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
        let keyboard = json!({
            "type": "key", "id": "keyboard", "actions": presses.collect::<Vec<_>>(),
        });
        self.post("/actions", &json!({ "actions": [keyboard] }));
    }

    /// Presses a key by its name: `Enter`, `Escape`, `Tab`, `ArrowUp`, `ArrowDown`, `PageDown`, `Home`
    /// or `End`.
    ///
    /// # Panics
    ///
    /// When there is no such name.
    pub fn key(&self, name: &str) {
        let code = match name {
            "Enter" => '\u{e007}',
            "Escape" => '\u{e00c}',
            "Tab" => '\u{e004}',
            "ArrowUp" => '\u{e013}',
            "ArrowDown" => '\u{e015}',
            "PageDown" => '\u{e00f}',
            "Home" => '\u{e011}',
            "End" => '\u{e010}',
            _ => panic!("no key is called {name}"),
        };
        self.keys(&code.to_string());
    }

    /// Clicks in the middle of the first element that a CSS selector finds.
    ///
    /// # Panics
    ///
    /// When there is none, or another element is over it.
    pub fn click(&self, selector: &str) {
        // The page may draw its list anew between the two requests.
        for _ in 0..20 {
            let query = json!({ "using": "css selector", "value": selector });
            let element = self.post("/element", &query);
            let id = element.as_object().and_then(|found| found.values().next());
            let id = id.and_then(Value::as_str).expect("an element's id");
            let path = format!("/session/{}/element/{id}/click", self.session);
            match self.driver.try_call("POST", &path, &json!({})) {
                Ok(_) => return,
                Err(error) if error.contains("stale element") => {}
                Err(error) => panic!("POST {path}: {error}"),
            }
        }
        panic!("the element `{selector}` was replaced again and again");
    }

    /// Prints the page, as PDF in Base64.
    ///
    /// # Panics
    ///
    /// When the browser cannot print it.
    pub fn print(&self) -> String {
        let printed = self.post("/print", &json!({}));
        printed.as_str().expect("Base64").to_owned()
    }

    /// Returns what the console has, and empties it: errors of scripts and broken policies.
    ///
    /// # Panics
    ///
    /// When the browser has ended.
    pub fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().expect("entries").iter();
        entries.map(|entry| entry["message"].to_string()).collect()
    }

    /// Sends a command of the protocol of `DevTools`.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.driver.call("POST", &path, body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let path = format!("/session/{}", self.session);
        // Ends the browser; without an answer there is none.
        let _ = self.driver.try_call("DELETE", &path, &json!({}));
    }
}

/// A `chromedriver` on a port of loopback. It ends when this is dropped.
#[derive(Debug)]
struct Driver {
    child: Child,
    /// Open as long as the driver may write to it.
    output: BufReader<ChildStdout>,
    port: u16,
}

impl Driver {
    /// Several drivers that start at once may choose the same port, and then all but one end.
    fn start(program: &Path) -> Self {
        let mut started = (0..10).filter_map(|_| Self::try_start(program));
        started
            .next()
            .expect("chromedriver starts and names its port")
    }

    fn try_start(program: &Path) -> Option<Self> {
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver was found before");
        let output = child.stdout.take().expect("a pipe");
        let mut driver = Self {
            child,
            output: BufReader::new(output),
            port: 0,
        };
        let lines = driver.output.by_ref().lines().map_while(Result::ok);
        driver.port = { lines }.find_map(|line| {
            let port = line.split("successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok()
        })?;
        Some(driver)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.try_call(method, path, body);
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// A request over a connection of its own. The driver is on loopback and answers with a length, so
    /// this needs no client, which would bring an async runtime.
    fn try_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = body.to_string();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        let _ = write!(
            request,
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, body) = self.exchange(&request).map_err(|error| error.to_string())?;
        let body: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        if status.starts_with("HTTP/1.1 200") {
            Ok(body["value"].clone())
        } else {
            Err(body["value"]["message"].to_string())
        }
    }

    /// Sends a request, and returns the status line and the body of the answer.
    fn exchange(&self, request: &str) -> io::Result<(String, Vec<u8>)> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        // The driver leaves the connection open.
        let mut answer = BufReader::new(stream);
        let mut status = String::new();
        answer.read_line(&mut status)?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        Ok((status, body))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path of a program that `PATH` has.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH");
    env::split_paths(path.as_deref().unwrap_or(OsStr::new("")))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
