//! What HTTP clients share, whatever library sends their requests.
//!
//! - [`Clock`] is the source of a client's time; `VirtualClock` (feature `test-util`) replaces it in
//!   tests.
//! - [`Backoff`] draws the waits between tries, and [`parse_retry_after`] reads the wait that a
//!   server asks for.
//! - [`Throttle`] bounds the requests in flight, and lowers the bound when a server refuses one.
//! - [`tls_config`] has the one TLS provider, and [`certificate_problem`] returns why a certificate is
//!   not valid.
//! - [`is_safe_for_secrets`] checks whether a secret may be sent to an address.
//! - [`check_body`] refuses a JSON body that would take far more memory than its bytes.
//!
//! # Examples
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use url::Url;
//! use whapi_http::{Backoff, is_safe_for_secrets, parse_retry_after};
//!
//! assert!(is_safe_for_secrets(&Url::parse("https://api.example")?));
//!
//! let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
//! let asked = parse_retry_after("7", SystemTime::now());
//! let wait = asked.unwrap_or_else(|| backoff.delay(1));
//! assert_eq!(wait, Duration::from_secs(7));
//! # Ok::<(), url::ParseError>(())
//! ```
//!
//! # What this crate does not do
//!
//! It sends no requests and knows no HTTP client: reqwest and hyper are not among its dependencies.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod backoff;
mod body_limit;
mod clock;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod retry_after;
mod throttle;
mod tls;
#[cfg(any(test, feature = "test-util"))]
mod virtual_clock;

pub use address::{is_loopback, is_safe_for_secrets};
pub use backoff::Backoff;
pub use body_limit::{BodyExcess, check_body, max_value_count};
pub use clock::{Clock, SystemClock};
pub use retry_after::{LONGEST_RETRY_AFTER, parse_retry_after};
pub use throttle::{Permit, Throttle};
pub use tls::{certificate_problem, tls_config};
#[cfg(any(test, feature = "test-util"))]
pub use virtual_clock::VirtualClock;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
