//! Reading UTF-16 as UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// How many bytes are decoded at once.
const BLOCK: usize = 16 << 10;

/// Reads a file in UTF-16, without a byte order mark, as UTF-8.
///
/// A text that is not UTF-16 is an error of the kind [`io::ErrorKind::InvalidData`].
pub(super) struct Utf16Reader<R> {
    file: R,
    decoder: Decoder,
    block: Box<[u8]>,
    /// What was decoded, and how much of it was read.
    text: String,
    read: usize,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    pub(super) fn new(file: R, encoding: &'static Encoding) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_without_bom_handling(),
            block: vec![0; BLOCK].into_boxed_slice(),
            text: String::new(),
            read: 0,
            ended: false,
        }
    }

    fn decode_block(&mut self) -> io::Result<()> {
        let length = self.file.read(&mut self.block)?;
        self.ended = length == 0;
        self.text.clear();
        self.read = 0;
        let most = self
            .decoder
            .max_utf8_buffer_length_without_replacement(length);
        self.text.reserve(most.unwrap_or_default());
        let block = &self.block[..length];
        let (result, _) =
            self.decoder
                .decode_to_string_without_replacement(block, &mut self.text, self.ended);
        match result {
            DecoderResult::InputEmpty => Ok(()),
            DecoderResult::OutputFull | DecoderResult::Malformed(..) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the text begins as UTF-16 and is none",
            )),
        }
    }
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
    use encoding_rs::{UTF_16BE, UTF_16LE};
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

    fn read(file: impl Read, encoding: &'static Encoding) -> io::Result<String> {
        let mut text = String::new();
        Utf16Reader::new(file, encoding).read_to_string(&mut text)?;
        Ok(text)
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "(?s:.)*|[a👩é]*", most in 1_usize..7) {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(read(Slow(&little, most), UTF_16LE).unwrap(), &*text);
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(read(Slow(&big, most), UTF_16BE).unwrap(), text);
        }
    }

    #[test]
    fn a_text_of_several_blocks_comes_back() {
        let text = "Ada 👩 ".repeat(BLOCK);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(little.as_slice(), UTF_16LE).unwrap(), text);
    }

    #[test]
    fn what_is_not_utf_16_is_refused() {
        for bytes in [&b"a\0b"[..], b"\x3d\xd8a\0", b"\x69\xdc", b"\x3d\xd8"] {
            let error = read(bytes, UTF_16LE).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
