//! Starting and stopping, the journal, and the cost of long lists.

use std::net::TcpListener;

use crate::common::{get, numbered, request};
use reqwest::Method;
use whapi_emulator::{Emulator, JournalEntry};

#[tokio::test]
async fn the_journal_has_each_request() {
    let api = Emulator::builder().start().await.unwrap();
    get(&api, "/contacts?count=500&offset=499").await;
    get(&api, "/contacts?count=abc&token=secret").await;
    crate::common::send(request(&api, Method::DELETE, "/contacts/1234%405")).await;
    let journal = api.journal();
    let entries: Vec<_> = journal
        .iter()
        .map(|entry: &JournalEntry| {
            (
                entry.method.as_str(),
                entry.path.as_str(),
                entry.query.as_str(),
                entry.offset,
                entry.count,
                entry.status,
                entry.authorized,
                entry.in_flight,
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            (
                "GET",
                "/contacts",
                "count=500&offset=499",
                Some(499),
                Some(500),
                Some(200),
                true,
                1
            ),
            (
                "GET",
                "/contacts",
                "count=abc&token=[hidden]",
                None,
                None,
                Some(400),
                true,
                1
            ),
            (
                "DELETE",
                "/contacts/1234%405",
                "",
                None,
                None,
                Some(404),
                true,
                1
            ),
        ]
    );
    assert!(journal.is_sorted_by_key(|entry| entry.at));
}

#[tokio::test]
async fn wait_for_requests_returns_and_shutdown_cuts_open_requests() {
    let api = Emulator::builder()
        .latency(std::time::Duration::from_secs(3600))
        .start()
        .await
        .unwrap();
    let requests = [(); 3].map(|()| tokio::spawn(request(&api, Method::GET, "/contacts").send()));
    api.wait_for_requests(3).await;
    let waiting: Vec<_> = api
        .journal()
        .iter()
        .map(|entry| (entry.in_flight, entry.status))
        .collect();
    assert_eq!(waiting, [(1, None), (2, None), (3, None)]);
    api.shutdown().await;
    for request in requests {
        assert!(request.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn shutting_down_or_dropping_frees_the_port() {
    let api = Emulator::builder().start().await.unwrap();
    let port = api.port();
    assert_eq!(api.base_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(get(&api, "/limits").await.0, 200);
    let taken = Emulator::builder().port(port).start().await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    api.shutdown().await;

    let api = Emulator::builder().port(port).start().await.unwrap();
    assert_eq!(api.port(), port);
    assert_eq!(get(&api, "/limits").await.0, 200);
    drop(api);
    TcpListener::bind(("127.0.0.1", port)).unwrap();
}

#[test]
fn start_blocking_needs_no_runtime() {
    let api = Emulator::builder().start_blocking().unwrap();
    std::net::TcpStream::connect(("127.0.0.1", api.port())).unwrap();
}

#[tokio::test]
async fn a_long_list_costs_no_more_a_page_than_a_short_one() {
    let people = numbered(100_000);
    let api = Emulator::builder()
        .contacts(people.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(
        get(&api, "/contacts?count=500&offset=99990").await.1,
        Emulator::answer(&people, 99_990, 500)
    );
}
