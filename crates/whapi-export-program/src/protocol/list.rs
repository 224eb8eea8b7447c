//! Lists of limited length: many short values take a multiple of the line that holds them.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The most values of a list in a message.
const MOST_VALUES: usize = 100_000;

/// Deserializes a list of at most [`MOST_VALUES`] values.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    from.deserialize_seq(ListVisitor(PhantomData))
}

/// Deserializes an optional list of at most [`MOST_VALUES`] values.
pub(super) fn optional_list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let list = Option::<List<T>>::deserialize(from)?;
    Ok(list.map(|List(list)| list))
}

/// Deserializes optional amounts by name, at most [`MOST_VALUES`].
pub(super) fn amounts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<BTreeMap<String, u64>>, D::Error> {
    let amounts = Option::<Amounts>::deserialize(from)?;
    Ok(amounts.map(|Amounts(amounts)| amounts))
}

struct List<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        list(from).map(Self)
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            check_room(list.len())?;
            list.push(value);
        }
        Ok(list)
    }
}

struct Amounts(BTreeMap<String, u64>);

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(AmountsVisitor)
    }
}

struct AmountsVisitor;

impl<'de> Visitor<'de> for AmountsVisitor {
    type Value = Amounts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut amounts = BTreeMap::new();
        while let Some((name, amount)) = entries.next_entry()? {
            check_room(amounts.len())?;
            amounts.insert(name, amount);
        }
        Ok(Amounts(amounts))
    }
}

fn check_room<E: Error>(len: usize) -> Result<(), E> {
    if len < MOST_VALUES {
        return Ok(());
    }
    Err(E::custom("a list of more than 100,000 values"))
}
