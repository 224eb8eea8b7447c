//! Fewer requests in parallel after a status 429.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use tokio::sync::watch;
use whapi_emulator::{Effect, Emulator, Fault, Trigger};
use whapi_fetch::{Clock, Scan, ScanOptions};
use whapi_http::VirtualClock;

use crate::common::{numbered, start};

/// The number of the request that is refused.
const REFUSED: usize = 20;

#[tokio::test]
async fn requests_under_way_halve_on_429_and_grow_back() {
    let fault = Fault::new(
        Trigger::Request(REFUSED as u64),
        Effect::RateLimited { retry_after: None },
    );
    let api = Emulator::builder()
        .contacts(numbered(8000))
        .page_cap(100)
        .latency(Duration::from_millis(20))
        .fault(fault);
    let setup = start(api).await;
    let mut scan = Scan::new(setup.client(), ScanOptions::default());
    while scan.next_batch().await.unwrap().is_some() {}
    assert!(scan.report().complete);
    assert_eq!(scan.report().retries, 1);

    let in_flight: Vec<_> = setup
        .api
        .journal()
        .iter()
        .map(|entry| entry.in_flight)
        .collect();
    assert_eq!(in_flight[..REFUSED].iter().max(), Some(&8));
    // At most 7 others were sent before the refusal arrived. The bound is 4 from then on, 5 after
    // 4 answers and 6 after 5 more.
    let after = &in_flight[REFUSED + 7..];
    assert!(after[..4].iter().all(|n| *n <= 6), "{in_flight:?}");
    assert_eq!(after.iter().max(), Some(&8), "{in_flight:?}");
}

/// A clock on which waits end only when a test says so.
struct HeldClock {
    time: VirtualClock,
    waiting: watch::Sender<usize>,
    released: watch::Sender<bool>,
}

#[async_trait]
impl Clock for HeldClock {
    fn now(&self) -> Instant {
        self.time.now()
    }

    fn time_of_day(&self) -> SystemTime {
        self.time.time_of_day()
    }

    async fn sleep(&self, duration: Duration) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let mut released = self.released.subscribe();
        released.wait_for(|released| *released).await.unwrap();
        self.time.sleep(duration).await;
    }
}

#[tokio::test]
async fn a_retry_after_holds_every_request() {
    let clock = Arc::new(HeldClock {
        time: VirtualClock::new(),
        waiting: watch::Sender::new(0),
        released: watch::Sender::new(false),
    });
    let fault = Fault::new(
        Trigger::Request(2),
        Effect::RateLimited {
            retry_after: Some("7".into()),
        },
    );
    // The others are answered when the refusal has long arrived.
    let slow = Fault::new(
        Trigger::From(3),
        Effect::Latency(Duration::from_millis(300)),
    );
    let api = Emulator::builder().contacts(numbered(1317)).page_cap(100);
    let setup = start(api.fault(fault).fault(slow.times(3))).await;
    // Of 8 pages planned, 4 are sent and 4 wait for their place.
    let client = setup.builder().concurrency(4);
    let client = client.clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let mut scan = Scan::new(client.build().unwrap(), ScanOptions::default());
    let mut contacts = scan.next_batch().await.unwrap().unwrap().len();
    let rest = async {
        let mut rest = 0;
        while let Some(batch) = scan.next_batch().await.unwrap() {
            rest += batch.len();
        }
        rest
    };
    let watch = async {
        // The refused request and every request that came after it.
        let mut waiting = clock.waiting.subscribe();
        waiting.wait_for(|waiting| *waiting >= 5).await.unwrap();
        let sent = setup.api.journal().len();
        clock.released.send_replace(true);
        sent
    };
    let (rest, sent) = tokio::join!(rest, watch);
    contacts += rest;
    assert_eq!(contacts, 1317);
    // The first page, the one that was refused, and at most the three that were sent with it:
    // their places stay free.
    assert!(sent <= 5, "{sent}");
    assert!(
        clock
            .time
            .sleeps()
            .iter()
            .all(|wait| *wait <= Duration::from_secs(7))
    );
    assert!(scan.report().complete);
}
