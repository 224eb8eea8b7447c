//! Other programs: finding and running them.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Finds a program on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file())
}

/// Runs a program and returns its standard output.
///
/// A failure is an error that quotes what the program wrote.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let run = command
        .output()
        .map_err(|error| format!("could not run {name}: {error}"))?;
    if run.status.success() {
        return Ok(run.stdout);
    }
    let arguments: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    Err(format!(
        "`{name} {}` failed: {}\n{}{}",
        arguments.join(" "),
        run.status,
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    ))
}

/// Runs cargo, which prints where this program does. Returns whether it succeeded.
pub(crate) fn cargo_succeeds(cargo: &mut Command) -> Result<bool, String> {
    let status = cargo
        .status()
        .map_err(|error| format!("could not run cargo: {error}"))?;
    Ok(status.success())
}

/// Like [`output`], as text without the last line end.
pub(crate) fn text(command: &mut Command) -> Result<String, String> {
    let bytes = output(command)?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{command:?}: {error}"))?;
    Ok(text.trim_end().to_owned())
}

/// Finds Python.
pub(crate) fn find_python() -> Option<PathBuf> {
    find("python3").or_else(|| find("python"))
}

/// Returns whether this process may do everything.
pub(crate) fn is_root() -> bool {
    text(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// Writes a shell script that stands for the program in a test.
#[cfg(all(test, unix))]
pub(crate) fn script(folder: &std::path::Path, text: &str) -> PathBuf {
    let (source, program) = (folder.join("source"), folder.join("whapi"));
    std::fs::write(&source, format!("#!/bin/sh\n{text}\n")).unwrap();
    // A file that this process had open for writing could not be run while another test forks.
    let mut install = Command::new("install");
    output(install.arg("-m755").arg(source).arg(&program)).unwrap();
    program
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_failure_quotes_what_the_program_wrote() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo out; echo err >&2; exit 3"]);
        let expected = "`sh -c echo out; echo err >&2; exit 3` failed: exit status: 3\nout\nerr\n";
        assert_eq!(output(&mut shell), Err(expected.to_owned()));
        assert_eq!(text(Command::new("echo").arg("a")), Ok("a".to_owned()));
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program"), None);
    }
}
