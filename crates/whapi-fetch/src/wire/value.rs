//! JSON values that may have another type than documented.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use whapi_model::ContactId;

/// A type that is built from a JSON value of any type. Unexpected types give an empty value.
pub(super) trait FromAny<'de>: Sized {
    fn nothing() -> Self;

    fn from_text(_: Cow<'de, str>) -> Self {
        Self::nothing()
    }

    fn from_flag(_: bool) -> Self {
        Self::nothing()
    }

    fn from_count(_: u64) -> Self {
        Self::nothing()
    }

    fn from_object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::nothing())
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::nothing())
    }
}

/// A value of any type.
pub(super) struct Any<T>(pub(super) T);

impl<'de, T: FromAny<'de>> Deserialize<'de> for Any<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor(Any, PhantomData))
    }
}

/// Deserializes a value of any type at the end of a list, without moving it.
pub(super) struct Next<'a, T>(pub(super) &'a mut Vec<T>);

impl<'de, T: FromAny<'de>> DeserializeSeed<'de> for Next<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(AnyVisitor(|item| self.0.push(item), PhantomData))
    }
}

/// A value of any type that takes the place of another.
struct InPlaceOf<'a, T>(&'a mut T);

impl<'de, T: FromAny<'de>> DeserializeSeed<'de> for InPlaceOf<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(AnyVisitor(|value| *self.0 = value, PhantomData))
    }
}

/// Deserializes a `T` and passes it to a function.
struct AnyVisitor<T, F>(F, PhantomData<T>);

impl<'de, T: FromAny<'de>, O, F: FnOnce(T) -> O> Visitor<'de> for AnyVisitor<T, F> {
    type Value = O;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<O, E> {
        Ok(self.0(T::from_text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<O, E> {
        Ok(self.0(T::from_text(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<O, E> {
        Ok(self.0(T::from_flag(flag)))
    }

    fn visit_u64<E>(self, count: u64) -> Result<O, E> {
        Ok(self.0(T::from_count(count)))
    }

    fn visit_i64<E>(self, _: i64) -> Result<O, E> {
        Ok(self.0(T::nothing()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<O, E> {
        Ok(self.0(T::nothing()))
    }

    fn visit_unit<E>(self) -> Result<O, E> {
        Ok(self.0(T::nothing()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<O, A::Error> {
        T::from_object(map).map(self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<O, A::Error> {
        T::from_list(list).map(self.0)
    }
}

impl<'de> FromAny<'de> for Option<Cow<'de, str>> {
    fn nothing() -> Self {
        None
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Some(text)
    }
}

impl<'de> FromAny<'de> for Option<String> {
    fn nothing() -> Self {
        None
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Some(text.into_owned())
    }
}

impl FromAny<'_> for Option<bool> {
    fn nothing() -> Self {
        None
    }

    fn from_flag(flag: bool) -> Self {
        Some(flag)
    }
}

impl FromAny<'_> for Option<u64> {
    fn nothing() -> Self {
        None
    }

    fn from_count(count: u64) -> Self {
        Some(count)
    }
}

/// An id is text; a JSON number in its place is read as its digits.
impl<'de> FromAny<'de> for Option<ContactId> {
    fn nothing() -> Self {
        None
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        ContactId::parse(&text).ok()
    }

    fn from_count(count: u64) -> Self {
        ContactId::parse(&count.to_string()).ok()
    }
}

/// Deserializes the value of a field.
pub(super) fn value<'de, T: FromAny<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    Ok(map.next_value::<Any<T>>()?.0)
}

/// Deserializes a field in place, without moving it.
pub(super) fn put<'de, T: FromAny<'de>, A: MapAccess<'de>>(
    place: &mut T,
    map: &mut A,
) -> Result<(), A::Error> {
    map.next_value_seed(InPlaceOf(place))
}

/// Skips the value of a field.
pub(super) fn pass_over<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A type that is built from the fields of an object, in any order.
pub(super) trait FromFields<'de>: Sized {
    type Fields: Default;

    /// [Puts](put) the value of a field into its place, or [passes it over](pass_over).
    fn take<A: MapAccess<'de>>(
        fields: &mut Self::Fields,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// `None` when the fields do not make one, such as those of a contact without an id.
    fn build(fields: Self::Fields) -> Option<Self>;
}

/// `None` for a value that is no object, too.
impl<'de, T: FromFields<'de>> FromAny<'de> for Option<T> {
    fn nothing() -> Self {
        None
    }

    fn from_object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut fields = T::Fields::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            T::take(&mut fields, &name.0, &mut map)?;
        }
        Ok(T::build(fields))
    }
}

/// A list of values of any type. `None` for a value that is no list.
impl<'de, T: FromAny<'de>> FromAny<'de> for Option<Vec<T>> {
    fn nothing() -> Self {
        None
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut items = Vec::new();
        while list.next_element_seed(Next(&mut items))?.is_some() {}
        Ok(Some(items))
    }
}

/// A field's name, borrowed as far as JSON allows; a `Cow` by itself never is.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// The message of the API's error object, or of the value in its place.
pub(super) struct ErrorField(pub(super) String);

impl<'de> Deserialize<'de> for ErrorField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let message = match &value {
            serde_json::Value::String(message) => message.clone(),
            other => {
                let texts =
                    ["message", "details"].map(|key| other.get(key).and_then(|text| text.as_str()));
                let texts: Vec<_> = texts
                    .into_iter()
                    .flatten()
                    .filter(|text| !text.is_empty())
                    .collect();
                texts.join(": ")
            }
        };
        Ok(Self(message))
    }
}
