//! What people read, on standard error, and JSON on standard output.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use whapi_text::{escape_terminal, needs_escape};

/// Writes messages to standard error, each [escaped](escape_terminal): part of it may be untrusted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    quiet: bool,
}

impl Console {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Whether progress can be drawn.
    pub(crate) fn draws_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Says something that `--quiet` silences.
    pub(crate) fn info(self, text: impl fmt::Display) {
        if !self.quiet {
            write_line(&text.to_string());
        }
    }

    /// Says what was asked for, `--quiet` or not.
    #[expect(clippy::unused_self, reason = "one console, whatever is said")]
    pub(crate) fn notice(self, text: impl fmt::Display) {
        write_line(&text.to_string());
    }

    #[expect(
        clippy::unused_self,
        reason = "warnings are said however quiet it should be"
    )]
    pub(crate) fn warn(self, text: impl fmt::Display) {
        write_line(&format!("warning: {text}"));
    }

    #[expect(
        clippy::unused_self,
        reason = "errors are said however quiet it should be"
    )]
    pub(crate) fn error(self, text: impl fmt::Display) {
        write_line(&format!("error: {text}"));
    }
}

/// Nobody is left to tell when standard error is closed.
fn write_line(text: &str) {
    let lines: Vec<_> = text.lines().map(escape_terminal).collect();
    let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}

/// Prints data to standard output. A reader that went away is no error.
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

/// A value as JSON on one line, [escaped] for terminals.
pub(crate) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("strings, numbers and lists become JSON");
    escaped(&text)
}

/// JSON with each character that [`needs_escape`] as `\uXXXX`, so that parsers read the same value.
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

/// Standard error for logs, [escaped](escape_terminal).
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.split('\n').map(escape_terminal).collect();
        // Nobody is left to tell when standard error is closed.
        let _ = io::stderr().lock().write_all(lines.join("\n").as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A destination for people.
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
