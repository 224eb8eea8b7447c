//! The keys of a record.

use whapi_export::Available;

use crate::JsonlConfig;

/// A key of a record, outside of other objects.
///
/// # Examples
///
/// ```
/// use whapi_export_jsonl::Key;
///
/// assert_eq!("display_name".parse(), Ok(Key::DisplayName));
/// assert_eq!(Key::DisplayName.as_str(), "display_name");
/// assert_eq!(
///     "colour".parse::<Key>().unwrap_err().to_string(),
///     "there is no key `colour` in a record"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// `channel`.
    Channel,
    /// `id`.
    Id,
    /// `kind`.
    Kind,
    /// `phone`.
    Phone,
    /// `display_name`.
    DisplayName,
    /// `name_source`.
    NameSource,
    /// `name`.
    Name,
    /// `pushname`.
    Pushname,
    /// `username`.
    Username,
    /// `saved`.
    Saved,
    /// `phonebook`.
    Phonebook,
    /// `standing`.
    Standing,
    /// `is_business`.
    IsBusiness,
    /// `permissions`.
    Permissions,
    /// `name_warnings`.
    NameWarnings,
    /// `reasons`.
    Reasons,
    /// `other_id`.
    OtherId,
    /// `merged`.
    Merged,
    /// `change`.
    Change,
    /// `channels`.
    Channels,
    /// `saved_in`.
    SavedIn,
    /// `names`.
    Names,
    /// `country`.
    Country,
    /// `phone_international`.
    PhoneInternational,
    /// `phone_valid`.
    PhoneValid,
    /// `phone_variants`.
    PhoneVariants,
    /// `about`.
    About,
    /// `profile_pic`.
    ProfilePic,
    /// `profile_pic_full`.
    ProfilePicFull,
}

impl Key {
    /// All keys, in the order of a record.
    pub const ALL: &'static [Self] = &[
        Self::Channel,
        Self::Id,
        Self::Kind,
        Self::Phone,
        Self::DisplayName,
        Self::NameSource,
        Self::Name,
        Self::Pushname,
        Self::Username,
        Self::Saved,
        Self::Phonebook,
        Self::Standing,
        Self::IsBusiness,
        Self::Permissions,
        Self::NameWarnings,
        Self::Reasons,
        Self::OtherId,
        Self::Merged,
        Self::Change,
        Self::Channels,
        Self::SavedIn,
        Self::Names,
        Self::Country,
        Self::PhoneInternational,
        Self::PhoneValid,
        Self::PhoneVariants,
        Self::About,
        Self::ProfilePic,
        Self::ProfilePicFull,
    ];

    /// The text of the key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Id => "id",
            Self::Kind => "kind",
            Self::Phone => "phone",
            Self::DisplayName => "display_name",
            Self::NameSource => "name_source",
            Self::Name => "name",
            Self::Pushname => "pushname",
            Self::Username => "username",
            Self::Saved => "saved",
            Self::Phonebook => "phonebook",
            Self::Standing => "standing",
            Self::IsBusiness => "is_business",
            Self::Permissions => "permissions",
            Self::NameWarnings => "name_warnings",
            Self::Reasons => "reasons",
            Self::OtherId => "other_id",
            Self::Merged => "merged",
            Self::Change => "change",
            Self::Channels => "channels",
            Self::SavedIn => "saved_in",
            Self::Names => "names",
            Self::Country => "country",
            Self::PhoneInternational => "phone_international",
            Self::PhoneValid => "phone_valid",
            Self::PhoneVariants => "phone_variants",
            Self::About => "about",
            Self::ProfilePic => "profile_pic",
            Self::ProfilePicFull => "profile_pic_full",
        }
    }

    /// The information that a run must have requested for this key. `None` for keys of every run.
    fn is_available(self, available: Available) -> Option<bool> {
        match self {
            Self::Reasons => Some(available.reasons),
            Self::OtherId | Self::Merged => Some(available.lid_links),
            Self::Change => Some(available.changes),
            Self::Channel => Some(available.channels),
            Self::Channels | Self::SavedIn | Self::Names => Some(available.merged_channels),
            _ => None,
        }
    }
}

impl std::str::FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let found = Self::ALL.iter().copied().find(|key| key.as_str() == text);
        found.ok_or_else(|| UnknownKey(text.to_owned()))
    }
}

/// A text that is no [`Key`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey(String);

impl std::fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no key `{}` in a record", self.0)
    }
}

impl std::error::Error for UnknownKey {}

/// A set of keys.
///
/// # Examples
///
/// ```
/// use whapi_export_jsonl::{Key, KeySet};
///
/// let keys = KeySet::of([Key::Id, Key::Phone]);
/// assert!(keys.contains(Key::Phone) && !keys.contains(Key::About));
/// assert!(KeySet::default().contains(Key::Standing) && !KeySet::default().contains(Key::About));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySet(u32);

/// The keys of a record without options: all but those of numbering plans, "About" texts and
/// pictures.
impl Default for KeySet {
    fn default() -> Self {
        Self::of_config(&JsonlConfig::default())
    }
}

impl KeySet {
    /// A set of these keys.
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Self {
        let keys = keys.into_iter();
        Self(keys.fold(0, |set, key| set | Self::bit(key)))
    }

    /// The keys that the options ask for.
    pub(crate) fn of_config(config: &JsonlConfig) -> Self {
        Self::of(Key::ALL.iter().copied().filter(|key| match key {
            Key::Country | Key::PhoneInternational | Key::PhoneValid | Key::PhoneVariants => {
                config.phone.is_on()
            }
            Key::About => config.about.is_on(),
            Key::ProfilePic | Key::ProfilePicFull => config.pictures.is_on(),
            _ => true,
        }))
    }

    /// Whether the key is in the set.
    pub fn contains(self, key: Key) -> bool {
        self.0 & Self::bit(key) != 0
    }

    /// Leaves out keys of information that the run did not request.
    #[must_use]
    pub fn available(self, available: Available) -> Self {
        let there = |key: &Key| key.is_available(available).unwrap_or(true);
        Self::of(self.iter().filter(there))
    }

    /// The keys of the set, in the order of a record.
    pub fn iter(self) -> impl Iterator<Item = Key> {
        Key::ALL
            .iter()
            .copied()
            .filter(move |key| self.contains(*key))
    }

    fn bit(key: Key) -> u32 {
        1 << key as u32
    }
}
