//! Images: decoding and resizing what comes in, PNG for what goes out.

use std::fmt::Display;
use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{FilterType as Resize, resize};
use image::{
    DynamicImage, ExtendedColorType, GrayImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
    RgbImage,
};
use sidekick_pictures::{jpeg, png};

use crate::data_url;
use crate::error::ApiError;

/// The most pixels an image may have by default: a small file can declare a huge image.
pub const DEFAULT_MAX_PIXELS: u64 = 64_000_000;
/// The most that a sample format takes: RGBA of 16 bits.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// Decodes the image of a data URL, whose media type has to be that of its bytes.
pub fn from_data_url(url: &str, max_pixels: u64) -> Result<DynamicImage, ApiError> {
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
        Ok(found) if found == declared => decode(&bytes, found, max_pixels),
        Ok(found) => Err(ApiError::data_uri(format!(
            "the data URL says {media}, its bytes are {}",
            found.to_mime_type()
        ))),
        Err(_) => Err(ApiError::data_uri(format!("the data URL says {media}, its bytes are no known image"))),
    }
}

/// Decodes the image of a file.
pub fn from_file(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, ApiError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => decode(bytes, format, max_pixels),
        _ => Err(ApiError::bad_data("the file is neither a PNG nor a JPEG image")),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn decode(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<DynamicImage, ApiError> {
    if format == ImageFormat::Jpeg { decode_jpeg(bytes, max_pixels) } else { decode_png(bytes, max_pixels) }
}

fn undecodable(error: impl Display) -> ApiError {
    ApiError::bad_data(format!("the image cannot be decoded: {error}"))
}

fn check_pixels(width: u32, height: u32, max_pixels: u64) -> Result<(), ApiError> {
    if u64::from(width) * u64::from(height) <= max_pixels {
        return Ok(());
    }
    let message = format!("an image of {width} x {height} pixels; at most {max_pixels} are taken");
    Err(ApiError::bad_data(message))
}

fn decode_jpeg(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, ApiError> {
    let header = jpeg::header(bytes).map_err(undecodable)?;
    let (width, height) = (header.width, header.height);
    check_pixels(width, height, max_pixels)?;
    let pixels = jpeg::decode(bytes).map_err(undecodable)?;
    let image = match header.channels {
        1 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
    };
    image.ok_or_else(|| undecodable("its pixels are incomplete"))
}

fn decode_png(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, ApiError> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels.saturating_mul(MAX_BYTES_PER_PIXEL));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(undecodable)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height, max_pixels)?;
    png::essence(bytes).map_err(undecodable)?;
    DynamicImage::from_decoder(decoder).map_err(undecodable)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn an_image_is_refused_for_its_pixels_before_it_is_decoded() {
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&[7; 6], 3, 2, ExtendedColorType::L8).unwrap();
        assert_eq!(from_file(&png, 6).unwrap().width(), 3);
        let refused = from_file(&png, 5).unwrap_err();
        assert_eq!(refused.message, "an image of 3 x 2 pixels; at most 5 are taken");
        // Its data are cut off, which only decoding would show.
        let refused = from_file(&png[..41], 5).unwrap_err();
        assert_eq!(refused.message, "an image of 3 x 2 pixels; at most 5 are taken");
    }

    fn jpeg(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../tests/images/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn a_jpeg_that_is_cut_off_is_refused() {
        assert_eq!(from_file(&jpeg("seven.jpg"), DEFAULT_MAX_PIXELS).unwrap().width(), 280);
        for file in [jpeg("seven-half.jpg"), [jpeg("seven-half.jpg"), b"\xff\xd9".to_vec()].concat()] {
            assert_eq!(from_file(&file, DEFAULT_MAX_PIXELS).unwrap_err().code, ErrorCode::BadData);
        }
        assert!(from_file(&jpeg("seven.jpg"), 280 * 280 - 1).is_err());
    }

    #[test]
    fn a_jpeg_with_a_scan_for_each_component_has_the_pixels_of_one_with_one_scan() {
        for sampling in ["420", "422", "440", "444"] {
            let [one, three] =
                ["one-scan", "three-scans"].map(|scans| jpeg(&format!("{scans}-{sampling}.jpg")));
            let [one, three] = [one, three].map(|file| from_file(&file, DEFAULT_MAX_PIXELS).unwrap());
            assert!(one == three, "{sampling}");
        }
    }
}
