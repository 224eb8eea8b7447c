//! Tests with real programs.

#[cfg(unix)]
mod behaving;
#[cfg(unix)]
mod bytes;
#[cfg(unix)]
mod conformance;
#[cfg(unix)]
mod leftovers;
#[cfg(unix)]
mod misbehaving;
#[cfg(unix)]
mod originals;
#[cfg(unix)]
mod replay;
#[cfg(unix)]
mod support;
