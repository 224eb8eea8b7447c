//! The program that a Rust programmer would write in an afternoon: `serde`, `csv`, `reqwest`, and
//! the loop that asks for one page after the other. It classifies nothing and proves nothing.
//!
//! ```console
//! cargo run --release --bin straight -- file answers.ndjson contacts.csv
//! cargo run --release --bin straight -- http http://127.0.0.1:8080 contacts.csv
//! ```

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::ExitCode;

use csv::Writer;
use serde::{Deserialize, Serialize};

/// Contacts to ask for at a time.
const PAGE: usize = 500;
/// What the emulated API wants to see.
const TOKEN: &str = "demo-token";

#[derive(Deserialize)]
struct Answer {
    contacts: Vec<Contact>,
}

#[derive(Deserialize, Serialize)]
struct Contact {
    id: String,
    name: Option<String>,
    pushname: Option<String>,
    saved: Option<bool>,
    is_business: Option<bool>,
}

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["file", from, to] => from_file(from, to),
        ["http", base, to] => from_http(base, to),
        _ => Err("usage: straight file|http FROM TO".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn from_file(from: &str, to: &str) -> Result<(), Box<dyn Error>> {
    let mut lines = Writer::from_path(to)?;
    for answer in BufReader::new(File::open(from)?).lines() {
        write(&serde_json::from_str(&answer?)?, &mut lines)?;
    }
    Ok(lines.flush()?)
}

fn from_http(base: &str, to: &str) -> Result<(), Box<dyn Error>> {
    // reqwest builds no client without a TLS provider, not even for plain http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = reqwest::Client::new();
        let mut lines = Writer::from_path(to)?;
        let mut offset = 0;
        loop {
            let url = format!("{base}/contacts?count={PAGE}&offset={offset}");
            let answer = client.get(url).bearer_auth(TOKEN).send().await?;
            let answer: Answer = serde_json::from_slice(&answer.bytes().await?)?;
            write(&answer, &mut lines)?;
            offset += answer.contacts.len();
            if answer.contacts.len() < PAGE {
                return Ok(lines.flush()?);
            }
        }
    })
}

fn write(answer: &Answer, lines: &mut Writer<File>) -> Result<(), csv::Error> {
    answer
        .contacts
        .iter()
        .try_for_each(|contact| lines.serialize(contact))
}
