"""The library's predictions as Python values, each output read as one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_float, c_int32, c_size_t, c_uint32, c_void_p
from ctypes import sizeof, string_at
from io import BytesIO
from itertools import accumulate
from math import prod
from struct import unpack
from typing import Any

from sidekick._dicts import dicts
from sidekick._library import Handle, Where, call, failures, library, number, text
from sidekick._optional import need
from sidekick.errors import ReplyError, about
from sidekick.features import FeatureSpec

# The codes of `struct` for the types of integers.
INTEGERS = {"int8": "b", "int16": "h", "int32": "i", "int64": "q"}
INTEGERS |= {f"u{name}": code.upper() for name, code in INTEGERS.items()}

Column = Callable[[Handle, int, Where], Sequence[Any]]


class Decoders:
    """How a deployment's outputs are read: once made, shared by its calls.

    Reading raises `ImportError` where an output needs a package that is missing.
    """

    def __init__(self, specs: Iterable[FeatureSpec]) -> None:
        self._columns = [(spec, _column(index, spec)) for index, spec in enumerate(specs)]
        self._names = tuple(spec.name for spec, _ in self._columns)

    def check(self) -> None:
        """Raises `ImportError` where an output needs a package that is missing."""
        for spec, _ in self._columns:
            _needed(spec)

    def rows(self, predictions: Handle, count: int, where: Where = int) -> list[Any]:
        """The predictions as a dict for each of `count` rows; those that the server called bad have their exception.

        Errors number rows by `where`.
        """
        failed = failures(predictions, where)
        predicted = self._predicted(predictions, count - len(failed), where)
        if not failed:
            return predicted
        others = iter(predicted)
        return [failed[row] if row in failed else next(others) for row in range(count)]

    def column(self, index: int) -> Column:
        """What reads one output, for so many rows that were predicted."""
        return self._columns[index][1]

    def _predicted(self, predictions: Handle, count: int, where: Where) -> list[dict[str, Any]]:
        if count == 0:
            return []
        return dicts(self._names, zip(*(column(predictions, count, where) for _, column in self._columns)))


def _needed(spec: FeatureSpec) -> Any:
    """The package that reads an output, where it needs one."""
    if spec.dtype == "image":
        return need("PIL.Image", "Pillow", f'the image output "{spec.name}"')
    return need("numpy", "numpy", f'the array output "{spec.name}"') if spec.is_array else None


def _column(index: int, spec: FeatureSpec) -> Column:
    if spec.dtype == "image":
        return _images(index, spec)
    if spec.is_array:
        return _arrays(index, spec)
    if spec.dtype == "categorical":
        return _probabilities(index, spec)
    if spec.dtype in ("text", "bytes"):
        return _texts(index) if spec.dtype == "text" else _bytes(index)
    return _integers(index, spec) if spec.is_integer else _numbers(index)


def _numbers(index: int) -> Column:
    def column(predictions: Handle, *_: Any) -> Sequence[float]:
        return _doubles(library.sidekick_predictions_numbers, predictions, index)

    return column


def _integers(index: int, spec: FeatureSpec) -> Column:
    def column(predictions: Handle, count: int, _: Where) -> Sequence[int]:
        return unpack(f"{count}{INTEGERS[spec.element]}", kept_elements(predictions, index))

    return column


def _probabilities(index: int, spec: FeatureSpec) -> Column:
    def column(predictions: Handle, *_: Any) -> list[dict[str, float]]:
        labels = category_labels(predictions, index, spec)
        matrix = iter(_doubles(library.sidekick_predictions_probability_matrix, predictions, index))
        return dicts(labels, zip(*[matrix] * len(labels)))

    return column


def _bytes(index: int) -> Column:
    def column(predictions: Handle, *_: Any) -> list[bytes]:
        address, ends, length = c_void_p(), POINTER(c_size_t)(), c_size_t()
        outputs = (byref(address), byref(ends), byref(length))
        call(library.sidekick_predictions_bytes_column, predictions, index, *outputs)
        stops = ends[: length.value]
        whole = string_at(address, stops[-1])
        return [whole[start:stop] for start, stop in zip([0, *stops], stops)]

    return column


def _texts(index: int) -> Column:
    def column(predictions: Handle, *_: Any) -> list[str]:
        address, ends, length = c_void_p(), POINTER(c_size_t)(), c_size_t()
        call(library.sidekick_predictions_texts, predictions, index, byref(address), byref(ends), byref(length))
        stops = ends[: length.value]
        whole = string_at(address, stops[-1])
        return [whole[start : stop - 1].decode() for start, stop in zip([0, *stops], stops)]

    return column



def _arrays(index: int, spec: FeatureSpec) -> Column:
    def column(predictions: Handle, count: int, _: Where) -> list[Any]:
        if spec.element == "bfloat16":
            dtype, view = "f4", elements(library.sidekick_predictions_arrays, predictions, index, sizeof(c_float))
        else:
            dtype, view = spec.element, kept_elements(predictions, index)
        values = _needed(spec).frombuffer(view, dtype)
        if spec.has_free_sizes:
            return _split(values.copy(), [row_shape(predictions, index, row) for row in range(count)])
        # One copy for all rows, whose arrays are views of it: they outlive the predictions and may be
        # changed.
        return list(values.reshape(count, *spec.shape).copy())

    return column


def row_shape(predictions: Handle, index: int, row: int) -> tuple[int, ...]:
    """The shape of the array of a row."""
    shape, rank = POINTER(c_size_t)(), c_size_t()
    call(library.sidekick_predictions_row_shape, predictions, index, row, byref(shape), byref(rank))
    return tuple(shape[: rank.value])


def _split(values: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Arrays of these shapes that lie one after another."""
    ends = [*accumulate(map(prod, shapes))]
    return [values[start:end].reshape(shape) for start, end, shape in zip([0, *ends], ends, shapes)]


