//! Classifies, filters and counts contacts.

use std::sync::Arc;

use whapi_classify::{ClassifiedContact, Classifier, LidLinks, Naming, Snapshot, Standing};
use whapi_fetch::{Enrichment, ScanReport};
use whapi_model::{Contact, IdKind, LidLookup, ReasonLists, StandingBy};

use crate::filter::Filter;
use crate::report::{ChangeCounts, ContactCounts, Failure, LeftOut, LidLinkCounts, ReasonCounts};

/// How contacts are processed: filters, merging, names and comparison.
#[derive(Debug, Default)]
pub(crate) struct ProcessorConfig {
    pub(crate) filters: Vec<Filter>,
    pub(crate) standing_by: StandingBy,
    pub(crate) merge_lids: bool,
    pub(crate) allow_empty: bool,
    pub(crate) naming: Naming,
    pub(crate) earlier: Option<Snapshot>,
    /// Where the contacts come from, for exporters.
    pub(crate) source: Option<String>,
    pub(crate) channels: ChannelMode,
    /// The names of all channels of the result.
    pub(crate) all_channels: Vec<String>,
}

/// Whether the contacts are of several channels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ChannelMode {
    #[default]
    One,
    /// Each has the name of its channel.
    Named,
    /// A person who is in several channels is written once.
    Merged,
}

/// Classifies and filters contacts one by one, and counts them.
#[derive(Debug, Default)]
pub(crate) struct ContactProcessor {
    classifier: Classifier,
    filters: Vec<Filter>,
    standing_by: StandingBy,
    merge_lids: bool,
    naming: Naming,
    /// The channel of the contacts, in a run over several.
    channel: Option<Arc<str>>,
    /// Groups and labels of filters that do not exist, a sentence each.
    unknown_names: Vec<String>,
    pub(crate) counts: Counts,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) contacts: ContactCounts,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) filter_doubts: Vec<String>,
    pub(crate) filter_warnings: Vec<String>,
    pub(crate) reasons: Option<ReasonCounts>,
    pub(crate) lid_links: Option<LidLinkCounts>,
    pub(crate) changes: Option<ChangeCounts>,
}

impl ContactProcessor {
    /// Creates a processor from its configuration and what the source found beside contacts.
    pub(crate) fn new(config: ProcessorConfig, enrichment: Option<Enrichment>) -> Self {
        let mut processor = Self {
            filters: config.filters,
            standing_by: config.standing_by,
            merge_lids: config.merge_lids,
            naming: config.naming,
            ..Self::default()
        };
        processor.begin_list(enrichment);
        if let Some(earlier) = config.earlier {
            processor.classifier = processor.classifier.with_earlier(earlier);
            processor.counts.changes = Some(ChangeCounts::default());
        }
        processor
    }

    /// Begins the list of another channel: with lists of its own, and counts from 0.
    pub(crate) fn begin_channel(&mut self, name: Arc<str>, enrichment: Option<Enrichment>) {
        self.channel = Some(name);
        self.begin_list(enrichment);
    }

    fn begin_list(&mut self, enrichment: Option<Enrichment>) {
        let left_out = self.filters.iter().map(|filter| LeftOut {
            filter: filter.name().to_owned(),
            contacts: 0,
        });
        self.counts = Counts {
            left_out: left_out.collect(),
            ..Counts::default()
        };
        self.unknown_names.clear();
        self.classifier = Classifier::new().with_naming(self.naming.clone());
        let Enrichment { reasons, lids, .. } = enrichment.unwrap_or_default();
        if let Some(reasons) = reasons {
            self.use_reasons(reasons);
        }
        if let Some(lids) = lids {
            self.use_lids(lids);
        }
    }

    fn use_reasons(&mut self, reasons: ReasonLists) {
        for filter in &self.filters {
            let (missing, doubts) = (filter.missing(&reasons), filter.doubts(&reasons));
            // A list that is incomplete may lack the name.
            let names = if doubts.is_empty() {
                &mut self.unknown_names
            } else {
                &mut self.counts.filter_warnings
            };
            names.extend(missing);
            self.counts.filter_doubts.extend(doubts);
        }
        let lists = [
            ("chats", &reasons.chats.missing),
            ("groups", &reasons.groups.missing),
            ("blocked ids", &reasons.blocked.missing),
        ];
        let mut doubts: Vec<String> = lists
            .into_iter()
            .flat_map(|(name, doubts)| {
                let doubts = doubts.iter();
                doubts.map(move |doubt| format!("the {name} are not all known: {doubt}"))
            })
            .collect();
        let account_known = reasons.account.is_some();
        if !account_known {
            doubts.push("the Whapi API does not say which id is the account itself".to_owned());
        }
        self.counts.reasons = Some(ReasonCounts::new(account_known, doubts));

        self.classifier = std::mem::take(&mut self.classifier).with_reason_index(reasons.into());
    }

    fn use_lids(&mut self, mut lids: LidLookup) {
        for (phone, lid) in &mut lids.linked_contacts {
            phone.set_standing_by(self.standing_by);
            lid.set_standing_by(self.standing_by);
        }
        let doubts = lids.pairs.missing.clone();
        let links = LidLinks::from(lids);
        self.counts.lid_links = Some(LidLinkCounts {
            listed_twice: links.people_listed_twice(),
            doubts,
            ..LidLinkCounts::default()
        });
        self.classifier = std::mem::take(&mut self.classifier)
            .with_lid_links(links)
            .merging(self.merge_lids);
    }

    /// Returns an error when a filter names a group or a label that does not exist.
    ///
    /// Such a filter would leave out every contact.
    pub(crate) fn check_names(&self) -> Result<(), Failure> {
        if self.unknown_names.is_empty() {
            return Ok(());
        }
        let message = self.unknown_names.join("; ");
        let error = whapi_fetch::Error::new(whapi_fetch::ErrorKind::Config, message);
        Err(Failure::source(error))
    }

