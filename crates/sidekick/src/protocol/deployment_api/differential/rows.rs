//! Rows of numbers and categories: keys in and out of order, escaped, twice, missing and unknown.

use crate::protocol::deployment_api::wire::OutputKeys;
use crate::protocol::deployment_api::{describe, reply};
use crate::results::{Column, Columns};
use crate::spec::Specs;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sidekick_numbers::generate::*;
use std::fmt::{self, Write};

const LABELS: [&str; 5] = ["a", "b\"\\", "a label longer than sixteen bytes", "caf\u{e9}", ""];

fn outputs() -> (Specs, Vec<OutputKeys>) {
    let labels = serde_json::to_string(&LABELS).unwrap();
    let document = format!(
        r#"{{"components": {{"schemas": {{"input-row": {{"properties": {{}}}},
        "output-row-batch": {{"properties": {{"rows": {{"properties": {{
            "x": {{"x-peltarion": {{"type": "numeric", "shape": [1]}}}},
            "class": {{"x-peltarion": {{"type": "categorical", "shape": [5]}}, "enum": {labels}}},
            "the probability of rain": {{"x-peltarion": {{"type": "binary", "shape": [1]}}}},
            "y\n": {{"x-peltarion": {{"type": "numeric", "shape": [1]}}}}}}}}}}}}}}}}}}"#
    );
    let (schema, wire) = describe::parse(document.as_bytes()).unwrap();
    (schema.outputs, wire.outputs)
}

/// The members of an object as they stand in its text.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(Members(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Members, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

impl Members {
    fn of(text: &str) -> Option<Members> {
        serde_json::from_str(text).ok()
    }

    /// The value of the one member of this name.
    fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.get())
    }
}

fn number(text: &str) -> Option<u64> {
    let number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    text.parse().ok().filter(|value: &f64| number && value.is_finite()).map(f64::to_bits)
}

/// The bits of a row's values, output by output, as `serde_json` and the standard library read them.
fn expected_row(row: &str, outputs: &Specs) -> Option<Vec<Vec<u64>>> {
    let members = Members::of(row)?;
    let value = |name: &str| {
        let text = members.get(name)?;
        if name != "class" {
            return Some(vec![number(text)?]);
        }
        let classes = Members::of(text).filter(|classes| classes.0.len() == LABELS.len())?;
        LABELS.iter().map(|label| number(classes.get(label)?)).collect()
    };
    outputs.iter().map(|spec| value(spec.name())).collect()
}

fn expected(body: &str, outputs: &Specs) -> Option<Vec<Vec<u64>>> {
    let body = Members::of(body)?;
    let rows: Vec<Box<RawValue>> = serde_json::from_str(body.get("rows")?).ok()?;
    let mut columns = vec![Vec::new(); outputs.len()];
    for row in rows {
        let row = expected_row(row.get(), outputs)?;
        columns.iter_mut().zip(row).for_each(|(column, values)| column.extend(values));
    }
    Some(columns)
}

fn read(body: &str, rows: usize, outputs: &Specs, keys: &[OutputKeys]) -> Option<Vec<Vec<u64>>> {
    let mut columns = Columns::new(outputs).unwrap();
    reply::read(body.as_bytes(), rows, outputs, keys, &mut columns).ok()?;
    let bits = |column: &Column| match column {
        Column::Numbers(values) => values.iter().map(|value| value.to_bits()).collect(),
        Column::Categories(it) => it.probabilities.iter().map(|value| value.to_bits()).collect(),
        other => panic!("{other:?}"),
    };
    Some(columns.columns.iter().map(bits).collect())
}

/// How much of a text is out of the ordinary.
struct Writer {
    text: String,
    style: Style,
    spaces: Spaces,
    /// One in so many keys is written, and one in so many objects is ordered, in an unusual way.
    odd: usize,
}

impl Writer {
    fn space(&mut self, after_comma: bool, random: &mut Random) {
        push_space(&mut self.text, self.spaces, after_comma, random);
    }

