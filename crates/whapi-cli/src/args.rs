//! What may be typed. Parsing only: nothing here opens or asks anything.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use time::Date;
use time::format_description::well_known::Iso8601;
use whapi_classify::{NameSource, Nameless, Naming, ReasonKind, Standing};
use whapi_phone::Country;

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
    /// Count all contacts and show the counts: who is saved, why they are in the list, where they
    /// are from.
    Stats(Box<StatsArgs>),
    /// List the formats and their options.
    Exporters(ExportersArgs),
    /// Serve an emulated gate with made-up contacts on a loopback port.
    Emulate(EmulateArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, in roff.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to write; repeatable, and a comma-separated list works. One fetch feeds all. Left out,
    /// it follows the ending of --output.
    #[arg(short, long = "format", value_name = "NAME", value_delimiter = ',')]
    pub(crate) formats: Vec<String>,

    /// Where one format goes; `-` is standard output. An existing file is replaced only when the
    /// new one is complete. [default: contacts.vcf, contacts.csv, … in the current folder]
    #[arg(short, long, value_name = "PATH", conflicts_with = "output_dir")]
    pub(crate) output: Option<PathBuf>,

    /// A folder for the default file names; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,

    /// Write only contacts of this standing: saved, discovered or unknown; repeatable. The summary
    /// counts all three anyway. [default: all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) only: Vec<Standing>,

    /// Compare with an earlier export of ours, a CSV or JSON Lines file: contacts get a change, and
    /// the summary counts who was added, saved, removed from the address book, renamed, and is gone.
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// Set an option of an exporter; with several formats FORMAT.KEY=VALUE, which always works.
    /// `exporters` lists the options.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,

    /// Print what would be asked of the gate and of each destination, and write nothing. Costs one
    /// small request, or none with --from.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print the summary as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,

    // Behind the others, because their headings hold for all that follow.
    #[command(flatten)]
    pub(crate) beside: BesideArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Debug, Args)]
#[command(mut_arg("reasons", |arg| arg.help(
    "Find out why each contact is visible: asks for chats, groups and blocked ids, too. Counts \
     reasons, groups and the activity of chats"
)))]
pub(crate) struct StatsArgs {
    /// Print the counts as one JSON object on standard output.
    #[arg(long, conflicts_with = "html")]
    pub(crate) json: bool,

    /// Write the counts as one HTML page with plots, which needs nothing else to be shown; `-` is
    /// standard output. An existing file is replaced only when the new one is complete.
    #[arg(long, value_name = "PATH")]
    pub(crate) html: Option<PathBuf>,

    /// Show groups by their names, which strangers choose and which are private. [default: Group 1,
    /// Group 2, … by size]
    #[arg(long)]
    pub(crate) names: bool,

    /// Draw bars of `#`, as by itself where the locale is not UTF-8.
    #[arg(long, conflicts_with_all = ["json", "html"])]
    pub(crate) ascii: bool,

    /// Count only contacts of this standing: saved, discovered or unknown; repeatable. [default:
    /// all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) only: Vec<Standing>,

    #[command(flatten)]
    pub(crate) verbosity: VerbosityArgs,

    // Behind the others, because their headings hold for all that follow.
    #[command(flatten)]
    pub(crate) beside: BesideArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// What to ask the gate for beside contacts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Why contacts are visible")]
pub(crate) struct BesideArgs {
    /// Find out why each contact is visible: asks for chats, groups and blocked ids, too. A format
    /// writes the reasons where it has room for them.
    #[arg(long, conflicts_with = "from")]
    pub(crate) reasons: bool,

    /// Find out which phone number and which hidden id (LID) are one person: a request for every
    /// 200 phone numbers.
    #[arg(long, conflicts_with = "from")]
    pub(crate) resolve_lids: bool,

