//! The arguments of `emulate`.

use clap::{Args, ValueEnum};

use crate::emulator::PARTNER_TOKEN;

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The port on 127.0.0.1; 0 is any free port.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,

    /// The number of made-up contacts.
    #[arg(long, value_name = "N", default_value_t = 1317)]
    pub(crate) contacts: usize,

    /// The token that requests must have.
    #[arg(long, default_value = "demo-token")]
    pub(crate) token: String,

    /// Serve N channels, 1 to 300, and the partner API that lists them.
    ///
    /// The token of the second is that of --token with `-2` behind it, and so on. Faults are those of the
    /// first.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=300))]
    pub(crate) channels: Option<u16>,

    /// The token of the partner API.
    #[arg(long, value_name = "TOKEN", requires = "channels", default_value = PARTNER_TOKEN)]
    pub(crate) partner_token: String,

    /// The seed of the made-up contacts.
    ///
    /// The same seed and number give the same contacts.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// The day before which the made-up chats were active, such as 2026-01-31. [default: today, in
    /// UTC]
    #[arg(long, value_name = "DATE", value_parser = super::select::start_of_day)]
    pub(crate) today: Option<i64>,

    #[command(flatten)]
    pub(crate) faults: FaultArgs,

    #[command(flatten)]
    pub(crate) answers: AnswerArgs,
}

/// Answers of the other calls, for which sources differ.
#[derive(Debug, Args)]
#[command(next_help_heading = "Answers of other calls")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct AnswerArgs {
    /// Answer GET /limits with 204, as for a channel without limits.
    #[arg(long)]
    pub(crate) no_limits: bool,

    /// Return only the first N participants of each group in GET /groups.
    #[arg(long, value_name = "N")]
    pub(crate) participants_cap: Option<usize>,

    /// Return only the last N participants in GET /groups/ID.
    #[arg(long, value_name = "N")]
    pub(crate) group_cap: Option<usize>,

    /// Name a device in the ids of chats and participants: 447700900101:5@s.whatsapp.net.
    #[arg(long)]
    pub(crate) device_ids: bool,

    /// Name blocked people by their LIDs, where they have one.
    #[arg(long)]
    pub(crate) blocked_lids: bool,

    /// Give every chat numbers above 2^64 and above the largest floating-point number.
    #[arg(long)]
    pub(crate) huge_numbers: bool,
}

/// Faults.
#[derive(Debug, Args)]
#[command(next_help_heading = "Faults of GET /contacts")]
pub(crate) struct FaultArgs {
    /// Delay every answer by this many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency_ms: u64,

    /// Return at most N contacts per page.
    #[arg(long, value_name = "N")]
    pub(crate) page_cap: Option<usize>,

    /// Report a total that is off by N.
    #[arg(
        long,
        value_name = "N",
        allow_hyphen_values = true,
        conflicts_with = "no_total"
    )]
    pub(crate) total_off: Option<i64>,

    /// Report no total.
    #[arg(long)]
    pub(crate) no_total: bool,

    /// Return the first page for every offset.
    #[arg(long)]
    pub(crate) same_page: bool,

    /// Apply --fault to every N-th answer.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) fault_every: Option<u64>,

    /// The fault of --fault-every.
    #[arg(long, value_name = "KIND", value_enum, ignore_case = true, default_value_t = FaultKind::Unavailable)]
    pub(crate) fault: FaultKind,

    /// The Retry-After header of status 429 and 503 of --fault.
    #[arg(long, value_name = "VALUE")]
    pub(crate) retry_after: Option<String>,

    /// Before the second page, remove the first N contacts of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) remove: usize,

    /// Before the second page, add N new contacts at the end of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) append: usize,

    /// Before the second page, add N new contacts at the start of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) insert: usize,

    /// The state of the channel.
    #[arg(long, value_name = "STATE", value_enum, ignore_case = true, default_value_t = ChannelArg::Auth)]
    pub(crate) channel: ChannelArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FaultKind {
    /// Service unavailable.
    #[value(name = "503")]
    Unavailable,
    /// Internal server error.
    #[value(name = "500")]
    ServerError,
    /// Too many requests.
    #[value(name = "429")]
    RateLimited,
    /// The trial's limit is reached; the body has another form than documented.
    #[value(name = "402")]
    TrialLimit,
    /// The connection closes in the body.
    Cut,
    /// A complete answer with half of the JSON.
    Truncated,
    /// Status 200 with an HTML page.
    Html,
    /// The connection closes without an answer.
    Close,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ChannelArg {
    /// Ready.
    Auth,
    /// Not linked to a phone.
    Qr,
    /// Stopped.
    Stop,
    /// Failed.
    Error,
    /// Not in sync with the phone.
    SyncError,
    /// Starting; ready after three answers.
    Launch,
    /// The API has no such endpoint.
    Missing,
}
