//! Checks the text of the configuration, key by key.

use std::collections::HashSet;

use toml_edit::{Document, Item, Key, TableLike, Value};
use whapi_secret::{holds_token, is_secret_not_path};

use super::channel::{Channel, ChannelName, TokenPlace};
use super::exporter::ExporterProgram;
use super::fault::{Fault, did_you_mean, quoted_key};

const TABLES: [&str; 2] = ["channels", "exporters"];
const PLACES: [&str; 3] = ["token_command", "token_file", "token_env"];
const CHANNEL_KEYS: [&str; 7] = [
    "token_command",
    "token_file",
    "token_env",
    "base_url",
    "default",
    "tags",
    "id",
];

/// What the configuration holds, in the order of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) channels: Vec<Channel>,
    pub(super) exporters: Vec<ExporterProgram>,
}

/// Reads the channels and the programs of exporters.
pub(super) fn parse(text: &str) -> Result<Entries, Fault> {
    let document = Document::parse(text)
        .map_err(|error| Fault::at(text, error.span(), error.message().trim_end()))?;
    let reader = Reader { text };
    let mut found = Entries::default();
    for (key, item) in entries(document.as_table()) {
        match key.get() {
            "channels" => found.channels = reader.channels(key, item)?,
            "exporters" => found.exporters = reader.exporters(key, item)?,
            other => {
                let known = TABLES.map(|table| format!("`[{table}.NAME]`"));
                return Err(reader.fault(
                    key,
                    format!(
                        "unknown key {}{} known: {}",
                        quoted_key(other),
                        did_you_mean(other, TABLES),
                        known.join(", ")
                    ),
                ));
            }
        }
    }
    Ok(found)
}

/// The keys and values of a table, in the order of the file.
fn entries(table: &dyn TableLike) -> impl Iterator<Item = (&Key, &Item)> {
    table
        .iter()
        .filter_map(|(name, _)| table.get_key_value(name))
}

/// Names a key of a table in messages: "`default` of channel `shop`".
struct Place<'a> {
    key: &'a Key,
    of: &'a str,
}

