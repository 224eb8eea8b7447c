//! Limits of memory, in bytes unless named otherwise. `docs/limits.md` says what happens beyond
//! each.

/// Answers that are read and not taken yet, of all lists together. The next page of a list is
/// read in any case.
pub(crate) const WAITING_PAGES: usize = 16 << 20;
/// Answers that are being read at the same time, each a share of this, unless they are read alone.
pub(crate) const BODIES: usize = 16 << 20;
/// Values in an answer; more are an error. A full page of contacts has about 5,000.
pub(crate) const MAX_VALUES: usize = 100_000;
/// Values in an answer with groups; more are an error. A page of 50 groups of 1,024 participants
/// has about 150,000.
pub(crate) const MAX_VALUES_OF_GROUPS: usize = 400_000;
/// Contacts that are read while chats and groups are requested.
pub(crate) const READ_BESIDE: usize = 8 << 20;
/// Contacts that are held until the LIDs behind them are known.
pub(crate) const HELD_FOR_LIDS: usize = 64 << 20;
/// Pairs of a phone number and a LID.
pub(crate) const PAIRS: usize = 48 << 20;
/// Ids in the list that are no digits, so that the scan has to keep their text.
pub(crate) const TEXT_IDS: usize = 32 << 20;
/// Chats, and the indexes built from them.
pub(crate) const CHATS: usize = 32 << 20;
/// Channels of the partner API.
pub(crate) const CHANNELS: usize = 32 << 20;
/// Groups with their participants, and the indexes built from them.
pub(crate) const GROUPS: usize = 48 << 20;
/// Names of all labels and chats together, and in the same way ids and names of all groups. A
/// contact may have all of them.
pub(crate) const TEXTS: usize = 4 << 20;
/// The longest name of a group or a label that is kept. WhatsApp allows 100 characters.
pub(crate) const LONGEST_NAME: usize = 1 << 10;
/// The longest id of a participant, a blocked entry, a LID or a group. Real ones have some 30
/// bytes.
pub(crate) const LONGEST_ID: usize = 128;
/// Single groups to request in parallel.
pub(crate) const GROUPS_AT_A_TIME: usize = 8;

/// The bytes of a map's or set's entry beside its content: a map that has just grown is half empty.
pub(crate) const MAP_ENTRY: usize = 80;
