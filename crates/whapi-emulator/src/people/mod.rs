//! Made-up people: ordinary ones, and a collection of difficult ones.
//!
//! No real person is in these lists. Names combine common given and family names, and phone numbers
//! come from ranges that are not in use (see [`made_up`]).

mod generate;
mod names;
mod nasty;
mod numbers;
pub(crate) mod person;
mod spelling;

pub(crate) use generate::unlisted_numbers;
pub use generate::{DEFAULT_COUNT, DEFAULT_SEED, made_up};
pub use nasty::nasty;
