//! The progress bar, on a terminal only.

use std::fmt;

use std::sync::{Arc, OnceLock};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use whapi_export::StatusSink;
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

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the template is fixed and tested")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        style(KNOWN);
        style(UNKNOWN);
    }
}
