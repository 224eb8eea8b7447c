//! Saves the channels of the partner API: what to do with each, and the files.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::Hash;
use std::path::{Path, PathBuf};

use whapi_fetch::Token;
use whapi_secret::{holds_token, mode_open_to_others, read_bounded};

use super::channel::{Channel, ChannelName, TokenPlace};
use super::edit::{NewChannel, with_ids, with_new_channels};
use super::file::{Config, ConfigFile, MOST_BYTES};
use super::names::{Names, name_of};
use super::saved::{FOLDER, make_folder_of, prepared, prepared_config, write};
use crate::error::CliError;

/// No token file that this program wrote is longer.
const LONGEST_FILE: u64 = 64 << 10;

/// A channel of the partner API.
#[derive(Debug)]
pub(crate) struct ListedChannel {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    /// Its token and address, or why it has none that can be used.
    pub(crate) access: Result<ListedAccess, String>,
}

/// The token of a listed channel, and where it may be sent.
#[derive(Debug)]
pub(crate) struct ListedAccess {
    pub(crate) token: Token,
    /// `None` for the public address.
    pub(crate) base_url: Option<String>,
}

/// What was done with a listed channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Added,
    Updated,
    Unchanged,
    LeftOut,
}

impl Action {
    /// All actions, in the order in which they are counted.
    pub(crate) const ALL: [Self; 4] = [Self::Added, Self::Updated, Self::Unchanged, Self::LeftOut];

    /// The words for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::LeftOut => "left out",
        }
    }
}

/// What was done with a listed channel, and its name in the configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SavedChannel {
    /// `None` for a channel that the configuration does not have.
    pub(crate) name: Option<ChannelName>,
    pub(crate) action: Action,
    /// What the user should know: why it is left out, or what was kept.
    pub(crate) note: Option<String>,
}

/// The channels that were saved, in the order of the list.
#[derive(Debug)]
pub(crate) struct SavedList {
    pub(crate) path: PathBuf,
    pub(crate) channels: Vec<SavedChannel>,
    /// How many channels of the configuration have ids that the list lacks.
    pub(crate) not_listed: usize,
    /// What the user should know, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Saves the tokens of listed channels with mode 0600, each in a file, and then their entries in the
/// configuration, which is replaced once. Removes nothing.
///
/// Interrupted at any moment, it leaves the configuration as it was or complete, and a second run
/// finishes the work.
///
/// # Errors
///
/// If a file cannot be written or is being written by another run, and if the configuration would
/// become too long to be read.
pub(crate) fn save_listed(
    file: ConfigFile,
    listed: &[ListedChannel],
) -> Result<SavedList, CliError> {
    let folder = file.folder().to_owned();
    make_folder_of(&file.path)?;
    // Locked before it is read, so that no other run changes it meanwhile.
    let saved_config = prepared_config(&file)?;
    let config = file.read_if_there()?;
    let plans = plan(&config, listed);
    let before = config.text.as_deref().unwrap_or_default();
    let after = changed(before, &plans, listed);
    if after.len() as u64 > MOST_BYTES {
        return Err(CliError::usage(format!(
            "`{}` would be longer than {} MiB, the most that is read; nothing was written",
            config.file.path.display(),
            MOST_BYTES >> 20
        )));
    }
    let mut saved = SavedList {
        path: config.file.path.clone(),
        channels: Vec::new(),
        not_listed: not_listed(&config, listed),
        warnings: Vec::new(),
    };
    for (plan, channel) in plans.into_iter().zip(listed) {
        let done = carry_out(plan, channel, &folder, &mut saved.warnings)?;
        saved.channels.push(done);
    }
    if after != before {
        let warnings = write(saved_config, after.as_bytes())?;
        saved.warnings.extend(warnings);
    }
    Ok(saved)
}

fn not_listed(config: &Config, listed: &[ListedChannel]) -> usize {
    let listed: HashSet<_> = listed.iter().map(|channel| channel.id.as_str()).collect();
    let ids = config
        .channels
        .iter()
        .filter_map(|entry| entry.id.as_deref());
    ids.filter(|id| !listed.contains(id)).count()
}

/// What to do with a listed channel.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    LeftOut(String),
    /// The configuration has it, with a token of a person's own.
    Kept(ChannelName),
    /// The configuration has it.
    Renewed {
        name: ChannelName,
        /// Whether the entry gets the id.
        gets_id: bool,
        note: Option<String>,
    },
    New(ChannelName),
}

