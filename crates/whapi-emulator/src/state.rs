//! The state that all requests share.

use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::channel::{Channel, TotalMode};
use crate::chats::Chats;
use crate::faults::Script;
use crate::journal::Journal;
use crate::lids::Lids;
use crate::people::person::Person;

/// Settings, data and journal of a running emulator.
#[derive(Debug)]
pub(crate) struct ApiState {
    pub(crate) token: String,
    pub(crate) latency: Duration,
    pub(crate) page_cap: usize,
    pub(crate) count_limit: u64,
    pub(crate) echo_offset: bool,
    pub(crate) total: TotalMode,
    pub(crate) channel: Channel,
    pub(crate) no_limits: bool,
    pub(crate) health_requests: AtomicU32,
    pub(crate) chats: Chats,
    pub(crate) lids: Lids,
    pub(crate) journal: Journal,
    pub(crate) people: Mutex<Vec<Person>>,
    pub(crate) script: Mutex<Script>,
}

impl ApiState {
    pub(crate) fn people(&self) -> MutexGuard<'_, Vec<Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
