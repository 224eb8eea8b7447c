//! The pipeline between prepared sources and exporters that write down how they are called.

mod cancel;
mod common;
mod failures;
mod files;
mod forecast;
mod order;
