//! Rows from whole columns: the arrays that describe them in C become the core's columns.

use crate::boundary::{bytes, elements, object_mut};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::rows::sidekick_rows;
use crate::status::{SIDEKICK_COLUMN_PIECES, SIDEKICK_COLUMN_TEXTS, sidekick_status};
use sidekick::{DType, Error, ErrorKind, InputColumn, Result, Rows};
use std::ffi::c_void;
use std::ptr::null;

/// Adds `count` whole rows in one call, from a column for each input. An optional input may have none. No row
/// may be begun.
///
/// There are `column_count` columns. Column `i` is for the input with index `inputs[i]`. Its values, one for
/// each row, are the `sizes[i]` bytes at `values[i]`. `kinds[i]` says how they are stored:
///
/// - One of the `SIDEKICK_DTYPE_` constants: numbers in this machine's byte order, without gaps, of any
///   alignment. For a numeric input of shape `[1]` they are `count` numbers; for another shape, `count`
///   row-major arrays of that shape. For a categorical or binary input, integers are the categories. A
///   `uint64_t` outside an array has to fit an `int64_t`.
///   For an input whose shape has a `SIDEKICK_SIZE_ANY`, all arrays of the column have one shape: `ends[i]`
///   points to its sizes, as many as the input's shape has. If it is NULL, the size follows from `sizes[i]`;
///   that needs one free size only.
/// - `SIDEKICK_COLUMN_PIECES`: texts, labels, image files or bytes, one after another without NULs. `ends[i]`
///   points to `count` sizes: where the piece of each row ends, counted in bytes from `values[i]`. The last
///   one is `sizes[i]`.
/// - `SIDEKICK_COLUMN_TEXTS`: texts or labels, each ended by a NUL, the last one too.
///
/// `ends` may be NULL if no column has pieces, or a shape. Every value is checked and copied as by the
/// function that adds one of its kind.
///
/// Errors: those of the functions that add one value; `SIDEKICK_ERROR_ROW_INCOMPLETE` if an input has no
/// column, or a row was begun; `SIDEKICK_ERROR_FEATURE_TWICE` if an input has two columns;
/// `SIDEKICK_ERROR_FEATURE_SHAPE` if a column is not as long as `count` rows need; `SIDEKICK_ERROR_ARGUMENT`
/// for an unknown kind, text that is not UTF-8, or ends that decrease, exceed the column or split a
/// character. After an error nothing of the call is added. The error names the feature and, if one value is
/// to blame, its row, counted with the rows that were there before. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_rows_add_columns(
    rows: *mut sidekick_rows,
    count: usize,
    column_count: usize,
    inputs: *const usize,
    kinds: *const i32,
    values: *const *const c_void,
    sizes: *const usize,
    ends: *const *const usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let rows = unsafe { object_mut(rows, "rows") }?;
        // SAFETY: the caller's promises.
        let columns = unsafe { columns(&rows.0, count, column_count, inputs, kinds, values, sizes, ends) }?;
        rows.0.add_columns(count, &columns)
    })
}

/// The columns, each with the index of its input.
///
/// # Safety
/// The pointers are NULL or have `column_count` elements each, and those are as [`column`] demands.
#[allow(clippy::too_many_arguments)] // What describes columns in C, and the rows they are for.
unsafe fn columns<'a>(
    rows: &Rows,
    count: usize,
    column_count: usize,
    inputs: *const usize,
    kinds: *const i32,
    values: *const *const c_void,
    sizes: *const usize,
    ends: *const *const usize,
) -> Result<Vec<(usize, InputColumn<'a>)>> {
    // SAFETY: this function's own demand.
    let (inputs, kinds) =
        unsafe { (elements(inputs, column_count, "inputs")?, elements(kinds, column_count, "kinds")?) };
    // SAFETY: this function's own demand.
    let (values, sizes) =
        unsafe { (elements(values, column_count, "values")?, elements(sizes, column_count, "sizes")?) };
    // SAFETY: this function's own demand.
    let ends = if ends.is_null() { &[] } else { unsafe { elements(ends, column_count, "ends") }? };
    let described = inputs.iter().zip(kinds).zip(values.iter().zip(sizes)).enumerate();
    let read = described.map(|(place, ((input, kind), (values, size)))| {
        let ends = ends.get(place).copied().unwrap_or(null());
        // SAFETY: this function's own demand.
        let column = unsafe { column(place, *kind, *values, *size, ends, count, rows.free_rank(*input)) };
        column.map(|column| (*input, column)).map_err(|error| rows.locate_column(*input, error))
    });
    let mut columns = Vec::new();
    let missing = |_| Error::new(ErrorKind::Memory, format!("no memory for {column_count} columns"));
    columns.try_reserve_exact(column_count).map_err(missing)?;
    for column in read {
        columns.push(column?);
    }
    Ok(columns)
}

/// The column at a place, which errors name.
///
/// # Safety
/// `values` is NULL or points to `size` bytes. `ends` is NULL or points to `count` sizes for pieces, to
/// `rank` sizes for numbers.
unsafe fn column<'a>(
    place: usize,
    kind: i32,
    values: *const c_void,
    size: usize,
    ends: *const usize,
    count: usize,
    rank: usize,
) -> Result<InputColumn<'a>> {
    // SAFETY: this function's own demand.
    let bytes = unsafe { bytes(values, size, format_args!("values[{place}]")) }?;
    if kind == SIDEKICK_COLUMN_PIECES {
        // SAFETY: this function's own demand.
        let ends = unsafe { elements(ends, count, format_args!("ends[{place}]")) }?;
        return Ok(InputColumn::Pieces { bytes, ends });
    }
    if kind == SIDEKICK_COLUMN_TEXTS {
        return Ok(InputColumn::Texts(bytes));
    }
    let dtype = DType::try_from(kind)?;
    if rank == 0 || ends.is_null() {
        return Ok(InputColumn::Numbers { dtype, bytes });
    }
    // SAFETY: this function's own demand.
    let shape = unsafe { elements(ends, rank, format_args!("ends[{place}]")) }?;
    Ok(InputColumn::Arrays { dtype, bytes, shape })
}
