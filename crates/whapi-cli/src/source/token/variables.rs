//! Environment variables.

use std::ffi::OsString;

/// The environment variable for the token file.
pub(super) const FILE_VARIABLE: &str = "WHAPI_TOKEN_FILE";
/// The environment variable for the token.
pub(super) const TOKEN_VARIABLE: &str = "WHAPI_TOKEN";
/// The environment variable for the file with the token of a partner account.
pub(super) const PARTNER_FILE_VARIABLE: &str = "WHAPI_PARTNER_TOKEN_FILE";
/// The environment variable for the token of a partner account.
pub(super) const PARTNER_TOKEN_VARIABLE: &str = "WHAPI_PARTNER_TOKEN";
/// The environment variable for the address of the API.
pub(super) const BASE_URL_VARIABLE: &str = "WHAPI_BASE_URL";

/// An environment variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
