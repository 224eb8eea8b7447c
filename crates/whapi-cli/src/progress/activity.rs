//! What a run does at a moment.

use std::time::{Duration, Instant};

use whapi_fetch::{FetchEvent, FetchList, WaitCause};
use whapi_pipeline::Event;
use whapi_text::grouped;

use super::line::{Detail, Line};
use super::rate::Rate;

/// What a run does, from its events.
#[derive(Debug)]
pub(super) struct Activity {
    /// What is done until the first event.
    first: String,
    /// What is done with contacts: `writing`, `counting`.
    verb: &'static str,
    /// Lists that are being read, in the order of [`order`].
    lists: Vec<List>,
    /// Contacts of the source so far, and all of them.
    contacts: Count,
    /// Whether the source sends events of its own.
    is_observed: bool,
    /// Contacts that were processed.
    processed: u64,
    /// A text that replaces everything but a wait until the next event.
    note: Option<String>,
    wait: Option<Wait>,
    rate: Rate,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    items: u64,
    total: Option<u64>,
}

#[derive(Debug)]
struct List {
    kind: FetchList,
    count: Count,
    pass: u32,
    /// Pages of this pass.
    pages: u64,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    until: Instant,
    cause: WaitCause,
}

impl Activity {
    pub(super) fn new(first: &str, verb: &'static str) -> Self {
        Self {
            first: first.to_owned(),
            verb,
            lists: Vec::new(),
            contacts: Count::default(),
            is_observed: false,
            processed: 0,
            note: None,
            wait: None,
            rate: Rate::default(),
        }
    }

    /// Shows a text until the next event.
    pub(super) fn note(&mut self, text: String) {
        self.note = Some(text);
    }

    /// Takes a step of the source.
    pub(super) fn fetched(&mut self, event: &FetchEvent, now: Instant) {
        self.is_observed = true;
        match *event {
            FetchEvent::Started { list } => {
                self.list(list);
            }
            FetchEvent::Page {
                list,
                items,
                total,
                pass,
            } => {
                // The other requests go on while one waits to be sent again.
                if self
                    .wait
                    .is_some_and(|wait| wait.cause == WaitCause::Backoff)
                {
                    self.resume(now);
                }
                self.note = None;
                let count = Count { items, total };
                let read = self.list(list);
                read.pages = if pass == read.pass { read.pages + 1 } else { 1 };
                (read.pass, read.count) = (pass, count);
                if list == FetchList::Contacts {
                    self.contacts = count;
                    self.rate.add(items, now);
                }
            }
            FetchEvent::Waiting { wait, cause, .. } => {
                let until = now + wait;
                self.rate.wait(now, until);
                if self.waits(now).is_none_or(|wait| wait.until <= until) {
                    self.wait = Some(Wait { until, cause });
                }
            }
            FetchEvent::Finished { list, .. } => self.lists.retain(|read| read.kind != list),
            _ => {}
        }
    }

