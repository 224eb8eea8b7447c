//! What the HTTP clients of this workspace share.
//!
//! - [`Clock`] is where a client takes its time from; tests replace it by `VirtualClock` (feature
//!   `test-util`).
//! - [`Throttle`] bounds the requests in flight, and lowers the bound when a server refuses one.

mod clock;
mod throttle;
#[cfg(any(test, feature = "test-util"))]
mod virtual_clock;

pub use clock::{Clock, SystemClock};
pub use throttle::{Permit, Throttle};
#[cfg(any(test, feature = "test-util"))]
pub use virtual_clock::VirtualClock;
