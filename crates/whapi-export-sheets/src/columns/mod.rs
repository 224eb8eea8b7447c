//! The columns of the tab.

mod looks;
mod set;

pub(crate) use looks::{pixels, sample_text};
#[cfg(test)]
pub(crate) use set::tests;
pub(crate) use set::{ColumnSet, KEY};
