"""What becomes of missing values in a table: each is an error, is filled in, or leaves its row out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Literal, Union

import numpy

from sidekick._alike import nearest
from sidekick._encode_numbers import array_of, numbers_of
from sidekick._records import number_of
from sidekick._refused import TO_DO, Refused, is_missing, is_time, kind_of
from sidekick.errors import Error, InvalidTypeError, InvalidValueError, MissingValueError, about
from sidekick.features import FeatureSpec

Missing = Union[Mapping[str, Any], Literal["error", "skip"]]
"""The value for the missing ones of each input by its name; or what else to do about them."""


def check_missing(missing: Missing, specs: Sequence[FeatureSpec]) -> None:
    """Refuses what is no way to treat missing values."""
    if isinstance(missing, Mapping):
        names = [spec.name for spec in specs]
        if unknown := [name for name in missing if name not in names]:
            raise InvalidValueError(f"missing: there is no input {unknown[0]!r}{nearest(str(unknown[0]), names)}")
    elif not isinstance(missing, str):
        why = f'missing: expected a dict of values, "skip" or "error", got {kind_of(missing)}'
        raise InvalidTypeError(why)
    elif missing not in ("error", "skip"):
        raise InvalidValueError(f'missing is {missing!r}: it has to be a dict of values, "skip" or "error"')


def filled(columns: Sequence[Any], specs: Sequence[FeatureSpec], values: Mapping[str, Any]) -> list[Any]:
    """The columns, with these values in place of the missing ones."""
    found = []
    for spec, column in zip(specs, columns):
        is_filled = column is not None and spec.name in values
        found.append(_filled(spec, column, values[spec.name]) if is_filled else column)
    return found


def incomplete(columns: Sequence[Any], specs: Sequence[FeatureSpec]) -> dict[int, Exception]:
    """Why each row that has a missing value is left out, by its number."""
    found: dict[int, Exception] = {}
    for spec, column in zip(specs, columns):
        if column is not None:
            rows = _gaps(_whole(column), spec.is_array).nonzero()[0].tolist()
            found.update((row, _skipped(row, spec.name)) for row in rows if row not in found)
    return found


def missing_value(error: Error, columns: Sequence[Any], specs: Sequence[FeatureSpec]) -> MissingValueError | None:
    """The error of a table as that of a missing value, if it is about one."""
    for spec, column in zip(specs, columns):
        if spec.name == error.feature and error.row is not None and column is not None:
            if _gaps(column[error.row : error.row + 1], spec.is_array).any():
                why = f"{str(error).removesuffix(TO_DO)}; missing= fills it in, or skips its row"
                return about(MissingValueError(why), error.row, spec.name)
    return None


def picked(column: Any, rows: Sequence[int]) -> Any:
    """These rows of a column, of which there is at least one."""
    if column is None:
        return None
    first = rows[0]
    part, places = column[first : rows[-1] + 1], [row - first for row in rows]
    return part[places] if isinstance(part, numpy.ndarray) else [part[place] for place in places]


def _filled(spec: FeatureSpec, column: Any, value: Any) -> Any:
    whole = _whole(column)
    gaps = _gaps(whole, spec.is_array)
    if not gaps.any():
        return column
    if spec.is_array:
        return _filled_arrays(spec, whole, gaps, value)
    if isinstance(whole, numpy.ndarray) and whole.ndim == 1:
        if not isinstance(value, (Real, Decimal)) or is_time(type(value)):
            raise _unfit(spec, f"expected a number, got {kind_of(value)}")
        if _holds(whole.dtype, value):
            return numpy.where(gaps, whole.dtype.type(value), whole)
        whole = whole.tolist()
    return [value if gap else given for given, gap in zip(whole, gaps.tolist())]


def _holds(dtype: Any, value: Any) -> bool:
    """Whether an array of floats has a place for a value: for a float, its nearest; for an integer, itself."""
    try:
        number = number_of(value)
        with numpy.errstate(over="ignore"):
            held = dtype.type(number)
    except (Refused, OverflowError):
        # Where it is put in by itself, it is refused with its row.
        return False
    return bool(numpy.isfinite(held) and (not isinstance(number, int) or int(held) == number))


def _filled_arrays(spec: FeatureSpec, whole: Any, gaps: Any, value: Any) -> Any:
    """Rows that are arrays. The value is one for all elements, or has one for each."""
    try:
        elements = numbers_of(value)
        if isinstance(whole, numpy.ndarray):
            # Of the shape of a row: another could make more rows.
            return _put(numpy.isnan(whole), numpy.broadcast_to(elements, whole.shape[1:]), whole)
        return [_filled_array(spec, row, elements) if gap else row for row, gap in zip(whole, gaps.tolist())]
    except (TypeError, ValueError, Refused) as error:
        raise _unfit(spec, error) from None


def _put(gaps: Any, elements: Any, array: Any) -> Any:
    """The array with elements in its gaps; of objects if NumPy would make floats of integers that need their digits."""
    if numpy.result_type(elements, array).kind == "f" and not (_is_exact(elements) and _is_exact(array)):
        elements = elements.astype(object)
    return numpy.where(gaps, elements, array)


def _is_exact(array: Any) -> bool:
    """Whether 64-bit floats hold the elements of an array."""
    if array.dtype.kind not in "iu" or array.itemsize < 8 or not array.size:
        return True
    return bool(array.min() >= -(1 << 53) and array.max() <= 1 << 53)


def _unfit(spec: FeatureSpec, why: object) -> InvalidTypeError:
    error = InvalidTypeError(f'missing: the value of "{spec.name}" does not fit: {why}')
    return about(error, feature=spec.name)


def _filled_array(spec: FeatureSpec, row: Any, elements: Any) -> Any:
    if is_missing(row):
        return elements if spec.has_free_sizes else numpy.broadcast_to(elements, spec.shape)
    array = array_of(row)
    return _put(_missing_elements(array), numpy.broadcast_to(elements, array.shape), numpy.asarray(array))


def _whole(column: Any) -> Any:
    return column if isinstance(column, (list, tuple, numpy.ndarray)) else column[:]


def _gaps(column: Any, is_array: bool) -> Any:
    """Which rows have a missing value, or an element that is missing."""
    if not isinstance(column, numpy.ndarray):
        return numpy.fromiter(map(_has_gap if is_array else is_missing, column), bool, len(column))
    if column.dtype.kind != "f":
        return numpy.zeros(len(column), bool)
    return numpy.isnan(column).any(axis=tuple(range(1, column.ndim)))


def _has_gap(row: Any) -> bool:
    """Whether a row that is an array is missing, or one of its elements."""
    if is_missing(row):
        return True
    try:
        return bool(_missing_elements(array_of(row)).any())
    except ValueError:
        # Lists of different lengths, which are refused with their row.
        return False


def _missing_elements(array: Any) -> Any:
    if numpy.ma.is_masked(array):
        return numpy.ma.getmaskarray(array) | _missing_elements(numpy.asarray(array))
    if array.dtype.kind == "f":
        return numpy.isnan(array)
    if array.dtype.kind != "O":
        return numpy.zeros(array.shape, bool)
    return numpy.fromiter(map(is_missing, array.flat), bool, array.size).reshape(array.shape)


def _skipped(row: int, name: str) -> Exception:
    message = f'row {row}: feature "{name}": the value is missing, and the row was left out'
    return about(MissingValueError(message), row, name)
