//! Pixels as baseline JPEG (ITU T.81, JFIF 1.02): grey, or RGB with its colour at half the resolution.
//!
//! All that comes before the entropy coder is done in floats, by plain loops over rows and blocks that the
//! compiler turns into vector instructions.

use super::huffman::{self, BitWriter, Specification};
use crate::{Error, Samples, filled, reserve};
use std::array::from_fn;
use std::f32::consts::FRAC_1_SQRT_2;
use std::f64::consts::{PI, SQRT_2};

/// Eight rows of eight samples or coefficients.
type Block = [[f32; 8]; 8];
/// Quantization steps in reading order.
type Steps = [u8; 64];

/// The markers that a file has (T.81 Table B.1).
mod marker {
    pub(super) const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];
    pub(super) const APPLICATION_0: [u8; 2] = [0xff, 0xe0];
    pub(super) const QUANTIZATION_TABLE: [u8; 2] = [0xff, 0xdb];
    pub(super) const BASELINE_FRAME: [u8; 2] = [0xff, 0xc0];
    pub(super) const HUFFMAN_TABLE: [u8; 2] = [0xff, 0xc4];
    pub(super) const START_OF_SCAN: [u8; 2] = [0xff, 0xda];
    pub(super) const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
}

/// The order in which coefficients are coded (T.81 Figure A.6), as indices of a block in reading order.
#[rustfmt::skip]
const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10,
    17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34,
    27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36,
    29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63,
];

/// The same of a block whose rows and columns are swapped.
const SWAPPED_ZIGZAG: [u8; 64] = {
    let mut swapped = ZIGZAG;
    let mut at = 0;
    while at < 64 {
        swapped[at] = ZIGZAG[at] % 8 * 8 + ZIGZAG[at] / 8;
        at += 1;
    }
    swapped
};

/// Quantization steps at quality 50, in reading order (T.81 Tables K.1 and K.2).
#[rustfmt::skip]
const STEPS: [Steps; 2] = [
    [
         16,  11,  10,  16,  24,  40,  51,  61,
         12,  12,  14,  19,  26,  58,  60,  55,
         14,  13,  16,  24,  40,  57,  69,  56,
         14,  17,  22,  29,  51,  87,  80,  62,
         18,  22,  37,  56,  68, 109, 103,  77,
         24,  35,  55,  64,  81, 104, 113,  92,
         49,  64,  78,  87, 103, 121, 120, 101,
         72,  92,  95,  98, 112, 100, 103,  99,
    ],
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ],
];

/// Adding this to a float rounds it to the nearest integer and leaves that in the low bits of its mantissa.
const ROUNDING: f32 = 1.5 * (1 << 23) as f32;
/// The cosines of 2, 4 and 6 sixteenths of pi.
const COS_2: f32 = 0.923_879_5;
const COS_4: f32 = FRAC_1_SQRT_2;
const COS_6: f32 = 0.382_683_43;
/// Subtracted from luminance: the transform takes values around zero (T.81 A.3.1).
const MIDDLE: f32 = 128.0;
/// The largest sample then; with a larger one, coefficients would be longer than any code.
const LARGEST: f32 = 127.0;

/// Writes samples as a file: grey, or RGB with its colour at half the resolution, at a quality from 1 to 100.
pub fn encode(samples: &Samples<'_>, quality: u8) -> Result<Vec<u8>, Error> {
    let sides = [samples.width, samples.height].map(|side| u16::try_from(side).unwrap_or(0));
    let [width, height] = sides;
    if sides.contains(&0) {
        return Err(Error::Unsupported("a JPEG has 1 to 65 535 pixels at each side"));
    }
    if samples.bytes.len() != samples.row_bytes() * usize::from(height) {
        return Err(Error::Damaged("its samples are not as many as its pixels"));
    }
    encode_rows(&samples.bytes, width, height, samples.is_rgb, quality.clamp(1, 100))
}

