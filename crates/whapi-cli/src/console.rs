//! What people read, on standard error, and JSON on standard output.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use whapi_export::terminal::{printable, steers};

/// Speaks to people. Everything said goes through [`printable`], since names and messages may be
/// strangers' or the gate's.
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
    let lines: Vec<_> = text.lines().map(printable).collect();
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

/// A value as JSON on one line. What could steer a terminal is escaped as JSON has it, so that a
/// reader gets it back exactly.
pub(crate) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("strings, numbers and lists become JSON");
    escaped(&text)
}

/// JSON with what could steer a terminal escaped as JSON has it.
pub(crate) fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(shown, "\\u{unit:04x}").expect("a String takes everything");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Standard error for logs, made safe in the same way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.split('\n').map(printable).collect();
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

/// A number for people: digits in groups of three.
///
/// `1317` is `1,317`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 contact`, `1,317 contacts`, `2 entries`.
pub(crate) fn counted(number: u64, singular: &str) -> String {
    let number_shown = grouped(number);
    match singular.strip_suffix('y') {
        _ if number == 1 => format!("{number_shown} {singular}"),
        Some(stem) => format!("{number_shown} {stem}ies"),
        None => format!("{number_shown} {singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_steers_no_terminal_and_is_exact() {
        let text = "a\u{1b}[31m\u{9b}\u{7f}\u{202e}\u{200d}\u{e0001}\r\nд😀\"\\";
        let shown = json(&text);
        assert_eq!(
            shown,
            r#""a\u001b[31m\u009b\u007f\u202e\u200d\udb40\udc01\r\nд😀\"\\""#
        );
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }

    #[test]
    fn numbers_for_people() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in table {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "contact"), "1 contact");
        assert_eq!(counted(0, "contact"), "0 contacts");
    }
}
