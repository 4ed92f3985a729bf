//! Rows: images, as files and as pixels.

use crate::boundary::{bytes, path_text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::rows::{indexed, named, sidekick_rows};
use crate::status::sidekick_status;
use sidekick::{PixelEncoding, Pixels};
use std::ffi::{c_char, c_void};

/// Adds an image file to an image input. The server resizes the image to the input's shape.
///
/// `encoded`: `size` bytes of a PNG, JPEG, BMP, GIF, TIFF or WebP file, told apart by its content. Pixels go
/// out as stored. PNG and JPEG go out without being decoded, and without their metadata (EXIF, XMP, IPTC,
/// comments, texts, thumbnails). PNG with alpha or more than 8 bits a sample, and all other kinds, go out as
/// PNG without alpha. Of a GIF the first frame is taken, of a TIFF the first page: grey, RGB or CMYK of 8 or
/// 16 bits a sample, or black and white.
///
/// A JPEG is whole if its scans are complete: its end marker may be missing, and bytes may follow. If the
/// marker is there, the data before it are not checked.
///
/// For a model of the Open Inference Protocol nothing is resized. A model description says whether the image
/// becomes a tensor of pixels, whose size it must have, or is sent as the file it is.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_IMAGE` for a file that is cut off or damaged, is of
/// another kind (such as a TIFF of floating-point samples), or has more pixels than
/// `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_image(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    encoded: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let encoded = unsafe { bytes(encoded, size, "encoded") }.map_err(|error| rows.locate(key, error))?;
        rows.add_image(key, encoded)
    })
}

/// As `sidekick_rows_add_image`, with the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_image_at(
    rows: *mut sidekick_rows,
    index: usize,
    encoded: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let encoded = unsafe { bytes(encoded, size, "encoded") }.map_err(|error| rows.locate(key, error))?;
        rows.add_image(key, encoded)
    })
}

/// Adds an image from a file, as `sidekick_rows_add_image` does.
///
/// Errors: those of `sidekick_rows_add_image`; `SIDEKICK_ERROR_FILE` if the file cannot be read. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_image_file(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let path =
            unsafe { path_text(path, path_length, "path") }.map_err(|error| rows.locate(key, error))?;
        rows.add_image_file(key, path)
    })
}

/// As `sidekick_rows_add_image_file`, with the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_image_file_at(
    rows: *mut sidekick_rows,
    index: usize,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let path =
            unsafe { path_text(path, path_length, "path") }.map_err(|error| rows.locate(key, error))?;
        rows.add_image_file(key, path)
    })
}

/// Adds an image from raw 8-bit pixels.
///
/// `height` rows from the top, each of `width` pixels of `channels` interleaved samples: 1 grey, 3 RGB, 4
/// RGBA (alpha is dropped). `row_stride`: bytes from one row to the next; 0 for rows without gaps. `samples`:
/// `size` bytes.
///
/// `jpeg_quality`: 0 sends PNG; 1 to 100 sends JPEG of that quality, with colours at half the resolution
/// (4:2:0).
///
/// Errors: those of every add function; `SIDEKICK_ERROR_ARGUMENT` if the sizes do not fit each other, or for
/// another quality. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_pixels(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    width: u32,
    height: u32,
    channels: u32,
    row_stride: usize,
    samples: *const c_void,
    size: usize,
    jpeg_quality: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let samples = unsafe { bytes(samples, size, "samples") }.map_err(|error| rows.locate(key, error))?;
        rows.add_pixels(key, &pixels(width, height, channels, row_stride, samples), encoding(jpeg_quality))
    })
}

/// As `sidekick_rows_add_pixels`, with the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_pixels_at(
    rows: *mut sidekick_rows,
    index: usize,
    width: u32,
    height: u32,
    channels: u32,
    row_stride: usize,
    samples: *const c_void,
    size: usize,
    jpeg_quality: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let samples = unsafe { bytes(samples, size, "samples") }.map_err(|error| rows.locate(key, error))?;
        rows.add_pixels(key, &pixels(width, height, channels, row_stride, samples), encoding(jpeg_quality))
    })
}

/// 0 is PNG, anything else a JPEG quality, whose range the core checks.
fn encoding(jpeg_quality: i32) -> PixelEncoding {
    match jpeg_quality {
        0 => PixelEncoding::Png,
        quality => PixelEncoding::Jpeg(u8::try_from(quality).unwrap_or(u8::MAX)),
    }
}

fn pixels(width: u32, height: u32, channels: u32, row_stride: usize, bytes: &[u8]) -> Pixels<'_> {
    Pixels { width, height, channels: u8::try_from(channels).unwrap_or(u8::MAX), row_stride, bytes }
}
