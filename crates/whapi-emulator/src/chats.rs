//! Chats, groups and blocked ids.

use serde::Serialize;
use serde_json::Value;

use crate::people::person::Person;
use crate::wire::{Chat, Group, Label, Message, MessageText, Participant};

/// The phone number of the channel. Country code 999 is not assigned.
pub(crate) const ACCOUNT: &str = "999000000000";

/// The name of the channel's account.
pub(crate) const ACCOUNT_NAME: &str = "Demo Channel";

/// The default of [`ListSettings::newest`]: 2026-01-01T00:00:00Z.
const NEWEST: u64 = 1_767_225_600;

/// The last activity of the oldest made-up chat, in seconds before that of the newest: 400 days.
const OLDEST_BEFORE: f64 = 400.0 * 86_400.0;

/// Number of people for each group that is made up.
const GROUP_SIZE: usize = 40;

const GROUP_NAMES: [&str; 10] = [
    "Football Sundays",
    "Class of '09",
    "Neighbours",
    "Книжный клуб",
    "עבודה",
    "家族",
    "Padel 🎾",
    "Flat 4B",
    "Fundraiser, 2nd try",
    "מסיבת הפתעה!",
];

const MESSAGES: [&str; 4] = ["See you at eight", "👍", "Please call me back", "שלום"];

/// Fields with numbers above 2^64 and above the largest `f64`.
const HUGE_NUMBERS: &str = r#","mute_until":18446744073709551616,"unread":1e400"#;

/// Id, name and colour of each label. The colours are two of the twenty that are documented.
const LABELS: [(&str, &str, &str); 2] = [
    ("1", "New customer", "limegreen"),
    ("2", "Unpaid", "salmon"),
];

/// How the lists are written.
#[derive(Debug, Clone)]
pub(crate) struct ListSettings {
    /// Participants of each group in `GET /groups`, at most.
    pub(crate) participants_cap: usize,
    /// Participants in `GET /groups/{id}`, at most: the last ones.
    pub(crate) group_cap: usize,
    /// Whether chats have numbers that no type holds.
    pub(crate) huge_numbers: bool,
    /// Whether ids of chats and participants that are made up name a device.
    pub(crate) device_ids: bool,
    /// Whether blocked people are named by their LIDs.
    pub(crate) blocked_lids: bool,
    /// The time before which chats that are made up were active, in seconds since 1970 UTC.
    pub(crate) newest: u64,
}

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            participants_cap: usize::MAX,
            group_cap: usize::MAX,
            huge_numbers: false,
            device_ids: false,
            blocked_lids: false,
            newest: NEWEST,
        }
    }
}

/// The lists besides contacts, fixed at the start.
#[derive(Debug)]
pub(crate) struct Chats {
    /// Chats as JSON.
    pub(crate) rows: Vec<String>,
    pub(crate) groups: Vec<GroupRow>,
    pub(crate) blacklist: Vec<String>,
}

/// A group in both of its forms.
#[derive(Debug)]
pub(crate) struct GroupRow {
    pub(crate) id: String,
    /// The JSON of `GET /groups/{id}`, with a limited number of participants, too.
    pub(crate) whole: String,
    /// The JSON in `GET /groups`, with a limited number of participants.
    pub(crate) listed: String,
}

impl GroupRow {
    fn new(group: &Value, settings: &ListSettings) -> Self {
        let with = |participants: &[Value]| {
            let mut group = group.clone();
            group["participants"] = participants.into();
            group.to_string()
        };
        let (whole, listed) = match group["participants"].as_array() {
            Some(all) => (
                with(&all[all.len().saturating_sub(settings.group_cap)..]),
                with(&all[..all.len().min(settings.participants_cap)]),
            ),
            None => (group.to_string(), group.to_string()),
        };
        Self {
            id: group["id"].as_str().unwrap_or_default().to_owned(),
            whole,
            listed,
        }
    }
}

/// Lists of the caller, in place of made-up ones.
#[derive(Debug, Clone)]
pub(crate) struct Lists {
    pub(crate) chats: Vec<Value>,
    pub(crate) groups: Vec<Value>,
    pub(crate) blacklist: Vec<String>,
}

impl Chats {
    /// Uses the lists of the caller.
    pub(crate) fn given(lists: Lists, settings: &ListSettings) -> Self {
        let rows = lists.chats.iter().map(Value::to_string);
        let rows = rows.map(|row| match row.strip_suffix('}') {
            Some(fields) if settings.huge_numbers => format!("{fields}{HUGE_NUMBERS}}}"),
            _ => row,
        });
        let groups = lists.groups.iter();
        Self {
            rows: rows.collect(),
            groups: groups.map(|group| GroupRow::new(group, settings)).collect(),
            blacklist: lists.blacklist,
        }
    }

