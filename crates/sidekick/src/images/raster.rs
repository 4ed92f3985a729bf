//! Image files as 8-bit samples. Their size is checked before they are decoded, and incomplete files are
//! refused.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::media_type::MediaType;
use crate::memory;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageFormat, ImageReader, Limits};
use sidekick_pictures::{Essence, jpeg, png, webp};
use std::io::Cursor;

/// The most pixels an image may have by default: 256 MiB as RGBA.
const DEFAULT_MAX_PIXELS: u64 = 64 << 20;
/// The most that a decoder may need for a pixel: 16-bit RGBA.
const MAX_BYTES_PER_PIXEL: u64 = 8;
/// What a decoder may take for any image: colour profiles can be larger than small images.
const MIN_ALLOWED: u64 = 16 << 20;
/// What a GIF is decoded to: 8-bit RGBA.
const GIF_BYTES_PER_PIXEL: u64 = 4;
/// Where a PNG keeps its bits per sample: in IHDR, after signature, chunk head, width and height.
const PNG_BIT_DEPTH_AT: usize = 24;

/// The rules for image files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImageRules {
    /// The most pixels that an image may have.
    pub(crate) max_pixels: u64,
    /// Whether images are rotated as their metadata say.
    pub(crate) apply_orientation: bool,
}

impl Default for ImageRules {
    fn default() -> ImageRules {
        ImageRules { max_pixels: DEFAULT_MAX_PIXELS, apply_orientation: false }
    }
}

impl ImageRules {
    /// The same for images that are not rotated.
    pub(super) fn as_stored(self) -> ImageRules {
        ImageRules { apply_orientation: false, ..self }
    }
}

/// An image file that was checked, but not decoded.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    format: ImageFormat,
    /// For PNG and JPEG: the parts that the image needs.
    essence: Option<Essence<'a>>,
    width: u32,
    height: u32,
    color: ColorType,
    orientation: Orientation,
}

/// Decoded samples, 8 bits each: rows from the top without gaps, interleaved.
#[derive(Debug, PartialEq)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
    pub(super) channels: u8,
    pub(super) bytes: Vec<u8>,
}

impl<'a> File<'a> {
    /// Reads the kind, the size and the orientation of a file, and checks whether it is complete (PNG and
    /// JPEG).
    pub(super) fn open(bytes: &'a [u8], rules: &ImageRules) -> Result<File<'a>> {
        let format = image::guess_format(bytes).ok().filter(|format| is_accepted(*format));
        let format = format.ok_or_else(|| {
            let message = match bytes {
                [] => "the file is empty: it has 0 bytes".to_owned(),
                _ => format!("its bytes are none of {}", accepted_kinds()),
            };
            Error::new(ErrorKind::Image, message)
        })?;
        let (width, height, color) = header(bytes, format, rules.max_pixels)?;
        check_size(width, height, rules.max_pixels)?;
        let essence = essence(bytes, format)?;
        let exif = exif(bytes, format, essence.as_ref()).filter(|_| rules.apply_orientation);
        let orientation = exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
        Ok(File { bytes, format, essence, width, height, color, orientation })
    }

    /// Width, height and channels.
    pub(super) fn size(&self) -> (u32, u32, u8) {
        let channels = match (self.color.has_alpha(), self.color.has_color()) {
            (true, _) => 4,
            (false, true) => 3,
            (false, false) => 1,
        };
        (self.width, self.height, channels)
    }

    /// The parts of a file that are sent without being decoded. `None` if its samples have to be converted.
    pub(super) fn undecoded(&self) -> Option<(MediaType, &Essence<'a>)> {
        let media_type = match self.format {
            ImageFormat::Jpeg => MediaType::Jpeg,
            ImageFormat::Png if self.bytes.get(PNG_BIT_DEPTH_AT) == Some(&8) => MediaType::Png,
            _ => return None,
        };
        let as_it_is = !self.color.has_alpha() && self.orientation == Orientation::NoTransforms;
        self.essence.as_ref().filter(|_| as_it_is).map(|essence| (media_type, essence))
    }

    /// The samples, rotated if the rules ask for it.
    pub(super) fn decode(&self) -> Result<Raster> {
        let (width, height) = (self.width, self.height);
        let raster = if self.format == ImageFormat::Jpeg {
            let bytes = jpeg::decode(self.bytes).map_err(refused)?;
            Raster { width, height, channels: self.color.channel_count(), bytes }
        } else {
            let max_pixels = u64::from(width) * u64::from(height);
            let mut bytes = samples(decoder(self.bytes, self.format, max_pixels)?, self.format)?;
            reduce(self.color, &mut bytes)?;
            Raster { width, height, channels: self.color.channel_count(), bytes }
        };
        raster.turned(self.orientation)
    }
}

fn is_accepted(format: ImageFormat) -> bool {
    let more = [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::WebP];
    matches!(format, ImageFormat::Png | ImageFormat::Jpeg)
        || (cfg!(feature = "more-images") && more.contains(&format))
}

fn accepted_kinds() -> &'static str {
    if cfg!(feature = "more-images") { "PNG, JPEG, BMP, GIF, TIFF and WebP" } else { "PNG and JPEG" }
}

