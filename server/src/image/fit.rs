//! How an image is fitted to the size that the model takes.

use crate::image::arrangement::Size;
use crate::image::filter::Span;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resize {
    /// To the model's size, whatever the proportions.
    #[default]
    Stretch,
    /// In proportion, until it covers the model's size; what is beyond is cropped on both sides.
    Cover,
    /// In proportion, until it is as large as fits; what is left is filled on both sides.
    Contain,
    /// Not at all: the image has to have the model's size.
    None,
}

/// What of each axis goes where, across and down. `None` if the image had to be resized and is not to be.
pub fn fit(resize: Resize, shortest_edge: Option<usize>, image: Size, model: Size) -> Option<(Span, Span)> {
    match resize {
        Resize::Stretch => Some((stretch(image.width, model.width), stretch(image.height, model.height))),
        Resize::Cover => Some(cover(shortest_edge, image, model)),
        Resize::Contain => Some(contain(image, model)),
        Resize::None => (image == model).then(|| (Span::whole(image.width), Span::whole(image.height))),
    }
}

fn stretch(original: usize, resized: usize) -> Span {
    Span { original, resized, first: 0, count: resized, at: 0 }
}

/// The sizes that torchvision computes: Resize and CenterCrop.
fn cover(shortest_edge: Option<usize>, image: Size, model: Size) -> (Span, Span) {
    let Size { width, height } = image;
    let wide = |height_made: usize| (scaled(width, height_made, height), height_made);
    let tall = |width_made: usize| (width_made, scaled(height, width_made, width));
    let (across, down) = match shortest_edge {
        Some(edge) if width <= height => tall(edge),
        Some(edge) => wide(edge),
        // As far as the axis that has to grow more.
        None if model.width as u64 * height as u64 >= model.height as u64 * width as u64 => tall(model.width),
        None => wide(model.height),
    };
    (crop(width, across, model.width), crop(height, down, model.height))
}

/// A length times a ratio of others, without its fraction.
fn scaled(length: usize, made: usize, of: usize) -> usize {
    (length as u64 * made as u64 / of as u64) as usize
}

/// The middle of an axis; of two, the one that begins at an even sample.
fn crop(original: usize, resized: usize, count: usize) -> Span {
    let beyond = resized.saturating_sub(count);
    let half = beyond / 2;
    let first = half + (beyond & half & 1);
    Span { original, resized, first, count: count.min(resized), at: 0 }
}

/// The sizes that the letterbox of Ultralytics' YOLO computes.
fn contain(image: Size, model: Size) -> (Span, Span) {
    let ratio = (model.width as f64 / image.width as f64).min(model.height as f64 / image.height as f64);
    let pad = |original: usize, most: usize| {
        let resized = ((original as f64 * ratio).round_ties_even() as usize).clamp(1, most);
        Span { original, resized, first: 0, count: resized, at: (most - resized) / 2 }
    };
    (pad(image.width, model.width), pad(image.height, model.height))
}