/// Decides for each listed channel.
fn plan(config: &Config, listed: &[ListedChannel]) -> Vec<Plan> {
    let entries = Entries::new(config, listed);
    let mut names = names_in_use(config);
    let plans = listed.iter().map(|channel| {
        if let Some(problem) = problem_of_id(&channel.id) {
            return Plan::LeftOut(problem.to_owned());
        }
        match (&channel.access, entries.find(channel)) {
            (Err(problem), _) => Plan::LeftOut(problem.clone()),
            (Ok(access), Some(entry)) => plan_entry(entry, access),
            (Ok(access), None) => match problem_of_address(access) {
                Some(problem) => Plan::LeftOut(problem.to_owned()),
                None => Plan::New(names.find(channel.name.as_deref(), &channel.id)),
            },
        }
    });
    plans.collect()
}

/// The entries of the configuration, to find that of a listed channel.
struct Entries<'a> {
    /// By their ids.
    ids: HashMap<&'a str, &'a Channel>,
    /// Those without an id, by the saved tokens that just one of the other channels has.
    tokens: HashMap<String, &'a Channel>,
    /// The rest of those without an id, by the names that just one of the other channels has.
    names: HashMap<ChannelName, &'a Channel>,
}

impl<'a> Entries<'a> {
    fn new(config: &'a Config, listed: &[ListedChannel]) -> Self {
        // Of entries with the same id, the first counts.
        let entries = config.channels.iter().rev();
        let by_id: HashMap<_, _> = entries
            .filter_map(|entry| Some((entry.id.as_deref()?, entry)))
            .collect();
        let others: Vec<_> = listed
            .iter()
            .filter(|channel| !by_id.contains_key(channel.id.as_str()))
            .collect();
        let tokens = counts(others.iter().filter_map(|channel| token_of(channel)));
        let names = counts(others.iter().filter_map(|channel| own_name(channel)));
        let (mut by_token, mut by_name) = (HashMap::new(), HashMap::new());
        for entry in config.channels.iter().filter(|entry| entry.id.is_none()) {
            let token = saved_token(config, entry);
            if let Some(token) = token.filter(|token| tokens.get(&**token) == Some(&1)) {
                by_token.entry(token).or_insert(entry);
            } else if names.get(&entry.name) == Some(&1) {
                by_name.insert(entry.name.clone(), entry);
            }
        }
        Self {
            ids: by_id,
            tokens: by_token,
            names: by_name,
        }
    }

    /// The entry with the id of a channel, or else one without an id that has its token, or else its name.
    fn find(&self, channel: &ListedChannel) -> Option<&'a Channel> {
        let by_token = || self.tokens.get(token_of(channel)?);
        let by_name = || self.names.get(&own_name(channel)?);
        let by_id = self.ids.get(channel.id.as_str());
        by_id.or_else(by_token).or_else(by_name).copied()
    }
}

/// How often each of these comes.
fn counts<T: Eq + Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

fn token_of(channel: &ListedChannel) -> Option<&str> {
    let access = channel.access.as_ref().ok()?;
    Some(access.token.expose())
}

/// The token that this program saved for an entry. `None` if there is none, or it cannot be read.
fn saved_token(config: &Config, entry: &Channel) -> Option<String> {
    if !entry.is_of_login() {
        return None;
    }
    let path = config.file.folder().join(entry.name.token_file());
    let bytes = read_bounded(File::open(path).ok()?, LONGEST_FILE).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.trim().to_owned())
}

fn plan_entry(entry: &Channel, access: &ListedAccess) -> Plan {
    let name = entry.name.clone();
    if !entry.is_of_login() {
        return Plan::Kept(name);
    }
    let address = entry
        .base_url
        .as_deref()
        .map(|url| url.trim_end_matches('/'));
    let public = Some(whapi_fetch::DEFAULT_BASE_URL);
    let is_same = address.or(public) == access.base_url.as_deref().or(public);
    Plan::Renewed {
        name,
        gets_id: entry.id.is_none(),
        note: (!is_same)
            .then(|| "the list has another address for it; that of config.toml is kept".to_owned()),
    }
}

