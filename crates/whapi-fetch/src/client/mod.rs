//! The HTTP client of one channel, or of the partner API.

mod address;
mod broken;
mod builder;
mod contacts;
mod decode;
mod limits;
mod messages;
mod reading;
mod ready;
mod request;
mod service;
mod shared_limit;

pub(crate) use address::checked_address;
pub use builder::{ClientBuilder, DEFAULT_BASE_URL};
pub(crate) use ready::wait_for_start;
pub use request::Client;
pub(crate) use request::{Call, page_query};
pub use shared_limit::RequestLimit;
