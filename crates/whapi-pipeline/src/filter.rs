//! Filters: which contacts exporters get.

use std::collections::HashSet;
use std::fmt;

use whapi_classify::{ClassifiedContact, ReasonKind, Standing};
use whapi_fetch::EnrichmentRequest;
use whapi_model::{IdKind, ReasonLists};
use whapi_phone::{Country, country_of_person};

/// Selects contacts by a condition.
///
/// # Examples
///
/// ```
/// use whapi_classify::{ClassifiedContact, Standing};
/// use whapi_model::{Contact, ContactId};
/// use whapi_pipeline::Filter;
///
/// let contact = Contact::new(ContactId::parse("447700900123")?).with_name("Ada").with_saved(true);
/// let contact = ClassifiedContact::new(contact);
/// assert!(Filter::only([Standing::Saved]).matches(&contact));
/// assert!(!Filter::name_contains("eve").matches(&contact));
/// # Ok::<(), whapi_model::InvalidId>(())
/// ```
pub struct Filter {
    name: String,
    required: EnrichmentRequest,
    lists: Vec<List>,
    /// The names to find in the first of the lists, as the user wrote them.
    wanted: Vec<String>,
    matches: Box<Predicate>,
}

type Predicate = dyn Fn(&ClassifiedContact) -> bool + Send;

/// The lists of the Whapi API that a filter can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Chats,
    Groups,
    Blocked,
}

