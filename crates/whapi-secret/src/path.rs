//! Secrets in the place of paths.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// Shorter text is not taken for a secret.
const SHORTEST: usize = 10;
/// A word of letters of one case is taken for a secret from this length on.
const LONG_WORD: usize = 20;
/// The longest ending of a file name, such as `token`.
const LONGEST_ENDING: usize = 5;

/// Whether a value that should be a path is a secret instead.
///
/// True when there is no such file and the text has the shape of a secret: a token, JSON as in a
/// credentials file, or text of several lines as in a key. A message must not repeat such a value.
/// Looks for the file and opens nothing.
///
/// The shape of a token: at least 10 visible ASCII characters; a digit, letters of both cases,
/// one of `+` and `=`, or 20 letters in a row; no ending like a file's; not below a folder that
/// exists, and no start of `./`, `../` or `~/`.
///
/// # Examples
///
/// ```
/// use whapi_secret::is_secret_not_path;
///
/// assert!(is_secret_not_path("3QeR7vVbq0Wj4nTt".as_ref()));
/// assert!(is_secret_not_path("Bearer 3QeR7vVbq0Wj4nTt".as_ref()));
/// assert!(!is_secret_not_path("missing".as_ref()));
/// assert!(!is_secret_not_path("token-2025.txt".as_ref()));
/// ```
pub fn is_secret_not_path(value: &OsStr) -> bool {
    value.to_str().is_some_and(has_shape_of_secret) && !exists(Path::new(value))
}

/// Also true where it cannot be known, such as in a folder that must not be read.
fn exists(path: &Path) -> bool {
    match path.symlink_metadata() {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

fn has_shape_of_secret(value: &str) -> bool {
    let value = value.trim_start_matches('\u{feff}').trim();
    let (value, is_bearer) = match value.strip_prefix("Bearer ") {
        Some(value) => (value.trim_start(), true),
        None => (value, false),
    };
    if value.contains('\n') || value.starts_with('{') {
        return true;
    }
    value.bytes().all(|byte| byte.is_ascii_graphic())
        && (is_bearer || has_shape_of_token(value) && !is_in_folder(value))
}

fn has_shape_of_token(value: &str) -> bool {
    let any = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let is_varied = any(u8::is_ascii_digit)
        || any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase)
        || any(|byte| b"+=".contains(byte));
    let has_long_word = || {
        value
            .split(|c: char| !c.is_ascii_alphabetic())
            .any(|word| word.len() >= LONG_WORD)
    };
    value.len() >= SHORTEST && !has_ending(value) && (is_varied || has_long_word())
}

/// Whether the last part of a path ends as file names do: `.txt`.
fn has_ending(value: &str) -> bool {
    let name = value.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        (1..=LONGEST_ENDING).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// Whether a path says by its start that it is one, or its folder is there.
fn is_in_folder(value: &str) -> bool {
    if ["./", "../", "~/"]
        .iter()
        .any(|start| value.starts_with(start))
    {
        return true;
    }
    // Base64 has slashes: `/` itself, which is always there, proves nothing.
    Path::new(value)
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty() && *folder != Path::new("/"))
        .is_some_and(Path::is_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: bool, values: &[&str]) {
        for value in values {
            let found = is_secret_not_path(OsStr::new(value));
            assert_eq!(found, expected, "{value:?}");
        }
    }

    #[test]
    fn secrets() {
        check(
            true,
            &[
                "canary/5Yx+Q9==",
                "/anary/5Yx+Q9==",
                "/canary5YxQ9",
                "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d",
                "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d\n",
                "\u{feff}3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d",
                "Bearer s3cret",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
                "ya29.a0AfH6SMBx-yz_1",
                "abcdefghijklmnopqrstuvwx",
                "550e8400-e29b-41d4-a716-446655440000",
                "{\"type\":\"service_account\"}",
                "-----BEGIN PRIVATE KEY-----\nMIIE",
            ],
        );
        check(true, &[&"aB3".repeat(2000)]);
    }

    #[test]
    fn paths() {
        check(
            false,
            &[
                "",
                "-",
                "missing",
                "nowhere",
                "token2",
                "my-token-file",
                "Token of Ada",
                "token-2025.txt",
                "secrets/Token-2025.txt",
                "./Token2025abc",
                "../in/Token2025abc",
                "~/Token2025abc",
                concat!(env!("CARGO_MANIFEST_DIR"), "/Token2025abc"),
            ],
        );
    }

    #[test]
    fn a_file_that_is_there_is_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aB3cD4eF5gH6");
        std::fs::write(&path, "s3cret").unwrap();
        assert!(!is_secret_not_path(path.as_os_str()));
        assert!(!is_secret_not_path(OsStr::new("Cargo.toml")));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_text_is_no_secret() {
        use std::os::unix::ffi::OsStrExt;
        assert!(!is_secret_not_path(OsStr::from_bytes(b"aB3cD4eF5gH6\xff")));
    }
}
