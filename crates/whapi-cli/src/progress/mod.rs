//! The progress of a run, in one line on a terminal.
//!
//! [`Activity`] keeps what the run does, [`Line`](line::Line) fits it into the width of the terminal, and
//! [`Screen`] is the line that indicatif draws.

mod activity;
mod line;
mod rate;
mod screen;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};
use whapi_export::StatusSink;
use whapi_fetch::FetchEvent;
use whapi_pipeline::Event;
use whapi_text::escape_terminal;

use crate::console::{self as stderr, Console};
use crate::terminal;
use activity::Activity;
use line::Glyphs;
use screen::Screen;

/// The time between two drawings.
const TICK: Duration = Duration::from_millis(100);

/// The progress of a run, on standard error.
///
/// Drawn by a thread of its own every 100 ms, so that it is alive while a run waits.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    activity: Shared,
}

/// The activity of a run, which its observers change and the thread of the bar draws.
#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<Activity>>);

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Activity) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress {
    /// Starts the line. It is hidden unless standard error is a terminal.
    ///
    /// `first` is shown until the first event, and `verb` says what is done with contacts: `writing`.
    /// From now on the line shows messages of `status`; earlier messages are dropped.
    pub(crate) fn start(
        console: Console,
        first: &str,
        verb: &'static str,
        status: &BarStatus,
    ) -> Self {
        let screen = console.draws_progress().then(Term::buffered_stderr);
        let glyphs = if terminal::speaks_utf8() {
            Glyphs::UNICODE
        } else {
            Glyphs::ASCII
        };
        let progress = Self::draw_on(screen, Activity::new(first, verb), glyphs, Instant::now);
        progress.bar.tick();
        progress.bar.enable_steady_tick(TICK);
        stderr::draw_around(Some(progress.bar.clone()));
        // Already set only in a second run of the process; then the first one keeps the messages.
        let _ = status.0.set(progress.activity.clone());
        progress
    }

    /// Draws on a terminal. Nothing is drawn without one.
    fn draw_on<T: TermLike + Clone + 'static>(
        screen: Option<T>,
        activity: Activity,
        glyphs: Glyphs,
        now: impl Fn() -> Instant + Clone + Send + Sync + 'static,
    ) -> Self {
        let activity = Shared(Arc::new(Mutex::new(activity)));
        let Some(screen) = screen.map(Screen::new) else {
            let bar = ProgressBar::hidden();
            return Self { bar, activity };
        };
        let drawn = Drawn {
            screen: screen.clone(),
            activity: activity.clone(),
            glyphs,
            begun: now(),
            now,
        };
        let style = ProgressStyle::with_template("{line}").expect("the template is fixed");
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen), 20);
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style.with_key(
            "line",
            move |_: &ProgressState, out: &mut dyn fmt::Write| {
                // indicatif writes into a String.
                let _ = out.write_str(&drawn.text());
            },
        ));
        Self { bar, activity }
    }

    /// Returns the progress callback for the pipeline.
    pub(crate) fn observer(&self) -> impl FnMut(&Event) + Send + use<> {
        let activity = self.activity.clone();
        move |event| activity.with(|activity| activity.ran(event, Instant::now()))
    }

    /// Returns the progress callback for the source.
    pub(crate) fn fetch_observer(&self) -> impl Fn(&FetchEvent) + Send + Sync + use<> {
        let activity = self.activity.clone();
        move |event| activity.with(|activity| activity.fetched(event, Instant::now()))
    }

    /// Removes the line.
    pub(crate) fn end(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        stderr::draw_around(None);
        self.bar.finish_and_clear();
    }
}

/// Passes status messages of exporters to the line, which starts later.
#[derive(Debug, Clone, Default)]
pub(crate) struct BarStatus(Arc<OnceLock<Shared>>);

impl BarStatus {
    pub(crate) fn sink(&self) -> StatusSink {
        let activity = Arc::clone(&self.0);
        StatusSink::to(move |note| {
            if let Some(activity) = activity.get() {
                let note = escape_terminal(note).into_owned();
                activity.with(|activity| activity.note(note));
            }
        })
    }
}

/// The line of an activity, as the thread of the bar draws it.
#[derive(Debug, Clone)]
struct Drawn<T, N> {
    screen: Screen<T>,
    activity: Shared,
    glyphs: Glyphs,
    begun: Instant,
    now: N,
}

impl<T: TermLike, N: Fn() -> Instant> Drawn<T, N> {
    fn text(&self) -> String {
        let now = (self.now)();
        let line = self.activity.with(|activity| activity.line(now));
        let spinner = self.glyphs.spinner;
        let frame = (now - self.begun).as_millis() / TICK.as_millis();
        let frame = spinner[usize::try_from(frame).unwrap_or(0) % spinner.len()];
        // The last column stays empty: some terminals wrap a line that fills it. The spinner and a
        // space take two.
        let width = usize::from(self.screen.width()).saturating_sub(3);
        format!("{frame} {}", line.fit(width, self.glyphs))
    }
}

#[cfg(test)]
mod tests;
