//! LibreOffice, which opens what we wrote and saves it again.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::skip::skip;

/// A file that LibreOffice saved. Its folder is removed when this is dropped.
#[derive(Debug)]
pub struct Converted {
    /// The file.
    pub path: PathBuf,
    _folder: TempDir,
}

impl Converted {
    /// Reads the file as text.
    ///
    /// # Panics
    ///
    /// When it cannot be read, or is no UTF-8.
    pub fn text(&self) -> String {
        fs::read_to_string(&self.path).expect("a readable file")
    }
}

/// Converts a file with LibreOffice. Reports a skipped test and returns `None` without `soffice`.
///
/// `from` and `to` are file endings, and `args` further arguments, such as `--infilter=…`.
///
/// # Panics
///
/// When LibreOffice fails.
///
/// # Examples
///
/// ```
/// if let Some(sheet) = whapi_test_support::libreoffice(b"a,b\r\n", "csv", "fods", &[]) {
///     assert!(sheet.text().contains("<text:p>b</text:p>"));
/// }
/// ```
pub fn libreoffice(bytes: &[u8], from: &str, to: &str, args: &[&str]) -> Option<Converted> {
    if Command::new("soffice").arg("--version").output().is_err() {
        skip("soffice", false);
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = format!("contacts.{from}");
    fs::write(folder.path().join(&file), bytes).expect("a file that can be written");
    let profile = folder.path().join("profile");
    let ran = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--convert-to", to, "--outdir", "converted"])
        .args(args)
        .arg(&file)
        .current_dir(folder.path())
        .output()
        .expect("LibreOffice was found before");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    Some(Converted {
        path: folder.path().join(format!("converted/contacts.{to}")),
        _folder: folder,
    })
}
