//! The arguments that select contacts.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use time::Date;
use time::format_description::well_known::Iso8601;
use whapi_classify::{
    InvalidNaming, NameSource, Nameless, Naming, ReasonKind, Standing, UnknownStanding,
};
use whapi_export::whapi_model::{IdKind, StandingBy};
use whapi_fetch::EnrichmentRequest;
use whapi_phone::Country;

use super::api::ApiArgs;

/// The source of contacts, filters, enrichment and names.
///
/// Every command that reads contacts takes them, so that the same flags select the same contacts.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    /// Write only contacts of this status: saved, discovered or unknown.
    ///
    /// Repeatable. The summary counts all three. [default: all]
    #[arg(long, value_name = "STANDING", value_delimiter = ',', value_parser = standing)]
    pub(crate) only: Vec<Standing>,

    /// The field of the API by which a contact is saved.
    ///
    /// phonebook, where the API sends it, or saved alone.
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "phonebook",
        ignore_case = true,
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub(crate) standing_by: StandingField,

    #[command(flatten)]
    pub(crate) enrichment: EnrichmentArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// Parses a value in any letter case.
fn in_any_case<T: FromStr>(text: &str) -> Result<T, T::Err> {
    let parsed = text.to_ascii_lowercase().parse();
    // An error names the value as it was written.
    parsed.or_else(|_| text.parse())
}

/// Parses a standing. `unsaved` means discovered.
fn standing(text: &str) -> Result<Standing, UnknownStanding> {
    if text.eq_ignore_ascii_case("unsaved") {
        return Ok(Standing::Discovered);
    }
    in_any_case(text)
}

/// The value of `--standing-by`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StandingField {
    Phonebook,
    Saved,
}

impl From<StandingField> for StandingBy {
    fn from(field: StandingField) -> Self {
        match field {
            StandingField::Phonebook => Self::Phonebook,
            StandingField::Saved => Self::Saved,
        }
    }
}

/// What to request beside contacts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Why contacts are visible")]
pub(crate) struct EnrichmentArgs {
    /// Find out why each contact is visible.
    ///
    /// Requests chats, groups and blocked ids too. Formats write the reasons if they have a field for
    /// them.
    #[arg(long, conflicts_with = "from")]
    pub(crate) reasons: bool,

    /// Find out which phone number and which hidden id (LID) are one person.
    ///
    /// Sends a request for every 200 phone numbers.
    #[arg(long, conflicts_with = "from")]
    pub(crate) resolve_lids: bool,

    /// Merge the two entries of a person who is listed with both.
    ///
    /// Implies --resolve-lids.
    #[arg(long, conflicts_with = "from")]
    pub(crate) merge_lids: bool,

    /// Look up at most N LIDs without a number one by one.
    ///
    /// With --resolve-lids; a request each. 0 turns it off.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "N",
        default_value_t = EnrichmentRequest::DEFAULT_LID_LOOKUPS,
        conflicts_with = "from"
    )]
    pub(crate) max_lid_lookups: u64,
}

