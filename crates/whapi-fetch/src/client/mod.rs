//! The HTTP client of one channel.

mod broken;
mod builder;
mod contacts;
mod decode;
mod limits;
mod messages;
mod reading;
mod request;
mod shared_limit;

pub use builder::{ClientBuilder, DEFAULT_BASE_URL};
pub use request::Client;
pub(crate) use request::{Call, page_query};
pub use shared_limit::RequestLimit;