/// Width, height and the kind of the samples.
fn header(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<(u32, u32, ColorType)> {
    if format == ImageFormat::Jpeg {
        let header = jpeg::header(bytes).map_err(refused)?;
        let color = if header.channels == 1 { ColorType::L8 } else { ColorType::Rgb8 };
        return Ok((header.width, header.height, color));
    }
    let decoder = decoder(bytes, format, max_pixels)?;
    let (width, height) = decoder.dimensions();
    Ok((width, height, decoder.color_type()))
}

fn check_size(width: u32, height: u32, max_pixels: u64) -> Result<()> {
    let message = match u64::from(width) * u64::from(height) {
        0 => "the image has no pixels".to_owned(),
        pixels if pixels <= max_pixels => return Ok(()),
        _ => format!("the image has {width} x {height} pixels; max_image_pixels allows {max_pixels}"),
    };
    Err(Error::new(ErrorKind::Image, message))
}

fn essence(bytes: &[u8], format: ImageFormat) -> Result<Option<Essence<'_>>> {
    match format {
        ImageFormat::Jpeg => jpeg::essence(bytes).map(Some).map_err(refused),
        ImageFormat::Png => png::essence(bytes).map(Some).map_err(refused),
        ImageFormat::WebP if !webp::is_whole(bytes) => Err(refused(sidekick_pictures::Error::Cut)),
        _ => Ok(None),
    }
}

/// The EXIF data of a file, which begin as a TIFF file does.
fn exif<'a>(bytes: &'a [u8], format: ImageFormat, essence: Option<&Essence<'a>>) -> Option<&'a [u8]> {
    match format {
        ImageFormat::Tiff => Some(bytes),
        ImageFormat::WebP => webp::exif(bytes),
        _ => essence.and_then(Essence::exif),
    }
}

fn decoder(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<impl ImageDecoder + '_> {
    // A row at a time, and the window of what was compressed.
    memory::probe(1 << 20)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(allowed(max_pixels));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.into_decoder().map_err(undecodable)
}

/// What a decoder may take for an image of so many pixels.
fn allowed(pixels: u64) -> u64 {
    pixels.saturating_mul(MAX_BYTES_PER_PIXEL).max(MIN_ALLOWED)
}

/// What a decoder may take beside the samples, which have so many bytes.
fn beside_samples(format: ImageFormat, size: usize) -> usize {
    if format == ImageFormat::Gif {
        // A frame of another size than the screen, as far as that is allowed, and its index for each pixel.
        let pixels = size as u64 / GIF_BYTES_PER_PIXEL;
        let frame = usize::try_from(allowed(pixels)).unwrap_or(usize::MAX);
        return frame.saturating_add(frame / GIF_BYTES_PER_PIXEL as usize);
    }
    // Decoders of whole images keep a second one, in up to four bytes a pixel if three are asked for.
    size.saturating_mul(3) / 2
}

