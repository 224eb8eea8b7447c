//! The columns of Parquet are the keys of a record.

#![cfg(feature = "parquet")]

use whapi_export_jsonl::{Key, KeySet};

/// A dataset refuses merged channels, so their keys are no columns.
const NEVER: &[Key] = &[Key::Channels, Key::SavedIn, Key::Names];

#[test]
fn each_key_of_a_record_is_a_column_in_the_same_order() {
    let message = include_str!("../src/partition/parquet/message.txt");
    // Columns and groups that are in no other group.
    let fields = message.lines().filter_map(|line| line.strip_prefix("  "));
    let fields = fields.filter(|field| !field.starts_with([' ', '}']));
    let names = fields.map(|field| field.split([' ', ';']).nth(2).unwrap());
    let keys = KeySet::default().iter().filter(|key| !NEVER.contains(key));
    assert_eq!(
        names.collect::<Vec<_>>(),
        keys.map(Key::as_str).collect::<Vec<_>>()
    );
}
