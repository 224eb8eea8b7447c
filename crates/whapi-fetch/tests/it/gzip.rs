//! Answers in gzip: of several members, in pieces, damaged.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use whapi_emulator::Emulator;
use whapi_fetch::{Client, Error, RetryPolicy, Token};

use crate::common::{TOKEN, numbered};
use crate::raw::{RawApi, Sent};

const DAMAGED: &str =
    "the API's answer is not the gzip that it is said to be; gave up after 1 try in 0 s";

fn member(data: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// An answer with three contacts.
fn answer() -> String {
    Emulator::answer(&numbered(3), 0, 500)
}

fn sent(body: impl Into<Vec<u8>>, encoding: &str) -> Sent {
    let body = body.into();
    let head = format!(
        "content-encoding: {encoding}\r\ncontent-length: {}\r\n",
        body.len()
    );
    Sent::json(body).with_head(&head)
}

/// How many contacts are read, and the total.
async fn read(sent: Sent) -> Result<(usize, Option<u64>), Error> {
    let api = RawApi::start(sent);
    let mut policy = RetryPolicy::default();
    policy.max_tries = 1;
    let client = Client::builder(Token::new(TOKEN, "the test").unwrap())
        .base_url(&api.url)
        .retry_policy(policy)
        .build()
        .unwrap();
    let page = client.contacts(0, 500).await?;
    Ok((page.items.len(), page.total))
}

#[track_caller]
fn check_whole(found: Result<(usize, Option<u64>), Error>) {
    assert_eq!(found.unwrap(), (3, Some(3)));
}

#[track_caller]
fn check_error(found: Result<(usize, Option<u64>), Error>, message: &str) {
    assert_eq!(found.unwrap_err().to_string(), message);
}

#[tokio::test]
async fn several_members_are_one_answer() {
    let answer = answer();
    for places in [
        vec![1],
        vec![answer.len() / 2],
        vec![10, 11, 40],
        vec![0, 0],
    ] {
        let mut body = Vec::new();
        let mut rest = answer.as_str();
        let mut from = 0;
        for place in places {
            let (part, behind) = rest.split_at(place - from);
            body.extend(member(part));
            (rest, from) = (behind, place);
        }
        body.extend(member(rest));
        check_whole(read(sent(body, "gzip")).await);
    }
    let of_one_byte_each: Vec<_> = answer.bytes().flat_map(|byte| member([byte])).collect();
    check_whole(read(sent(of_one_byte_each, "gzip")).await);
}

/// The first member alone is a complete answer, so that a reader of one member loses the rest in
/// silence.
#[tokio::test]
async fn what_stands_behind_a_first_member_that_is_an_answer_counts() {
    let first = Emulator::answer(&numbered(1), 0, 500);
    let body = [member(&first), member(answer())].concat();
    let found = read(sent(body, "gzip")).await;
    let message = "the Whapi API's answer is not the documented JSON; gave up after 1 \
                   try in 0 s";
    check_error(found, message);
    let body = [member(answer()), member(" \n")].concat();
    check_whole(read(sent(body, "gzip")).await);
}

#[tokio::test]
async fn in_chunks_of_one_byte() {
    let half = answer().len() / 2;
    let body = [member(&answer()[..half]), member(&answer()[half..])].concat();
    let mut chunks: Vec<u8> = body
        .iter()
        .flat_map(|byte| [b'1', b'\r', b'\n', *byte, b'\r', b'\n'])
        .collect();
    chunks.extend(b"0\r\n\r\n");
    let head = "content-encoding: gzip\r\ntransfer-encoding: chunked\r\n";
    check_whole(read(Sent::json(chunks).with_head(head)).await);
}

#[tokio::test]
async fn names_of_the_encoding() {
    for name in ["gzip", "GZIP", "x-gzip"] {
        check_whole(read(sent(member(answer()), name)).await);
    }
    check_whole(read(sent(answer(), "identity")).await);
}

#[tokio::test]
async fn a_member_that_is_damaged_or_cut() {
    let whole = member(answer());
    let end = whole.len();
    let mut wrong_sum = whole.clone();
    wrong_sum[end - 8] ^= 1;
    let mut wrong_length = whole.clone();
    wrong_length[end - 1] ^= 1;
    for body in [
        whole[..1].to_vec(),
        whole[..end / 2].to_vec(),
        whole[..end - 1].to_vec(),
        wrong_sum,
        wrong_length,
        [&whole[..], b"\x1f"].concat(),
        [&whole[..], &whole[..end / 2]].concat(),
        [&whole[..], b"rest"].concat(),
        answer().into_bytes(),
    ] {
        check_error(read(sent(body, "gzip")).await, DAMAGED);
    }
}

#[tokio::test]
async fn nothing_at_all_is_no_json() {
    let message = "the Whapi API's answer is not the documented JSON; gave up after 1 \
                   try in 0 s";
    check_error(read(sent("", "gzip")).await, message);
}

#[tokio::test]
async fn the_bound_holds_for_all_members_together() {
    let spaces = member(vec![b' '; 8 << 20]);
    let too_long = "the Whapi API's answer is longer than 32 MiB";
    let mut body = member(answer());
    body.extend(spaces.repeat(3));
    check_whole(read(sent(body.clone(), "gzip")).await);
    body.extend(&spaces);
    check_error(read(sent(body, "gzip")).await, too_long);
}
