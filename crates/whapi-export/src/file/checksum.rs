//! The SHA-256 of what is written.

use std::fmt::Write as _;
use std::io;

use sha2::{Digest, Sha256};

/// Files are read in blocks of this size.
const BLOCK: usize = 256 << 10;

/// The SHA-256 of bytes: of what an exporter writes, for [`Summary::sha256`](crate::Summary::sha256).
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use whapi_export::Checksum;
///
/// let mut written = Checksum::default();
/// written.write_all(b"Ada\n")?;
///
/// let mut read = Checksum::default();
/// assert_eq!(read.read_to_end(&b"Ada\n"[..])?, 4);
/// assert_eq!(written.finish(), read.finish());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Checksum(Sha256);

impl Checksum {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds everything up to the end of a reader. Returns the number of bytes.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn read_to_end(&mut self, mut reader: impl io::Read) -> io::Result<u64> {
        let mut block = vec![0; BLOCK];
        let mut bytes = 0;
        loop {
            let read = match reader.read(&mut block) {
                Ok(0) => return Ok(bytes),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.update(&block[..read]);
            bytes += read as u64;
        }
    }

    /// Returns the sum in lower-case hex.
    ///
    /// ```
    /// use whapi_export::Checksum;
    ///
    /// let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    /// assert_eq!(Checksum::default().finish(), empty);
    /// ```
    pub fn finish(self) -> String {
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
