//! `sidekick_predictions`: typed results, by row or by column.

use crate::boundary::{Out, OutView, byte_buffer, object, text};
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::{DType, Error, ErrorKind, Predictions};
use std::ffi::{c_char, c_void};

/// The predictions for some rows, in the order of the rows. Immutable: share them freely between threads. Views into
/// them (pointer and length) live until `sidekick_predictions_free`, however many there are.
///
/// Every reader takes the index of an output, as `sidekick_deployment_feature_index` finds it by name, and most take a
/// row, counted from 0. They fail with `SIDEKICK_ERROR_UNKNOWN_FEATURE` for an output that is not there, with
/// `SIDEKICK_ERROR_FEATURE_TYPE` for an output of another type, and with `SIDEKICK_ERROR_ARGUMENT` for a row that is not
/// there. Since 0.1.0.
pub struct sidekick_predictions(pub(crate) Predictions);

impl Handle for sidekick_predictions {}

/// How many rows there are; 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_count(predictions: *const sidekick_predictions) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { predictions.as_ref() }.map_or(0, |it| it.0.len())
    })
}

/// How many rows the server called bad; there are some only where `sidekick_options_set_isolate_bad_rows` is on, and the predictions
/// are those of all the other rows. 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_failure_count(
    predictions: *const sidekick_predictions,
) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { predictions.as_ref() }.map_or(0, |it| it.0.failures().len())
    })
}

/// Why a row was called bad: the failures are indexed from 0 in the order of their rows, which `sidekick_error_row` tells. Free
/// `failure` with `sidekick_error_free`; it may outlive the predictions. Fails with `SIDEKICK_ERROR_ARGUMENT` where there is no such
/// failure. Since 0.1.0.
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

/// Which of the rows that were sent a prediction is of: they differ behind a row that failed. Fails with
/// `SIDEKICK_ERROR_ARGUMENT` for a prediction that is not there. Since 0.1.0.
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

/// The number of a numeric output of shape `[1]`, or the probability of a binary output. Since 0.1.0.
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

/// All rows' numbers, or binary probabilities, as one column: `count` is the number of rows. Since 0.1.0.
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

/// The text of a text output. Since 0.1.0.
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

/// All rows' texts as one column: text `i` starts at `texts + ends[i - 1]` (the first at `texts`) and has
/// `ends[i] - ends[i - 1] - 1` bytes, behind which a NUL closes it. `count` is the number of rows. Since 0.1.0.
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

/// How many categories a categorical output has. Since 0.1.0.
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

/// The label of category `category` of a categorical output: of column `category` of its matrix. Also fails with
/// `SIDEKICK_ERROR_ARGUMENT` where there is no such category. Since 0.1.0.
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

/// The probabilities of a row of a categorical output: `count` values, one a category, in the order of the labels. Since 0.1.0.
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

/// The probabilities of all rows of a categorical output, row-major: `count` values, rows x categories. Since 0.1.0.
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

/// The probability of one category, by its label. Also fails with `SIDEKICK_ERROR_ARGUMENT` where there is no such label. Since 0.1.0.
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

/// The category at place `rank` of a row when its categories are sorted by probability, the most probable first (rank 0),
/// ties in the order of the labels: its label and its probability. Also fails with `SIDEKICK_ERROR_ARGUMENT` where there is
/// no such rank. Since 0.1.0.
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

/// The array of a row: `count` elements, row-major, of the shape that `sidekick_predictions_array_shape` tells. Since 0.1.0.
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

/// The shape of an array output for one row: `rank` sizes. Since 0.1.0.
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

/// The arrays of all rows, one behind the other: `count` elements, rows x shape. Since 0.1.0.
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

/// Copies the array of a row into `buffer` as elements of one of the `SIDEKICK_DTYPE_` constants, row-major, in this machine's
/// byte order. Integers are cut towards zero and held at the ends of their range. Also fails with
/// `SIDEKICK_ERROR_ARGUMENT` where `buffer_size` is not exactly the array's size in bytes. Since 0.1.0.
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

/// Writes the array of a row to a `.npy` file (version 1.0, little-endian 32-bit floats, C order), which NumPy loads. Also
/// fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
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
            unsafe { (&object(predictions, "predictions")?.0, text(path, path_length, "path")?) };
        predictions.save_npy(output, row, path)
    })
}

/// The picture of a row as the server sent it: `size` bytes of a file of `media_type`, `"image/png"` or `"image/jpeg"` (static
/// text; NULL where it is not wanted). Since 0.1.0.
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

/// Width, height and channels (1 grey, 3 RGB, 4 RGBA) of the image of a row, without decoding its pixels.
/// Also fails with `SIDEKICK_ERROR_IMAGE` if the image is cut off or damaged, or has more pixels than
/// `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
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

/// Decodes the image of a row into `buffer`: 8-bit samples as stored, rows from the top without gaps,
/// `width * height * channels` bytes as `sidekick_predictions_image_size` reports them. Also fails with
/// `SIDEKICK_ERROR_ARGUMENT` if `buffer_size` is another, and with `SIDEKICK_ERROR_IMAGE` if the image is cut
/// off or damaged, or too large. Since 0.1.0.
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

/// Writes the picture of a row to a file, as the server sent it. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
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
            unsafe { (&object(predictions, "predictions")?.0, text(path, path_length, "path")?) };
        predictions.save_image(output, row, path)
    })
}

/// Frees predictions and ends every view into them; NULL is fine. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_predictions_free(predictions: *mut sidekick_predictions) {
    guard_or((), || {
        // SAFETY: the caller's promises.
        unsafe { Handle::free(predictions) }
    })
}
