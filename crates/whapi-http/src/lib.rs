//! What the HTTP clients of this workspace share.
//!
//! - [`Clock`] is where a client takes its time from; tests replace it by `VirtualClock` (feature
//!   `test-util`).
//! - [`Backoff`] draws the waits between tries.
//! - [`parse_retry_after`] reads the header `Retry-After`.
//! - [`Throttle`] bounds the requests in flight, and lowers the bound when a server refuses one.
//! - [`is_safe_for_secrets`] tells to which addresses a secret may be sent.
//! - [`tls_config`] names the one TLS provider, and [`certificate_problem`] tells why a certificate is
//!   not valid.
//! - [`check_body`] refuses a JSON body that would take far more memory than its bytes.

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
