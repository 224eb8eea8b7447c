//! The partner API, which lists the channels of an account.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::builder::EmulatorBuilder;
use crate::channel::Channel;
use crate::chats::ACCOUNT;
use crate::people::person::Person;
use crate::served::ServedChannel;

/// The path of the list of channels.
pub(crate) const PATH: &str = "/channels/list";

/// When made-up channels expire, in milliseconds since 1970: 2100-01-01.
const ACTIVE_TILL: u64 = 4_102_444_800_000;

/// A channel, as the list has it.
#[derive(Debug)]
pub(crate) struct Listing {
    token: String,
    state: Channel,
    /// Fields that replace those of the row.
    fields: Map<String, Value>,
}

impl Listing {
    pub(crate) fn new(token: &str, state: Channel, fields: &Map<String, Value>) -> Self {
        Self {
            token: token.to_owned(),
            state,
            fields: fields.clone(),
        }
    }

    /// The row of the channel with this number, counted from 1.
    fn row(self, number: usize, base_url: &str) -> Person {
        let mut row = Map::new();
        row.insert("id".to_owned(), json!(format!("EMULATED-{number}")));
        row.insert("token".to_owned(), json!(self.token));
        row.insert("apiUrl".to_owned(), json!(base_url));
        row.insert("name".to_owned(), json!(format!("Channel {number}")));
        row.insert("phone".to_owned(), json!(ACCOUNT));
        row.insert("projectId".to_owned(), json!("EMULATED"));
        row.insert("activeTill".to_owned(), json!(ACTIVE_TILL));
        row.insert("stopped".to_owned(), json!(self.state == Channel::Stop));
        row.insert("mode".to_owned(), json!("live"));
        row.extend(self.fields);
        Person::raw(Value::Object(row))
    }
}

/// The state of the partner API.
///
/// The rows of its list are kept as those of a list of contacts, so that faults and changes apply
/// to it, too.
pub(crate) fn serve(
    partner: EmulatorBuilder,
    listings: Vec<Listing>,
    base_url: &str,
) -> ServedChannel {
    let numbered = (1..).zip(listings);
    let rows = numbered.map(|(number, listing)| listing.row(number, base_url));
    let rows = rows.collect();
    ServedChannel(Arc::new(partner.into_list(rows)))
}
