//! The settings of an emulator.

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::channel::{Channel, TotalMode};
use crate::chats::{Chats, ListSettings, Lists};
use crate::faults::{Fault, Script};
use crate::journal::Journal;
use crate::lids::Lids;
use crate::paging::MAX_COUNT;
use crate::partner::Listing;
use crate::people;
use crate::people::person::Person;
use crate::served::ServedChannel;
use crate::state::ApiState;

/// Settings of an emulator, before its start.
///
/// # Examples
///
/// ```
/// use whapi_emulator::{Channel, Emulator, Person};
///
/// let builder = Emulator::builder()
///     .contacts(vec![Person::new("447700900101").with_name("Ada").with_saved(true)])
///     .token("my-token")
///     .channel(Channel::Qr);
/// let api = builder.start_blocking()?;
/// assert_eq!(api.token(), "my-token");
/// assert_eq!(api.people().len(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "an emulator answers nothing until it is started"]
pub struct EmulatorBuilder {
    people: Option<Vec<Person>>,
    made_up: usize,
    seed: u64,
    token: String,
    pub(crate) port: u16,
    latency: Duration,
    page_cap: usize,
    count_limit: u64,
    echo_offset: bool,
    chats: Option<Lists>,
    lids: Lids,
    lists: ListSettings,
    total: TotalMode,
    channel: Channel,
    no_limits: bool,
    faults: Vec<Fault>,
    more: Vec<EmulatorBuilder>,
    partner: Option<Box<EmulatorBuilder>>,
    /// Fields of the channel in the list of the partner API.
    listed_as: Map<String, Value>,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            people: None,
            made_up: people::DEFAULT_COUNT,
            seed: people::DEFAULT_SEED,
            token: "demo-token".to_owned(),
            port: 0,
            latency: Duration::ZERO,
            page_cap: usize::MAX,
            count_limit: MAX_COUNT,
            echo_offset: true,
            chats: None,
            lids: Lids::default(),
            lists: ListSettings::default(),
            total: TotalMode::Exact,
            channel: Channel::Auth,
            no_limits: false,
            faults: Vec::new(),
            more: Vec::new(),
            partner: None,
            listed_as: Map::new(),
        }
    }
}

impl EmulatorBuilder {
    /// Makes up this many people. Default: [`people::DEFAULT_COUNT`].
    pub fn people(mut self, count: usize) -> Self {
        self.made_up = count;
        self.people = None;
        self
    }

    /// Sets the seed of made-up people, chats and groups. Default: [`people::DEFAULT_SEED`].
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Uses these people instead of made-up ones, in this order.
    pub fn contacts(mut self, people: Vec<Person>) -> Self {
        self.people = Some(people);
        self
    }

