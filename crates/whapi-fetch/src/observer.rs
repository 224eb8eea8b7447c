//! Progress of a source: lists, pages and waits.

use std::sync::Arc;
use std::time::Duration;

use crate::scan::ScanReport;

/// A list that a source reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FetchList {
    /// The contacts themselves.
    #[default]
    Contacts,
    /// The chats.
    Chats,
    /// The groups, with the participants that the list has of each.
    Groups,
    /// The participants of groups that the list of groups has cut, one request for each group.
    Participants,
    /// The blocked ids.
    Blocked,
    /// The LIDs behind phone numbers.
    Lids,
}

impl FetchList {
    /// The list's stable kebab-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Chats => "chats",
            Self::Groups => "groups",
            Self::Participants => "participants",
            Self::Blocked => "blocked",
            Self::Lids => "lids",
        }
    }
}

/// A step in reading the lists of a channel.
///
/// Variants may come, fields of a variant not: tests of an observer build events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchEvent {
    /// The first request for a list is about to be sent.
    Started {
        /// The list.
        list: FetchList,
    },
    /// An answer was read.
    Page {
        /// The list.
        list: FetchList,
        /// Different items so far; groups for [`FetchList::Participants`], phone numbers in
        /// requests for [`FetchList::Lids`].
        items: u64,
        /// The length of the list. `None` when it is not known.
        total: Option<u64>,
        /// Which reading of the list this is: 1, and more when the list changed meanwhile.
        pass: u32,
    },
    /// A request failed and is sent again after a wait, or the channel is still starting.
    Waiting {
        /// The list.
        list: FetchList,
        /// The length of the wait.
        wait: Duration,
        /// Why it waits.
        cause: WaitCause,
    },
    /// The list ends, or the rest of it is given up.
    Finished {
        /// The list.
        list: FetchList,
        /// Whether all of it was read.
        complete: bool,
    },
}

/// Why a source waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitCause {
    /// A request failed, and the API named the wait in `Retry-After`. No other request is sent
    /// meanwhile.
    RetryAfter,
    /// A request failed, and is sent again. Others go on.
    Backoff,
    /// The channel is starting.
    Starting,
}

type Callback = dyn Fn(&FetchEvent) + Send + Sync;

/// The function that each event is given to. By default there is none.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<Callback>>);

impl Observer {
    pub(crate) fn new(observer: impl Fn(&FetchEvent) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observer)))
    }

    /// The observer of one list.
    pub(crate) fn of(&self, list: FetchList) -> ListObserver {
        ListObserver {
            observer: self.clone(),
            list,
        }
    }
}

/// The observer of one list.
#[derive(Clone, Default)]
pub(crate) struct ListObserver {
    observer: Observer,
    list: FetchList,
}

impl ListObserver {
    /// The same observer for another list.
    pub(crate) fn with_list(&self, list: FetchList) -> Self {
        self.observer.of(list)
    }

    pub(crate) fn started(&self) {
        self.send(FetchEvent::Started { list: self.list });
    }

    /// Reports an answer to a request for a list that is read once.
    pub(crate) fn page(&self, items: u64, total: Option<u64>) {
        self.page_of_pass(items, total, 1);
    }

    /// Reports a page of a scan.
    pub(crate) fn scanned(&self, report: &ScanReport) {
        self.page_of_pass(report.contacts, report.reported_total, report.passes.max(1));
    }

    fn page_of_pass(&self, items: u64, total: Option<u64>, pass: u32) {
        let list = self.list;
        self.send(FetchEvent::Page {
            list,
            items,
            total,
            pass,
        });
    }

    pub(crate) fn waiting(&self, wait: Duration, cause: WaitCause) {
        let list = self.list;
        self.send(FetchEvent::Waiting { list, wait, cause });
    }

    pub(crate) fn finished(&self, complete: bool) {
        let list = self.list;
        self.send(FetchEvent::Finished { list, complete });
    }

    fn send(&self, event: FetchEvent) {
        if let Some(observer) = &self.observer.0 {
            observer(&event);
        }
    }
}
