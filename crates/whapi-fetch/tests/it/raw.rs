//! An API that sends any bytes, well-formed or not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is sent for every request: a head and a body, byte for byte, and then the connection is
/// closed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent {
    head: String,
    start: Vec<u8>,
    /// A piece of the body and how often it is repeated after the start.
    repeated: (Vec<u8>, usize),
    end: Vec<u8>,
}

impl Sent {
    /// An answer of this length with the headers that belong to it.
    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        let start = body.into();
        Self {
            head: format!(
                "content-type: application/json\r\ncontent-length: {}\r\n",
                start.len()
            ),
            start,
            ..Self::default()
        }
    }

    /// An answer without its length, with a piece repeated in the middle.
    pub(crate) fn long(start: &str, piece: &[u8], times: usize, end: &str) -> Self {
        Self {
            start: start.into(),
            repeated: (piece.to_vec(), times),
            end: end.into(),
            ..Self::default()
        }
    }

    /// Headers of the answer in place of its own, each with its line end.
    pub(crate) fn with_head(mut self, head: &str) -> Self {
        head.clone_into(&mut self.head);
        self
    }

    /// 1 GiB of spaces, compressed to 7 MB: one literal and four million copies of 258 bytes, in
    /// RFC 1951's fixed codes. No checksum follows, because reading ends before it.
    pub(crate) fn gzip_bomb() -> Self {
        let mut bits = Vec::new();
        // The last block, with fixed codes; then the space as a literal.
        bits.extend([1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
        // A length of 258 and a distance of 1 are 13 bits, so the bytes repeat after 13.
        for _ in 0..32 {
            bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
        }
        let bytes: Vec<u8> = bits
            .as_chunks::<8>()
            .0
            .iter()
            .map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit))
            .collect();
        let mut start = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        start.extend(&bytes[..2]);
        Self {
            head: "content-encoding: gzip\r\n".to_owned(),
            start,
            repeated: (bytes[2..15].to_vec(), (1 << 30) / 258 / 8),
            end: Vec::new(),
        }
    }

    fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nconnection: close\r\n{}\r\n",
            self.head
        )?;
        stream.write_all(&self.start)?;
        let (piece, times) = &self.repeated;
        // In blocks, so that a gigabyte is not a billion calls.
        let per_block = ((64 << 10) / piece.len().max(1)).max(1);
        let block = piece.repeat(per_block);
        for _ in 0..times / per_block {
            stream.write_all(&block)?;
        }
        stream.write_all(&piece.repeat(times % per_block))?;
        stream.write_all(&self.end)
    }
}

/// An API with the same answer to every `GET /contacts`. It ends with the test's process.
pub(crate) struct RawApi {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
}

impl RawApi {
    pub(crate) fn start(sent: Sent) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let sent = Arc::new(sent);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (sent, counter) = (Arc::clone(&sent), Arc::clone(&counter));
                std::thread::spawn(move || answer(stream.unwrap(), &sent, &counter));
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, sent: &Sent, requests: &AtomicUsize) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    requests.fetch_add(1, Ordering::SeqCst);
    // A client that has had enough closes the connection.
    if sent.send(&mut stream).is_ok() {
        // Until the client has closed too: what is unread when we close would be lost.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut request);
    }
}