    /// Takes a step of the run.
    pub(super) fn ran(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Batch { contacts, scan } => {
                self.note = None;
                self.processed = *contacts;
                if !self.is_observed {
                    self.contacts = Count {
                        items: *contacts,
                        total: scan.reported_total,
                    };
                    self.rate.add(*contacts, now);
                }
            }
            Event::Channel { contacts, done, of } => {
                self.note = Some(format!(
                    "{} of {} channels, {} contacts",
                    grouped(*done),
                    grouped(*of),
                    grouped(*contacts)
                ));
            }
            Event::Committing { format } => {
                self.lists.clear();
                self.note(format!("completing {format}"));
            }
            _ => {}
        }
    }

    fn resume(&mut self, now: Instant) {
        self.wait = None;
        self.rate.resume(now);
    }

    /// The list of this kind, added if it is not being read yet.
    fn list(&mut self, list: FetchList) -> &mut List {
        let at = self
            .lists
            .partition_point(|read| order(read.kind) < order(list));
        if self.lists.get(at).is_none_or(|read| read.kind != list) {
            let count = Count::default();
            self.lists.insert(
                at,
                List {
                    kind: list,
                    count,
                    pass: 1,
                    pages: 0,
                },
            );
        }
        &mut self.lists[at]
    }

    fn waits(&self, now: Instant) -> Option<Wait> {
        self.wait.filter(|wait| now < wait.until)
    }

    /// Returns the line that shows this.
    pub(super) fn line(&self, now: Instant) -> Line {
        let mut line = self.what();
        if let Some(wait) = self.waits(now) {
            line.is_urgent = true;
            line.details.insert(0, wait.detail(now));
        } else if line.is_of_contacts
            && let Some(detail) = self.speed(now)
        {
            line.details.insert(0, detail);
        }
        line
    }

    /// What is done, without waits and speed.
    fn what(&self) -> Line {
        if let Some(note) = &self.note {
            return Line::text(note);
        }
        let mut lists = self.lists.iter().filter(|list| list.pages > 0);
        if let Some(first) = lists.next() {
            let mut line = first.line();
            line.details
                .extend(lists.map(|list| Detail::one(list.text())));
            return line;
        }
        // Between the first contacts and their processing other lists are read.
        let mut others = self.lists.iter().map(|list| list.kind);
        if let Some(list) = others
            .next_back()
            .filter(|list| *list != FetchList::Contacts)
        {
            return Line::text(&format!("reading {}", noun(list)));
        }
        self.processing()
    }

    /// What is done with contacts while no list is read.
    fn processing(&self) -> Line {
        let Count { items, total } = self.contacts;
        let text = self.contacts.text("contacts");
        match (items, self.processed) {
            (0, _) => Line::text(&self.first),
            (_, 0) => Line::count("reading", &text, items, total),
            (_, done) if done < items => {
                let total = Some(items);
                let text = Count { items: done, total }.text("contacts");
                Line::count(self.verb, &text, done, total)
            }
            (_, done) if self.is_observed => Line::count(self.verb, &text, done, None),
            // Saved answers are read and processed at once.
            (_, done) => Line::count(self.verb, &text, done, total).of_contacts(),
        }
    }

    /// `120/s, 7 s left`, if that can be said.
    fn speed(&self, now: Instant) -> Option<Detail> {
        let total = self.contacts.total?;
        let rest = total
            .checked_sub(self.contacts.items)
            .filter(|rest| *rest > 0)?;
        let speed = self.rate.speed(now)?;
        let left = format!("{} left", duration(speed.time_for(rest)));
        let rate = match speed.tenths_per_second() {
            slow @ ..100 => format!("{}.{}/s", slow / 10, slow % 10),
            fast => format!("{}/s", grouped(fast / 10)),
        };
        Some(Detail {
            long: format!("{rate}, {left}"),
            short: left,
        })
    }
}

impl Wait {
    /// What the run waits for, and for how long still.
    fn detail(self, now: Instant) -> Detail {
        let seconds = (self.until - now).as_secs_f64().ceil();
        match self.cause {
            WaitCause::RetryAfter => Detail {
                long: format!("the Whapi API asks to wait {seconds} s"),
                short: format!("wait {seconds} s"),
            },
            WaitCause::Starting => Detail {
                long: format!("the channel is starting; next check in {seconds} s"),
                short: format!("channel starting, {seconds} s"),
            },
            _ => Detail {
                long: format!("a request failed; trying again in {seconds} s"),
                short: format!("again in {seconds} s"),
            },
        }
    }
}

impl List {
    /// `chats 1,200 of 3,400`.
    fn text(&self) -> String {
        match self.pass {
            0 | 1 => self.count.text(noun(self.kind)),
            pass => format!(
                "{}, pass {pass}, page {}",
                noun(self.kind),
                grouped(self.pages)
            ),
        }
    }

    fn line(&self) -> Line {
        let Count { items, total } = self.count;
        // A further reading finds what is there already.
        let total = total.filter(|_| self.pass <= 1);
        let line = Line::count("reading", &self.text(), items, total);
        if self.kind == FetchList::Contacts && self.pass <= 1 {
            return line.of_contacts();
        }
        line
    }
}

impl Count {
    fn text(self, noun: &str) -> String {
        let items = grouped(self.items);
        match self.total {
            Some(total) => format!("{noun} {items} of {}", grouped(total)),
            None => format!("{noun} {items}"),
        }
    }
}

/// Contacts first, then as they are requested.
fn order(list: FetchList) -> usize {
    let lists = [
        FetchList::Contacts,
        FetchList::Chats,
        FetchList::Groups,
        FetchList::Participants,
        FetchList::Blocked,
        FetchList::Lids,
    ];
    let known = lists.iter().position(|known| *known == list);
    known.unwrap_or(lists.len())
}

fn noun(list: FetchList) -> &'static str {
    match list {
        FetchList::Participants => "participants of groups",
        FetchList::Blocked => "blocked ids",
        FetchList::Lids => "LIDs of numbers",
        list => list.as_str(),
    }
}

/// `7 s`, `3 min`, `1 h 20 min`.
fn duration(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    let minutes = seconds.div_ceil(60);
    match (seconds, minutes) {
        (..=90, _) => format!("{seconds} s"),
        (_, ..60) => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}
