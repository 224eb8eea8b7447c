//! Reading UTF-16 as UTF-8.

use std::io::{self, Read};

/// How many bytes are decoded at once.
const BLOCK: usize = 16 << 10;

/// The order of the two bytes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ByteOrder {
    /// The lower byte first: a byte order mark of `FF FE`.
    Little,
    /// The higher byte first: a byte order mark of `FE FF`.
    Big,
}

impl ByteOrder {
    /// The order that a byte order mark at the start of a text shows. `None` without a mark.
    pub fn of_mark(start: &[u8]) -> Option<Self> {
        match start {
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            _ => None,
        }
    }
}

/// Reads UTF-16 as UTF-8. What is not UTF-16 becomes U+FFFD and is counted.
///
/// A byte order mark is a character like every other: skip it before.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use whapi_text::{ByteOrder, Utf16Reader};
///
/// let mut reader = Utf16Reader::new(&b"A\0\xe9\0"[..], ByteOrder::Little);
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!((text.as_str(), reader.replaced()), ("Aé", 0));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Utf16Reader<R> {
    inner: R,
    order: ByteOrder,
    /// Bytes that are not decoded yet.
    bytes: Vec<u8>,
    /// What was decoded, and how much of it was read.
    text: String,
    read: usize,
    ended: bool,
    refuses: bool,
    replaced: u64,
}

impl<R: Read> Utf16Reader<R> {
    /// Creates a reader of UTF-16 in this byte order.
    pub fn new(inner: R, order: ByteOrder) -> Self {
        Self {
            inner,
            order,
            bytes: Vec::new(),
            text: String::new(),
            read: 0,
            ended: false,
            refuses: false,
            replaced: 0,
        }
    }

    /// Makes what is not UTF-16 an error of the kind [`io::ErrorKind::InvalidData`].
    #[must_use]
    pub fn refusing(mut self) -> Self {
        self.refuses = true;
        self
    }

    /// How many characters became U+FFFD so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    fn decode_block(&mut self) -> io::Result<()> {
        let kept = self.bytes.len();
        self.bytes.resize(kept + BLOCK, 0);
        let read = self.inner.read(&mut self.bytes[kept..]);
        self.bytes.truncate(kept + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.text.clear();
        self.read = 0;
        let mut whole = self.bytes.len() / 2 * 2;
        // The other half of a pair may be in the next block.
        if !self.ended && whole > 0 && is_first_half(self.unit(whole - 2)) {
            whole -= 2;
        }
        let units = self.bytes[..whole].chunks_exact(2);
        let units = units.map(|unit| unit_of(self.order, unit));
        for decoded in char::decode_utf16(units) {
            self.replaced += u64::from(decoded.is_err());
            self.text
                .push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.bytes.drain(..whole);
        if self.ended && !self.bytes.is_empty() {
            self.bytes.clear();
            self.replaced += 1;
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        if self.refuses && self.replaced > 0 {
            let message = "the text begins as UTF-16 and is none";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(())
    }

    fn unit(&self, at: usize) -> u16 {
        unit_of(self.order, &self.bytes[at..at + 2])
    }
}

fn unit_of(order: ByteOrder, bytes: &[u8]) -> u16 {
    let bytes = [bytes[0], bytes[1]];
    match order {
        ByteOrder::Little => u16::from_le_bytes(bytes),
        ByteOrder::Big => u16::from_be_bytes(bytes),
    }
}

fn is_first_half(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() && !self.ended {
            self.decode_block()?;
        }
        let rest = &self.text.as_bytes()[self.read..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file that gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let most = out.len().min(self.1);
            self.0.read(&mut out[..most])
        }
    }

    fn read(file: impl Read, order: ByteOrder) -> (String, u64) {
        let mut reader = Utf16Reader::new(file, order);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.replaced())
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "(?s:.)*|[a👩é]*", most in 1_usize..7) {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(read(Slow(&little, most), ByteOrder::Little), (text.clone(), 0));
            prop_assert_eq!(read(Slow(&big, most), ByteOrder::Big), (text, 0));
        }
    }

    #[test]
    fn a_text_of_several_blocks_comes_back() {
        let text = "Ada 👩 ".repeat(BLOCK);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(little.as_slice(), ByteOrder::Little), (text, 0));
    }

    #[test]
    fn what_is_not_utf_16_is_replaced_and_counted() {
        for (bytes, expected) in [
            (&b"a\0b"[..], "a\u{fffd}"),
            (b"\x3d\xd8a\0", "\u{fffd}a"),
            (b"\x69\xdc", "\u{fffd}"),
            (b"\x3d\xd8", "\u{fffd}"),
        ] {
            assert_eq!(read(bytes, ByteOrder::Little), (expected.to_owned(), 1));
            let mut refusing = Utf16Reader::new(bytes, ByteOrder::Little).refusing();
            let error = io::read_to_string(&mut refusing).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn byte_order_marks() {
        assert_eq!(ByteOrder::of_mark(b"\xff\xfea\0"), Some(ByteOrder::Little));
        assert_eq!(ByteOrder::of_mark(b"\xfe\xff\0a"), Some(ByteOrder::Big));
        assert_eq!(ByteOrder::of_mark(b"\xff"), None);
        assert_eq!(ByteOrder::of_mark(b"{}"), None);
    }
}
