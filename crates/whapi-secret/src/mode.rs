//! Which files other users of the computer can access.

use std::fs::Metadata;

/// Returns the mode of a file that its group or all users can access, such as `0o644`.
///
/// `None` for anything but a regular file: the mode of a pipe, such as a shell's `<(…)`, does not
/// say who can read it. Always `None` on Windows.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use std::fs::{self, Permissions};
/// use std::os::unix::fs::PermissionsExt;
/// use whapi_secret::mode_open_to_others;
///
/// let file = tempfile::NamedTempFile::new()?;
/// let open_mode = || Ok::<_, std::io::Error>(mode_open_to_others(&fs::metadata(&file)?));
/// assert_eq!(open_mode()?, None);
/// fs::set_permissions(&file, Permissions::from_mode(0o640))?;
/// assert_eq!(open_mode()?, Some(0o640));
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn mode_open_to_others(file: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.permissions().mode() & 0o7777;
        (file.is_file() && mode & 0o077 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}
