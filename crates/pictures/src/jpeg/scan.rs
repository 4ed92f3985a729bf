//! The coded data of a scan: sequential (T.81 F.2) and progressive (T.81 G.2).

use super::bits::{Bits, Table};
use super::error::damaged;
use super::frame::{Component, Frame};
use super::tables::{Tables, ZIGZAG};
use crate::Error;

/// 64 coefficients in reading order.
pub(super) type Block = [i16; 64];

/// The most blocks of a minimum coded unit (T.81 B.2.3).
const MAX_BLOCKS: usize = 10;

/// A scan's header (T.81 B.2.3).
pub(super) struct Scan {
    /// Which components it has, with their DC and AC tables.
    pub(super) components: Vec<(usize, usize, usize)>,
    /// The first and the last coefficient.
    pub(super) first: usize,
    pub(super) last: usize,
    /// The bit positions that came before, and that come with it.
    pub(super) high: u32,
    pub(super) low: u32,
}

impl Scan {
    pub(super) fn parse(content: &[u8], frame: &Frame) -> Result<Scan, Error> {
        let short = || damaged("a scan header is too short");
        let (&count, rest) = content.split_first().ok_or_else(short)?;
        let (selectors, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(short)?;
        let &[first, last, bits] = rest.first_chunk().ok_or_else(short)?;
        let mut components: Vec<(usize, usize, usize)> = Vec::new();
        for &[id, tables] in selectors.as_chunks().0 {
            // In the order of the frame, so that those of the same number are told apart too.
            let first = components.last().map_or(0, |(last, ..)| last + 1);
            let mut rest = frame.components.iter().enumerate().skip(first);
            let index = rest.find(|(_, component)| component.id == id).map(|(index, _)| index);
            let index = index.ok_or_else(|| damaged("a scan has a component that it cannot have"))?;
            components.push((index, usize::from(tables >> 4), usize::from(tables & 15)));
        }
        let scan = Scan {
            components,
            first: usize::from(first),
            last: usize::from(last),
            high: u32::from(bits >> 4),
            low: u32::from(bits & 15),
        };
        let blocks = scan
            .components
            .iter()
            .map(|(index, ..)| frame.components[*index].blocks_of_unit())
            .sum::<usize>();
        if scan.components.len() > 1 && blocks > MAX_BLOCKS {
            return Err(damaged("a scan has more than ten blocks in a unit"));
        }
        if frame.progressive { scan.checked() } else { scan.sequential() }
    }

    /// How many blocks it goes over.
    pub(super) fn blocks(&self, frame: &Frame) -> usize {
        let (across, down) = units(frame, self);
        let of_unit = |(index, ..): &(usize, usize, usize)| {
            let (h, v) = blocks_of_unit(&frame.components[*index], self);
            h * v
        };
        across * down * self.components.iter().map(of_unit).sum::<usize>()
    }

    /// Sequential scans have whole blocks, whatever their headers say.
    fn sequential(self) -> Result<Scan, Error> {
        if self.components.is_empty() {
            return Err(damaged("a scan has no component"));
        }
        Ok(Scan { first: 0, last: 63, high: 0, low: 0, ..self })
    }

    fn checked(self) -> Result<Scan, Error> {
        let dc = self.first == 0;
        let band = if dc { self.last == 0 } else { self.last < 64 && self.first <= self.last };
        let components = if dc { !self.components.is_empty() } else { self.components.len() == 1 };
        let refines = self.high == 0 || self.high == self.low + 1;
        if band && components && refines && self.low <= 13 {
            return Ok(self);
        }
        Err(damaged("a scan header is invalid"))
    }
}

/// What is carried from block to block.
#[derive(Default)]
struct State {
    /// The last DC value of each component of the scan.
    dc: [i32; 4],
    /// How many blocks come without a further coefficient of the scan's band.
    empty_blocks: u32,
}

/// Reads a scan's blocks, and has each put where it belongs: `put` is called with the component, its block's
/// column and row, and a function that reads the block's part of the scan into the block. Returns where in
/// the file the scan ends.
pub(super) fn read(
    file: &[u8],
    start: usize,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    mut put: impl FnMut(usize, usize, usize, &mut dyn FnMut(&mut Block) -> Result<(), Error>) -> Result<(), Error>,
) -> Result<usize, Error> {
    let mut bits = Bits::new(file, start);
    let mut state = State::default();
    let coders = coders(scan, tables, frame.progressive)?;
    let (across, down) = units(frame, scan);
    let mut to_restart = tables.restart_interval;
    let mut restarts = 0u8;
    for unit in 0..across * down {
        if tables.restart_interval > 0 && to_restart == 0 {
            bits.restart(restarts % 8)?;
            restarts = restarts.wrapping_add(1);
            state = State::default();
            to_restart = tables.restart_interval;
        }
        to_restart = to_restart.wrapping_sub(1);
        let (column, row) = (unit % across, unit / across);
        for (place, (&(index, ..), coder)) in scan.components.iter().zip(&coders).enumerate() {
            let (h, v) = blocks_of_unit(&frame.components[index], scan);
            for block in 0..h * v {
                let (column, row) = (column * h + block % h, row * v + block / h);
                put(index, column, row, &mut |block| coder.read(&mut bits, scan, place, &mut state, block))?;
            }
        }
    }
    Ok(bits.position())
}

/// How many units a scan has across and down: a scan of one component has its blocks one by one (T.81 A.2).
fn units(frame: &Frame, scan: &Scan) -> (usize, usize) {
    match scan.components.as_slice() {
        [(index, ..)] => {
            let component = &frame.components[*index];
            (component.width.div_ceil(8), component.height.div_ceil(8))
        }
        _ => (frame.units_across, frame.units_down),
    }
}

fn blocks_of_unit(component: &Component, scan: &Scan) -> (usize, usize) {
    if scan.components.len() == 1 { (1, 1) } else { (component.horizontal, component.vertical) }
}

/// How the blocks of a component of a scan are coded.
enum Coder<'a> {
    Sequential(&'a Table, &'a Table),
    FirstDc(&'a Table),
    MoreDc,
    FirstAc(&'a Table),
    MoreAc(&'a Table),
}

fn coders<'a>(scan: &Scan, tables: &'a Tables, progressive: bool) -> Result<Vec<Coder<'a>>, Error> {
    let coder = |&(_, dc, ac): &(usize, usize, usize)| {
        Ok(match (progressive, scan.first, scan.high) {
            (false, ..) => Coder::Sequential(tables.dc(dc)?, tables.ac(ac)?),
            (true, 0, 0) => Coder::FirstDc(tables.dc(dc)?),
            (true, 0, _) => Coder::MoreDc,
            (true, _, 0) => Coder::FirstAc(tables.ac(ac)?),
            (true, ..) => Coder::MoreAc(tables.ac(ac)?),
        })
    };
    scan.components.iter().map(coder).collect()
}

impl Coder<'_> {
    #[inline]
    fn read(
        &self,
        bits: &mut Bits,
        scan: &Scan,
        place: usize,
        state: &mut State,
        block: &mut Block,
    ) -> Result<(), Error> {
        match self {
            Coder::Sequential(dc, ac) => {
                block[0] = read_dc(bits, dc, &mut state.dc[place])? as i16;
                read_ac(bits, ac, block)
            }
            Coder::FirstDc(dc) => {
                block[0] = (read_dc(bits, dc, &mut state.dc[place])? << scan.low) as i16;
                Ok(())
            }
            Coder::MoreDc => {
                block[0] |= (bits.take(1)? as i16) << scan.low;
                Ok(())
            }
            Coder::FirstAc(ac) => read_first_ac(bits, ac, scan, &mut state.empty_blocks, block),
            Coder::MoreAc(ac) => read_more_ac(bits, ac, scan, &mut state.empty_blocks, block),
        }
    }
}

