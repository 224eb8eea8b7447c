//! The gate itself: its life, its journal, its people.

use std::net::TcpListener;

use crate::common::{get, numbered, request};
use reqwest::Method;
use whapi_emulator::people::{self, DEFAULT_COUNT, DEFAULT_SEED};
use whapi_emulator::{Builder, Change, Emulator, Fault, JournalEntry, Person};

/// FNV-1a, to hold a list still without writing it down.
fn checksum(people: &[Person]) -> u64 {
    Emulator::answer(people, 0, people.len())
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[test]
fn the_made_up_people_never_change() {
    let people = people::made_up(DEFAULT_COUNT, DEFAULT_SEED);
    let first: Vec<_> = people.iter().take(5).map(Person::to_json).collect();
    assert_eq!(first, FIRST);
    assert_eq!(checksum(&people), CHECKSUM);
}

const FIRST: [&str; 5] = [
    r#"{"id":"441164960434","pushname":"শ্রেয়া","saved":false}"#,
    r#"{"id":"46701740605","pushname":"zoë","saved":false}"#,
    r#"{"id":"12125550160","name":"王, 秀英","pushname":"王秀英","saved":true,"is_business":true}"#,
    r#"{"id":"719278696675781@lid","pushname":"Jiří","saved":false}"#,
    r#"{"id":"441164960423","pushname":"秀英","saved":false}"#,
];
const CHECKSUM: u64 = 3_928_490_645_997_512_752;

#[tokio::test]
async fn the_journal_tells_what_was_asked() {
    let gate = Emulator::builder().start().await.unwrap();
    get(&gate, "/contacts?count=500&offset=499").await;
    get(&gate, "/contacts?count=abc&token=secret").await;
    crate::common::send(request(&gate, Method::DELETE, "/contacts/1234%405")).await;
    let journal = gate.journal();
    let told: Vec<_> = journal
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
        told,
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
async fn requests_that_overlap_can_be_waited_for_and_are_cut_at_the_end() {
    let gate = Emulator::builder()
        .latency(std::time::Duration::from_secs(3600))
        .start()
        .await
        .unwrap();
    let asking = [(); 3].map(|()| tokio::spawn(request(&gate, Method::GET, "/contacts").send()));
    gate.wait_for_requests(3).await;
    let waiting: Vec<_> = gate
        .journal()
        .iter()
        .map(|entry| (entry.in_flight, entry.status))
        .collect();
    assert_eq!(waiting, [(1, None), (2, None), (3, None)]);
    gate.shutdown().await;
    for request in asking {
        assert!(request.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn a_gate_that_is_shut_down_or_dropped_frees_its_port() {
    let gate = Emulator::builder().start().await.unwrap();
    let port = gate.port();
    assert_eq!(gate.base_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(get(&gate, "/limits").await.0, 204);
    let taken = Emulator::builder().port(port).start().await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    gate.shutdown().await;

    let gate = Emulator::builder().port(port).start().await.unwrap();
    assert_eq!(gate.port(), port);
    assert_eq!(get(&gate, "/limits").await.0, 204);
    drop(gate);
    TcpListener::bind(("127.0.0.1", port)).unwrap();
}

#[test]
fn a_gate_starts_without_a_runtime() {
    let gate = Emulator::builder().start_blocking().unwrap();
    std::net::TcpStream::connect(("127.0.0.1", gate.port())).unwrap();
}

#[tokio::test]
async fn a_long_list_costs_no_more_a_page_than_a_short_one() {
    let people = numbered(100_000);
    let gate = Emulator::builder()
        .contacts(people.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(
        get(&gate, "/contacts?count=500&offset=99990").await.1,
        Emulator::answer(&people, 99_990, 500)
    );
}

#[test]
fn what_is_public_can_be_sent_between_threads() {
    fn check<T: Send + Sync + std::fmt::Debug>() {}
    check::<Emulator>();
    check::<Builder>();
    check::<Person>();
    check::<Change>();
    check::<Fault>();
    check::<JournalEntry>();
}
