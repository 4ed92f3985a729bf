"""Columns of values as the library's packed records, without work in Python for each plain value."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from struct import iter_unpack
from typing import Any, NamedTuple

from sidekick._records import CATEGORY, END_ROW, INTEGER, NUMBER, TEXT, Kept, Pack, fits, head, packer, text_record
from sidekick.features import FeatureSpec


class Columns:
    """How a deployment's numbers, categories and texts are packed, a column at a time."""

    def __init__(self, specs: Iterable[tuple[int, FeatureSpec]]) -> None:
        self._columns = [_Column(index, spec.dtype) for index, spec in specs]

    def pack(self, columns: Iterable[Sequence[Any]], count: int) -> bytes:
        """The records of `count` rows; raises `Refused` or `UnicodeEncodeError` where a value cannot be sent."""
        pieces: list[Iterable[bytes]] = []
        run: list[_Words] = []
        for column, values in zip(self._columns, columns):
            found = column.records(values)
            if isinstance(found, _Words):
                run.append(found)
            else:
                pieces += [_joined(run, count), *found]
                run = []
        pieces += [_joined(run, count), repeat(END_ROW, count)]
        records = [b""] * (len(pieces) * count)
        for place, piece in enumerate(pieces):
            records[place :: len(pieces)] = piece
        return b"".join(records)


class _Words(NamedTuple):
    """Values of 8 bytes each, in the one format that all are copied in, and the head of their records."""

    head: bytes
    values: memoryview[float]


class _Column:
    """One input. Most columns hold values of one type, for which there is a short way."""

    def __init__(self, index: int, dtype: str) -> None:
        self._dtype = dtype
        self._number, self._integer = head(NUMBER, index, 8), head(INTEGER, index, 8)
        self._labels: Kept[str] = Kept(lambda label: text_record(CATEGORY, index, label))
        self.pack = packer(index, dtype, self._labels)
        self._heads: Kept[int] = Kept(lambda length: head(TEXT, index, length))
        self._integers: set[type] = set() if dtype == "text" else {int} if dtype == "categorical" else {int, bool}

    def records(self, values: Sequence[Any]) -> _Words | list[Iterable[bytes]]:
        """The values' records: as words, or as pieces of bytes, one of each behind the other."""
        if isinstance(values, memoryview):
            return _words(self._number if values.format == "d" else self._integer, values)
        types = set(map(type, values))
        if types == {float} and self._dtype == "numeric":
            return _words(self._number, array("d", values))
        if types <= self._integers and fits(min(values)) and fits(max(values)):
            return _words(self._integer, array("q", values))
        if types == {str} and self._dtype == "text":
            return self._texts(values)
        if types == {str} and self._dtype != "numeric":
            return [map(self._labels.__getitem__, values)]
        return [[self.pack(value) for value in values]]

    def _texts(self, values: Sequence[str]) -> list[Iterable[bytes]]:
        texts = [*map(str.encode, values)]
        lengths = [*map(len, texts)]
        return [map(self._heads.__getitem__, lengths), texts, map(_paddings.__getitem__, lengths)]


_paddings: Kept[int] = Kept(lambda length: bytes(-length % 8))


def _words(head: bytes, values: array[Any] | memoryview[Any]) -> _Words:
    return _Words(head, memoryview(values).cast("B").cast("d"))


def _joined(columns: Sequence[_Words], count: int) -> Iterable[bytes]:
    """The records of some columns side by side, for each row."""
    if not columns:
        return repeat(b"", count)
    template = b"".join(column.head + bytes(8) for column in columns)
    rows = bytearray(template * count)
    words = memoryview(rows).cast("d")
    for place, column in enumerate(columns):
        # A record is two words of head and one of value.
        words[3 * place + 2 :: 3 * len(columns)] = column.values
    return chain.from_iterable(iter_unpack(f"{len(template)}s", rows))
