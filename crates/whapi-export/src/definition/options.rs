//! Options as text, and how they become an exporter's own struct.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::contract::{Error, ErrorKind, Result};

/// An exporter's options as text, by key.
///
/// `Debug` shows the keys only: a value may be a secret.
///
/// ```
/// use whapi_export::Options;
///
/// let options: Options = [("profile", "plain")].into_iter().collect();
/// assert_eq!(options.get("profile"), Some("plain"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one option; a later value for the same key wins.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    /// The value of one option; `None` when it was not given.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All options, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Removes one option.
    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Errors do not show the values of the options named in `secrets`.
    pub(crate) fn to_struct<T: DeserializeOwned>(&self, secrets: &[String]) -> Result<T> {
        let access = Entries {
            secrets,
            rest: self.0.iter(),
            value: None,
        };
        T::deserialize(de::value::MapAccessDeserializer::new(access))
            .map_err(|error| Error::new(ErrorKind::Config, error.0))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Options {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// An option that is on or off. Reads `on` and `off`; off unless given.
///
/// There is no third position, so callers may match on both.
///
/// ```
/// use whapi_export::{OpenContext, Switch};
///
/// #[derive(serde::Deserialize)]
/// struct MyConfig {
///     title: Switch,
/// }
///
/// let config: MyConfig = OpenContext::new().with_option("title", "on").options()?;
/// assert!(config.title.is_on());
/// assert_eq!(Switch::default(), Switch::Off);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a switch has two positions")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    #[default]
    Off,
}

impl Switch {
    /// Whether the switch is on.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// The options of a format that has none.
///
/// ```
/// use whapi_export::{NoOptions, OpenContext};
///
/// assert!(OpenContext::new().options::<NoOptions>().is_ok());
/// assert!(OpenContext::new().with_option("header", "on").options::<NoOptions>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NoOptions {}

/// A list written with commas; white space around an item is dropped.
///
/// ```
/// use whapi_export::{CommaList, OpenContext};
///
/// #[derive(serde::Deserialize)]
/// struct Config { columns: CommaList }
///
/// let ctx = OpenContext::new().with_option("columns", "id, phone");
/// assert_eq!(ctx.options::<Config>()?.columns.items(), ["id", "phone"]);
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommaList(Vec<String>);

impl CommaList {
    /// The items, in the order given; none is empty.
    pub fn items(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CommaList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let items = text.split(',').map(str::trim);
        Ok(Self(
            items
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
        ))
    }
}

/// Feeds a struct from text; the field's type decides how a value is read.
struct Entries<'a> {
    secrets: &'a [String],
    rest: std::collections::btree_map::Iter<'a, String, String>,
    value: Option<(&'a str, &'a str)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = OptionError;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, OptionError> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let key: StrDeserializer<'_, OptionError> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, OptionError> {
        let (key, text) = self
            .value
            .take()
            .expect("serde asks for a value after its key");
        seed.deserialize(Value(text)).map_err(|error| {
            let what = if self.secrets.iter().any(|secret| secret == key) {
                "the value is not valid, and not shown because it is a secret"
            } else {
                &error.0
            };
            OptionError(format!("option `{key}`: {what}"))
        })
    }
}

struct Value<'a>(&'a str);

macro_rules! parse_number {
    ($($method:ident => $visit:ident: $kind:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OptionError> {
            let number = self.0.parse::<$kind>().map_err(|_| {
                OptionError(format!(
                    "`{}` is not a whole number from {} to {}", self.0, <$kind>::MIN, <$kind>::MAX
                ))
            })?;
            visitor.$visit(number)
        })*
    };
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = OptionError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OptionError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OptionError> {
        match self.0 {
            "on" | "true" | "yes" => visitor.visit_bool(true),
            "off" | "false" | "no" => visitor.visit_bool(false),
            other => Err(OptionError(format!("`{other}` is neither on nor off"))),
        }
    }

    parse_number! {
        deserialize_u8 => visit_u8: u8;
        deserialize_u16 => visit_u16: u16;
        deserialize_u32 => visit_u32: u32;
        deserialize_u64 => visit_u64: u64;
        deserialize_i8 => visit_i8: i8;
        deserialize_i16 => visit_i16: i16;
        deserialize_i32 => visit_i32: i32;
        deserialize_i64 => visit_i64: i64;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OptionError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, OptionError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, OptionError> {
        let text: StrDeserializer<'_, OptionError> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The text of what is wrong with an option; becomes an [`Error`] at the edge.
#[derive(Debug)]
struct OptionError(String);

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionError {}

impl de::Error for OptionError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Config {
        version: Version,
        split: Option<u32>,
        guard: Switch,
        photo: bool,
        title: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    enum Version {
        #[default]
        #[serde(rename = "3.0")]
        V3,
        #[serde(rename = "4.0")]
        V4,
    }

    #[track_caller]
    fn check(entries: &[(&str, &str)], expected: Result<Config, &str>) {
        let options: Options = entries.iter().copied().collect();
        let found = options
            .to_struct::<Config>(&[])
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn text_becomes_the_fields_type() {
        check(&[], Ok(Config::default()));
        check(
            &[
                ("guard", "on"),
                ("photo", "yes"),
                ("split", "3000"),
                ("title", "5"),
                ("version", "4.0"),
            ],
            Ok(Config {
                version: Version::V4,
                split: Some(3000),
                guard: Switch::On,
                photo: true,
                title: "5".to_owned(),
            }),
        );
    }

    #[test]
    fn errors_name_the_option_and_the_value() {
        check(
            &[("version", "2.1")],
            Err("option `version`: unknown variant `2.1`, expected `3.0` or `4.0`"),
        );
        check(
            &[("split", "many")],
            Err("option `split`: `many` is not a whole number from 0 to 4294967295"),
        );
        check(
            &[("guard", "maybe")],
            Err("option `guard`: unknown variant `maybe`, expected `on` or `off`"),
        );
        check(
            &[("photo", "2")],
            Err("option `photo`: `2` is neither on nor off"),
        );
        check(
            &[("colour", "red")],
            Err(
                "unknown field `colour`, expected one of `version`, `split`, `guard`, `photo`, `title`",
            ),
        );
    }

    #[test]
    fn errors_do_not_show_a_secret() {
        let options: Options = [("split", "hush")].into_iter().collect();
        let error = options
            .to_struct::<Config>(&["split".to_owned()])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "option `split`: the value is not valid, and not shown because it is a secret"
        );
    }

    #[test]
    fn small_numbers_have_small_ranges() {
        #[derive(Debug, Deserialize)]
        struct Small {
            width: u8,
            shift: i32,
        }
        let options: Options = [("shift", "-3"), ("width", "75")].into_iter().collect();
        let small: Small = options.to_struct(&[]).unwrap();
        assert_eq!((small.width, small.shift), (75, -3));
        let options: Options = [("width", "256")].into_iter().collect();
        assert_eq!(
            options.to_struct::<Small>(&[]).unwrap_err().to_string(),
            "option `width`: `256` is not a whole number from 0 to 255"
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let options: Options = [("token", "hush")].into_iter().collect();
        assert_eq!(format!("{options:?}"), "{\"token\"}");
    }
}
