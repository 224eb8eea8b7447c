//! A channel of a running emulator.

use std::sync::Arc;

use crate::change::ListChange;
use crate::faults::Fault;
use crate::journal::JournalEntry;
use crate::people::person::Person;
use crate::state::ApiState;

/// A channel that a running emulator serves; see [`Emulator::channels`](crate::Emulator::channels).
#[derive(Debug, Clone)]
pub struct ServedChannel(pub(crate) Arc<ApiState>);

impl ServedChannel {
    /// Returns the token that every request needs.
    pub fn token(&self) -> &str {
        &self.0.token
    }

    /// Returns all requests so far, in the order of arrival. Those with an unknown token are of the first
    /// channel.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.0.journal.entries()
    }

    /// Waits until at least `count` requests have arrived since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        let mut seen = self.0.journal.subscribe();
        // Fails only without a sender, which `self` keeps alive.
        let _ = seen.wait_for(|seen| *seen >= count).await;
    }

    /// Returns the current people.
    pub fn people(&self) -> Vec<Person> {
        self.0.people().clone()
    }

    /// Changes the list, between two answers.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers create a change only to pass it"
    )]
    pub fn change(&self, change: ListChange) {
        change.apply(&mut self.0.people());
    }

    /// Adds a fault after the existing ones. Earlier requests count for its trigger.
    pub fn fault(&self, fault: Fault) {
        self.0.script().add(fault);
    }
}
