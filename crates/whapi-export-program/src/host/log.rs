//! The log of a program: what it writes to standard error.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use whapi_export::StatusSink;
use whapi_text::escape_terminal;

/// Lines beyond this number are not shown.
const MOST_LINES: usize = 200;
/// Lines are cut after this many bytes.
const MOST_BYTES: usize = 500;

/// The last line of a log, for the message of an error.
#[derive(Debug, Clone, Default)]
pub(super) struct LastLine(Arc<Mutex<String>>);

impl LastLine {
    pub(super) fn get(&self) -> String {
        let line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.clone()
    }

    fn set(&self, line: &str) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.clone_into(&mut last);
    }
}

/// Reads a log to its end, however long it is.
pub(super) async fn follow(mut pipe: impl AsyncRead + Unpin, sink: StatusSink, last: LastLine) {
    let mut block = vec![0; 16 << 10];
    let mut line = Vec::new();
    let mut shown = 0_usize;
    let mut show = |line: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(line);
        let text = escape_terminal(text.trim_end()).into_owned();
        line.clear();
        if text.is_empty() {
            return;
        }
        last.set(&text);
        shown += 1;
        if shown <= MOST_LINES {
            sink.say(&text);
        } else if shown == MOST_LINES + 1 {
            sink.say("further lines are not shown");
        }
    };
    while let Ok(read @ 1..) = pipe.read(&mut block).await {
        for part in block[..read].split_inclusive(|byte| *byte == b'\n') {
            let room = MOST_BYTES.saturating_sub(line.len());
            line.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                show(&mut line);
            }
        }
    }
    show(&mut line);
}
