"""pandas DataFrames in and out, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import pandas

from sidekick._decode import Decoders, category_labels, double_bytes, predicted_places
from sidekick._library import Handle, library
from sidekick.features import FeatureSpec

Series = dict[str, Any]


def columns_of(frame: pandas.DataFrame, specs: Sequence[FeatureSpec]) -> list[Sequence[Any]]:
    """The columns that are inputs, in the inputs' order."""
    names = list(frame.columns)
    for spec in specs:
        if (found := names.count(spec.name)) != 1:
            raise ValueError(f'the frame has {found or "no"} columns called "{spec.name}"; it needs one for each input')
    return [_values(frame[spec.name]) for spec in specs]


def part_frame(
    predictions: Handle, rows: range, decoders: Decoders, specs: Sequence[FeatureSpec], probabilities: bool
) -> pandas.DataFrame:
    """The predictions for these rows of a frame: a column or more for each output, missing values for failed rows."""
    places = predicted_places(predictions, len(rows))
    if not places:
        return empty_frame(specs, probabilities).reindex(range(len(rows)))
    series: Series = {}
    for index, spec in enumerate(specs):
        if spec.dtype == "categorical":
            labels = category_labels(predictions, index, spec)
            matrix = _doubles(library.sidekick_predictions_probability_matrix, predictions, index)
            series.update(_categories(spec, labels, matrix.reshape(-1, len(labels)), probabilities))
        elif _is_number(spec):
            series[spec.name] = _doubles(library.sidekick_predictions_numbers, predictions, index)
        else:
            series[spec.name] = _objects(decoders.column(index, predictions, len(places), rows.__getitem__))
    frame = pandas.DataFrame(series)
    return frame if len(places) == len(rows) else frame.set_axis(pandas.Index(places)).reindex(range(len(rows)))


def empty_frame(specs: Sequence[FeatureSpec], probabilities: bool) -> pandas.DataFrame:
    """The columns that predictions would have."""
    series: Series = {}
    for spec in specs:
        if spec.dtype == "categorical":
            series.update(_categories(spec, spec.categories, numpy.empty((0, len(spec.categories))), probabilities))
        else:
            series[spec.name] = numpy.empty(0) if _is_number(spec) else _objects([])
    return pandas.DataFrame(series)


def joined(parts: list[pandas.DataFrame], index: pandas.Index[Any]) -> pandas.DataFrame:
    """The parts one below the other, under the index of the frame they were made of."""
    whole = parts[0] if len(parts) == 1 else pandas.concat(parts)
    return whole.set_axis(index)


def _values(column: pandas.Series[Any]) -> Sequence[Any]:
    """A column's values: numbers where they lie, others as Python's."""
    if column.dtype in (numpy.float64, numpy.int64):
        return numpy.ascontiguousarray(column.to_numpy()).data
    return column.tolist()


def _categories(spec: FeatureSpec, labels: Sequence[str], matrix: Any, probabilities: bool) -> Series:
    """The most probable label of each row, its probability, and every label's if asked for."""
    best = matrix.argmax(axis=1) if len(matrix) else numpy.empty(0, int)
    series = {
        spec.name: _objects(numpy.array(labels, object)[best]),
        f"{spec.name} probability": matrix[numpy.arange(len(matrix)), best],
    }
    if probabilities:
        series.update({f"{spec.name}: {label}": column for label, column in zip(labels, matrix.T)})
    return series


def _is_number(spec: FeatureSpec) -> bool:
    return spec.dtype in ("numeric", "binary") and not spec.is_array


def _doubles(function: Any, predictions: Handle, index: int) -> Any:
    return numpy.frombuffer(double_bytes(function, predictions, index))


def _objects(values: Any) -> pandas.Series[Any]:
    return pandas.Series(values, dtype=object)
