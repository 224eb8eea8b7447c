//! The arguments of `emulate`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The port on 127.0.0.1; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,

    /// How many made-up contacts.
    #[arg(long, value_name = "N", default_value_t = 1317)]
    pub(crate) contacts: usize,

    /// The token that requests must have.
    #[arg(long, default_value = "demo-token")]
    pub(crate) token: String,

    /// Makes other people: the same seed and number give the same ones.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    #[command(flatten)]
    pub(crate) faults: FaultArgs,
}

/// What goes wrong.
#[derive(Debug, Args)]
#[command(next_help_heading = "Faults of GET /contacts")]
pub(crate) struct FaultArgs {
    /// Answer each request this many milliseconds late.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency_ms: u64,

    /// Give at most N contacts at a time, whatever is asked.
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

    /// Give the first page for every offset.
    #[arg(long)]
    pub(crate) same_page: bool,

    /// Spoil every N-th answer, as --fault says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) fault_every: Option<u64>,

    /// How --fault-every spoils an answer.
    #[arg(long, value_name = "KIND", value_enum, default_value_t = FaultKind::Unavailable)]
    pub(crate) fault: FaultKind,

    /// The Retry-After header of a 429 or 503 that --fault makes.
    #[arg(long, value_name = "VALUE")]
    pub(crate) retry_after: Option<String>,

    /// Just before the second page is made, remove the first N contacts of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) remove: usize,

    /// Just before the second page is made, put N new contacts at the end of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) append: usize,

    /// Just before the second page is made, put N new contacts at the start of the list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) insert: usize,

    /// The channel's state.
    #[arg(long, value_name = "STATE", value_enum, default_value_t = ChannelArg::Auth)]
    pub(crate) channel: ChannelArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FaultKind {
    /// Unavailable.
    #[value(name = "503")]
    Unavailable,
    /// Server error.
    #[value(name = "500")]
    ServerError,
    /// Too many requests.
    #[value(name = "429")]
    RateLimited,
    /// The connection closes in the middle of the body.
    Cut,
    /// Half of the JSON, as if it were all.
    Truncated,
    /// 200 with an HTML page.
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
    /// Out of step with the phone.
    SyncError,
    /// Starts, and is ready after three answers.
    Launch,
    /// The gate has no such call.
    Missing,
}
