"""Columns of values as the library takes many rows at once: numbers where they lie, texts joined to one."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from ctypes import c_char_p, c_int32, c_size_t
from itertools import accumulate
from typing import Any, NamedTuple

from sidekick._buffer import DTYPES
from sidekick._library import Handle, Where, call, library
from sidekick._records import code_of
from sidekick.features import FeatureSpec

_PIECES, _TEXTS = -1, -2
_WORDS = {"d": DTYPES["d"][8], "q": DTYPES["q"][8]}


class Block(NamedTuple):
    """One input's values for some rows."""

    kind: int
    values: bytes | int
    """The bytes, or where they lie."""
    size: int
    ends: int
    """Where the ends of its pieces lie."""
    kept: tuple[Any, ...]
    """What has to stay where it lies."""


def add_blocks(into: Handle, blocks: Sequence[Block], count: int, where: Where) -> None:
    """Adds so many rows, from a block for each input in its order."""
    width = len(blocks)
    sizes: Any = c_size_t * width
    # Unlike `void *`, it may be given bytes.
    pointers: Any = c_char_p * width
    call(
        library.sidekick_rows_add_columns,
        into,
        count,
        width,
        sizes(*range(width)),
        (c_int32 * width)(*(block.kind for block in blocks)),
        pointers(*(block.values for block in blocks)),
        sizes(*(block.size for block in blocks)),
        sizes(*(block.ends for block in blocks)),
        where=where,
    )


def block_of(spec: FeatureSpec, values: Any) -> Block | None:
    """The values of an input, a list, a tuple or a NumPy array; None where they have to be looked at one by one."""
    if spec.dtype == "image":
        return None
    if not isinstance(values, (list, tuple)):
        return _array(spec, values)
    return None if spec.is_array else _sequence(spec.dtype, values)


def _sequence(dtype: str, values: Sequence[Any]) -> Block | None:
    try:
        if code_of(dtype, type(values[0])) in ("text", "label"):
            return _texts(values)
        codes = {code_of(dtype, kind) for kind in set(map(type, values))}
        return _words(codes.pop(), values) if len(codes) == 1 else None
    except (OverflowError, TypeError, UnicodeEncodeError):
        return None


def _words(code: str | None, values: Sequence[Any]) -> Block | None:
    if code not in _WORDS:
        return None
    words = array(code, values)
    return Block(_WORDS[code], words.buffer_info()[0], 8 * len(words), 0, (words,))


def _texts(values: Sequence[str]) -> Block:
    """The texts closed by NULs, or where they have some themselves, with their ends."""
    whole = "\0".join([*values, ""]).encode()
    if whole.count(0) == len(values):
        return Block(_TEXTS, whole, len(whole), 0, ())
    pieces = [*map(str.encode, values)]
    ends = array("Q", accumulate(map(len, pieces)))
    whole = b"".join(pieces)
    return Block(_PIECES, whole, len(whole), ends.buffer_info()[0], (ends,))


def _array(spec: FeatureSpec, values: Any) -> Block | None:
    """The elements of a NumPy array, which are copied only where there are gaps between them."""
    kind = values.dtype.kind
    if values.shape[1:] != (spec.shape if spec.is_array else ()) or not _takes(spec.dtype, kind):
        return None
    dtype = DTYPES.get(values.dtype.char, {}).get(values.itemsize)
    if dtype is None or not values.dtype.isnative:
        return None
    whole = values if values.flags.c_contiguous else values.copy()
    return Block(dtype, whole.__array_interface__["data"][0], whole.nbytes, 0, (whole,))


def _takes(dtype: str, kind: str) -> bool:
    """Whether numbers of a kind, as NumPy names it, are values of a feature."""
    return kind in {"numeric": "fiub", "binary": "iub", "categorical": "iu"}.get(dtype, "")
