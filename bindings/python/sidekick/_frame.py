"""pandas DataFrames in and out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas

from sidekick._alike import look_alikes
from sidekick._table import inputs_of
from sidekick.columns import PredictedColumns, Probabilities
from sidekick.errors import InvalidValueError
from sidekick.features import FeatureSpec


def columns_of(frame: pandas.DataFrame, specs: Sequence[FeatureSpec]) -> list[Any]:
    """The columns that are inputs, in the inputs' order."""
    names = list(frame.columns)
    for spec in specs:
        if (found := names.count(spec.name)) != 1 and not (spec.optional and found == 0):
            alike = "" if found else look_alikes([spec.name], names)
            has = f'the frame has {found or "no"} columns called "{spec.name}"; it needs one for each input'
            raise InvalidValueError(has + alike)
    return inputs_of({spec.name: frame[spec.name] for spec in specs if spec.name in frame or not spec.optional}, specs)


def frame_of(predicted: PredictedColumns, index: pandas.Index[Any], probabilities: bool) -> pandas.DataFrame:
    """The predictions under the index of the frame they were made of: a column or more for each output."""
    series: dict[str, Any] = {}
    for name, column in predicted.items():
        if isinstance(column, Probabilities):
            series.update(_categories(name, column, probabilities))
        elif isinstance(column, list) or column.ndim > 1:
            series[name] = _objects(column, predicted)
        else:
            series[name] = column
    return pandas.DataFrame(series).set_axis(index)


def _categories(name: str, column: Probabilities, probabilities: bool) -> dict[str, Any]:
    """The most probable label of each row, its probability, and every label's if asked for."""
    labels, best = column.best()
    series: dict[str, Any] = {name: pandas.Series(labels, dtype=object), f"{name} probability": best}
    if probabilities:
        series.update({f"{name}: {label}": values for label, values in zip(column.labels, column.matrix.T)})
    return series


def _objects(values: Sequence[Any], predicted: PredictedColumns) -> pandas.Series[Any]:
    """Texts, images and arrays, one in a cell."""
    cells = [None if row in predicted.errors else value for row, value in enumerate(values)]
    return pandas.Series(cells, dtype=object)
