//! Rows: arrays, from memory and from `.npy` files.

use crate::boundary::{bytes, elements, null, path_text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::rows::{indexed, named, sidekick_rows};
use crate::status::sidekick_status;
use sidekick::{Array, DType, Result};
use std::ffi::{c_char, c_void};

/// Adds an array to a numeric input of the same shape. Elements become the type that
/// `sidekick_deployment_feature_dtype` returns: 32-bit floats for the Deployment API.
///
/// A size that the input's shape has as `SIDEKICK_SIZE_ANY` may be any, also 0, and another in each row. Rows
/// of different shapes are sent in different requests.
///
/// `dtype`: one of the `SIDEKICK_DTYPE_` constants. `shape`: `rank` sizes. `data`: `data_size` bytes that
/// begin with element `[0, ..., 0]`, in this machine's byte order.
///
/// `strides`: for each dimension the distance in bytes from one element to the next; NULL for row-major
/// without gaps: then `data_size` is exactly the size of the array. With a negative stride, elements lie
/// before `data`: the caller promises that they are there.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_SHAPE` for another shape;
/// `SIDEKICK_ERROR_FEATURE_VALUE` for an element that this type does not hold (the message names it);
/// `SIDEKICK_ERROR_ARGUMENT` for an unknown type, if shape and strides reach beyond the data, or if the data
/// is larger than an array without strides. Since 0.1.0.
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
        let array = unsafe { array(dtype, shape, rank, strides, data, data_size) };
        let array = array.map_err(|error| rows.locate(key, error))?;
        rows.add_array(key, &array)
    })
}

/// As `sidekick_rows_add_array`, with the input's index. Since 0.1.0.
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
        let array = unsafe { array(dtype, shape, rank, strides, data, data_size) };
        let array = array.map_err(|error| rows.locate(key, error))?;
        rows.add_array(key, &array)
    })
}

/// Adds an array from the bytes of a `.npy` file to a numeric input of the same shape.
///
/// `file`: `size` bytes; versions 1 to 3, C or Fortran order, either byte order; f4, f8, i1 to i8, u1 to u8,
/// b1.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_NPY` for a malformed file or another type;
/// `SIDEKICK_ERROR_FEATURE_SHAPE` for another shape; `SIDEKICK_ERROR_FEATURE_VALUE` for an element that is
/// not finite as a 32-bit float. Since 0.1.0.
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
        let file = unsafe { bytes(file, size, "file") }.map_err(|error| rows.locate(key, error))?;
        rows.add_npy(key, file)
    })
}

/// As `sidekick_rows_add_npy`, with the input's index. Since 0.1.0.
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
        let file = unsafe { bytes(file, size, "file") }.map_err(|error| rows.locate(key, error))?;
        rows.add_npy(key, file)
    })
}

/// Adds an array from a `.npy` file, as `sidekick_rows_add_npy` does.
///
/// Errors: those of `sidekick_rows_add_npy`; `SIDEKICK_ERROR_FILE` if the file cannot be read. Since 0.1.0.
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
        let path =
            unsafe { path_text(path, path_length, "path") }.map_err(|error| rows.locate(key, error))?;
        rows.add_npy_file(key, path)
    })
}

/// As `sidekick_rows_add_npy_file`, with the input's index. Since 0.1.0.
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
        let path =
            unsafe { path_text(path, path_length, "path") }.map_err(|error| rows.locate(key, error))?;
        rows.add_npy_file(key, path)
    })
}

/// An array as C describes it. Elements before `data`, where a stride is negative, are the caller's promise.
///
/// # Safety
/// `shape` and `strides` (unless NULL) have `rank` elements; `data` has `data_size` bytes, and before it
/// those that negative strides reach.
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
    #[test]
    fn an_array_without_elements_needs_no_data() {
        // SAFETY: shape and strides have two elements, and NULL is what is tested.
        let taken = unsafe { array(DType::F64 as i32, [0, 3].as_ptr(), 2, [24, -8].as_ptr(), null(), 0) };
        assert_eq!(taken.map(|array| array.len()).ok(), Some(0));
    }
}
