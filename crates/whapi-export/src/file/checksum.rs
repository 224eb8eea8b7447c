//! The SHA-256 of what is written.

use std::fmt::Write as _;
use std::io;

use sha2::{Digest, Sha256};

/// Sums up bytes that are written to it.
#[derive(Debug, Default)]
pub(crate) struct Checksum(Sha256);

impl Checksum {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the sum in lower-case hex.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

impl io::Write for Checksum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes everything");
            text
        })
}