fn too_many() -> Error {
    damaged("a block has too many coefficients")
}

#[inline]
fn read_dc(bits: &mut Bits, table: &Table, last: &mut i32) -> Result<i32, Error> {
    let size = u32::from(bits.symbol(table)?);
    if size > 15 {
        return Err(damaged("its coded data are invalid"));
    }
    *last = last.wrapping_add(bits.coefficient(size)?);
    Ok(*last)
}

#[inline]
fn read_ac(bits: &mut Bits, table: &Table, block: &mut Block) -> Result<(), Error> {
    let mut at = 1;
    while at < 64 {
        let symbol = bits.symbol(table)?;
        let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (zeros, size) {
            (15, 0) => at += 16,
            (_, 0) => return Ok(()),
            _ => {
                let place = ZIGZAG.get(at + zeros).ok_or_else(too_many)?;
                block[usize::from(*place)] = bits.coefficient(size)? as i16;
                at += zeros + 1;
            }
        }
    }
    Ok(())
}

/// Reads the length of a run of blocks that end here, this one included (T.81 G.1.2.2).
fn read_run(bits: &mut Bits, size: usize) -> Result<u32, Error> {
    Ok((1 << size) + bits.take(size as u32)?)
}

fn read_first_ac(
    bits: &mut Bits,
    table: &Table,
    scan: &Scan,
    empty: &mut u32,
    block: &mut Block,
) -> Result<(), Error> {
    if *empty > 0 {
        *empty -= 1;
        return Ok(());
    }
    let mut at = scan.first;
    while at <= scan.last {
        let symbol = bits.symbol(table)?;
        let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (zeros, size) {
            (15, 0) => at += 16,
            (_, 0) => {
                *empty = read_run(bits, zeros)? - 1;
                return Ok(());
            }
            _ => {
                at += zeros;
                if at > scan.last {
                    return Err(too_many());
                }
                block[usize::from(ZIGZAG[at])] = (bits.coefficient(size)? << scan.low) as i16;
                at += 1;
            }
        }
    }
    Ok(())
}