    /// Makes up chats, groups and blocked ids of these people.
    ///
    /// Of the people who are not saved, about 30% have a private chat and 65% share a group; 5%
    /// have both and 10% neither. The ids are in the plain spelling, whatever it is in the list.
    pub(crate) fn made_up(people: &[Person], seed: u64, settings: &ListSettings) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x0063_6861_7473);
        let mut groups = empty_groups(people.len(), settings.newest, &mut rng);
        let mut chats = Vec::new();
        let mut blacklist = Vec::new();
        for person in people {
            let Some((member, in_chat)) = person.plain_ids() else {
                continue;
            };
            let roll = rng.u8(..100);
            let (with_chat, with_group) = if person.saved == Some(true) {
                (roll < 45, roll.is_multiple_of(3))
            } else {
                (roll < 30, (25..90).contains(&roll))
            };
            let (member_id, chat_id) = if settings.device_ids {
                (with_device(&member), with_device(&in_chat))
            } else {
                (member.to_string(), with_domain(&in_chat))
            };
            if with_chat {
                chats.push(chat(chat_id, "contact", &mut rng));
            }
            if with_group {
                let index = rng.usize(..groups.len());
                groups[index].participants.push(Participant {
                    id: member_id,
                    rank: if rng.u8(..20) == 0 { "admin" } else { "member" },
                });
            }
            if rng.u8(..100) == 0 {
                blacklist.push(member.into_owned());
            }
        }
        // A group needs a participant besides the channel.
        groups.retain(|group| group.participants.len() > 1);
        for group in &mut groups {
            group.participants_count = group.participants.len();
            chats.push(chat(group.id.clone(), "group", &mut rng));
        }
        rng.shuffle(&mut chats);
        date(&mut chats, settings.newest, &mut rng);
        Self::given(
            Lists {
                chats: chats.iter().map(value).collect(),
                groups: groups.iter().map(value).collect(),
                blacklist,
            },
            settings,
        )
    }
}

fn value(row: &impl Serialize) -> Value {
    serde_json::to_value(row).expect("structs of text and numbers always serialize")
}

/// Returns the id of a person's chat: that of a phone number has a domain.
fn with_domain(plain: &str) -> String {
    if plain.ends_with("@lid") {
        plain.to_owned()
    } else {
        format!("{plain}@s.whatsapp.net")
    }
}

/// Returns a person's id that names a device.
fn with_device(plain: &str) -> String {
    match plain.strip_suffix("@lid") {
        Some(digits) => format!("{digits}:12@lid"),
        None => format!("{plain}:5@s.whatsapp.net"),
    }
}

fn empty_groups(people: usize, newest: u64, rng: &mut fastrand::Rng) -> Vec<Group> {
    (0..=people / GROUP_SIZE)
        .map(|index| Group {
            id: format!("120363{index:06}{:06}@g.us", rng.u32(..1_000_000)),
            name: rng.choice(GROUP_NAMES).unwrap_or_default().to_owned(),
            kind: "group",
            timestamp: newest.saturating_sub(rng.u64(..30_000_000)),
            participants: vec![Participant {
                id: ACCOUNT.to_owned(),
                rank: if index % 4 == 0 { "creator" } else { "member" },
            }],
            participants_count: 0,
        })
        .collect()
}

fn chat(id: String, kind: &'static str, rng: &mut fastrand::Rng) -> Chat {
    // The real API sends last messages too: tests check that no output contains one.
    let last_message = (rng.u8(..3) > 0).then(|| Message {
        id: format!("m{:016x}", rng.u64(..)),
        from_me: rng.bool(),
        kind: "text",
        chat_id: id.clone(),
        timestamp: 0,
        text: MessageText {
            body: rng.choice(MESSAGES).unwrap_or_default(),
        },
    });
    let labels = match rng.choice(LABELS) {
        Some((id, name, color)) if rng.u8(..10) == 0 => vec![Label { id, name, color }],
        _ => Vec::new(),
    };
    Chat {
        id,
        kind,
        timestamp: 0,
        labels,
        last_message,
    }
}

/// Sets the times of the chats, newest first: half of them in the last 100 days, some in every month.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ages are whole seconds of 400 days"
)]
fn date(chats: &mut [Chat], newest: u64, rng: &mut fastrand::Rng) {
    let all = chats.len() as f64;
    for (place, chat) in chats.iter_mut().enumerate() {
        let place = (place as f64 + rng.f64()) / all;
        let age = place * place * OLDEST_BEFORE;
        let timestamp = newest.saturating_sub(1 + age as u64);
        chat.timestamp = timestamp;
        if let Some(message) = &mut chat.last_message {
            message.timestamp = timestamp;
        }
    }
}
