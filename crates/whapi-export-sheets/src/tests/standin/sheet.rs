//! A tab and its cells.

use serde_json::{Value, json};

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Val {
    #[default]
    Empty,
    Text(Box<str>),
    Number(f64),
    Bool(bool),
    Formula(Box<str>),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) value: Val,
    pub(crate) note: Option<Box<str>>,
    pub(crate) is_text_format: bool,
    pub(crate) bold: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meta {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) hidden: bool,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) frozen: usize,
    pub(crate) filter: Option<Value>,
    /// Protected ranges, as the API shows them.
    pub(crate) protected: Vec<Value>,
    pub(crate) widths: Vec<i64>,
    /// May have fewer and shorter rows than the grid.
    pub(crate) cells: Vec<Vec<Cell>>,
    pub(super) tags: Vec<Meta>,
    pub(super) column_tags: Vec<Vec<Meta>>,
}

impl Sheet {
    pub(crate) fn new(id: i64, title: &str, rows: usize, columns: usize) -> Self {
        Self {
            id,
            title: title.to_owned(),
            hidden: false,
            rows,
            columns,
            frozen: 0,
            filter: None,
            protected: Vec::new(),
            widths: vec![100; columns],
            cells: Vec::new(),
            tags: Vec::new(),
            column_tags: vec![Vec::new(); columns],
        }
    }

    pub(super) fn all_tags(&self) -> impl Iterator<Item = &Meta> {
        self.tags.iter().chain(self.column_tags.iter().flatten())
    }

    pub(crate) fn get(&self, row: usize, column: usize) -> Cell {
        let cell = self.cells.get(row).and_then(|row| row.get(column));
        cell.cloned().unwrap_or_default()
    }

    pub(crate) fn cell(&mut self, row: usize, column: usize) -> &mut Cell {
        assert!(
            row < self.rows && column < self.columns,
            "inside of the grid"
        );
        if self.cells.len() <= row {
            self.cells.resize(row + 1, Vec::new());
        }
        let row = &mut self.cells[row];
        if row.len() <= column {
            row.resize(column + 1, Cell::default());
        }
        &mut row[column]
    }

    /// The texts of all cells, without empty rows and cells at the end.
    pub(crate) fn texts(&self) -> Vec<Vec<String>> {
        let area = (0, self.rows, 0, self.columns);
        let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
        let rows = self.values(area, "UNFORMATTED_VALUE");
        let rows = rows
            .iter()
            .map(|row| row.as_array().unwrap().iter().map(text).collect());
        rows.collect()
    }

    pub(super) fn values(&self, (top, bottom, left, right): Area, render: &str) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        for row in top..bottom.min(self.cells.len()) {
            let cells = &self.cells[row];
            let mut shown: Vec<Value> = Vec::new();
            for cell in cells.iter().take(right).skip(left) {
                shown.push(match &cell.value {
                    Val::Empty => json!(""),
                    Val::Text(text) => json!(text),
                    Val::Number(number) => json!(number),
                    Val::Bool(flag) => json!(flag),
                    Val::Formula(formula) if render == "FORMULA" => json!(formula),
                    Val::Formula(_) => json!("computed"),
                });
            }
            while shown.last().is_some_and(|last| last == "") {
                shown.pop();
            }
            rows.push(Value::Array(shown));
        }
        while rows.last().is_some_and(|last| last == &json!([])) {
            rows.pop();
        }
        rows
    }

    /// Moves a column with its metadata, as a user drags it.
    pub(crate) fn move_column(&mut self, from: usize, to: usize) {
        let columns = self.columns;
        for row in &mut self.cells {
            row.resize(columns, Cell::default());
            let cell = row.remove(from);
            row.insert(to, cell);
        }
        let tags = self.column_tags.remove(from);
        self.column_tags.insert(to, tags);
    }

    /// Inserts rows, with the format of the row above if there is one to inherit from.
    pub(crate) fn insert_rows(&mut self, at: usize, count: usize, inherits: bool) {
        let above = at.checked_sub(1).filter(|_| inherits);
        let above = above.and_then(|above| self.cells.get(above));
        let like = |cell: &Cell| Cell {
            is_text_format: cell.is_text_format,
            bold: cell.bold,
            ..Cell::default()
        };
        let new: Vec<Cell> = above.into_iter().flatten().map(like).collect();
        if self.cells.len() < at {
            self.cells.resize(at, Vec::new());
        }
        self.cells.splice(at..at, vec![new; count]);
        self.rows += count;
        // A filter that starts in this row moves down as a whole.
        self.move_filter(|row, is_start| match row.cmp(&at) {
            std::cmp::Ordering::Greater => row + count,
            std::cmp::Ordering::Equal if is_start => row + count,
            _ => row,
        });
    }

    /// Deletes rows with all that is upon them.
    pub(crate) fn delete_rows(&mut self, rows: std::ops::Range<usize>) {
        let stored = rows.start.min(self.cells.len())..rows.end.min(self.cells.len());
        self.cells.drain(stored);
        self.rows -= rows.len();
        self.frozen -= rows.clone().filter(|row| *row < self.frozen).count();
        self.move_filter(|row, _| row - rows.clone().filter(|deleted| *deleted < row).count());
    }

    /// Moves the ends of the filter with the rows.
    fn move_filter(&mut self, moved: impl Fn(usize, bool) -> usize) {
        let Some(filter) = &mut self.filter else {
            return;
        };
        for end in ["startRowIndex", "endRowIndex"] {
            if let Some(row) = filter["range"][end].as_u64() {
                let row = usize::try_from(row).unwrap();
                filter["range"][end] = json!(moved(row, end == "startRowIndex"));
            }
        }
    }

    pub(crate) fn drop_last_column(&mut self) {
        self.columns -= 1;
        self.column_tags.pop();
        self.widths.pop();
        for row in &mut self.cells {
            row.truncate(self.columns);
        }
    }

    pub(crate) fn add_column(&mut self) {
        self.columns += 1;
        self.column_tags.push(Vec::new());
        self.widths.push(100);
    }
}

/// Top, bottom, left, right. Bottom and right are exclusive.
pub(super) type Area = (usize, usize, usize, usize);
