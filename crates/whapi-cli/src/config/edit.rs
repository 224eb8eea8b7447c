//! Changes of the configuration's text, which keep comments, order and spaces.

use toml_edit::{DocumentMut, Item, RawString, Table, TableLike, value};

use super::channel::ChannelName;

const CHANNELS: &str = "channels";

/// A channel whose token `login` saved.
#[derive(Debug)]
pub(crate) struct NewChannel<'a> {
    pub(crate) name: &'a ChannelName,
    /// `None` for the public address.
    pub(crate) base_url: Option<&'a str>,
    /// Whether commands use the channel without `--channel`. An existing channel stays as it is.
    pub(crate) is_default: bool,
}

/// Adds a channel at the end, or sets the address of the one that is there.
///
/// The text is a configuration that was [read](super::ConfigFile::read).
pub(crate) fn with_channel(text: &str, channel: &NewChannel<'_>) -> String {
    let mut document = parsed(text);
    let new = new_table(channel);
    let Some(channels) = document.get_mut(CHANNELS) else {
        return appended(text, channel.name, &new);
    };
    let has_headings = channels.as_table().is_some_and(|table| !table.is_dotted());
    let channels = table(channels);
    if let Some(key) = key_of(channels, channel.name) {
        let existing = table(channels.get_mut(&key).expect("the key was just found"));
        set_address(existing, channel.base_url);
    } else if has_headings {
        return appended(text, channel.name, &new);
    } else {
        let mut new = new;
        new.set_dotted(true);
        channels.insert(channel.name.as_str(), Item::Table(new));
    }
    document.to_string()
}

/// Appends a table, and leaves every byte of the text as it is.
fn appended(text: &str, name: &ChannelName, new: &Table) -> String {
    let above = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{above}[{CHANNELS}.{name}]\n{new}")
}

fn new_table(channel: &NewChannel<'_>) -> Table {
    let mut table = Table::new();
    table.insert("token_file", value(channel.name.token_file()));
    set_address(&mut table, channel.base_url);
    if channel.is_default {
        table.insert("default", value(true));
    }
    table
}

/// Removes a channel. Comments above it stay. `None` if nothing but white space is left.
///
/// The text is a configuration that was [read](super::ConfigFile::read).
pub(crate) fn without_channel(text: &str, name: &ChannelName) -> Option<String> {
    let mut document = parsed(text);
    let channels = table(&mut document[CHANNELS]);
    let key = key_of(channels, name)?;
    let removed = channels.remove(&key);
    if channels.is_empty() && !is_commented(&document[CHANNELS]) {
        document.remove(CHANNELS);
    }
    if let Some(Item::Table(removed)) = removed {
        keep_comments(&mut document, &removed);
    }
    let left = document.to_string();
    (!left.trim().is_empty()).then_some(left)
}

fn parsed(text: &str) -> DocumentMut {
    text.parse().expect("the text was read before")
}

fn table(item: &mut Item) -> &mut dyn TableLike {
    item.as_table_like_mut().expect("the text was read before")
}

/// The key of a channel as it is written, which may be in another letter case.
fn key_of(channels: &dyn TableLike, name: &ChannelName) -> Option<String> {
    let mut keys = channels.iter().map(|(key, _)| key);
    let key = keys.find(|key| ChannelName::new(key).as_ref() == Some(name))?;
    Some(key.to_owned())
}

fn set_address(channel: &mut dyn TableLike, base_url: Option<&str>) {
    let Some(base_url) = base_url else {
        channel.remove("base_url");
        return;
    };
    match channel.get_mut("base_url").and_then(Item::as_value_mut) {
        Some(address) => {
            let decor = address.decor().clone();
            *address = base_url.into();
            *address.decor_mut() = decor;
        }
        None => {
            channel.insert("base_url", value(base_url));
        }
    }
}

fn is_commented(item: &Item) -> bool {
    item.as_table()
        .is_some_and(|table| !table.is_implicit() && has_comment(comments(table)))
}

fn comments(table: &Table) -> &str {
    table
        .decor()
        .prefix()
        .and_then(RawString::as_str)
        .unwrap_or_default()
}

fn has_comment(text: &str) -> bool {
    text.contains('#')
}