def _images(index: int, spec: FeatureSpec) -> Column:
    def image(predictions: Handle, row: int, where: Where) -> Any:
        address, size, media_type = c_void_p(), c_size_t(), c_char_p()
        outputs = (byref(address), byref(size), byref(media_type))
        call(library.sidekick_predictions_image, predictions, index, row, *outputs)
        # Of files, Pillow takes some that are cut off, and more pixels than the option allows.
        sides = (byref(c_uint32()), byref(c_uint32()), byref(c_uint32()))

        def sent_row(place: int) -> int:
            return where(number(library.sidekick_predictions_sent_row, predictions, place))

        try:
            call(library.sidekick_predictions_image_size, predictions, index, row, *sides, where=sent_row)
        except ValueError as error:
            raise about(ReplyError(str(error)), sent_row(row), spec.name) from None
        file = string_at(address, size.value)
        try:
            opened = _needed(spec).open(BytesIO(file), formats=("PNG", "JPEG"))
            opened.load()
        except (OSError, SyntaxError, ValueError) as error:
            why = f'row {sent_row(row)}: feature "{spec.name}": the image cannot be read: {error}'
            raise about(ReplyError(why), sent_row(row), spec.name) from None
        # For frames, which hold files: to save a JPEG again would change its pixels.
        opened.sidekick_file = file
        return opened

    def column(predictions: Handle, count: int, where: Where) -> list[Any]:
        return [image(predictions, row, where) for row in range(count)]

    return column


def category_labels(predictions: Handle, index: int, spec: FeatureSpec) -> tuple[str, ...]:
    """The labels of a categorical output, in the order of its probabilities: as declared, or as the reply told them."""
    if spec.categories:
        return spec.categories
    width = number(library.sidekick_predictions_category_count, predictions, index)
    label = library.sidekick_predictions_category_label
    return tuple(text(label, predictions, index, category) for category in range(width))


def predicted_places(predictions: Handle, count: int) -> Sequence[int]:
    """Where the predicted rows lie among `count` that were sent."""
    predicted = library.sidekick_predictions_count(predictions)
    if predicted == count:
        return range(count)
    return [number(library.sidekick_predictions_sent_row, predictions, row) for row in range(predicted)]


def elements(function: Any, predictions: Handle, index: int, size: int) -> memoryview:
    """A column of elements of so many bytes each, where it lies; it keeps the predictions."""
    address, count = c_void_p(), c_size_t()
    call(function, predictions, index, byref(address), byref(count))
    return _view(predictions, address, count.value * size)


def kept_elements(predictions: Handle, index: int) -> memoryview:
    """A column of elements in the type in which the library keeps them, where it lies; it keeps the predictions."""
    address, size, kept = c_void_p(), c_size_t(), c_int32()
    outputs = (byref(address), byref(size), byref(kept))
    call(library.sidekick_predictions_elements_column, predictions, index, *outputs)
    return _view(predictions, address, size.value)


def _view(predictions: Handle, address: c_void_p, size: int) -> memoryview:
    view: Any = (c_char * size).from_address(address.value or 0)
    view.predictions = predictions
    return memoryview(view)


def _doubles(function: Any, predictions: Handle, index: int) -> tuple[float, ...]:
    values = elements(function, predictions, index, sizeof(c_double))
    return unpack(f"{len(values) // sizeof(c_double)}d", values)
