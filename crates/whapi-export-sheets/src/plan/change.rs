//! The changes that a batch consists of.

use std::ops::Range;

use crate::rows::Rows;

/// A rectangle of cells. Indexes count from 0; the ends are exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) tab: i32,
    pub(crate) rows: Range<i32>,
    pub(crate) columns: Range<i32>,
}

/// One change to a spreadsheet. A batch of changes is applied completely or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SheetChange<'a> {
    AddTab {
        id: i32,
        title: String,
        rows: i32,
        columns: i32,
        hidden: bool,
    },
    DeleteTab(i32),
    AddRows {
        tab: i32,
        count: i32,
    },
    AddColumns {
        tab: i32,
        count: i32,
    },
    /// Inserts rows, perhaps with the format of the row above them.
    InsertRows {
        tab: i32,
        rows: Range<i32>,
        like_above: bool,
    },
    /// Deletes rows with everything beside and upon them.
    DeleteRows {
        tab: i32,
        rows: Range<i32>,
    },
    /// Sets the text format, which keeps typed text as it is.
    TextFormat(Area),
    Bold(Area),
    FreezeHeader(i32),
    Width {
        tab: i32,
        columns: Range<i32>,
        pixels: i32,
    },
    SetFilter(Area),
    /// Empties cells, and keeps their format and notes.
    Clear(Area),
    /// Writes the names of managed columns, beside each other.
    Header {
        tab: i32,
        row: i32,
        left: i32,
        names: Vec<&'static str>,
    },
    /// Writes these columns of the picked rows, as text.
    Cells {
        tab: i32,
        top: i32,
        left: i32,
        rows: &'a Rows,
        picked: Vec<usize>,
        columns: Range<usize>,
    },
    /// Copies values, without formats and notes, to an area of the same size.
    Copy {
        from: Area,
        to: Area,
    },
    Note {
        tab: i32,
        row: i32,
        column: i32,
        text: String,
    },
    TagTab {
        tab: i32,
        key: &'static str,
        value: String,
    },
    TagColumn {
        tab: i32,
        column: i32,
        value: String,
    },
    UpdateTag {
        id: i32,
        value: String,
    },
    /// Creates metadata with this id. Fails, and the batch with it, if there is one.
    TakeTurn {
        tab: i32,
        id: i32,
    },
    DeleteTag(i32),
}

/// Converts a count to an index of the API, saturating.
pub(crate) fn index(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
