//! The number and size of requests for many contacts.

use super::standin::Kind;
use super::{Rig, people};
use crate::plan::MAX_BYTES;

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
    assert!(largest <= MAX_BYTES, "{largest} bytes in one request");
    let parts = writes
        .iter()
        .filter(|entry| entry.path.ends_with("ByDataFilter"));
    assert_eq!(parts.count(), writes.len() - 2);

    rig.standin.forget_journal();
    rig.run(&contacts);
    assert_eq!(rig.writes(), 0);
}

#[test]
fn thirty_thousand_rows_take_six_writes() {
    check(30_000, 6);
}

#[test]
fn a_hundred_thousand_rows_take_thirteen_writes() {
    check(100_000, 13);
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
