"""The texts of Arrow's columns as the library takes them: ended by a NUL, with no Python object for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

import numpy

from sidekick._arrow_abi import ArrowArray, Owned
from sidekick._arrow_values import INLINE, OFFSETS, elements, validity

Join = Callable[[ArrowArray, int, int, Owned], Optional[bytes]]
"""Joins so many texts of a piece from a place on; None if one of them is null."""


def joiner_of(kind: str) -> Join | None:
    """What joins texts of a type, by its format; None if it is no type of texts."""
    if kind in ("u", "U"):
        return _joiner(lambda *piece: _by_offsets(OFFSETS[kind], *piece))
    return _joiner(_by_views) if kind == "vu" else None


def _joiner(join: Callable[..., bytes]) -> Join:
    def joined(array: ArrowArray, start: int, count: int, owner: Owned) -> bytes | None:
        return join(array, start, count, owner) if validity(array, start, count) is None else None

    return joined


class _Texts:
    """Texts one after another, of these lengths in bytes, with a NUL after each."""

    def __init__(self, lengths: Any) -> None:
        ends = numpy.cumsum(lengths + 1)
        self._lengths, self._begins = lengths, ends - lengths - 1
        self.bytes = numpy.zeros(ends[-1], numpy.uint8)

    def put(self, rows: Any, source: Any, begins: Any) -> None:
        """Copies the texts of some rows, which begin at these places of the source."""
        lengths = self._lengths[rows]
        # The place of each byte within its text.
        within = numpy.arange(lengths.sum()) - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
        places = numpy.repeat(self._begins[rows], lengths) + within
        self.bytes[places] = source[numpy.repeat(begins, lengths) + within]


def _by_offsets(dtype: str, array: ArrowArray, start: int, count: int, owner: Owned) -> bytes:
    ends = elements(array, 1, dtype, start, count + 1, owner).astype(numpy.int64)
    texts = _Texts(numpy.diff(ends))
    source = elements(array, 2, "uint8", int(ends[0]), int(ends[-1] - ends[0]), owner)
    texts.put(slice(None), source, ends[:-1] - ends[0])
    return texts.bytes.tobytes()


def _by_views(array: ArrowArray, start: int, count: int, owner: Owned) -> bytes:
    """A view is a length, and the text itself or four bytes of it, the buffer's number and an offset."""
    views = elements(array, 1, "int32", 4 * start, 4 * count, owner).reshape(count, 4)
    lengths = views[:, 0].astype(numpy.int64)
    texts = _Texts(lengths)
    short = (lengths <= INLINE).nonzero()[0]
    texts.put(short, views.view(numpy.uint8).ravel(), 16 * short + 4)
    is_long = lengths > INLINE
    for buffer in numpy.unique(views[is_long, 2]).tolist():
        rows = (is_long & (views[:, 2] == buffer)).nonzero()[0]
        begins = views[rows, 3].astype(numpy.int64)
        source = elements(array, 2 + buffer, "uint8", 0, int((begins + lengths[rows]).max()), owner)
        texts.put(rows, source, begins)
    return texts.bytes.tobytes()
