//! What the reader of the same library reads back.

use bytes::Bytes;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Writes records, and gives the file.
fn write(records: &[Value], group_bytes: usize) -> Bytes {
    let mut rows = ParquetRows::new(Vec::new()).unwrap();
    rows.group_bytes = group_bytes;
    for record in records {
        rows.append(record.to_string().as_bytes()).unwrap();
    }
    rows.finish().unwrap().into()
}

/// The rows of a file as records, with a key for every column.
fn read(file: Bytes) -> Vec<Value> {
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| group(row.unwrap().get_column_iter()))
        .collect()
}

fn group<'a>(fields: impl Iterator<Item = (&'a String, &'a Field)>) -> Value {
    let fields = fields.map(|(name, field)| (name.clone(), value(field)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => json!(value),
        Field::Str(text) => json!(text),
        Field::Group(row) => group(row.get_column_iter()),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => panic!("an unexpected field: {other:?}"),
    }
}

fn text() -> impl Strategy<Value = Value> {
    any::<String>().prop_map(Value::from)
}

fn maybe(some: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), some]
}

fn list(item: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    vec(item, 0..4).prop_map(Value::from)
}

fn permissions() -> impl Strategy<Value = Value> {
    let verdict = || {
        (any::<bool>(), maybe(text()))
            .prop_map(|(allowed, rule)| json!({"allowed": allowed, "rule": rule}))
    };
    (verdict(), verdict(), verdict()).prop_map(
        |(edit, delete, create)| json!({"edit": edit, "delete": delete, "create": create}),
    )
}

fn reasons() -> impl Strategy<Value = Value> {
    let label = (text(), text()).prop_map(|(id, name)| json!({"id": id, "name": name}));
    let chat = (maybe(text()), list(label))
        .prop_map(|(last, labels)| json!({"last_activity": last, "labels": labels}));
    let group = (text(), maybe(text()), text())
        .prop_map(|(id, name, rank)| json!({"id": id, "name": name, "rank": rank}));
    (
        maybe(text()),
        list(text()),
        any::<bool>(),
        maybe(chat),
        list(group),
    )
        .prop_map(|(primary, all, complete, private_chat, groups)| {
            json!({
                "primary": primary, "all": all, "complete": complete, "private_chat": private_chat,
                "groups": groups,
            })
        })
}

/// A record with all keys.
fn record() -> impl Strategy<Value = Value> {
    let switch = || maybe(any::<bool>().prop_map(Value::from)).boxed();
    let words = vec(text(), 6);
    let texts = vec(maybe(text()), 6);
    let switches = vec(switch(), 4);
    let groups = (permissions(), list(text()), maybe(reasons()));
    (words, texts, switches, groups).prop_map(|(words, texts, switches, groups)| {
        json!({
            "channel": words[0], "id": words[1], "kind": words[2], "display_name": words[3],
            "name_source": words[4], "standing": words[5],
            "phone": texts[0], "name": texts[1], "pushname": texts[2], "username": texts[3],
            "other_id": texts[4], "change": texts[5],
            "saved": switches[0], "phonebook": switches[1], "is_business": switches[2],
            "merged": switches[3],
            "permissions": groups.0, "name_warnings": groups.1, "reasons": groups.2,
        })
    })
}

proptest! {
    /// Whatever the values, and wherever the row groups end.
    #[test]
    fn every_record_is_read_back(records in vec(record(), 0..8), group_bytes in 1_usize..4000) {
        prop_assert_eq!(read(write(&records, group_bytes)), records);
    }
}

/// A record with the keys of every run only.
fn small(id: &str) -> Value {
    let verdict = json!({"allowed": false, "rule": null});
    json!({
        "channel": "shop", "id": id, "kind": "phone", "display_name": "Ada", "name_source": "name",
        "standing": "saved", "name_warnings": [],
        "permissions": {"edit": verdict, "delete": verdict, "create": verdict},
    })
}

#[test]
fn keys_that_a_run_did_not_request_are_null() {
    let mut expected = small("447700900101");
    for missing in [
        "phone",
        "name",
        "pushname",
        "username",
        "saved",
        "phonebook",
        "is_business",
        "reasons",
        "other_id",
        "merged",
        "change",
    ] {
        expected[missing] = Value::Null;
    }
    assert_eq!(
        read(write(&[small("447700900101")], GROUP_BYTES)),
        [expected]
    );
}

#[test]
fn row_groups_end_when_they_are_large_enough() {
    let records: Vec<_> = (0..7)
        .map(|number| small(&format!("44770090010{number}")))
        .collect();
    let length = records[0].to_string().len();
    let file = SerializedFileReader::new(write(&records, 2 * length + 1)).unwrap();
    let groups = file.metadata().row_groups().iter();
    assert_eq!(
        groups.map(RowGroupMetaData::num_rows).collect::<Vec<_>>(),
        [3, 3, 1]
    );
    let names = file.metadata().file_metadata();
    assert_eq!(names.created_by(), Some(CREATED_BY));
    assert!(names.key_value_metadata().is_none());
}

#[test]
fn a_record_that_does_not_fit_is_an_error_without_its_values() {
    #[track_caller]
    fn check(key: &str, value: Value, expected: &str) {
        let mut record = small("447700900101");
        record[key] = value;
        let mut rows = ParquetRows::new(Vec::new()).unwrap();
        let error = rows.append(record.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    check("id", json!(7), "a record does not fit the column `id`");
    check("id", Value::Null, "a record does not fit the column `id`");
    check(
        "saved",
        json!("private"),
        "a record does not fit the column `saved`",
    );
    check(
        "name",
        json!(true),
        "a record does not fit the column `name`",
    );
    check(
        "permissions",
        json!([]),
        "a record does not fit the column `permissions`",
    );
    check(
        "permissions",
        json!({}),
        "a record does not fit the column `edit`",
    );
    check(
        "name_warnings",
        json!([null]),
        "a record does not fit the column `element`",
    );
}

/// Takes so many bytes, and then has no space.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(rest) => self.0 = rest,
            None => return Err(io::ErrorKind::StorageFull.into()),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_the_error_of_the_disk() {
    #[track_caller]
    fn check(space: usize, expected: &str) {
        let mut rows = ParquetRows::new(Full(space)).unwrap();
        let record = small("447700900101").to_string();
        rows.append(record.as_bytes()).unwrap();
        assert_eq!(rows.finish().err().unwrap().to_string(), expected);
    }
    let length = write(&[small("447700900101")], GROUP_BYTES).len();
    check(0, "no storage space");
    // The last bytes, which the library writes while it gives the file back.
    check(
        length - 1,
        "Parquet error: fail to get inner writer: \"no storage space\"",
    );
}
