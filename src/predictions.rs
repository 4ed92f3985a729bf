//! Predictions
//!
//! Typed results, by row or by column. A view (pointer and length) lives until `sidekick_predictions_free`.
//!
//! `output`: the index of an output, see `sidekick_deployment_feature_index`. `row`: counted from 0.
//!
//! Errors of every reader: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such output,
//! `SIDEKICK_ERROR_FEATURE_TYPE` if it has another type, `SIDEKICK_ERROR_ARGUMENT` if there is no such row.

use crate::boundary::{Out, OutView, byte_buffer, object, path_text, text};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::{Error, ErrorKind, Predictions};
use std::ffi::{c_char, c_void};

/// The predictions for some rows, in their order. Immutable; any number of threads can use them at once.
/// Since 0.1.0.
pub struct sidekick_predictions(pub(crate) Predictions);

impl Handle for sidekick_predictions {}

/// Returns how many rows were predicted; 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_count(predictions: *const sidekick_predictions) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { predictions.as_ref() }.map_or(0, |it| it.0.len())
    })
}

/// Returns how many rows the server refused; 0 for NULL.
///
/// Only with `sidekick_options_set_isolate_bad_rows` are there any: the predictions are then those of all
/// other rows. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_failure_count(
    predictions: *const sidekick_predictions,
) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { predictions.as_ref() }.map_or(0, |it| it.0.failures().len())
    })
}

/// Gets why a row was refused.
///
/// `index`: counted from 0, in the order of the rows. `failure`: `sidekick_error_row` is the row. Free it
/// with `sidekick_error_free`; it may outlive the predictions.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` if there is no such failure. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_failure(
    predictions: *const sidekick_predictions,
    index: usize,
    failure: *mut *mut sidekick_error,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(failure, "failure")?) };
        let missing = || Error::new(ErrorKind::Argument, format!("there is no failure {index}"));
        let found = predictions.failures().get(index).ok_or_else(missing)?;
        out.set(sidekick_error::from(found.clone()).into_raw());
        Ok(())
    })
}

/// Gets the row that a prediction belongs to, counted over all rows of the call.
///
/// `prediction`: counted from 0. The two numbers differ only after a row that was refused.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` if there is no such prediction. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_sent_row(
    predictions: *const sidekick_predictions,
    prediction: usize,
    row: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) = unsafe { (&object(predictions, "predictions")?.0, Out::new(row, "row")?) };
        out.set(predictions.sent_row(prediction)?);
        Ok(())
    })
}

/// Gets the number of a numeric output of shape `[1]`, or the probability of a binary output.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_number(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    number: *mut f64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(number, "number")?) };
        out.set(predictions.number(output, row)?);
        Ok(())
    })
}

/// Gets the number of a numeric output of shape `[1]`, or the value of a binary output, as an integer.
///
/// An INT64 keeps all its digits, which a `double` would not. A float has to be a whole number.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_FEATURE_VALUE` for a value that is not a whole number or is
/// beyond an `int64_t` (the message has the value). Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_integer(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    value: *mut i64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(value, "value")?) };
        out.set(predictions.integer(output, row)?);
        Ok(())
    })
}

/// Gets the numbers, or the binary probabilities, of all rows. `count` is the number of rows.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_numbers(
    predictions: *const sidekick_predictions,
    output: usize,
    numbers: *mut *const f64,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(numbers, count, "numbers")?) };
        out.set(predictions.numbers(output)?);
        Ok(())
    })
}

/// Gets the bytes of an output of the type bytes. They are followed by no NUL.
///
/// Errors: those of every reader. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_bytes(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    value: *mut *const c_void,
    size: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) = unsafe {
            (&object(predictions, "predictions")?.0, OutView::<u8>::new(value.cast(), size, "value")?)
        };
        out.set(predictions.bytes(output, row)?);
        Ok(())
    })
}

/// Gets the bytes of all rows of an output of the type bytes. `count` is the number of rows.
///
/// Value `i` begins at `values + ends[i - 1]` (the first at `values`), and has `ends[i] - ends[i - 1]` bytes.
///
/// Errors: those of every reader. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_bytes_column(
    predictions: *const sidekick_predictions,
    output: usize,
    values: *mut *const c_void,
    ends: *mut *const usize,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, start) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(values, "values")?) };
        // SAFETY: the caller's promises.
        let out = unsafe { OutView::new(ends, count, "ends") }?;
        let (all, all_ends) = predictions.bytes_column(output)?;
        start.set(all.as_ptr().cast());
        out.set(all_ends);
        Ok(())
    })
}

/// Gets the text of a text output.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_text(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    value: *mut *const c_char,
    value_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(value, value_length, "value")?) };
        out.set_text(predictions.text_with_nul(output, row)?);
        Ok(())
    })
}

/// Gets the texts of all rows. `count` is the number of rows.
///
/// Text `i` begins at `texts + ends[i - 1]` (the first at `texts`). It has `ends[i] - ends[i - 1] - 1` bytes,
/// and a NUL after them.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_texts(
    predictions: *const sidekick_predictions,
    output: usize,
    texts: *mut *const c_char,
    ends: *mut *const usize,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, start) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(texts, "texts")?) };
        // SAFETY: the caller's promises.
        let out = unsafe { OutView::new(ends, count, "ends") }?;
        let (all, all_ends) = predictions.texts_with_nul(output)?;
        start.set(all.as_ptr().cast());
        out.set(all_ends);
        Ok(())
    })
}

