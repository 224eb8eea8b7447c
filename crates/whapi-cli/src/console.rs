//! Messages for people on standard error, and data on standard output.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};
use indicatif::ProgressBar;
use serde::Serialize;
use whapi_text::{escape_terminal, needs_escape};

use crate::terminal;

/// Prints messages on standard error.
///
/// Escapes them by [`escape_terminal`], because names and answers of the API are untrusted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    quiet: bool,
}

impl Console {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Whether progress can be drawn: on a terminal that can move its cursor.
    pub(crate) fn draws_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal() && !terminal::is_dumb()
    }

    /// Prints a message, unless `--quiet` is set.
    pub(crate) fn info(self, text: impl fmt::Display) {
        if !self.quiet {
            write_line("", &text.to_string());
        }
    }

    /// Prints a message even if `--quiet` is set.
    #[expect(clippy::unused_self, reason = "one type for all messages")]
    pub(crate) fn notice(self, text: impl fmt::Display) {
        write_line("", &text.to_string());
    }

    /// Prints a question, behind which the answer is typed.
    #[expect(clippy::unused_self, reason = "one type for all messages")]
    pub(crate) fn ask(self, question: &str) {
        let mut stderr = io::stderr().lock();
        // There is nowhere to report an error.
        let _ = write!(stderr, "{}", escape_terminal(question)).and_then(|()| stderr.flush());
    }

    #[expect(clippy::unused_self, reason = "one type for all messages")]
    pub(crate) fn warn(self, text: impl fmt::Display) {
        write_line(&format!("{WARNING}warning:{WARNING:#} "), &text.to_string());
    }

    #[expect(clippy::unused_self, reason = "one type for all messages")]
    pub(crate) fn error(self, text: impl fmt::Display) {
        let style = STYLES.get_error();
        write_line(&format!("{style}error:{style:#} "), &text.to_string());
    }
}

/// The colours of clap's messages, and of ours.
const STYLES: Styles = Styles::styled();
/// clap has no warnings.
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The progress that is drawn on standard error.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Sets the progress that is drawn on standard error. Messages remove it while they are printed.
pub(crate) fn draw_around(bar: Option<ProgressBar>) {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = bar;
}

/// Writes a text behind a label, which may have colours, to standard error.
fn write_line(label: &str, text: &str) {
    let lines: Vec<_> = text.lines().map(escape_terminal).collect();
    write_to_stderr(&format!("{label}{}\n", lines.join("\n")));
}

/// Writes to standard error, without colours where they are not wanted. Ignores errors, because there is
/// nowhere to report them.
fn write_to_stderr(text: &str) {
    let bar = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let write = || {
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    };
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Prints data to standard output. A closed pipe is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Serializes a value as JSON on one line.
///
/// Terminal controls become JSON escapes, so that programs read the exact text.
pub(crate) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("strings, numbers and lists become JSON");
    escaped(&text)
}

/// Replaces terminal controls in JSON by JSON escapes.
pub(crate) fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if needs_escape(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(shown, "\\u{unit:04x}").expect("a String takes everything");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Standard error for logs. Escapes terminal controls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.split('\n').map(escape_terminal).collect();
        write_to_stderr(&lines.join("\n"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The name of a destination for people.
pub(crate) fn display_destination(destination: &str) -> &str {
    match destination {
        "-" => "standard output",
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_and_exact() {
        let text = "a\u{1b}[31m\u{9b}\u{7f}\u{202e}\u{200d}\u{e0001}\r\nд😀\"\\";
        let shown = json(&text);
        assert_eq!(
            shown,
            r#""a\u001b[31m\u009b\u007f\u202e\u200d\udb40\udc01\r\nд😀\"\\""#
        );
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
