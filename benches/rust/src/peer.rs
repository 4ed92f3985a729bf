//! What the Rust peers share: images as data URLs, and the checksum of a row's typed results.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::ExtendedColorType::Rgb8;
use image::ImageEncoder;
use image::codecs::png::PngEncoder;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// The token that every client shows.
pub const TOKEN: &str = "token";
/// The shape of the arrays.
pub const SHAPE: [usize; 3] = [224, 224, 3];
const ARRAYS: usize = 8;
const WIDTH: u16 = 640;
const HEIGHT: u16 = 480;
const JPEG_QUALITY: u8 = 90;

/// All arrays' elements, one array after the other.
pub fn arrays() -> Vec<f32> {
    let bytes = crate::data("arrays.f32");
    bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// The elements of a row's array.
pub fn array_of_row(arrays: &[f32], row: usize) -> &[f32] {
    let size = SHAPE.iter().product();
    &arrays[row % ARRAYS * size..][..size]
}

/// Makes a row's data URL, of the image's file or of its pixels.
pub fn data_url_maker(kind: &str) -> Box<dyn Fn() -> String> {
    match kind {
        "jpeg" => {
            let file = crate::data("picture.jpg");
            Box::new(move || data_url("jpeg", &file))
        }
        "pixels-png" => {
            let pixels = crate::data("pixels.rgb");
            Box::new(move || data_url("png", &png(&pixels)))
        }
        "pixels-jpeg" => {
            let pixels = crate::data("pixels.rgb");
            Box::new(move || data_url("jpeg", &jpeg(&pixels)))
        }
        other => panic!("no workload of the kind {other}"),
    }
}

fn png(pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    // Its settings are the crate's own: fast.
    PngEncoder::new(&mut file)
        .write_image(pixels, WIDTH.into(), HEIGHT.into(), Rgb8)
        .expect("the image is encoded");
    file
}

fn jpeg(pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    // Not the image crate's encoder, which is slower, and cannot halve the resolution of colour as all others
    // do.
    let mut encoder = Encoder::new(&mut file, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(pixels, WIDTH, HEIGHT, ColorType::Rgb).expect("the image is encoded");
    file
}

fn data_url(kind: &str, file: &[u8]) -> String {
    let mut url = format!("data:image/{kind};base64,");
    STANDARD.encode_string(file, &mut url);
    url
}

/// What a row's results add to the checksum.
pub fn checksum<'a>(
    number: f64,
    classes: impl Iterator<Item = (&'a str, f64)> + Clone,
    array: &[f32],
) -> u64 {
    let mut sum = u64::from((number as f32).to_bits());
    sum += classes.clone().map(|(_, value)| u64::from((value as f32).to_bits())).sum::<u64>();
    if let Some((label, _)) = classes.max_by(|a, b| a.1.total_cmp(&b.1)) {
        sum += 1000 * label.bytes().map(u64::from).sum::<u64>();
    }
    sum + array.iter().map(|value| u64::from(value.to_bits())).sum::<u64>()
}