    /// Merge the two entries of a person who is listed with both. Means --resolve-lids.
    #[arg(long, conflicts_with = "from")]
    pub(crate) merge_lids: bool,
}

/// Which contacts. The values of one flag are alternatives; of several flags, all must hold.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which contacts, besides --only; all of these must hold")]
pub(crate) struct FilterArgs {
    #[expect(clippy::doc_markdown, reason = "help would show the backticks")]
    /// Visible for this reason: account, address_book, private_chat, group, blocked or unexplained;
    /// repeatable. Means --reasons.
    #[arg(
        long,
        value_name = "REASON",
        value_delimiter = ',',
        conflicts_with = "from"
    )]
    pub(crate) reason: Vec<ReasonKind>,

    /// Member of this group, by its whole name or its id; repeatable. Means --reasons.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) group: Vec<String>,

    /// With this label on the private chat, by its whole name or its id; repeatable. Means
    /// --reasons.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) label: Vec<String>,

    /// With a phone number of this country, by its two letters (ISO 3166-1), such as DE; repeatable.
    #[arg(long, value_name = "CC", value_delimiter = ',')]
    pub(crate) country: Vec<Country>,

    /// WhatsApp Business accounts only.
    #[arg(long)]
    pub(crate) business: bool,

    /// With a private chat that was active on this day or later, in UTC: 2026-01-31. Means
    /// --reasons.
    #[arg(long, value_name = "DATE", value_parser = start_of_day, conflicts_with = "from")]
    pub(crate) active_since: Option<i64>,

    /// With this text in the name, the pushname or the shown name, in any letter case.
    #[arg(long, value_name = "TEXT")]
    pub(crate) name_contains: Option<String>,
}

/// What contacts are called.
#[derive(Debug, Args)]
#[command(next_help_heading = "What contacts are called")]
pub(crate) struct NameArgs {
    /// Put this in front of every shown name.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) name_prefix: String,

    /// Put this behind every shown name.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) name_suffix: String,

    /// Which name is shown: the first of these that is there. Some of name (in the address book),
    /// pushname (chosen by that person), phone and id, with commas between.
    #[arg(long, value_name = "NAMES", default_value = "name,pushname", value_parser = name_order)]
    pub(crate) name_order: NameOrder,

    /// What somebody without a name is called: number, last-four (`Contact ...1234`) or counter
    /// (`Contact 1`).
    #[arg(long, value_name = "WAY", default_value_t)]
    pub(crate) nameless: Nameless,
}

/// An order of names; a type of its own, so that clap takes it for one value.
#[derive(Debug, Clone)]
pub(crate) struct NameOrder(pub(crate) Vec<NameSource>);

fn name_order(text: &str) -> Result<NameOrder, String> {
    Naming::parse_order(text).map(NameOrder)
}

/// The first second of a day, since 1970-01-01 UTC.
fn start_of_day(text: &str) -> Result<i64, String> {
    let date = Date::parse(text, &Iso8601::DATE);
    let date = date.map_err(|_| format!("`{text}` is not a day such as 2026-01-31"))?;
    Ok(date.midnight().assume_utc().unix_timestamp())
}

/// Where contacts come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where contacts come from")]
pub(crate) struct SourceArgs {
    /// The gate's address; http only for a loopback host. Else WHAPI_BASE_URL, else Whapi's own.
    #[arg(long, value_name = "URL", conflicts_with_all = ["demo", "from"])]
    pub(crate) base_url: Option<String>,

    /// A file that holds the channel's token; `-` is standard input. Else the file that
    /// WHAPI_TOKEN_FILE names, else WHAPI_TOKEN.
    #[arg(long, value_name = "PATH")]
    pub(crate) token_file: Option<PathBuf>,

    /// Saved answers instead of a gate: an answer object, an array of contacts, or either per line
    /// (NDJSON); `-` is standard input.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["demo", "token_file"])]
    pub(crate) from: Option<PathBuf>,

    /// An emulated gate with made-up contacts on a loopback port, over real HTTP.
    #[arg(long, conflicts_with = "token_file")]
    pub(crate) demo: bool,

    /// Contacts to ask for at a time, 2 to 500.
    #[arg(long, value_name = "N", default_value_t = whapi_fetch::MAX_PAGE_SIZE, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) page_size: u32,

    /// Pages under way at a time, 1 to 64. On 429 it halves by itself.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) concurrency: u16,

    /// Stop before request N+1, tries and the channel's state counted.
    #[arg(long, value_name = "N")]
    pub(crate) max_requests: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct VerbosityArgs {
    /// Say less on standard error: warnings and errors only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more on standard error; twice for still more. Never names, numbers or the token.
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Args)]
pub(crate) struct ExportersArgs {
    /// Print the list as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

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
