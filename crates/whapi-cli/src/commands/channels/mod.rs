//! `channels`: the channels of the configuration, and those of a partner account.

mod configured;
mod partner;
mod saved;

use crate::args::{ChannelsArgs, ChannelsCommand};

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &ChannelsArgs) -> u8 {
    match &args.command {
        None => configured::run(&args.configured),
        Some(ChannelsCommand::List(args)) => partner::run(args),
    }
}
