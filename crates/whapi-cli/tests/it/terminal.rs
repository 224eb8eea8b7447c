//! The program on a terminal of its own, and a person who types.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::support::{BOUND, Case, bounded, check_holds_no_token};

/// Ends what the program showed.
const MARK: &str = "\u{4}end\u{4}";

/// A terminal on which the program runs.
pub(crate) struct Terminal {
    /// The end of the person.
    person: File,
    /// The end of the program, kept open so that it can be looked at when the program has ended.
    program: File,
    shown: Arc<(Mutex<String>, Condvar)>,
    child: Child,
}

/// What was on the terminal in the end.
pub(crate) struct Shown {
    pub(crate) code: Option<i32>,
    /// With `\n` at the ends of lines.
    pub(crate) screen: String,
}

impl Terminal {
    /// Starts the program with these arguments. All of its streams are the terminal, which it can
    /// control: Ctrl-C sends it a signal.
    pub(crate) fn start(case: &Case, args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let name = std::ffi::OsStr::from_bytes(name.as_bytes());
        let program = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name)
            .unwrap();
        let stream = || program.try_clone().unwrap();

        let whapi = case.command(args);
        let mut command = Command::new("/usr/bin/setsid");
        command
            .args(["--ctty", "--wait"])
            .arg(whapi.get_program())
            .args(whapi.get_args())
            .current_dir(whapi.get_current_dir().unwrap())
            .env_clear()
            .env("TERM", "dumb")
            .envs(
                whapi
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(stream())
            .stdout(stream())
            .stderr(stream());
        let child = command.spawn().unwrap();
        let person = File::from(master);
        let shown = Arc::default();
        read_all(person.try_clone().unwrap(), &shown);
        Self {
            person,
            program,
            shown,
            child,
        }
    }

    /// Waits until the terminal shows this text so many times.
    pub(crate) fn wait_for(&self, text: &str, times: usize) {
        let (shown, changed) = &*self.shown;
        let (shown, waited) = changed
            .wait_timeout_while(shown.lock().unwrap(), BOUND, |shown| {
                shown.matches(text).count() < times
            })
            .unwrap();
        assert!(!waited.timed_out(), "no {text:?} in {shown:?}");
    }

    /// Types this text.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// Whether the terminal shows what is typed.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.program).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    }

    /// The id of the program.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end, and checks that the terminal is as it was and never showed the token.
    pub(crate) fn end(self) -> Shown {
        let Self {
            person,
            program,
            shown,
            mut child,
        } = self;
        let status: ExitStatus = bounded(move || child.wait().unwrap());
        let modes = tcgetattr(&program).unwrap();
        assert!(
            modes
                .local_modes
                .contains(LocalModes::ECHO | LocalModes::ICANON)
        );
        assert_eq!(
            modes.special_codes[rustix::termios::SpecialCodeIndex::VSUSP],
            0x1a
        );
        let typed_ahead = rustix::io::ioctl_fionread(&program).unwrap();
        assert_eq!(typed_ahead, 0, "the shell would get what was typed");
        // What was shown before this mark has been read when the mark has.
        (&program).write_all(MARK.as_bytes()).unwrap();
        let (lock, changed) = &*shown;
        let (screen, _) = changed
            .wait_timeout_while(lock.lock().unwrap(), BOUND, |shown| !shown.contains(MARK))
            .unwrap();
        let screen = screen.replace(MARK, "").replace("\r\n", "\n");
        drop(person);
        check_holds_no_token(&screen);
        Shown {
            code: status.code(),
            screen,
        }
    }
}

impl Shown {
    /// Ended with this code, and showed exactly this.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, screen: &str) {
        assert_eq!((self.code, &*self.screen), (Some(code), screen));
    }
}

/// Reads what a terminal shows, in a thread that ends with it.
fn read_all(mut terminal: File, shown: &Arc<(Mutex<String>, Condvar)>) {
    let shown = Arc::clone(shown);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = terminal.read(&mut bytes) {
            let (text, changed) = &*shown;
            let read = String::from_utf8_lossy(&bytes[..read]);
            text.lock().unwrap().push_str(&read);
            changed.notify_all();
        }
    });
}
