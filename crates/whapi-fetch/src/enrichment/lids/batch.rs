//! A batch of phone numbers, halved as long as the API refuses it.

use std::sync::atomic::{AtomicU64, Ordering};

use whapi_model::ContactId;

use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// How many numbers may be refused on their own. If there are more, it is the call that is refused.
const MOST_REFUSED: u64 = 20;

/// The numbers that the API refused, of all batches together.
#[derive(Debug, Default)]
pub(super) struct Refused(AtomicU64);

impl Refused {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the API answered about a batch.
#[derive(Debug, Default)]
pub(super) struct BatchAnswer {
    pub(super) pairs: Vec<(ContactId, ContactId)>,
    /// Entries of the answers that are passed over.
    pub(super) odd: u64,
    /// The failure that ended the batch early.
    pub(super) failure: Option<Error>,
}

/// Requests the LIDs behind the numbers of a batch.
///
/// One number that the API refuses makes it refuse the whole request with status 400. Such a batch
/// is halved until the number is alone, which counts as refused.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`] only.
pub(super) async fn ask_batch(
    client: &Client,
    batch: &[ContactId],
    refused: &Refused,
) -> Result<BatchAnswer, Error> {
    let mut answer = BatchAnswer::default();
    let mut parts = vec![batch];
    while let Some(part) = parts.pop() {
        match client.lids_of(part).await {
            Ok(found) => {
                answer.pairs.extend(found.pairs);
                answer.odd += found.odd;
            }
            Err(error) if error.kind() == ErrorKind::RequestLimit => return Err(error),
            Err(error) if error.status() == Some(400) && refused.count() < MOST_REFUSED => {
                if part.len() == 1 {
                    refused.0.fetch_add(1, Ordering::Relaxed);
                } else {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
            Err(error) => {
                answer.failure = Some(error);
                break;
            }
        }
    }
    Ok(answer)
}
