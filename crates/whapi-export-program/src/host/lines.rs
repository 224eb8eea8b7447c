//! Reads lines of limited length.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::protocol::MAX_LINE;

/// What is read next.
#[derive(Debug)]
pub(super) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// The beginning of a line above the limit. Nothing is read after it.
    TooLong(Vec<u8>),
    /// The end, or a failure, which is the end as well.
    End,
}

impl Line {
    /// The memory that it takes, estimated: an empty one has some, too.
    pub(super) fn footprint(&self) -> usize {
        let text = match self {
            Self::Whole(line) | Self::TooLong(line) => line.capacity(),
            Self::End => 0,
        };
        size_of::<Self>() + text
    }
}

/// Reads lines from a pipe.
pub(super) struct LineReader<R>(BufReader<R>);

impl<R: AsyncRead + Unpin> LineReader<R> {
    pub(super) fn new(pipe: R) -> Self {
        Self(BufReader::with_capacity(64 << 10, pipe))
    }

    /// Reads the next line. A last line without an end counts as one.
    pub(super) async fn next(&mut self) -> Line {
        let mut line = Vec::new();
        loop {
            let Ok(read) = self.0.fill_buf().await else {
                return Line::End;
            };
            if read.is_empty() {
                return if line.is_empty() {
                    Line::End
                } else {
                    Line::Whole(line)
                };
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(read.len(), |at| at + 1);
            if line.len() + taken > MAX_LINE {
                line.truncate(1 << 10);
                line.extend_from_slice(&read[..taken.min(1 << 10)]);
                return Line::TooLong(line);
            }
            line.extend_from_slice(&read[..end.unwrap_or(taken)]);
            self.0.consume(taken);
            if end.is_some() {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Line::Whole(line);
            }
        }
    }
}
