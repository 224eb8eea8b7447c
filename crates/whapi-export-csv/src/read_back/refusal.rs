//! Errors about earlier exports.

use std::io;

use whapi_export::{Error, ErrorKind};

/// Which exports can be compared with.
pub(super) const WHAT_CAN_BE: &str = "what can be compared with is a csv export of the profile plain or excel \
     as it was written, with the columns `id` and `standing` or `saved`";

pub(super) fn failed(error: io::Error) -> Error {
    let message = "could not read the earlier export";
    Error::new(ErrorKind::Config, message).with_source(error)
}

pub(super) fn refused(what: String) -> Error {
    Error::new(ErrorKind::Config, what)
}
