//! Lists that are read page by page and kept as a whole, within their budgets.

mod kept;
mod recoverable;
mod rows;
mod whole;

pub(crate) use kept::{Budgeted, read_all};
pub(crate) use recoverable::recoverable;
pub(crate) use rows::{ListRow, RowSource, TextsLeftOut, is_short, page_of_rows, trimmed};
pub(crate) use whole::whole_list;
