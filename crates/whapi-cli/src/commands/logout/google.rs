//! `logout google`: deletes the saved sign-in.

use whapi_export::Result;

use crate::args::VerbosityArgs;
use crate::console::Console;
use crate::error::CliError;
use crate::runner::run_to_end;
use crate::{exit, google};

/// Deletes the sign-in and returns the exit code.
pub(super) fn run() -> u8 {
    let console = Console::new(false);
    let run = async {
        sign_out(console).map_err(CliError::sign_in)?;
        Ok(exit::COMPLETE)
    };
    run_to_end(run, &VerbosityArgs::default(), None, console)
}

fn sign_out(console: Console) -> Result<()> {
    let path = google::path()?;
    let deleted = google::delete(&path)?;
    let path = path.display();
    if deleted {
        console.notice(format_args!("The sign-in in {path} is deleted."));
    } else {
        console.notice(format_args!("There is no saved sign-in in {path}."));
    }
    console.notice(format_args!(
        "To withdraw the access at Google as well, remove your app at {}.",
        google::CONNECTIONS
    ));
    Ok(())
}
