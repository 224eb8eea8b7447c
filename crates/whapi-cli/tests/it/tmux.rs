//! A real terminal: tmux, whose screen is read as text.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use whapi_test_support::has_program;

use crate::support::{BOUND, Case, check_holds_no_token};

/// Without the line that tmux draws below the screen.
const CONFIG: &str = "set -g status off\nset -g default-shell /bin/sh\n";
/// Runs a program, prints its exit code below what it printed, and keeps the terminal. Ctrl-C is for
/// the program only.
const SCRIPT: &str = r#"trap : INT; "$@"; printf 'exit code: %s' $?; exec sleep 600"#;

/// The time between two looks at the screen.
const POLL: Duration = Duration::from_millis(20);

/// A program on a terminal of its own.
pub(crate) struct Tmux {
    folder: TempDir,
}

impl Tmux {
    /// Starts the program of a case on a terminal of so many columns and 12 rows. `None` where tmux
    /// is not installed.
    pub(crate) fn start(case: &Case, columns: usize, args: &[&str]) -> Option<Self> {
        let mut program = case.command(args);
        program.env("TERM", "screen-256color");
        program.env("LC_ALL", "C.UTF-8");
        Self::start_program(&program, columns)
    }

    /// Starts a shell with the program on its `PATH`. `None` where tmux or the shell is not
    /// installed.
    pub(crate) fn start_shell(case: &Case, shell: &str, args: &[&str]) -> Option<Self> {
        if !has_program(shell) {
            return None;
        }
        let whapi = Path::new(env!("CARGO_BIN_EXE_whapi")).parent().unwrap();
        let mut program = Command::new(shell);
        program.args(args).current_dir(case.path(""));
        program.env("PATH", format!("{}:/usr/bin:/bin", whapi.display()));
        program.env("PS1", "$ ");
        program.env("TERM", "screen-256color");
        Self::start_program(&program, 100)
    }

    fn start_program(program: &Command, columns: usize) -> Option<Self> {
        if !has_program("tmux") {
            return None;
        }
        let tmux = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(tmux.folder.path().join("config"), CONFIG).unwrap();
        let size = columns.to_string();
        let mut start = vec!["new-session", "-d", "-y", "12", "-x", &size];
        start.extend(["sh", "-c", SCRIPT, "sh", "env", "-i"]);
        let set = |(name, value): (&OsStr, Option<&OsStr>)| {
            format!("{}={}", text(name), text(value.unwrap()))
        };
        let variables: Vec<_> = program.get_envs().map(set).collect();
        start.extend(variables.iter().map(String::as_str));
        start.push(text(program.get_program()));
        start.extend(program.get_args().map(text));
        let folder = program.get_current_dir().unwrap();
        tmux.run(&start, text(folder.as_os_str()));
        Some(tmux)
    }

    fn run(&self, args: &[&str], folder: &str) -> String {
        let ran = self.command(args).current_dir(folder).output().unwrap();
        assert!(ran.status.success(), "tmux {args:?}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = Command::new("tmux");
        command
            .arg("-S")
            .arg(path("socket"))
            .arg("-f")
            .arg(path("config"))
            .args(args)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8");
        command
    }

    /// What the screen shows, without empty lines at its end.
    pub(crate) fn screen(&self) -> String {
        let screen = self.run(&["capture-pane", "-p"], "/");
        check_holds_no_token(&screen);
        screen.trim_end().to_owned()
    }

    /// Waits until the screen shows something.
    #[track_caller]
    pub(crate) fn wait_for(&self, shows: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if shows(&screen) {
                return screen;
            }
            assert!(begun.elapsed() < BOUND, "still on the screen:\n{screen}");
            std::thread::sleep(POLL);
        }
    }

    /// Waits for the end of the program. Returns the screen, with the exit code at its end.
    #[track_caller]
    pub(crate) fn end(&self) -> String {
        self.wait_for(|screen| screen.contains("exit code: "))
    }

    pub(crate) fn press(&self, key: &str) {
        self.run(&["send-keys", key], "/");
    }

    pub(crate) fn type_text(&self, text: &str) {
        self.run(&["send-keys", "-l", text], "/");
    }

    pub(crate) fn resize(&self, columns: usize) {
        self.run(&["resize-window", "-x", &columns.to_string()], "/");
    }
}

fn text(value: &OsStr) -> &str {
    value.to_str().unwrap()
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // A test that fails is still to say why.
        let _ = self.command(&["kill-server"]).output();
    }
}
