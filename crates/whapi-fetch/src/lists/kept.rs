//! Lists kept in memory within a budget.

use whapi_model::Footprint;
use whapi_text::with_causes;

use super::recoverable::recoverable;
use crate::budget;
use crate::error::Error;
use crate::observer::ListObserver;
use crate::page::{Listed, PageSource};
use crate::scan::{Scan, ScanOptions};

/// An item of a list that is kept within a budget of bytes.
pub(crate) trait Budgeted: Listed + Footprint {
    /// The most bytes of all items together.
    const MOST: usize;
    /// The name of the item's texts in messages.
    const TEXTS: &'static str;

    /// The bytes of the item here and in the indexes built from it.
    fn cost(&self) -> usize;

    /// Bytes of its texts, which are repeated for each contact that has them.
    fn texts(&self) -> usize;
}

/// The items that were kept, and their size.
pub(crate) struct Kept<T> {
    pub(crate) items: Vec<T>,
    bytes: usize,
    texts: usize,
}

impl<T: Budgeted> Kept<T> {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::new(),
            bytes: 0,
            texts: 0,
        }
    }

    /// Adds an item.
    ///
    /// # Errors
    ///
    /// A sentence that names the budget without room.
    pub(crate) fn add(&mut self, item: T) -> Result<(), String> {
        self.make_room(0, 0, &item)?;
        self.items.push(item);
        Ok(())
    }

    /// Replaces an item. Errors as for [`add`](Self::add).
    pub(crate) fn replace(&mut self, place: usize, item: T) -> Result<(), String> {
        let old = &self.items[place];
        self.make_room(old.cost(), old.texts(), &item)?;
        self.items[place] = item;
        Ok(())
    }

    fn make_room(&mut self, bytes: usize, texts: usize, item: &T) -> Result<(), String> {
        let bytes = self.bytes - bytes + item.cost();
        let texts = self.texts - texts + item.texts();
        if bytes > T::MOST {
            return Err(format!("they fill more than {} MiB", T::MOST >> 20));
        }
        if texts > budget::TEXTS {
            let most = budget::TEXTS >> 20;
            return Err(format!("their {} fill more than {most} MiB", T::TEXTS));
        }
        (self.bytes, self.texts) = (bytes, texts);
        Ok(())
    }
}

/// Scans a list within its budget. Returns the items and why some are missing.
///
/// # Errors
///
/// Those that are not [`recoverable`].
pub(crate) async fn read_all<S, T>(
    source: S,
    options: ScanOptions,
    observer: &ListObserver,
) -> Result<(Kept<T>, Vec<String>), Error>
where
    S: PageSource<T> + 'static,
    T: Budgeted,
{
    scan(source, options, observer, |_, error| recoverable(error)).await
}

/// Scans a list like [`read_all`], and fails if not a single item can be read.
pub(super) async fn read_whole<S, T>(
    source: S,
    options: ScanOptions,
    observer: &ListObserver,
) -> Result<(Kept<T>, Vec<String>), Error>
where
    S: PageSource<T> + 'static,
    T: Budgeted,
{
    scan(source, options, observer, |items, error| {
        if items == 0 {
            return Err(error);
        }
        recoverable(error)
    })
    .await
}

/// Scans a list. `recover` returns an error that costs only the rest of the list, or fails with it;
/// it gets the number of items before.
async fn scan<S, T>(
    source: S,
    options: ScanOptions,
    observer: &ListObserver,
    recover: impl Fn(usize, Error) -> Result<Error, Error>,
) -> Result<(Kept<T>, Vec<String>), Error>
where
    S: PageSource<T> + 'static,
    T: Budgeted,
{
    let mut scan = Scan::new(source, options);
    observer.started();
    let mut kept = Kept::new();
    loop {
        match scan.next_page().await {
            Ok(Some(page)) => {
                observer.scanned(&scan.report());
                for item in page {
                    if let Err(full) = kept.add(item) {
                        return Ok((kept, vec![full]));
                    }
                }
            }
            Ok(None) => return Ok((kept, scan.report().reasons)),
            Err(error) => {
                let doubt = with_causes(&recover(kept.items.len(), error)?);
                return Ok((kept, vec![doubt]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use whapi_model::{Chat, ChatKind, ContactId, Group, Label, Participant, Rank};

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn group(members: usize) -> Group {
        let mut group = Group::new(id("1@g.us"));
        let member = Participant::new(id("447700900101"), Rank::Member);
        group.participants = vec![member; members];
        group
    }

    #[test]
    fn past_the_bytes_of_groups_there_is_no_room() {
        let mut kept = Kept::new();
        while kept.add(group(10_000)).is_ok() {}
        let most = budget::GROUPS / group(10_000).cost();
        assert_eq!(kept.items.len(), most);
        assert_eq!(
            kept.add(group(10_000)),
            Err("they fill more than 48 MiB".to_owned())
        );
        assert_eq!(kept.replace(0, group(1)), Ok(()));
        assert_eq!(kept.add(group(10_000)), Ok(()));
        let full = Err("they fill more than 48 MiB".to_owned());
        assert_eq!(kept.replace(0, group(10_000)), full);
    }

    #[test]
    fn past_the_bytes_of_texts_there_is_no_room() {
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        chat.labels = vec![Label::new("1", "l".repeat((1 << 20) - 1))];
        let mut kept = Kept::new();
        for _ in 0..4 {
            assert_eq!(kept.add(chat.clone()), Ok(()));
        }
        let full = Err("their labels fill more than 4 MiB".to_owned());
        assert_eq!(kept.add(chat.clone()), full);
        chat.labels.clear();
        assert_eq!(kept.add(chat), Ok(()));

        let mut named = group(0);
        named.name = Some("n".repeat((4 << 20) - 6));
        let mut kept = Kept::new();
        assert_eq!(kept.add(named.clone()), Ok(()));
        let full = Err("their names fill more than 4 MiB".to_owned());
        assert_eq!(kept.add(named), full);
    }
}
