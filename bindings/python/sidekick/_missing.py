"""What becomes of missing values in a table: each is an error, is filled in, or leaves its row out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

import numpy

from sidekick._alike import look_alikes
from sidekick._refused import is_missing, kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError, MissingValueError, about
from sidekick.features import FeatureSpec

Missing = Union[Mapping[str, Any], Literal["error", "skip"]]
"""The value for the missing ones of each input by its name; or what else to do about them."""


def check_missing(missing: Missing, specs: Sequence[FeatureSpec]) -> None:
    """Refuses what is no way to treat missing values."""
    if isinstance(missing, Mapping):
        names = [spec.name for spec in specs]
        if unknown := [name for name in missing if name not in names]:
            raise InvalidValueError(f"missing: there is no input {unknown[0]!r}{look_alikes(names, unknown)}")
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
        found.append(_filled(spec.name, column, values[spec.name]) if is_filled else column)
    return found


def incomplete(columns: Sequence[Any], specs: Sequence[FeatureSpec]) -> dict[int, Exception]:
    """Why each row that has a missing value is left out, by its number."""
    found: dict[int, Exception] = {}
    for spec, column in zip(specs, columns):
        if column is not None:
            rows = _gaps(_whole(column)).nonzero()[0].tolist()
            found.update((row, _skipped(row, spec.name)) for row in rows if row not in found)
    return found


def picked(column: Any, rows: Sequence[int]) -> Any:
    """These rows of a column, of which there is at least one."""
    if column is None:
        return None
    first = rows[0]
    part, places = column[first : rows[-1] + 1], [row - first for row in rows]
    return part[places] if isinstance(part, numpy.ndarray) else [part[place] for place in places]


def _filled(name: str, column: Any, value: Any) -> Any:
    whole = _whole(column)
    gaps = _gaps(whole)
    if not gaps.any():
        return column
    if not isinstance(whole, numpy.ndarray):
        return [value if gap else given for given, gap in zip(whole, gaps.tolist())]
    try:
        # In a row that is an array, each of its elements may be missing.
        return numpy.where(numpy.isnan(whole), numpy.asarray(value, whole.dtype), whole)
    except (TypeError, ValueError) as error:
        why = f'missing: the value of "{name}" does not fit: {error}'
        raise about(InvalidTypeError(why), feature=name) from None


def _whole(column: Any) -> Any:
    return column if isinstance(column, (list, tuple, numpy.ndarray)) else column[:]


def _gaps(column: Any) -> Any:
    """Which rows have a missing value."""
    if not isinstance(column, numpy.ndarray):
        return numpy.fromiter(map(is_missing, column), bool, len(column))
    if column.dtype.kind != "f":
        return numpy.zeros(len(column), bool)
    return numpy.isnan(column).any(axis=tuple(range(1, column.ndim)))


def _skipped(row: int, name: str) -> Exception:
    message = f'row {row}: feature "{name}": the value is missing, and the row was left out'
    return about(MissingValueError(message), row, name)
