"""What Python has in memory, where it lies: arrays of anything that offers its buffer protocol, and texts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_ssize_t, c_void_p, cast, py_object, pythonapi
from math import prod
from typing import Any

_STRIDED_WITH_FORMAT = 0x001C
_NATIVE_ORDER = "@=<" if sys.byteorder == "little" else "@=>!"

# The library's element types, by kind and size in bytes: `DTYPES` by the character of the `struct` module.
_FLOATS = {2: 11, 4: 1, 8: 2}
_SIGNED = {1: 3, 2: 4, 4: 5, 8: 6}
_UNSIGNED = {1: 7, 2: 8, 4: 9, 8: 10}
DTYPES = {**dict.fromkeys("efd", _FLOATS), **dict.fromkeys("bhilqn", _SIGNED), **dict.fromkeys("BHILQN?", _UNSIGNED)}


class _PyBuffer(Structure):
    """`Py_buffer` of Python's C API, whose layout is part of its stable ABI."""

    _fields_ = [
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", c_ssize_t),
        ("itemsize", c_ssize_t),
        ("readonly", c_int),
        ("ndim", c_int),
        ("format", c_char_p),
        ("shape", POINTER(c_ssize_t)),
        ("strides", POINTER(c_ssize_t)),
        ("suboffsets", POINTER(c_ssize_t)),
        ("internal", c_void_p),
    ]


_get = pythonapi.PyObject_GetBuffer
_get.argtypes, _get.restype = [py_object, POINTER(_PyBuffer), c_int], c_int
_release = pythonapi.PyBuffer_Release
_release.argtypes, _release.restype = [POINTER(_PyBuffer)], None
_utf8 = pythonapi.PyUnicode_AsUTF8AndSize
_utf8.argtypes, _utf8.restype = [py_object, POINTER(c_ssize_t)], c_void_p


def utf8(text: str) -> tuple[int, int]:
    """Address and size of a text as UTF-8, behind which is a NUL, as long as the text is there; what is ASCII
    is not copied.

    Raises `UnicodeEncodeError`, as `str.encode` does.
    """
    size = c_ssize_t()
    return _utf8(text, byref(size)), size.value


class Buffer:
    """Holds a view of an object's elements while its `with` block lasts; nothing is copied.

    Raises `TypeError` for an object without a buffer and for element types the library does not take.
    """

    def __init__(self, value: object) -> None:
        self._view = view = _PyBuffer()
        _get(value, byref(view), _STRIDED_WITH_FORMAT)
        code = (view.format or b"B").decode()
        self._dtype = _dtype(code, view.itemsize)
        if self._dtype is None:
            _release(byref(view))
            raise TypeError(f"elements of format {code!r} cannot be sent; convert them to 32-bit floats first")

    def __enter__(self) -> tuple[Any, ...]:
        """Element type, shape, rank, strides, address and size, as `sidekick_rows_add_array` takes them."""
        view = self._view
        shape = view.shape[: view.ndim]
        # Without strides, as ctypes has its arrays, the elements lie one behind another.
        strides = view.strides[: view.ndim] if view.strides else _row_major(shape, view.itemsize)
        # Elements that lie before the first one, for a negative stride, are the exporter's promise.
        reach = sum((size - 1) * max(stride, 0) for size, stride in zip(shape, strides))
        size = 0 if 0 in shape else reach + view.itemsize
        return self._dtype, cast(view.shape, POINTER(c_size_t)), view.ndim, view.strides, view.buf, size

    def __exit__(self, *_: object) -> None:
        _release(byref(self._view))


def _row_major(shape: Sequence[int], size: int) -> list[int]:
    return [size * prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _dtype(code: str, size: int) -> int | None:
    """The library's element type for a format of the `struct` module; None where it has none."""
    order, kind = ("@", code) if len(code) == 1 else (code[:1], code[1:])
    return DTYPES.get(kind, {}).get(size) if order in _NATIVE_ORDER else None
