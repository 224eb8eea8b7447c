//! The state: what was last proven complete, and when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use whapi_text::parse_rfc_3339;

use crate::invalid::Invalid;
use crate::line;
use crate::stream::Stream;

/// When the lists of each channel were last proven complete.
///
/// Runs read every list from its beginning, so a state is a record of proofs and no place to go on from.
///
/// # Examples
///
/// ```
/// use whapi_singer::{Proof, State, Stream};
///
/// let mut state = State::parse("{}")?;
/// state.prove(Stream::Contacts, "shop", Proof::new("2026-11-30T06:00:00Z", 1317));
/// let mut message = Vec::new();
/// state.write(&mut message);
/// assert_eq!(
///     String::from_utf8(message)?,
///     concat!(
///         r#"{"type":"STATE","value":{"bookmarks":{"contacts":{"channels":{"shop":"#,
///         r#"{"proven_at":"2026-11-30T06:00:00Z","rows":1317}}}}}}"#,
///         "\n"
///     )
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    // The name that runners know: they merge states below it.
    #[serde(default)]
    bookmarks: BTreeMap<Stream, StreamState>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamState {
    #[serde(default)]
    channels: BTreeMap<String, Proof>,
}

/// That a list was read to its end, and nothing is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    proven_at: String,
    rows: u64,
}

impl Proof {
    /// A list of so many rows that was proven at this time, in RFC 3339.
    pub fn new(proven_at: impl Into<String>, rows: u64) -> Self {
        Self {
            proven_at: proven_at.into(),
            rows,
        }
    }
}

impl State {
    /// Reads the value of a message `STATE`, as runners keep it. `{}` is the state before the first run.
    ///
    /// # Errors
    ///
    /// A text that is no state of this tap.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const WHAT: &str = "a state that this tap wrote";
        // serde takes a list for a struct.
        if text.trim_start().starts_with('[') {
            return Err(Invalid::new(format!("is not {WHAT}")));
        }
        let state: Self =
            serde_json::from_str(text).map_err(|error| Invalid::json(&error, WHAT))?;
        let streams = state.bookmarks.values();
        let mut proofs = streams.flat_map(|stream| stream.channels.values());
        if proofs.any(|proof| parse_rfc_3339(&proof.proven_at).is_none()) {
            return Err(Invalid::new("has a `proven_at` that is no time"));
        }
        Ok(state)
    }

    /// Notes that the list of a stream is proven for a channel.
    pub fn prove(&mut self, stream: Stream, channel: impl Into<String>, proof: Proof) {
        let stream = self.bookmarks.entry(stream).or_default();
        stream.channels.insert(channel.into(), proof);
    }

    /// Writes the message `STATE`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let message = Message {
            kind: "STATE",
            value: self,
        };
        line::add(&message, out);
    }
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    value: &'a State,
}
