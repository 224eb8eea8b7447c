//! Messages of a client's errors.

use std::time::Duration;

use whapi_text::counted;

use super::service::Service;
use crate::error::{Error, ErrorKind};
use crate::retry::StatusVerdict;
use crate::token::Token;
use crate::wire;

/// The fewest digits in a row that are masked as a phone number.
const SHORTEST_NUMBER: usize = 5;

/// The error of an answer with another status than 200. `said` is the API's message.
pub(super) fn status_error(
    token: &Token,
    service: Service,
    verdict: StatusVerdict,
    status: u16,
    said: Option<&str>,
) -> Error {
    let said = said.map_or(String::new(), |said| format!(": {}", token.quote(said)));
    let origin = token.origin();
    let (kind, message) = match verdict {
        StatusVerdict::Token if service == Service::Partner => (
            ErrorKind::Token,
            format!(
                "the partner API refused the token from {origin} ({status}){said}; check that it is the token of the partner and not of a channel, and the address"
            ),
        ),
        StatusVerdict::Quota if service == Service::Partner => (
            ErrorKind::Quota,
            format!("the partner account's quota is used up ({status}){said}"),
        ),
        StatusVerdict::Token if status == 404 => (
            ErrorKind::Token,
            format!(
                "the Whapi API knows no channel for this token (404){said}; check the token from {origin} and the address of the API"
            ),
        ),
        StatusVerdict::Token if status == 401 => (
            ErrorKind::Token,
            format!(
                "the Whapi API says that the channel is not authorized (401){said}; the phone may not be linked: open the channel in Whapi's panel and scan the QR code with WhatsApp; otherwise check the token from {origin}"
            ),
        ),
        StatusVerdict::Token => (
            ErrorKind::Token,
            format!("the Whapi API refused the token from {origin} ({status}){said}"),
        ),
        StatusVerdict::Quota => (
            ErrorKind::Quota,
            format!("the channel's quota is used up ({status}){said}"),
        ),
        StatusVerdict::SlowDown => (
            ErrorKind::Quota,
            format!("the Whapi API limits the rate of requests ({status}){said}"),
        ),
        StatusVerdict::BadRequest => (
            ErrorKind::Api,
            format!("the Whapi API refused the request ({status}){said}"),
        ),
        StatusVerdict::Passing | StatusVerdict::Read => (
            ErrorKind::Api,
            format!("the Whapi API failed ({status}){said}"),
        ),
        StatusVerdict::Unexpected if (300..400).contains(&status) => (
            ErrorKind::Api,
            format!(
                "the Whapi API answered with a redirect ({status}), which is never followed, because it would send the token elsewhere"
            ),
        ),
        StatusVerdict::Unexpected => (
            ErrorKind::Api,
            format!("the Whapi API gave an unexpected answer ({status}){said}"),
        ),
    };
    Error::new(kind, message).with_status(status)
}

/// The error of a body that is not the list of `what` that was asked for.
pub(super) fn unreadable(token: &Token, error: wire::Unreadable, what: &str) -> Error {
    match error {
        wire::Unreadable::Json(error) => Error::new(
            ErrorKind::Api,
            "the Whapi API's answer is not the documented JSON",
        )
        .with_source(error),
        wire::Unreadable::ApiError(said) => {
            let said = token.quote(&said);
            Error::new(
                ErrorKind::Api,
                format!("the Whapi API answered with an error: {said}"),
            )
        }
        wire::Unreadable::Other => Error::new(
            ErrorKind::Api,
            format!("the Whapi API answered JSON without a list of {what}"),
        ),
    }
}

pub(super) fn given_up(error: Error, tries: u32, elapsed: Duration) -> Error {
    error.with_outcome(format_args!(
        "gave up after {} in {} s",
        counted(tries.into(), "try"),
        elapsed.as_secs()
    ))
}

pub(super) fn too_long(error: Error, wait: Duration, most: Duration) -> Error {
    error.with_outcome(format_args!(
        "it asks to wait {} s, longer than the {} s that are waited for",
        wait.as_secs(),
        most.as_secs()
    ))
}

/// Masks phone numbers in a text of the API, for logs.
pub(super) fn without_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(at);
        let length = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        masked.push_str(before);
        if length < SHORTEST_NUMBER {
            masked.push_str(&digits[..length]);
        } else {
            masked.push_str("[number]");
        }
        rest = &digits[length..];
    }
    masked + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_and_statuses_stay() {
        for (text, expected) in [
            ("", ""),
            ("busy (503)", "busy (503)"),
            ("+447700900101: gone", "+[number]: gone"),
            ("1234 12345", "1234 [number]"),
            ("84958372615243@lid, 447700900101", "[number]@lid, [number]"),
        ] {
            assert_eq!(without_numbers(text), expected);
        }
    }
}
