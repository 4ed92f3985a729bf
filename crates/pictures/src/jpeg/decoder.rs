//! From a file to its header or its pixels: reads segments and scans in their order.

use super::colors::{self, Plane};
use super::error::damaged;
use super::frame::Frame;
use super::scan::{self, Block, Scan};
use super::segments::{Segments, code};
use super::tables::{self, Tables};
use super::transform;
use crate::{Error, Header, filled};

/// Reads the header of a file: its image's size and colours.
pub fn header(file: &[u8]) -> Result<Header, Error> {
    header_within(file, file.len())
}

/// The same, of a file whose image has no more than this many bytes.
pub(super) fn header_within(file: &[u8], size: usize) -> Result<Header, Error> {
    let mut segments = Segments::new(file)?;
    loop {
        let (marker, content, _) = segments.next()?;
        match marker.code {
            code::END_OF_IMAGE | code::START_OF_SCAN => return Err(damaged("it has no frame header")),
            code if is_frame(code) => {
                return Frame::parse(code, content, size).map(|frame| frame.header());
            }
            _ => {}
        }
    }
}

/// The pixels of a file, as [`header`] announces them: rows without gaps, samples interleaved. Memory for
/// them is reserved when the file has proved to be whole.
pub fn decode(file: &[u8]) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::new(file, true);
    decoder.read()?;
    decoder.pixels()
}

/// Where the scans of a complete file end.
pub(super) fn end_of_scans(file: &[u8]) -> Result<usize, Error> {
    Decoder::new(file, false).read()
}

fn is_frame(code: u8) -> bool {
    matches!(code, code::FRAME_BASELINE..=code::FRAME_LAST)
        && !matches!(code, code::HUFFMAN_TABLES | code::EXTENSION | code::ARITHMETIC_CONDITIONING)
}

impl Frame {
    fn header(&self) -> Header {
        Header { width: self.width as u32, height: self.height as u32, channels: self.channels() as u8 }
    }
}

/// What was read of a component.
enum Store {
    /// Not needed: only its bits are checked.
    Nothing,
    Samples(Plane),
    /// Blocks that later scans add to, and how many there are in a row.
    Blocks(Vec<Block>, usize),
}

/// What was read of a file.
struct Decoder<'a> {
    file: &'a [u8],
    tables: Tables,
    jfif: bool,
    adobe: Option<u8>,
    frame: Option<Frame>,
    wants_samples: bool,
    stores: Vec<Store>,
    /// By component and coefficient: the bit position down to which it is known.
    known: Vec<[Option<u32>; 64]>,
    /// How many blocks the scans went over.
    visited: usize,
}

