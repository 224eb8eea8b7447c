//! The number and size of requests for many contacts.

use super::standin::Kind;
use super::{Rig, people};
use crate::plan::{MAX_BYTES, part_bytes};

#[track_caller]
fn check(count: usize, most_writes: usize) {
    let rig = Rig::new();
    rig.standin.without_history();
    let contacts = people(count);
    rig.run(&contacts);
    rig.holds(&contacts);
    let journal = rig.standin.journal();
    let writes: Vec<_> = journal
        .iter()
        .filter(|entry| entry.kind == Kind::Write)
        .collect();
    assert!(writes.len() <= most_writes, "{} writes", writes.len());
    let largest = writes.iter().map(|entry| entry.bytes).max().unwrap();
    assert!(
        largest <= part_bytes(MAX_BYTES),
        "{largest} bytes in one request"
    );
    let parts = writes
        .iter()
        .filter(|entry| entry.path.ends_with("ByDataFilter"));
    assert_eq!(parts.count(), writes.len() - 2);

    rig.standin.forget_journal();
    rig.run(&contacts);
    assert_eq!(rig.writes(), 0);
}

#[test]
fn thirty_thousand_rows_take_four_writes() {
    check(30_000, 4);
}

#[test]
fn a_hundred_thousand_rows_take_ten_writes() {
    check(100_000, 10);
}

#[test]
fn a_batch_is_filled() {
    let rig = Rig::new();
    rig.standin.without_history();
    let contacts = people(3500);
    rig.run(&contacts);
    rig.holds(&contacts);
    assert_eq!(rig.writes(), 1);
    let bytes = rig.standin.journal().last().unwrap().bytes;
    assert!((1_700_000..=MAX_BYTES).contains(&bytes), "{bytes}");
}

#[test]
fn parts_that_are_refused_are_split() {
    let rig = Rig::new();
    rig.standin.without_history();
    rig.standin.most_payload(2_000_000);
    let contacts = people(20_000);
    rig.run(&contacts);
    rig.holds(&contacts);
    let journal = rig.standin.journal();
    let refused = journal.iter().filter(|entry| entry.status == Some(400));
    assert_eq!(refused.count(), 1);
}
