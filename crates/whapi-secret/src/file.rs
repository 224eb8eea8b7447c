//! Reading a secret from a file.

use std::io::{self, Read};

/// Reads everything, and refuses more than `most` bytes.
///
/// At most one byte above `most` is read, so a reader without end is refused, too.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`] above `most` bytes; the message names the limit in KiB. Any
/// error of the reader.
///
/// # Examples
///
/// ```
/// use whapi_secret::read_bounded;
///
/// assert_eq!(read_bounded(&b"s3cret"[..], 64 << 10)?, b"s3cret");
/// let error = read_bounded(std::io::repeat(b'a'), 64 << 10).unwrap_err();
/// assert_eq!(error.to_string(), "larger than 64 KiB");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_bounded(reader: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!("larger than {} KiB", most >> 10);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_read() {
        let reader = |bytes| io::repeat(b'a').take(bytes);
        assert_eq!(read_bounded(reader(2048), 2048).unwrap().len(), 2048);
        let error = read_bounded(reader(2049), 2048).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "larger than 2 KiB");
    }
}
