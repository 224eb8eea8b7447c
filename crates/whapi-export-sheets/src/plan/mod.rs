//! Computes the changes to a spreadsheet from its current state. No I/O.

mod batch;
mod change;
mod column_span;
mod delta;
mod header;
mod layout;
mod matching;
mod names;
mod prepare;
mod size;
mod state;
mod target;

pub(crate) use batch::{batch, check_cell_limit, clean_up_batch, staging_batch, staging_title};
pub(crate) use change::{Area, SheetChange, index};
pub(crate) use delta::{Delta, Existing};
pub(crate) use header::SEARCHED;
pub(crate) use layout::TabLayout;
pub(crate) use matching::Matching;
pub(crate) use size::{MAX_BYTES, cells_len, chunks, fits_batch, part_bytes};
pub(crate) use state::{
    COLUMN_KEY, ClosedArea, STAGING_KEY, STATE_KEY, SheetSnapshot, TURN_KEY, Tab, TabFilter,
    TabState,
};
pub(crate) use target::{Content, StagedPlaces, Target};
