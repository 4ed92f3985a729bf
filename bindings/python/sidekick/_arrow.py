"""Tables and columns of other libraries, by the Arrow PyCapsule interface: numbers are read where they lie.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import numpy

from sidekick._arrow_abi import ArrowArray, ArrowSchema, Owned, exported
from sidekick._arrow_pieces import Pieces, cutter_of, joined
from sidekick._arrow_values import Read, UnknownType, first_null, reader_of
from sidekick._refused import kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError, about


class _Chunk(NamedTuple):
    """Some rows of a column."""

    array: ArrowArray
    offset: int
    length: int
    owner: Owned
    """What has to live as long as the values are read."""

    def part(self, first: int, count: int) -> tuple[ArrowArray, int, int, Owned]:
        """So many of its rows from a place on, as they are read."""
        return self.array, self.array.offset + self.offset + first, count, self.owner


class ArrowTable(Mapping[str, Any]):
    """The columns of a table by their names, each made when it is asked for."""

    def __init__(self, value: Any) -> None:
        schema, chunks = _exported(value)
        kind = schema.content
        if (kind.format or b"") != b"+s":
            raise InvalidTypeError(f"expected a table of Arrow, got one column: {kind_of(value)}")
        if any(first_null(chunk.content) is not None for chunk in chunks):
            raise InvalidValueError("the table has rows that are null as a whole")
        self._schema, self._chunks, self._value = schema, chunks, value
        self._names = [_name(kind.children[place].contents) for place in range(kind.n_children)]

    def __getitem__(self, name: str) -> Any:
        found = [place for place, other in enumerate(self._names) if other == name]
        if len(found) != 1:
            raise KeyError(name)
        (place,) = found
        if _has_addresses(self._schema.content.children[place].contents, self._value):
            return self._value[name].to_list()
        # A table's own offset counts for each of its columns.
        chunks = [
            _Chunk(owned.content.children[place].contents, owned.content.offset, owned.content.length, owned)
            for owned in self._chunks
        ]
        return ArrowColumn(name, self._schema.content.children[place].contents, chunks, self._schema)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __len__(self) -> int:
        return len(self._names)

    def count(self, name: str) -> int:
        """How many columns have a name."""
        return self._names.count(name)


class ArrowColumn:
    """A column.

    A slice of it is a NumPy array of numbers where they lie, or a list of Python's values, with None for null.
    """

    def __init__(self, name: str, schema: ArrowSchema, chunks: list[_Chunk], owner: Owned) -> None:
        try:
            self._read: Read = reader_of(schema)
        except UnknownType as unknown:
            why = f'the column "{name}" has the Arrow type {unknown}'
            raise about(InvalidTypeError(why), feature=name) from None
        self._chunks = [chunk for chunk in chunks if chunk.length]
        self._ends = [*accumulate(chunk.length for chunk in self._chunks)]
        self._owner = owner
        kind = "" if schema.dictionary else (schema.format or b"").decode(errors="replace")
        self._cutters = [cutter_of(kind, *chunk.part(0, chunk.length)) for chunk in self._chunks]
        self.has_texts = kind in ("u", "U", "vu")
        """Whether its values are texts, not bytes."""

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, rows: slice) -> Any:
        start, stop, _ = rows.indices(len(self))
        parts = self._parts(start, stop)
        return _joined([self._read(*self._chunks[place].part(first, count)) for place, first, count in parts])

    def pieces(self, start: int, stop: int) -> Pieces | None:
        """The texts or bytes of some rows; None if they are of another type, or one of them is null."""
        cut: list[Pieces] = []
        for place, first, count in self._parts(start, stop):
            cutter = self._cutters[place]
            part = cutter.cut(first, count) if cutter else None
            if part is None:
                return None
            cut.append(part)
        return cut[0] if len(cut) == 1 else joined(cut) if cut else None

    def _parts(self, start: int, stop: int) -> list[tuple[int, int, int]]:
        """In which chunks some rows are: the place of the chunk, that of the first row in it, and how many."""
        parts, place = [], bisect_right(self._ends, start)
        while start < stop:
            end = self._ends[place]
            count = min(stop, end) - start
            parts.append((place, start - end + self._chunks[place].length, count))
            start, place = start + count, place + 1
        return parts


def column_of(name: str, value: Any) -> Any:
    """A column that is given by itself: one of Arrow's, or a list of Python's objects."""
    schema, chunks = _exported(value)
    if _has_addresses(schema.content, value):
        return value.to_list()
    made = [_Chunk(owned.content, 0, owned.content.length, owned) for owned in chunks]
    return ArrowColumn(name, schema.content, made, schema)


def _exported(value: Any) -> tuple[Owned, list[Owned]]:
    try:
        return exported(value)
    except OSError as error:
        raise InvalidValueError(f"{kind_of(value)} cannot be read: {error.strerror}") from None


def _has_addresses(schema: ArrowSchema, value: object) -> bool:
    """Whether it is what polars exports of a column of Python's objects: their addresses."""
    return schema.format == b"w:8" and type(value).__module__.partition(".")[0] == "polars"


def _name(schema: ArrowSchema) -> str:
    return (schema.name or b"").decode(errors="replace")


def _joined(parts: list[Any]) -> Any:
    """The parts as one, which is a copy if they are several."""
    if len(parts) == 1:
        return parts[0]
    if parts and all(isinstance(part, numpy.ndarray) for part in parts):
        return numpy.concatenate(parts)
    return [value for part in parts for value in part]
