//! The columns, and the way from a record to them.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use parquet::basic::ConvertedType;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{Type, TypePtr};
use serde_json::Value;

use super::column::{Column, Levels};

/// The columns, as the keys of a record: `docs/mapping/jsonl.md`.
///
/// All of them are in every file, so that files of runs which found out different things are one table.
const MESSAGE: &str = include_str!("message.txt");

/// The schema of a file.
pub(super) fn message() -> TypePtr {
    Arc::new(parse_message_type(MESSAGE).expect("a schema that a test has parsed"))
}

/// Takes records apart into values of columns.
#[derive(Debug)]
pub(super) struct Row(Field);

/// A column, or a group of some.
#[derive(Debug)]
struct Field {
    name: String,
    is_optional: bool,
    /// Its columns.
    leaves: Range<usize>,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Value,
    Group(Vec<Field>),
    List {
        item: Box<Field>,
        /// The level of items behind the first.
        repetition: i16,
    },
}

impl Row {
    pub(super) fn new(message: &Type) -> Self {
        Self(Field::new(message, 0, 0))
    }

    /// Adds the values of a record.
    ///
    /// # Errors
    ///
    /// When the record does not have the fields of the schema.
    pub(super) fn append(&self, record: &Value, columns: &mut [Column]) -> io::Result<()> {
        self.0.append(record, Levels::default(), columns)
    }
}

impl Field {
    /// A field whose first column is number `first`, inside of so many lists.
    fn new(field: &Type, first: usize, lists: i16) -> Self {
        let info = field.get_basic_info();
        let shape = if field.is_primitive() {
            Shape::Value
        } else if info.converted_type() == ConvertedType::LIST {
            // A list is a group around a repeated group around the item.
            let item = &field.get_fields()[0].get_fields()[0];
            let repetition = lists + 1;
            Shape::List {
                item: Box::new(Self::new(item, first, repetition)),
                repetition,
            }
        } else {
            let mut next = first;
            let fields = field.get_fields().iter().map(|field| {
                let field = Self::new(field, next, lists);
                next = field.leaves.end;
                field
            });
            Shape::Group(fields.collect())
        };
        let end = match &shape {
            Shape::Value => first + 1,
            Shape::Group(fields) => fields.last().map_or(first, |field| field.leaves.end),
            Shape::List { item, .. } => item.leaves.end,
        };
        Self {
            name: info.name().to_owned(),
            is_optional: info.has_repetition() && field.is_optional(),
            leaves: first..end,
            shape,
        }
    }

    fn append(&self, value: &Value, levels: Levels, columns: &mut [Column]) -> io::Result<()> {
        if value.is_null() && self.is_optional {
            self.append_missing(levels, columns);
            return Ok(());
        }
        let mut levels = levels;
        levels.definition += i16::from(self.is_optional);
        let fits = match (&self.shape, value) {
            (Shape::Value, Value::String(text)) => {
                columns[self.leaves.start].push_text(text, levels)
            }
            (Shape::Value, Value::Bool(value)) => {
                columns[self.leaves.start].push_bool(*value, levels)
            }
            (Shape::Group(fields), Value::Object(values)) => {
                for field in fields {
                    let value = values.get(&field.name).unwrap_or(&Value::Null);
                    field.append(value, levels, columns)?;
                }
                true
            }
            (Shape::List { item, repetition }, Value::Array(values)) => {
                if values.is_empty() {
                    self.append_missing(levels, columns);
                }
                levels.definition += 1;
                for value in values {
                    item.append(value, levels, columns)?;
                    levels.repetition = *repetition;
                }
                true
            }
            _ => false,
        };
        // What a record is must not be shown: the value is private.
        let misfit =
            || io::Error::other(format!("a record does not fit the column `{}`", self.name));
        fits.then_some(()).ok_or_else(misfit)
    }

    fn append_missing(&self, levels: Levels, columns: &mut [Column]) {
        for column in &mut columns[self.leaves.clone()] {
            column.push_missing(levels);
        }
    }
}
