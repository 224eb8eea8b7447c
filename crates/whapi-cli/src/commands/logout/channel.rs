//! `logout` from a channel: deletes its saved token.

use crate::args::ChannelLogoutArgs;
use crate::config::{self, ChannelName, ConfigFile};
use crate::console::Console;
use crate::error::CliError;
use crate::exit;
use crate::runner::run_to_end;

/// Logs out and returns the exit code.
pub(super) fn run(args: &ChannelLogoutArgs) -> u8 {
    let console = Console::new(args.verbosity.quiet);
    run_to_end(
        async { logout(args, console) },
        &args.verbosity,
        None,
        console,
    )
}

fn logout(args: &ChannelLogoutArgs, console: Console) -> Result<u8, CliError> {
    let name = ChannelName::from_flag(&args.name.channel)?;
    let file = ConfigFile::locate(args.name.config.as_deref()).ok_or_else(config::no_folder)?;
    let deleted = config::delete(file, &name)?;
    let path = deleted.token_file.display();
    if deleted.any {
        console.info(format_args!(
            "The token of channel `{name}` in {path} is deleted."
        ));
        console.info("To make it invalid as well, renew it in Whapi's panel.");
    } else {
        console.info(format_args!(
            "There is no saved token of channel `{name}` in {path}."
        ));
    }
    Ok(exit::COMPLETE)
}