fn encode_rows(samples: &[u8], width: u16, height: u16, is_rgb: bool, quality: u8) -> Result<Vec<u8>, Error> {
    let steps = steps_of(quality);
    let mut strip = Strip::new(usize::from(width), is_rgb, &steps)?;
    // Room for most images.
    let mut file = Vec::new();
    reserve(&mut file, 1024 + samples.len() / 8)?;
    write_headers(&mut file, width, height, &strip.planes, &steps);
    let mut bits = BitWriter::new(file);
    let line = samples.len() / usize::from(height);
    for samples in samples.chunks(line * strip.height()) {
        let lines: Vec<&[u8]> = samples.chunks_exact(line).collect();
        strip.load(&lines);
        strip.code(&mut bits)?;
    }
    // A block's room is more than that of what is left.
    bits.reserve(1)?;
    let mut file = bits.finish();
    file.extend(marker::END_OF_IMAGE);
    Ok(file)
}

/// The tables of luminance and of colour, scaled as by the Independent JPEG Group's encoder and those that
/// followed it.
fn steps_of(quality: u8) -> [Steps; 2] {
    let quality = u32::from(quality);
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    STEPS.map(|table| table.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u8))
}

/// Everything before the coded blocks (T.81 B.2).
fn write_headers(file: &mut Vec<u8>, width: u16, height: u16, planes: &[Plane], steps: &[Steps; 2]) {
    file.extend(marker::START_OF_IMAGE);
    // JFIF 1.02, without a density and a thumbnail.
    write_segment(file, marker::APPLICATION_0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    let tables = steps.iter().zip(&huffman::DC).zip(&huffman::AC);
    for (id, ((steps, dc), ac)) in (0..).zip(tables).take(planes.len().min(2)) {
        write_segment(file, marker::QUANTIZATION_TABLE, &quantization_table(id, steps));
        write_segment(file, marker::HUFFMAN_TABLE, &huffman_table(id, dc));
        write_segment(file, marker::HUFFMAN_TABLE, &huffman_table(1 << 4 | id, ac));
    }
    let ([top, bottom], [left, right], count) =
        (height.to_be_bytes(), width.to_be_bytes(), planes.len() as u8);
    let mut frame = vec![8, top, bottom, left, right, count];
    let mut scan = vec![count];
    for (id, plane) in (1..).zip(planes) {
        let (side, table) = (plane.side as u8, plane.table as u8);
        frame.extend([id, side << 4 | side, table]);
        scan.extend([id, table << 4 | table]);
    }
    // All coefficients, at once and in full.
    scan.extend([0, 63, 0]);
    write_segment(file, marker::BASELINE_FRAME, &frame);
    write_segment(file, marker::START_OF_SCAN, &scan);
}

fn write_segment(file: &mut Vec<u8>, marker: [u8; 2], content: &[u8]) {
    file.extend(marker);
    file.extend((content.len() as u16 + 2).to_be_bytes());
    file.extend(content);
}

fn quantization_table(id: u8, steps: &Steps) -> Vec<u8> {
    let steps = ZIGZAG.map(|place| steps[usize::from(place)]);
    [&[id], &steps[..]].concat()
}

fn huffman_table(id: u8, table: &Specification) -> Vec<u8> {
    [&[id], &table.lengths[..], table.symbols].concat()
}

/// As many lines as one row of units takes; a unit is what is coded at a time (T.81 A.2.4): one block of
/// grey, or four of luminance and one of each colour difference.
struct Strip {
    units: usize,
    planes: Vec<Plane>,
    /// Two lines of RGB, a pixel in each number.
    pixels: [Vec<u32>; 2],
}

impl Strip {
    fn new(width: usize, is_rgb: bool, steps: &[Steps; 2]) -> Result<Strip, Error> {
        let units = width.div_ceil(if is_rgb { 16 } else { 8 });
        let plane = |side, table: usize| Plane::new(units, side, table, &steps[table]);
        let planes = if is_rgb { vec![plane(2, 0)?, plane(1, 1)?, plane(1, 1)?] } else { vec![plane(1, 0)?] };
        let line = if is_rgb { units * 16 } else { 0 };
        Ok(Strip { units, planes, pixels: [filled(line, 0)?, filled(line, 0)?] })
    }

    /// How many lines of the image it takes.
    fn height(&self) -> usize {
        self.planes.first().map_or(8, |plane| plane.side * 8)
    }

    /// Takes at most that many lines, the last one as often as it takes.
    fn load(&mut self, lines: &[&[u8]]) {
        let line = |index: usize| lines[index.min(lines.len() - 1)];
        let [luminance, blue, red] = &mut self.planes[..] else {
            return self.planes.iter_mut().for_each(|plane| plane.load_grey(line));
        };
        for pair in 0..8 {
            let [first, second] = &mut self.pixels;
            spread(line(2 * pair), first);
            spread(line(2 * pair + 1), second);
            let [upper, lower] = luminance.row_pair(pair);
            luminance_of(first, upper);
            luminance_of(second, lower);
            colors_of([first, second], [upper, lower], blue.row(pair), red.row(pair));
        }
    }

    /// Codes its units from left to right, the blocks of each plane in reading order.
    fn code(&mut self, bits: &mut BitWriter) -> Result<(), Error> {
        let blocks = self.planes.iter().map(|plane| plane.side * plane.side).sum();
        for unit in 0..self.units {
            bits.reserve(blocks)?;
            for plane in &mut self.planes {
                plane.code(unit, bits);
            }
        }
        Ok(())
    }
}

/// The samples of one component in a strip.
struct Plane {
    /// Blocks in a row.
    across: usize,
    /// Blocks at the side of a unit.
    side: usize,
    /// 0 luminance, 1 colour.
    table: usize,
    /// Its rows, one after the other.
    samples: Vec<[f32; 8]>,
    factors: Block,
    previous_dc: i16,
}

impl Plane {
    fn new(units: usize, side: usize, table: usize, steps: &Steps) -> Result<Plane, Error> {
        let across = units * side;
        let samples = filled(across * side * 8, [0.0; 8])?;
        Ok(Plane { across, side, table, samples, factors: factors_of(steps), previous_dc: 0 })
    }

    fn row(&mut self, index: usize) -> &mut [f32] {
        self.samples[index * self.across..][..self.across].as_flattened_mut()
    }

    fn load_grey<'a>(&mut self, line: impl Fn(usize) -> &'a [u8]) {
        for index in 0..8 {
            let line = line(index);
            let (known, padding) = self.row(index).split_at_mut(line.len());
            for (into, &sample) in known.iter_mut().zip(line) {
                *into = f32::from(sample) - MIDDLE;
            }
            padding.fill(known.last().copied().unwrap_or_default());
        }
    }

    /// Two rows, one below the other.
    fn row_pair(&mut self, index: usize) -> [&mut [f32]; 2] {
        let pair = self.samples[2 * index * self.across..][..2 * self.across].split_at_mut(self.across);
        [pair.0.as_flattened_mut(), pair.1.as_flattened_mut()]
    }

    fn code(&mut self, unit: usize, bits: &mut BitWriter) {
        for block in 0..self.side * self.side {
            let (row, column) = (block / self.side, block % self.side);
            let at = row * 8 * self.across + unit * self.side + column;
            // Decoders return whole samples: flat areas come back best if whole ones went in.
            let samples =
                from_fn(|row| self.samples[at + row * self.across].map(|s| s + ROUNDING - ROUNDING));
            let coefficients = quantized(&swapped_transform(samples), &self.factors);
            bits.put_block(&coefficients, self.previous_dc, &huffman::TABLES[self.table]);
            self.previous_dc = coefficients[0];
        }
    }
}

