//! The arguments of the command line. Parses them only; opens and requests nothing.

mod api;
mod channel_list;
mod channels;
mod check;
#[cfg(feature = "program")]
mod conformance;
#[cfg(feature = "dataset")]
mod dataset;
mod emulate;
mod export;
mod exporters;
mod list;
mod login;
mod man;
mod select;
mod stats;
#[cfg(feature = "tap")]
mod tap;
mod verbosity;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use api::ApiArgs;
pub(crate) use channel_list::{
    ChannelsArgs, ChannelsCommand, ConfiguredChannelsArgs, PartnerChannelsArgs,
};
pub(crate) use check::CheckArgs;
#[cfg(feature = "program")]
pub(crate) use conformance::ConformanceArgs;
#[cfg(feature = "dataset")]
pub(crate) use dataset::{DatasetArgs, DatasetCheckArgs, DatasetCommand};
pub(crate) use emulate::{ChannelArg, EmulateArgs, FaultArgs, FaultKind};
pub(crate) use export::ExportArgs;
pub(crate) use exporters::ExportersArgs;
pub(crate) use list::ListArgs;
pub(crate) use login::{ChannelLoginArgs, ChannelLogoutArgs, LoginArgs, LogoutArgs};
#[cfg(feature = "sheets")]
pub(crate) use login::{GoogleLoginArgs, LoginService, LogoutService};
pub(crate) use man::ManArgs;
pub(crate) use select::{EnrichmentArgs, FilterArgs, NameArgs, SelectArgs, SourceArgs};
pub(crate) use stats::StatsArgs;
#[cfg(feature = "tap")]
pub(crate) use tap::TapArgs;
pub(crate) use verbosity::VerbosityArgs;

/// Every contact of a WhatsApp channel, classified, as vCard, CSV and more.
#[derive(Debug, Parser)]
#[command(
    name = "whapi",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch all contacts, classify them, and write them in one or more formats.
    Export(Box<ExportArgs>),
    /// Count all contacts and show the counts: by status, by reason and by country.
    Stats(Box<StatsArgs>),
    /// List the formats and their options.
    Exporters(ExportersArgs),
    /// Show the state of the channel, its number, how many contacts it has and what a trial has left.
    Check(CheckArgs),
    /// List the channels of the configuration, or those of a partner account.
    Channels(ChannelsArgs),
    /// List the groups of the channel, for --group.
    Groups(ListArgs),
    /// List the labels of the channel, for --label.
    Labels(ListArgs),
    /// Save the token of a channel, or sign in to a service to which contacts are exported.
    Login(LoginArgs),
    /// Delete the saved token of a channel, or a saved sign-in.
    Logout(LogoutArgs),
    /// Test an exporter program against the rules that every exporter keeps.
    #[cfg(feature = "program")]
    Conformance(ConformanceArgs),
    /// Work with datasets that `export --format dataset` wrote.
    #[cfg(feature = "dataset")]
    Dataset(DatasetArgs),
    /// Write contacts, groups and chats by the Singer protocol, for Meltano and others.
    #[cfg(feature = "tap")]
    Tap(TapArgs),
    /// Serve an emulated Whapi API with made-up contacts on a loopback port.
    Emulate(EmulateArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        #[arg(ignore_case = true)]
        shell: Shell,
    },
    /// Print the manual page of a command, in roff, or write all pages.
    Man(ManArgs),
}
