//! Processes that a test has started, directly or not.

use std::fs;
use std::path::Path;

/// Returns the ids of the processes that have this path in their command line or in their environment.
///
/// A program that exports its own path finds all its descendants in this way, also those that left its
/// process group. Only on Linux; elsewhere there are none.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use whapi_test_support::processes_of;
///
/// assert!(processes_of(Path::new("/no/such/program")).is_empty());
/// ```
pub fn processes_of(path: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let path = path.as_os_str().as_encoded_bytes();
    let has_path = |file: String| {
        let text = fs::read(file).unwrap_or_default();
        text.windows(path.len()).any(|part| part == path)
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| {
        has_path(format!("/proc/{id}/cmdline")) || has_path(format!("/proc/{id}/environ"))
    })
    .collect()
}
