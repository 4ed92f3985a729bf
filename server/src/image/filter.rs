//! How samples of an image make a sample of its resized form, along one axis.

use std::f64::consts::PI;

/// The filter that an image is resized with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// The sample whose area holds the centre, as Pillow, OpenCV's exact form and tf.image take it.
    Nearest,
    /// The mean of the samples whose centres are in the area, as Pillow's BOX.
    Box,
    /// The mean of the area, in which samples at its edge count in part, as AREA of OpenCV and tf.image.
    Area,
    #[default]
    Bilinear,
    /// Keys' cubic convolution: a = -0.5 with antialias, as everywhere; -0.75 without, as PyTorch and OpenCV.
    Bicubic,
    /// Lanczos with three lobes.
    Lanczos,
}

impl Filter {
    /// Whether it can be used with antialias and without.
    pub fn has_antialias(self) -> bool {
        matches!(self, Filter::Bilinear | Filter::Bicubic | Filter::Lanczos)
    }
}

/// The part of an axis of the resized image that is kept, and its place in the tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Samples of the image before it is resized.
    pub original: usize,
    /// Samples of the whole resized image.
    pub resized: usize,
    /// The first of them that is kept.
    pub first: usize,
    /// How many are kept.
    pub count: usize,
    /// Where the first one that is kept comes in the tensor.
    pub at: usize,
}

impl Span {
    /// All samples, not resized.
    pub fn whole(original: usize) -> Span {
        Span { original, resized: original, first: 0, count: original, at: 0 }
    }

    pub fn is_resized(&self) -> bool {
        self.original != self.resized
    }
}

/// For each sample that is kept: the samples of the image that make it, with their weights.
pub struct Axis<W> {
    /// The first sample of the image, and where its weights end.
    taps: Vec<(usize, usize)>,
    weights: Vec<W>,
}

impl<W> Axis<W> {
    pub fn new(span: &Span, filter: Filter, antialias: bool, convert: impl Fn(f64) -> W) -> Axis<W> {
        let mut axis = Axis { taps: Vec::with_capacity(span.count), weights: Vec::new() };
        let scale = span.original as f64 / span.resized as f64;
        let mut weights = Vec::new();
        // Pillow adds up the places of the nearest samples.
        let mut nearest = scale * 0.5;
        (0..span.first).for_each(|_| nearest += scale);
        for place in span.first..span.first + span.count {
            weights.clear();
            let first = match filter {
                Filter::Nearest => single(nearest, span.original, &mut weights),
                Filter::Area => area(place, scale, span.original, &mut weights),
                Filter::Bilinear | Filter::Bicubic if !antialias => {
                    interpolation(filter, (place as f64 + 0.5) * scale, span.original, &mut weights)
                }
                _ => window(
                    filter,
                    antialias,
                    (place as f64 + 0.5) * scale,
                    scale,
                    span.original,
                    &mut weights,
                ),
            };
            nearest += scale;
            axis.weights.extend(weights.iter().map(|&weight| convert(weight)));
            axis.taps.push((first, axis.weights.len()));
        }
        axis
    }

    pub fn len(&self) -> usize {
        self.taps.len()
    }

    /// The first sample of the image that makes this one, and the weights from there on.
    pub fn taps(&self, place: usize) -> (usize, &[W]) {
        let begin = if place == 0 { 0 } else { self.taps[place - 1].1 };
        let (first, end) = self.taps[place];
        (first, &self.weights[begin..end])
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[W])> {
        let mut rest = &self.weights[..];
        let mut begin = 0;
        self.taps.iter().map(move |&(first, end)| {
            let weights;
            (weights, rest) = rest.split_at(end - begin);
            begin = end;
            (first, weights)
        })
    }
}

fn single(centre: f64, size: usize, weights: &mut Vec<f64>) -> usize {
    weights.push(1.0);
    (centre as usize).min(size - 1)
}

/// Each sample counts by how much of it lies in the area.
fn area(place: usize, scale: f64, size: usize, weights: &mut Vec<f64>) -> usize {
    let (begin, end) = (place as f64 * scale, (place + 1) as f64 * scale);
    let first = (begin as usize).min(size - 1);
    let last = (end.ceil() as usize).clamp(first + 1, size);
    let part = |sample: usize| end.min((sample + 1) as f64) - begin.max(sample as f64);
    weights.extend((first..last).map(part));
    normalise(weights);
    first
}

/// The samples on both sides of the centre alone; beyond the edge, the one at the edge counts.
fn interpolation(filter: Filter, centre: f64, size: usize, weights: &mut Vec<f64>) -> usize {
    let reach = if filter == Filter::Bicubic { 2 } else { 1 };
    let below = (centre - 0.5).floor();
    let fraction = centre - 0.5 - below;
    let clamp = |sample: i64| sample.clamp(0, size as i64 - 1) as usize;
    let (begin, end) = (below as i64 + 1 - reach, below as i64 + reach);
    let first = clamp(begin);
    weights.resize(clamp(end) + 1 - first, 0.0);
    for sample in begin..=end {
        let distance = (sample - below as i64) as f64 - fraction;
        let weight = if filter == Filter::Bicubic { cubic(distance, -0.75) } else { triangle(distance) };
        weights[clamp(sample) - first] += weight;
    }
    first
}

/// Pillow's window: the samples whose centres are within reach of the centre, up to the edges. The filter is
/// made as wide as an area of the image if it is to prevent aliases.
fn window(
    filter: Filter,
    antialias: bool,
    centre: f64,
    scale: f64,
    size: usize,
    weights: &mut Vec<f64>,
) -> usize {
    let (reach, shape): (f64, fn(f64) -> f64) = match filter {
        Filter::Bicubic => (2.0, |distance| cubic(distance, -0.5)),
        Filter::Lanczos => (3.0, lanczos),
        Filter::Bilinear => (1.0, triangle),
        Filter::Box | Filter::Area | Filter::Nearest => (0.5, within),
    };
    let stretch = if antialias || filter == Filter::Box { scale.max(1.0) } else { 1.0 };
    let reach = reach * stretch;
    let first = ((centre - reach + 0.5).max(0.0) as usize).min(size - 1);
    let end = ((centre + reach + 0.5) as usize).clamp(first + 1, size);
    let narrow = 1.0 / stretch;
    weights.extend((0..end - first).map(|step| shape(((step + first) as f64 - centre + 0.5) * narrow)));
    normalise(weights);
    first
}

fn normalise(weights: &mut [f64]) {
    let total: f64 = weights.iter().sum();
    if total != 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= total);
    }
}

fn within(distance: f64) -> f64 {
    f64::from(u8::from(distance > -0.5 && distance <= 0.5))
}

fn triangle(distance: f64) -> f64 {
    (1.0 - distance.abs()).max(0.0)
}

fn cubic(distance: f64, a: f64) -> f64 {
    let x = distance.abs();
    match x {
        _ if x < 1.0 => ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0,
        _ if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * a,
        _ => 0.0,
    }
}

fn lanczos(distance: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
    if (-3.0..3.0).contains(&distance) { sinc(distance) * sinc(distance / 3.0) } else { 0.0 }
}
