//! `sidekick_rows`: examples being built, feature by feature.

use crate::boundary::{Out, bytes, elements, null, object, object_mut, text};
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::{Array, DType, Error, ErrorKind, Key, PixelEncoding, Pixels, Result, Rows};
use std::ffi::{c_char, c_void};

/// Examples being built for one deployment. Add every input of a row in any order, end the row, go on with the next; or add whole
/// rows from columns at once, with `sidekick_rows_add_columns`.
/// Each value is checked against the input's spec, and copied, by the call that adds it; a call that fails leaves the
/// rows as they were. One thread at a time; any number of threads may predict the same rows while none changes them.
///
/// Every `add` function fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`, `_FEATURE_TYPE` (the input takes something else)
/// and `_FEATURE_TWICE` (the row has it already); the error names the row and the feature. Those that end in `_at` take
/// the input's index instead of its name: look it up once, and use it in loops. Since 0.1.0.
pub struct sidekick_rows(pub(crate) Rows);

impl Handle for sidekick_rows {}

/// Makes empty rows for a deployment. They may outlive it. Free them with `sidekick_rows_free`. Fails only with
/// `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_new(
    deployment: *const sidekick_deployment,
    rows: *mut *mut sidekick_rows,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, out) = unsafe { (object(deployment, "deployment")?, Out::new(rows, "rows")?) };
        out.set(sidekick_rows(deployment.rows()).into_raw());
        Ok(())
    })
}

/// How many rows are finished; 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_count(rows: *const sidekick_rows) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { rows.as_ref() }.map_or(0, |it| it.0.len())
    })
}

/// Adds a number to a numeric input of shape `[1]`. Also fails with `SIDEKICK_ERROR_FEATURE_VALUE` for NaN and infinity,
/// which the wire cannot carry. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_number(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    number: f64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        rows.add_number(key, number)
    })
}

/// As `sidekick_rows_add_number`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_number_at(
    rows: *mut sidekick_rows,
    index: usize,
    number: f64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        rows.add_number(key, number)
    })
}

/// Adds an integer to a numeric input of shape `[1]`, or as the category of a categorical or binary input. Also fails with
/// `SIDEKICK_ERROR_FEATURE_VALUE` where the input lists its categories and this is none of them. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_integer(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    integer: i64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        rows.add_integer(key, integer)
    })
}

/// As `sidekick_rows_add_integer`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_integer_at(
    rows: *mut sidekick_rows,
    index: usize,
    integer: i64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        rows.add_integer(key, integer)
    })
}

/// Adds a category, by its label, to a categorical or binary input. Also fails with `SIDEKICK_ERROR_FEATURE_VALUE` where
/// the input lists its categories and this is none of them. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_category(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    label: *const c_char,
    label_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let label = unsafe { text(label, label_length, "label") }?;
        rows.add_category(key, label)
    })
}

/// As `sidekick_rows_add_category`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_category_at(
    rows: *mut sidekick_rows,
    index: usize,
    label: *const c_char,
    label_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let label = unsafe { text(label, label_length, "label") }?;
        rows.add_category(key, label)
    })
}

/// Adds 0 or 1 to a binary input. Also fails with `SIDEKICK_ERROR_ARGUMENT` for any other value. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_binary(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    value: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        rows.add_binary(key, binary(value)?)
    })
}

/// As `sidekick_rows_add_binary`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_binary_at(
    rows: *mut sidekick_rows,
    index: usize,
    value: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        rows.add_binary(key, binary(value)?)
    })
}

/// Adds UTF-8 text to a text input. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_text(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    value: *const c_char,
    value_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let value = unsafe { text(value, value_length, "value") }?;
        rows.add_text(key, value)
    })
}

/// As `sidekick_rows_add_text`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_text_at(
    rows: *mut sidekick_rows,
    index: usize,
    value: *const c_char,
    value_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let value = unsafe { text(value, value_length, "value") }?;
        rows.add_text(key, value)
    })
}

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

/// Adds an array to a numeric input of the same shape: `rank` sizes in `shape`, elements of one of the `SIDEKICK_DTYPE_`
/// constants in this machine's byte order, `data_size` bytes from element `[0, ..., 0]` on. `strides` are the `rank` distances in
/// bytes from one element to the next of each dimension, or NULL for row-major without gaps; with a negative stride, elements
/// lie before `data`, and that they are there is the caller's promise. Elements become 32-bit floats. Also fails with
/// `SIDEKICK_ERROR_FEATURE_SHAPE`, with `SIDEKICK_ERROR_FEATURE_VALUE` for an element that is not finite as such (the message
/// names it), and with `SIDEKICK_ERROR_ARGUMENT` where shape and strides reach beyond the data. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_array(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    dtype: i32,
    shape: *const usize,
    rank: usize,
    strides: *const isize,
    data: *const c_void,
    data_size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let array = unsafe { array(dtype, shape, rank, strides, data, data_size) }?;
        rows.add_array(key, &array)
    })
}

/// As `sidekick_rows_add_array`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_array_at(
    rows: *mut sidekick_rows,
    index: usize,
    dtype: i32,
    shape: *const usize,
    rank: usize,
    strides: *const isize,
    data: *const c_void,
    data_size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let array = unsafe { array(dtype, shape, rank, strides, data, data_size) }?;
        rows.add_array(key, &array)
    })
}

