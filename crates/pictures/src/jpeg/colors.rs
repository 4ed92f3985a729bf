//! From the samples of the components to pixels: components at a lower resolution are brought to the image's,
//! as libjpeg's decoders do it, and colours become RGB.

use super::frame::{Colors, Component, Frame};
use crate::{Error, filled};

/// The samples of a component: rows of `stride`.
pub(super) struct Plane {
    pub(super) samples: Vec<u8>,
    pub(super) stride: usize,
}

impl Plane {
    fn row(&self, row: usize, width: usize) -> &[u8] {
        &self.samples[row * self.stride..][..width]
    }
}

/// Writes the pixels: rows without gaps, samples interleaved.
pub(super) fn write_pixels(
    frame: &Frame,
    planes: &[Plane],
    colors: Colors,
    into: &mut [u8],
) -> Result<(), Error> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for component in &frame.components {
        // Room for the last sample's twins.
        lines.push(filled(component.width * (frame.horizontal / component.horizontal), 0)?);
    }
    let mut sums = filled(frame.width + 1, 0u16)?;
    for (row, pixels) in into.chunks_exact_mut(frame.width * frame.channels()).enumerate() {
        for ((component, plane), line) in frame.components.iter().zip(planes).zip(&mut lines) {
            write_line(frame, component, plane, row, &mut sums, line);
        }
        write_colors(&lines, colors, pixels);
    }
    Ok(())
}

/// Writes a row of a component in the image's resolution.
fn write_line(
    frame: &Frame,
    component: &Component,
    plane: &Plane,
    row: usize,
    sums: &mut [u16],
    line: &mut [u8],
) {
    let across = frame.horizontal / component.horizontal;
    let down = frame.vertical / component.vertical;
    let width = component.width;
    let near = plane.row(row / down, width);
    // The nearest other row: the one above for the upper of two rows.
    let upper = row.is_multiple_of(2);
    let other = if upper { (row / 2).saturating_sub(1) } else { (row / 2 + 1).min(component.height - 1) };
    match (across, down) {
        (1, 1) => line.copy_from_slice(near),
        (2, 1) if width > 2 => double_across(near, line),
        (1, 2) => {
            let bias = if upper { 1 } else { 2 };
            let pairs = near.iter().zip(plane.row(other, width));
            line.iter_mut().zip(pairs).for_each(|(sample, (near, other))| {
                *sample = ((3 * u16::from(*near) + u16::from(*other) + bias) >> 2) as u8;
            });
        }
        (2, 2) if width > 2 => {
            let sums = &mut sums[..width];
            let pairs = near.iter().zip(plane.row(other, width));
            sums.iter_mut()
                .zip(pairs)
                .for_each(|(sum, (near, other))| *sum = 3 * u16::from(*near) + u16::from(*other));
            double_sums(sums, line);
        }
        _ => line.chunks_mut(across).zip(near).for_each(|(twins, sample)| twins.fill(*sample)),
    }
}

/// Twice as many samples: each a quarter of the way to its neighbour.
fn double_across(samples: &[u8], line: &mut [u8]) {
    let last = samples.len() - 1;
    for (at, pair) in line.as_chunks_mut::<2>().0.iter_mut().enumerate().take(last + 1) {
        let three = 3 * u16::from(samples[at]);
        let neighbour = |at: usize, bias: u16| ((three + u16::from(samples[at]) + bias) >> 2) as u8;
        let left = if at == 0 { samples[0] } else { neighbour(at - 1, 1) };
        *pair = [left, if at == last { samples[last] } else { neighbour(at + 1, 2) }];
    }
}

/// The same of samples that are sums of four in the other direction.
fn double_sums(sums: &[u16], line: &mut [u8]) {
    let last = sums.len() - 1;
    for (at, pair) in line.as_chunks_mut::<2>().0.iter_mut().enumerate().take(last + 1) {
        let left = sums[at.saturating_sub(1)];
        let right = sums[(at + 1).min(last)];
        *pair = [((3 * sums[at] + left + 8) >> 4) as u8, ((3 * sums[at] + right + 7) >> 4) as u8];
    }
}

fn write_colors(lines: &[Vec<u8>], colors: Colors, pixels: &mut [u8]) {
    match (lines, colors) {
        ([grey], _) => pixels.copy_from_slice(&grey[..pixels.len()]),
        ([r, g, b], Colors::Rgb) => write_triples(r, g, b, pixels, |rgb| rgb),
        ([y, cb, cr], _) => write_triples(y, cb, cr, pixels, rgb_of_ycc),
        ([c, m, y, k], colors) => {
            let convert = if colors == Colors::Ycck { inverted_rgb_of_ycc } else { |cmy| cmy };
            write_triples(c, m, y, pixels, convert);
            let pixels = pixels.as_chunks_mut::<3>().0.iter_mut().zip(k);
            pixels.for_each(|(rgb, k)| *rgb = rgb.map(|sample| product(sample, *k)));
        }
        _ => {}
    }
}

fn write_triples(a: &[u8], b: &[u8], c: &[u8], pixels: &mut [u8], convert: impl Fn([u8; 3]) -> [u8; 3]) {
    let samples = a.iter().zip(b).zip(c);
    let pixels = pixels.as_chunks_mut::<3>().0.iter_mut();
    pixels.zip(samples).for_each(|(pixel, ((a, b), c))| *pixel = convert([*a, *b, *c]));
}

/// RGB of luminance and colour differences (JFIF 1.02).
#[inline(always)]
fn rgb_of_ycc([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let red = y + ((91_881 * cr + HALF) >> 16);
    let green = y + ((-22_554 * cb - 46_802 * cr + HALF) >> 16);
    let blue = y + ((116_130 * cb + HALF) >> 16);
    [red, green, blue].map(|sample| sample.clamp(0, 255) as u8)
}

/// The inks that YCCK has: the complement of RGB.
fn inverted_rgb_of_ycc(ycc: [u8; 3]) -> [u8; 3] {
    rgb_of_ycc(ycc).map(|sample| 255 - sample)
}

/// The product of two parts of 255, rounded.
fn product(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 128;
    ((product + (product >> 8)) >> 8) as u8
}
