//! Profiles: columns, byte order mark and phone format of each importing program.

mod crm;
mod google;
mod layout;
mod names;
mod number;
mod outlook;
mod phones;
mod plain;
mod profile;

pub(crate) use layout::{Limit, ProfileLayout};
pub use profile::Profile;