/// Gives each pixel of a line four bytes, which a vector takes, and repeats the last one to the end.
fn spread(line: &[u8], pixels: &mut [u32]) {
    // Three bytes and one of the next pixel, which is ignored, are read at once.
    for (pixel, bytes) in pixels.iter_mut().zip(line.windows(4).step_by(3)) {
        *pixel = bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    }
    if let Some(&[red, green, blue]) = line.last_chunk() {
        pixels[line.len() / 3 - 1..].fill(u32::from_le_bytes([red, green, blue, 0]));
    }
}

/// The luminance of a line (JFIF 1.02, conversion from RGB).
fn luminance_of(pixels: &[u32], into: &mut [f32]) {
    for (into, pixel) in into.iter_mut().zip(pixels) {
        let [red, green, blue] = [0, 8, 16].map(|shift| (pixel >> shift & 0xff) as i32 as f32);
        *into = 0.299 * red + 0.587 * green + 0.114 * blue - MIDDLE;
    }
}

/// The colour differences of two lines, a mean of two by two pixels each. JFIF's formulas are those of blue
/// and red minus luminance, scaled to the same range.
fn colors_of(pixels: [&[u32]; 2], luminance: [&[f32]; 2], into_blue: &mut [f32], into_red: &mut [f32]) {
    const RED_AND_BLUE: u32 = 0x00ff_00ff;
    let [upper, lower] = pixels.map(|line| line.as_chunks::<2>().0);
    let [upper_light, lower_light] = luminance.map(|line| line.as_chunks::<2>().0);
    let pixels = upper.iter().zip(lower);
    let luminance = upper_light.iter().zip(lower_light);
    for (((into_blue, into_red), (upper, lower)), (upper_light, lower_light)) in
        into_blue.iter_mut().zip(into_red).zip(pixels).zip(luminance)
    {
        let light = upper_light[0] + upper_light[1] + lower_light[0] + lower_light[1] + 4.0 * MIDDLE;
        // Sums of four, two of them in each number.
        let sums = [upper[0], upper[1], lower[0], lower[1]].map(|pixel| pixel & RED_AND_BLUE);
        let sums = sums[0] + sums[1] + sums[2] + sums[3];
        let (red, blue) = ((sums & 0xffff) as i32 as f32, (sums >> 16) as i32 as f32);
        *into_blue = ((blue - light) * (0.5 / (1.0 - 0.114) / 4.0)).min(LARGEST);
        *into_red = ((red - light) * (0.5 / (1.0 - 0.299) / 4.0)).min(LARGEST);
    }
}

