"""Where the samples of Pillow's images lie, without a copy: Pillow exports them by the Arrow C data interface.

The structures are those of https://arrow.apache.org/docs/format/CDataInterface.html.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_int64, c_void_p
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL import Image


class Samples(NamedTuple):
    """An image's samples, a byte each, row by row without gaps."""

    channels: int
    values: bytes | int
    """The bytes, or where they lie."""
    size: int
    kept: Any
    """What has to live as long as they are read."""


class _Array(Structure):
    pass


class _Schema(Structure):
    pass


_Array._fields_ = [
    *((name, c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(_Array))),
    *((name, c_void_p) for name in ("dictionary", "release", "private_data")),
]
_Schema._fields_ = [
    *((name, c_char_p) for name in ("format", "name", "metadata")),
    *((name, c_int64) for name in ("flags", "n_children")),
    ("children", POINTER(POINTER(_Schema))),
    *((name, c_void_p) for name in ("dictionary", "release", "private_data")),
]

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]

_CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}


def samples_of(image: Image.Image) -> Samples:
    """The samples of an image of mode L, RGB or RGBA; one of RGB has a fourth channel, which means nothing,
    where they lie.
    """
    return _exported(image) or _copied(image)


def _copied(image: Image.Image) -> Samples:
    copy = image.tobytes()
    return Samples(_CHANNELS[image.mode], copy, len(copy), copy)


def _exported(image: Image.Image) -> Samples | None:
    """None where Pillow does not export: before its version 11.2, and images of several blocks of memory."""
    try:
        schema, array = image.__arrow_c_array__()
    except (AttributeError, ValueError):
        return None
    kind = _Schema.from_address(_pointer(schema, b"arrow_schema"))
    whole = _Array.from_address(_pointer(array, b"arrow_array"))
    channels = 1 if image.mode == "L" else 4
    if channels == 4:
        if kind.format != b"+w:4":
            return None
        kind, whole = kind.children[0].contents, whole.children[0].contents
    size = image.width * image.height * channels
    if kind.format != b"C" or whole.offset != 0 or whole.length != size:
        return None
    return Samples(channels, whole.buffers[1], size, array)
