"""Predictions as whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PredictedColumns(dict[str, Any]):
    """The column of each output by its name, a value for each row in the order of the rows."""

    errors: dict[int, Exception]
    """What was wrong with each bad row, by its number; empty but where `isolate_bad_rows` found some."""


@dataclass(frozen=True, eq=False)
class Probabilities:
    """The column of a categorical output: how probable each label is in each row."""

    labels: tuple[str, ...]
    """The labels, in the order of the matrix's columns."""

    matrix: NDArray[Any]
    """Rows x labels, of 64-bit floats; NaN in bad rows."""

    def __len__(self) -> int:
        return len(self.matrix)

    def best(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The most probable label of each row, the first of several, and its probability; None and NaN in bad rows.

        A probability that is NaN is less than all others.
        """
        import numpy

        # One more label for the rows that have none, as for a matrix without columns.
        labels = numpy.array([*self.labels, None], object)
        if not self.labels:
            return labels[[0] * len(self)], numpy.full(len(self), numpy.nan)
        rows, places = numpy.arange(len(self)), self.matrix.argmax(axis=1)
        # That is a NaN's where a row has one.
        gaps = numpy.isnan(self.matrix[rows, places])
        if gaps.any():
            some = self.matrix[gaps]
            places[gaps] = (some == numpy.fmax.reduce(some, axis=1)[:, None]).argmax(axis=1)
        probabilities = self.matrix[rows, places]
        return labels[numpy.where(numpy.isnan(probabilities), -1, places)], probabilities