/// The transform of T.81 A.3.3, with rows and columns swapped and each coefficient scaled by what
/// `factors_of` takes out.
fn swapped_transform(mut block: Block) -> Block {
    transform_columns(&mut block);
    let mut swapped = from_fn(|row| from_fn(|column| block[column][row]));
    transform_columns(&mut swapped);
    swapped
}

/// Transforms each column by the scheme of Arai, Agui and Nakajima (A fast DCT-SQ scheme for images, 1988),
/// which leaves all but five multiplications to the quantization.
fn transform_columns(block: &mut Block) {
    let [row0, row1, row2, row3, row4, row5, row6, row7] = block;
    for at in 0..8 {
        let (sum0, difference0) = (row0[at] + row7[at], row0[at] - row7[at]);
        let (sum1, difference1) = (row1[at] + row6[at], row1[at] - row6[at]);
        let (sum2, difference2) = (row2[at] + row5[at], row2[at] - row5[at]);
        let (sum3, difference3) = (row3[at] + row4[at], row3[at] - row4[at]);

        let (outer, inner) = (sum0 + sum3, sum1 + sum2);
        row0[at] = outer + inner;
        row4[at] = outer - inner;
        let (outer, inner) = (sum0 - sum3, sum1 - sum2);
        let turned = (outer + inner) * COS_4;
        row2[at] = outer + turned;
        row6[at] = outer - turned;

        let (low, middle, high) =
            (difference3 + difference2, difference2 + difference1, difference1 + difference0);
        let shared = (low - high) * COS_6;
        let (low, high) = (low * (COS_2 - COS_6) + shared, high * (COS_2 + COS_6) + shared);
        let middle = middle * COS_4;
        let (plus, minus) = (difference0 + middle, difference0 - middle);
        row1[at] = plus + high;
        row7[at] = plus - high;
        row5[at] = minus + low;
        row3[at] = minus - low;
    }
}

