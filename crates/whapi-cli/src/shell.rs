//! Words for a shell, in messages.

use std::path::Path;

/// Quotes a path for a shell.
pub(crate) fn in_shell(path: &Path) -> String {
    let path = path.display().to_string();
    let dash = if path.starts_with('-') { "./" } else { "" };
    let unquoted = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    if path.chars().all(unquoted) {
        format!("{dash}{path}")
    } else {
        format!("'{dash}{}'", path.replace('\'', r"'\''"))
    }
}
