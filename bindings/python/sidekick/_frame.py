"""pandas DataFrames as rows, and results as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import pandas

from sidekick.features import FeatureSpec

Results = Sequence[Any]


def rows_of(frame: pandas.DataFrame, specs: Sequence[FeatureSpec]) -> Iterator[dict[str, Any]]:
    """The frame's rows, of the columns that are inputs."""
    names = [spec.name for spec in specs]
    for name in names:
        found = list(frame.columns).count(name)
        if found != 1:
            raise ValueError(f'the frame has {found or "no"} columns called "{name}"; it needs one for each input')
    columns = [frame[name].tolist() for name in names]
    return (dict(zip(names, values)) for values in zip(*columns))


def result_frame(
    index: pandas.Index[Any], specs: Sequence[FeatureSpec], results: Results, probabilities: bool
) -> pandas.DataFrame:
    """The results under the frame's index, with a column or more for each output; failed rows have missing values."""
    predicted = pandas.Index([place for place, result in enumerate(results) if isinstance(result, dict)], dtype=int)
    columns: dict[str, pandas.Series[Any]] = {}
    for spec in specs:
        values = [results[place][spec.name] for place in predicted]
        columns.update(_output_columns(predicted, spec, values, probabilities))
    return pandas.DataFrame(columns, index=predicted).reindex(range(len(results))).set_axis(index)


def _output_columns(
    index: pandas.Index[Any], spec: FeatureSpec, values: Sequence[Any], probabilities: bool
) -> dict[str, pandas.Series[Any]]:
    if spec.dtype != "categorical":
        dtype = float if spec.dtype in ("numeric", "binary") and not spec.is_array else object
        return {spec.name: pandas.Series(values, index, dtype)}
    best = [max(row.items(), key=itemgetter(1)) for row in values]
    columns = {
        spec.name: pandas.Series([label for label, _ in best], index, object),
        f"{spec.name} probability": pandas.Series([probability for _, probability in best], index, float),
    }
    if probabilities:
        for label in values[0] if values else spec.categories:
            columns[f"{spec.name}: {label}"] = pandas.Series([row[label] for row in values], index, float)
    return columns
