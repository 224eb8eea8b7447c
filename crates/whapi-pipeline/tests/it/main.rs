//! The pipeline between prepared sources and exporters that record their calls.

mod cancel;
mod channels;
mod common;
mod failures;
mod files;
mod forecast;
mod order;
