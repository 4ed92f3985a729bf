//! Resizes an image row by row: of the resized image no more than the rows that are being made is in memory.

use std::collections::VecDeque;

use crate::image::filter::{Axis, Filter, Span};

/// An image's samples: rows from the top without gaps, grey or interleaved RGB.
pub struct Source<'a> {
    pub bytes: &'a [u8],
    pub width: usize,
    /// 1 grey, 3 RGB.
    pub channels: usize,
    /// Whether its colours become grey before it is resized.
    pub luma: bool,
}

impl Source<'_> {
    /// The channels that its rows are resized with.
    pub fn row_channels(&self) -> usize {
        if self.luma { 1 } else { self.channels }
    }

    /// A row, made grey if that is wanted.
    fn row<'r>(&'r self, y: usize, grey: &'r mut Vec<u8>) -> &'r [u8] {
        let size = self.width * self.channels;
        let row = &self.bytes[y * size..][..size];
        if !self.luma {
            return row;
        }
        grey.clear();
        grey.extend(row.as_chunks().0.iter().map(|&colour| luma(colour)));
        grey
    }
}

/// Rec. 601, as Pillow computes it.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = u32::from(red) * 19595 + u32::from(green) * 38470 + u32::from(blue) * 7471;
    ((sum + (1 << 15)) >> 16) as u8
}

/// How sums of weighted samples are computed.
pub trait Arithmetic {
    /// A sample of a row that was resized across.
    type Sample: Copy + Default;
    type Weight: Copy;
    type Sum: Copy + Default;
    /// What sums begin with.
    const BEGIN: Self::Sum;
    fn weight(weight: f64) -> Self::Weight;
    fn sample(byte: u8) -> Self::Sample;
    fn add(sum: Self::Sum, sample: Self::Sample, weight: Self::Weight) -> Self::Sum;
    fn end(sum: Self::Sum) -> Self::Sample;
}

/// Pillow's: whole samples after each direction, weights in steps of 2^-22.
pub struct Fixed;

const FIXED_BITS: u32 = 22;

impl Arithmetic for Fixed {
    type Sample = u8;
    type Weight = i32;
    type Sum = i32;
    const BEGIN: i32 = 1 << (FIXED_BITS - 1);

    fn weight(weight: f64) -> i32 {
        let steps = weight * f64::from(1 << FIXED_BITS);
        (steps + 0.5f64.copysign(steps)) as i32
    }

    fn sample(byte: u8) -> u8 {
        byte
    }

    #[inline]
    fn add(sum: i32, sample: u8, weight: i32) -> i32 {
        sum.wrapping_add(i32::from(sample).wrapping_mul(weight))
    }

    #[inline]
    fn end(sum: i32) -> u8 {
        (sum >> FIXED_BITS).clamp(0, 255) as u8
    }
}

/// The frameworks' that interpolate: samples keep their fractions, and may leave 0 to 255.
pub struct Float;

impl Arithmetic for Float {
    type Sample = f32;
    type Weight = f32;
    type Sum = f32;
    const BEGIN: f32 = 0.0;

    fn weight(weight: f64) -> f32 {
        weight as f32
    }

    fn sample(byte: u8) -> f32 {
        f32::from(byte)
    }

    #[inline]
    fn add(sum: f32, sample: f32, weight: f32) -> f32 {
        sum + sample * weight
    }

    #[inline]
    fn end(sum: f32) -> f32 {
        sum
    }
}

/// How an image is resized: what is kept of each axis, and by which filter.
pub struct Plan {
    pub across: Span,
    pub down: Span,
    pub filter: Filter,
    pub antialias: bool,
}

impl Plan {
    pub fn is_resized(&self) -> bool {
        self.across.is_resized() || self.down.is_resized()
    }
}

/// Resizes an image. Each row of what is kept goes to `write` with its number, from the top.
pub fn resize<A: Arithmetic>(source: &Source, plan: &Plan, mut write: impl FnMut(usize, &[A::Sample])) {
    let mut across = Across::<A>::new(source, plan);
    if !plan.down.is_resized() {
        (0..plan.down.count).for_each(|row| write(row, across.row(plan.down.first + row)));
        return;
    }
    let down = Axis::new(&plan.down, plan.filter, plan.antialias, A::weight);
    let mut rows = Rows::<A>::new(&down, plan.across.count * source.row_channels());
    for y in 0..plan.down.original {
        if rows.begin(y) {
            rows.add(y, across.row(y));
            rows.end(y, &mut write);
        }
    }
}

