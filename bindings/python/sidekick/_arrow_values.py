"""The values of Arrow's types: numbers as NumPy arrays where they lie, others as Python's."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from ctypes import c_char, string_at
from decimal import Decimal
from typing import Any

import numpy

from sidekick._arrow_abi import ArrowArray, ArrowSchema, Owned, metadata_of

Read = Callable[[ArrowArray, int, int, Owned], Any]
"""Reads so many values of a piece from a place on: an array, or a list that has None for nulls."""

_NUMBERS = {
    "c": "int8",
    "C": "uint8",
    "s": "int16",
    "S": "uint16",
    "i": "int32",
    "I": "uint32",
    "l": "int64",
    "L": "uint64",
    "e": "float16",
    "f": "float32",
    "g": "float64",
}
# Texts and bytes by the type of their offsets.
OFFSETS = {"u": "int32", "U": "int64", "z": "int32", "Z": "int64", "+l": "int32", "+L": "int64"}
# What the types that are not taken are called, by how their formats begin.
_NAMES = {
    "tdD": "date32",
    "tdm": "date64",
    "ts": "timestamp",
    "tt": "time",
    "tD": "duration",
    "ti": "interval",
    "+s": "struct",
    "+m": "map",
    "+u": "union",
    "+r": "run-end encoded",
    "+v": "list view",
}
_TIMES = "t"
# A view of up to so many bytes has them in itself.
INLINE = 12


class UnknownType(Exception):
    """The type of a column that is not taken."""


def reader_of(schema: ArrowSchema) -> Read:
    """What reads values of a type; raises `UnknownType`."""
    kind = (schema.format or b"").decode(errors="replace")
    if schema.dictionary:
        return _dictionary(_NUMBERS[kind], reader_of(schema.dictionary.contents))
    if kind in _NUMBERS:
        return _numbers(_NUMBERS[kind])
    if kind in OFFSETS:
        offsets = OFFSETS[kind]
        return _lists(offsets, schema) if kind[0] == "+" else _texts(offsets, kind in ("u", "U"))
    simple = {"b": _booleans, "n": _nulls, "vu": _views(True), "vz": _views(False)}
    if kind in simple:
        return simple[kind]
    name, _, rest = kind.partition(":")
    sized = {"d": _decimals, "w": _fixed_bytes, "+w": _fixed_lists}
    if name in sized:
        return sized[name](rest, schema)
    known = next((known for begin, known in _NAMES.items() if kind.startswith(begin)), "")
    advice = "convert it first, for instance to seconds" if kind.startswith(_TIMES) else "convert it first"
    raise UnknownType(
        f"{known or 'of format'} ({kind}): expected numbers, booleans, texts, bytes, categories"
        f" or lists of numbers; {advice}"
    )


def first_null(array: ArrowArray) -> int | None:
    """The place of the first null of a whole piece."""
    valid = validity(array, array.offset, array.length)
    return None if valid is None else int(valid.argmin())


def _numbers(dtype: str) -> Read:
    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> Any:
        return _with_gaps(elements(array, 1, dtype, start, count, owner), validity(array, start, count))

    return read


def _booleans(array: ArrowArray, start: int, count: int, _: Owned) -> Any:
    return _with_gaps(_bits(array.buffers[1], start, count), validity(array, start, count))


def _nulls(array: ArrowArray, start: int, count: int, _: Owned) -> list[None]:
    return [None] * count


def _dictionary(indexes: str, read_values: Read) -> Read:
    """Categories: indexes of values, which are read once for each piece."""
    read_indexes = _numbers(indexes)
    known: dict[int, Any] = {}

    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> Any:
        values = array.dictionary.contents
        if id(owner) not in known:
            known[id(owner)] = read_values(values, values.offset, values.length, owner)
        found, listed = read_indexes(array, start, count, owner), known[id(owner)]
        if isinstance(found, numpy.ndarray) and isinstance(listed, numpy.ndarray):
            return listed[found]
        return [None if index is None else listed[index] for index in _as_list(found)]

    return read


def _texts(offsets: str, is_text: bool) -> Read:
    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> list[Any]:
        ends = elements(array, 1, offsets, start, count + 1, owner).tolist()
        first = ends[0]
        whole: Any = string_at((array.buffers[2] or 0) + first, ends[-1] - first)
        # Of ASCII, the offsets of bytes are those of characters.
        if is_text and whole.isascii():
            whole = whole.decode()
        found = [whole[begin - first : end - first] for begin, end in zip(ends, ends[1:])]
        if is_text and isinstance(whole, bytes):
            found = [*map(_text, found)]
        return _list_with_gaps(found, validity(array, start, count))

    return read


def _views(is_text: bool) -> Read:
    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> list[Any]:
        words = elements(array, 1, "int32", 4 * start, 4 * count, owner)
        raw, valid = words.tobytes(), validity(array, start, count)
        columns = (words[place::4].tolist() for place in (0, 2, 3))
        found: list[Any] = [None] * count
        for place, (length, buffer, offset) in enumerate(zip(*columns)):
            if valid is not None and not valid[place]:
                continue
            begin = 16 * place + 4
            if length <= INLINE:
                value = raw[begin : begin + length]
            else:
                value = string_at(array.buffers[2 + buffer] + offset, length)
            found[place] = _text(value) if is_text else value
        return found

    return read


def _text(value: bytes) -> str | bytes:
    """The text, or the bytes if they are none: in a null anything may be, and elsewhere its row is refused."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _fixed_bytes(width: str, _: ArrowSchema) -> Read:
    size = int(width)

    def read(array: ArrowArray, start: int, count: int, __: Owned) -> list[Any]:
        whole = string_at((array.buffers[1] or 0) + start * size, count * size)
        found = [whole[place * size : (place + 1) * size] for place in range(count)]
        return _list_with_gaps(found, validity(array, start, count))

    return read


