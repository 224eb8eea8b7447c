//! The echo of the terminal.

use std::io::{self, Write};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// The value of a special character that the terminal does not have.
const DISABLED: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

/// The terminal of standard input does not show what is typed, until this is dropped.
///
/// Ctrl-Z is off meanwhile: a shell may turn the echo on while the program is stopped.
pub(super) struct Hidden {
    before: Termios,
}

impl Hidden {
    pub(super) fn start() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Drops further lines that were pasted, which the shell would show and run.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
        // Ends the line of the question, because the Enter was not shown either.
        let _ = writeln!(io::stderr());
    }
}
