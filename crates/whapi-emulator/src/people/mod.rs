//! Made-up people, and people made up to be difficult.
//!
//! Nobody here exists: names are put together from tables of common given and family names, and
//! phone numbers come from ranges that belong to nobody (see [`made_up`]).

mod generate;
mod names;
mod nasty;
mod numbers;
pub(crate) mod person;

pub use generate::{DEFAULT_COUNT, DEFAULT_SEED, made_up};
pub use nasty::nasty;
