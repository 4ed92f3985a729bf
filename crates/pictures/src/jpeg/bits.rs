//! The bits of a scan, and the Huffman codes among them (T.81 Annex F).

use super::error::damaged;
use crate::Error;

/// Codes up to this length are looked up in one step.
const SHORT: u32 = 9;
const LONGEST: usize = 16;

/// A Huffman table, made for decoding.
pub(super) struct Table {
    /// By the next [`SHORT`] bits: the length of the code that they start with times 256, and its symbol; 0
    /// for a longer code.
    short: [u16; 1 << SHORT],
    /// By length: the code after the last of that length, aligned to 16 bits; 0 if there is none.
    ends: [u32; LONGEST + 1],
    /// By length: what is added to a code to find its symbol.
    offsets: [i32; LONGEST + 1],
    symbols: Vec<u8>,
}

impl Table {
    /// Makes a table of the counts of codes of each length, and their symbols.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Table, Error> {
        let mut table = Table {
            short: [0; 1 << SHORT],
            ends: [0; LONGEST + 1],
            offsets: [0; LONGEST + 1],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut first) = (0u32, 0usize);
        for (length, &count) in (1..=LONGEST).zip(counts) {
            let count = usize::from(count);
            if code as usize + count > 1 << length {
                return Err(damaged("a Huffman table has more codes than there can be"));
            }
            table.offsets[length] = first as i32 - code as i32;
            for &symbol in symbols.get(first..first + count).unwrap_or_default() {
                table.set_short(code, length as u32, symbol);
                code += 1;
            }
            table.ends[length] = if count > 0 { code << (LONGEST - length) } else { 0 };
            first += count;
            code <<= 1;
        }
        Ok(table)
    }

    fn set_short(&mut self, code: u32, length: u32, symbol: u8) {
        if length > SHORT {
            return;
        }
        let start = (code << (SHORT - length)) as usize;
        let entries = self.short.get_mut(start..start + (1 << (SHORT - length))).unwrap_or_default();
        entries.fill((length as u16) << 8 | u16::from(symbol));
    }

    /// Length and symbol of the code that 16 bits start with.
    #[inline]
    fn find(&self, bits: u32) -> Option<(u32, u8)> {
        let entry = self.short[(bits >> (LONGEST as u32 - SHORT)) as usize];
        if entry != 0 {
            return Some((u32::from(entry >> 8), entry as u8));
        }
        let length = (SHORT as usize + 1..=LONGEST).find(|&length| bits < self.ends[length])?;
        let code = (bits >> (LONGEST - length)) as i32;
        let symbol = self.symbols.get((code + self.offsets[length]) as usize)?;
        Some((length as u32, *symbol))
    }
}

/// The bits of a scan, up to the next marker or the end of the file.
pub(super) struct Bits<'a> {
    file: &'a [u8],
    at: usize,
    /// The next bits, from the highest.
    ahead: u64,
    /// How many of them are there.
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(file: &'a [u8], at: usize) -> Bits<'a> {
        Bits { file, at, ahead: 0, count: 0 }
    }

    /// Where in the file the bits that are not taken yet begin, or a little later.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Drops what is left of the current byte and goes on after the restart marker of this number.
    pub(super) fn restart(&mut self, number: u8) -> Result<(), Error> {
        (self.ahead, self.count) = (0, 0);
        let marker = super::segments::next_marker(self.file, self.at).ok_or(Error::Cut)?;
        if marker.code != 0xd0 + number {
            return Err(damaged("a restart marker is missing"));
        }
        self.at = marker.end;
        Ok(())
    }

    #[inline]
    fn fill(&mut self) {
        let next = self.file.get(self.at..).and_then(<[u8]>::first_chunk);
        let next = next.map(|next| u64::from_be_bytes(*next));
        match next {
            Some(next) if !has_ff(next) => {
                self.ahead |= next >> self.count;
                let bytes = (64 - self.count) / 8;
                self.at += bytes as usize;
                self.count += 8 * bytes;
            }
            _ => self.fill_bytewise(),
        }
    }

    #[cold]
    fn fill_bytewise(&mut self) {
        // The bits beyond `count` may be set already, by the same bytes.
        while self.count <= 56 {
            let size = match (self.file.get(self.at), self.file.get(self.at + 1)) {
                (Some(0xff), Some(0)) => 2,
                (Some(0xff), _) | (None, _) => return,
                _ => 1,
            };
            self.ahead |= u64::from(self.file[self.at]) << (56 - self.count);
            self.at += size;
            self.count += 8;
        }
    }

    /// The next symbol. Afterwards there are at least 16 more bits, unless the data end.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Error> {
        if self.count < 32 {
            self.fill();
        }
        let (length, symbol) = table.find((self.ahead >> 48) as u32).ok_or_else(|| self.no_code())?;
        self.skip(length)?;
        Ok(symbol)
    }

    #[cold]
    fn no_code(&self) -> Error {
        if self.count < LONGEST as u32 { self.ended() } else { damaged("its coded data are invalid") }
    }

    /// The data end inside a scan: at the end of the file, or at a marker that should not be there yet.
    #[cold]
    fn ended(&self) -> Error {
        let at_marker = self.file.get(self.at + 1).is_some();
        if at_marker { damaged("a scan ends too early") } else { Error::Cut }
    }

    #[inline]
    fn skip(&mut self, length: u32) -> Result<(), Error> {
        if length > self.count {
            return Err(self.ended());
        }
        self.ahead <<= length;
        self.count -= length;
        Ok(())
    }

    /// The next bits, at most 16, as a number.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Error> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.fill();
        }
        let bits = (self.ahead >> (64 - count)) as u32;
        self.skip(count)?;
        Ok(bits)
    }

    /// The next bits as a coefficient of this many bits (T.81 F.2.2.1, EXTEND).
    #[inline]
    pub(super) fn coefficient(&mut self, size: u32) -> Result<i32, Error> {
        let bits = self.take(size)? as i32;
        let negative = size > 0 && bits < 1 << (size - 1);
        Ok(if negative { bits + 1 - (1 << size) } else { bits })
    }
}

/// Whether one of eight bytes is 0xff.
fn has_ff(bytes: u64) -> bool {
    const LOW: u64 = u64::MAX / 0xff;
    const HIGH: u64 = LOW << 7;
    let inverted = !bytes;
    inverted.wrapping_sub(LOW) & bytes & HIGH != 0
}
