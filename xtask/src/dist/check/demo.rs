//! What an installed program has to do: its version, and the demo's cards.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use whapi_emulator::people;

use super::super::project::PROGRAM;
use crate::files::{empty_folder, read, write};
use crate::tools::{output, text};

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

/// Runs the tap as runners do: for its catalog, and then with that over made-up channels.
pub(crate) fn tap(program: &Path, path: &OsStr) -> Result<(), String> {
    let folder = empty_folder()?;
    write(&folder.path().join("tap.json"), br#"{"demo_channels":2}"#)?;
    let ran = |args: &[&str]| {
        let mut command = Command::new(program);
        only_path(&mut command, path);
        command.args(["--config", "tap.json"]).args(args);
        text(command.current_dir(folder.path()))
    };
    let catalog = ran(&["--discover"])?;
    write(&folder.path().join("catalog.json"), catalog.as_bytes())?;
    check_messages(&ran(&["--catalog", "catalog.json"])?)
}

/// Counts the contacts among the messages of a tap over two made-up channels.
fn check_messages(messages: &str) -> Result<(), String> {
    let contact = r#"{"type":"RECORD","stream":"contacts","#;
    let contacts = messages.lines().filter(|line| line.starts_with(contact));
    let (contacts, expected) = (contacts.count(), 2 * people::DEFAULT_COUNT);
    if contacts != expected {
        return Err(format!("the tap wrote {contacts} contacts, not {expected}"));
    }
    let last = messages.lines().next_back().unwrap_or_default();
    if !last.starts_with(r#"{"type":"STATE","#) {
        return Err("the last message of the tap is no state".to_owned());
    }
    Ok(())
}

/// Starts a server, ends it by SIGTERM, and expects the exit code of the program.
pub(crate) fn stop(program: &Path, path: &OsStr) -> Result<(), String> {
    let mut command = Command::new(program);
    only_path(&mut command, path);
    let mut server = command
        .args(["emulate", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("could not run {}: {error}", program.display()))?;
    let mut line = String::new();
    let mut messages = BufReader::new(server.stderr.take().expect("the messages are piped"));
    let started = messages.read_line(&mut line);
    let ended = output(Command::new("kill").arg(server.id().to_string()));
    let status = server.wait().map_err(|error| error.to_string())?;
    started.map_err(|error| error.to_string())?;
    ended?;
    match status.code() {
        Some(143) => Ok(()),
        _ => Err(format!(
            "SIGTERM ended it with {status} and not with code 143"
        )),
    }
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
    #[cfg(unix)]
    use crate::tools;

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

    #[test]
    fn a_missing_contact_or_state_of_the_tap_is_an_error() {
        let contacts = "{\"type\":\"RECORD\",\"stream\":\"contacts\",\"record\":{}}\n".repeat(2634);
        let state = "{\"type\":\"STATE\",\"value\":{}}";
        assert_eq!(check_messages(&format!("{contacts}{state}")), Ok(()));
        assert_eq!(
            check_messages(&contacts),
            Err("the last message of the tap is no state".to_owned())
        );
        assert_eq!(
            check_messages(state),
            Err("the tap wrote 0 contacts, not 2634".to_owned())
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let program = tools::script(folder.path(), "[ \"$1\" = --version ] && echo whapi 1.2.3");
        let error = run(&program, OsStr::new(""), "1.2.3").unwrap_err();
        let program = program.display();
        let expected = format!("`{program} export --format vcard --demo` failed: exit status: 1\n");
        assert_eq!(error, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_launcher_that_loses_the_exit_code_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for (code, expected) in [
            (143, Ok(())),
            (
                0,
                Err("SIGTERM ended it with exit status: 0 and not with code 143".to_owned()),
            ),
        ] {
            let trap =
                format!("trap 'exit {code}' TERM; echo started >&2; while :; do sleep 0.05; done");
            let program = tools::script(folder.path(), &trap);
            assert_eq!(stop(&program, &path), expected);
        }
    }
}