/// The rows of the resized image that are being made.
struct Rows<'a, A: Arithmetic> {
    down: &'a Axis<A::Weight>,
    size: usize,
    /// Rows that are done, and rows that have begun.
    done: usize,
    begun: usize,
    sums: VecDeque<Vec<A::Sum>>,
    spare: Vec<Vec<A::Sum>>,
    finished: Vec<A::Sample>,
}

impl<'a, A: Arithmetic> Rows<'a, A> {
    fn new(down: &'a Axis<A::Weight>, size: usize) -> Self {
        let (sums, spare, finished) = (VecDeque::new(), Vec::new(), Vec::new());
        Rows { down, size, done: 0, begun: 0, sums, spare, finished }
    }

    /// Begins the rows that a row of the image is the first of; returns whether any row needs it.
    fn begin(&mut self, y: usize) -> bool {
        while self.begun < self.down.len() && self.down.taps(self.begun).0 <= y {
            let mut sums = self.spare.pop().unwrap_or_default();
            sums.clear();
            sums.resize(self.size, A::BEGIN);
            self.sums.push_back(sums);
            self.begun += 1;
        }
        !self.sums.is_empty()
    }

    fn add(&mut self, y: usize, row: &[A::Sample]) {
        for (place, sums) in (self.done..).zip(&mut self.sums) {
            let (first, weights) = self.down.taps(place);
            let Some(&weight) = y.checked_sub(first).and_then(|at| weights.get(at)) else { continue };
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum = A::add(*sum, sample, weight);
            }
        }
    }

    /// Writes the rows that a row of the image is the last of.
    fn end(&mut self, y: usize, write: &mut impl FnMut(usize, &[A::Sample])) {
        while self.done < self.begun {
            let (first, weights) = self.down.taps(self.done);
            if first + weights.len() > y + 1 {
                return;
            }
            let Some(sums) = self.sums.pop_front() else { return };
            self.finished.clear();
            self.finished.extend(sums.iter().map(|&sum| A::end(sum)));
            write(self.done, &self.finished);
            self.spare.push(sums);
            self.done += 1;
        }
    }
}

/// Rows of an image, resized across.
struct Across<'a, A: Arithmetic> {
    source: &'a Source<'a>,
    span: Span,
    /// None if rows keep their width.
    axis: Option<Axis<A::Weight>>,
    grey: Vec<u8>,
    samples: Vec<A::Sample>,
}

impl<'a, A: Arithmetic> Across<'a, A> {
    fn new(source: &'a Source<'a>, plan: &Plan) -> Self {
        let span = plan.across;
        let axis = span.is_resized().then(|| Axis::new(&span, plan.filter, plan.antialias, A::weight));
        let samples = vec![A::Sample::default(); span.count * source.row_channels()];
        Across { source, span, axis, grey: Vec::new(), samples }
    }

    fn row(&mut self, y: usize) -> &[A::Sample] {
        let row = self.source.row(y, &mut self.grey);
        let channels = self.source.row_channels();
        match &self.axis {
            None => {
                let kept = &row[self.span.first * channels..];
                self.samples.iter_mut().zip(kept).for_each(|(sample, &byte)| *sample = A::sample(byte));
            }
            Some(axis) if channels == 1 => combine::<A, 1>(axis, row, &mut self.samples),
            Some(axis) => combine::<A, 3>(axis, row, &mut self.samples),
        }
        &self.samples
    }
}

fn combine<A: Arithmetic, const CHANNELS: usize>(
    axis: &Axis<A::Weight>,
    row: &[u8],
    samples: &mut [A::Sample],
) {
    let pixels = row.as_chunks::<CHANNELS>().0;
    for ((first, weights), made) in axis.iter().zip(samples.as_chunks_mut::<CHANNELS>().0) {
        let mut sums = [A::BEGIN; CHANNELS];
        for (pixel, &weight) in pixels[first..].iter().zip(weights) {
            for (sum, &byte) in sums.iter_mut().zip(pixel) {
                *sum = A::add(*sum, A::sample(byte), weight);
            }
        }
        *made = sums.map(A::end);
    }
}
