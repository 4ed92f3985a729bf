//! Images in both directions: recognizes files, chooses what is sent unchanged, and takes raw pixels.
//!
//! PNG and JPEG files are sent without being decoded, and without their metadata. Images that a request
//! cannot carry (alpha, other depths, other kinds) become an 8-bit grey or RGB PNG, which loses only the
//! alpha channel and the extra depth.

mod media_type;
pub(crate) mod raster;

pub use media_type::MediaType;

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory::filled;
use raster::{ImageRules, Raster};
use sidekick_pictures::Essence;

pub(crate) use sidekick_pictures::{Samples, png};
use std::borrow::Cow;
use std::io;

/// Raw pixels beyond this width or height are refused: a JPEG cannot have them.
pub(crate) const MAX_SIDE: u32 = u16::MAX as u32;

/// How raw pixels are compressed for the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelEncoding {
    /// Lossless, at the encoder's fast setting.
    Png,
    /// Lossy, with a quality from 1 to 100.
    Jpeg(u8),
}

/// Raw 8-bit pixels as a caller holds them: rows from the top, samples interleaved.
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 1 grey, 3 RGB, 4 RGBA (its alpha is dropped).
    pub channels: u8,
    /// Bytes from the start of a row to the start of the next; 0 for rows without gaps.
    pub row_stride: usize,
    /// The samples.
    pub bytes: &'a [u8],
}

/// Decoded 8-bit pixels: rows from the top without gaps, samples interleaved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedImage {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 1 grey, 3 RGB, 4 RGBA.
    pub channels: u8,
    /// `height * width * channels` samples.
    pub bytes: Vec<u8>,
}

impl DecodedImage {
    /// Copies the samples into a buffer of exactly their size.
    pub fn copy_to(&self, buffer: &mut [u8]) -> Result<()> {
        if buffer.len() != self.bytes.len() {
            let message =
                format!("the pixels take {} bytes, the buffer has {}", self.bytes.len(), buffer.len());
            return Err(Error::new(ErrorKind::Argument, message));
        }
        buffer.copy_from_slice(&self.bytes);
        Ok(())
    }
}

/// An image as it goes on the wire.
pub(crate) enum WireImage<'a> {
    /// A file, as it is.
    File(MediaType, Cow<'a, [u8]>),
    /// The parts of a file that its image needs.
    Parts(MediaType, Essence<'a>),
    /// Samples that become a PNG when they are written.
    Samples(Samples<'a>),
}

/// An image as it is given. What a protocol makes of it, it makes when the image is put into a row.
pub(crate) enum ImageSource<'a> {
    Encoded(&'a [u8], ImageRules),
    Pixels(&'a Pixels<'a>, PixelEncoding),
}

impl<'a> ImageSource<'a> {
    /// What is sent to a server that decodes it.
    pub(crate) fn wire(&self) -> Result<WireImage<'a>> {
        match self {
            ImageSource::Encoded(bytes, rules) => from_encoded(bytes, rules),
            ImageSource::Pixels(pixels, encoding) => from_pixels(pixels, *encoding),
        }
    }

    /// Its samples, grey or RGB.
    pub(crate) fn samples(&self) -> Result<Samples<'a>> {
        match self {
            ImageSource::Encoded(bytes, rules) => {
                let mut raster = raster::File::open(bytes, rules)?.decode()?;
                raster.drop_alpha();
                let Raster { width, height, channels, bytes } = raster;
                Ok(Samples { width, height, is_rgb: channels == 3, bytes: bytes.into() })
            }
            ImageSource::Pixels(pixels, _) => {
                let (width, height, bytes) = (pixels.width, pixels.height, samples_without_gaps(pixels)?);
                Ok(Samples { width, height, is_rgb: pixels.channels != 1, bytes })
            }
        }
    }

    /// Its file: as it is given, if it is encoded and complete.
    pub(crate) fn file(&self) -> Result<Cow<'a, [u8]>> {
        match self {
            ImageSource::Encoded(bytes, rules) => {
                raster::File::open(bytes, rules).map(|_| Cow::Borrowed(*bytes))
            }
            ImageSource::Pixels(..) => match self.wire()? {
                WireImage::File(_, bytes) => Ok(bytes),
                WireImage::Samples(samples) => png_file(&samples).map(Cow::Owned),
                WireImage::Parts(..) => Err(Error::new(ErrorKind::Internal, "pixels in parts of a file")),
            },
        }
    }
}

