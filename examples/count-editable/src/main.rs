//! Prints how many contacts of a channel may be edited, deleted and created, and which rules forbid
//! the rest: `whapi-fetch`, `whapi-classify` and `whapi-phone` without the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use whapi_classify::{Operation, Permissions, Rule, Verdict};
use whapi_fetch::{ApiSource, Client, ContactSource, DEFAULT_BASE_URL, ScanOptions, Token};
use whapi_phone::{Country, country_of};
use whapi_text::{escape_terminal, with_causes};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Part of the message may be the API's own text, which is untrusted.
            eprintln!("error: {}", escape_terminal(&with_causes(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let token = env::var("WHAPI_TOKEN")
        .map_err(|_| "set WHAPI_TOKEN to the channel's token; Whapi's panel shows it")?;
    let token = Token::new(token, "the environment variable WHAPI_TOKEN")?;
    let base_url = env::var("WHAPI_BASE_URL").unwrap_or_else(|_| DEFAULT_BASE_URL.to_owned());
    let client = Client::builder(token).base_url(base_url).build()?;

    let mut source = ApiSource::new(client, ScanOptions::default());
    let mut tally = Tally::default();
    while let Some(batch) = source.next_batch().await? {
        for contact in &batch {
            tally.add(Permissions::of(contact));
            tally
                .countries
                .extend(contact.id().phone().and_then(country_of));
        }
    }

    io::stdout().write_all(tally.to_string().as_bytes())?;
    let report = source.report();
    if report.complete {
        Ok(())
    } else {
        let reasons = report.reasons.join("; ");
        Err(format!("the counts are incomplete, contacts may be missing: {reasons}").into())
    }
}

/// The verdicts on all contacts.
#[derive(Default)]
struct Tally {
    contacts: u64,
    /// Those of the phone numbers.
    countries: BTreeSet<Country>,
    operations: [Verdicts; Operation::ALL.len()],
}

/// The verdicts on one operation.
#[derive(Default)]
struct Verdicts {
    allowed: u64,
    /// By the rule's code.
    forbidden: BTreeMap<&'static str, (Rule, u64)>,
}

impl Tally {
    fn add(&mut self, permissions: Permissions) {
        self.contacts += 1;
        for (operation, verdicts) in Operation::ALL.into_iter().zip(&mut self.operations) {
            match permissions.verdict(operation) {
                Verdict::Allowed => verdicts.allowed += 1,
                Verdict::Forbidden(rule) => {
                    verdicts.forbidden.entry(rule.code()).or_insert((rule, 0)).1 += 1;
                }
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} contacts", self.contacts)?;
        writeln!(f, "{:>7} countries", self.countries.len())?;
        for (operation, verdicts) in Operation::ALL.into_iter().zip(&self.operations) {
            let done = match operation {
                Operation::Edit => "edited",
                Operation::Delete => "deleted",
                Operation::Create => "created",
            };
            writeln!(f, "{:>7} may be {done}", verdicts.allowed)?;
            for (rule, count) in verdicts.forbidden.values() {
                writeln!(f, "{count:>7} may not: {rule}")?;
            }
        }
        Ok(())
    }
}
