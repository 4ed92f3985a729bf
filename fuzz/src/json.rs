//! A plain reader of JSON to compare with: `serde_json` splits the text, and each number is kept as it is
//! written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
pub use serde_json::value::RawValue;

/// A JSON document; nothing where the text is not JSON.
pub fn document(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

/// The text of a number.
pub fn number(value: &RawValue) -> Option<&str> {
    Some(value.get()).filter(|text| text.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
}

pub fn finite_f64(value: &RawValue) -> Option<f64> {
    number(value)?.parse().ok().filter(|value: &f64| value.is_finite())
}

pub fn finite_f32(value: &RawValue) -> Option<f32> {
    number(value)?.parse().ok().filter(|value: &f32| value.is_finite())
}

pub fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

pub fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The members of an object in their order, duplicate keys included.
pub fn object(value: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    serde_json::from_str::<Members>(value.get()).ok().map(|members| members.0)
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Members(pairs))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}
