//! `--dry-run`: what a run would ask and write.

use std::fmt;

use serde::Serialize;
use whapi_fetch::ContactSource;

use super::Refusal;
use super::formats::Job;
use super::source::Source;
use crate::console::{counted, place};

/// What a run would do.
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
    Gate {
        base_url: String,
        /// By the gate's own count; null when it does not tell.
        total: Option<u64>,
        page_size: u32,
        /// Requests for contacts and for the channel's state, if nothing fails or moves.
        requests: Option<u64>,
    },
    Saved {
        contacts: u64,
        complete: bool,
        reasons: Vec<String>,
    },
}

#[derive(Debug, Serialize)]
struct PlannedExport {
    format: String,
    destination: String,
    /// Whether there is a file already, which would be replaced.
    replaces: bool,
}

/// Makes the plan. Costs one small request, or reads the saved answers.
pub(super) async fn make(source: Source, jobs: &[Job]) -> Result<Plan, Refusal> {
    let source = match source {
        Source::Gate {
            client,
            options,
            demo: _gate,
        } => {
            let total = client.contacts(0, 1).await?.total;
            PlannedSource::Gate {
                base_url: client.base_url().to_owned(),
                total,
                page_size: options.page_size,
                requests: total.map(|total| requests(total, u64::from(options.page_size))),
            }
        }
        Source::Saved(mut saved) => {
            while saved.next_batch().await?.is_some() {}
            let report = saved.report();
            PlannedSource::Saved {
                contacts: report.contacts,
                complete: report.complete,
                reasons: report.reasons,
            }
        }
    };
    let exports = jobs
        .iter()
        .map(|job| PlannedExport {
            format: job.format.clone(),
            destination: job.destination.clone(),
            replaces: job.destination != "-" && std::path::Path::new(&job.destination).exists(),
        })
        .collect();
    Ok(Plan {
        schema: 1,
        dry_run: true,
        source,
        exports,
    })
}

/// The channel's state, and pages that share a row with their neighbours; a last page that is full
/// needs one behind it as proof of the end.
fn requests(total: u64, page: u64) -> u64 {
    1 + match total.checked_sub(page) {
        None => 1,
        Some(rest) => 2 + rest / (page - 1),
    }
}

impl Plan {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers become JSON")
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "A dry run: nothing is written.")?;
        match &self.source {
            PlannedSource::Gate {
                base_url,
                total,
                page_size,
                requests,
            } => {
                match total {
                    Some(total) => writeln!(f, "{base_url} lists {}.", counted(*total, "contact"))?,
                    None => writeln!(f, "{base_url} does not say how many contacts it lists.")?,
                }
                match requests {
                    Some(requests) => writeln!(
                        f,
                        "Reading them takes {} of up to {page_size} contacts, the channel's state counted, \
                         if nothing fails or moves.",
                        counted(*requests, "request")
                    )?,
                    None => writeln!(f, "They would be asked for {page_size} at a time.")?,
                }
            }
            PlannedSource::Saved {
                contacts, reasons, ..
            } => {
                writeln!(
                    f,
                    "The saved answers hold {}; no gate is asked.",
                    counted(*contacts, "contact")
                )?;
                for reason in reasons {
                    writeln!(f, "They are incomplete: {reason}.")?;
                }
            }
        }
        for export in &self.exports {
            let replaces = if export.replaces {
                ", replacing what is there"
            } else {
                ""
            };
            let (format, place) = (&export.format, place(&export.destination));
            writeln!(f, "{format} would be written to {place}{replaces}.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::requests;

    #[test]
    fn requests_for_lists_of_every_shape() {
        let table = [
            (0, 500, 2),
            (1, 500, 2),
            (499, 500, 2),
            (500, 500, 3),
            (998, 500, 3),
            (999, 500, 4),
            (1317, 500, 4),
            (3, 2, 4),
        ];
        for (total, page, expected) in table {
            assert_eq!(requests(total, page), expected, "{total} by {page}");
        }
    }
}
