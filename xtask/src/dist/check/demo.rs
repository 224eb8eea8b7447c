//! What an installed program has to do: its version, and the demo's cards.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use whapi_emulator::people;

use super::super::files::{empty_folder, read};
use super::super::project::PROGRAM;
use super::super::tools::text;

/// Runs the program in an empty folder, with nothing in its environment but this PATH.
pub(crate) fn run(program: &Path, path: &OsStr, version: &str) -> Result<(), String> {
    let command = || {
        let mut command = Command::new(program);
        only_path(&mut command, path);
        command
    };
    let folder = empty_folder()?;
    check_version(&text(command().arg("--version"))?, version)?;
    text(
        command()
            .args(["export", "--format", "vcard", "--demo"])
            .current_dir(folder.path()),
    )?;
    check_cards(&folder.path().join("contacts.vcf"))
}

/// Clears the environment but for PATH.
fn only_path(command: &mut Command, path: &OsStr) {
    command.env_clear().env("PATH", path);
    // Windows opens no socket without it.
    if let Some(system) = std::env::var_os("SYSTEMROOT") {
        command.env("SYSTEMROOT", system);
    }
}

/// Compares the line that `--version` prints.
pub(crate) fn check_version(printed: &str, version: &str) -> Result<(), String> {
    let expected = format!("{PROGRAM} {version}");
    if printed == expected {
        Ok(())
    } else {
        Err(format!("the program says `{printed}`, not `{expected}`"))
    }
}

/// Counts the cards of a file, which has to hold all of the demo's contacts.
pub(crate) fn check_cards(file: &Path) -> Result<(), String> {
    let bytes = read(file)?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let cards = lines.filter(|line| *line == b"BEGIN:VCARD\r").count();
    if cards == people::DEFAULT_COUNT {
        Ok(())
    } else {
        let expected = people::DEFAULT_COUNT;
        Err(format!(
            "{} has {cards} cards, not {expected}",
            file.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn another_version_is_an_error() {
        assert_eq!(check_version("whapi 1.2.3", "1.2.3"), Ok(()));
        assert_eq!(
            check_version("whapi 1.2.2", "1.2.3"),
            Err("the program says `whapi 1.2.2`, not `whapi 1.2.3`".to_owned())
        );
    }

    #[test]
    fn a_missing_card_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("contacts.vcf");
        assert!(check_cards(&file).is_err());
        let card = "BEGIN:VCARD\r\nNOTE:BEGIN:VCARD\r\nEND:VCARD\r\n";
        fs::write(&file, card.repeat(1317)).unwrap();
        assert_eq!(check_cards(&file), Ok(()));
        fs::write(&file, card.repeat(1316)).unwrap();
        let expected = format!("{} has 1316 cards, not 1317", file.display());
        assert_eq!(check_cards(&file), Err(expected));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_an_error() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("whapi");
        fs::write(
            &program,
            "#!/bin/sh\n[ \"$1\" = --version ] && echo whapi 1.2.3\n",
        )
        .unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let error = run(&program, OsStr::new(""), "1.2.3").unwrap_err();
        assert!(
            error.contains("export --format vcard --demo` failed"),
            "{error}"
        );
    }
}
