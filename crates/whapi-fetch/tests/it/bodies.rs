//! Bodies that are too long, too slow, or compressed.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use whapi_emulator::Effect;
use whapi_fetch::{Client, ErrorKind, RetryPolicy, Token};

use crate::common::{TOKEN, always, numbered, start, usual};

const LIMIT: u64 = 32 << 20;

#[tokio::test]
async fn an_endless_body_is_cut_off_at_32_mib() {
    let setup = start(usual().fault(always(Effect::Endless))).await;
    let error = setup.page_error().await;
    assert_eq!(
        error.to_string(),
        "the Whapi API's answer is longer than 32 MiB"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(setup.api.journal().len(), 1);
}

#[tokio::test]
async fn a_body_of_32_mib_is_read_and_one_byte_more_is_not() {
    let setup = start(usual().fault(always(Effect::HugeBody(LIMIT)).times(1))).await;
    let page = setup.client().contacts(0, 500).await.unwrap();
    assert_eq!(page.items.len(), 500);
    setup.api.fault(always(Effect::HugeBody(LIMIT + 1)));
    let error = setup.page_error().await;
    assert_eq!(
        error.to_string(),
        "the Whapi API's answer is longer than 32 MiB"
    );
    assert_eq!(setup.api.journal().len(), 2);
}

fn two_tries() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.max_tries = 2;
    policy
}

#[tokio::test]
async fn an_api_that_sends_nothing_runs_into_the_read_timeout() {
    let setup = start(usual().latency(Duration::from_secs(3600))).await;
    let client = setup
        .builder()
        .read_timeout(Duration::from_millis(50))
        .retry_policy(two_tries());
    let error = client.build().unwrap().contacts(0, 500).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Whapi API took too long to answer; gave up after 2 tries in 0 s"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(setup.api.journal().len(), 2);
}

#[tokio::test]
async fn a_body_that_drips_runs_into_the_request_timeout() {
    let setup = start(usual().fault(always(Effect::Drip(Duration::from_millis(5))))).await;
    let client = setup
        .builder()
        .request_timeout(Duration::from_millis(200))
        .retry_policy(two_tries());
    let error = client.build().unwrap().contacts(0, 500).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Whapi API took too long to answer; gave up after 2 tries in 0 s"
    );
    assert_eq!(setup.api.journal().len(), 2);
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let api = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let body = gzip(whapi_emulator::Emulator::answer(&numbered(3), 0, 500).as_bytes());
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body).await.unwrap();
        String::from_utf8(request).unwrap().to_ascii_lowercase()
    });
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(format!("http://{address}"))
        .build()
        .unwrap();
    let page = client.contacts(0, 500).await.unwrap();
    assert_eq!((page.items.len(), page.total), (3, Some(3)));
    let request = api.await.unwrap();
    assert!(request.starts_with("get /contacts?count=500&offset=0 http/1.1\r\n"));
    assert!(request.contains("\r\naccept-encoding: gzip\r\n"));
    assert!(request.contains(&format!("\r\nauthorization: bearer {TOKEN}\r\n")));
}

/// A gzip file that stores `data` as it is, which RFC 1951 allows for up to 64 KiB.
fn gzip(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(data);
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    file.extend((!crc).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}