fn samples(decoder: impl ImageDecoder, format: ImageFormat) -> Result<Vec<u8>> {
    let size = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    reserve(&mut bytes, size)?;
    bytes.resize(size, 0);
    memory::probe(beside_samples(format, size))?;
    decoder.read_image(&mut bytes).map_err(undecodable)?;
    Ok(bytes)
}

fn undecodable(error: image::ImageError) -> Error {
    let unsupported = matches!(error, image::ImageError::Unsupported(_));
    let hint = if unsupported { "; save it as a PNG of 8 bits a sample" } else { "" };
    Error::new(ErrorKind::Image, format!("the image cannot be read: {error}{hint}"))
}

pub(super) fn refused(error: sidekick_pictures::Error) -> Error {
    match error {
        sidekick_pictures::Error::Memory(bytes) => memory::none_for(bytes),
        _ => Error::new(ErrorKind::Image, format!("the image cannot be read: {error}")),
    }
}

/// Makes 8-bit samples of what a decoder gave.
fn reduce(color: ColorType, bytes: &mut Vec<u8>) -> Result<()> {
    match color {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => Ok(()),
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let samples = bytes.len() / 2;
            for at in 0..samples {
                let sample = u16::from_ne_bytes([bytes[2 * at], bytes[2 * at + 1]]);
                bytes[at] = ((u32::from(sample) + 128) / 257) as u8;
            }
            bytes.truncate(samples);
            Ok(())
        }
        _ => {
            let message = "its samples are floating-point numbers or 32-bit integers, whose range is unknown; \
                           save it with 8 or 16 bits a sample, or add its pixels";
            Err(Error::new(ErrorKind::Image, message))
        }
    }
}

impl Raster {
    /// Leaves the alpha channel out.
    pub(super) fn drop_alpha(&mut self) {
        if !matches!(self.channels, 2 | 4) {
            return;
        }
        let channels = usize::from(self.channels);
        let colors = channels - 1;
        let pixels = self.bytes.len() / channels;
        for pixel in 0..pixels {
            for color in 0..colors {
                self.bytes[pixel * colors + color] = self.bytes[pixel * channels + color];
            }
        }
        self.bytes.truncate(pixels * colors);
        self.channels -= 1;
    }

