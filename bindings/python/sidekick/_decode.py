"""The library's predictions as Python values, each output read as one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_size_t, c_void_p, string_at
from io import BytesIO
from typing import Any

from sidekick._library import Handle, call, failures, library, number, text
from sidekick._optional import need
from sidekick.errors import ReplyError
from sidekick.features import FeatureSpec

Column = Callable[[Handle, int], Sequence[Any]]


class Decoders:
    """How a deployment's outputs are read; errors count rows from `first_row`.

    Raises `ImportError` where an output needs a package that is missing.
    """

    def __init__(self, specs: Iterable[FeatureSpec], first_row: int) -> None:
        self._first_row = first_row
        self._columns: list[tuple[str, Column]] = []
        for index, spec in enumerate(specs):
            self._columns.append((spec.name, _column(index, spec, first_row)))

    def rows(self, predictions: Handle, count: int) -> list[Any]:
        """The predictions as a dict for each of `count` rows; those that the server called bad have their exception."""
        failed = failures(predictions, self._first_row)
        predicted = self._predicted(predictions, count - len(failed))
        if not failed:
            return predicted
        others = iter(predicted)
        return [failed[row] if row in failed else next(others) for row in range(count)]

    def _predicted(self, predictions: Handle, count: int) -> list[dict[str, Any]]:
        if count == 0:
            return []
        names = [name for name, _ in self._columns]
        columns = [column(predictions, count) for _, column in self._columns]
        return [dict(zip(names, values)) for values in zip(*columns)]


def _column(index: int, spec: FeatureSpec, first_row: int) -> Column:
    if spec.dtype == "image":
        return _images(index, spec, first_row)
    if spec.is_array:
        return _arrays(index, spec)
    return {"categorical": _probabilities, "text": _texts}.get(spec.dtype, _numbers)(index)


def _numbers(index: int) -> Column:
    def column(predictions: Handle, count: int) -> list[float]:
        return _doubles(library.sidekick_predictions_numbers, predictions, index)

    return column


def _probabilities(index: int) -> Column:
    def column(predictions: Handle, count: int) -> list[dict[str, float]]:
        width = number(library.sidekick_predictions_category_count, predictions, index)
        labels = [
            text(library.sidekick_predictions_category_label, predictions, index, category) for category in range(width)
        ]
        matrix = _doubles(library.sidekick_predictions_probability_matrix, predictions, index)
        return [dict(zip(labels, matrix[first : first + width])) for first in range(0, count * width, width)]

    return column


def _texts(index: int) -> Column:
    def column(predictions: Handle, count: int) -> list[str]:
        address, ends, length = c_void_p(), POINTER(c_size_t)(), c_size_t()
        call(library.sidekick_predictions_texts, predictions, index, byref(address), byref(ends), byref(length))
        stops = ends[: length.value]
        whole = string_at(address, stops[-1])
        return [whole[start : stop - 1].decode() for start, stop in zip([0, *stops], stops)]

    return column


def _arrays(index: int, spec: FeatureSpec) -> Column:
    numpy = need("numpy", "numpy", f'the array output "{spec.name}"')

    def column(predictions: Handle, count: int) -> list[Any]:
        address, length = POINTER(c_float)(), c_size_t()
        call(library.sidekick_predictions_arrays, predictions, index, byref(address), byref(length))
        # One copy for all rows, whose arrays are views of it: they outlive the predictions and may be changed.
        view = numpy.ctypeslib.as_array(address, (length.value,))
        return list(view.reshape(count, *spec.shape).copy())

    return column


def _images(index: int, spec: FeatureSpec, first_row: int) -> Column:
    pillow = need("PIL.Image", "Pillow", f'the image output "{spec.name}"')

    def image(predictions: Handle, row: int) -> Any:
        address, size, media_type = c_void_p(), c_size_t(), c_char_p()
        outputs = (byref(address), byref(size), byref(media_type))
        call(library.sidekick_predictions_image, predictions, index, row, *outputs)
        try:
            opened = pillow.open(BytesIO(string_at(address, size.value)), formats=("PNG", "JPEG"))
            opened.load()
        except (OSError, SyntaxError, ValueError) as error:
            sent = first_row + number(library.sidekick_predictions_sent_row, predictions, row)
            raise ReplyError(f'row {sent}: feature "{spec.name}": the image cannot be read: {error}') from None
        return opened

    def column(predictions: Handle, count: int) -> list[Any]:
        return [image(predictions, row) for row in range(count)]

    return column


def _doubles(function: Any, predictions: Handle, index: int) -> list[float]:
    address, length = POINTER(c_double)(), c_size_t()
    call(function, predictions, index, byref(address), byref(length))
    return address[: length.value]
