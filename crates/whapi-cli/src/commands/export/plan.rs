//! `--dry-run`: the requests and outputs of a run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;

use serde::Serialize;
use whapi_export::{Forecast, Split};
use whapi_fetch::{Client, EnrichmentRequest, ScanOptions};
use whapi_pipeline::{Cancelled, ExportReport, Outcome, Pipeline};

use super::formats::FileOutput;
use crate::console::{self, Console, display_destination};
use crate::error::CliError;
use crate::source::Source;
use whapi_text::{counted, grouped};

/// The requests and outputs of a run.
#[derive(Debug, Serialize)]
pub(super) struct Plan {
    schema: u32,
    dry_run: bool,
    source: PlannedSource,
    exports: Vec<PlannedExport>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum PlannedSource {
    #[serde(rename = "gate")]
    Api {
        base_url: String,
        /// The number of contacts according to the API, if it says it.
        total: Option<u64>,
        page_size: u32,
        /// All requests, if nothing fails and the list does not change.
        ///
        /// An upper bound if a part is one. Null if the length of a list is unknown.
        requests: Option<u64>,
        parts: Vec<PlannedPart>,
    },
    Saved {
        contacts: u64,
        complete: bool,
        reasons: Vec<String>,
    },
}

/// The requests for one list.
#[derive(Debug, Serialize)]
struct PlannedPart {
    name: &'static str,
    /// The length of the list according to the API. Null if it does not say it, or without a list.
    total: Option<u64>,
    requests: Option<u64>,
    /// Whether `requests` is an upper bound.
    at_most: bool,
}

impl PlannedPart {
    fn list(name: &'static str, total: Option<u64>, requests: impl Fn(u64) -> u64) -> Self {
        Self {
            name,
            total,
            requests: total.map(requests),
            at_most: false,
        }
    }

    fn one(name: &'static str) -> Self {
        Self {
            name,
            total: None,
            requests: Some(1),
            at_most: false,
        }
    }
}

#[derive(Debug, Serialize)]
struct PlannedExport {
    format: String,
    destination: String,
    /// Whether an existing file is replaced.
    replaces: bool,
    /// How the output is split. Left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<PlannedSplit>,
    /// The forecast of the exporter. Left out if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<PlannedWork>,
}

#[derive(Debug, Serialize)]
struct PlannedSplit {
    /// The value of the option.
    by: String,
    /// The number of files. Null if it depends on the contacts.
    files: Option<u64>,
    /// Whether `files` is an upper bound, because filters may leave out contacts.
    at_most: bool,
    #[serde(skip)]
    split: Split,
}

#[derive(Debug, Serialize)]
struct PlannedWork {
    /// Whether the amounts are for the number of contacts according to the API.
    is_estimate: bool,
    #[serde(flatten)]
    amounts: BTreeMap<Cow<'static, str>, u64>,
    /// The amounts in the order of the exporter.
    #[serde(skip)]
    ordered: Vec<(Cow<'static, str>, u64)>,
}

/// Makes the plan.
///
/// Sends one small request for each list, or reads the saved answers. Exporters that can forecast are
/// asked as in [`Pipeline::forecast`] and [`Pipeline::estimate`].
pub(super) async fn make(
    source: Source,
    pipeline: Pipeline,
    outputs: Vec<FileOutput>,
    leaves_out: bool,
    cancel: impl Future<Output = Cancelled> + Send,
    console: Console,
) -> Result<Plan, CliError> {
    let mut cancel = pin!(cancel);
    let (source, report, selected) = match source {
        Source::Api {
            client,
            options,
            enrichment_request,
            demo: _demo,
        } => {
            let page_size = options.page_size();
            let (total, parts) = tokio::select! {
                asked = ask(&client, page_size, enrichment_request) => asked?,
                by = cancel.as_mut() => return Err(CliError::cancelled(by)),
            };
            let report = pipeline.estimate(total, enrichment_request, cancel).await;
            let source = PlannedSource::Api {
                base_url: client.base_url().to_owned(),
                total,
                page_size,
                requests: parts.iter().map(|part| part.requests).sum(),
                parts,
            };
            (source, report, total.map(|total| (total, leaves_out)))
        }
        Source::Saved(mut saved) => {
            let report = pipeline.forecast(&mut saved, cancel).await;
            let source = PlannedSource::Saved {
                contacts: report.scan.contacts,
                complete: report.scan.complete,
                reasons: report.scan.reasons.clone(),
            };
            let selected = Some((report.contacts.selected, false));
            (source, report, selected)
        }
    };
    for export in &report.exports {
        for warning in &export.warnings {
            console.warn(format_args!("{}: {warning}", export.format));
        }
    }
    if let Outcome::Cancelled(by) = report.outcome {
        return Err(CliError::cancelled(by));
    }
    if let Some(failure) = report.failure {
        return Err(failure.into());
    }
    let exports = report.exports.into_iter().zip(&outputs);
    Ok(Plan {
        schema: 1,
        dry_run: true,
        source,
        exports: exports
            .map(|(export, output)| PlannedExport::new(export, output, selected))
            .collect(),
    })
}

impl PlannedExport {
    /// `selected` is the number of contacts, and whether it is an upper bound.
    fn new(export: ExportReport, output: &FileOutput, selected: Option<(u64, bool)>) -> Self {
        Self {
            format: export.format,
            replaces: match (&output.file, output.split) {
                (Some(file), Some(split)) => !split.existing_files(file).is_empty(),
                (Some(file), None) => file.exists(),
                (None, _) => false,
            },
            split: output.split.map(|split| PlannedSplit::new(split, selected)),
            destination: export.destination,
            forecast: export.forecast.map(PlannedWork::new),
        }
    }
}

impl PlannedSplit {
    fn new(split: Split, selected: Option<(u64, bool)>) -> Self {
        let files = selected.and_then(|(contacts, _)| split.files_for(contacts));
        Self {
            by: split.to_string(),
            at_most: files.is_some_and(|files| files > 1) && selected.is_some_and(|(_, most)| most),
            files,
            split,
        }
    }
}

/// `at most 3 files of up to 500 contacts`.
impl fmt::Display for PlannedSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Split::Count(most) = self.split else {
            return write!(f, "a file for each {}", self.by);
        };
        let at_most = if self.at_most { "at most " } else { "" };
        match self.files {
            Some(files) => write!(f, "{at_most}{}", counted(files, "file"))?,
            None => f.write_str("files")?,
        }
        write!(f, " of up to {}", counted(most.get(), "contact"))
    }
}

