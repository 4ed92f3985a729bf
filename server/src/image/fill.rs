//! Writes rows of samples into a tensor, as values.

use crate::image::arrangement::{Arrangement, Channels, Layout};
use crate::image::formula::Formula;

/// The tensor of one image, which rows of samples are written to.
pub struct Target<'a, T, C> {
    values: &'a mut [T],
    arrangement: Arrangement,
    /// Channels of the rows: 1 for any tensor, or 3 for one of 3.
    row_channels: usize,
    formula: Formula,
    convert: C,
    /// For each channel of the tensor, the value of each sample.
    table: Vec<[T; 256]>,
}

impl<'a, T: Copy, C: Fn(f64) -> T> Target<'a, T, C> {
    /// `convert` makes elements of the tensor.
    pub fn new(
        values: &'a mut [T],
        arrangement: Arrangement,
        row_channels: usize,
        formula: Formula,
        convert: C,
    ) -> Self {
        let entry = |channel, sample: usize| convert(formula.value(sample as f64, channel));
        let channels = 0..arrangement.channels.count();
        let table = channels.map(|channel| std::array::from_fn(|sample| entry(channel, sample))).collect();
        Target { values, arrangement, row_channels, formula, convert, table }
    }

    /// Fills the whole tensor with a pixel.
    pub fn fill(&mut self, pixel: &[u8]) {
        let row = pixel.repeat(self.arrangement.size.width);
        for y in 0..self.arrangement.size.height {
            let value = |channel: usize, sample| self.table[channel][usize::from(sample)];
            put(self.values, &self.arrangement, pixel.len(), (0, y), &row, value);
        }
    }

    /// Writes part of a row of samples.
    pub fn write(&mut self, place: (usize, usize), row: &[u8]) {
        let value = |channel: usize, sample| self.table[channel][usize::from(sample)];
        put(self.values, &self.arrangement, self.row_channels, place, row, value);
    }

    /// The same of samples with fractions.
    pub fn write_exact(&mut self, place: (usize, usize), row: &[f32]) {
        let value = |channel, sample| (self.convert)(self.formula.value(f64::from(sample), channel));
        put(self.values, &self.arrangement, self.row_channels, place, row, value);
    }
}

/// Writes part of a row of so many channels.
fn put<S: Copy, T>(
    values: &mut [T],
    arrangement: &Arrangement,
    row_channels: usize,
    place: (usize, usize),
    row: &[S],
    value: impl Fn(usize, S) -> T,
) {
    match (row_channels, arrangement.channels.count()) {
        (1, 1) => put_pixels::<S, T, 1, 1>(values, arrangement, place, row, value),
        (1, _) => put_pixels::<S, T, 1, 3>(values, arrangement, place, row, value),
        _ => put_pixels::<S, T, 3, 3>(values, arrangement, place, row, value),
    }
}

fn put_pixels<S: Copy, T, const FROM: usize, const TO: usize>(
    values: &mut [T],
    arrangement: &Arrangement,
    (x, y): (usize, usize),
    row: &[S],
    value: impl Fn(usize, S) -> T,
) {
    let pixels = row.as_chunks::<FROM>().0;
    let reversed = arrangement.channels == Channels::Bgr;
    let from = |channel: usize| if reversed { FROM - 1 - channel % FROM } else { channel % FROM };
    let start = y * arrangement.size.width + x;
    match arrangement.layout {
        Layout::Nhwc => {
            for (into, pixel) in values.as_chunks_mut::<TO>().0[start..].iter_mut().zip(pixels) {
                for (channel, into) in into.iter_mut().enumerate() {
                    *into = value(channel, pixel[from(channel)]);
                }
            }
        }
        Layout::Nchw => {
            let plane_size = arrangement.size.width * arrangement.size.height;
            for (channel, plane) in values.chunks_exact_mut(plane_size).enumerate() {
                let from = from(channel);
                for (into, pixel) in plane[start..].iter_mut().zip(pixels) {
                    *into = value(channel, pixel[from]);
                }
            }
        }
    }
}