def _decimals(description: str, schema: ArrowSchema) -> Read:
    _, scale, *bits = description.split(",")
    read_bytes = _fixed_bytes(str(int(bits[0] if bits else 128) // 8), schema)

    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> list[Any]:
        return [_decimal(value, int(scale)) for value in read_bytes(array, start, count, owner)]

    return read


def _decimal(value: bytes | None, scale: int) -> Decimal | None:
    return None if value is None else Decimal(f"{int.from_bytes(value, sys.byteorder, signed=True)}e{-scale}")


def _fixed_lists(width: str, schema: ArrowSchema) -> Read:
    size, read_values = int(width), reader_of(schema.children[0].contents)
    shape = _tensor_shape(schema) or (size,)

    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> Any:
        inner = array.children[0].contents
        values = read_values(inner, inner.offset + start * size, count * size, owner)
        if isinstance(values, numpy.ndarray):
            return _with_gaps(values.reshape(count, *shape, *values.shape[1:]), validity(array, start, count))
        rows = [values[place * size : (place + 1) * size] for place in range(count)]
        return _list_with_gaps(rows, validity(array, start, count))

    return read


def _tensor_shape(schema: ArrowSchema) -> tuple[int, ...]:
    """The shape of each row's array, if the type is Arrow's own of tensors; empty if it is not."""
    metadata = metadata_of(schema)
    if metadata.get(b"ARROW:extension:name") != b"arrow.fixed_shape_tensor":
        return ()
    described = json.loads(metadata[b"ARROW:extension:metadata"])
    order = described.get("permutation", [])
    if order != sorted(order):
        raise UnknownType("fixed_shape_tensor with a permutation: make its elements row-major first")
    return tuple(described["shape"])


def _lists(offsets: str, schema: ArrowSchema) -> Read:
    read_values = reader_of(schema.children[0].contents)

    def read(array: ArrowArray, start: int, count: int, owner: Owned) -> list[Any]:
        ends = elements(array, 1, offsets, start, count + 1, owner).tolist()
        inner, first = array.children[0].contents, ends[0]
        values = read_values(inner, inner.offset + first, ends[-1] - first, owner)
        rows = [values[begin - first : end - first] for begin, end in zip(ends, ends[1:])]
        return _list_with_gaps(rows, validity(array, start, count))

    return read


def elements(array: ArrowArray, buffer: int, dtype: str, start: int, count: int, owner: Owned) -> Any:
    """The elements of a buffer, where they lie."""
    kind = numpy.dtype(dtype)
    address = array.buffers[buffer]
    if not address or not count:
        # A buffer without elements need not be there; one of offsets has a 0 all the same.
        return numpy.zeros(count, kind)
    view: Any = (c_char * (count * kind.itemsize)).from_address(address + start * kind.itemsize)
    view.owner = owner
    return numpy.frombuffer(view, kind)


def _bits(address: int, start: int, count: int) -> Any:
    """Booleans, a bit each."""
    first = start // 8
    whole = string_at(address + first, (start + count + 7) // 8 - first)
    bits = numpy.unpackbits(numpy.frombuffer(whole, numpy.uint8), bitorder="little")
    return bits[start - 8 * first :][:count].view(bool)


def validity(array: ArrowArray, start: int, count: int) -> Any:
    """Which values are not null; None if all of them are not."""
    # Types without a bitmap have no buffers.
    if array.null_count == 0 or array.n_buffers == 0 or not array.buffers[0] or not count:
        return None
    valid = _bits(array.buffers[0], start, count)
    return None if valid.all() else valid


def _with_gaps(values: Any, valid: Any) -> Any:
    """The array, or a list that has None for its nulls."""
    return values if valid is None else _list_with_gaps(_as_list(values), valid)


def _list_with_gaps(values: Sequence[Any], valid: Any) -> list[Any]:
    if valid is None:
        return list(values)
    return [value if there else None for value, there in zip(values, valid.tolist())]


def _as_list(values: Any) -> list[Any]:
    """Python's values, or an array for each row."""
    is_flat = isinstance(values, numpy.ndarray) and values.ndim == 1
    listed: list[Any] = values.tolist() if is_flat else list(values)
    return listed
