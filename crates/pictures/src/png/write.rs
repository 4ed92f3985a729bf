//! Samples as PNG, written while they are compressed, without a buffer of the image's size.

use crate::{Samples, filled};
use flate2::Crc;
use simd_adler32::Adler32;
use std::cell::Cell;
use std::io::{self, Write};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Kinds of chunks have four letters.
const KIND_BYTES: usize = 4;
/// Compressed data is written in chunks of this size, their kind included.
const CHUNK_BYTES: usize = 32 * 1024;
/// The rest of a chunk: its length and its checksum.
const CHUNK_FRAME: usize = 8;
/// The most that a deflate block can hold as it is, and its head.
const STORED_BLOCK: usize = u16::MAX as usize;
const STORED_HEAD: usize = 5;
/// The header of a zlib stream (RFC 1950) of low compression.
const ZLIB_HEAD: [u8; 2] = [0x78, 0x01];
/// That and the checksum.
const ZLIB_FRAME: usize = 6;
/// Signature, IHDR and IEND.
const OTHER_CHUNKS: usize = 45;
const NO_FILTER: u8 = 0;
/// Each sample less the one above it. Of the filters that go with a fast compression it takes the least time;
/// files grow by a twentieth.
const UP: u8 = 2;

impl Samples<'_> {
    /// The size of the rows, each with its filter before it.
    fn filtered_bytes(&self) -> usize {
        self.height as usize * (1 + self.row_bytes())
    }

    /// The size of a zlib stream of them as they are.
    fn stored_bytes(&self) -> usize {
        let filtered = self.filtered_bytes();
        filtered + filtered.div_ceil(STORED_BLOCK) * STORED_HEAD + ZLIB_FRAME
    }
}

/// The largest size of a file of these samples.
pub fn most_bytes(samples: &Samples<'_>) -> usize {
    let zlib = samples.stored_bytes();
    zlib + zlib.div_ceil(CHUNK_BYTES - KIND_BYTES) * (KIND_BYTES + CHUNK_FRAME) + OTHER_CHUNKS
}

/// The most that can be written beyond that before a file is found not to be smaller: a row, of up to two
/// bytes a sample, and a chunk.
pub fn most_beyond(samples: &Samples<'_>) -> usize {
    2 * (1 + samples.row_bytes()) + 2 * CHUNK_BYTES
}

/// Writes a file; returns whether it is smaller than a stored one. If it is not, the file may be incomplete.
pub fn write_compressed(samples: &Samples<'_>, out: &mut impl Write) -> io::Result<bool> {
    write_head(samples, out)?;
    let written = Cell::new(0);
    let mut compressor = fdeflate::Compressor::new(Data::new(out, &written))?;
    let mut above = &*filled(samples.row_bytes(), 0)?;
    let mut filtered = filled(1 + samples.row_bytes(), UP)?;
    for row in samples.rows() {
        let differences = filtered.get_mut(1..).unwrap_or_default().iter_mut();
        differences
            .zip(row.iter().zip(above))
            .for_each(|(to, (sample, above))| *to = sample.wrapping_sub(*above));
        compressor.write_data(&filtered)?;
        if written.get() > samples.stored_bytes() {
            return Ok(false);
        }
        above = row;
    }
    compressor.finish()?.finish()?;
    write_chunk(out, b"IEND", b"")?;
    Ok(written.get() <= samples.stored_bytes())
}

/// Writes a file of samples that do not get smaller.
pub fn write_stored(samples: &Samples<'_>, out: &mut impl Write) -> io::Result<()> {
    write_head(samples, out)?;
    let written = Cell::new(0);
    let mut data = Data::new(out, &written);
    let mut checksum = Adler32::new();
    data.write_all(&ZLIB_HEAD)?;
    let (mut left, mut room) = (samples.filtered_bytes(), 0);
    for mut piece in samples.rows().flat_map(|row| [&[NO_FILTER][..], row]) {
        checksum.write(piece);
        while !piece.is_empty() {
            if room == 0 {
                room = left.min(STORED_BLOCK);
                left -= room;
                write_block_head(&mut data, room as u16, left == 0)?;
            }
            let (fitting, rest) = piece.split_at(piece.len().min(room));
            data.write_all(fitting)?;
            (piece, room) = (rest, room - fitting.len());
        }
    }
    data.write_all(&checksum.finish().to_be_bytes())?;
    data.finish()?;
    write_chunk(out, b"IEND", b"")
}

/// The head of a deflate block that is stored (RFC 1951 3.2.4).
fn write_block_head(data: &mut impl Write, length: u16, is_last: bool) -> io::Result<()> {
    data.write_all(&[u8::from(is_last)])?;
    data.write_all(&[length.to_le_bytes(), (!length).to_le_bytes()].concat())
}

fn write_head(samples: &Samples<'_>, out: &mut impl Write) -> io::Result<()> {
    let color = if samples.is_rgb { 2 } else { 0 };
    let [width, height] = [samples.width, samples.height].map(u32::to_be_bytes);
    out.write_all(&SIGNATURE)?;
    // 8 bits a sample, and the only methods there are of compression and filtering; not interlaced.
    write_chunk(out, b"IHDR", &[&width[..], &height, &[8, color, 0, 0, 0]].concat())
}

