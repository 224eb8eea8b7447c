//! Which files a contact goes into.

use std::collections::HashMap;
use std::sync::Arc;

use whapi_classify::ClassifiedContact;

use super::countries::Countries;
use super::names;
use super::place::Place;
use super::split::Split;

/// Sorts contacts into files, which it numbers in the order in which they are first needed.
#[derive(Debug)]
pub(super) struct Sorter {
    split: Split,
    countries: Countries,
    seen: u64,
    known: HashMap<Place, usize>,
}

/// A file that is needed for the first time.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) place: Place,
    /// Of a group or a channel: what its name becomes in the file's name.
    pub(super) slug: String,
}

impl Sorter {
    pub(super) fn new(split: Split, countries: Countries) -> Self {
        Self {
            split,
            countries,
            seen: 0,
            known: HashMap::new(),
        }
    }

    /// Puts the numbers of the contact's files into `files`, each once, and adds to `new` those that
    /// are needed for the first time.
    pub(super) fn sort(
        &mut self,
        contact: &ClassifiedContact,
        files: &mut Vec<usize>,
        new: &mut Vec<NewFile>,
    ) {
        files.clear();
        self.seen += 1;
        let place = match self.split {
            Split::Count(most) => Place::Number((self.seen - 1) / most + 1),
            Split::Standing => Place::Standing(contact.standing()),
            Split::Country => {
                let phone = contact.phone();
                Place::Country(phone.and_then(|phone| self.countries.of(phone)))
            }
            Split::Group => {
                for part in contact.reasons().map_or(&[][..], |known| known.groups()) {
                    let group = &part.group;
                    let slug = || names::group_slug(group.title(), &group.id);
                    self.file(Place::Group(Some(group.id.clone())), slug, files, new);
                }
                if !files.is_empty() {
                    return;
                }
                Place::Group(None)
            }
            Split::Channel => {
                if let Some(name) = contact.channel() {
                    let slug = || names::channel_slug(name);
                    self.file(Place::Channel(Some(Arc::from(name))), slug, files, new);
                    return;
                }
                Place::Channel(None)
            }
        };
        self.file(place, String::new, files, new);
    }

    fn file(
        &mut self,
        place: Place,
        slug: impl FnOnce() -> String,
        files: &mut Vec<usize>,
        new: &mut Vec<NewFile>,
    ) {
        let next = self.known.len();
        let file = self.known.get(&place).copied().unwrap_or_else(|| {
            new.push(NewFile {
                place: place.clone(),
                slug: slug(),
            });
            self.known.insert(place, next);
            next
        });
        if !files.contains(&file) {
            files.push(file);
        }
    }
}