/// Samples as a PNG: stored as they are if compression is of no use.
pub(crate) fn png_file(samples: &Samples<'_>) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    reserve(&mut file, png::most_bytes(samples) + png::most_beyond(samples))?;
    if !png::write_compressed(samples, &mut file).map_err(unwritten)? {
        file.clear();
        png::write_stored(samples, &mut file).map_err(unwritten)?;
    }
    Ok(file)
}

/// Why a writer into memory failed.
pub(crate) fn unwritten(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::OutOfMemory => Error::new(ErrorKind::Memory, "no memory to write it"),
        _ => Error::new(ErrorKind::Internal, error.to_string()),
    }
}

/// The wire form of an encoded image: PNG and JPEG without their metadata if possible.
pub(crate) fn from_encoded<'a>(bytes: &'a [u8], rules: &ImageRules) -> Result<WireImage<'a>> {
    let file = raster::File::open(bytes, rules)?;
    match file.undecoded() {
        Some((media_type, essence)) if essence.is_all_of(bytes) => {
            return Ok(WireImage::File(media_type, Cow::Borrowed(bytes)));
        }
        Some((media_type, essence)) => {
            return Ok(WireImage::Parts(media_type, essence.copied().map_err(raster::refused)?));
        }
        None => {}
    }
    let mut raster = file.decode()?;
    raster.drop_alpha();
    let Raster { width, height, channels, bytes } = raster;
    Ok(WireImage::Samples(Samples { width, height, is_rgb: channels == 3, bytes: bytes.into() }))
}

/// The wire form of raw pixels.
pub(crate) fn from_pixels<'a>(pixels: &Pixels<'a>, encoding: PixelEncoding) -> Result<WireImage<'a>> {
    let bytes = samples_without_gaps(pixels)?;
    let samples = Samples { width: pixels.width, height: pixels.height, is_rgb: pixels.channels != 1, bytes };
    match encoding {
        PixelEncoding::Png => Ok(WireImage::Samples(samples)),
        PixelEncoding::Jpeg(quality) => jpeg(&samples, quality),
    }
}

/// Width, height and channels of a PNG or JPEG that is whole, without decoding its pixels.
pub(crate) fn dimensions(bytes: &[u8], rules: &ImageRules) -> Result<(u32, u32, u8)> {
    raster::File::open(bytes, &rules.as_stored()).map(|file| file.size())
}

/// The pixels of a PNG or JPEG, 8 bits a sample.
pub(crate) fn decode(bytes: &[u8], rules: &ImageRules) -> Result<DecodedImage> {
    let raster = raster::File::open(bytes, &rules.as_stored())?.decode()?;
    let Raster { width, height, channels, bytes } = raster.with_color_before_alpha()?;
    Ok(DecodedImage { width, height, channels, bytes })
}

