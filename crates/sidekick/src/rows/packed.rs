//! Many small values in one call: language bindings pack records, so that they call into C once for each
//! batch.
//!
//! A record is a head of 16 bytes, in this machine's byte order, and its payload: `u32` kind, `u32` index of
//! the input, `u64` length of the payload, then the payload, padded with any bytes to a multiple of 8.

use crate::error::{Error, ErrorKind, Result};
use crate::rows::Rows;

const END_ROW: u32 = 0;
const NUMBER: u32 = 1;
const INTEGER: u32 = 2;
const CATEGORY: u32 = 3;
const BINARY: u32 = 4;
const TEXT: u32 = 5;
const BYTES: u32 = 6;
const UNSIGNED: u32 = 7;

impl Rows {
    /// Adds the values of packed records. If one fails, it adds none.
    pub fn add_packed(&mut self, mut records: &[u8]) -> Result<()> {
        let before = self.checkpoint()?;
        // What is kept of a record is seldom longer than it.
        self.reserve(records.len())?;
        while !records.is_empty() {
            let added = split_record(records).and_then(|(record, rest)| {
                records = rest;
                self.add_record(&record)
            });
            if let Err(error) = added {
                let row = error.row().unwrap_or(self.len());
                self.restore(before);
                return Err(error.in_row(row));
            }
        }
        Ok(())
    }

    fn add_record(&mut self, record: &Record<'_>) -> Result<()> {
        let index = record.index;
        match record.kind {
            END_ROW if record.payload.is_empty() => self.end_row(),
            END_ROW => Err(bad("the end of a row has a payload")),
            NUMBER => self.add_number(index, f64::from_bits(self.word(record)?)),
            INTEGER => self.add_integer(index, self.word(record)?.cast_signed()),
            UNSIGNED => self.add_unsigned(index, self.word(record)?),
            CATEGORY => self.add_category(index, self.text(record)?),
            BINARY => self.add_binary(index, self.bit(record)?),
            TEXT => self.add_text(index, self.text(record)?),
            BYTES => self.add_bytes(index, record.payload),
            kind => Err(bad(&format!("there is no kind {kind}"))),
        }
    }

    fn word(&self, record: &Record<'_>) -> Result<u64> {
        record.word().map_err(|error| self.locate(record.index.into(), error))
    }

    fn bit(&self, record: &Record<'_>) -> Result<bool> {
        record.bit().map_err(|error| self.locate(record.index.into(), error))
    }

    fn text<'a>(&self, record: &Record<'a>) -> Result<&'a str> {
        std::str::from_utf8(record.payload).map_err(|_| {
            self.locate(record.index.into(), Error::new(ErrorKind::Argument, "the text is not UTF-8"))
        })
    }
}

struct Record<'a> {
    kind: u32,
    index: usize,
    payload: &'a [u8],
}

impl<'a> Record<'a> {
    fn word(&self) -> Result<u64> {
        let bytes = self.payload.try_into().map_err(|_| bad("a number's payload is not 8 bytes"))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn bit(&self) -> Result<bool> {
        match self.word()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(bad(&format!("a binary value of {other}; it is 0 or 1"))),
        }
    }
}

fn split_record(records: &[u8]) -> Result<(Record<'_>, &[u8])> {
    let cut = || bad("a record is cut off");
    let (kind, rest) = records.split_first_chunk().ok_or_else(cut)?;
    let (index, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let (length, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let length = usize::try_from(u64::from_ne_bytes(*length)).map_err(|_| cut())?;
    let payload = rest.get(..length).ok_or_else(cut)?;
    let rest = rest.get(length.next_multiple_of(8)..).ok_or_else(cut)?;
    Ok((
        Record { kind: u32::from_ne_bytes(*kind), index: u32::from_ne_bytes(*index) as usize, payload },
        rest,
    ))
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::Argument, format!("bad packed records: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{json, rows};

    fn record(kind: u32, index: u32, payload: &[u8]) -> Vec<u8> {
        let head = [kind.to_ne_bytes(), index.to_ne_bytes()].concat();
        let padding = vec![0xff; payload.len().next_multiple_of(8) - payload.len()];
        [&head[..], &(payload.len() as u64).to_ne_bytes(), payload, &padding].concat()
    }

    fn row(number: f64) -> Vec<u8> {
        let values = [
            record(NUMBER, 0, &number.to_ne_bytes()),
            record(CATEGORY, 1, b"a"),
            record(BINARY, 2, &1u64.to_ne_bytes()),
            record(TEXT, 4, "hé".as_bytes()),
        ];
        values.concat()
    }

    #[test]
    fn records_are_added_in_order() {
        let mut rows = rows();
        rows.add_packed(&row(0.5)).unwrap();
        rows.add_array("a", &crate::Array::of(&[2], &[1u8, 2]).unwrap()).unwrap();
        rows.add_packed(&record(END_ROW, 0, b"")).unwrap();
        let expected = r#"{"n":0.5,"c\"":"a","b":1,"t":"hé","a":{"shape":[2],"data":[1,2]}}"#;
        assert_eq!(json(&rows, 0..1), expected);
        rows.add_packed(&record(INTEGER, 0, &(-7i64).to_ne_bytes())).unwrap();
        assert!(rows.require_closed().is_err());
    }

    #[test]
    fn a_bad_record_undoes_the_call() {
        let mut rows = rows();
        rows.add_number("n", 1.0).unwrap();
        for bad in [
            row(2.0),
            record(END_ROW, 0, b""),
            [record(CATEGORY, 1, b"a"), record(CATEGORY, 1, b"a")].concat(),
            record(9, 1, b""),
            record(BINARY, 2, &2u64.to_ne_bytes()),
            record(NUMBER, 0, b"1234567"),
            record(TEXT, 4, b"\xff"),
            record(TEXT, 9, b"x"),
            record(TEXT, 4, b"12345678")[..20].to_vec(),
            vec![1; 15],
            [TEXT.to_ne_bytes(), 4u32.to_ne_bytes(), [255; 4], [255; 4]].concat(),
        ] {
            assert!(rows.add_packed(&bad).is_err());
            assert_eq!(rows.len(), 0);
        }
        let text = rows.add_packed(&record(TEXT, 4, b"\xff")).unwrap_err();
        assert_eq!(text.to_string(), r#"row 0: feature "t": the text is not UTF-8"#);
        for (record, said) in [
            (record(BINARY, 2, &2u64.to_ne_bytes()), "a binary value of 2; it is 0 or 1"),
            (record(BINARY, 2, b""), "a number's payload is not 8 bytes"),
            (record(NUMBER, 2, b"1234567"), "a number's payload is not 8 bytes"),
        ] {
            let error = rows.add_packed(&record).unwrap_err();
            assert_eq!(error.to_string(), format!("row 0: feature \"b\": bad packed records: {said}"));
        }
        let payload = rows.add_packed(&record(END_ROW, 0, b"x")).unwrap_err();
        assert_eq!(payload.to_string(), "row 0: bad packed records: the end of a row has a payload");
        rows.add_packed(&record(CATEGORY, 1, b"a")).unwrap();
        assert_eq!(rows.add_number("n", 1.0).unwrap_err().kind(), ErrorKind::FeatureTwice);
    }
}