    /// RGBA instead of grey and alpha.
    pub(super) fn with_color_before_alpha(self) -> Result<Raster> {
        if self.channels != 2 {
            return Ok(self);
        }
        let mut bytes = Vec::new();
        reserve(&mut bytes, 2 * self.bytes.len())?;
        bytes.extend(self.bytes.as_chunks().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]));
        Ok(Raster { channels: 4, bytes, ..self })
    }

    /// Rotates and mirrors the image.
    fn turned(self, orientation: Orientation) -> Result<Raster> {
        if orientation == Orientation::NoTransforms {
            return Ok(self);
        }
        let (w, h) = (self.width as usize, self.height as usize);
        let lies = orientation.to_exif() > 4;
        let (width, height) = if lies { (h, w) } else { (w, h) };
        let source = |x: usize, y: usize| match orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (w - 1 - x, y),
            Orientation::Rotate180 => (w - 1 - x, h - 1 - y),
            Orientation::FlipVertical => (x, h - 1 - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, h - 1 - x),
            Orientation::Rotate270FlipH => (w - 1 - y, h - 1 - x),
            Orientation::Rotate270 => (w - 1 - y, x),
        };
        let channels = usize::from(self.channels);
        let mut bytes = Vec::new();
        reserve(&mut bytes, self.bytes.len())?;
        for y in 0..height {
            for x in 0..width {
                let (x, y) = source(x, y);
                let at = (y * w + x) * channels;
                bytes.extend_from_slice(self.bytes.get(at..at + channels).unwrap_or_default());
            }
        }
        Ok(Raster { width: width as u32, height: height as u32, bytes, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, GrayAlphaImage, ImageBuffer, Luma, Rgb, RgbImage, RgbaImage};

    fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        image.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn colours() -> RgbImage {
        RgbImage::from_fn(3, 2, |x, y| Rgb([x as u8 * 80, y as u8 * 200, 7]))
    }

    fn opened(bytes: &[u8], apply_orientation: bool) -> Result<File<'_>> {
        File::open(bytes, &ImageRules { apply_orientation, ..ImageRules::default() })
    }

    /// EXIF data with an orientation and nothing else.
    fn exif(orientation: u8) -> Vec<u8> {
        let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
        [b"MM\0*\0\0\0\x08\0\x01".as_slice(), &tag, &[0; 4]].concat()
    }

    fn png_with(orientation: u8) -> Vec<u8> {
        let png = encoded(colours(), ImageFormat::Png);
        let exif = exif(orientation);
        let chunk = [&(exif.len() as u32).to_be_bytes(), b"eXIf".as_slice(), &exif, b"csum"].concat();
        [&png[..33], &chunk, &png[33..]].concat()
    }

    #[test]
    fn images_are_turned_if_that_is_asked_for() {
        for orientation in 1..=8 {
            let file = png_with(orientation);
            let stored = opened(&file, false).unwrap();
            assert!(stored.undecoded().is_some());
            assert_eq!(stored.decode().unwrap().bytes, colours().into_raw());

            let file = opened(&file, true).unwrap();
            assert_eq!(file.undecoded().is_some(), orientation == 1);
            let mut expected = DynamicImage::from(colours());
            expected.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let turned = file.decode().unwrap();
            assert_eq!((turned.width, turned.height), (expected.width(), expected.height()));
            assert_eq!(turned.bytes, expected.into_rgb8().into_raw(), "{orientation}");
        }
    }

    #[test]
    fn a_jpeg_is_turned_by_its_exif_segment() {
        let path = format!("{}/../../tests/images/interleaved.jpg", env!("CARGO_MANIFEST_DIR"));
        let plain = std::fs::read(path).unwrap();
        let exif = exif(6);
        let length = (exif.len() as u16 + 8).to_be_bytes();
        let file = [&plain[..2], b"\xff\xe1", &length, b"Exif\0\0", &exif, &plain[2..]].concat();
        let stored = opened(&file, false).unwrap().decode().unwrap();
        let turned = opened(&file, true).unwrap().decode().unwrap();
        assert_eq!((turned.width, turned.height), (stored.height, stored.width));
        assert_eq!(turned.bytes[..3], stored.bytes[((stored.height - 1) * stored.width) as usize * 3..][..3]);
    }

    #[test]
    #[cfg(feature = "more-images")]
    fn a_gif_may_have_a_frame_larger_than_its_screen() {
        const SIDE: u16 = 300;
        let mut gif =
            encoded(RgbImage::from_pixel(SIDE.into(), SIDE.into(), Rgb([7, 8, 9])), ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[3, 0, 2, 0]);
        let samples = opened(&gif, false).unwrap().decode().unwrap().bytes;
        assert_eq!(samples, [7, 8, 9, 255].repeat(6));
        // The frame in RGBA, and its indices.
        let taken = 5 * usize::from(SIDE) * usize::from(SIDE);
        assert!(beside_samples(ImageFormat::Gif, samples.len()) >= taken);
    }

    #[test]
    #[cfg(feature = "more-images")]
    fn tiff_and_webp_are_turned_too() {
        let mut webp = encoded(colours(), ImageFormat::WebP);
        let exif = exif(3);
        webp.extend([b"EXIF".as_slice(), &(exif.len() as u32).to_le_bytes(), &exif].concat());
        let mut turned = colours().into_raw();
        turned.as_chunks_mut::<3>().0.reverse();
        assert_eq!(opened(&webp, true).unwrap().orientation, Orientation::Rotate180);
        assert_eq!(opened(&webp, true).unwrap().decode().unwrap().bytes, turned);

        let mut tiff = encoded(colours(), ImageFormat::Tiff);
        // Gives the first tag that the reader has no use for the number of the orientation. The file is in
        // this machine's byte order.
        let resolution = tiff.windows(2).rposition(|tag| tag == 296u16.to_ne_bytes()).unwrap();
        let [tag, short, three] = [0x112u16, 3, 3].map(u16::to_ne_bytes);
        let entry = [tag.as_slice(), &short, &1u32.to_ne_bytes(), &three].concat();
        tiff[resolution..resolution + 10].copy_from_slice(&entry);
        assert_eq!(opened(&tiff, true).unwrap().orientation, Orientation::Rotate180);
        assert_eq!(opened(&tiff, false).unwrap().orientation, Orientation::NoTransforms);
    }

    /// The decoder goes on with zeros after the end of a lossy file.
    #[test]
    #[cfg(feature = "more-images")]
    fn a_webp_that_is_cut_off_is_refused() {
        let path = format!("{}/../../tests/images/lossy.webp", env!("CARGO_MANIFEST_DIR"));
        let lossy = std::fs::read(path).unwrap();
        for file in [lossy, encoded(colours(), ImageFormat::WebP)] {
            let whole = opened(&file, false).unwrap().decode().unwrap();
            for end in 0..file.len() {
                let refused = opened(&file[..end], false).and_then(|file| file.decode()).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Image, "{end}");
            }
            let longer = [file.as_slice(), b"more"].concat();
            assert_eq!(opened(&longer, false).unwrap().decode().unwrap(), whole);
        }
    }

    #[test]
    #[cfg(feature = "more-images")]
    fn floating_point_samples_are_refused() {
        let rgb: ImageBuffer<Rgb<f32>, Vec<f32>> = ImageBuffer::from_pixel(2, 2, Rgb([0.0, 128.0, 255.0]));
        let rgba: ImageBuffer<image::Rgba<f32>, Vec<f32>> =
            ImageBuffer::from_pixel(2, 2, image::Rgba([0.0, 128.0, 255.0, 1.0]));
        for file in [encoded(rgb, ImageFormat::Tiff), encoded(rgba, ImageFormat::Tiff)] {
            let refused = opened(&file, false).unwrap().decode().unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Image);
            assert!(refused.to_string().contains("floating-point"), "{refused}");
        }
    }

    #[test]
    fn samples_are_reduced_as_the_field_does_it() {
        for sample in [0u16, 1, 127, 128, 129, 256, 257, 32_767, 32_768, 65_406, 65_407, 65_535] {
            let deep: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(3, 1, Luma([sample]));
            let expected = DynamicImage::from(deep.clone()).into_luma8().into_raw();
            let file = encoded(deep, ImageFormat::Png);
            assert_eq!(opened(&file, false).unwrap().decode().unwrap().bytes, expected);
        }
    }

    #[test]
    fn alpha_goes_or_comes_with_colour() {
        let file = encoded(RgbaImage::from_raw(2, 1, (1..=8).collect()).unwrap(), ImageFormat::Png);
        let mut raster = opened(&file, false).unwrap().decode().unwrap();
        raster.drop_alpha();
        assert_eq!((raster.channels, raster.bytes), (3, vec![1, 2, 3, 5, 6, 7]));
        let file = encoded(GrayAlphaImage::from_raw(2, 1, vec![1, 2, 3, 4]).unwrap(), ImageFormat::Png);
        let mut raster = opened(&file, false).unwrap().decode().unwrap();
        raster.drop_alpha();
        assert_eq!((raster.channels, raster.bytes), (1, vec![1, 3]));
        let raster = opened(&file, false).unwrap().decode().unwrap().with_color_before_alpha().unwrap();
        assert_eq!((raster.channels, raster.bytes), (4, vec![1, 1, 1, 2, 3, 3, 3, 4]));
    }
}
