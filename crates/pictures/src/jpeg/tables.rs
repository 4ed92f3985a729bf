//! The tables that a file defines before its scans (T.81 B.2.4).

use super::bits::Table;
use super::error::damaged;
use super::standard;
use crate::Error;

/// The order in which coefficients are coded (T.81 Figure A.6), as indices of a block in reading order.
#[rustfmt::skip]
pub(super) const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10,
    17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34,
    27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36,
    29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63,
];

/// Quantization steps in reading order.
pub(super) type Steps = [u16; 64];

#[derive(Default)]
pub(super) struct Tables {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    steps: [Option<Steps>; 4],
    /// How many units come between two restart markers; 0 for no restart markers.
    pub(super) restart_interval: usize,
}

impl Tables {
    pub(super) fn dc(&self, id: usize) -> Result<&Table, Error> {
        self.dc.get(id).and_then(Option::as_ref).ok_or_else(|| damaged("a Huffman table is missing"))
    }

    pub(super) fn ac(&self, id: usize) -> Result<&Table, Error> {
        self.ac.get(id).and_then(Option::as_ref).ok_or_else(|| damaged("a Huffman table is missing"))
    }

    pub(super) fn steps(&self, id: usize) -> Result<&Steps, Error> {
        self.steps.get(id).and_then(Option::as_ref).ok_or_else(|| damaged("a quantization table is missing"))
    }

    pub(super) fn define_huffman(&mut self, mut content: &[u8]) -> Result<(), Error> {
        let short = || damaged("a Huffman table is too short");
        while let Some((&id, rest)) = content.split_first() {
            let (counts, rest) = rest.split_at_checked(16).ok_or_else(short)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(short)?;
            let tables = if id >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let place = tables.get_mut(usize::from(id & 15)).filter(|_| id < 0x20);
            let place = place.ok_or_else(|| damaged("a Huffman table has an invalid number"))?;
            *place = Some(Table::new(counts, symbols)?);
            content = rest;
        }
        Ok(())
    }

    /// Uses the standard's tables if the file defines none, as in frames of Motion JPEG.
    pub(super) fn add_standard(&mut self) -> Result<(), Error> {
        for (tables, standard) in [(&mut self.dc, standard::DC), (&mut self.ac, standard::AC)] {
            for (table, (counts, symbols)) in tables.iter_mut().zip(standard) {
                if table.is_none() {
                    *table = Some(Table::new(counts, symbols)?);
                }
            }
        }
        Ok(())
    }

    pub(super) fn define_steps(&mut self, mut content: &[u8]) -> Result<(), Error> {
        while let Some((&id, rest)) = content.split_first() {
            let size = if id >> 4 == 0 { 1 } else { 2 };
            let (steps, rest) = rest
                .split_at_checked(64 * size)
                .ok_or_else(|| damaged("a quantization table is too short"))?;
            let place = self.steps.get_mut(usize::from(id & 15)).filter(|_| id < 0x20);
            let place = place.ok_or_else(|| damaged("a quantization table has an invalid number"))?;
            let mut table = [0; 64];
            for (step, place) in steps.chunks_exact(size).zip(ZIGZAG) {
                table[usize::from(place)] = step.iter().fold(0, |step, byte| step << 8 | u16::from(*byte));
            }
            *place = Some(table);
            content = rest;
        }
        Ok(())
    }

    pub(super) fn define_restart_interval(&mut self, content: &[u8]) -> Result<(), Error> {
        let interval = content.first_chunk().ok_or_else(|| damaged("a restart interval is missing"))?;
        self.restart_interval = usize::from(u16::from_be_bytes(*interval));
        Ok(())
    }
}
