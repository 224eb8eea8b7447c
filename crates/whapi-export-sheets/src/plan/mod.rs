//! What to change in a spreadsheet, worked out from what it is: no I/O.

mod batch;
mod change;
mod columns;
mod delta;
mod layout;
mod prepare;
mod size;
mod state;
mod target;

pub(crate) use batch::{batch, check_room, clean_up, stage};
pub(crate) use change::{Area, Change, index};
pub(crate) use delta::{Delta, Existing};
pub(crate) use layout::Layout;
pub(crate) use size::{MOST_BYTES, cells_len, chunks, fits_batch};
pub(crate) use state::{COLUMN_KEY, Filter, STAGING_KEY, STATE_KEY, Snapshot, State, Tab};
pub(crate) use target::{Content, Goal};
