//! The progress bar, on a terminal only.

use std::fmt;
use std::sync::{Arc, OnceLock};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use whapi_export::StatusSink;
use whapi_fetch::{FetchEvent, FetchList};
use whapi_pipeline::Event;
use whapi_text::{escape_terminal, grouped};

use crate::console::Console;

/// The progress bar of a run, on standard error.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

const KNOWN: &str =
    "{spinner} {human_pos}/{human_len} contacts {wide_bar} {rate}, {eta} left, {msg}";
const UNKNOWN: &str = "{spinner} {human_pos} contacts, {rate}, {msg}";

impl Progress {
    /// Starts the bar. It is hidden unless standard error is a terminal.
    ///
    /// From now on the bar shows messages of `status`; earlier messages are dropped.
    pub(crate) fn start(console: Console, status: &BarStatus) -> Self {
        let target = if console.draws_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style(UNKNOWN));
        bar.set_message("connecting to the Whapi API");
        // Already set only in a second run of the process; then the first bar keeps the messages.
        let _ = status.0.set(bar.clone());
        Self { bar }
    }

    /// Returns the progress callback for the pipeline.
    pub(crate) fn observer(&self) -> impl FnMut(&Event) + Send + use<> {
        let bar = self.bar.clone();
        move |event| follow(&bar, event)
    }

    /// Returns the progress callback for the source.
    pub(crate) fn fetch_observer(&self) -> impl Fn(&FetchEvent) + Send + Sync + use<> {
        let bar = self.bar.clone();
        move |event| {
            // Once contacts arrive, the pipeline's events show them.
            let waits_for_contacts = bar.position() == 0;
            if let Some(message) = fetch_message(event, waits_for_contacts) {
                bar.set_message(message);
            }
        }
    }

    /// Removes the bar.
    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}

/// Passes status messages of exporters to the bar, which starts later.
#[derive(Debug, Clone, Default)]
pub(crate) struct BarStatus(Arc<OnceLock<ProgressBar>>);

impl BarStatus {
    pub(crate) fn sink(&self) -> StatusSink {
        let bar = Arc::clone(&self.0);
        StatusSink::to(move |note| {
            if let Some(bar) = bar.get() {
                bar.set_message(escape_terminal(note).into_owned());
            }
        })
    }
}

fn follow(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Batch { contacts, scan } => {
            if let Some(total) = scan
                .reported_total
                .filter(|_| bar.length() != scan.reported_total)
            {
                bar.set_style(style(KNOWN));
                bar.set_length(total);
            }
            bar.set_position(*contacts);
            let again = match scan.passes {
                0 | 1 => String::new(),
                pass => format!(", pass {pass}"),
            };
            bar.set_message(format!("page {}{again}", grouped(scan.pages)));
        }
        Event::Committing { format } => bar.set_message(format!("completing {format}")),
        _ => {}
    }
}

/// Returns the message of a step of the source. Pages of contacts have one until contacts arrive.
fn fetch_message(event: &FetchEvent, waits_for_contacts: bool) -> Option<String> {
    let (list, items, total) = match event {
        FetchEvent::Page {
            list, items, total, ..
        } => (*list, *items, *total),
        FetchEvent::Waiting { wait, .. } => {
            let seconds = wait.as_secs_f64().ceil();
            return Some(format!("waiting {seconds} s for the Whapi API"));
        }
        _ => return None,
    };
    let noun = match list {
        FetchList::Contacts if waits_for_contacts => "contacts",
        FetchList::Chats => "chats",
        FetchList::Groups => "groups",
        FetchList::Participants => "participants of groups",
        FetchList::Blocked => "blocked ids",
        FetchList::Lids => "LIDs of phone numbers",
        _ => return None,
    };
    let total = total.map_or(String::new(), |total| format!(" of {}", grouped(total)));
    Some(format!("reading {noun}, {}{total}", grouped(items)))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the template is fixed and tested")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_templates_are_valid() {
        style(KNOWN);
        style(UNKNOWN);
    }

    #[test]
    fn lists_and_waits_have_messages() {
        let page = |list, waits_for_contacts| {
            let (items, total) = (1200, Some(3400));
            let event = FetchEvent::Page {
                list,
                items,
                total,
                pass: 1,
            };
            fetch_message(&event, waits_for_contacts)
        };
        assert_eq!(
            page(FetchList::Chats, false).as_deref(),
            Some("reading chats, 1,200 of 3,400")
        );
        assert_eq!(
            page(FetchList::Contacts, true).as_deref(),
            Some("reading contacts, 1,200 of 3,400")
        );
        assert_eq!(page(FetchList::Contacts, false), None);

        let (list, wait) = (FetchList::Groups, Duration::from_millis(1500));
        let cause = whapi_fetch::WaitCause::Backoff;
        let event = FetchEvent::Waiting { list, wait, cause };
        assert_eq!(
            fetch_message(&event, false).as_deref(),
            Some("waiting 2 s for the Whapi API")
        );
    }
}