/// The name that a listed channel has by its own texts.
fn own_name(channel: &ListedChannel) -> Option<ChannelName> {
    name_of(channel.name.as_deref()?)
}

/// Why the configuration cannot hold this id.
fn problem_of_id(id: &str) -> Option<&'static str> {
    if holds_token(id) {
        return Some("its id looks like a token, which config.toml never holds");
    }
    // A token in an id was replaced by a mark in brackets, so that two ids could be the same.
    let is_plain = id
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'[');
    (!is_plain).then_some("its id has characters that no id has")
}

/// Why the configuration cannot hold the address of a new entry.
fn problem_of_address(access: &ListedAccess) -> Option<&'static str> {
    let has_token = access.base_url.as_deref().is_some_and(holds_token);
    has_token.then_some("its address has what looks like a token, which config.toml never holds")
}

/// The names of all entries, and those whose token files an entry uses.
fn names_in_use(config: &Config) -> Names {
    let mut names = Names::default();
    for entry in &config.channels {
        names.take(entry.name.as_str());
        if let TokenPlace::File(path) = &entry.token
            && path.parent().is_some_and(|folder| folder.ends_with(FOLDER))
            && let Some(name) = path.file_stem()
        {
            names.take(&name.to_string_lossy());
        }
    }
    names
}

/// The text of the configuration with new channels and ids.
fn changed(before: &str, plans: &[Plan], listed: &[ListedChannel]) -> String {
    let (mut ids, mut new) = (Vec::new(), Vec::new());
    for (plan, channel) in plans.iter().zip(listed) {
        match (plan, &channel.access) {
            (Plan::New(name), Ok(access)) => new.push(NewChannel {
                name,
                id: Some(&channel.id),
                base_url: access.base_url.as_deref(),
                is_default: false,
            }),
            (
                Plan::Renewed {
                    name,
                    gets_id: true,
                    ..
                },
                _,
            ) => ids.push((name, &*channel.id)),
            _ => {}
        }
    }
    with_new_channels(&with_ids(before, &ids), &new)
}

/// Saves the token of a channel, if its plan says so and the file does not hold it.
fn carry_out(
    plan: Plan,
    channel: &ListedChannel,
    folder: &Path,
    warnings: &mut Vec<String>,
) -> Result<SavedChannel, CliError> {
    let mut saved_token = |name: &ChannelName| match &channel.access {
        Ok(access) => save_token(&access.token, &folder.join(name.token_file()), warnings),
        Err(_) => Ok(false),
    };
    let (name, action, note) = match plan {
        Plan::LeftOut(reason) => (None, Action::LeftOut, Some(reason)),
        Plan::Kept(name) => {
            let note = "its token stays where config.toml has it".to_owned();
            (Some(name), Action::Unchanged, Some(note))
        }
        Plan::New(name) => {
            saved_token(&name)?;
            (Some(name), Action::Added, None)
        }
        Plan::Renewed {
            name,
            gets_id,
            note,
        } => {
            let is_changed = saved_token(&name)? || gets_id;
            let action = if is_changed {
                Action::Updated
            } else {
                Action::Unchanged
            };
            (Some(name), action, note)
        }
    };
    Ok(SavedChannel { name, action, note })
}

/// Writes a token, unless the file holds it and is for its owner only. Returns whether it wrote.
fn save_token(token: &Token, path: &Path, warnings: &mut Vec<String>) -> Result<bool, CliError> {
    let line = format!("{}\n", token.expose());
    if holds(path, line.as_bytes()) {
        return Ok(false);
    }
    warnings.extend(write(prepared(path)?, line.as_bytes())?);
    Ok(true)
}

