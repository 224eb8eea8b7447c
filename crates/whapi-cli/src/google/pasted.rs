//! The redirect as a person pastes it.

use std::future::pending;
use std::io::{self, BufRead, Read};

use tokio::sync::mpsc;

use super::redirect::Redirect;
use crate::console::Console;

/// The maximum length of a line, in bytes.
const MAX_LINE: u64 = 64 << 10;

/// Waits for a line on standard input with the redirect of the sign-in with this state.
///
/// Other lines are pointed out and not repeated. Waits for ever after the end of standard input.
pub(crate) async fn pasted_redirect(state: &str, console: Console) -> Redirect {
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(redirect) = Redirect::from_address(&line, state) {
            return redirect;
        }
        console.notice(
            "This is not the address at which the browser ended; copy the whole address, which begins \
             with http://127.0.0.1, and paste it here.",
        );
    }
    pending().await
}

/// Reads standard input in a thread, which ends with the program.
fn lines() -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel(1);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(line) = read_line(&mut input) {
            if send.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receive
}

/// Reads a line. Returns `None` at the end, after an error, and for a line that is too long.
fn read_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let read = input.take(MAX_LINE).read_until(b'\n', &mut line).ok()?;
    let fits = line.ends_with(b"\n") || (read as u64) < MAX_LINE;
    (read > 0 && fits).then(|| String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_to_the_end_and_are_limited() {
        let mut input = &b"one\r\n\n\xff"[..];
        let lines = std::iter::from_fn(|| read_line(&mut input));
        assert_eq!(lines.collect::<Vec<_>>(), ["one\r\n", "\n", "\u{fffd}"]);

        let longest = "a".repeat((64 << 10) - 1);
        let mut input = longest.as_bytes();
        assert_eq!(read_line(&mut input).as_ref(), Some(&longest));
        let mut endless = io::BufReader::new(io::repeat(b'a'));
        assert_eq!(read_line(&mut endless), None);
    }
}
