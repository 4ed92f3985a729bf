"""Frames in and out: of pandas, of polars and of pyarrow."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from sidekick._alike import misspelt
from sidekick._arrow import ArrowTable
from sidekick._refused import kind_of
from sidekick._table import inputs_of
from sidekick.columns import PredictedColumns, Probabilities
from sidekick.errors import InvalidTypeError, InvalidValueError, about
from sidekick.features import FeatureSpec

Specs = dict[str, FeatureSpec]

# The outputs whose columns are lists of texts, and of bytes; other lists are of arrays.
_TEXTS, _FILES = ("text", "categorical"), ("image", "bytes")


def columns_of(frame: Any, specs: Sequence[FeatureSpec]) -> list[Any]:
    """The columns that are inputs, in the inputs' order."""
    _maker(frame)
    table = frame if _is_one_of(frame, "pandas", "DataFrame") else ArrowTable(frame)
    names, inputs = list(table.columns) if table is frame else list(table), [spec.name for spec in specs]
    for spec in specs:
        if (found := names.count(spec.name)) != 1 and not (spec.optional and found == 0):
            near = "" if found else misspelt([spec.name], names, inputs)
            has = f"{found} columns" if found else "no column"
            why = f'the frame has {has} called "{spec.name}"; it needs one for each input{near}'
            raise about(InvalidValueError(why), feature=spec.name)
    given = [spec.name for spec in specs if spec.name in names or not spec.optional]
    return inputs_of({name: table[name] for name in given}, specs)


def frame_of(
    predicted: PredictedColumns, frame: Any, specs: Sequence[FeatureSpec], probabilities: bool
) -> Any:
    """The predictions as a frame of the kind they were made of: a column or more for each output."""
    series: list[tuple[str, Any]] = []
    for name, column in predicted.items():
        if isinstance(column, Probabilities):
            series += _categories(name, column, probabilities).items()
        else:
            series.append((name, column))
    # Of a model that lists no labels, the names are known now alone.
    _require_unlike([name for name, _ in series])
    return _maker(frame)(dict(series), {spec.name: spec for spec in specs}, predicted.errors, frame)


def check_outputs(specs: Sequence[FeatureSpec], probabilities: bool) -> None:
    """Refuses outputs whose columns in a frame would have the same name."""
    names = [spec.name for spec in specs]
    for spec in specs:
        if spec.dtype == "categorical":
            names.append(_probability(spec.name))
            names += [_probability_of(spec.name, label) for label in spec.categories if probabilities]
    _require_unlike(names)


def _require_unlike(names: list[str]) -> None:
    if twice := next((name for name, times in Counter(names).items() if times > 1), None):
        why = f'two columns of the result would be called "{twice}"; predict_columns gives both'
        raise InvalidValueError(f"predict_frame: {why}")


def _maker(frame: Any) -> Callable[..., Any]:
    """What makes frames of a kind."""
    if _is_one_of(frame, "pandas", "DataFrame"):
        return _pandas
    if _is_one_of(frame, "polars", "DataFrame"):
        return _polars
    if _is_one_of(frame, "pyarrow", "Table", "RecordBatch"):
        return _pyarrow
    known = "a pandas or polars DataFrame, or a pyarrow Table or RecordBatch"
    raise InvalidTypeError(f"frame: expected {known}, got {kind_of(frame)}; {_advice(frame)}")


def _advice(frame: object) -> str:
    """What to do with a table of another kind."""
    if _is_one_of(frame, "polars", "LazyFrame"):
        return "collect it first"
    return "predict_many takes rows" if isinstance(frame, (list, tuple)) else "predict_columns takes other tables"


def _is_one_of(frame: object, module: str, *names: str) -> bool:
    """Whether a frame is of one of these types; whoever has one has imported its module."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(frame, tuple(getattr(loaded, name) for name in names))


def _categories(name: str, column: Probabilities, probabilities: bool) -> dict[str, Any]:
    """The most probable label of each row, its probability, and every label's if asked for."""
    labels, best = column.best()
    series: dict[str, Any] = {name: labels.tolist(), _probability(name): best}
    if probabilities:
        for label, values in zip(column.labels, column.matrix.T):
            series[_probability_of(name, label)] = values
    return series


