//! `--dry-run`: what a run would ask and write.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use whapi_classify::{ClassifiedContact, Standing};
use whapi_export::{Forecast, RunEnd, RunInfo};
use whapi_fetch::ContactSource;

use super::formats::Job;
use super::source::Source;
use super::{Refusal, with_causes};
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
    /// What the exporter says it would do; left out when it cannot say.
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<PlannedWork>,
}

#[derive(Debug, Serialize)]
struct PlannedWork {
    /// For the gate's own count of contacts, and not for contacts that were seen.
    is_estimate: bool,
    #[serde(flatten)]
    amounts: BTreeMap<&'static str, u64>,
    /// The same, in the exporter's order.
    #[serde(skip)]
    ordered: Vec<(&'static str, u64)>,
}

/// Makes the plan. Costs one small request, or reads the saved answers; exporters that can say
/// what they would do are given these and ask their destination.
pub(super) async fn make(
    source: Source,
    mut jobs: Vec<Job>,
    only: &[Standing],
) -> Result<Plan, Refusal> {
    let mut info = RunInfo::new();
    let mut end = RunEnd::complete();
    let source = match source {
        Source::Gate {
            client,
            options,
            demo: _gate,
        } => {
            let total = client.contacts(0, 1).await?.total;
            match total {
                Some(total) => info = info.with_expected_contacts(total),
                // Nobody can say what an unknown number of contacts takes.
                None => jobs.iter_mut().for_each(|job| job.forecasts = false),
            }
            for job in jobs.iter_mut().filter(|job| job.forecasts) {
                job.exporter.begin(&info).await.map_err(refused)?;
            }
            PlannedSource::Gate {
                base_url: client.base_url().to_owned(),
                total,
                page_size: options.page_size,
                requests: total.map(|total| requests(total, u64::from(options.page_size))),
            }
        }
        Source::Saved(mut saved) => {
            for job in jobs.iter_mut().filter(|job| job.forecasts) {
                job.exporter.begin(&info).await.map_err(refused)?;
            }
            while let Some(batch) = saved.next_batch().await? {
                let selected: Vec<_> = batch
                    .into_iter()
                    .map(ClassifiedContact::new)
                    .filter(|contact| only.is_empty() || only.contains(&contact.standing()))
                    .collect();
                for job in jobs.iter_mut().filter(|job| job.forecasts) {
                    let _ = job.exporter.write_batch(&selected).await.map_err(refused)?;
                }
            }
            let report = saved.report();
            if !report.complete {
                end = RunEnd::incomplete(report.reasons.clone());
            }
            PlannedSource::Saved {
                contacts: report.contacts,
                complete: report.complete,
                reasons: report.reasons,
            }
        }
    };
    let mut exports = Vec::with_capacity(jobs.len());
    for job in jobs {
        let forecast = if job.forecasts {
            Some(job.exporter.forecast(&end).await.map_err(refused)?)
        } else {
            None
        };
        exports.push(PlannedExport {
            format: job.format,
            replaces: job.to_file && std::path::Path::new(&job.destination).exists(),
            destination: forecast
                .as_ref()
                .map(|forecast| forecast.destination.clone())
                .filter(|known| !known.is_empty())
                .unwrap_or(job.destination),
            forecast: forecast.map(PlannedWork::new),
        });
    }
    Ok(Plan {
        schema: 1,
        dry_run: true,
        source,
        exports,
    })
}

impl PlannedWork {
    fn new(forecast: Forecast) -> Self {
        Self {
            is_estimate: forecast.is_estimate,
            amounts: forecast.amounts.iter().copied().collect(),
            ordered: forecast.amounts,
        }
    }
}

/// `2 reads, 1 write, 12,345 bytes`.
impl fmt::Display for PlannedWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = self.ordered.iter();
        let amounts = amounts.map(|(noun, amount)| counted(*amount, noun.trim_end_matches('s')));
        let amounts: Vec<_> = amounts.collect();
        f.write_str(&amounts.join(", "))?;
        if self.is_estimate {
            f.write_str(", estimated from the number of contacts")?;
        }
        Ok(())
    }
}

/// A destination that cannot be asked fails a dry run as it would fail a run.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn refused(error: whapi_export::Error) -> Refusal {
    Refusal::exporter(with_causes(&error))
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
            if let Some(work) = &export.forecast {
                writeln!(f, "{format} would take {work}.")?;
            }
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
