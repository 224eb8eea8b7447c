//! Errors of lists that end the run, and errors that do not.

use crate::error::{Error, ErrorKind};

/// Returns an error that costs only a list; fails with one that ends the run.
pub(crate) fn recoverable(error: Error) -> Result<Error, Error> {
    if error.kind() == ErrorKind::RequestLimit {
        Err(error)
    } else {
        Ok(error)
    }
}
