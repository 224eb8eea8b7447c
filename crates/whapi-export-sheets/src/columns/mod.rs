//! The columns of the tab.

mod choice;
mod looks;
mod numbers;
mod set;

pub use choice::Columns;
pub(crate) use looks::{pixels, sample_text};
#[cfg(test)]
pub(crate) use set::tests;
pub(crate) use set::{ColumnSet, KEY, known_fields};
