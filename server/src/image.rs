//! Images: decoding and resizing what comes in, PNG for what goes out.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{FilterType as Resize, resize};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, ImageReader, Limits};

use crate::data_url;
use crate::error::ApiError;

/// Bounds on what one image may become in memory: a small file can unpack to a huge picture.
const MAX_SIDE: u32 = 16_384;
const MAX_BYTES: u64 = 256 << 20;

/// Decodes the image of a data URL, whose media type has to be that of its bytes.
pub fn from_data_url(url: &str) -> Result<DynamicImage, ApiError> {
    let (media, bytes) = data_url::parse(url)?;
    let declared = match media.as_str() {
        "image/png" => ImageFormat::Png,
        "image/jpeg" | "image/jpg" => ImageFormat::Jpeg,
        _ => {
            return Err(ApiError::data_uri(format!(
                "an image is image/png or image/jpeg, not {:?}",
                shorten(&media)
            )));
        }
    };
    match image::guess_format(&bytes) {
        Ok(found) if found == declared => decode(&bytes, found),
        Ok(found) => Err(ApiError::data_uri(format!(
            "the data URL says {media}, its bytes are {}",
            found.to_mime_type()
        ))),
        Err(_) => Err(ApiError::data_uri(format!("the data URL says {media}, its bytes are no known image"))),
    }
}

/// Decodes the image of a file.
pub fn from_file(bytes: &[u8]) -> Result<DynamicImage, ApiError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => decode(bytes, format),
        _ => Err(ApiError::bad_data("the file is neither a PNG nor a JPEG image")),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, ApiError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().map_err(|error| ApiError::bad_data(format!("the image cannot be decoded: {error}")))
}

/// Writes the image's samples, times `scale`, as `[height, width, channels]`; any alpha is dropped.
pub fn encode(image: DynamicImage, shape: &[usize], scale: f32, values: &mut [f32]) {
    let (height, width) = (shape[0] as u32, shape[1] as u32);
    let samples = match shape[2] {
        1 => {
            let grey = image.into_luma8();
            let fits = grey.dimensions() == (width, height);
            if fits { grey.into_raw() } else { resize(&grey, width, height, Resize::Triangle).into_raw() }
        }
        _ => {
            let rgb = image.into_rgb8();
            let fits = rgb.dimensions() == (width, height);
            if fits { rgb.into_raw() } else { resize(&rgb, width, height, Resize::Triangle).into_raw() }
        }
    };
    values.iter_mut().zip(samples).for_each(|(value, sample)| *value = f32::from(sample) * scale);
}

/// Makes a PNG data URL of samples times `scale`, `[height, width, channels]`.
pub fn to_data_url(values: &[f32], shape: &[usize], scale: f32) -> Result<String, image::ImageError> {
    let samples: Vec<u8> =
        values.iter().map(|value| (value / scale).round().clamp(0.0, 255.0) as u8).collect();
    let color = if shape[2] == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive).write_image(
        &samples,
        shape[1] as u32,
        shape[0] as u32,
        color,
    )?;
    Ok(data_url::format("image/png", &png))
}
