"""Tables, column by column: those that go in, and those that predictions fill."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Union

import numpy

from sidekick._arrow import ArrowColumn, ArrowTable, column_of
from sidekick._arrow_abi import is_exporter
from sidekick._decode import Decoders, category_labels, elements, kept_elements, predicted_places
from sidekick._library import Handle, failures, library
from sidekick._alike import misspelt
from sidekick._refused import kind_of
from sidekick.columns import PredictedColumns, Probabilities
from sidekick.errors import InvalidTypeError, InvalidValueError, ReplyError, about
from sidekick.features import FeatureSpec

# The rows of a part that are predicted: those at these places of the whole.
Places = Union[slice, list[int]]
# What reads an output of predictions as an array.
Read = Callable[[Handle, int], Any]


def inputs_of(columns: Any, specs: Sequence[FeatureSpec]) -> list[Any]:
    """The columns that are inputs, in the inputs' order, all of one length.

    They are lists, tuples, NumPy arrays or Arrow's. That of an optional input is None if there is none.
    """
    columns = _by_name(columns)
    for spec in specs:
        if (found := _count(columns, spec.name)) > 1:
            why = f'there are {found} columns called "{spec.name}"; it has to be one'
            raise about(InvalidValueError(why), feature=spec.name)
    if absent := [spec.name for spec in specs if spec.name not in columns and not spec.optional]:
        lacking = ", ".join(f'"{name}"' for name in absent)
        near = misspelt(absent, columns, [spec.name for spec in specs])
        why = f"there is no column for {lacking}; each input needs one{near}"
        raise about(InvalidValueError(why), feature=absent[0] if len(absent) == 1 else None)
    values = [_values(spec.name, columns[spec.name]) if spec.name in columns else None for spec in specs]
    given = [(spec, column) for spec, column in zip(specs, values) if column is not None]
    if not given:
        raise InvalidValueError("there is no column; each input needs one, unless it is optional")
    for spec, column in given:
        if len(column) != len(given[0][1]):
            lengths = f"{len(column)} values, that of \"{given[0][0].name}\" has {len(given[0][1])}"
            why = f'the column "{spec.name}" has {lengths}; there has to be one for each row'
            raise about(InvalidValueError(why), feature=spec.name)
    return values


def _by_name(columns: Any) -> Any:
    """The columns, for look-up by name."""
    pandas = sys.modules.get("pandas")
    if isinstance(columns, Mapping) or (pandas is not None and isinstance(columns, pandas.DataFrame)):
        return columns
    if not is_exporter(columns):
        why = f"columns: expected a mapping of names to columns, or a table of Arrow, got {kind_of(columns)}"
        raise InvalidTypeError(why)
    return ArrowTable(columns)


def _count(columns: Any, name: str) -> int:
    """How many columns have a name; tables of Arrow and of pandas may have several."""
    if isinstance(columns, ArrowTable):
        return columns.count(name)
    if isinstance(columns, Mapping) or columns.columns.is_unique:
        return 1
    return [*columns.columns].count(name)


class Table:
    """The outputs of so many rows, which parts of them fill one after another."""

    def __init__(self, specs: Sequence[FeatureSpec], decoders: Decoders, count: int) -> None:
        self._columns = {spec.name: _column(index, spec, decoders, count) for index, spec in enumerate(specs)}
        self._errors: dict[int, Exception] = {}

    def fill(self, predictions: Handle, part: Sequence[int]) -> None:
        """Puts in the predictions for some of the rows."""
        failed = failures(predictions, part.__getitem__)
        places = _places(part)
        if failed:
            self._errors.update((part[row], failure) for row, failure in failed.items())
            places = [part[row] for row in predicted_places(predictions, len(part))]
        for column in self._columns.values():
            if failed:
                column.miss(_places(part))
            if len(failed) < len(part):
                column.put(predictions, places, part)

    def skip(self, errors: Mapping[int, Exception]) -> None:
        """Leaves out these rows, for these reasons."""
        self._errors.update(errors)
        for column in self._columns.values():
            column.miss([*errors])

    def columns(self) -> PredictedColumns:
        """What was put in."""
        made = PredictedColumns((name, column.made()) for name, column in self._columns.items())
        made.errors = self._errors
        return made


def _places(part: Sequence[int]) -> Places:
    return slice(part.start, part.stop) if isinstance(part, range) else [*part]


class _Numbers:
    """A column that is one array: numbers, or arrays of numbers."""

    def __init__(self, index: int, count: int, cell: tuple[int, ...], read: Read, dtype: Any) -> None:
        self._index, self._read = index, read
        self._shape, self._dtype = (count, *cell), numpy.dtype(dtype)
        self._array: Any = None

    def put(self, predictions: Handle, places: Places, _: Sequence[int]) -> None:
        found = self.read(predictions)
        if self._array is None and found.shape == self._shape and found.dtype == self._dtype and len(self._shape) > 1:
            # All rows at once: the library's array itself, which keeps the predictions.
            self._array = found
        else:
            self.made()[places] = found

    def read(self, predictions: Handle) -> Any:
        """The library's array, which keeps the predictions."""
        # The count is not -1: NumPy does not find it if another size is 0.
        count = library.sidekick_predictions_count(predictions)
        return self._read(predictions, self._index).reshape(count, *self._shape[1:])

    def miss(self, places: Places) -> None:
        if self.made().dtype.kind != "f":
            # Integers and booleans have no value for a missing one.
            self._array = self._array.astype(float)
        self._array[places] = numpy.nan

    def made(self) -> Any:
        if self._array is None:
            self._array = numpy.empty(self._shape, self._dtype)
        return self._array


