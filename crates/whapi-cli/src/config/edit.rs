//! Changes of the configuration's text, which keep comments, order and spaces.

use std::fmt::Write;

use toml_edit::{DocumentMut, Item, RawString, Table, TableLike, value};

use super::channel::ChannelName;

const CHANNELS: &str = "channels";

/// A channel whose token was saved.
#[derive(Debug)]
pub(crate) struct NewChannel<'a> {
    pub(crate) name: &'a ChannelName,
    /// The id at Whapi. `None` if it is not known.
    pub(crate) id: Option<&'a str>,
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
    match existing(&mut document, channel.name) {
        Some(existing) => set_text(existing, "base_url", channel.base_url),
        None => return with_new_channels(text, std::slice::from_ref(channel)),
    }
    document.to_string()
}

/// Adds channels at the end, none of which is there.
///
/// The text is a configuration that was [read](super::ConfigFile::read).
pub(crate) fn with_new_channels(text: &str, new: &[NewChannel<'_>]) -> String {
    let mut document = parsed(text);
    let channels = document.get_mut(CHANNELS);
    match channels.filter(|channels| channels.as_table().is_none_or(Table::is_dotted)) {
        None => new.iter().fold(text.to_owned(), appended),
        Some(channels) => {
            let channels = table(channels);
            for channel in new {
                let mut new = new_table(channel);
                new.set_dotted(true);
                channels.insert(channel.name.as_str(), Item::Table(new));
            }
            document.to_string()
        }
    }
}

/// Sets the ids of channels that are there.
///
/// The text is a configuration that was [read](super::ConfigFile::read).
pub(crate) fn with_ids(text: &str, ids: &[(&ChannelName, &str)]) -> String {
    if ids.is_empty() {
        return text.to_owned();
    }
    let mut document = parsed(text);
    for (name, id) in ids {
        if let Some(channel) = existing(&mut document, name) {
            set_text(channel, "id", Some(id));
        }
    }
    document.to_string()
}

/// Appends a table, and leaves every byte of the text as it is.
fn appended(mut text: String, channel: &NewChannel<'_>) -> String {
    let above = match text.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let (name, new) = (channel.name, new_table(channel));
    // Writing to a String cannot fail.
    let _ = write!(text, "{above}[{CHANNELS}.{name}]\n{new}");
    text
}

fn new_table(channel: &NewChannel<'_>) -> Table {
    let mut table = Table::new();
    table.insert("token_file", value(channel.name.token_file()));
    set_text(&mut table, "id", channel.id);
    set_text(&mut table, "base_url", channel.base_url);
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

/// The table of a channel.
fn existing<'a>(
    document: &'a mut DocumentMut,
    name: &ChannelName,
) -> Option<&'a mut dyn TableLike> {
    let channels = table(document.get_mut(CHANNELS)?);
    let key = key_of(channels, name)?;
    Some(table(channels.get_mut(&key)?))
}

/// Sets a text and keeps the comment behind it, or removes it.
fn set_text(channel: &mut dyn TableLike, key: &str, text: Option<&str>) {
    let Some(text) = text else {
        channel.remove(key);
        return;
    };
    match channel.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = text.into();
            *old.decor_mut() = decor;
        }
        None => {
            channel.insert(key, value(text));
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
                id: None,
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
    fn several_channels_are_added_with_their_ids() {
        let names = ["a", "b"].map(name);
        let new = names.each_ref().map(|name| NewChannel {
            name,
            id: Some("A \"1\""),
            base_url: Some("https://eu.whapi.cloud"),
            is_default: false,
        });
        let after = with_new_channels(COMMENTED, &new);
        let table = |name: &str| {
            format!(
                "\n[channels.{name}]\ntoken_file = \"channels/{name}.token\"\nid = 'A \"1\"'\nbase_url = \
                 \"https://eu.whapi.cloud\"\n"
            )
        };
        assert_eq!(after, format!("{COMMENTED}{}{}", table("a"), table("b")));
        check_parses(&after, "b");
        assert_eq!(with_new_channels(COMMENTED, &[]), COMMENTED);
    }

    #[test]
    fn an_id_is_added_to_a_channel_that_is_there() {
        let ids = [(&name("SHOP"), "A-1"), (&name("office"), "A-2")];
        let after = with_ids(COMMENTED, &ids);
        let expected = COMMENTED
            .replace("passphrase\n", "passphrase\nid = \"A-1\"\n")
            .replace("# ours\n", "# ours\nid = \"A-2\"\n");
        assert_eq!(after, expected);
        assert_eq!(with_ids(&after, &ids), after);
        assert_eq!(with_ids("# mine", &[]), "# mine");
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
