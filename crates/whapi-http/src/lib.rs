//! What the HTTP clients of this workspace share.
//!
//! - [`Clock`] is where a client takes its time from; tests replace it by `VirtualClock` (feature
//!   `test-util`).

mod clock;
#[cfg(any(test, feature = "test-util"))]
mod virtual_clock;

pub use clock::{Clock, SystemClock};
#[cfg(any(test, feature = "test-util"))]
pub use virtual_clock::VirtualClock;
