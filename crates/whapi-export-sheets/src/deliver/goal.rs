//! What is fixed for a run.

use super::order::Order;
use crate::api::client::Client;
use crate::clock::readable;
use crate::plan::{Goal, Snapshot, State};

/// The most of an incomplete scan's reasons that the note repeats.
const MOST_REASONS: usize = 5;

pub(super) fn goal(client: &Client, order: &Order<'_>) -> Goal {
    let complete = order.end.is_complete();
    let at = readable(client.clock().time_of_day());
    Goal {
        title: order.title.to_owned(),
        new_tab: random_tab_id(),
        note: note(order, &at),
        state: State {
            v: 1,
            run: format!("{:016x}", fastrand::u64(..)),
            hash: order.rows.hash(),
            complete,
            exact: order.is_exact(),
            at,
        },
    }
}

/// What the note on the first header cell says.
fn note(order: &Order<'_>, at: &str) -> String {
    let mut note = format!("Written by whapi.\nLast change: {at}.\n");
    if order.end.is_complete() {
        note.push_str("Complete: the scan saw every contact.");
    } else {
        note.push_str("Incomplete: contacts may be missing or out of date; nobody was removed.");
        for reason in order.end.reasons().iter().take(MOST_REASONS) {
            note.push_str("\n- ");
            note.push_str(reason);
        }
    }
    note
}

/// A random id for a tab, of ten digits, so that the bytes of a request do not depend on chance.
fn random_tab_id() -> i32 {
    fastrand::i32(1_000_000_000..)
}

/// An id that no tab has.
pub(super) fn staging_id(snapshot: &Snapshot, goal: &Goal) -> i32 {
    loop {
        let id = random_tab_id();
        if id != goal.new_tab && snapshot.tabs.iter().all(|tab| tab.id != id) {
            return id;
        }
    }
}