/// Whether a file for its owner only holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let read = || {
        let file = File::open(path)?;
        let is_private = mode_open_to_others(&file.metadata()?).is_none();
        Ok::<_, std::io::Error>(is_private && read_bounded(file, LONGEST_FILE)? == bytes)
    };
    read().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::parse;

    fn config(text: &str) -> Config {
        let file = ConfigFile::locate(Some(Path::new("config.toml"))).unwrap();
        Config {
            file,
            text: Some(text.to_owned()),
            channels: parse(text).unwrap().channels,
            exporters: Vec::new(),
        }
    }

    fn listed(id: &str, name: &str) -> ListedChannel {
        let access = ListedAccess {
            token: Token::new("s3cret", "the test").unwrap(),
            base_url: None,
        };
        ListedChannel {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            access: Ok(access),
        }
    }

    /// The plans as text: what, the name, and whether it gets the id.
    #[track_caller]
    fn check(text: &str, channels: &[(&str, &str)], expected: &[&str]) {
        let channels: Vec<_> = channels.iter().map(|(id, name)| listed(id, name)).collect();
        let plans = plan(&config(text), &channels);
        let shown = plans.iter().map(|plan| match plan {
            Plan::LeftOut(reason) => format!("left out: {reason}"),
            Plan::Kept(name) => format!("kept {name}"),
            Plan::Renewed {
                name,
                gets_id,
                note,
            } => {
                assert_eq!(note, &None);
                format!("renewed {name} {gets_id}")
            }
            Plan::New(name) => format!("new {name}"),
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    fn own(name: &str, more: &str) -> String {
        format!("[channels.{name}]\ntoken_file = \"channels/{name}.token\"\n{more}\n")
    }

    #[test]
    fn new_channels_get_names_that_are_free() {
        check(
            &own("shop", "id = \"A-9\""),
            &[("A-1", "Shop"), ("A-2", "Office"), ("A-3", "office")],
            &["new A-1", "new Office", "new A-3"],
        );
        // Another entry reads the file that it would get.
        let mine = "[channels.mine]\ntoken_file = \"channels/Shop.token\"\n";
        check(mine, &[("A-1", "shop")], &["new A-1"]);
        let mine = "[channels.mine]\ntoken_file = \"/home/ada/shop.token\"\n";
        check(mine, &[("A-1", "shop")], &["new shop"]);
    }

    #[test]
    fn entries_are_found_by_their_id_whatever_the_name() {
        check(
            &own("shop", "id = \"A-1\""),
            &[("A-2", "shop"), ("A-1", "Renamed"), ("a-1", "x")],
            &["new A-2", "renewed shop false", "new x"],
        );
    }

    #[test]
    fn entries_without_an_id_are_found_by_a_name_that_one_channel_has() {
        let text = own("shop", "") + &own("office", "");
        check(
            &text,
            &[("A-1", "SHOP"), ("A-2", "office"), ("A-3", "Office")],
            &["renewed shop true", "new A-2", "new A-3"],
        );
    }

    #[test]
    fn a_token_of_a_persons_own_is_kept() {
        for place in [
            "token_env = \"A\"",
            "token_command = [\"a\"]",
            "token_file = \"/t\"",
        ] {
            let text = format!("[channels.shop]\n{place}\nid = \"A-1\"\n");
            check(
                &text,
                &[("A-1", "x"), ("A-2", "shop")],
                &["kept shop", "new A-2"],
            );
            let text = format!("[channels.shop]\n{place}\n");
            check(&text, &[("A-1", "shop")], &["kept shop"]);
        }
    }

    #[test]
    fn ids_that_the_configuration_cannot_hold() {
        let token = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";
        check(
            "",
            &[
                (token, "Shop"),
                ("a b", "Shop"),
                ("a\u{202e}", "Shop"),
                ("A-[token]", "Shop"),
            ],
            &[
                "left out: its id looks like a token, which config.toml never holds",
                "left out: its id has characters that no id has",
                "left out: its id has characters that no id has",
                "left out: its id has characters that no id has",
            ],
        );
    }

    #[test]
    fn another_address_is_kept_and_noted() {
        let note = |entry: &str, base_url: Option<&str>| {
            let mut channel = listed("A-1", "x");
            channel.access.as_mut().unwrap().base_url = base_url.map(str::to_owned);
            let plans = plan(
                &config(&own("shop", &format!("id = \"A-1\"\n{entry}"))),
                &[channel],
            );
            matches!(&plans[0], Plan::Renewed { note: Some(_), .. })
        };
        let eu = "base_url = \"https://eu.whapi.cloud/\"";
        assert!(!note("", None));
        assert!(!note(eu, Some("https://eu.whapi.cloud")));
        assert!(!note("base_url = \"https://gate.whapi.cloud\"", None));
        assert!(note(eu, None));
        assert!(note("", Some("https://eu.whapi.cloud")));
    }
}
