//! Rows
//!
//! Rows are built value by value: add every input in any order, end the row, go on with the next. Or add
//! whole rows from columns at once, with `sidekick_rows_add_columns`.
//!
//! Each value is checked against its input's spec and copied by the call that adds it. A call that fails
//! leaves the rows as they were. A function that ends in `_at` takes the input's index instead of its name.
//!
//! For a model of the Open Inference Protocol a value has to fit its tensor's type: whole numbers in the
//! range of an integer type; floats are rounded, and one that would become infinite is refused. NaN and
//! infinity are taken for tensors of floats that are sent as bytes. Arrays keep the tensor's type.
//!
//! Errors of every add function: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if no input has the name or index,
//! `SIDEKICK_ERROR_FEATURE_TYPE` if the input takes another type, `SIDEKICK_ERROR_FEATURE_TWICE` if the row
//! has a value for it. The error names the row and the feature.

use crate::boundary::{Out, bytes, object, object_mut, text};
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::handle::Handle;
use crate::status::sidekick_status;
use sidekick::{Error, ErrorKind, Key, Result, Rows};
use std::ffi::{c_char, c_void};

/// Rows to be predicted by one deployment. One thread at a time; any number of threads may predict the same
/// rows while none changes them. Since 0.1.0.
pub struct sidekick_rows(pub(crate) Rows);

impl Handle for sidekick_rows {}

/// Creates empty rows for a deployment, which they may outlive. Free them with `sidekick_rows_free`.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Returns how many rows are finished; 0 for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_count(rows: *const sidekick_rows) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { rows.as_ref() }.map_or(0, |it| it.0.len())
    })
}

/// Adds a number to a numeric input of shape `[1]`.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` for NaN and infinity. Since 0.1.0.
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

/// As `sidekick_rows_add_number`, with the input's index. Since 0.1.0.
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

/// Adds an integer to a numeric input of shape `[1]`, or as the category of a categorical or binary input.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` if it is not one of the listed
/// categories. Since 0.1.0.
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

/// As `sidekick_rows_add_integer`, with the input's index. Since 0.1.0.
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

/// Adds an integer of 64 bits without a sign, as `sidekick_rows_add_integer` does. Above `INT64_MAX` it is
/// exact in a UINT64 tensor, and the nearest double for the Deployment API.
///
/// Errors: those of `sidekick_rows_add_integer`. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_unsigned(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    integer: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        rows.add_unsigned(key, integer)
    })
}

/// As `sidekick_rows_add_unsigned`, with the input's index. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_unsigned_at(
    rows: *mut sidekick_rows,
    index: usize,
    integer: u64,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        rows.add_unsigned(key, integer)
    })
}

/// Adds a category, by its label, to a categorical or binary input.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` if it is not one of the listed
/// categories. Since 0.1.0.
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
        let label = unsafe { text(label, label_length, "label") }.map_err(|error| rows.locate(key, error))?;
        rows.add_category(key, label)
    })
}

/// As `sidekick_rows_add_category`, with the input's index. Since 0.1.0.
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
        let label = unsafe { text(label, label_length, "label") }.map_err(|error| rows.locate(key, error))?;
        rows.add_category(key, label)
    })
}

/// Adds 0 or 1 to a binary input.
///
/// Errors: those of every add function; `SIDEKICK_ERROR_ARGUMENT` for any other value. Since 0.1.0.
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
        let value = binary(value).map_err(|error| rows.locate(key, error))?;
        rows.add_binary(key, value)
    })
}

/// As `sidekick_rows_add_binary`, with the input's index. Since 0.1.0.
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
        let value = binary(value).map_err(|error| rows.locate(key, error))?;
        rows.add_binary(key, value)
    })
}

/// Adds UTF-8 text to a text input.
///
/// Errors: those of every add function. Since 0.1.0.
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
        let value = unsafe { text(value, value_length, "value") }.map_err(|error| rows.locate(key, error))?;
        rows.add_text(key, value)
    })
}

/// As `sidekick_rows_add_text`, with the input's index. Since 0.1.0.
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
        let value = unsafe { text(value, value_length, "value") }.map_err(|error| rows.locate(key, error))?;
        rows.add_text(key, value)
    })
}

/// Adds bytes to an input of the type bytes.
///
/// Errors: those of every add function. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_bytes(
    rows: *mut sidekick_rows,
    name: *const c_char,
    name_length: usize,
    value: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { named(rows, name, name_length) }?;
        // SAFETY: the caller's promises.
        let value = unsafe { bytes(value, size, "value") }.map_err(|error| rows.locate(key, error))?;
        rows.add_bytes(key, value)
    })
}

/// As `sidekick_rows_add_bytes`, with the input's index. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_bytes_at(
    rows: *mut sidekick_rows,
    index: usize,
    value: *const c_void,
    size: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (rows, key) = unsafe { indexed(rows, index) }?;
        // SAFETY: the caller's promises.
        let value = unsafe { bytes(value, size, "value") }.map_err(|error| rows.locate(key, error))?;
        rows.add_bytes(key, value)
    })
}

/// Adds many small values in one call, for bindings whose calls into C are expensive.
///
/// `records`: `size` bytes. A record is a `uint32_t` kind (`SIDEKICK_RECORD_`), the `uint32_t` index of the
/// input, a `uint64_t` length, and a payload of that many bytes padded to a multiple of 8; integers and
/// doubles in this machine's byte order. Each record does what the function for its kind does. Other values
/// can be added between two calls, also within a row.
///
/// Errors: those of the functions that add one value; `SIDEKICK_ERROR_ARGUMENT` for malformed records. After
/// an error nothing of the call is added. Since 0.1.0.
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

/// Finishes the row that was begun.
///
/// Inputs of the Open Inference Protocol can be optional: a row may lack those. Rows that lack different
/// inputs are sent in different requests.
///
/// Errors: `SIDEKICK_ERROR_ROW_INCOMPLETE` if other inputs are missing. The message names them, and they can
/// still be added. Since 0.1.0.
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

/// Discards the row that was begun. Finished rows stay.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Discards all rows. Their memory is kept for the next rows.
///
/// Errors: the common ones. Since 0.1.0.
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

/// Frees rows. NULL is fine. Since 0.1.0.
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
