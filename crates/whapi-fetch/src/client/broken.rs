//! Messages for failed connections, without text of the server.
//!
//! The messages of reqwest, hyper, h2 and rustls quote the server: the text of a GOAWAY frame, the
//! names in a certificate. So they are compared and never shown.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use url::Url;
use whapi_http::certificate_problem;
use whapi_text::causes;

use crate::error::{Error, ErrorKind};

/// A connection that failed.
pub(super) enum Broken {
    /// The certificate is not valid. Not retried.
    Certificate(Error),
    /// A temporary failure, which is retried.
    Passing(Error),
}

/// The cause, in a fixed text.
#[derive(Debug)]
struct Cause(&'static str);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Cause {}

/// Messages of hyper-util with more detail than ours, and their replacements.
const KNOWN: [(&str, &str); 4] = [
    ("dns error", "its name could not be resolved"),
    ("tunnel error: unsuccessful", "the proxy refused to connect"),
    (
        "tunnel error: proxy authorization required",
        "the proxy wants a user name and a password",
    ),
    (
        "tunnel error: failed to create underlying connection",
        "the proxy could not be reached",
    ),
];

/// Classifies an error of reqwest, and builds our own message. `base` is the address of the API.
pub(super) fn classify(error: &reqwest::Error, base: &Url) -> Broken {
    if let Some(problem) = certificate_problem(error) {
        let message = format!("the API's certificate is not valid: {problem}; nothing was sent");
        return Broken::Certificate(Error::new(ErrorKind::Api, message));
    }
    let message = if error.is_connect() {
        // The origin has no credentials.
        let origin = base.origin().ascii_serialization();
        format!("could not connect to the Whapi API at {origin}")
    } else if error.is_timeout() {
        "the Whapi API took too long to answer".to_owned()
    } else {
        "the connection to the Whapi API broke off".to_owned()
    };
    let message = Error::new(ErrorKind::Api, message);
    let of_system =
        causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()?.raw_os_error());
    let known = causes(error).find_map(|cause| {
        let text = cause.to_string();
        let known = KNOWN.iter().find(|(theirs, _)| *theirs == text);
        known.map(|(_, ours)| Cause(ours))
    });
    Broken::Passing(match (of_system, known) {
        (Some(code), _) => message.with_source(io::Error::from_raw_os_error(code)),
        (None, Some(cause)) => message.with_source(cause),
        (None, None) if error.is_connect() && error.is_timeout() => {
            message.with_source(Cause("it took too long"))
        }
        (None, None) => message,
    })
}
