//! A client that says what it got.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use whapi_emulator::{Emulator, Person};

pub(crate) fn client() -> Client {
    // An error means that another test was faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // System proxies are none of a test's business, and redirects are to be seen.
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub(crate) fn request(gate: &Emulator, method: Method, target: &str) -> RequestBuilder {
    client()
        .request(method, format!("{}{target}", gate.base_url()))
        .bearer_auth(gate.token())
}

/// Status and body.
pub(crate) async fn send(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status: StatusCode = response.status();
    (status.as_u16(), response.text().await.unwrap())
}

pub(crate) async fn get(gate: &Emulator, target: &str) -> (u16, String) {
    send(request(gate, Method::GET, target)).await
}

/// The gate's error body.
pub(crate) fn error(code: u16, message: &str, details: &str) -> (u16, String) {
    let body =
        format!(r#"{{"error":{{"code":{code},"message":"{message}","details":"{details}"}}}}"#);
    (code, body)
}

/// People with ids that tell their place: 447700900000, 447700900001, …
pub(crate) fn numbered(count: usize) -> Vec<Person> {
    (0..count)
        .map(|index| Person::new(format!("4477009{index:05}")).with_saved(index % 2 == 0))
        .collect()
}
