//! An array as `{"shape", "data"}`, of which no more is kept than its feature can take.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::work::Work;

/// Values that are read between two checks whether to continue.
const STEP: usize = 1 << 14;

/// An array as it arrived.
pub struct ArrayObject {
    pub shape: Option<List<usize>>,
    pub data: Option<Data>,
}

/// The numbers of an array, with the digits that its tensor keeps.
pub enum Data {
    Single(List<f32>),
    Double(List<f64>),
}

impl Data {
    pub fn count(&self) -> usize {
        match self {
            Data::Single(list) => list.count,
            Data::Double(list) => list.count,
        }
    }
}

/// The first values of a list, and how many it has.
pub struct List<T> {
    pub values: Vec<T>,
    pub count: usize,
}

/// Reads an array's object: as many sizes and values as there may be, and counts the rest.
pub struct ReadArray<'a> {
    /// Whether the numbers keep the digits of 64-bit floats.
    pub wide: bool,
    pub rank: usize,
    pub size: usize,
    pub work: &'a Work,
}

impl<'de> DeserializeSeed<'de> for ReadArray<'_> {
    type Value = ArrayObject;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ArrayObject, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ReadArray<'_> {
    type Value = ArrayObject;

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("an object with \"shape\" and \"data\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ArrayObject, A::Error> {
        let (mut shape, mut data) = (None, None);
        while let Some(key) = map.next_key::<Cow<str>>()? {
            match &*key {
                "shape" if shape.is_some() => return Err(Error::duplicate_field("shape")),
                "data" if data.is_some() => return Err(Error::duplicate_field("data")),
                "shape" => shape = Some(map.next_value_seed(ReadList::new(self.rank, self.work))?),
                "data" if self.wide => {
                    let list = map.next_value_seed(ReadList::new(self.size, self.work))?;
                    data = Some(list.map(Data::Double));
                }
                "data" => {
                    let list = map.next_value_seed(ReadList::new(self.size, self.work))?;
                    data = Some(list.map(Data::Single));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(ArrayObject { shape: shape.flatten(), data: data.flatten() })
    }
}

/// Reads a list or null.
struct ReadList<'a, T> {
    list: List<T>,
    most: usize,
    work: &'a Work,
}

impl<'a, T> ReadList<'a, T> {
    fn new(most: usize, work: &'a Work) -> ReadList<'a, T> {
        ReadList { list: List { values: Vec::new(), count: 0 }, most, work }
    }
}

impl<'de, T: serde::Deserialize<'de>> DeserializeSeed<'de> for ReadList<'_, T> {
    type Value = Option<List<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: serde::Deserialize<'de>> Visitor<'de> for ReadList<'_, T> {
    type Value = Option<List<T>>;

    fn expecting(&self, text: &mut fmt::Formatter) -> fmt::Result {
        text.write_str("a list of numbers")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let ReadList { list: mut read, most, work } = self;
        while let Some(value) = list.next_element()? {
            if read.values.len() < most {
                read.values.push(value);
            }
            read.count += 1;
            if read.count.is_multiple_of(STEP) {
                work.step().map_err(|error| Error::custom(error.message))?;
            }
        }
        Ok(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, wide: bool) -> serde_json::Result<ArrayObject> {
        let work = Work::unbounded();
        let seed = ReadArray { wide, rank: 2, size: 3, work: &work };
        seed.deserialize(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn what_is_over_is_counted_not_kept() {
        let array =
            read(r#"{"more": [{}], "data": [1, 2.5, 3, 4, 5], "shape": [1, 2, 3, 4]}"#, false).unwrap();
        let (shape, data) = (array.shape.unwrap(), array.data.unwrap());
        assert_eq!((shape.values, shape.count), (vec![1, 2], 4));
        assert_eq!(data.count(), 5);
        assert!(matches!(data, Data::Single(list) if list.values == [1.0, 2.5, 3.0]));
        let data = read(r#"{"data": [0.1, 16777217]}"#, true).unwrap().data.unwrap();
        assert!(matches!(data, Data::Double(list) if list.values == [0.1, 16_777_217.0]));
    }

    #[test]
    fn null_is_as_good_as_none_and_other_types_are_errors() {
        let array = read(r#"{"shape": null}"#, false).unwrap();
        assert!(array.shape.is_none() && array.data.is_none());
        for text in [
            "[]",
            r#"{"data": 1}"#,
            r#"{"data": ["1"]}"#,
            r#"{"data": [], "data": []}"#,
            r#"{"data": null, "data": []}"#,
        ] {
            assert!(read(text, true).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_list_ends_when_its_work_is_stopped() {
        let work = Work::unbounded();
        work.stop();
        let text = format!("{{\"data\": [{}0]}}", "0,".repeat(STEP));
        let seed = ReadArray { wide: false, rank: 1, size: 1, work: &work };
        assert!(seed.deserialize(&mut serde_json::Deserializer::from_str(&text)).is_err());
    }
}
