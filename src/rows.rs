//! `sidekick_rows`: examples being built, feature by feature.

use crate::boundary::{Out, bytes, object, object_mut, text};
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::{Error, ErrorKind, Key, Result, Rows};
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
        out.set(sidekick_rows(deployment.0.rows()).into_raw());
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
pub(crate) unsafe fn named<'a>(
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
pub(crate) unsafe fn indexed<'a>(rows: *mut sidekick_rows, index: usize) -> Result<(&'a mut Rows, Key<'a>)> {
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