    /// Sets the token of `Authorization: Bearer`. Default: `demo-token`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// Serves another channel at the same address. Requests with its token get its answers.
    ///
    /// Its token must be another one, and its port is ignored.
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    ///
    /// let office = Emulator::builder().token("office-token").people(20);
    /// let api = Emulator::builder().people(10).and_channel(office).start_blocking()?;
    /// let counts: Vec<_> = api.channels().iter().map(|channel| channel.people().len()).collect();
    /// assert_eq!(counts, [10, 20]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn and_channel(mut self, channel: Self) -> Self {
        self.more.push(channel);
        self
    }

    /// Serves the partner API at the same address, for an account with the channels of this emulator.
    ///
    /// `GET /channels/list` lists them, for requests with the token of `partner`. Its latency, limits,
    /// total and faults apply to that list, its [`contacts`](Self::contacts) replace the rows, and its
    /// other settings are ignored. [`listed_as`](Self::listed_as) sets fields of a channel.
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    ///
    /// let partner = Emulator::builder().token("partner-token");
    /// let api = Emulator::builder().and_partner(partner).start_blocking()?;
    /// assert_eq!(api.partner().unwrap().token(), "partner-token");
    /// assert_eq!(api.partner().unwrap().people()[0].id, "EMULATED-1");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn and_partner(mut self, partner: Self) -> Self {
        self.partner = Some(Box::new(partner));
        self
    }

    /// Sets fields of this channel in the list of the partner API.
    ///
    /// Default: `EMULATED-1` as `id` and `Channel 1` as `name`, by the channel's number; the channel's
    /// token and this emulator's address; `phone`, `projectId`, and an `activeTill` in the year 2100;
    /// `stopped` by the channel's state; `live` as `mode`. Anything but an object changes nothing.
    ///
    /// ```
    /// use serde_json::json;
    /// use whapi_emulator::Emulator;
    ///
    /// let shop = Emulator::builder().listed_as(json!({"name": "Shop", "mode": "trial"}));
    /// let api = shop.and_partner(Emulator::builder()).start_blocking()?;
    /// assert_eq!(api.partner().unwrap().people()[0].name.as_deref(), Some("Shop"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn listed_as(mut self, fields: Value) -> Self {
        if let Value::Object(fields) = fields {
            self.listed_as.extend(fields);
        }
        self
    }

    /// Sets the port on 127.0.0.1. Default: 0, any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Limits the rows of every list answer, below `count`. Default: no limit. 0 counts as 1.
    pub fn page_cap(mut self, rows: usize) -> Self {
        self.page_cap = rows.max(1);
        self
    }

    /// Sets the highest `count`; 400 above it. Default: 500, as documented. 0 counts as 1.
    pub fn count_limit(mut self, count: u64) -> Self {
        self.count_limit = count.max(1);
        self
    }

    /// Sets whether list answers contain `offset`. Default: yes.
    ///
    /// The real API sends it only sometimes.
    pub fn echo_offset(mut self, echo: bool) -> Self {
        self.echo_offset = echo;
        self
    }

    /// Limits the participants of each group in `GET /groups` to the first ones. Default: no limit.
    pub fn participants_cap(mut self, participants: usize) -> Self {
        self.lists.participants_cap = participants;
        self
    }

    /// Limits the participants in `GET /groups/{id}` to the last ones. Default: no limit.
    ///
    /// By the document the answer has all of them.
    pub fn group_cap(mut self, participants: usize) -> Self {
        self.lists.group_cap = participants;
        self
    }

    /// Sets whether every chat has numbers that no type holds. Default: no.
    ///
    /// `mute_until` is 2^64, and `unread` 1e400. Programs have seen such numbers; the document calls
    /// both fields integers.
    pub fn huge_numbers(mut self, huge: bool) -> Self {
        self.lists.huge_numbers = huge;
        self
    }

    /// Sets whether ids of made-up chats and participants name a device. Default: no.
    ///
    /// They are `447700900101:5@s.whatsapp.net` and `84958372615243:12@lid`, as programs have seen in
    /// chats. The document allows no such ids.
    pub fn device_ids(mut self, devices: bool) -> Self {
        self.lists.device_ids = devices;
        self
    }

    /// Sets whether `GET /blacklist` names people by their LIDs, where they have one. Default: no.
    ///
    /// The document allows digits and LIDs, and does not say which of them people are named by.
    pub fn blocked_lids(mut self, lids: bool) -> Self {
        self.lists.blocked_lids = lids;
        self
    }

    /// Sets the time before which made-up chats were active, in seconds since 1970 UTC. Default:
    /// 2026-01-01, so that answers do not depend on the day.
    ///
    /// The chats go back 400 days, half of them 100.
    pub fn newest_activity(mut self, seconds: u64) -> Self {
        self.lists.newest = seconds;
        self
    }

    /// Uses these chats, groups and blocked ids instead of made-up ones.
    ///
    /// Chats and groups are the JSON that the API returns.
    ///
    /// ```
    /// use serde_json::json;
    /// use whapi_emulator::Emulator;
    ///
    /// let api = Emulator::builder()
    ///     .chats_and_groups(
    ///         vec![json!({"id": "447700900101@s.whatsapp.net", "type": "contact", "timestamp": 1})],
    ///         vec![json!({"id": "120363000000000001@g.us", "name": "Padel", "participants": []})],
    ///         vec!["447700900102".to_owned()],
    ///     )
    ///     .start_blocking()?;
    /// # drop(api);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn chats_and_groups(
        mut self,
        chats: Vec<Value>,
        groups: Vec<Value>,
        blacklist: Vec<String>,
    ) -> Self {
        self.chats = Some(Lists {
            chats,
            groups,
            blacklist,
        });
        self
    }

    /// Adds the phone number behind a LID. `GET /contacts/ids/{LID}` returns it, and
    /// `GET /contacts/lids` does not. Default: for people of [`contacts`](Self::contacts) none, and
    /// for a quarter of the made-up LIDs a number that is not listed.
    ///
    /// ```
    /// use whapi_emulator::{Emulator, Person};
    ///
    /// let api = Emulator::builder()
    ///     .contacts(vec![Person::new("84958372615243@lid")])
    ///     .phone_of_lid("84958372615243@lid", "447700900101")
    ///     .start_blocking()?;
    /// # drop(api);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn phone_of_lid(mut self, lid: impl Into<String>, digits: impl Into<String>) -> Self {
        self.lids.add_phone(lid.into(), digits.into());
        self
    }

    /// Refuses requests for the LID behind this phone number with status 400, as the API does with
    /// a number that it does not accept. Default: only numbers without 7 to 15 digits.
    pub fn refuse_lid_of(mut self, digits: impl Into<String>) -> Self {
        self.lids.refuse(digits.into());
        self
    }

    /// Sets `total` in the answers of `GET /contacts`. Default: [`TotalMode::Exact`].
    pub fn total(mut self, total: TotalMode) -> Self {
        self.total = total;
        self
    }

    /// Delays every answer, errors included. Default: no delay.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the state of the channel. Default: [`Channel::Auth`].
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Sets whether `GET /limits` answers 204, as for a channel without limits. Default: no.
    ///
    /// Otherwise it answers what a trial has left.
    pub fn no_limits(mut self, unlimited: bool) -> Self {
        self.no_limits = unlimited;
        self
    }

    /// Adds a fault after the existing ones.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Returns the settings of the partner API, and the channels that it lists.
    pub(crate) fn take_partner(&mut self) -> Option<(Self, Vec<Listing>)> {
        let partner = self.partner.take()?;
        let mut listings = Vec::new();
        self.add_listings(&mut listings);
        Some((*partner, listings))
    }

    /// Adds this channel and those beside it, in the order of [`into_channels`](Self::into_channels).
    fn add_listings(&self, listings: &mut Vec<Listing>) {
        listings.push(Listing::new(&self.token, self.channel, &self.listed_as));
        for channel in &self.more {
            channel.add_listings(listings);
        }
    }

    /// Returns the state of a list of these rows, unless the settings have others.
    pub(crate) fn into_list(mut self, rows: Vec<Person>) -> ApiState {
        self.people.get_or_insert(rows);
        self.channel = Channel::Auth;
        self.chats_and_groups(Vec::new(), Vec::new(), Vec::new())
            .into_state()
    }

    /// Makes up what the settings leave open, and returns the state of the start.
    pub(crate) fn into_channels(mut self) -> Vec<ServedChannel> {
        let more = std::mem::take(&mut self.more);
        let first = ServedChannel(Arc::new(self.into_state()));
        let more = more.into_iter().flat_map(Self::into_channels);
        std::iter::once(first).chain(more).collect()
    }

    fn into_state(self) -> ApiState {
        let given = self.people.is_some();
        let people = self
            .people
            .unwrap_or_else(|| people::made_up(self.made_up, self.seed));
        let mut chats = match self.chats {
            Some(lists) => Chats::given(lists, &self.lists),
            None => Chats::made_up(&people, self.seed, &self.lists),
        };
        let mut lids = self.lids;
        if !given {
            lids.make_up(&people, self.seed);
        }
        if self.lists.blocked_lids {
            lids.replace_numbers(&mut chats.blacklist);
        }
        ApiState {
            token: self.token,
            latency: self.latency,
            page_cap: self.page_cap,
            count_limit: self.count_limit,
            echo_offset: self.echo_offset,
            total: self.total,
            channel: self.channel,
            no_limits: self.no_limits,
            health_requests: AtomicU32::new(0),
            chats,
            lids,
            journal: Journal::new(),
            people: Mutex::new(people),
            script: Mutex::new(Script::new(self.faults)),
        }
    }
}
