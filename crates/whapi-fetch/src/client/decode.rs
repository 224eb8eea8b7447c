//! Decompression of answers.

use std::io::{self, Write};

use bytes::{Buf, Bytes};
use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// The decompressed body of an answer, in pieces.
pub(super) struct Decoded {
    response: reqwest::Response,
    gzip: Option<Gzip>,
}

/// Why a body could not be read to its end.
#[derive(Debug)]
pub(super) enum Broken {
    Connection(reqwest::Error),
    /// What came is not gzip as RFC 1952 has it, or ends early.
    Gzip,
    /// More compressed bytes than the limit.
    TooLarge,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::Connection(error)
    }
}

/// The message of zlib is dropped: it may quote the body.
impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Self {
        Self::Gzip
    }
}

impl Decoded {
    /// Decodes by the answer's `Content-Encoding`. At most `limit` bytes are taken of gzip.
    pub(super) fn of(response: reqwest::Response, limit: usize) -> Self {
        let gzip = is_gzip(response.headers()).then(|| Gzip::new(limit));
        Self { response, gzip }
    }

    /// Returns the next bytes; `None` at the end. Of gzip, about 32 KiB at a time.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        let Some(gzip) = &mut self.gzip else {
            return Ok(self.response.chunk().await?);
        };
        loop {
            if let Some(decoded) = gzip.decode()? {
                return Ok(Some(decoded));
            }
            if gzip.at_end {
                return Ok(None);
            }
            gzip.take(self.response.chunk().await?)?;
        }
    }
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let encoding = headers.get(CONTENT_ENCODING);
    let encoding = encoding.and_then(|encoding| encoding.to_str().ok());
    // RFC 9110 has both names mean the same.
    encoding.is_some_and(|encoding| {
        ["gzip", "x-gzip"]
            .iter()
            .any(|name| encoding.trim().eq_ignore_ascii_case(name))
    })
}

/// A decoder for all members of a gzip body.
struct Gzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// Compressed bytes that are not decoded yet.
    waiting: Bytes,
    taken: usize,
    limit: usize,
    at_end: bool,
}

impl Gzip {
    fn new(limit: usize) -> Self {
        Self {
            decoder: MultiGzDecoder::new(Vec::new()),
            waiting: Bytes::new(),
            taken: 0,
            limit,
            at_end: false,
        }
    }

    /// Decodes a little of what waits; `None` when all of it is decoded.
    fn decode(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let decoded = std::mem::take(self.decoder.get_mut());
            if !decoded.is_empty() {
                return Ok(Some(decoded.into()));
            }
            if self.waiting.is_empty() {
                return Ok(None);
            }
            let written = self.decoder.write(&self.waiting)?;
            self.waiting.advance(written);
        }
    }

    /// Takes the next compressed bytes; `None` is their end.
    fn take(&mut self, chunk: Option<Bytes>) -> Result<(), Broken> {
        if let Some(chunk) = chunk {
            self.taken += chunk.len();
            if self.taken > self.limit {
                return Err(Broken::TooLarge);
            }
            self.waiting = chunk;
            return Ok(());
        }
        self.at_end = true;
        // An empty body has no member.
        if self.taken > 0 {
            self.decoder.try_finish()?;
        }
        Ok(())
    }
}
