//! What else the gate knows: why contacts are visible, and which two ids are one person.

mod blocked;
mod chats;
mod failure;
mod groups;
mod kept;
mod lids;
mod outcome;
mod partial;
mod reasons;
mod request;
mod rows;

pub use lids::Identities;
pub(crate) use lids::identify;
pub use outcome::Surroundings;
pub use partial::Found;
pub use reasons::Explanations;
pub(crate) use reasons::explain;
pub use request::SideCalls;