/// Filters. The values of one flag are combined with OR, different flags with AND.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters (combined with AND)")]
pub(crate) struct FilterArgs {
    #[expect(clippy::doc_markdown, reason = "help would show the backticks")]
    /// Visible for this reason, such as group or private_chat.
    ///
    /// account, address_book, private_chat, group, blocked or unexplained; repeatable. Implies --reasons.
    #[arg(
        long,
        value_name = "REASON",
        value_delimiter = ',',
        value_parser = in_any_case::<ReasonKind>,
        conflicts_with = "from"
    )]
    pub(crate) reason: Vec<ReasonKind>,

    /// Member of this group, by its full name or its id.
    ///
    /// Repeatable. Implies --reasons.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) group: Vec<String>,

    /// With this label on the private chat, by its full name or its id.
    ///
    /// Repeatable. Implies --reasons.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) label: Vec<String>,

    /// With a phone number of this country, such as DE.
    ///
    /// A two-letter code (ISO 3166-1); repeatable.
    #[arg(long, value_name = "CC", value_delimiter = ',')]
    pub(crate) country: Vec<Country>,

    /// Of this kind: phone, lid or other.
    ///
    /// Of a lid the number is hidden, and other is no person: groups, newsletters, broadcasts. Repeatable.
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = in_any_case::<IdKind>)]
    pub(crate) kind: Vec<IdKind>,

    /// With a phone number.
    ///
    /// That of a merged LID included.
    #[arg(long)]
    pub(crate) with_phone: bool,

    /// WhatsApp Business accounts only.
    #[arg(long)]
    pub(crate) business: bool,

    /// With a private chat that was active on this day or later, such as 2026-01-31.
    ///
    /// The day is in UTC. Implies --reasons.
    #[arg(long, value_name = "DATE", value_parser = start_of_day, conflicts_with = "from")]
    pub(crate) active_since: Option<i64>,

    /// With this text in the name, the pushname or the shown name.
    ///
    /// Letter case does not matter.
    #[arg(long, value_name = "TEXT")]
    pub(crate) name_contains: Option<String>,
}

/// The heading of [`NameArgs`] in the help text.
pub(crate) const NAMES_HEADING: &str = "Shown names";

/// How shown names are made.
#[derive(Debug, Args)]
#[command(next_help_heading = NAMES_HEADING)]
pub(crate) struct NameArgs {
    /// Add this text before every shown name.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        hide_short_help = true
    )]
    pub(crate) name_prefix: String,

    /// Add this text after every shown name.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        hide_short_help = true
    )]
    pub(crate) name_suffix: String,

    /// Show the first of these that exists.
    ///
    /// A comma-separated list of name (in the address book), pushname (chosen by that person), phone and
    /// id.
    #[arg(
        long,
        value_name = "NAMES",
        default_value = "name,pushname",
        value_parser = name_order,
        hide_short_help = true
    )]
    pub(crate) name_order: NameOrder,

    /// How to name contacts without a name.
    ///
    /// number, last-four (`Contact ...1234`) or counter (`Contact 1`).
    #[arg(
        long,
        value_name = "WAY",
        default_value_t,
        value_parser = in_any_case::<Nameless>,
        hide_short_help = true
    )]
    pub(crate) nameless: Nameless,
}

/// An order of names. clap would take a `Vec` for several values.
#[derive(Debug, Clone)]
pub(crate) struct NameOrder(pub(crate) Vec<NameSource>);

fn name_order(text: &str) -> Result<NameOrder, InvalidNaming> {
    let order = Naming::parse_order(&text.to_ascii_lowercase());
    // An error names the value as it was written.
    order.or_else(|_| Naming::parse_order(text)).map(NameOrder)
}

/// Parses a day. Returns its first second since 1970-01-01 UTC.
pub(super) fn start_of_day(text: &str) -> Result<i64, String> {
    let date = Date::parse(text, &Iso8601::DATE);
    let date = date.map_err(|_| format!("`{text}` is not a day such as 2026-01-31"))?;
    Ok(date.midnight().assume_utc().unix_timestamp())
}

/// The source of contacts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source of contacts")]
pub(crate) struct SourceArgs {
    #[command(flatten)]
    pub(crate) api: ApiArgs,

    /// Read saved answers instead of the Whapi API; `-` is standard input.
    ///
    /// An answer object, an array of contacts, or one of these per line (NDJSON).
    #[arg(long, value_name = "PATH", conflicts_with_all = ["base_url", "channels", "demo", "token_file"])]
    pub(crate) from: Option<PathBuf>,

    /// Contacts per request, 2 to 500.
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = whapi_fetch::MAX_PAGE_SIZE, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) page_size: u32,

    /// Pages to request in parallel, 1 to 64.
    ///
    /// The number is halved after status 429.
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) concurrency: u16,
}