/// What a coefficient is multiplied with: one over its step and over the scale that the transform left in it.
fn factors_of(steps: &Steps) -> Block {
    let cosines: [f64; 8] = from_fn(|index| SQRT_2 * (index as f64 * PI / 16.0).cos());
    let scale = |index| if index == 0 { 1.0 } else { cosines[index] };
    let scaled = |row, column| 8.0 * scale(row) * scale(column) * f64::from(steps[column * 8 + row]);
    from_fn(|row| from_fn(|column| (1.0 / scaled(row, column)) as f32))
}

/// The coefficients in the order of the file.
fn quantized(block: &Block, factors: &Block) -> [i16; 64] {
    let mut values = [0; 64];
    for ((value, coefficient), factor) in
        values.iter_mut().zip(block.as_flattened()).zip(factors.as_flattened())
    {
        *value = (coefficient * factor + ROUNDING).to_bits() as i16;
    }
    SWAPPED_ZIGZAG.map(|place| values[usize::from(place)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ExtendedColorType};
    use proptest::prelude::*;

    const SIZES: [(u16, u16); 11] = [
        (1, 1),
        (1, 40),
        (40, 1),
        (7, 5),
        (8, 8),
        (9, 16),
        (16, 16),
        (17, 33),
        (31, 15),
        (160, 120),
        (640, 480),
    ];

    fn decoded(file: &[u8]) -> DynamicImage {
        image::load_from_memory(file).unwrap()
    }

    fn mean_square_error(ours: &[u8], theirs: &[u8]) -> f64 {
        assert_eq!(ours.len(), theirs.len());
        let squares = ours.iter().zip(theirs).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
        squares.sum::<f64>() / ours.len() as f64
    }

    /// In decibels; infinite if nothing differs.
    fn signal_to_noise(ours: &[u8], theirs: &[u8]) -> f64 {
        10.0 * (255.0 * 255.0 / mean_square_error(ours, theirs)).log10()
    }

    fn smooth(width: u16, height: u16, channel: u16) -> Vec<u8> {
        let wave =
            |x: u16, y: u16| f64::from(x).mul_add(0.05, f64::from(channel)).sin() + f64::from(y) * 0.01;
        (0..height).flat_map(|y| (0..width).map(move |x| (100.0 + 40.0 * wave(x, y)) as u8)).collect()
    }

    /// Numbers that look random (a linear congruential generator's upper bits).
    fn noise(count: usize) -> Vec<u8> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        std::iter::successors(Some(1), next).map(|state: u32| (state >> 24) as u8).take(count).collect()
    }

    fn interleaved(planes: [Vec<u8>; 3]) -> Vec<u8> {
        let [red, green, blue] = planes;
        red.into_iter().zip(green).zip(blue).flat_map(|((red, green), blue)| [red, green, blue]).collect()
    }

    #[test]
    fn samples_that_fit_no_file_are_refused() {
        for (width, height, count) in [(0, 1, 0), (1, 0, 0), (70_000, 1, 70_000), (2, 2, 3), (2, 2, 5)] {
            let samples = Samples { width, height, is_rgb: false, bytes: vec![0; count].into() };
            assert!(encode(&samples, 90).is_err(), "{width} x {height}");
        }
    }

    #[test]
    fn the_transform_is_that_of_the_standard() {
        let samples = noise(64);
        let block: Block = from_fn(|y| from_fn(|x| f32::from(samples[y * 8 + x]) - MIDDLE));
        let transformed = swapped_transform(block);
        let factors = factors_of(&[1; 64]);
        // T.81 A.3.3.
        let scale = |index| if index == 0 { 0.5f64.sqrt() } else { 1.0 };
        let cosine = |at: usize, index: usize| ((2 * at + 1) as f64 * index as f64 * PI / 16.0).cos();
        for (v, u) in (0..8).flat_map(|v| (0..8).map(move |u| (v, u))) {
            let terms = (0..64).map(|i| f64::from(block[i / 8][i % 8]) * cosine(i % 8, u) * cosine(i / 8, v));
            let expected = 0.25 * scale(u) * scale(v) * terms.sum::<f64>();
            let ours = f64::from(transformed[u][v] * factors[u][v]);
            assert!((ours - expected).abs() < 1e-3, "{v}, {u}: {ours} instead of {expected}");
        }
    }

    #[test]
    fn a_black_block_is_coded_as_the_tables_say() {
        let file = encode_rows(&[0; 64], 8, 8, false, 50).unwrap();
        // Of -1024, in steps of 16, -64 is left: 11110 for seven bits, -65 in as many, and 1010 for the end.
        assert!(file.ends_with(&[0b1111_0011, 0b1111_1010, 0xff, 0xd9]));
    }

    #[test]
    fn quality_scales_the_steps() {
        assert_eq!(steps_of(50), STEPS);
        assert_eq!(steps_of(100), [[1; 64]; 2]);
        assert_eq!(steps_of(1), [[255; 64]; 2]);
        assert_eq!(steps_of(90)[0][..8], [3, 2, 2, 3, 5, 8, 10, 12]);
        assert_eq!(steps_of(25)[1][..4], [34, 36, 48, 94]);
    }

    #[test]
    fn grey_is_as_good_and_as_small_as_by_another_encoder() {
        // Large enough for chance to even out.
        let sizes = [(160, 120), (123, 77)];
        for ((width, height), quality) in sizes.into_iter().flat_map(|size| [30, 75, 90].map(|q| (size, q))) {
            let count = usize::from(width) * usize::from(height);
            for samples in [smooth(width, height, 0), noise(count), vec![77; count]] {
                let ours = encode_rows(&samples, width, height, false, quality).unwrap();
                let mut theirs = Vec::new();
                JpegEncoder::new_with_quality(&mut theirs, quality)
                    .encode(&samples, u32::from(width), u32::from(height), ExtendedColorType::L8)
                    .unwrap();
                let ours_decoded = decoded(&ours).into_luma8();
                assert_eq!(ours_decoded.dimensions(), (u32::from(width), u32::from(height)));
                let decibels = signal_to_noise(&samples, &ours_decoded);
                let expected = signal_to_noise(&samples, &decoded(&theirs).into_luma8()).min(55.0);
                let what = format!("{width} x {height} at {quality}");
                assert!(decibels > expected - 0.1, "{what}: {decibels} dB instead of {expected}");
                assert!(ours.len() as f64 <= theirs.len() as f64 * 1.02, "{what}: {} bytes", ours.len());
            }
        }
    }

    #[test]
    fn smooth_images_come_back_whatever_their_size() {
        for (width, height) in SIZES {
            let grey = smooth(width, height, 0);
            let image = decoded(&encode_rows(&grey, width, height, false, 95).unwrap()).into_luma8();
            assert_eq!(image.dimensions(), (u32::from(width), u32::from(height)));
            assert!(signal_to_noise(&grey, &image) > 45.0);

            let samples = interleaved([0, 1, 2].map(|channel| smooth(width, height, channel)));
            let file = encode_rows(&samples, width, height, true, 95).unwrap();
            let image = decoded(&file).into_rgb8();
            assert_eq!(image.dimensions(), (u32::from(width), u32::from(height)));
            let decibels = signal_to_noise(&samples, &image);
            assert!(decibels > 40.0, "{width} x {height}: {decibels} dB");
        }
    }

    #[test]
    fn flat_colors_come_back_at_every_quality() {
        let colors: [[u8; 3]; 7] =
            [[0; 3], [255; 3], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [12, 200, 99]];
        for (color, quality) in colors.into_iter().flat_map(|color| [40, 75, 90, 100].map(|q| (color, q))) {
            let image =
                decoded(&encode_rows(&color.repeat(19 * 9), 19, 9, true, quality).unwrap()).into_rgb8();
            // Half a step of the first coefficients, which are eight times the sample.
            let bound = if quality == 100 { 2 } else { 4 };
            let close = |pixel: &image::Rgb<u8>| (0..3).all(|i| pixel.0[i].abs_diff(color[i]) <= bound);
            assert!(image.pixels().all(close), "{color:?} at {quality}");
        }
    }

    #[test]
    fn the_largest_coefficients_come_back() {
        // Every other block black and white, and single frequencies at full strength, the last of them after
        // 62 zeros.
        let blocks = |x: usize, _: usize| (x / 8 % 2) as f64 * 2.0 - 1.0;
        let checks = |x: usize, y: usize| ((x + y) % 2) as f64 * 2.0 - 1.0;
        let last = |x: usize, y: usize| {
            [x, y].map(|at| ((2 * at + 1) as f64 * 7.0 * PI / 16.0).cos()).iter().product()
        };
        let half = |x: usize, y: usize| [x, y].map(|at| [1.0, -1.0, -1.0, 1.0][at % 4]).iter().product();
        let patterns: [&dyn Fn(usize, usize) -> f64; 4] = [&blocks, &checks, &last, &half];
        for pattern in patterns {
            let samples: Vec<u8> =
                (0..64 * 16).map(|i| (127.5 + 127.5 * pattern(i % 64, i / 64)) as u8).collect();
            let grey = decoded(&encode_rows(&samples, 64, 16, false, 100).unwrap()).into_luma8();
            assert!(mean_square_error(&samples, &grey) < 1.0);
        }
    }

    #[test]
    fn the_largest_color_differences_have_codes() {
        let fields =
            [|x: u32, y: u32| x / 16 + y / 16, |x, y| x / 2 + y / 2, |x, y| (x + 2) / 4 + (y + 2) / 4];
        let pairs = [([255, 255, 0], [0, 0, 255]), ([0, 255, 255], [255, 0, 0])];
        for (field, (even, odd)) in fields.into_iter().flat_map(|field| pairs.map(|pair| (field, pair))) {
            let mut image = image::RgbImage::from_fn(96, 64, |x, y| {
                image::Rgb(if field(x, y) % 2 == 0 { even } else { odd })
            });
            // The last block is right only if all codes before it are.
            let last = image::Rgb([90; 3]);
            image
                .enumerate_pixels_mut()
                .filter(|(x, y, _)| *x >= 80 && *y >= 48)
                .for_each(|(_, _, pixel)| *pixel = last);
            let image = decoded(&encode_rows(&image, 96, 64, true, 100).unwrap()).into_rgb8();
            for (x, y) in (88..96).flat_map(|x| (56..64).map(move |y| (x, y))) {
                assert_eq!(image.get_pixel(x, y), &last);
            }
        }
    }

    /// Width, height, whether it is RGB, and samples.
    fn any_image() -> impl Strategy<Value = (u16, u16, bool, Vec<u8>)> {
        (1..40u16, 1..40u16, any::<bool>()).prop_flat_map(|(width, height, is_rgb)| {
            let count = usize::from(width) * usize::from(height) * if is_rgb { 3 } else { 1 };
            (Just(width), Just(height), Just(is_rgb), prop::collection::vec(any::<u8>(), count))
        })
    }

    proptest! {
        #[test]
        fn any_pixels_make_a_whole_file(
            (width, height, is_rgb, samples) in any_image(),
            quality in 1..=100u8,
        ) {
            let image = decoded(&encode_rows(&samples, width, height, is_rgb, quality).unwrap());
            prop_assert_eq!((image.width(), image.height()), (u32::from(width), u32::from(height)));
            prop_assert_eq!(image.color().has_color(), is_rgb);
            let noise_left = mean_square_error(&samples, image.as_bytes());
            prop_assert!(is_rgb || quality < 100 || noise_left < 1.0, "{}", noise_left);
        }
    }
}
