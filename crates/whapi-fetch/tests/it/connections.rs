//! Clients that share connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use whapi_emulator::{Emulator, Person};
use whapi_fetch::{Client, Token};

/// Passes connections on to the API, and counts them.
async fn counted(api: &Emulator) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let (port, counter) = (api.port(), Arc::clone(&count));
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
    (address, count)
}

fn builder(token: &str, address: &str) -> whapi_fetch::ClientBuilder {
    Client::builder(Token::new(token, "the test").unwrap()).base_url(address)
}

/// Two channels with one contact each, whose id shows which channel answered.
fn api() -> whapi_emulator::EmulatorBuilder {
    let channel = |token, id: &str| {
        Emulator::builder()
            .token(token)
            .contacts(vec![Person::new(id)])
    };
    channel("first-token", "447700900101").and_channel(channel("second-token", "447700900102"))
}

async fn id(client: &Client) -> String {
    let page = client.contacts(0, 500).await.unwrap();
    let rows: Vec<_> = page.items.iter().flatten().collect();
    assert_eq!(rows.len(), 1);
    rows[0].id().as_str().to_owned()
}

#[tokio::test]
async fn two_channels_share_a_connection_and_nothing_else() {
    let api = api().start().await.unwrap();
    let (address, connections) = counted(&api).await;
    let first = builder("first-token", &address)
        .max_requests(3)
        .build()
        .unwrap();
    let second = builder("second-token", &address)
        .connections_of(&first)
        .build()
        .unwrap();
    for _ in 0..3 {
        assert_eq!(id(&first).await, "447700900101");
        assert_eq!(id(&second).await, "447700900102");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    // The limit of one is not that of the other.
    assert!(first.contacts(0, 500).await.is_err());
    assert_eq!(id(&second).await, "447700900102");
    // Without it, each has its own.
    let third = builder("second-token", &address).build().unwrap();
    assert_eq!(id(&third).await, "447700900102");
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn clients_at_other_addresses_have_connections_of_their_own() {
    let api = api().start().await.unwrap();
    let (address, connections) = counted(&api).await;
    let (elsewhere, others) = counted(&api).await;
    let first = builder("first-token", &address).build().unwrap();
    let second = builder("second-token", &elsewhere)
        .connections_of(&first)
        .build()
        .unwrap();
    assert_eq!(id(&first).await, "447700900101");
    assert_eq!(id(&second).await, "447700900102");
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    assert_eq!(others.load(Ordering::Relaxed), 1);
}