/// Gets how many categories a categorical output has.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_category_count(
    predictions: *const sidekick_predictions,
    output: usize,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(count, "count")?) };
        out.set(predictions.probabilities(output)?.labels().len());
        Ok(())
    })
}

/// Gets the label of a category.
///
/// `category`: counted from 0; it is also the column of the probability matrix.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such category. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_category_label(
    predictions: *const sidekick_predictions,
    output: usize,
    category: usize,
    label: *mut *const c_char,
    label_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(label, label_length, "label")?) };
        out.set_text(predictions.probabilities(output)?.label(category)?.with_nul());
        Ok(())
    })
}

/// Gets the probabilities of a row of a categorical output: `count` values, one for each category, in the
/// order of the labels.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_probabilities(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    probabilities: *mut *const f64,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) = unsafe {
            (&object(predictions, "predictions")?.0, OutView::new(probabilities, count, "probabilities")?)
        };
        out.set(predictions.probabilities(output)?.row(row)?);
        Ok(())
    })
}

/// Gets the probabilities of all rows of a categorical output: `count` values, row-major, rows times
/// categories.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_probability_matrix(
    predictions: *const sidekick_predictions,
    output: usize,
    matrix: *mut *const f64,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(matrix, count, "matrix")?) };
        out.set(predictions.probabilities(output)?.matrix());
        Ok(())
    })
}

/// Gets the probability of one category, by its label.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such label. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_probability(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    label: *const c_char,
    label_length: usize,
    probability: *mut f64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(probability, "probability")?) };
        // SAFETY: the caller's promises.
        let label = unsafe { text(label, label_length, "label") }?;
        out.set(predictions.probabilities(output)?.of(row, label)?);
        Ok(())
    })
}

/// Gets the category at a rank of a row: its label and its probability.
///
/// `rank`: 0 is the most probable category. Equal probabilities keep the order of the labels.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such rank. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_top(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    rank: usize,
    label: *mut *const c_char,
    label_length: *mut usize,
    probability: *mut f64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, label) =
            unsafe { (&object(predictions, "predictions")?.0, OutView::new(label, label_length, "label")?) };
        // SAFETY: the caller's promises.
        let probability = unsafe { Out::new(probability, "probability") }?;
        let (top_label, top_probability) = predictions.probabilities(output)?.at_rank(row, rank)?;
        label.set_text(top_label.with_nul());
        probability.set(top_probability);
        Ok(())
    })
}

/// Gets the image of a row as the server sent it: the `size` bytes of a file.
///
/// `media_type`: gets `"image/png"` or `"image/jpeg"`, static text; NULL is fine.
///
/// Errors: those of every reader. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_image(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    encoded: *mut *const c_void,
    size: *mut usize,
    media_type: *mut *const c_char,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) = unsafe {
            (&object(predictions, "predictions")?.0, OutView::<u8>::new(encoded.cast(), size, "encoded")?)
        };
        let image = predictions.image(output, row)?;
        // SAFETY: the caller's promises.
        let wanted = unsafe { Out::new(media_type, "media_type") };
        wanted.into_iter().for_each(|wanted| wanted.set(image.media_type.with_nul().as_ptr().cast()));
        out.set(image.bytes);
        Ok(())
    })
}

/// Gets width, height and channels (1 grey, 3 RGB, 4 RGBA) of the image of a row, without decoding its
/// pixels.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_IMAGE` if the image is cut off or damaged, or has more
/// pixels than `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_image_size(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    width: *mut u32,
    height: *mut u32,
    channels: *mut u32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, out) =
            unsafe { (&object(predictions, "predictions")?.0, Out::new(width, "width")?) };
        // SAFETY: the caller's promises.
        let more = unsafe { (Out::new(height, "height")?, Out::new(channels, "channels")?) };
        let (width, height, channels) = predictions.image_size(output, row)?;
        out.set(width);
        more.0.set(height);
        more.1.set(u32::from(channels));
        Ok(())
    })
}

/// Decodes the image of a row into `buffer`: 8-bit samples as stored, rows from the top without gaps.
///
/// `buffer_size`: exactly `width * height * channels`, as `sidekick_predictions_image_size` returns them.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` for another size; `SIDEKICK_ERROR_IMAGE` if the
/// image is cut off or damaged, or too large. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_image_pixels(
    predictions: *const sidekick_predictions,
    output: usize,
    row: usize,
    buffer: *mut c_void,
    buffer_size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (predictions, room) =
            unsafe { (&object(predictions, "predictions")?.0, byte_buffer(buffer, buffer_size, "buffer")?) };
        predictions.image_pixels(output, row)?.copy_to(room)
    })
}

/// Writes the image of a row to a file, as the server sent it.
///
/// Errors: those of every reader; `SIDEKICK_ERROR_FILE` if the file cannot be written. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_save_image(
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
        predictions.save_image(output, row, path)
    })
}

/// Frees predictions and all views into them. NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_free(predictions: *mut sidekick_predictions) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(predictions) }
    })
}
