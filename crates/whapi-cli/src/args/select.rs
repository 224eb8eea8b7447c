//! The arguments that select contacts.

use std::path::PathBuf;

use clap::Args;
use time::Date;
use time::format_description::well_known::Iso8601;
use whapi_classify::{NameSource, Nameless, Naming, ReasonKind, Standing};
use whapi_phone::Country;

/// Which contacts, where they come from, and what they are called.
///
/// Every command that reads contacts takes these, so that the same flags select the same contacts.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    /// Write only contacts of this standing: saved, discovered or unknown; repeatable. The summary
    /// counts all three anyway. [default: all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) only: Vec<Standing>,

    #[command(flatten)]
    pub(crate) enrichment: EnrichmentArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// What to ask the gate for beside contacts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Why contacts are visible")]
pub(crate) struct EnrichmentArgs {
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

/// The heading of [`NameArgs`] in the help text.
pub(crate) const NAMES_HEADING: &str = "What contacts are called";

/// What contacts are called.
#[derive(Debug, Args)]
#[command(next_help_heading = NAMES_HEADING)]
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
