//! `logout`: deletes the saved token of a channel, or the saved sign-in at a service.

mod channel;
#[cfg(feature = "sheets")]
mod google;

use crate::args::LogoutArgs;
#[cfg(feature = "sheets")]
use crate::args::LogoutService;

/// Deletes what was saved and returns the exit code.
pub(crate) fn run(args: &LogoutArgs) -> u8 {
    #[cfg(feature = "sheets")]
    if let Some(LogoutService::Google) = args.service {
        return google::run();
    }
    channel::run(&args.channel)
}