class _Categories:
    """A column of probabilities; where the deployment lists no labels, the first reply tells them."""

    def __init__(self, index: int, spec: FeatureSpec, count: int) -> None:
        self._index, self._spec, self._count = index, spec, count
        self._labels: tuple[str, ...] = ()
        self._allot(spec.categories)

    def put(self, predictions: Handle, places: Places, part: Sequence[int]) -> None:
        labels = category_labels(predictions, self._index, self._spec)
        if not self._labels:
            self._allot(labels)
        if labels == self._labels:
            return self._matrix.put(predictions, places, part)
        if set(labels) != set(self._labels):
            why = f'feature "{self._spec.name}": the categories differ from one reply to the next'
            raise about(ReplyError(why), feature=self._spec.name)
        self._matrix.made()[places] = self._matrix.read(predictions)[:, [labels.index(label) for label in self._labels]]

    def miss(self, places: Places) -> None:
        self._matrix.miss(places)

    def made(self) -> Probabilities:
        return Probabilities(self._labels, self._matrix.made())

    def _allot(self, labels: tuple[str, ...]) -> None:
        read = _reader(library.sidekick_predictions_probability_matrix, float)
        self._labels = labels
        self._matrix = _Numbers(self._index, self._count, (len(labels),), read, float)
        if not self._spec.categories:
            # Parts before may have had bad rows alone.
            self._matrix.miss(slice(None))


class _Objects:
    """A column that is a list: texts, or images."""

    def __init__(self, read: Callable[[Handle, int, Any], Sequence[Any]], count: int) -> None:
        self._read = read
        self._list: list[Any] = [None] * count

    def put(self, predictions: Handle, places: Places, part: Sequence[int]) -> None:
        if isinstance(places, slice):
            self._list[places] = self._read(predictions, len(part), part.__getitem__)
            return
        for place, value in zip(places, self._read(predictions, len(places), part.__getitem__)):
            self._list[place] = value

    def miss(self, places: Places) -> None:
        """Nothing is there before it is put in."""

    def made(self) -> list[Any]:
        return self._list


def _column(index: int, spec: FeatureSpec, decoders: Decoders, count: int) -> _Numbers | _Categories | _Objects:
    if spec.dtype == "categorical":
        return _Categories(index, spec, count)
    if spec.dtype in ("numeric", "binary") and not spec.has_free_sizes:
        cell = spec.shape if spec.is_array else ()
        if spec.element == "bfloat16":
            return _Numbers(index, count, cell, _wider(spec), numpy.float32)
        return _Numbers(index, count, cell, _kept(spec.element), spec.element)
    return _Objects(decoders.column(index), count)


def _kept(dtype: str) -> Read:
    """What reads elements in the type in which the library keeps them."""
    return lambda predictions, index: numpy.frombuffer(kept_elements(predictions, index), dtype)


def _wider(spec: FeatureSpec) -> Read:
    """What reads elements of a type that NumPy has not."""
    if spec.is_array:
        return _reader(library.sidekick_predictions_arrays, numpy.float32)
    return _reader(library.sidekick_predictions_numbers, float)


def _reader(function: Any, dtype: Any) -> Read:
    size = numpy.dtype(dtype).itemsize
    return lambda predictions, index: numpy.frombuffer(elements(function, predictions, index, size), dtype)


def _values(name: str, column: Any) -> Any:
    """A column's values: numbers where they lie, others as Python's."""
    if isinstance(column, (list, tuple, ArrowColumn)) or _is_plain_array(column):
        return column
    # A set has no order in which its values could be those of the rows.
    if isinstance(column, (str, bytes, bytearray, Mapping, set, frozenset)) or not _has_values(column):
        raise _no_column(name, column)
    dtype = getattr(column, "dtype", None)
    if is_exporter(column) and (hasattr(dtype, "pyarrow_dtype") or not _is_of_pandas(column)):
        return column_of(name, column)
    if dtype is None and not (hasattr(column, "__array__") or hasattr(column, "__array_interface__")):
        try:
            column = numpy.asarray(memoryview(column))
        except TypeError:
            return list(column)
    elif dtype is not None and not isinstance(dtype, numpy.dtype):
        # One of pandas' own, such as of integers with gaps, or of a package that calls it otherwise.
        values: list[Any] = column.tolist() if hasattr(column, "tolist") else column.to_list()
        return values
    # Not `asarray`, which would take the mask away.
    array = numpy.asanyarray(column)
    if array.ndim == 0:
        raise _no_column(name, column)
    if numpy.ma.is_masked(array) or array.dtype.kind in "mM":
        # One by one, the first that is refused shows its row: a list of NumPy's would have numbers of some.
        return list(array)
    array = numpy.asarray(array)
    return array if array.dtype.kind in "fiub" else array.tolist()


def _is_plain_array(column: Any) -> bool:
    """Whether it is NumPy's own array of numbers, with no mask or the like."""
    return type(column) is numpy.ndarray and column.ndim > 0 and column.dtype.kind in "fiub"


def _has_values(column: object) -> bool:
    return any(hasattr(column, name) for name in ("__len__", "__array_interface__", "__arrow_c_stream__"))


def _is_of_pandas(column: object) -> bool:
    """Whether it is a column that pandas would have to make one of Arrow's of."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(column, pandas.Series)


def _no_column(name: str, column: object) -> InvalidTypeError:
    why = f'the column "{name}" has to be a sequence of values, or an array, not {kind_of(column)}'
    return about(InvalidTypeError(why), feature=name)