    /// Warns of groups and labels of filters that this list does not have. Returns the warnings.
    pub(crate) fn warn_of_unknown_names(&mut self) -> Vec<String> {
        let unknown = std::mem::take(&mut self.unknown_names);
        self.counts.filter_warnings.extend_from_slice(&unknown);
        unknown
    }

    /// Sets how the standing of received contacts is decided, and counts them.
    pub(crate) fn receive(&mut self, batch: &mut [Contact]) {
        for contact in batch {
            contact.set_standing_by(self.standing_by);
            self.counts.contacts.add(Standing::of(contact));
            if let (Some(phonebook), Some(saved)) = (contact.phonebook(), contact.saved()) {
                self.counts.contacts.phonebook_differs += u64::from(phonebook != saved);
            }
        }
    }

    /// Classifies a contact. Returns `None` when it is merged into another entry.
    pub(crate) fn classify(&mut self, contact: Contact) -> Option<ClassifiedContact> {
        let is_phone = contact.id().kind() == IdKind::Phone;
        let classified = self.classifier.classify(contact);
        self.count(is_phone, classified.as_ref());
        match &self.channel {
            None => classified,
            Some(name) => classified.map(|contact| contact.with_channel(Arc::clone(name))),
        }
    }

    fn count(&mut self, is_phone: bool, classified: Option<&ClassifiedContact>) {
        if let Some(links) = &mut self.counts.lid_links {
            match classified {
                None => links.merged += 1,
                Some(classified) if classified.other_id().is_some() => {
                    let with_phone = is_phone || classified.is_merged();
                    links.linked += u64::from(with_phone);
                    let found = !with_phone && classified.phone().is_some();
                    links.numbers_found += u64::from(found);
                }
                Some(_) => {}
            }
        }
        let Some(classified) = classified else { return };
        if let (Some(counts), Some(reasons)) = (&mut self.counts.reasons, classified.reasons()) {
            counts.all.add(reasons);
        }
        if let (Some(counts), Some(change)) = (&mut self.counts.changes, classified.change()) {
            counts.add(change);
        }
    }

    /// Whether all filters match. Counts the first one that does not.
    pub(crate) fn selects(&mut self, contact: &ClassifiedContact) -> bool {
        let failed = self
            .filters
            .iter()
            .position(|filter| !filter.matches(contact));
        match failed {
            Some(place) => self.counts.left_out[place].contacts += 1,
            None => self.count_selected(contact),
        }
        failed.is_none()
    }

    fn count_selected(&mut self, contact: &ClassifiedContact) {
        let counts = &mut self.counts.contacts;
        counts.selected += 1;
        counts.selected_without_phone += u64::from(contact.phone().is_none());
        if let (Some(counts), Some(reasons)) = (&mut self.counts.reasons, contact.reasons()) {
            counts.selected.add(reasons);
        }
    }

    /// Finds contacts that are gone, at the end of the scan.
    pub(crate) fn end(&mut self, scan: &ScanReport) {
        if let (Some(changes), Some(earlier)) =
            (&mut self.counts.changes, self.classifier.earlier())
        {
            let not_listed = earlier.not_listed();
            if scan.complete {
                changes.gone = not_listed.cloned().collect();
            } else {
                changes.not_seen = not_listed.count() as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use whapi_classify::ReasonKind;
    use whapi_model::{Chat, ChatKind, ContactId};

    use super::*;
    use crate::report::ReasonTally;

    #[test]
    fn selected_contacts_are_counted_apart() {
        let id = |text: &str| ContactId::parse(text).unwrap();
        let ids = ["447700900101", "447700900102", "84958372615243@lid"];
        let mut reasons = ReasonLists::default();
        let chats = ids.map(|text| Chat::new(id(text), ChatKind::Contact));
        reasons.chats.items = chats.into();
        let mut enrichment = Enrichment::default();
        enrichment.reasons = Some(reasons);
        let config = ProcessorConfig {
            filters: vec![Filter::only([Standing::Discovered])],
            ..ProcessorConfig::default()
        };
        let mut processor = ContactProcessor::new(config, Some(enrichment));
        for (text, is_saved) in ids.into_iter().zip([true, false, false]) {
            let contact = Contact::new(id(text)).with_saved(is_saved);
            let contact = processor.classify(contact).unwrap();
            assert_eq!(processor.selects(&contact), !is_saved);
        }
        let counts = processor.counts;
        let contacts = counts.contacts;
        assert_eq!((contacts.selected, contacts.selected_without_phone), (2, 1));
        let reasons = counts.reasons.unwrap();
        let tally = |of: &ReasonTally| {
            let kinds = [ReasonKind::AddressBook, ReasonKind::PrivateChat];
            (
                kinds.map(|kind| of.primary(kind)),
                kinds.map(|kind| of.any(kind)),
            )
        };
        assert_eq!(tally(&reasons.all), ([1, 2], [1, 3]));
        assert_eq!(tally(&reasons.selected), ([0, 2], [0, 2]));
    }

    #[test]
    fn an_unknown_account_is_reported() {
        for account in [None, ContactId::parse("447700900100").ok()] {
            let known = account.is_some();
            let mut reasons = ReasonLists::default();
            reasons.account = account;
            let mut enrichment = Enrichment::default();
            enrichment.reasons = Some(reasons);
            let processor = ContactProcessor::new(ProcessorConfig::default(), Some(enrichment));
            let reasons = processor.counts.reasons.unwrap();
            assert_eq!(reasons.account_known, known);
            assert_eq!(reasons.doubts.is_empty(), known);
        }
    }
}
