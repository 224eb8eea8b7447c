//! An HTTP client, and what the tests share.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use whapi_emulator::{Emulator, Person};

pub(crate) fn client() -> Client {
    // An error means that another test has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A proxy of the system would change results. Tests of redirects need the 302 itself.
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub(crate) fn request(api: &Emulator, method: Method, target: &str) -> RequestBuilder {
    client()
        .request(method, format!("{}{target}", api.base_url()))
        .bearer_auth(api.token())
}

/// Sends a request and returns status and body.
pub(crate) async fn send(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status: StatusCode = response.status();
    (status.as_u16(), response.text().await.unwrap())
}

pub(crate) async fn get(api: &Emulator, target: &str) -> (u16, String) {
    send(request(api, Method::GET, target)).await
}

/// Status and body of an error, as the API writes it.
pub(crate) fn error(code: u16, message: &str, details: &str) -> (u16, String) {
    let body =
        format!(r#"{{"error":{{"code":{code},"message":"{message}","details":"{details}"}}}}"#);
    (code, body)
}

/// Returns `count` people with ids in order: 447700900000, 447700900001, …
pub(crate) fn numbered(count: usize) -> Vec<Person> {
    (0..count)
        .map(|index| Person::new(format!("4477009{index:05}")).with_saved(index % 2 == 0))
        .collect()
}