/// The samples in rows without gaps and without alpha; borrowed if they already are.
fn samples_without_gaps<'a>(pixels: &Pixels<'a>) -> Result<Cow<'a, [u8]>> {
    let channels = usize::from(pixels.channels);
    if !matches!(channels, 1 | 3 | 4) {
        return Err(bad_pixels(format!("{channels} channels; pixels have 1 (grey), 3 (RGB) or 4 (RGBA)")));
    }
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    if width == 0 || height == 0 || pixels.width > MAX_SIDE || pixels.height > MAX_SIDE {
        return Err(bad_pixels(format!("{width} x {height} pixels; each side has 1 to {MAX_SIDE}")));
    }
    let row_bytes = width * channels;
    let stride = if pixels.row_stride == 0 { row_bytes } else { pixels.row_stride };
    let needed = stride.checked_mul(height - 1).and_then(|bytes| bytes.checked_add(row_bytes));
    let bytes = needed.and_then(|needed| pixels.bytes.get(..needed)).filter(|_| stride >= row_bytes);
    let Some(bytes) = bytes else {
        let have = pixels.bytes.len();
        let message =
            format!("{width} x {height} x {channels} with row stride {stride} does not fit {have} bytes");
        return Err(bad_pixels(message));
    };
    if channels == 4 {
        let mut rgb = filled(width * height * 3, 0)?;
        let rows = bytes.chunks(stride).zip(rgb.chunks_exact_mut(width * 3));
        rows.for_each(|(row, into)| copy_rgb(row.get(..row_bytes).unwrap_or(row), into));
        return Ok(Cow::Owned(rgb));
    }
    if stride == row_bytes {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut rows = Vec::new();
    reserve(&mut rows, row_bytes * height)?;
    bytes.chunks(stride).for_each(|row| rows.extend_from_slice(row.get(..row_bytes).unwrap_or(row)));
    Ok(Cow::Owned(rows))
}

/// Copies RGBA without its alpha: two pixels at a time, as one word, whose last two bytes the next two pixels
/// write over.
fn copy_rgb(rgba: &[u8], into: &mut [u8]) {
    const FIRST: u64 = 0xff_ffff;
    let (pairs, rest) = rgba.as_chunks::<8>();
    let mut done = 0;
    for pair in pairs {
        let Some(place) = into.get_mut(6 * done..).and_then(<[u8]>::first_chunk_mut) else { break };
        let pair = u64::from_le_bytes(*pair);
        *place = (pair & FIRST | pair >> 8 & FIRST << 24).to_le_bytes();
        done += 1;
    }
    let left = pairs.get(done..).unwrap_or_default().as_flattened().as_chunks::<4>().0;
    let pixels = left.iter().chain(rest.as_chunks().0);
    let places = into.get_mut(6 * done..).unwrap_or_default().as_chunks_mut::<3>().0;
    pixels.zip(places).for_each(|([r, g, b, _], place)| *place = [*r, *g, *b]);
}

