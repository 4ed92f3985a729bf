"""The structures of the Arrow C data interface, and who releases them.

https://arrow.apache.org/docs/format/CDataInterface.html
https://arrow.apache.org/docs/format/CStreamInterface.html
"""

from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int32, c_int64, c_void_p, memmove
from ctypes import py_object, pythonapi, sizeof, string_at
from errno import EINVAL
from typing import Any


class ArrowArray(Structure):
    """A piece of a column or of a table: `buffers` say where its values are."""


class ArrowSchema(Structure):
    """The type of a column or of a table."""


class ArrowStream(Structure):
    """Arrays of one type, one after another."""

    _fields_ = [
        (name, c_void_p) for name in ("get_schema", "get_next", "get_last_error", "release", "private_data")
    ]


ArrowArray._fields_ = [
    *((name, c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    *((name, c_void_p) for name in ("release", "private_data")),
]
ArrowSchema._fields_ = [
    *((name, c_char_p) for name in ("format", "name")),
    # Its text has NULs.
    ("metadata", c_void_p),
    *((name, c_int64) for name in ("flags", "n_children")),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    *((name, c_void_p) for name in ("release", "private_data")),
]

_pointer = pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = c_void_p, [py_object, c_char_p]
_Release = CFUNCTYPE(None, c_void_p)
_Get = CFUNCTYPE(c_int, c_void_p, c_void_p)
_LastError = CFUNCTYPE(c_char_p, c_void_p)


class Owned:
    """A structure that is ours: it is released when nothing refers to it any more."""

    def __init__(self, kind: Any, capsule: object = None, name: bytes = b"") -> None:
        """An empty one, or the one of a capsule, which then no longer owns it."""
        self.content = kind()
        if capsule is not None:
            address: Any = _pointer(capsule, name)
            if not kind.from_address(address).release:
                raise OSError(EINVAL, "what it exports was taken before")
            memmove(byref(self.content), address, sizeof(kind))
            kind.from_address(address).release = None

    def __del__(self) -> None:
        if self.content.release:
            _Release(self.content.release)(byref(self.content))


def exported(value: Any) -> tuple[Owned, list[Owned]]:
    """The type and the pieces of a table or a column that has the Arrow PyCapsule interface.

    Raises `OSError` if its producer fails.
    """
    if hasattr(value, "__arrow_c_stream__"):
        return _streamed(Owned(ArrowStream, value.__arrow_c_stream__(), b"arrow_array_stream"))
    schema, array = value.__arrow_c_array__()
    return Owned(ArrowSchema, schema, b"arrow_schema"), [Owned(ArrowArray, array, b"arrow_array")]


def _streamed(stream: Owned) -> tuple[Owned, list[Owned]]:
    schema, pieces = Owned(ArrowSchema), [Owned(ArrowArray)]
    _get(stream, stream.content.get_schema, schema)
    _get(stream, stream.content.get_next, pieces[-1])
    # The one after the last is empty.
    while pieces[-1].content.release:
        pieces.append(Owned(ArrowArray))
        _get(stream, stream.content.get_next, pieces[-1])
    return schema, pieces[:-1]


def _get(stream: Owned, function: int, into: Owned) -> None:
    if number := _Get(function)(byref(stream.content), byref(into.content)):
        said = _LastError(stream.content.get_last_error)(byref(stream.content))
        raise OSError(number, (said or b"it does not say why").decode(errors="replace"))


def is_exporter(value: object) -> bool:
    """Whether a value has the Arrow PyCapsule interface."""
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def borrowed(capsules: tuple[Any, Any]) -> tuple[ArrowSchema, ArrowArray]:
    """The structures that two capsules own, as long as they are there."""
    schema, array = capsules
    schema_at: Any = _pointer(schema, b"arrow_schema")
    array_at: Any = _pointer(array, b"arrow_array")
    return ArrowSchema.from_address(schema_at), ArrowArray.from_address(array_at)


def metadata_of(schema: ArrowSchema) -> dict[bytes, bytes]:
    """The metadata of a type: a count, then the length and the bytes of each key and each value."""
    place: int = schema.metadata or 0

    def length() -> int:
        nonlocal place
        place += 4
        return c_int32.from_address(place - 4).value

    def piece() -> bytes:
        nonlocal place
        size = length()
        place += size
        return string_at(place - size, size)

    return {piece(): piece() for _ in range(length())} if place else {}
