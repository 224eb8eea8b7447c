//! The fields of a struct, as its `Deserialize` names them.

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// The fields of `C`. `None` when it is no struct with a fixed list of fields.
pub(super) fn fields_of<C: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let mut fields = None;
    // Ends with the error below in any case.
    let _ = C::deserialize(Names(&mut fields));
    fields
}

/// Takes the names that a struct asks for, and gives it nothing.
struct Names<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("no value"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = Some(fields);
        Err(Error::custom("no value"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[test]
    fn names_come_as_options_spell_them() {
        #[derive(Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        struct Config {
            first_line: bool,
            #[serde(rename = "sep")]
            separator: Option<String>,
        }
        impl Default for Config {
            fn default() -> Self {
                unreachable!("nothing is read")
            }
        }
        assert_eq!(fields_of::<Config>().unwrap(), ["first-line", "sep"]);
        assert_eq!(fields_of::<BTreeMap<String, String>>(), None);
    }
}
