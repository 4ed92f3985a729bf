"""What a deployment takes and returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import SupportsIndex, overload

# The types of elements by their numbers in C.
ELEMENTS = dict(
    enumerate(
        ["", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16"]
    )
)
ELEMENTS |= {12: "bfloat16", 13: "bool"}

_COLUMNS = ("name", "dtype", "shape", "categories")
# Of a model of the Open Inference Protocol, which has tensors of a type.
_TENSOR_COLUMNS = ("name", "dtype", "shape", "element", "categories")
_CATEGORIES_SHOWN = 6


@dataclass(frozen=True)
class FeatureSpec:
    """One input or output of a model.

    | attribute | what it is |
    |---|---|
    | `name` | the key in rows and results |
    | `dtype` | `numeric`, `categorical`, `binary`, `text`, `image` or `bytes` |
    | `shape` | the shape of one value: `(1,)` for a number; -1 is a size that is free |
    | `categories` | the labels, if the deployment lists them |
    | `optional` | whether a row may leave it out |
    | `element` | NumPy's name of the type of its elements |
    """

    name: str
    """Its name, which is the key in rows and results."""

    dtype: str
    """`numeric`, `categorical`, `binary`, `text`, `image` or `bytes`."""

    shape: tuple[int, ...]
    """The shape of one example: `(1,)` for a single number, `(height, width, channels)` for an image.

    A size of -1 is free: it may be another in each row.
    """

    categories: tuple[str, ...] = ()
    """The labels of its categories, where the deployment lists them; an integer category is its digits."""

    optional: bool = field(default=False, repr=False)
    """Whether a row may leave it out, as inputs of the Open Inference Protocol can be."""

    element: str = field(default="", repr=False, compare=False)
    """The type of its elements, by NumPy's name: that of the model's tensor, or what results have of it.

    `bfloat16` for one that NumPy does not know; empty for categories, texts and images.
    """

    @property
    def is_integer(self) -> bool:
        """Whether its elements are integers: a single one is an `int` in results."""
        return "int" in self.element

    @property
    def is_array(self) -> bool:
        """Whether its values are arrays: numeric, and more than a single number."""
        return self.dtype == "numeric" and self.shape != (1,)

    @property
    def has_free_sizes(self) -> bool:
        """Whether a size of its shape may be another in each row."""
        return -1 in self.shape

    def _cells(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        shape = " x ".join("any" if size == -1 else str(size) for size in self.shape)
        labels = ", ".join(self.categories[:_CATEGORIES_SHOWN])
        more = len(self.categories) > _CATEGORIES_SHOWN
        labels = f"{labels}, ... ({len(self.categories)})" if more else labels
        cells = {**vars(self), "shape": shape, "categories": labels}
        return tuple(cells[column] for column in columns)


class FeatureSpecs(list[FeatureSpec]):
    """The specs of a deployment's inputs or outputs, in its order: a list that shows itself as a table.

    A name is an index, too: `client.feature_specs_in["island"]`.
    """

    def __init__(self, specs: Iterable[FeatureSpec] = (), *, of_tensors: bool = False) -> None:
        super().__init__(specs)
        self._columns = _TENSOR_COLUMNS if of_tensors else _COLUMNS

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features, in the deployment's order."""
        return tuple(spec.name for spec in self)

    @overload
    def __getitem__(self, place: str | SupportsIndex) -> FeatureSpec: ...

    @overload
    def __getitem__(self, place: slice) -> list[FeatureSpec]: ...

    def __getitem__(self, place: str | SupportsIndex | slice) -> FeatureSpec | list[FeatureSpec]:
        if not isinstance(place, str):
            return super().__getitem__(place)
        for spec in self:
            if spec.name == place:
                return spec
        raise KeyError(f"there is no feature {place!r}; there are {', '.join(self.names)}")

    def __contains__(self, spec: object) -> bool:
        return spec in self.names if isinstance(spec, str) else super().__contains__(spec)

    def __repr__(self) -> str:
        rows = [self._columns, *(spec._cells(self._columns) for spec in self)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = _html_row("th", self._columns)
        body = "".join(_html_row("td", spec._cells(self._columns)) for spec in self)
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _html_row(tag: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
