"""The texts and bytes of Arrow's columns as the library takes them, with no Python object for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import Any, NamedTuple, Optional

import numpy

from sidekick._arrow_abi import ArrowArray, Owned
from sidekick._arrow_values import INLINE, OFFSETS, elements, validity


class Pieces(NamedTuple):
    """Texts or bytes, one after another."""

    address: int
    ends: Any
    """Where each ends, counted in bytes from the address."""
    kept: Any
    """What has to live as long as they are read."""

    @property
    def size(self) -> int:
        """How many bytes they have together."""
        return int(self.ends[-1])


Cut = Callable[[ArrowArray, int, int, Owned], Optional[Pieces]]
"""Takes so many pieces from a place on; None if one of them is null."""


def cutter_of(kind: str) -> Cut | None:
    """What takes the pieces of a type, by its format; None if it has none."""
    if kind in ("u", "U", "z", "Z"):
        return lambda *part: _by_offsets(OFFSETS[kind], *part)
    return _by_views if kind in ("vu", "vz") else None


def joined(parts: Sequence[Pieces]) -> Pieces:
    """The parts as one, which is a copy if they are several."""
    if len(parts) == 1:
        return parts[0]
    whole = b"".join(string_at(part.address, part.size) for part in parts)
    lengths = [numpy.diff(part.ends, prepend=part.ends.dtype.type(0)) for part in parts]
    address = cast(c_char_p(whole), c_void_p).value or 0
    return Pieces(address, numpy.cumsum(numpy.concatenate(lengths)), whole)


def _by_offsets(dtype: str, array: ArrowArray, start: int, count: int, owner: Owned) -> Pieces | None:
    """The pieces where they lie."""
    if validity(array, start, count) is not None:
        return None
    offsets = elements(array, 1, dtype, start, count + 1, owner)
    ends = (offsets[1:] - offsets[0]).astype(numpy.uintp)
    return Pieces((array.buffers[2] or 0) + int(offsets[0]), ends, owner)


def _by_views(array: ArrowArray, start: int, count: int, owner: Owned) -> Pieces | None:
    """A copy. A view is a length, and the piece itself or four bytes of it, the buffer's number and an offset."""
    if validity(array, start, count) is not None:
        return None
    views = elements(array, 1, "int32", 4 * start, 4 * count, owner).reshape(count, 4)
    lengths = views[:, 0].astype(numpy.uintp)
    pieces = _Copied(lengths)
    short = (lengths <= INLINE).nonzero()[0]
    pieces.put(short, views.view(numpy.uint8).ravel(), 16 * short + 4)
    is_long = lengths > INLINE
    for buffer in numpy.unique(views[is_long, 2]).tolist():
        rows = (is_long & (views[:, 2] == buffer)).nonzero()[0]
        begins = views[rows, 3].astype(numpy.int64)
        source = elements(array, 2 + buffer, "uint8", 0, int((begins + views[rows, 0]).max()), owner)
        pieces.put(rows, source, begins)
    return Pieces(pieces.bytes.__array_interface__["data"][0], pieces.ends, pieces.bytes)


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