def _probability(name: str) -> str:
    return f"{name} probability"


def _probability_of(name: str, label: str) -> str:
    return f"{name}: {label}"


def _pandas(series: dict[str, Any], _: Specs, errors: dict[int, Exception], frame: Any) -> Any:
    import pandas

    made = {}
    for name, values in series.items():
        if isinstance(values, list) or values.ndim > 1:
            # Texts, images and arrays, one in a cell.
            made[name] = pandas.Series(_cells(values, errors), dtype=object)
        else:
            made[name] = values
    return pandas.DataFrame(made).set_axis(frame.index)


def _polars(series: dict[str, Any], specs: Specs, errors: dict[int, Exception], _: Any) -> Any:
    polars: Any = sys.modules["polars"]

    def listed(spec: FeatureSpec) -> Any:
        """The type of a column that is a list. Guessed from the values, it would be another for other rows."""
        if spec.dtype in _TEXTS or spec.dtype in _FILES:
            return polars.String if spec.dtype in _TEXTS else polars.Binary
        made = polars.Series(numpy.empty(0, _element(spec))).dtype
        for _ in spec.shape:
            made = polars.List(made)
        return made

    made = []
    for name, values in series.items():
        if isinstance(values, list):
            made.append(polars.Series(name, list(map(_plain, values)), listed(specs[name])))
        else:
            whole = polars.Series(name, numpy.ascontiguousarray(values))
            made.append(
                polars.Series(name, _cells(whole.to_list(), errors), whole.dtype) if errors else whole
            )
    return polars.DataFrame(made)


def _pyarrow(series: dict[str, Any], specs: Specs, errors: dict[int, Exception], frame: Any) -> Any:
    pyarrow: Any = sys.modules["pyarrow"]

    def listed(spec: FeatureSpec) -> Any:
        """The type of a column that is a list, as polars has it."""
        if spec.dtype in _TEXTS or spec.dtype in _FILES:
            return pyarrow.string() if spec.dtype in _TEXTS else pyarrow.binary()
        made = pyarrow.from_numpy_dtype(_element(spec))
        for _ in spec.shape:
            made = pyarrow.list_(made)
        return made

    def nested(values: Any, mask: Any) -> Any:
        """Lists of fixed sizes, one in another."""
        if values.ndim == 1:
            return pyarrow.array(values, mask=mask)
        sizes, made = values.shape[1:], pyarrow.array(values.ravel())
        for size in sizes[:0:-1]:
            made = pyarrow.FixedSizeListArray.from_arrays(made, size)
        return pyarrow.FixedSizeListArray.from_arrays(made, sizes[0], mask=mask)

    def column(name: str, values: Any) -> Any:
        if isinstance(values, list):
            return pyarrow.array(map(_lists, values), listed(specs[name]))
        mask = None
        if errors:
            mask = numpy.zeros(len(values), bool)
            mask[[*errors]] = True
        return nested(values, mask if values.ndim == 1 or mask is None else pyarrow.array(mask))

    made = {name: column(name, values) for name, values in series.items()}
    return pyarrow.table(made) if isinstance(frame, pyarrow.Table) else pyarrow.record_batch(made)


def _element(spec: FeatureSpec) -> Any:
    """The type of the elements of an output, as results have it."""
    return numpy.dtype("float32" if spec.element == "bfloat16" else spec.element)


def _cells(values: Sequence[Any], errors: dict[int, Exception]) -> list[Any]:
    """A value for each row, None for those that failed."""
    return [None if row in errors else value for row, value in enumerate(values)]


def _lists(value: Any) -> Any:
    """What pyarrow makes a cell of. Up to version 20 it takes FP16 from NumPy alone, and no array of several axes."""
    if isinstance(value, numpy.ndarray):
        return list(map(_lists, value)) if value.ndim > 1 else value
    return _plain(value)


def _plain(value: Any) -> Any:
    """What a cell of Arrow holds of an array or an image: lists, or the bytes of the file that was received."""
    if isinstance(value, numpy.ndarray):
        return value.tolist()
    return getattr(value, "sidekick_file", value)
