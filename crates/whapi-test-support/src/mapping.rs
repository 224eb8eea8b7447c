//! The mapping pages of the documentation.

use std::fs;

/// Returns the names in the first column of a table in `docs/mapping/PAGE.md`, in their order.
///
/// The table is the first one whose first column is called `head`. Names stand in backticks.
///
/// # Panics
///
/// When the page has no such table, and when a row has no name.
///
/// # Examples
///
/// ```
/// let columns = whapi_test_support::documented_names("csv", "column");
/// assert_eq!(columns[..2], ["id", "kind"]);
/// ```
pub fn documented_names(page: &str, head: &str) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mapping");
    let text = fs::read_to_string(format!("{folder}/{page}.md")).expect("a readable page");
    let head = format!("| {head} ");
    let names: Vec<_> = text
        .lines()
        .skip_while(|line| !line.starts_with(&head))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('`').nth(1).expect("a name in backticks"))
        .map(str::to_owned)
        .collect();
    assert!(!names.is_empty(), "{page}.md has no table with `{head}`");
    names
}
