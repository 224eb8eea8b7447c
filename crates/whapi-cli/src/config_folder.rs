//! The folder for what the program keeps between runs.

use std::ffi::OsString;
use std::path::PathBuf;

/// The environment variable without which there is no such folder.
pub(crate) const REQUIRED_VARIABLE: &str = if cfg!(windows) { "APPDATA" } else { "HOME" };

/// Returns the folder `whapi` among the configuration of the user. It need not exist.
///
/// Its parent is `%APPDATA%` on Windows, `~/Library/Application Support` on macOS, and elsewhere
/// `$XDG_CONFIG_HOME` or else `~/.config`. A variable whose value is not an absolute path counts as
/// not set.
pub(crate) fn config_folder() -> Option<PathBuf> {
    folder_by(|name| std::env::var_os(name))
}

fn folder_by(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let parent = if cfg!(windows) {
        absolute("APPDATA")?
    } else if cfg!(target_os = "macos") {
        absolute("HOME")?.join("Library/Application Support")
    } else if let Some(folder) = absolute("XDG_CONFIG_HOME") {
        folder
    } else {
        absolute("HOME")?.join(".config")
    };
    Some(parent.join("whapi"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: Option<&str>) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        };
        assert_eq!(folder_by(variable), expected.map(PathBuf::from));
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_variable_for_configuration_comes_before_the_home_folder() {
        check(&[("HOME", "/home/ada")], Some("/home/ada/.config/whapi"));
        let both = |folder| [("HOME", "/home/ada"), ("XDG_CONFIG_HOME", folder)];
        check(&both("/etc/ada"), Some("/etc/ada/whapi"));
        check(&both(""), Some("/home/ada/.config/whapi"));
        check(&both("config"), Some("/home/ada/.config/whapi"));
        check(&[("XDG_CONFIG_HOME", "/etc/ada")], Some("/etc/ada/whapi"));
    }

    #[cfg(target_os = "macos")]
    #[test]
    fn it_is_with_the_support_files() {
        let home = [("HOME", "/Users/ada"), ("XDG_CONFIG_HOME", "/etc/ada")];
        check(&home, Some("/Users/ada/Library/Application Support/whapi"));
    }

    #[cfg(windows)]
    #[test]
    fn it_is_with_the_roaming_data() {
        let data = r"C:\Users\ada\AppData\Roaming";
        check(&[("APPDATA", data)], Some(&format!(r"{data}\whapi")));
    }

    #[test]
    fn without_the_required_variable_there_is_none() {
        check(&[], None);
        check(&[(REQUIRED_VARIABLE, "")], None);
        check(&[(REQUIRED_VARIABLE, "ada")], None);
    }
}