impl Filter {
    /// Creates a filter with your own condition. Reports name it by `name`.
    pub fn new(
        name: impl Into<String>,
        matches: impl Fn(&ClassifiedContact) -> bool + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            required: EnrichmentRequest::default(),
            lists: Vec::new(),
            wanted: Vec::new(),
            matches: Box::new(matches),
        }
    }

    /// Selects contacts of any of these standings.
    pub fn only(standings: impl IntoIterator<Item = Standing>) -> Self {
        let standings: Vec<_> = standings.into_iter().collect();
        Self::new("only", move |contact| {
            standings.contains(&contact.standing())
        })
    }

    /// Selects contacts that are visible for any of these reasons, primary or not. Requires
    /// [reasons](whapi_fetch::EnrichmentRequest::reasons).
    pub fn reason(kinds: impl IntoIterator<Item = ReasonKind>) -> Self {
        let kinds: Vec<_> = kinds.into_iter().collect();
        // A contact is unexplained only if no list explains it.
        let unexplained = kinds.contains(&ReasonKind::Unexplained);
        let lists: Vec<List> = [
            (ReasonKind::PrivateChat, List::Chats),
            (ReasonKind::Group, List::Groups),
            (ReasonKind::Blocked, List::Blocked),
        ]
        .into_iter()
        .filter(|(kind, _)| unexplained || kinds.contains(kind))
        .map(|(_, list)| list)
        .collect();
        Self::new("reason", move |contact| {
            let reasons = contact.reasons();
            reasons.is_some_and(|reasons| kinds.iter().any(|kind| reasons.has(*kind)))
        })
        .requiring_reasons(lists)
    }

    /// Selects members of any of these groups, each named by its id or its whole subject.
    ///
    /// Letter case does not matter. Requires [reasons](whapi_fetch::EnrichmentRequest::reasons).
    pub fn group(groups: impl IntoIterator<Item = String>) -> Self {
        let wanted: Vec<_> = groups.into_iter().collect();
        let groups: Vec<_> = wanted.iter().map(|group| folded(group)).collect();
        Self::new("group", move |contact| {
            let shared = contact
                .reasons()
                .map_or(&[][..], |reasons| reasons.groups());
            shared.iter().any(|part| {
                groups.contains(&folded(part.group.id.as_str()))
                    || groups.contains(&folded(part.group.title()))
            })
        })
        .requiring_reasons([List::Groups])
        .requiring_names(wanted)
    }

    /// Selects contacts whose private chat has any of these labels, each named by its id or name.
    ///
    /// Letter case does not matter. Requires [reasons](whapi_fetch::EnrichmentRequest::reasons).
    pub fn label(labels: impl IntoIterator<Item = String>) -> Self {
        let wanted: Vec<_> = labels.into_iter().collect();
        let labels: Vec<_> = wanted.iter().map(|label| folded(label)).collect();
        Self::new("label", move |contact| {
            let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
            chat.is_some_and(|chat| {
                chat.labels.iter().any(|label| {
                    labels.contains(&folded(&label.name)) || labels.contains(&folded(&label.id))
                })
            })
        })
        .requiring_reasons([List::Chats])
        .requiring_names(wanted)
    }

    /// Selects contacts with a phone number of any of these countries, or with a business-scoped id
    /// that names one.
    ///
    /// LIDs and numbers without a known country never match.
    pub fn country(countries: impl IntoIterator<Item = Country>) -> Self {
        let countries: Vec<_> = countries.into_iter().collect();
        Self::new("country", move |contact| {
            let country = country_of_person(contact.phone(), contact.id());
            country.is_some_and(|country| countries.contains(&country))
        })
    }

    /// Selects contacts whose id is of any of these kinds.
    pub fn kind(kinds: impl IntoIterator<Item = IdKind>) -> Self {
        let kinds: Vec<_> = kinds.into_iter().collect();
        Self::new("kind", move |contact| kinds.contains(&contact.id().kind()))
    }

    /// Selects contacts with a phone number, that of a merged entry included.
    pub fn with_phone() -> Self {
        Self::new("with-phone", |contact| contact.phone().is_some())
    }

    /// Selects WhatsApp Business accounts. Contacts for which the API does not say it never match.
    pub fn business() -> Self {
        Self::new("business", |contact| {
            contact.contact().is_business() == Some(true)
        })
    }

    /// Selects contacts with a private chat that was active at `seconds` or later.
    ///
    /// `seconds` is since 1970-01-01 UTC. Requires [reasons](whapi_fetch::EnrichmentRequest::reasons).
    pub fn active_since(seconds: i64) -> Self {
        Self::new("active-since", move |contact| {
            let chat = contact.reasons().and_then(|reasons| reasons.private_chat());
            chat.and_then(|chat| chat.last_activity)
                .is_some_and(|at| at >= seconds)
        })
        .requiring_reasons([List::Chats])
    }

    /// Selects contacts with this text in the saved name, the pushname or the shown name.
    ///
    /// Letter case does not matter.
    pub fn name_contains(text: &str) -> Self {
        let text = folded(text);
        Self::new("name-contains", move |contact| {
            let shown = contact.display_name();
            let names = [
                contact.contact().name(),
                contact.contact().pushname(),
                Some(shown.text()),
            ];
            let mut names = names.into_iter().flatten();
            names.any(|name| folded(name).contains(&text))
        })
    }

    /// Sets what the filter [requires](Self::required). Default: nothing.
    ///
    /// ```
    /// use whapi_fetch::EnrichmentRequest;
    /// use whapi_pipeline::Filter;
    ///
    /// let in_a_group = Filter::new("in-a-group", |contact| {
    ///     contact.reasons().is_some_and(|reasons| !reasons.groups().is_empty())
    /// })
    /// .requiring(EnrichmentRequest::default().with_reasons(true));
    /// assert!(in_a_group.required().reasons);
    /// ```
    pub fn requiring(mut self, required: EnrichmentRequest) -> Self {
        self.required = required;
        self
    }

    /// What the source must bring beside contacts. Without it no contact matches.
    ///
    /// The pipeline refuses a source that does not bring it.
    ///
    /// ```
    /// use whapi_pipeline::Filter;
    ///
    /// assert!(Filter::group(["Family".to_owned()]).required().reasons);
    /// assert!(!Filter::business().required().any());
    /// ```
    pub fn required(&self) -> EnrichmentRequest {
        self.required
    }

    fn requiring_reasons(mut self, lists: impl Into<Vec<List>>) -> Self {
        self.required = self.required.with_reasons(true);
        self.lists = lists.into();
        self
    }

    fn requiring_names(mut self, wanted: Vec<String>) -> Self {
        self.wanted = wanted;
        self
    }

    /// The name of the filter in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the contact is selected.
    pub fn matches(&self, contact: &ClassifiedContact) -> bool {
        (self.matches)(contact)
    }

    /// Returns a sentence for each group or label that does not exist, with the most similar one.
    pub(crate) fn missing(&self, reasons: &ReasonLists) -> Vec<String> {
        let known: HashSet<&str> = match self.lists[..] {
            [List::Groups, ..] => {
                let groups = reasons.groups.items.iter();
                groups
                    .flat_map(|group| [Some(group.id.as_str()), group.name.as_deref()])
                    .flatten()
                    .collect()
            }
            [List::Chats, ..] => {
                let labels = reasons.chats.items.iter().flat_map(|chat| &chat.labels);
                labels
                    .flat_map(|label| [&*label.name, &*label.id])
                    .collect()
            }
            _ => return Vec::new(),
        };
        let folded_names: HashSet<String> = known.iter().map(|name| folded(name)).collect();
        let missing = self
            .wanted
            .iter()
            .filter(|wanted| !folded_names.contains(&folded(wanted)));
        missing
            .map(|wanted| {
                let similar = most_similar(wanted, &known);
                let similar = similar.map(|name| format!("; did you mean `{name}`?"));
                let similar = similar.unwrap_or_default();
                format!("the channel has no {} `{wanted}`{similar}", self.name)
            })
            .collect()
    }

    /// Why contacts may be missing: a list that the filter uses is incomplete.
    pub(crate) fn doubts(&self, reasons: &ReasonLists) -> Vec<String> {
        let doubts = self.lists.iter().flat_map(|list| {
            let (name, doubts) = match list {
                List::Chats => ("chats", &reasons.chats.missing),
                List::Groups => ("groups", &reasons.groups.missing),
                List::Blocked => ("blocked ids", &reasons.blocked.missing),
            };
            doubts.iter().map(move |doubt| {
                format!(
                    "the filter {} uses the {name}, and not all of them are known: {doubt}",
                    self.name
                )
            })
        });
        doubts.collect()
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The least similarity of a name that is suggested, from 0 to 1.
const SIMILAR: f64 = 0.75;

/// Returns the known name that is most similar to `wanted`, if it is similar at all.
fn most_similar<'a>(wanted: &str, known: &HashSet<&'a str>) -> Option<&'a str> {
    let wanted = folded(wanted);
    let similarity = |name: &str| strsim::jaro_winkler(&wanted, &folded(name));
    let names = known.iter().map(|name| (similarity(name), *name));
    let names = names.filter(|(similarity, _)| *similarity >= SIMILAR);
    // The name decides between equals, so that each run suggests the same.
    let best = names.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    best.map(|(_, name)| name)
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use whapi_classify::ReasonIndex;
    use whapi_model::{Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank};

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn ada() -> ClassifiedContact {
        let mut chat = Chat::new(id("493023125101"), ChatKind::Contact);
        chat.last_activity = Some(1000);
        chat.labels = vec![Label::new("7", "New Customer")];
        let mut group = Group::new(id("120363000000000001@g.us"));
        group.name = Some("Football Sundays".to_owned());
        group.participants = vec![Participant::new(id("493023125101"), Rank::Member)];
        let reason_index = ReasonIndex::new()
            .with_chats([chat])
            .with_groups([group])
            .with_blocked([]);
        let contact = Contact::new(id("493023125101"))
            .with_name("Ada Beispiel")
            .with_pushname("ada!")
            .with_is_business(true)
            .with_saved(true);
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    }

    #[track_caller]
    fn check(filter: &Filter, expected: bool) {
        assert_eq!(filter.matches(&ada()), expected, "{filter:?}");
        let unknown = ClassifiedContact::new(Contact::new(id("11112222@lid")));
        assert!(!filter.matches(&unknown), "{filter:?}");
    }

    #[test]
    fn each_filter() {
        let one = |text: &str| [text.to_owned()];
        check(&Filter::only([Standing::Saved, Standing::Discovered]), true);
        check(&Filter::only([Standing::Discovered]), false);
        check(&Filter::reason([ReasonKind::Group]), true);
        check(&Filter::reason([ReasonKind::Blocked]), false);
        check(&Filter::group(one("football sundays")), true);
        check(&Filter::group(one("120363000000000001@g.us")), true);
        check(&Filter::group(one("football")), false);
        check(&Filter::label(one(" new customer ")), true);
        check(&Filter::label(one("7")), true);
        check(&Filter::label(one("customer")), false);
        let country = |code: &str| Filter::country([code.parse().unwrap()]);
        check(&country("de"), true);
        check(&country("GB"), false);
        check(&Filter::business(), true);
        check(&Filter::active_since(1000), true);
        check(&Filter::active_since(1001), false);
        check(&Filter::name_contains("BEISP"), true);
        check(&Filter::name_contains("ada!"), true);
        check(&Filter::name_contains("eve"), false);
    }

    #[test]
    fn groups_and_labels_that_do_not_exist_give_warnings() {
        let mut reasons = ReasonLists::default();
        let mut group = Group::new(id("120363000000000001@g.us"));
        group.name = Some("Padel".to_owned());
        reasons.groups.items = vec![group];
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        chat.labels = vec![Label::new("7", "New")];
        reasons.chats.items = vec![chat];
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            Filter::group(words(&["padel", "120363000000000001@g.us", "Paddle"])).missing(&reasons),
            ["the channel has no group `Paddle`; did you mean `Padel`?"]
        );
        assert_eq!(
            Filter::label(words(&["new", "7", "old"])).missing(&reasons),
            ["the channel has no label `old`"]
        );
        assert!(Filter::active_since(0).missing(&reasons).is_empty());
    }

    #[test]
    fn an_incomplete_list_matters_to_filters_that_use_it() {
        let mut reasons = ReasonLists::default();
        reasons.groups.missing = vec!["cut".to_owned()];
        reasons.chats.missing = vec!["gone".to_owned()];
        let doubts = |filter: Filter| filter.doubts(&reasons);
        assert!(doubts(Filter::only([Standing::Saved])).is_empty());
        assert!(doubts(Filter::reason([ReasonKind::AddressBook])).is_empty());
        assert!(doubts(Filter::reason([ReasonKind::Blocked])).is_empty());
        assert_eq!(
            doubts(Filter::group([])),
            ["the filter group uses the groups, and not all of them are known: cut"]
        );
        assert_eq!(doubts(Filter::reason([ReasonKind::Unexplained])).len(), 2);
    }
}