impl Place<'_> {
    fn name(&self) -> String {
        format!("`{}` of {}", self.key.get(), self.of)
    }
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn fault(&self, key: &Key, message: impl Into<String>) -> Fault {
        Fault::at(self.text, key.span(), message)
    }

    fn table<'t>(&self, key: &Key, item: &'t Item) -> Result<&'t dyn TableLike, Fault> {
        let wrong = || {
            let name = quoted_key(key.get());
            self.fault(
                key,
                format!("{name} is no table; write it as a heading in brackets"),
            )
        };
        item.as_table_like().ok_or_else(wrong)
    }

    fn channels(&self, key: &Key, item: &Item) -> Result<Vec<Channel>, Fault> {
        let mut channels: Vec<Channel> = Vec::new();
        let mut names = HashSet::new();
        let mut default: Option<ChannelName> = None;
        for (key, item) in entries(self.table(key, item)?) {
            let channel = self.channel(key, item)?;
            let name = &channel.name;
            if let Some(earlier) = names.replace(name.clone()) {
                let message = format!(
                    "the channels `{earlier}` and `{name}` have the same name, because letter case does \
                     not matter; rename one"
                );
                return Err(self.fault(key, message));
            }
            if channel.is_default
                && let Some(earlier) = default.replace(name.clone())
            {
                let message = format!(
                    "the channels `{earlier}` and `{name}` are both `default = true`; keep one"
                );
                return Err(self.fault(key, message));
            }
            channels.push(channel);
        }
        Ok(channels)
    }

    fn channel(&self, key: &Key, item: &Item) -> Result<Channel, Fault> {
        let Some(name) = ChannelName::new(key.get()) else {
            let message = format!("this is no name of a channel; {}", ChannelName::RULE);
            return Err(self.fault(key, message));
        };
        let of = format!("channel `{name}`");
        let (mut tokens, mut base_url, mut is_default) = (Vec::new(), None, false);
        let (mut tags, mut id) = (Vec::new(), None);
        for (key, item) in entries(self.table(key, item)?) {
            let place = Place { key, of: &of };
            match key.get() {
                "token_command" => tokens.push(TokenPlace::Command(self.command(&place, item)?)),
                "token_file" => tokens.push(TokenPlace::File(self.file(&place, item)?.into())),
                "token_env" => tokens.push(TokenPlace::Variable(self.variable(&place, item)?)),
                "base_url" => base_url = Some(self.untokened(&place, item)?),
                "id" => id = Some(self.untokened(&place, item)?),
                "default" => is_default = self.flag(&place, item)?,
                "tags" => tags = self.tags(&place, item)?,
                "token" => return Err(self.token_itself(&place)),
                _ => return Err(self.unknown(&place, &CHANNEL_KEYS)),
            }
        }
        let token = match tokens.len() {
            1 => tokens.remove(0),
            0 => {
                return Err(self.fault(
                    key,
                    format!("{of} has no token; give it one of {}", listed(&PLACES)),
                ));
            }
            _ => {
                return Err(self.fault(
                    key,
                    format!(
                        "{of} has more than one token; keep one of {}",
                        listed(&PLACES)
                    ),
                ));
            }
        };
        Ok(Channel {
            name,
            token,
            base_url,
            is_default,
            id,
            tags,
        })
    }

    /// A list of words, which are no tokens.
    fn tags(&self, place: &Place<'_>, item: &Item) -> Result<Vec<String>, Fault> {
        let tags = item.as_array().and_then(|tags| {
            let tags = tags.iter().map(|tag| tag.as_str().map(str::to_owned));
            tags.collect::<Option<Vec<_>>>()
        });
        let Some(tags) = tags.filter(|tags| tags.iter().all(|tag| !tag.trim().is_empty())) else {
            let message = format!("{} is no list of words, such as [\"eu\"]", place.name());
            return Err(self.fault(place.key, message));
        };
        match tags.iter().find(|tag| holds_token(tag)) {
            Some(_) => Err(self.looks_like_token(place)),
            None => Ok(tags),
        }
    }

    fn exporters(&self, key: &Key, item: &Item) -> Result<Vec<ExporterProgram>, Fault> {
        let exporters = entries(self.table(key, item)?);
        exporters
            .map(|(key, item)| self.exporter(key, item))
            .collect()
    }

    fn exporter(&self, name: &Key, item: &Item) -> Result<ExporterProgram, Fault> {
        let of = format!("exporter {}", quoted_key(name.get()));
        let (mut command, mut sha256) = (None, None);
        for (key, item) in entries(self.table(name, item)?) {
            let place = Place { key, of: &of };
            match key.get() {
                "command" => command = Some(self.command(&place, item)?),
                "sha256" => sha256 = Some(self.sum(&place, item)?),
                _ => return Err(self.unknown(&place, &["command", "sha256"])),
            }
        }
        let command = command.ok_or_else(|| self.fault(name, format!("{of} has no `command`")))?;
        Ok(ExporterProgram {
            name: name.get().to_owned(),
            command,
            sha256,
        })
    }

    /// A SHA-256 in hex.
    fn sum(&self, place: &Place<'_>, item: &Item) -> Result<String, Fault> {
        let sum = item.as_str().unwrap_or_default();
        if sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(sum.to_owned());
        }
        let message = format!(
            "{} is no SHA-256, which has 64 hexadecimal digits",
            place.name()
        );
        Err(self.fault(place.key, message))
    }

    /// A program and its arguments.
    fn command(&self, place: &Place<'_>, item: &Item) -> Result<Vec<String>, Fault> {
        let words = item.as_array().and_then(|words| {
            let words = words.iter().map(|word| word.as_str().map(str::to_owned));
            words.collect::<Option<Vec<_>>>()
        });
        let Some(words) = words.filter(|words| words.first().is_some_and(|word| !word.is_empty()))
        else {
            let message = format!(
                "{} is no list of a program and its arguments, such as [\"pass\", \"show\", \"whapi\"]; \
                 no shell reads it",
                place.name()
            );
            return Err(self.fault(place.key, message));
        };
        for word in &words {
            if holds_token(word) {
                return Err(self.looks_like_token(place));
            }
        }
        Ok(words)
    }

    fn file(&self, place: &Place<'_>, item: &Item) -> Result<String, Fault> {
        let path = self.string(place, item)?;
        if path.starts_with('~') {
            let message = format!(
                "{} starts with `~`, which is not replaced by your home folder; write the whole path",
                place.name()
            );
            return Err(self.fault(place.key, message));
        }
        if is_secret_not_path(path.as_ref()) {
            return Err(self.looks_like_token(place));
        }
        Ok(path)
    }

    /// The name of an environment variable.
    fn variable(&self, place: &Place<'_>, item: &Item) -> Result<String, Fault> {
        let name = self.string(place, item)?;
        let is_allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        // A name in other letters is one if there is such a variable, and else may be a token.
        if name.chars().all(is_allowed) || std::env::var_os(&name).is_some() {
            return Ok(name);
        }
        let message = format!(
            "{} takes the name of an environment variable in capital letters, digits and `_`, never the \
             token itself; there is no variable of this name",
            place.name()
        );
        Err(self.fault(place.key, message))
    }

    /// A text that is no token.
    fn untokened(&self, place: &Place<'_>, item: &Item) -> Result<String, Fault> {
        let text = self.string(place, item)?;
        if holds_token(&text) {
            return Err(self.looks_like_token(place));
        }
        Ok(text)
    }

    fn string(&self, place: &Place<'_>, item: &Item) -> Result<String, Fault> {
        let text = item.as_value().and_then(Value::as_str);
        let text = text.filter(|text| !text.trim().is_empty());
        text.map(str::to_owned).ok_or_else(|| {
            let message = format!("{} is no text in quotes, or an empty one", place.name());
            self.fault(place.key, message)
        })
    }

    fn flag(&self, place: &Place<'_>, item: &Item) -> Result<bool, Fault> {
        item.as_bool().ok_or_else(|| {
            let message = format!("{} is neither true nor false", place.name());
            self.fault(place.key, message)
        })
    }

    fn token_itself(&self, place: &Place<'_>) -> Fault {
        let message = format!(
            "{} is refused: the configuration never holds a token; remove it, and run `whapi login`, or \
             use one of {}",
            place.name(),
            listed(&PLACES)
        );
        self.fault(place.key, message)
    }

    fn looks_like_token(&self, place: &Place<'_>) -> Fault {
        let message = format!(
            "{} looks like a token, and the configuration never holds one; remove it, and run `whapi \
             login`",
            place.name()
        );
        self.fault(place.key, message)
    }

    fn unknown(&self, place: &Place<'_>, known: &[&str]) -> Fault {
        let key = place.key.get();
        let message = format!(
            "unknown key {} of {}{} known: {}",
            quoted_key(key),
            place.of,
            did_you_mean(key, known.iter().copied()),
            listed(known)
        );
        self.fault(place.key, message)
    }
}

/// `a`, `b`, `c`.
fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
