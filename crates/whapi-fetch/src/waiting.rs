//! Pages that wait until they are taken, within a budget of bytes.
//!
//! Several pages of a list are requested in parallel and taken in order. One that arrives before
//! its turn waits in memory. Its answer is read on only while there is room for it, or when
//! it is the next of its list: the reader of the list takes this page before any other, so that
//! waiting pages never block the one that frees their room.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::page::MAX_PAGE_SIZE;

/// The longest wait for room: pages are normally taken within seconds.
const PATIENCE: Duration = Duration::from_secs(600);

/// The pages of all lists of a client that are not taken yet.
#[derive(Debug)]
pub(crate) struct Waiting {
    most: usize,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    bytes: usize,
    pages: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    list: &'static str,
    offset: u64,
    bytes: usize,
}

/// There is no room, and there may never be any.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Waiting {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            state: Mutex::default(),
            freed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a page that is requested.
    pub(crate) fn ask(self: &Arc<Self>, list: &'static str, offset: u64) -> Place {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.pages.push(Entry {
            number,
            list,
            offset,
            bytes: 0,
        });
        Place {
            waiting: Arc::clone(self),
            number,
        }
    }
}

impl State {
    fn position(&self, number: u64) -> usize {
        let found = self.pages.iter().position(|page| page.number == number);
        found.expect("a page is there as long as its place")
    }

    fn set(&mut self, number: u64, bytes: usize) {
        let at = self.position(number);
        let page = &mut self.pages[at];
        self.bytes = self.bytes - page.bytes + bytes;
        page.bytes = bytes;
    }

    /// Pages of the same list before this one.
    fn before(&self, number: u64) -> impl Iterator<Item = u64> {
        let page = &self.pages[self.position(number)];
        let (list, offset) = (page.list, page.offset);
        self.pages
            .iter()
            .filter(move |other| other.list == list && other.offset < offset)
            .map(move |other| offset - other.offset)
    }
}

/// The place of one page among those that wait. Its bytes are free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    waiting: Arc<Waiting>,
    number: u64,
}

impl Place {
    /// Takes room for so many bytes, if there is room or the page is the next of its list.
    pub(crate) fn try_take(&self, bytes: usize) -> bool {
        let mut state = self.waiting.lock();
        let own = state.pages[state.position(self.number)].bytes;
        let fits = state.bytes - own + bytes <= self.waiting.most;
        let taken = fits || state.before(self.number).next().is_none();
        if taken {
            state.set(self.number, bytes);
        }
        taken
    }

    /// Waits for room.
    ///
    /// # Errors
    ///
    /// [`NoRoom`] for a page that does not stand in line: no page before it begins within the rows
    /// that an answer has. It may be a question that is asked while the others wait for its answer.
    pub(crate) async fn take(&self, bytes: usize) -> Result<(), NoRoom> {
        loop {
            let mut freed = pin!(self.waiting.freed.notified());
            freed.as_mut().enable();
            if self.try_take(bytes) {
                return Ok(());
            }
            if !self.is_in_line() {
                return Err(NoRoom);
            }
            let freed = tokio::time::timeout(PATIENCE, freed).await;
            freed.map_err(|_| NoRoom)?;
        }
    }

    fn is_in_line(&self) -> bool {
        let state = self.waiting.lock();
        let mut before = state.before(self.number);
        before.any(|rows| rows <= u64::from(MAX_PAGE_SIZE))
    }

    /// Corrects the bytes once their number is known.
    pub(crate) fn settle(&self, bytes: usize) {
        self.waiting.lock().set(self.number, bytes);
        self.waiting.freed.notify_waiters();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.waiting.lock();
        state.set(self.number, 0);
        let at = state.position(self.number);
        state.pages.swap_remove(at);
        drop(state);
        self.waiting.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn waiting(most: usize) -> Arc<Waiting> {
        Arc::new(Waiting::new(most))
    }

    #[test]
    fn the_next_page_of_each_list_has_room_whatever_it_takes() {
        let waiting = waiting(100);
        let first = waiting.ask("contacts", 0);
        let second = waiting.ask("contacts", 499);
        let other = waiting.ask("chats", 1000);
        assert!(!second.try_take(101));
        assert!(first.try_take(1000));
        assert!(other.try_take(1000));
        assert!(!second.try_take(1));
        drop(first);
        assert!(second.try_take(1000));
    }

    #[test]
    fn others_have_room_within_the_budget() {
        let waiting = waiting(100);
        let _first = waiting.ask("contacts", 0);
        let second = waiting.ask("contacts", 499);
        let third = waiting.ask("contacts", 998);
        assert!(second.try_take(60));
        assert!(!third.try_take(41));
        second.settle(50);
        assert!(third.try_take(50));
        drop(second);
        assert!(third.try_take(100), "its own bytes do not count twice");
    }

    #[tokio::test]
    async fn a_page_waits_until_those_before_it_are_taken() {
        let waiting = waiting(100);
        let first = waiting.ask("contacts", 0);
        let second = waiting.ask("contacts", 499);
        first.take(100).await.unwrap();
        let mut taken = pin!(second.take(50));
        assert_eq!(taken.as_mut().now_or_never(), None);
        drop(first);
        assert_eq!(taken.now_or_never(), Some(Ok(())));
    }

    #[tokio::test]
    async fn a_question_far_away_never_waits() {
        let waiting = waiting(100);
        let first = waiting.ask("contacts", 0);
        first.take(100).await.unwrap();
        let far = waiting.ask("contacts", 501);
        assert_eq!(far.take(1).now_or_never(), Some(Err(NoRoom)));
        let again = waiting.ask("contacts", 0);
        assert_eq!(again.take(1).now_or_never(), Some(Ok(())));
    }
}
