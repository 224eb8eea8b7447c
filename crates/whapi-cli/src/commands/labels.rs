//! `labels`: lists the labels of the channel, which its chats carry.

use std::collections::BTreeMap;

use serde::Serialize;
use whapi_fetch::ScanOptions;
use whapi_fetch::whapi_model::{Chat, ChatKind, IdKind};

use super::list::{self, List};
use crate::args::ListArgs;
use crate::console::Console;
use crate::error::CliError;
use crate::source::Api;
use crate::table::{self, Row};

#[derive(Serialize)]
struct Labels {
    labels: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    /// The chats that carry it.
    chats: u64,
    /// Those of them that are private, which `--label` selects.
    private_chats: u64,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &ListArgs) -> u8 {
    list::run(args, read)
}

async fn read(api: Api, console: Console) -> Result<List<Labels>, CliError> {
    let chats = api.client.all_chats(ScanOptions::default()).await?;
    let mut labels = counted(&chats.items);
    if labels.is_empty() && chats.is_complete() {
        console.info("No chat of this channel has a label.");
    }
    // The most used first, then by name.
    labels.sort_by(|a, b| b.chats.cmp(&a.chats).then_with(|| a.name.cmp(&b.name)));
    let rows: Vec<_> = labels.iter().map(Shown::row).collect();
    let table = table::render("CHATS", &rows);
    Ok(List::new("labels", table, Labels { labels }, chats.missing))
}

/// Counts the chats of each label. A chat that names a label twice counts once.
fn counted(chats: &[Chat]) -> Vec<Shown> {
    let mut labels: BTreeMap<(&str, &str), Shown> = BTreeMap::new();
    for chat in chats {
        let mut own: Vec<_> = chat
            .labels
            .iter()
            .map(|label| (&*label.id, &*label.name))
            .collect();
        own.sort_unstable();
        own.dedup();
        for (id, name) in own {
            let label = labels.entry((id, name)).or_insert_with(|| Shown {
                id: id.to_owned(),
                name: name.to_owned(),
                chats: 0,
                private_chats: 0,
            });
            label.chats += 1;
            label.private_chats += u64::from(is_private(chat));
        }
    }
    labels.into_values().collect()
}

/// Whether the chat is with one person.
fn is_private(chat: &Chat) -> bool {
    match chat.kind {
        ChatKind::Contact => true,
        ChatKind::Unknown => matches!(chat.id.kind(), IdKind::Phone | IdKind::Lid),
        _ => false,
    }
}

impl Shown {
    fn row(&self) -> Row<'_> {
        Row {
            size: self.chats,
            id: &self.id,
            name: Some(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use whapi_fetch::whapi_model::{ContactId, Label};

    use super::*;

    #[test]
    fn chats_are_counted_once_for_each_label() {
        let chat = |id: &str, kind, labels: &[(&str, &str)]| {
            let mut chat = Chat::new(ContactId::parse(id).unwrap(), kind);
            chat.labels = labels
                .iter()
                .map(|(id, name)| Label::new(*id, *name))
                .collect();
            chat
        };
        let chats = [
            chat(
                "447700900101",
                ChatKind::Contact,
                &[("1", "New"), ("1", "New")],
            ),
            chat(
                "84958372615243@lid",
                ChatKind::Unknown,
                &[("1", "New"), ("2", "")],
            ),
            chat("1@g.us", ChatKind::Group, &[("1", "New")]),
            chat("2@g.us", ChatKind::Unknown, &[("1", "Newer")]),
        ];
        let labels = counted(&chats);
        let found: Vec<_> = labels
            .iter()
            .map(|label| (&*label.id, &*label.name, label.chats, label.private_chats))
            .collect();
        assert_eq!(
            found,
            [("1", "New", 3, 2), ("1", "Newer", 1, 0), ("2", "", 1, 1)]
        );
    }
}
