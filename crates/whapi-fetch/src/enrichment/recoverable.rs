//! Which failures beside contacts end the run.

use crate::error::{Error, ErrorKind};

/// Passes on the one failure of a side call that ends the run.
pub(super) fn recoverable(error: Error) -> Result<Error, Error> {
    if error.kind() == ErrorKind::RequestLimit {
        Err(error)
    } else {
        Ok(error)
    }
}
