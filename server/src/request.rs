//! The JSON request, read in one pass straight into the tensors of the batch.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category as Kind;

use crate::array::ReadArray;
use crate::encode::{Encoder, WireValue};
use crate::error::{ApiError, ErrorCode};

/// What some editors write at the beginning of a UTF-8 file.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads `{"rows": [{feature: value, ...}, ...]}` into the encoder.
pub fn read(body: &[u8], encoder: &mut Encoder) -> Result<(), ApiError> {
    let mut reader = Reader { encoder, failure: None, rows_seen: false };
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mut json = serde_json::Deserializer::from_slice(body);
    let outcome = Body(&mut reader).deserialize(&mut json).and_then(|()| json.end());
    match (outcome, reader.failure) {
        (Ok(()), _) if reader.rows_seen => Ok(()),
        (Ok(()), _) => Err(ApiError::bad_data("the body has no \"rows\"")),
        (Err(_), Some(failure)) => Err(failure),
        // Only this way can the reader of a long list report that the work has to end.
        (Err(_), None) if let Err(stopped) = reader.encoder.work.step() => Err(stopped),
        (Err(error), None) => Err(json_error(&error, reader.encoder)),
    }
}

/// Wrong JSON has no place but its line and column; a wrong value or text has a row and a feature.
fn json_error(error: &serde_json::Error, encoder: &Encoder) -> ApiError {
    let message: String = error.to_string().chars().take(300).collect();
    match error.classify() {
        Kind::Data => ApiError::new(ErrorCode::JsonPropertyTypeMismatch, message).at(&encoder.place()),
        // 1e999 is valid JSON, but the parser has no error kind for it.
        _ if message.starts_with("number out of range") => ApiError::bad_data(message).at(&encoder.place()),
        _ if is_lone_surrogate(&message) => {
            let message = format!("the text has half of a surrogate pair, which is no character: {message}");
            ApiError::new(ErrorCode::JsonParsingError, message).at(&encoder.place())
        }
        _ => ApiError::new(ErrorCode::JsonParsingError, format!("the body is not valid JSON: {message}")),
    }
}

/// Whether the parser's error is about `\ud800` to `\udfff` without the other half. The grammar of JSON has
/// these (RFC 8259 8.2), but they are no text.
fn is_lone_surrogate(message: &str) -> bool {
    message.starts_with("lone leading surrogate in hex escape")
        || message.starts_with("unexpected end of hex escape")
}

struct Reader<'e, 'd> {
    encoder: &'e mut Encoder<'d>,
    /// The API's error that caused the parser's.
    failure: Option<ApiError>,
    rows_seen: bool,
}

impl Reader<'_, '_> {
    /// Keeps an API error aside and stops the parser.
    fn keep<T, E: de::Error>(&mut self, outcome: Result<T, ApiError>) -> Result<T, E> {
        outcome.map_err(|error| {
            self.failure = Some(error);
            E::custom("")
        })
    }
}

struct Body<'r, 'e, 'd>(&'r mut Reader<'e, 'd>);

impl<'de> DeserializeSeed<'de> for Body<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("an object with \"rows\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<str>>()? {
            if key != "rows" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if std::mem::replace(&mut self.0.rows_seen, true) {
                return self.0.keep(Err(ApiError::bad_data("the body has \"rows\" twice")));
            }
            map.next_value_seed(Rows(self.0))?;
        }
        Ok(())
    }
}

struct Rows<'r, 'e, 'd>(&'r mut Reader<'e, 'd>);

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(Row(self.0))?.is_some() {}
        Ok(())
    }
}

struct Row<'r, 'e, 'd>(&'r mut Reader<'e, 'd>);

impl<'de> DeserializeSeed<'de> for Row<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let begun = self.0.encoder.begin_row();
        self.0.keep(begun)?;
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("a row, an object of feature names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        let reader = self.0;
        while let Some(name) = row.next_key::<Cow<str>>()? {
            let Some(place) = reader.encoder.deployment.input_place(&name) else {
                reader.encoder.unknown(&name);
                row.next_value::<IgnoredAny>()?;
                continue;
            };
            let begun = reader.encoder.begin_feature(place);
            reader.keep(begun)?;
            let array = reader.encoder.read_array();
            let value = row.next_value_seed(Value { array })?;
            let put = reader.encoder.put(value);
            reader.keep(put)?;
        }
        let ended = reader.encoder.end_row();
        reader.keep(ended)
    }
}

/// Reads any value; lists and foreign objects are read over, for their place in a row is wrong anyway.
struct Value<'a> {
    array: ReadArray<'a>,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = WireValue<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WireValue<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = WireValue<'de>;

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("the value of a feature")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(WireValue::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(WireValue::Bool)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(WireValue::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or(WireValue::Number(number as f64), WireValue::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(WireValue::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(WireValue::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(WireValue::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(WireValue::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.array.deserialize(MapAccessDeserializer::new(map)).map(WireValue::Object)
    }
}