    fn key(&mut self, name: &str, random: &mut Random) {
        match name.chars().next() {
            Some(first) if random.one_in(self.odd) => {
                write!(self.text, "\"\\u{:04x}", first as u32).unwrap();
                let rest = serde_json::to_string(&name[first.len_utf8()..]).unwrap();
                self.text.push_str(&rest[1..]);
            }
            _ => self.text.push_str(&serde_json::to_string(name).unwrap()),
        }
    }

    fn number(&mut self, random: &mut Random) {
        if random.one_in(20 * self.odd) {
            self.text.push_str(random.of(&NO_NUMBERS));
        } else {
            push_number(&mut self.text, self.style, random);
        }
    }

    /// An object of these names: in another order, with one more, twice or missing now and then.
    fn object(
        &mut self,
        names: &[&str],
        random: &mut Random,
        value: impl Fn(&mut Writer, &str, &mut Random),
    ) {
        let mut names = names.to_vec();
        if random.one_in(self.odd) {
            let (one, other) = (random.below(names.len()), random.below(names.len()));
            names.swap(one, other);
        }
        if random.one_in(5 * self.odd) {
            let place = random.below(names.len());
            match random.below(3) {
                0 => names.insert(place, "unknown"),
                1 => names.insert(place, random.of(&names.clone())),
                _ => drop(names.remove(place)),
            }
        }
        self.text.push('{');
        for (index, name) in names.iter().enumerate() {
            self.text.push_str(if index > 0 { "," } else { "" });
            self.space(index > 0, random);
            self.key(name, random);
            self.space(false, random);
            self.text.push(':');
            self.space(matches!(self.spaces, Spaces::AfterCommas), random);
            value(self, name, random);
            self.space(false, random);
        }
        self.text.push('}');
    }

    fn row(&mut self, random: &mut Random) {
        let names = ["x", "class", "the probability of rain", "y\n"];
        self.object(&names, random, |writer, name, random| match name {
            "class" => writer.object(&LABELS, random, |writer, _, random| writer.number(random)),
            "unknown" => {
                writer.text.push_str(random.of(&["null", "[1, {}]", "\"}\"", "{\"x\": 1}", "01", "[1,]"]))
            }
            _ => writer.number(random),
        });
    }
}

/// A reply of so many rows.
fn body(rows: usize, random: &mut Random) -> String {
    let (style, spaces) = (random.of(&STYLES), random.of(&SPACES));
    let mut writer = Writer { text: "{\"rows\":[".to_owned(), style, spaces, odd: random.of(&[3, 20, 1000]) };
    for row in 0..rows {
        writer.text.push_str(if row > 0 { "," } else { "" });
        writer.row(random);
    }
    writer.text
        + random.of(&["]}", " ]\n}\n", "],\"more\":\"and as much text as is looked at for a number\"}"])
}

fn assert_same(body: &str, rows: usize, (outputs, keys): &(Specs, Vec<OutputKeys>)) -> bool {
    let expected = expected(body, outputs).filter(|columns| columns[0].len() == rows);
    assert_eq!(read(body, rows, outputs, keys), expected, "{body}");
    expected.is_some()
}

#[test]
fn rows_of_every_spelling_are_read_as_others_read_them() {
    let (mut random, outputs) = (Random(11), outputs());
    let (mut taken, all) = (0, cases(6_000));
    for _ in 0..all {
        let rows = random.below(4);
        taken += usize::from(assert_same(&body(rows, &mut random), rows, &outputs));
    }
    assert!(taken > all / 2 && taken < all, "{taken}");
}

#[test]
fn rows_that_end_anywhere_are_refused() {
    let (mut random, outputs) = (Random(12), outputs());
    for _ in 0..cases(40) {
        let body = body(2, &mut random);
        for end in 0..body.trim_end().len() {
            if let Some(text) = body.get(..end) {
                assert!(!assert_same(text, 2, &outputs));
            }
        }
    }
}

#[test]
fn rows_with_any_byte_changed_are_read_as_others_read_them() {
    let (mut random, outputs) = (Random(13), outputs());
    for _ in 0..cases(15_000) {
        let rows = 1 + random.below(2);
        let mut bytes = body(rows, &mut random).into_bytes();
        mutate(&mut bytes, &mut random);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            assert_same(text, rows, &outputs);
        }
    }
}