fn write_chunk(out: &mut impl Write, kind: &[u8; KIND_BYTES], content: &[u8]) -> io::Result<()> {
    write_kind_and_content(out, &[kind, content].concat())
}

fn write_kind_and_content(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = (bytes.len() - KIND_BYTES) as u32;
    let mut crc = Crc::new();
    crc.update(bytes);
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)?;
    out.write_all(&crc.sum().to_be_bytes())
}

/// Cuts the compressed data into chunks.
struct Data<'a, W> {
    out: &'a mut W,
    /// A chunk's kind, and as much of its content as there is.
    chunk: Vec<u8>,
    /// The content of the chunks that are written.
    written: &'a Cell<usize>,
}

impl<'a, W: Write> Data<'a, W> {
    fn new(out: &'a mut W, written: &'a Cell<usize>) -> Data<'a, W> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        chunk.extend(b"IDAT");
        Data { out, chunk, written }
    }

    fn finish(mut self) -> io::Result<()> {
        self.write_chunk()
    }

    /// As `write_all`, of more than there is room for.
    #[cold]
    #[inline(never)]
    fn write_chunks(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (first, rest) = bytes.split_at(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(first);
        self.write_chunk()?;
        rest.chunks(CHUNK_BYTES - KIND_BYTES).try_for_each(|bytes| self.write_all(bytes))
    }

    fn write_chunk(&mut self) -> io::Result<()> {
        write_kind_and_content(self.out, &self.chunk)?;
        self.written.update(|written| written + self.chunk.len() - KIND_BYTES);
        self.chunk.truncate(KIND_BYTES);
        Ok(())
    }
}

impl<W: Write> Write for Data<'_, W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// As the compressor calls it, mostly with 8 bytes: all else is far away.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() > CHUNK_BYTES - self.chunk.len() {
            return self.write_chunks(bytes);
        }
        self.chunk.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    use image::{DynamicImage, ExtendedColorType, ImageEncoder};

    /// An image of a side: a gradient, a flat one, or one of bytes that do not compress.
    #[derive(Clone, Copy, Debug)]
    enum Content {
        Gradient,
        Flat,
        Noise,
    }

    fn samples(width: u32, height: u32, is_rgb: bool, content: Content) -> Samples<'static> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let noise = |state: &mut u64| {
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            *state as u8
        };
        let count = width * height * if is_rgb { 3 } else { 1 };
        let sample = |index| match content {
            Content::Gradient => (index % 4096 / 16) as u8 ^ noise(&mut state) & 3,
            Content::Flat => 77,
            Content::Noise => noise(&mut state),
        };
        Samples { width, height, is_rgb, bytes: (0..count).map(sample).collect() }
    }

    fn compressed(samples: &Samples<'_>) -> Option<Vec<u8>> {
        let mut file = Vec::new();
        write_compressed(samples, &mut file).unwrap().then_some(file)
    }

    fn stored(samples: &Samples<'_>) -> Vec<u8> {
        let mut file = Vec::new();
        write_stored(samples, &mut file).unwrap();
        file
    }

    fn check(samples: &Samples<'_>, file: &[u8]) {
        assert!(file.len() <= most_bytes(samples));
        let decoded = image::load_from_memory(file).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (samples.width, samples.height));
        assert_eq!(matches!(decoded, DynamicImage::ImageRgb8(_)), samples.is_rgb);
        assert_eq!(decoded.as_bytes(), &*samples.bytes);
    }

    #[test]
    fn every_sample_comes_back() {
        let small = [(1, 1), (1, 300), (300, 1), (7, 5), (8, 8), (640, 48)];
        let long = [(20_000, 3), (3, 20_000), (21_845, 2), (65_534, 2), (65_535, 2), (140_000, 2)];
        let sides = small.into_iter().chain(long);
        for ((width, height), is_rgb) in sides.flat_map(|side| [(side, false), (side, true)]) {
            for content in [Content::Gradient, Content::Flat, Content::Noise] {
                let samples = samples(width, height, is_rgb, content);
                check(&samples, &stored(&samples));
                compressed(&samples).iter().for_each(|file| check(&samples, file));
            }
        }
    }

    #[test]
    fn what_does_not_compress_is_found_out() {
        for side in [1, 8, 500] {
            assert!(compressed(&samples(side, side, true, Content::Noise)).is_none(), "{side}");
        }
        for content in [Content::Gradient, Content::Flat] {
            assert!(compressed(&samples(64, 64, true, content)).is_some(), "{content:?}");
        }
    }

    #[test]
    fn files_are_as_small_as_the_image_library_makes_them() {
        for content in [Content::Gradient, Content::Flat, Content::Noise] {
            let samples = samples(500, 400, true, content);
            let mut file = Vec::new();
            PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up)
                .write_image(&samples.bytes, 500, 400, ExtendedColorType::Rgb8)
                .unwrap();
            let ours = compressed(&samples).unwrap_or_else(|| stored(&samples));
            assert!(ours.len() * 100 < file.len() * 101, "{content:?}: {} bytes, {}", ours.len(), file.len());
        }
    }
}
