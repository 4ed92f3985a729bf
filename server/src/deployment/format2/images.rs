//! The keys of images in format 2.

use crate::deployment::fields::{At, Fields};
use crate::image::{Channels, Filter, InputKeys, Layout, Mistake, OutputKeys, Preset, Resize};

const PRESETS: [(&str, Preset); 3] =
    [("imagenet", Preset::Imagenet), ("mobilenet", Preset::Mobilenet), ("yolo", Preset::Yolo)];
const LAYOUTS: [(&str, Layout); 2] = [("NHWC", Layout::Nhwc), ("NCHW", Layout::Nchw)];
const CHANNELS: [(&str, Channels); 3] =
    [("RGB", Channels::Rgb), ("BGR", Channels::Bgr), ("grey", Channels::Grey)];
const RESIZES: [(&str, Resize); 4] = [
    ("stretch", Resize::Stretch),
    ("cover", Resize::Cover),
    ("contain", Resize::Contain),
    ("none", Resize::None),
];
const FILTERS: [(&str, Filter); 6] = [
    ("nearest", Filter::Nearest),
    ("box", Filter::Box),
    ("area", Filter::Area),
    ("bilinear", Filter::Bilinear),
    ("bicubic", Filter::Bicubic),
    ("lanczos", Filter::Lanczos),
];
/// Reads the keys of an image input.
pub fn input(fields: &Fields) -> InputKeys {
    InputKeys {
        preset: word(fields, "preset", &PRESETS),
        layout: word(fields, "layout", &LAYOUTS),
        channels: word(fields, "channels", &CHANNELS),
        resize: word(fields, "resize", &RESIZES),
        shortest_edge: fields.size("shortest_edge"),
        pad: fields.get("pad").and_then(|at| at.one_or_each(sample)),
        filter: word(fields, "filter", &FILTERS),
        antialias: fields.flag("antialias"),
        round: fields.flag("round"),
        scale: fields.number("scale"),
        mean: numbers(fields, "mean"),
        std: numbers(fields, "std"),
        exif: fields.flag("exif"),
    }
}

/// Reads the keys of an image output.
pub fn output(fields: &Fields) -> OutputKeys {
    OutputKeys {
        layout: word(fields, "layout", &LAYOUTS),
        channels: word(fields, "channels", &CHANNELS),
        scale: fields.number("scale"),
        mean: numbers(fields, "mean"),
        std: numbers(fields, "std"),
    }
}

/// Notes mistakes of the keys.
pub fn report(fields: &Fields, mistakes: Vec<Mistake>) {
    for Mistake { key, problem } in mistakes {
        fields.wrong(key, problem);
    }
}

fn word<T: Copy>(fields: &Fields, key: &'static str, words: &[(&str, T)]) -> Option<T> {
    fields.get(key)?.one_of(words)
}

fn numbers(fields: &Fields, key: &'static str) -> Option<Vec<f64>> {
    fields.get(key)?.one_or_each(At::number)
}

/// A sample of a colour.
fn sample(at: &At) -> Option<u8> {
    let number = at.size()?;
    u8::try_from(number).map_or_else(|_| at.expected("0 to 255"), Some)
}
