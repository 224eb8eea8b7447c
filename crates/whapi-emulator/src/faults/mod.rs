//! Faults: which requests they concern, and what they do.

mod effect;
mod fault;
mod response;
mod script;
mod trigger;

pub use effect::Effect;
pub use fault::Fault;
pub use trigger::Trigger;

pub(crate) use response::{damage, replacement};
pub(crate) use script::Script;
