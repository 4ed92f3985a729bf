//! Reads the PNG and JPEG images that clients send.

use std::fmt::Display;
use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sidekick_pictures::{Essence, jpeg, png};

use crate::data_url;
use crate::error::ApiError;

/// The most pixels an image may have by default: a small file can declare a huge image.
pub const DEFAULT_MAX_PIXELS: u64 = 64_000_000;
/// The most that a sample format takes: RGBA of 16 bits.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// How images are read.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub max_pixels: u64,
    /// Whether the EXIF orientation is applied.
    pub exif: bool,
}

/// Decodes the image of a data URL, whose media type has to be that of its bytes.
pub fn from_data_url(url: &str, rules: Rules) -> Result<DynamicImage, ApiError> {
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
        Ok(found) if found == declared => decode(&bytes, found, rules),
        Ok(found) => Err(ApiError::data_uri(format!(
            "the data URL says {media}, its bytes are {}",
            found.to_mime_type()
        ))),
        Err(_) => Err(ApiError::data_uri(format!("the data URL says {media}, its bytes are no known image"))),
    }
}

/// Decodes the image of a file.
pub fn from_file(bytes: &[u8], rules: Rules) -> Result<DynamicImage, ApiError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => decode(bytes, format, rules),
        _ => Err(ApiError::bad_data("the file is neither a PNG nor a JPEG image")),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn decode(bytes: &[u8], format: ImageFormat, rules: Rules) -> Result<DynamicImage, ApiError> {
    let is_jpeg = format == ImageFormat::Jpeg;
    let mut image =
        if is_jpeg { decode_jpeg(bytes, rules.max_pixels) } else { decode_png(bytes, rules.max_pixels) }?;
    if rules.exif {
        let essence = if is_jpeg { jpeg::essence(bytes) } else { png::essence(bytes) };
        image.apply_orientation(essence.map_or(Orientation::NoTransforms, |essence| orientation(&essence)));
    }
    Ok(image)
}

/// An orientation that is invalid does not count.
fn orientation(essence: &Essence) -> Orientation {
    essence.exif().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
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

#[cfg(test)]
mod tests {
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    use super::*;
    use crate::error::ErrorCode;

    const PLAIN: Rules = Rules { max_pixels: DEFAULT_MAX_PIXELS, exif: false };

    #[test]
    fn an_image_is_refused_for_its_pixels_before_it_is_decoded() {
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&[7; 6], 3, 2, ExtendedColorType::L8).unwrap();
        let most = |max_pixels| Rules { max_pixels, exif: false };
        assert_eq!(from_file(&png, most(6)).unwrap().width(), 3);
        let refused = from_file(&png, most(5)).unwrap_err();
        assert_eq!(refused.message, "an image of 3 x 2 pixels; at most 5 are taken");
        // Its data are cut off, which only decoding would show.
        let refused = from_file(&png[..41], most(5)).unwrap_err();
        assert_eq!(refused.message, "an image of 3 x 2 pixels; at most 5 are taken");
    }

    fn jpeg(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../tests/images/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn a_jpeg_that_is_cut_off_is_refused() {
        assert_eq!(from_file(&jpeg("seven.jpg"), PLAIN).unwrap().width(), 280);
        for file in [jpeg("seven-half.jpg"), [jpeg("seven-half.jpg"), b"\xff\xd9".to_vec()].concat()] {
            assert_eq!(from_file(&file, PLAIN).unwrap_err().code, ErrorCode::BadData);
        }
        assert!(from_file(&jpeg("seven.jpg"), Rules { max_pixels: 280 * 280 - 1, exif: false }).is_err());
    }

    #[test]
    fn a_jpeg_with_a_scan_for_each_component_has_the_pixels_of_one_with_one_scan() {
        for sampling in ["420", "422", "440", "444"] {
            let [one, three] =
                ["one-scan", "three-scans"].map(|scans| jpeg(&format!("{scans}-{sampling}.jpg")));
            let [one, three] = [one, three].map(|file| from_file(&file, PLAIN).unwrap());
            assert!(one == three, "{sampling}");
        }
    }

    /// A file with an EXIF segment that has an orientation and nothing else.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
        let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".as_slice(), &tag, &[0; 4]].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn the_orientation_of_a_jpeg_is_applied_where_that_is_wanted() {
        let plain = jpeg("one-scan-444.jpg");
        let stored = from_file(&plain, PLAIN).unwrap();
        for orientation in 1..=8 {
            let file = with_exif(&plain, orientation);
            assert!(from_file(&file, PLAIN).unwrap() == stored, "{orientation}");
            let mut due = stored.clone();
            due.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let turned = from_file(&file, Rules { exif: true, ..PLAIN }).unwrap();
            assert!(turned == due, "{orientation}");
        }
        let invalid = from_file(&with_exif(&plain, 9), Rules { exif: true, ..PLAIN }).unwrap();
        assert!(invalid == stored);
    }
}
