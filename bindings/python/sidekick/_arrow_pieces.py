"""The texts and bytes of Arrow's columns as the library takes them, with no Python object for each."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import Any, Protocol, Tuple

import numpy

from sidekick._arrow_abi import ArrowArray, Owned
from sidekick._arrow_values import INLINE, OFFSETS, elements, validity


Pieces = Tuple[int, Any, Any]
"""Texts or bytes, one after another: their address, where each ends, counted in bytes from there, and what has to live
as long as they are read.
"""


class _Cutter(Protocol):
    """What takes pieces from an array of Arrow."""

    def cut(self, start: int, count: int) -> Pieces | None:
        """So many from a place on; None if one of them is null."""


def cutter_of(kind: str, array: ArrowArray, start: int, count: int, owner: Owned) -> _Cutter | None:
    """What takes pieces from so many elements of a type, by its format; None if it has none."""
    if kind in ("u", "U", "z", "Z"):
        return _Offsets(OFFSETS[kind], array, start, count, owner)
    return _Views(array, start, owner) if kind in ("vu", "vz") else None


def joined(parts: Sequence[Pieces]) -> Pieces:
    """Some pieces and others behind them as one, which is a copy."""
    whole = b"".join(string_at(address, int(ends[-1])) for address, ends, _ in parts)
    lengths = [numpy.diff(ends, prepend=ends.dtype.type(0)) for _, ends, _ in parts]
    return cast(c_char_p(whole), c_void_p).value or 0, numpy.cumsum(numpy.concatenate(lengths)), whole


class _Offsets:
    """Pieces that are read where they lie: there is an offset for each, and one for the end of the last."""

    def __init__(self, dtype: str, array: ArrowArray, start: int, count: int, owner: Owned) -> None:
        self._offsets = elements(array, 1, dtype, start, count + 1, owner).astype(numpy.uintp, copy=False)
        self._address = array.buffers[2] or 0
        self._array, self._start, self._owner = array, start, owner
        self._has_nulls = validity(array, start, count) is not None

    def cut(self, start: int, count: int) -> Pieces | None:
        if self._has_nulls and validity(self._array, self._start + start, count) is not None:
            return None
        offsets = self._offsets
        first = offsets[start]
        return self._address + int(first), offsets[start + 1 : start + count + 1] - first, self._owner


class _Views:
    """Pieces that are copied. A view is a length, and the piece itself or four bytes of it, the buffer's number
    and an offset.
    """

    def __init__(self, array: ArrowArray, start: int, owner: Owned) -> None:
        self._array, self._start, self._owner = array, start, owner

    def cut(self, start: int, count: int) -> Pieces | None:
        start += self._start
        if validity(self._array, start, count) is not None:
            return None
        views = elements(self._array, 1, "int32", 4 * start, 4 * count, self._owner).reshape(count, 4)
        pieces = _Copied(views[:, 0].astype(numpy.uintp))
        short = (views[:, 0] <= INLINE).nonzero()[0]
        pieces.put(short, views.view(numpy.uint8).ravel(), 16 * short + 4)
        is_long = views[:, 0] > INLINE
        for buffer in numpy.unique(views[is_long, 2]).tolist():
            rows = (is_long & (views[:, 2] == buffer)).nonzero()[0]
            begins = views[rows, 3].astype(numpy.int64)
            size = int((begins + views[rows, 0]).max())
            pieces.put(rows, elements(self._array, 2 + buffer, "uint8", 0, size, self._owner), begins)
        return pieces.bytes.__array_interface__["data"][0], pieces.ends, pieces.bytes


class _Copied:
    """Pieces of these lengths, put behind one another."""

    def __init__(self, lengths: Any) -> None:
        self.ends = numpy.cumsum(lengths)
        self._lengths, self._begins = lengths, self.ends - lengths
        self.bytes = numpy.zeros(self.ends[-1], numpy.uint8)

    def put(self, rows: Any, source: Any, begins: Any) -> None:
        """Copies the pieces of some rows, which begin at these places of the source."""
        lengths = self._lengths[rows].astype(numpy.int64)
        # The place of each byte within its piece.
        within = numpy.arange(lengths.sum()) - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
        places = numpy.repeat(self._begins[rows].astype(numpy.int64), lengths) + within
        self.bytes[places] = source[numpy.repeat(begins, lengths) + within]