impl PlannedWork {
    fn new(forecast: Forecast) -> Self {
        Self {
            is_estimate: forecast.is_estimate,
            amounts: forecast.amounts.iter().cloned().collect(),
            ordered: forecast.amounts,
        }
    }
}

/// `2 reads, 1 write, 12,345 bytes`.
impl fmt::Display for PlannedWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = self.ordered.iter();
        let amounts = amounts.map(|(noun, amount)| {
            let noun = noun.trim_end_matches('s').replace('_', " ");
            counted(*amount, &noun)
        });
        let amounts: Vec<_> = amounts.collect();
        f.write_str(&amounts.join(", "))?;
        if self.is_estimate {
            f.write_str(", estimated from the number of contacts")?;
        }
        Ok(())
    }
}

/// Asks the API for the length of each list. Returns the number of contacts and all requests.
async fn ask(
    client: &Client,
    page_size: u32,
    enrichment_request: EnrichmentRequest,
) -> Result<(Option<u64>, Vec<PlannedPart>), CliError> {
    let contacts = client.contacts(0, 1).await?.total;
    let mut parts = vec![
        PlannedPart::list("contacts", contacts, |total| {
            ScanOptions::requests(total, page_size)
        }),
        PlannedPart::one("health"),
    ];
    if enrichment_request.reasons {
        let chats = client.chats(0, 1).await?.total;
        let groups = client.groups(0, 1).await?.total;
        parts.extend([
            PlannedPart::list("chats", chats, EnrichmentRequest::requests_for_chats),
            PlannedPart::list("groups", groups, EnrichmentRequest::requests_for_groups),
            PlannedPart::one("blacklist"),
        ]);
    }
    if enrichment_request.lids {
        parts.push(PlannedPart {
            at_most: true,
            ..PlannedPart::list("lids", contacts, EnrichmentRequest::requests_for_lids)
        });
        let most = enrichment_request.max_lid_lookups;
        if most > 0 {
            parts.push(PlannedPart {
                at_most: true,
                ..PlannedPart::list("lid_lookups", contacts, |total| total.min(most))
            });
        }
    }
    Ok((contacts, parts))
}

/// `7 for chats`.
impl fmt::Display for PlannedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at_most = if self.at_most { "at most " } else { "" };
        let what = match self.name {
            "health" => "the channel check",
            "blacklist" => "blocked ids",
            "groups" => "groups (and one for each that is listed without all of its members)",
            "lids" => "LIDs",
            "lid_lookups" => "single LIDs without a number",
            name => name,
        };
        match self.requests {
            Some(requests) => write!(f, "{at_most}{} for {what}", grouped(requests)),
            None => write!(f, "an unknown number for {what}"),
        }
    }
}

impl Plan {
    pub(super) fn to_json(&self) -> String {
        console::json(self)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "A dry run: nothing is written.")?;
        match &self.source {
            PlannedSource::Api {
                base_url,
                total,
                page_size,
                requests,
                parts,
            } => {
                match total {
                    Some(total) => writeln!(f, "{base_url} lists {}.", counted(*total, "contact"))?,
                    None => writeln!(f, "{base_url} does not say how many contacts it lists.")?,
                }
                let state =
                    "the channel check included, if nothing fails and the list does not change";
                match requests {
                    // Contacts and the channel check are in all plans.
                    Some(requests) if parts.len() == 2 => writeln!(
                        f,
                        "Reading them takes {} of up to {page_size} contacts, {state}.",
                        counted(*requests, "request")
                    )?,
                    Some(requests) => {
                        let at_most = parts.iter().any(|part| part.at_most);
                        let at_most = if at_most { "at most " } else { "" };
                        let parts: Vec<_> = parts.iter().map(PlannedPart::to_string).collect();
                        writeln!(
                            f,
                            "Reading them takes {at_most}{}, {state}: {}.",
                            counted(*requests, "request"),
                            parts.join(", ")
                        )?;
                    }
                    None => writeln!(f, "Each request reads up to {page_size} of them.")?,
                }
            }
            PlannedSource::Saved {
                contacts, reasons, ..
            } => {
                writeln!(
                    f,
                    "The saved answers hold {}; no request is sent.",
                    counted(*contacts, "contact")
                )?;
                for reason in reasons {
                    writeln!(f, "They are incomplete: {reason}.")?;
                }
            }
        }
        for export in &self.exports {
            let replaces = match (export.replaces, &export.split) {
                (false, _) => "",
                (true, None) => ", replacing the existing file",
                (true, Some(_)) => ", replacing existing files",
            };
            let (format, destination) = (&export.format, display_destination(&export.destination));
            writeln!(f, "{format} would be written to {destination}{replaces}.")?;
            if let Some(split) = &export.split {
                writeln!(f, "{format} would be split into {split}.")?;
            }
            if let Some(work) = &export.forecast {
                writeln!(f, "{format} would take {work}.")?;
            }
        }
        Ok(())
    }
}