fn read_more_ac(
    bits: &mut Bits,
    table: &Table,
    scan: &Scan,
    empty: &mut u32,
    block: &mut Block,
) -> Result<(), Error> {
    let mut at = scan.first;
    while at <= scan.last && *empty == 0 {
        let symbol = bits.symbol(table)?;
        let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
        let new = match (zeros, size) {
            (15, 0) => 0,
            (_, 0) => {
                *empty = read_run(bits, zeros)?;
                break;
            }
            (_, 1) if bits.take(1)? == 1 => 1 << scan.low,
            (_, 1) => -1 << scan.low,
            _ => return Err(damaged("its coded data are invalid")),
        };
        at = refine(bits, scan, at, zeros, block)?;
        if new != 0 {
            let place = ZIGZAG.get(at).filter(|_| at <= scan.last).ok_or_else(too_many)?;
            block[usize::from(*place)] = new;
        }
        at += 1;
    }
    if *empty > 0 {
        refine(bits, scan, at, 64, block)?;
        *empty -= 1;
    }
    Ok(())
}

/// Reads a bit more of each coefficient that has a value, up to the place after so many zeros; returns that
/// place.
fn refine(
    bits: &mut Bits,
    scan: &Scan,
    from: usize,
    zeros: usize,
    block: &mut Block,
) -> Result<usize, Error> {
    let mut left = zeros;
    for at in from..=scan.last {
        let value = &mut block[usize::from(ZIGZAG[at])];
        if *value == 0 && left == 0 {
            return Ok(at);
        }
        if *value == 0 {
            left -= 1;
        } else if bits.take(1)? == 1 {
            *value = value.wrapping_add(value.signum() << scan.low);
        }
    }
    Ok(scan.last + 1)
}