impl<'a> Decoder<'a> {
    fn new(file: &'a [u8], wants_samples: bool) -> Decoder<'a> {
        Decoder {
            file,
            tables: Tables::default(),
            jfif: false,
            adobe: None,
            frame: None,
            wants_samples,
            stores: Vec::new(),
            known: Vec::new(),
            visited: 0,
        }
    }

    /// Reads all scans; returns where the last one ends.
    fn read(&mut self) -> Result<usize, Error> {
        let mut segments = Segments::new(self.file)?;
        loop {
            let (marker, content, end) = segments.next()?;
            match marker.code {
                code::QUANTIZATION_TABLES => self.tables.define_steps(content)?,
                code::HUFFMAN_TABLES => self.tables.define_huffman(content)?,
                code::RESTART_INTERVAL => self.tables.define_restart_interval(content)?,
                code::APPLICATION => self.jfif |= content.starts_with(b"JFIF\0"),
                code::ADOBE => self.adobe = transform_of(content).or(self.adobe),
                code::START_OF_SCAN => {
                    let end = self.read_scan(content, end)?;
                    if self.is_finished() {
                        return if is_filled_up(self.file, end) { Err(Error::Cut) } else { Ok(end) };
                    }
                    segments.seek(end);
                }
                code::END_OF_IMAGE if self.is_enough() => return Ok(marker.start),
                // The next file begins, before this one has its scans.
                code::START_OF_IMAGE if self.frame.is_some() => return Err(Error::Cut),
                code::END_OF_IMAGE => return Err(Error::Cut),
                code if is_frame(code) => self.begin_frame(code, content)?,
                _ => {}
            }
        }
    }

    fn begin_frame(&mut self, code: u8, content: &[u8]) -> Result<(), Error> {
        if self.frame.is_some() {
            return Err(damaged("it has two frame headers"));
        }
        let frame = Frame::parse(code, content, self.file.len())?;
        self.known = vec![[None; 64]; frame.components.len()];
        for component in &frame.components {
            let (across, down) = (component.blocks_across, component.blocks_down);
            self.stores.push(if frame.progressive {
                Store::Blocks(filled(across * down, [0; 64])?, across)
            } else if self.wants_samples {
                Store::Samples(Plane { samples: filled(64 * across * down, 0)?, stride: 8 * across })
            } else {
                Store::Nothing
            });
        }
        self.frame = Some(frame);
        Ok(())
    }

    fn read_scan(&mut self, content: &[u8], start: usize) -> Result<usize, Error> {
        let frame = self.frame.as_ref().ok_or_else(|| damaged("a scan comes before the frame header"))?;
        let scan = Scan::parse(content, frame)?;
        note_known(&mut self.known, &scan)?;
        self.visited = self.visited.saturating_add(scan.blocks(frame));
        if self.visited > most_visited(frame, self.file.len()) {
            return Err(damaged("its scans are far longer than its data"));
        }
        if !frame.progressive {
            self.tables.add_standard()?;
        }
        let (tables, stores) = (&self.tables, &mut self.stores);
        let mut steps = Vec::new();
        for component in &frame.components {
            steps.push(tables.steps(component.quantization).ok());
        }
        scan::read(self.file, start, frame, &scan, tables, |index, column, row, read| {
            match &mut stores[index] {
                Store::Nothing => read(&mut [0; 64]),
                Store::Blocks(blocks, across) => read(&mut blocks[row * *across + column]),
                Store::Samples(plane) => {
                    let mut block = [0; 64];
                    read(&mut block)?;
                    let steps = steps[index].ok_or_else(|| damaged("a quantization table is missing"))?;
                    let into = plane.samples.get_mut(8 * (row * plane.stride + column)..).unwrap_or_default();
                    let end = into.len().min(7 * plane.stride + 8);
                    transform::samples(&block, steps, plane.stride, &mut into[..end]);
                    Ok(())
                }
            }
        })
    }

    /// Whether every coefficient is known to its last bit, so that nothing can follow.
    fn is_finished(&self) -> bool {
        self.known.iter().flatten().all(|known| *known == Some(0))
    }

    /// Whether there is an image: coefficients that no scan brings are zero, but the first ones have to be
    /// there.
    fn is_enough(&self) -> bool {
        !self.known.is_empty() && self.known.iter().all(|known| known[0].is_some())
    }

    fn pixels(&mut self) -> Result<Vec<u8>, Error> {
        let Some(frame) = &self.frame else { return Err(damaged("it has no frame header")) };
        let mut planes = Vec::new();
        for (component, store) in frame.components.iter().zip(self.stores.drain(..)) {
            planes.push(match store {
                Store::Samples(plane) => plane,
                Store::Nothing => return Err(damaged("its samples were not read")),
                Store::Blocks(blocks, across) => {
                    let steps = self.tables.steps(component.quantization)?;
                    plane_of(&blocks, across, steps)?
                }
            });
        }
        let mut pixels = filled(frame.width * frame.height * frame.channels(), 0)?;
        colors::write_pixels(frame, &planes, frame.colors(self.jfif, self.adobe), &mut pixels)?;
        Ok(pixels)
    }
}

/// Whether there are zeros where the scans end and from there to the end of the file: a file that was made as
/// long as it should become, and then cut off. Zeros are valid codes, so that the scans seem complete.
fn is_filled_up(file: &[u8], end: usize) -> bool {
    // More of them than a scan ends with.
    const ZEROS: usize = 16;
    let rest = file.get(end.saturating_sub(ZEROS)..).unwrap_or_default();
    end < file.len() && rest.iter().all(|byte| *byte == 0)
}

/// The colours that an Adobe segment declares.
fn transform_of(content: &[u8]) -> Option<u8> {
    content.strip_prefix(b"Adobe")?.get(6).copied()
}

/// Notes what a scan brings. No coefficient comes twice, and none is refined before it is there.
fn note_known(known: &mut [[Option<u32>; 64]], scan: &Scan) -> Result<(), Error> {
    let expected = if scan.high == 0 { None } else { Some(scan.high) };
    for (index, ..) in &scan.components {
        for known in &mut known[*index][scan.first..=scan.last] {
            if *known != expected {
                return Err(damaged("a scan does not fit those before it"));
            }
            *known = Some(scan.low);
        }
    }
    Ok(())
}

/// How many blocks all scans of a file of this size may go over. A run of empty blocks takes next to no data,
/// so that a small file could ask for minutes of work. A scan for each of the 64 coefficients is within this
/// limit, and so is every scan that has a bit for each block.
fn most_visited(frame: &Frame, file_size: usize) -> usize {
    const SCANS: usize = 100;
    frame.blocks().saturating_mul(SCANS).saturating_add(file_size.saturating_mul(8))
}

fn plane_of(blocks: &[Block], across: usize, steps: &tables::Steps) -> Result<Plane, Error> {
    let stride = 8 * across;
    let mut samples = filled(64 * blocks.len(), 0)?;
    for (row, into) in blocks.chunks(across).zip(samples.chunks_mut(8 * stride)) {
        for (column, block) in row.iter().enumerate() {
            transform::samples(block, steps, stride, &mut into[8 * column..]);
        }
    }
    Ok(Plane { samples, stride })
}
