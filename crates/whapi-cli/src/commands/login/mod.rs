//! `login`: saves the token of a channel, or the sign-in at a service.

mod channel;
#[cfg(feature = "sheets")]
mod google;

use crate::args::LoginArgs;
#[cfg(feature = "sheets")]
use crate::args::LoginService;

/// Signs in and returns the exit code.
pub(crate) fn run(args: &LoginArgs) -> u8 {
    #[cfg(feature = "sheets")]
    if let Some(LoginService::Google(args)) = &args.service {
        return google::run(args);
    }
    channel::run(&args.channel)
}
