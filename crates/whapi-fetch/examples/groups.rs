//! Prints which discovered contacts each group of a channel brings, with progress on standard error.
//!
//! Without arguments it reads an emulated channel. A real one takes its token from `WHAPI_TOKEN`:
//!
//! ```sh
//! WHAPI_TOKEN=… cargo run -p whapi-fetch --example groups
//! ```

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use futures_util::TryStreamExt;
use whapi_emulator::Emulator;
use whapi_fetch::whapi_model::ContactId;
use whapi_fetch::{
    ApiSource, Client, ContactSource, EnrichmentRequest, FetchEvent, ScanOptions, Token,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut emulator = None;
    let client = if let Ok(token) = env::var("WHAPI_TOKEN") {
        let token = Token::new(token, "the environment variable WHAPI_TOKEN")?;
        Client::builder(token).build()?
    } else {
        let emulator = emulator.insert(Emulator::builder().people(200).start().await?);
        let token = Token::new(emulator.token(), "the emulator")?;
        Client::builder(token)
            .base_url(emulator.base_url())
            .build()?
    };
    let mut source = ApiSource::new(client, ScanOptions::default())
        .with_enrichment_request(EnrichmentRequest::default().with_reasons(true))
        .observe(show);

    let enrichment = source.enrichment().await?.unwrap_or_default();
    let groups = enrichment.reasons.unwrap_or_default().groups;

    // The contacts that are not in the phone's address book.
    let mut discovered: HashSet<ContactId> = HashSet::new();
    let mut batches = source.batches();
    while let Some(batch) = batches.try_next().await? {
        let batch = batch
            .into_iter()
            .filter(|contact| contact.saved() == Some(false));
        discovered.extend(batch.map(|contact| contact.id().clone()));
    }
    drop(batches);

    let mut text = String::new();
    for group in &groups.items {
        let participants = group.participants.iter();
        let brought = participants
            .filter(|one| discovered.contains(&one.id))
            .count();
        let name = group.name.as_deref().unwrap_or(group.id.as_str());
        // A name is foreign text, which must not control the terminal.
        let name = name.replace(char::is_control, " ");
        writeln!(text, "{brought:>5} discovered contacts in {name}")?;
    }
    io::stdout().write_all(text.as_bytes())?;

    let reasons = source.report().reasons;
    for missing in groups.missing.iter().chain(&reasons) {
        writeln!(io::stderr(), "incomplete: {missing}")?;
    }
    Ok(())
}

/// Prints a line of progress.
fn show(event: &FetchEvent) {
    let line = match event {
        FetchEvent::Page {
            list, items, total, ..
        } => {
            let total = total.map_or(String::new(), |total| format!(" of {total}"));
            format!("{}: {items}{total}", list.as_str())
        }
        FetchEvent::Waiting { list, wait, .. } => {
            format!("{}: waiting {} s", list.as_str(), wait.as_secs())
        }
        _ => return,
    };
    // Progress that cannot be shown is no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}
