//! The examples for a service keep every rule, over a service that the test can look into.
//!
//! A run that is left open counts as nothing left: a program that is killed cannot discard it, and so a
//! service forgets it after a time. That a program discards it on `abort` is in the tests of the modules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use whapi_export::OpenContext;
use whapi_export::conformance::{Destination, RULES, Subject};
use whapi_export_program::{Program, ProgramCommand};
use whapi_test_support::has_program;

use crate::path;
use crate::sdk::program_of;

const TOKEN: &str = "made-up-token";
/// The requests of a run, each of which can fail.
const STEPS: [&str; 4] = [
    "GET /contacts",
    "POST /runs",
    "PUT ",
    "POST /runs/r1/commit",
];

/// What the service has.
#[derive(Default)]
struct Contents {
    /// The contacts by their ids. `None` before the first commit.
    list: Option<BTreeMap<String, Value>>,
    /// The batches of runs that are neither committed nor discarded.
    runs: BTreeMap<String, Vec<Value>>,
    /// Requests that begin like this are answered with an error.
    failing: Option<&'static str>,
}

impl Contents {
    fn answer(&mut self, request: &str, body: &Value) -> (StatusCode, String) {
        if self.failing.is_some_and(|start| request.starts_with(start)) {
            return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
        }
        let words: Vec<_> = request.split([' ', '/']).collect();
        match *words {
            ["GET", "", "contacts"] => {
                let count = self.list.as_ref().map_or(0, BTreeMap::len);
                (StatusCode::OK, json!({ "count": count }).to_string())
            }
            ["POST", "", "runs"] => {
                let id = format!("r{}", self.runs.len() + 1);
                self.runs.insert(id.clone(), Vec::new());
                (StatusCode::CREATED, json!({ "id": id }).to_string())
            }
            ["PUT", "", "runs", run, "batches", _] => {
                let run = self.runs.get_mut(run).expect("an open run");
                run.extend_from_slice(body.as_array().expect("a list"));
                (StatusCode::NO_CONTENT, String::new())
            }
            ["POST", "", "runs", run, "commit"] => {
                let run = self.runs.remove(run).expect("an open run");
                let id_of = |contact: &Value| contact["id"].as_str().expect("an id").to_owned();
                let run = run.into_iter().map(|contact| (id_of(&contact), contact));
                let is_complete = body["complete"] == json!(true);
                let before = self.list.take().filter(|_| !is_complete);
                self.list = Some(before.unwrap_or_default().into_iter().chain(run).collect());
                (StatusCode::OK, String::new())
            }
            ["DELETE", "", "runs", run] => {
                self.runs.remove(run).expect("an open run");
                (StatusCode::NO_CONTENT, String::new())
            }
            _ => panic!("an unknown request: {request}"),
        }
    }
}

async fn answer(
    State(contents): State<Arc<Mutex<Contents>>>,
    request: Request,
) -> impl IntoResponse {
    let token = request.headers().get(AUTHORIZATION);
    assert_eq!(token.unwrap(), &format!("Bearer {TOKEN}"));
    let name = format!("{} {}", request.method(), request.uri().path());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await;
    let body = serde_json::from_slice(&body.unwrap()).unwrap_or_default();
    contents.lock().unwrap().answer(&name, &body)
}

/// The service, on a port of its own until it is dropped.
struct Service {
    url: String,
    token_file: PathBuf,
    contents: Arc<Mutex<Contents>>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Service {
    fn start(token_file: &Path) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let contents = Arc::<Mutex<Contents>>::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&contents));
        let (stop, stopped) = oneshot::channel();
        let serving = std::thread::spawn(move || {
            runtime().block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = async { axum::serve(listener, router).await } => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            url,
            token_file: token_file.to_owned(),
            contents,
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    fn context_for(&self, url: &str) -> OpenContext {
        OpenContext::new()
            .with_option("url", url)
            .with_option("token_file", self.token_file.to_str().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.serving.take().unwrap().join().unwrap();
    }
}

impl Destination for Service {
    fn context(&self) -> OpenContext {
        self.context_for(&self.url)
    }

    fn contents(&self) -> Option<Vec<u8>> {
        let contents = self.contents.lock().unwrap();
        let list = contents.list.as_ref()?;
        let lines = list.values().map(|contact| {
            let name = contact["name"].as_str().unwrap_or_default();
            format!("{} {} {name}\n", contact["id"], contact["phone"])
        });
        Some(lines.collect::<String>().into_bytes())
    }

    fn name(&self) -> Option<String> {
        Some(format!("{}/contacts", self.url))
    }

    fn failing(&self, nth: usize, _: &[u8]) -> Option<OpenContext> {
        self.contents.lock().unwrap().failing = Some(STEPS.get(nth)?);
        Some(self.context())
    }

    fn unwritable(&self) -> Option<OpenContext> {
        // A port of a listener that is gone.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Some(self.context_for(&url))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Checks all rules over an example of a module for exporters.
fn check(name: &str, example: &str) {
    if !has_program(name) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, format!("{TOKEN}\n")).unwrap();
    let sdk = path("sdk");
    let command = ProgramCommand::new("env").with_args([
        format!("PYTHONPATH={}", sdk.join("python").display()),
        "PYTHONDONTWRITEBYTECODE=1".to_owned(),
        program_of(name),
        sdk.join(example).display().to_string(),
    ]);
    let runtime = runtime();
    let definition = runtime
        .block_on(Program::new(command).definition("http-service"))
        .unwrap();
    let sample = token_file.to_str().unwrap().to_owned();
    let subject = Subject::new(definition)
        .block_on(move |future| runtime.block_on(future))
        .sample("url", "http://127.0.0.1:9")
        .sample("token_file", sample)
        .destination(move || Service::start(&token_file));
    for rule in RULES {
        rule.check(&subject).unwrap();
    }
}

#[test]
#[ignore = "slow tier"]
fn the_example_in_python_keeps_every_rule() {
    check("python3", "python/examples/http_service.py");
}

#[test]
#[ignore = "slow tier"]
fn the_example_in_javascript_keeps_every_rule() {
    check("node", "node/examples/http-service.mjs");
}
