//! Rows: images, as files and as pixels.

use crate::boundary::{bytes, text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::rows::{indexed, named, sidekick_rows};
use crate::status::sidekick_status;
use sidekick::{PixelEncoding, Pixels};
use std::ffi::{c_char, c_void};

/// Adds an encoded image of `size` bytes to an image input, with its pixels as stored; its kind is found from
/// its bytes. PNG and JPEG go out without being decoded, and without their metadata (EXIF, XMP, IPTC,
/// comments, texts, thumbnails). With alpha or more than 8 bits a sample they become PNG without alpha, as do
/// BMP, GIF (its first frame), TIFF (its first page: grey, RGB or CMYK of 8 or 16 bits a sample, or black and
/// white) and WebP. The server resizes it to the input's shape.
///
/// Errors: also `SIDEKICK_ERROR_IMAGE` for a file that is cut off or damaged, of another kind (such as a TIFF
/// of floating-point samples), or with more pixels than `sidekick_options_set_max_image_pixels` allows. A
/// JPEG is whole when its scans are complete: the marker that ends it may be missing, and bytes may follow.
/// If that marker is there, the data before it are not looked at: what is damaged inside a JPEG is for the
/// server to find. Since 0.1.0.
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
        let encoded = unsafe { bytes(encoded, size, "encoded") }?;
        rows.add_image(key, encoded)
    })
}

/// As `sidekick_rows_add_image`, by the input's index. Since 0.1.0.
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
        let encoded = unsafe { bytes(encoded, size, "encoded") }?;
        rows.add_image(key, encoded)
    })
}

/// Adds a picture from a file, as `sidekick_rows_add_image` does. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
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
        let path = unsafe { text(path, path_length, "path") }?;
        rows.add_image_file(key, path)
    })
}

/// As `sidekick_rows_add_image_file`, by the input's index. Since 0.1.0.
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
        let path = unsafe { text(path, path_length, "path") }?;
        rows.add_image_file(key, path)
    })
}

/// Adds a picture from raw 8-bit pixels: `height` rows from the top, `row_stride` bytes apart (0 for rows without gaps), each
/// of `width` pixels of `channels` interleaved samples: 1 grey, 3 RGB, 4 RGBA (whose alpha is dropped). `size` is how many
/// bytes there are at `samples`. It is sent as PNG where `jpeg_quality` is 0, else as JPEG of that quality, 1 to 100, its
/// colours at half the resolution (4:2:0), as is usual. Also fails
/// with `SIDEKICK_ERROR_ARGUMENT` where the numbers do not fit each other. Since 0.1.0.
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
        let samples = unsafe { bytes(samples, size, "samples") }?;
        rows.add_pixels(key, &pixels(width, height, channels, row_stride, samples), encoding(jpeg_quality))
    })
}

/// As `sidekick_rows_add_pixels`, by the input's index. Since 0.1.0.
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
        let samples = unsafe { bytes(samples, size, "samples") }?;
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
