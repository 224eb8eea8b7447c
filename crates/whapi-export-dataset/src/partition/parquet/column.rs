//! The values of one column that are in no row group yet.

use bytes::Bytes;
use parquet::basic::Type as PhysicalType;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

/// How far a value is there, and where it stands in its lists: what Parquet stores beside each value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Levels {
    /// How many of the optional and repeated fields on the way to the value are there.
    pub(super) definition: i16,
    /// In which of the lists on the way it is one more item; 0 for the first value of a row.
    pub(super) repetition: i16,
}

/// Values of a column, and the levels of those and of missing ones.
#[derive(Debug)]
pub(super) struct Column {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// Whether values can be missing.
    is_optional: bool,
    is_repeated: bool,
}

#[derive(Debug)]
enum Values {
    /// All texts one after another, and where each ends.
    Text {
        text: Vec<u8>,
        ends: Vec<usize>,
    },
    Bool(Vec<bool>),
}

impl Column {
    pub(super) fn new(leaf: &ColumnDescriptor) -> Self {
        let values = match leaf.physical_type() {
            PhysicalType::BOOLEAN => Values::Bool(Vec::new()),
            _ => Values::Text {
                text: Vec::new(),
                ends: Vec::new(),
            },
        };
        Self {
            values,
            definitions: Vec::new(),
            repetitions: Vec::new(),
            is_optional: leaf.max_def_level() > 0,
            is_repeated: leaf.max_rep_level() > 0,
        }
    }

    /// Adds a missing value.
    pub(super) fn push_missing(&mut self, levels: Levels) {
        if self.is_optional {
            self.definitions.push(levels.definition);
        }
        if self.is_repeated {
            self.repetitions.push(levels.repetition);
        }
    }

    /// Adds a text. `false` when the column has other values.
    pub(super) fn push_text(&mut self, value: &str, levels: Levels) -> bool {
        let Values::Text { text, ends } = &mut self.values else {
            return false;
        };
        text.extend_from_slice(value.as_bytes());
        ends.push(text.len());
        self.push_missing(levels);
        true
    }

    /// Adds a boolean. `false` when the column has other values.
    pub(super) fn push_bool(&mut self, value: bool, levels: Levels) -> bool {
        let Values::Bool(values) = &mut self.values else {
            return false;
        };
        values.push(value);
        self.push_missing(levels);
        true
    }

    /// Writes all values, and forgets them.
    pub(super) fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let definitions = self.is_optional.then_some(&self.definitions[..]);
        let repetitions = self.is_repeated.then_some(&self.repetitions[..]);
        match (&mut self.values, writer) {
            (Values::Bool(values), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(values, definitions, repetitions)?;
                values.clear();
            }
            (Values::Text { text, ends }, ColumnWriter::ByteArrayColumnWriter(writer)) => {
                let values = texts(&std::mem::take(text).into(), ends);
                writer.write_batch(&values, definitions, repetitions)?;
                ends.clear();
            }
            _ => unreachable!("the column has the type of its leaf"),
        }
        self.definitions.clear();
        self.repetitions.clear();
        Ok(())
    }
}

/// The texts that end at these places.
fn texts(text: &Bytes, ends: &[usize]) -> Vec<ByteArray> {
    let starts = std::iter::once(&0).chain(ends);
    let ranges = starts.zip(ends).map(|(start, end)| *start..*end);
    ranges.map(|range| text.slice(range).into()).collect()
}
