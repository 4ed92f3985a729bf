"""Columns of values as the library takes many rows at once: numbers where they lie, texts joined to one."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from ctypes import addressof, c_char, c_int32, c_size_t, c_void_p
from functools import partial
from typing import Any, Optional, Tuple

from sidekick._buffer import DTYPES, utf8
from sidekick._library import Handle, call, library
from sidekick._records import code_of
from sidekick.features import FeatureSpec

_PIECES, _TEXTS = -1, -2
# The types of features whose values may be texts, and bytes.
_OF_TEXTS, _OF_BYTES = ("text", "categorical", "binary"), ("bytes",)
_WORDS = {"d": DTYPES["d"][8], "q": DTYPES["q"][8]}


Block = Tuple[int, int, int, Any, Optional[int]]
"""One input's values for some rows: their kind, where the bytes lie, how many there are, and what has to stay in
memory. Last where the ends of pieces lie, or the sizes of each array if a size of the input's shape is free.

A plain tuple: there is one for each column of each request, and a named one takes four times as long to make.
"""

Source = Callable[[int, int], Optional[Block]]
"""The values of an input from a row to another; None where they have to be looked at one by one."""


class BlockAdder:
    """Adds blocks of the inputs with these indexes."""

    def __init__(self, inputs: Sequence[int]) -> None:
        self._width = width = len(inputs)
        self._sizes: Any = c_size_t * width
        self._kinds: Any = c_int32 * width
        self._pointers: Any = c_void_p * width
        self._inputs = self._sizes(*inputs)

    def add(self, into: Handle, blocks: Sequence[Block], count: int) -> None:
        """Adds so many rows, from a block for each input in its order."""
        kinds, values, sizes, _, ends = zip(*blocks)
        call(
            library.sidekick_rows_add_columns,
            *(into, count, self._width, self._inputs),
            *(self._kinds(*kinds), self._pointers(*values), self._sizes(*sizes)),
            self._pointers(*ends) if any(ends) else None,
        )


def source_of(spec: FeatureSpec, values: Any) -> Source | None:
    """A column of an input: a list, a tuple, a NumPy array, or one of Arrow's, whose slices are one of these.

    None where its values have to be looked at one by one.
    """
    if spec.dtype == "image":
        return None
    if not isinstance(values, (list, tuple)):
        return _array(spec, values) if hasattr(values, "dtype") else partial(_sliced, spec, values)
    return None if spec.is_array else lambda start, stop: _sequence(spec.dtype, values[start:stop])


def _sliced(spec: FeatureSpec, values: Any, start: int, stop: int) -> Block | None:
    of_pieces = _OF_TEXTS if values.has_texts else _OF_BYTES
    if spec.dtype in of_pieces and (pieces := values.pieces(start, stop)):
        address, ends, _ = pieces
        first = c_char.from_buffer(ends)
        return _PIECES, address, int(ends[-1]), (pieces, first), addressof(first)
    part = values[start:stop]
    source = source_of(spec, part)
    return source(0, len(part)) if source else None


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
    return _WORDS[code], words.buffer_info()[0], 8 * len(words), words, None


def _texts(values: Sequence[str]) -> Block:
    """The texts, each ended by a NUL. The library refuses those that have NULs themselves: they are more than
    the rows.
    """
    whole = "\0".join(values)
    address, size = utf8(whole)
    # The last one's NUL is that behind the whole.
    return _TEXTS, address, size + 1, whole, None


def _array(spec: FeatureSpec, values: Any) -> Source | None:
    """The elements of a NumPy array, which is copied only where there are gaps in it."""
    kind = values.dtype.kind
    if not _fits(values.shape[1:], spec.shape if spec.is_array else ()) or not _takes(spec.dtype, kind):
        return None
    dtype = DTYPES.get(values.dtype.char, {}).get(values.itemsize)
    if dtype is None or not values.dtype.isnative:
        return None
    whole = values if values.flags.c_contiguous else values.copy()
    address, size = whole.__array_interface__["data"][0], whole.nbytes // max(1, len(whole))
    shape = (c_size_t * (values.ndim - 1))(*values.shape[1:]) if spec.has_free_sizes else None
    kept, ends = (whole, shape), None if shape is None else addressof(shape)
    return lambda start, stop: (dtype, address + start * size, (stop - start) * size, kept, ends)


def _fits(shape: tuple[int, ...], declared: tuple[int, ...]) -> bool:
    return len(shape) == len(declared) and all(size in (given, -1) for given, size in zip(shape, declared))


def _takes(dtype: str, kind: str) -> bool:
    """Whether numbers of a kind, as NumPy names it, are values of a feature."""
    return kind in {"numeric": "fiub", "binary": "iub", "categorical": "iu"}.get(dtype, "")