/// Adds an array from the `size` bytes of a `.npy` file (versions 1 to 3, C or Fortran order, either byte order; f4, f8, i1 to i8,
/// u1 to u8, b1) to a numeric input of the same shape. Also fails with `SIDEKICK_ERROR_NPY`, `_FEATURE_SHAPE` and
/// `_FEATURE_VALUE`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_npy(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    file: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let file = unsafe { bytes(file, size, "file") }?;
        rows.add_npy(key, file)
    })
}

/// As `sidekick_rows_add_npy`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_npy_at(
    rows: *mut sidekick_rows,
    index: usize,
    file: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let file = unsafe { bytes(file, size, "file") }?;
        rows.add_npy(key, file)
    })
}

/// Adds an array from a `.npy` file, as `sidekick_rows_add_npy` does. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_npy_file(
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
        rows.add_npy_file(key, path)
    })
}

/// As `sidekick_rows_add_npy_file`, by the input's index. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_npy_file_at(
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
        rows.add_npy_file(key, path)
    })
}

/// Adds many small values in one call, for bindings whose calls into C are dear. `records` holds records one behind the other,
/// `size` bytes in all. A record is, in this machine's byte order, a `uint32_t` kind, the `uint32_t` index of the input, a
/// `uint64_t` length, and a payload of that many bytes, padded to a multiple of 8. Kinds: 0 ends the row (length 0); 1 a
/// `double` for a number; 2 an `int64_t` for an integer; 3 a category's label; 4 an `int64_t` that is 0 or 1 for a binary input; 5
/// text. Each does what the function of its name does. Other values can be added between two calls, also within a row. Where a
/// record fails nothing of the call is added; fails as those functions do, and with `SIDEKICK_ERROR_ARGUMENT` for
/// records that are malformed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_packed(
    rows: *mut sidekick_rows,
    records: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, records) = unsafe { (object_mut(rows, "rows")?, bytes(records, size, "records")?) };
        rows.0.add_packed(records)
    })
}

/// Finishes the row that is being built. Fails with `SIDEKICK_ERROR_ROW_INCOMPLETE` where inputs are missing; the
/// message names them, and they can still be added. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_end_row(
    rows: *mut sidekick_rows,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let rows = unsafe { object_mut(rows, "rows") }?;
        rows.0.end_row()
    })
}

/// Drops the features of the row that is being built, and keeps the finished rows. Fails only with
/// `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_discard_row(
    rows: *mut sidekick_rows,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        unsafe { object_mut(rows, "rows") }?.0.discard_row();
        Ok(())
    })
}

/// Drops all rows and keeps their memory for the next ones. Fails only with `SIDEKICK_ERROR_ARGUMENT`, for NULL.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_clear(
    rows: *mut sidekick_rows,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        unsafe { object_mut(rows, "rows") }?.0.clear();
        Ok(())
    })
}

/// Frees rows; NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_free(rows: *mut sidekick_rows) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(rows) }
    })
}

/// The rows and the name of the input something is added to.
///
/// # Safety
/// The caller's promises hold for both.
unsafe fn named<'a>(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
) -> Result<(&'a mut Rows, Key<'a>)> {
    // SAFETY: this function's own demand.
    unsafe { Ok((&mut object_mut(rows, "rows")?.0, Key::Name(text(name, name_length, "name")?))) }
}

/// The rows and the index of the input something is added to.
///
/// # Safety
/// The caller's promises hold for the rows.
unsafe fn indexed<'a>(rows: *mut sidekick_rows, index: usize) -> Result<(&'a mut Rows, Key<'a>)> {
    // SAFETY: this function's own demand.
    unsafe { Ok((&mut object_mut(rows, "rows")?.0, Key::Index(index))) }
}

fn binary(value: i32) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new(ErrorKind::Argument, format!("a binary value of {value}; it is 0 or 1"))),
    }
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

/// An array as C describes it. Elements before `data`, where a stride is negative, are the caller's promise.
///
/// # Safety
/// `shape` and `strides` (unless NULL) have `rank` elements; `data` has `data_size` bytes, and before it those that
/// negative strides reach.
unsafe fn array<'a>(
    dtype: i32,
    shape: *const usize,
    rank: usize,
    strides: *const isize,
    data: *const c_void,
    data_size: usize,
) -> Result<Array<'a>> {
    let dtype = DType::try_from(dtype)?;
    // SAFETY: this function's own demand.
    let shape = unsafe { elements(shape, rank, "shape") }?;
    if strides.is_null() {
        // SAFETY: this function's own demand.
        return Array::new(dtype, shape, unsafe { bytes(data, data_size, "data") }?);
    }
    // SAFETY: this function's own demand.
    let strides = unsafe { elements(strides, rank, "strides") }?;
    let before = Array::bytes_before(dtype, shape, strides)?;
    if before > 0 && data.is_null() {
        return Err(null("data"));
    }
    // SAFETY: this function's own demand covers the bytes that negative strides reach.
    let span = unsafe { bytes(data.wrapping_byte_sub(before), before.saturating_add(data_size), "data") }?;
    Array::with_layout(dtype, shape, strides, before, cfg!(target_endian = "big"), span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null;

    #[test]
    fn null_is_refused_where_negative_strides_reach_before_it() {
        // SAFETY: shape and stride have one element, and NULL is what is tested.
        let refused = unsafe { array(DType::U8 as i32, &3, 1, &-1, null(), 1) };
        assert_eq!(refused.err().map(|error| error.to_string()).as_deref(), Some("data is NULL"));
    }
}
