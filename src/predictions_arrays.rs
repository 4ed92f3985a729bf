//! Predictions: arrays, and elements in their own type.

use crate::boundary::{Out, OutView, byte_buffer, object, path_text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::predictions::sidekick_predictions;
use crate::status::sidekick_status;
use sidekick::DType;
use std::ffi::{c_char, c_void};

/// Gets the array of a row: `count` elements, row-major, of the shape that `sidekick_predictions_row_shape`
/// returns.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_array(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    elements: *mut *const f32,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(elements, count, "elements")?) };
        out.set(predictions.array(output, row)?);
        Ok(())
    })
}

/// Gets the elements of a row as they are kept: those of an array, a number, or a binary probability.
///
/// They have the type of the model's tensor, without loss: an INT64 keeps all its digits. With the Deployment
/// API arrays are `float`, numbers and binary probabilities `double`.
///
/// `elements`: `size` bytes, aligned for their type and in this machine's byte order. `dtype`: gets one of
/// the `SIDEKICK_DTYPE_` constants.
///
/// Errors: those of every reader. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_elements(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    elements: *mut *const c_void,
    size: *mut usize,
    dtype: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out, kind) = unsafe {
            (
                &object(predictions, "predictions")?.0,
                OutView::<u8>::new(elements.cast(), size, "elements")?,
                Out::new(dtype, "dtype")?,
            )
        };
        let (found, bytes) = predictions.elements(output, row)?;
        kind.set(found as i32);
        out.set(bytes);
        Ok(())
    })
}

/// Gets the elements of all rows, one row after the other, as `sidekick_predictions_elements` does. If a size
/// of the output's shape is free, rows can have different numbers of them, see
/// `sidekick_predictions_row_shape`.
///
/// Errors: those of every reader. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_elements_column(
    predictions: *const sidekick_predictions,
    output: usize,
    elements: *mut *const c_void,
    size: *mut usize,
    dtype: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out, kind) = unsafe {
            (
                &object(predictions, "predictions")?.0,
                OutView::<u8>::new(elements.cast(), size, "elements")?,
                Out::new(dtype, "dtype")?,
            )
        };
        let (found, bytes) = predictions.elements_column(output)?;
        kind.set(found as i32);
        out.set(bytes);
        Ok(())
    })
}

/// Gets the shape of an array output for one row: `rank` sizes, as the deployment declares it. One that is
/// `SIDEKICK_SIZE_ANY` is in `sidekick_predictions_row_shape`.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_array_shape(
    predictions: *const sidekick_predictions,
    output: usize,
    shape: *mut *const usize,
    rank: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(shape, rank, "shape")?) };
        predictions.arrays(output)?;
        out.set(predictions.outputs().get(output)?.shape());
        Ok(())
    })
}

/// Gets the shape of the array of a row: `rank` sizes, none of which is `SIDEKICK_SIZE_ANY`. A number or a
/// binary probability has `[1]`.
///
/// `shape`: lives as long as the predictions.
///
/// Errors: those of every reader. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_row_shape(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    shape: *mut *const usize,
    rank: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(shape, rank, "shape")?) };
        out.set(predictions.row_shape(output, row)?);
        Ok(())
    })
}

/// Gets the arrays of all rows, one after another: `count` elements, rows times the shape. If a size of the
/// output's shape is free, the array of a row begins after those of the rows before it, each of which has as
/// many elements as the product of its `sidekick_predictions_row_shape`.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_arrays(
    predictions: *const sidekick_predictions,
    output: usize,
    elements: *mut *const f32,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(elements, count, "elements")?) };
        out.set(predictions.arrays(output)?);
        Ok(())
    })
}

/// Copies the array of a row into `buffer`, row-major, in this machine's byte order.
///
/// `dtype`: one of the `SIDEKICK_DTYPE_` constants. To integers, values are truncated towards zero and
/// limited to the range. `buffer_size`: exactly the size of the array of this row in bytes.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` for another size or an unknown type. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_copy_array(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    dtype: i32,
    buffer: *mut c_void,
    buffer_size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, room) =
            unsafe { (&object(predictions, "predictions")?.0, byte_buffer(buffer, buffer_size, "buffer")?) };
        predictions.copy_array(output, row, DType::try_from(dtype)?, room)
    })
}

/// Writes the array of a row to a `.npy` file: version 1.0, little-endian 32-bit floats, C order.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_FILE` if the file cannot be written. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_save_npy(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, path) =
            unsafe { (&object(predictions, "predictions")?.0, path_text(path, path_length, "path")?) };
        predictions.save_npy(output, row, path)
    })
}