/// Moves the comments above a removed table above the next one, or to the end of the text.
fn keep_comments(document: &mut DocumentMut, removed: &Table) {
    let kept = comments(removed).to_owned();
    if !has_comment(&kept) {
        return;
    }
    let mut next: Option<&mut Table> = None;
    for (_, item) in document.iter_mut() {
        let Item::Table(parent) = item else { continue };
        let children = parent
            .iter_mut()
            .filter_map(|(_, item)| item.as_table_mut());
        for child in children {
            let is_behind = child.position() > removed.position();
            if is_behind
                && next
                    .as_ref()
                    .is_none_or(|next| child.position() < next.position())
            {
                next = Some(child);
            }
        }
    }
    if let Some(next) = next {
        let both = kept + comments(next);
        next.decor_mut().set_prefix(both);
    } else {
        let end = document.trailing().as_str().unwrap_or_default();
        // A blank line belongs to the removed table, unless something follows.
        let end = match end {
            "" => format!("{}\n", kept.trim_end()),
            end => kept + end,
        };
        document.set_trailing(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENTED: &str = "\
# My channels.

[channels.shop] # Berlin
token_command = [ \"pass\", 'whapi' ]   # asks for the passphrase

# The other one.
[channels.Office]
token_file = 'channels/office.token'
base_url   = \"https://old.example\" # ours

[exporters.notion]
command = [\"python3\"]
";

    fn name(text: &str) -> ChannelName {
        ChannelName::new(text).unwrap()
    }

    fn added(text: &str, channel: &str, base_url: Option<&str>, is_default: bool) -> String {
        let name = name(channel);
        with_channel(
            text,
            &NewChannel {
                name: &name,
                base_url,
                is_default,
            },
        )
    }

    /// The channel is the last of the configuration.
    #[track_caller]
    fn check_parses(text: &str, last: &str) {
        let channels = crate::config::parse::parse(text).unwrap().channels;
        assert_eq!(channels.last().unwrap().name, name(last));
    }

    #[test]
    fn a_first_channel_is_the_whole_text() {
        assert_eq!(
            added("", "main", None, true),
            "[channels.main]\ntoken_file = \"channels/main.token\"\ndefault = true\n"
        );
        assert_eq!(
            added("# mine\n", "Shop", Some("http://127.0.0.1:1"), false),
            "# mine\n\n[channels.Shop]\ntoken_file = \"channels/shop.token\"\nbase_url = \
             \"http://127.0.0.1:1\"\n"
        );
    }

    #[test]
    fn another_channel_changes_nothing_else() {
        let new = "[channels.new]\ntoken_file = \"channels/new.token\"\n";
        for (text, above) in [
            (COMMENTED, "\n"),
            ("# no newline", "\n\n"),
            ("[channels]\r\n", "\n"),
            ("[channels.a]\ntoken_env = \"A\"\n\n# at the end\n", "\n"),
        ] {
            let after = added(text, "new", None, false);
            assert_eq!(after, format!("{text}{above}{new}"));
            check_parses(&after, "new");
        }
    }

    #[test]
    fn an_existing_channel_gets_another_address_only() {
        assert_eq!(
            added(COMMENTED, "office", Some("https://new.example"), true),
            COMMENTED.replace("https://old", "https://new")
        );
        assert_eq!(
            added(COMMENTED, "office", None, false),
            COMMENTED.replace("base_url   = \"https://old.example\" # ours\n", "")
        );
    }

    #[test]
    fn inline_and_dotted_tables_are_changed_as_well() {
        for (text, expected) in [
            (
                "channels = { a = { token_env = \"A\" } }\n",
                "channels = { a = { token_env = \"A\" } , b = { token_file = \"channels/b.token\" } }\n",
            ),
            (
                "channels.a.token_env = \"A\"\n[exporters]\n",
                "channels.a.token_env = \"A\"\nchannels.b.token_file = \"channels/b.token\"\n[exporters]\n",
            ),
        ] {
            let after = added(text, "b", None, false);
            assert_eq!(after, expected);
            check_parses(&after, "b");
        }
        assert_eq!(
            without_channel(
                "channels.a.token_env = \"A\"\nchannels.b.token_env = \"B\"\n",
                &name("a")
            ),
            Some("channels.b.token_env = \"B\"\n".to_owned())
        );
    }

    #[test]
    fn comments_above_a_removed_channel_stay() {
        let without = COMMENTED.replace(
            "[channels.Office]\ntoken_file = 'channels/office.token'\nbase_url   = \
             \"https://old.example\" # ours\n",
            "",
        );
        assert_eq!(without_channel(COMMENTED, &name("office")), Some(without));
        let last = "# Header.\n\n[channels.a]\ntoken_env = \"A\"\n# End.\n";
        let left = without_channel(last, &name("a"));
        assert_eq!(left.as_deref(), Some("# Header.\n\n# End.\n"));
    }

    #[test]
    fn without_its_only_channel_nothing_is_left() {
        for text in [
            added("", "main", None, true),
            "[channels]\n\n[channels.main]\ntoken_env = \"A\"\n".to_owned(),
            "channels = { main = { token_env = \"A\" } }\n".to_owned(),
        ] {
            assert_eq!(without_channel(&text, &name("MAIN")), None, "{text}");
        }
    }
}