fn jpeg(samples: &Samples<'_>, quality: u8) -> Result<WireImage<'static>> {
    if !(1..=100).contains(&quality) {
        return Err(bad_pixels(format!("a JPEG quality of {quality}; it goes from 1 to 100")));
    }
    let bytes = sidekick_pictures::jpeg::encode(samples, quality).map_err(raster::refused)?;
    Ok(WireImage::File(MediaType::Jpeg, Cow::Owned(bytes)))
}

fn bad_pixels(what: String) -> Error {
    Error::new(ErrorKind::Argument, format!("bad pixels: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::deployment_api::{data_url, request};
    use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, LumaA, RgbImage, Rgba, RgbaImage};
    use std::io::Cursor;

    fn wire_of(bytes: &[u8]) -> Result<WireImage<'_>> {
        from_encoded(bytes, &ImageRules::default())
    }

    fn pixels_of(bytes: &[u8]) -> Result<DecodedImage> {
        decode(bytes, &ImageRules::default())
    }

    fn test_image(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../tests/images/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        image.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// The bytes that are sent, taken out of their data URL.
    fn sent(image: WireImage<'_>) -> Vec<u8> {
        let mut text = Vec::new();
        request::put_image(&mut text, &image).unwrap();
        let mut file = Vec::new();
        let text = std::str::from_utf8(&text).unwrap().trim_matches('"');
        data_url::split(text).unwrap().decode_into(&mut file).unwrap();
        file
    }

    fn is_untouched(image: WireImage<'_>) -> bool {
        matches!(image, WireImage::File(_, Cow::Borrowed(_)))
    }

    fn rgb() -> RgbImage {
        RgbImage::from_fn(3, 2, |x, y| image::Rgb([x as u8 * 80, y as u8 * 200, 7]))
    }

    #[test]
    fn png_and_jpeg_pass_untouched() {
        for (bytes, media_type) in
            [(encoded(rgb(), ImageFormat::Png), MediaType::Png), (test_image("seven.jpg"), MediaType::Jpeg)]
        {
            let wire = wire_of(&bytes).unwrap();
            assert!(matches!(wire, WireImage::File(kind, Cow::Borrowed(_)) if kind == media_type));
            assert_eq!(sent(wire), bytes);
        }
        assert!(is_untouched(wire_of(&encoded(GrayImage::new(2, 2), ImageFormat::Png)).unwrap()));
    }

    #[test]
    fn metadata_are_left_out_without_decoding() {
        let jpeg = test_image("three-scans-420.jpg");
        let exif = b"\xff\xe1\0\x10Exif\0\0GPS here";
        let longer = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let wire = wire_of(&longer).unwrap();
        assert!(matches!(wire, WireImage::Parts(MediaType::Jpeg, _)));
        assert_eq!(sent(wire), jpeg);

        let png = encoded(rgb(), ImageFormat::Png);
        let text = b"\0\0\0\x04tEXtGPS!csum";
        let (before, after) = png.split_at(png.len() - 12);
        let wire = sent(wire_of(&[before, text, after].concat()).unwrap());
        assert_eq!(wire, png);
    }

    #[test]
    fn a_jpeg_that_is_cut_off_is_refused() {
        let half = test_image("seven-half.jpg");
        let rules = ImageRules::default();
        for refused in [wire_of(&half).err(), pixels_of(&half).err(), dimensions(&half, &rules).err()] {
            assert_eq!(refused.unwrap().kind(), ErrorKind::Image);
        }
        let whole = test_image("seven.jpg");
        assert_eq!(pixels_of(&whole[..whole.len() - 2]).unwrap(), pixels_of(&whole).unwrap());
        assert!(is_untouched(wire_of(&whole[..whole.len() - 2]).unwrap()));
    }

    #[test]
    fn a_jpeg_with_a_scan_for_each_component_is_decoded_right() {
        for sampling in ["420", "422", "440", "444"] {
            let [one, three] =
                ["one-scan", "three-scans"].map(|name| test_image(&format!("{name}-{sampling}.jpg")));
            assert!(pixels_of(&one).unwrap() == pixels_of(&three).unwrap(), "{sampling}");
        }
    }

    #[test]
    fn an_image_with_too_many_pixels_is_refused_before_it_is_decoded() {
        let small = ImageRules { max_pixels: 5, ..ImageRules::default() };
        let mut files = vec![encoded(rgb(), ImageFormat::Png), test_image("seven.jpg")];
        if cfg!(feature = "more-images") {
            files.extend(
                [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::WebP]
                    .map(|format| encoded(rgb(), format)),
            );
        }
        for file in files {
            for refused in [
                from_encoded(&file, &small).err(),
                decode(&file, &small).err(),
                dimensions(&file, &small).err(),
            ] {
                let refused = refused.unwrap();
                assert_eq!(refused.kind(), ErrorKind::Image);
                assert!(refused.to_string().contains("max_image_pixels allows 5"), "{refused}");
            }
        }
    }

    #[test]
    fn alpha_is_left_out_of_any_number_of_pixels() {
        for count in 0..20u8 {
            let rgba: Vec<u8> = (0..count).flat_map(|pixel| [pixel, pixel + 50, pixel + 100, 255]).collect();
            let mut rgb = vec![7; 3 * usize::from(count)];
            copy_rgb(&rgba, &mut rgb);
            let expected: Vec<u8> = (0..count).flat_map(|pixel| [pixel, pixel + 50, pixel + 100]).collect();
            assert_eq!(rgb, expected);
        }
    }

    #[test]
    fn alpha_and_depth_are_converted() {
        let rgba = RgbaImage::from_pixel(2, 1, Rgba([10, 20, 30, 0]));
        let wire = sent(wire_of(&encoded(rgba, ImageFormat::Png)).unwrap());
        assert_eq!(
            pixels_of(&wire).unwrap(),
            DecodedImage { width: 2, height: 1, channels: 3, bytes: [10, 20, 30].repeat(2) }
        );

        let la: ImageBuffer<LumaA<u8>, Vec<u8>> = ImageBuffer::from_pixel(1, 2, LumaA([9, 0]));
        let wire = sent(wire_of(&encoded(la, ImageFormat::Png)).unwrap());
        assert_eq!(
            pixels_of(&wire).unwrap(),
            DecodedImage { width: 1, height: 2, channels: 1, bytes: vec![9, 9] }
        );

        let deep: ImageBuffer<image::Luma<u16>, Vec<u16>> =
            ImageBuffer::from_pixel(1, 1, image::Luma([0xffff]));
        let wire = sent(wire_of(&encoded(deep, ImageFormat::Png)).unwrap());
        assert_eq!(wire[24], 8);
        assert_eq!(pixels_of(&wire).unwrap().bytes, [255]);
    }

    #[test]
    #[cfg(feature = "more-images")]
    fn other_kinds_become_png_without_losing_a_pixel() {
        for format in [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::WebP] {
            let bytes = encoded(rgb(), format);
            let wire = sent(wire_of(&bytes).unwrap());
            assert_eq!(MediaType::of_bytes(&wire), Some(MediaType::Png), "{format:?}");
            let decoded = pixels_of(&wire).unwrap();
            assert_eq!((decoded.width, decoded.height, decoded.channels), (3, 2, 3));
            assert_eq!(decoded.bytes, *image::load_from_memory(&bytes).unwrap().into_rgb8());
        }
    }

    #[test]
    fn garbage_truncation_and_bombs_are_refused() {
        let mut bomb = encoded(rgb(), ImageFormat::Bmp);
        bomb[18..22].copy_from_slice(&30_000u32.to_le_bytes());
        let mut empty = encoded(rgb(), ImageFormat::Bmp);
        empty[18..26].fill(0);
        let whole = encoded(rgb(), ImageFormat::Png);
        for bad in [&b""[..], b"GIF", b"hello", &whole[..20], &bomb, &empty] {
            assert_eq!(wire_of(bad).err().unwrap().kind(), ErrorKind::Image);
        }
        assert!(pixels_of(&whole[..whole.len() - 20]).is_err());
    }

    #[test]
    fn pixels_come_back_from_png_whatever_their_layout() {
        let rows = [1u8, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12];
        let padded = Pixels { width: 2, height: 2, channels: 3, row_stride: 8, bytes: &rows };
        let wire = sent(from_pixels(&padded, PixelEncoding::Png).unwrap());
        let expected = DecodedImage { width: 2, height: 2, channels: 3, bytes: (1..=12).collect() };
        assert_eq!(pixels_of(&wire).unwrap(), expected);
        assert_eq!(dimensions(&wire, &ImageRules::default()).unwrap(), (2, 2, 3));

        let rows = [1, 2, 3, 0, 99, 99, 4, 5, 6, 9];
        let rgba = Pixels { width: 1, height: 2, channels: 4, row_stride: 6, bytes: &rows };
        assert_eq!(
            pixels_of(&sent(from_pixels(&rgba, PixelEncoding::Png).unwrap())).unwrap().bytes,
            [1, 2, 3, 4, 5, 6]
        );

        let grey = Pixels { width: 2, height: 2, channels: 1, row_stride: 0, bytes: &[128; 4] };
        let wire = sent(from_pixels(&grey, PixelEncoding::Jpeg(90)).unwrap());
        assert_eq!(MediaType::of_bytes(&wire), Some(MediaType::Jpeg));
        assert_eq!(
            pixels_of(&wire).unwrap(),
            DecodedImage { width: 2, height: 2, channels: 1, bytes: vec![128; 4] }
        );
    }

    #[test]
    fn rows_of_any_length_come_back() {
        let (width, height) = (MAX_SIDE, 2);
        let bytes = noise(width, height, 3);
        let pixels = Pixels { width, height, channels: 3, row_stride: 0, bytes: &bytes };
        let wire = sent(from_pixels(&pixels, PixelEncoding::Png).unwrap());
        assert_eq!(pixels_of(&wire).unwrap().bytes, bytes);
        let wire = sent(from_pixels(&pixels, PixelEncoding::Jpeg(90)).unwrap());
        assert_eq!(dimensions(&wire, &ImageRules::default()).unwrap(), (width, height, 3));
        assert_eq!(pixels_of(&wire).unwrap().bytes.len(), bytes.len());
        let wider = Pixels { width: MAX_SIDE + 1, ..pixels };
        assert_eq!(from_pixels(&wider, PixelEncoding::Png).err().unwrap().kind(), ErrorKind::Argument);

        let (width, height) = (70_000, 3);
        let rgba = RgbaImage::from_raw(width, height, noise(width, height, 4)).unwrap();
        let rgb = DynamicImage::from(rgba.clone()).into_rgb8().into_raw();
        let wire = sent(wire_of(&encoded(rgba, ImageFormat::Png)).unwrap());
        assert_eq!(pixels_of(&wire).unwrap(), DecodedImage { width, height, channels: 3, bytes: rgb });
    }

    #[test]
    fn pixels_that_do_not_fit_are_refused() {
        let refuse = |width, height, channels, row_stride| {
            let pixels = Pixels { width, height, channels, row_stride, bytes: &[0; 12] };
            assert_eq!(from_pixels(&pixels, PixelEncoding::Png).err().unwrap().kind(), ErrorKind::Argument);
        };
        refuse(2, 2, 2, 0);
        refuse(0, 2, 3, 0);
        refuse(2, 3, 3, 0);
        refuse(2, 2, 3, 5);
        refuse(2, 2, 3, 7);
        refuse(2, 2, 3, usize::MAX);
        refuse(u32::MAX, 2, 3, 0);
        let fine = Pixels { width: 2, height: 2, channels: 3, row_stride: 0, bytes: &[0; 12] };
        assert!(from_pixels(&fine, PixelEncoding::Jpeg(0)).is_err());
        assert!(from_pixels(&fine, PixelEncoding::Jpeg(101)).is_err());
    }

    fn noise(width: u32, height: u32, channels: u8) -> Vec<u8> {
        let count = width * height * u32::from(channels);
        (0..count).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    #[test]
    fn pixels_become_files_and_files_become_samples() {
        for channels in [1, 3, 4] {
            let bytes = noise(5, 4, channels);
            let pixels = Pixels { width: 5, height: 4, channels, row_stride: 0, bytes: &bytes };
            let source = ImageSource::Pixels(&pixels, PixelEncoding::Png);
            let samples = source.samples().unwrap();
            assert_eq!((samples.width, samples.height, samples.is_rgb), (5, 4, channels != 1));
            let file = source.file().unwrap();
            let encoded = ImageSource::Encoded(&file, ImageRules::default());
            assert_eq!(encoded.samples().unwrap().bytes, samples.bytes);
            // A file goes as it is.
            assert_eq!(encoded.file().unwrap().as_ptr(), file.as_ptr());
        }
        let bytes = [7; 300];
        let pixels = Pixels { width: 10, height: 10, channels: 3, row_stride: 0, bytes: &bytes };
        let jpeg = ImageSource::Pixels(&pixels, PixelEncoding::Jpeg(90)).file().unwrap();
        assert!(jpeg.starts_with(&[0xff, 0xd8]));
        let cut = ImageSource::Encoded(jpeg.get(..40).unwrap(), ImageRules::default());
        assert!(cut.file().is_err() && cut.samples().is_err());
    }
}
