//! Reading of one answer, within its limits of memory.

use tokio::sync::{Semaphore, SemaphorePermit};
use whapi_http::{Permit, check_body, max_value_count};

use super::decode::{self, Decoded};
use crate::budget;
use crate::error::{Error, ErrorKind};
use crate::waiting::{NoRoom, Place};

/// The most bytes of a decoded answer that are read. A full page is about 60 KB.
pub(super) const MAX_BODY: usize = 32 << 20;
/// An answer longer than this waits until no other one is being read, so that the memory of
/// several requests at a time stays near that of one. Less where many are read at a time.
const LARGE_BODY: usize = 1 << 20;
/// What one value of an answer may take when it is read: a contact without a name is the most.
const VALUE: usize = 96;

/// How many bytes of answers may be read at the same time.
pub(super) struct BodyRoom {
    large: Semaphore,
    /// An answer up to this length may be read beside others.
    small: usize,
}

impl BodyRoom {
    /// For so many requests at a time.
    pub(super) fn new(concurrency: usize) -> Self {
        Self {
            large: Semaphore::new(1),
            small: (budget::BODIES / concurrency.max(1)).min(LARGE_BODY),
        }
    }
}

/// An answer that is being read.
pub(super) struct Reading<'a> {
    pub(super) room: &'a BodyRoom,
    pub(super) place: Option<&'a Place>,
    /// Given back when the answer has to wait for room, so that others go on.
    pub(super) permit: Option<Permit<'a>>,
    /// Whether it had to wait, so that its connection may be gone.
    pub(super) waited: bool,
}

/// Why an answer gives no value.
pub(super) enum ReadError {
    Fatal(Error),
    Passing(Error),
    Cut(reqwest::Error),
}

/// The bytes of an answer, and the right to hold so many.
pub(super) struct Body<'a> {
    pub(super) bytes: Vec<u8>,
    large: Option<SemaphorePermit<'a>>,
}

impl From<decode::Broken> for ReadError {
    fn from(broken: decode::Broken) -> Self {
        match broken {
            decode::Broken::Connection(error) => Self::Cut(error),
            decode::Broken::Gzip => Self::Passing(Error::new(
                ErrorKind::Api,
                "the API's answer is not the gzip that it is said to be",
            )),
            decode::Broken::TooLarge => too_large(),
        }
    }
}

impl<'a> Reading<'a> {
    /// Reads the body, up to a limit. A long one waits for room before it is read on, and then
    /// until no other long one is being read.
    pub(super) async fn body(
        &mut self,
        response: &mut Decoded,
        limit: usize,
    ) -> Result<Body<'a>, ReadError> {
        let mut bytes = Vec::new();
        let mut large = None;
        while let Some(chunk) = response.chunk().await? {
            let length = bytes.len() + chunk.len();
            if length > limit {
                return Err(too_large());
            }
            if length > self.room.small && large.is_none() {
                self.take_room(limit).await?;
                let permit = self.room.large.acquire().await;
                large = Some(permit.expect("the semaphore is never closed"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Body { bytes, large })
    }

    /// Reads the body, when there is room for it.
    pub(super) async fn value<T>(
        &mut self,
        body: &Body<'_>,
        max_values: usize,
        read: &(impl Fn(&[u8]) -> Result<T, Error> + Sync),
    ) -> Result<T, ReadError> {
        check_body(&body.bytes, max_values)
            .map_err(|error| fatal(format_args!("the Whapi API's answer holds {error}")))?;
        let values = max_value_count(&body.bytes).min(max_values);
        let needed = body.bytes.len() + values * VALUE;
        if body.large.is_none() {
            self.take_room(needed).await?;
        } else if let Some(place) = self.place {
            place.settle(needed);
        }
        let value = read(&body.bytes).map_err(ReadError::Passing)?;
        if let Some(permit) = &self.permit {
            permit.answered();
        }
        Ok(value)
    }

    async fn take_room(&mut self, bytes: usize) -> Result<(), ReadError> {
        let Some(place) = self.place else {
            return Ok(());
        };
        if place.try_take(bytes) {
            return Ok(());
        }
        self.permit = None;
        self.waited = true;
        place.take(bytes).await.map_err(|NoRoom| {
            fatal(format_args!(
                "the API's answers that wait for others fill more than {} MiB",
                budget::WAITING_PAGES >> 20
            ))
        })
    }
}

fn too_large() -> ReadError {
    fatal(format_args!(
        "the Whapi API's answer is longer than {} MiB",
        MAX_BODY >> 20
    ))
}

fn fatal(message: std::fmt::Arguments<'_>) -> ReadError {
    ReadError::Fatal(Error::new(ErrorKind::Api, message.to_string()))
}
