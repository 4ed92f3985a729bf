"""Python values into the library's rows.

Numbers, categories and text are packed, and cross into C once for many rows; images and arrays cross one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from struct import Struct
from struct import error as StructError
from typing import Any

from sidekick._encode_single import Add, add_array, add_image
from sidekick._library import Handle, call, library, make
from sidekick._refused import Refused, kind_of
from sidekick.features import FeatureSpec

# The records of `sidekick_rows_add_packed`.
_head = Struct("=IIQ").pack
_END_ROW = _head(0, 0, 0)
_NUMBER, _INTEGER, _CATEGORY, _TEXT = 1, 2, 3, 5
_pack_float = Struct("=d").pack
_pack_integer = Struct("=q").pack

_FLUSHED_BYTES = 1 << 20
_LABELS_KEPT = 1024

Pack = Callable[[Any], bytes]


class Encoders:
    """How a deployment's inputs are encoded: once made, shared by its calls."""

    def __init__(self, specs: Sequence[FeatureSpec]) -> None:
        self.packed: list[tuple[str, Pack]] = []
        self.single: list[tuple[str, Add]] = []
        self.names = [spec.name for spec in specs]
        for index, spec in enumerate(specs):
            if spec.dtype == "image":
                self.single.append((spec.name, add_image(index)))
            elif spec.is_array:
                self.single.append((spec.name, add_array(index)))
            else:
                self.packed.append((spec.name, _PACKERS[spec.dtype](index)))


def encode(deployment: Handle, encoders: Encoders, rows: Iterable[Any], first_row: int) -> tuple[Handle, int]:
    """The rows as an object of the library, and how many there are; errors count rows from `first_row`."""
    writer = _Writer(deployment, encoders, first_row)
    for row in rows:
        writer.add(row)
    writer.flush()
    return writer.rows, writer.row - first_row


class _Writer:
    def __init__(self, deployment: Handle, encoders: Encoders, first_row: int) -> None:
        self.rows = make(library.sidekick_rows_new, library.sidekick_rows_free, deployment)
        self.row = first_row
        self._first_row = first_row
        self._encoders = encoders
        self._records: list[bytes] = []
        self._size = 0

    def add(self, row: Any) -> None:
        if not isinstance(row, dict) and not hasattr(row, "keys"):
            raise TypeError(f"row {self.row}: expected a dict of features, got {kind_of(row)}")
        name = ""
        try:
            if self._encoders.single:
                self.flush()
            for name, add in self._encoders.single:
                add(self.rows, row[name], self._first_row)
            size = 0
            for name, pack in self._encoders.packed:
                record = pack(row[name])
                size += len(record)
                self._records.append(record)
        except KeyError:
            lacking = ", ".join(f'"{name}"' for name in self._encoders.names if name not in row)
            raise ValueError(f"row {self.row}: the row lacks {lacking}") from None
        except Refused as refused:
            raise refused.kind(f'row {self.row}: feature "{name}": {refused}') from None
        self._records.append(_END_ROW)
        self._size += size
        self.row += 1
        if self._size > _FLUSHED_BYTES:
            self.flush()

    def flush(self) -> None:
        records = b"".join(self._records)
        self._records.clear()
        self._size = 0
        call(library.sidekick_rows_add_packed, self.rows, records, len(records), first_row=self._first_row)


def _number(index: int) -> Pack:
    number, integer = _head(_NUMBER, index, 8), _head(_INTEGER, index, 8)

    def pack(value: Any) -> bytes:
        if type(value) is float:
            return number + _pack_float(value)
        plain = _plain(value)
        if isinstance(plain, int):
            try:
                return integer + _pack_integer(plain)
            except StructError:
                pass
        if isinstance(plain, (int, float)):
            return number + _pack_float(_float(plain))
        raise Refused(TypeError, f"expected a number, got {kind_of(value)}")

    return pack


def _category(index: int) -> Pack:
    integer = _head(_INTEGER, index, 8)
    labels: dict[str, bytes] = {}

    def pack(value: Any) -> bytes:
        known = labels.get(value) if type(value) is str else None
        if known is not None:
            return known
        plain = _plain(value)
        if isinstance(plain, str):
            record = _text_record(_CATEGORY, index, plain)
            if len(labels) < _LABELS_KEPT:
                labels[plain] = record
            return record
        if isinstance(plain, int) and not isinstance(plain, bool):
            return integer + _pack_integer(_int64(plain))
        raise Refused(TypeError, f"expected a category, a str or an int, got {kind_of(value)}")

    return pack


def _binary(index: int) -> Pack:
    category = _category(index)

    def pack(value: Any) -> bytes:
        plain = _plain(value)
        return category(int(plain) if isinstance(plain, bool) else plain)

    return pack


def _text(index: int) -> Pack:
    def pack(value: Any) -> bytes:
        if not isinstance(value, str):
            raise Refused(TypeError, f"expected a str, got {kind_of(value)}")
        return _text_record(_TEXT, index, value)

    return pack


_PACKERS: dict[str, Callable[[int], Pack]] = {
    "numeric": _number,
    "categorical": _category,
    "binary": _binary,
    "text": _text,
}


def _plain(value: Any) -> Any:
    """The plain Python value of a scalar: of NumPy's and pandas' own, too."""
    if isinstance(value, (int, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    return value


def _text_record(kind: int, index: int, text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Refused(ValueError, f"the text cannot be written as UTF-8: {error}") from None
    return _head(kind, index, len(data)) + data + bytes(-len(data) % 8)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise Refused(ValueError, "the integer is too large to be sent") from None


def _int64(value: int) -> int:
    if -(1 << 63) <= value < 1 << 63:
        return value
    raise Refused(ValueError, f"{value} is not one of its categories")
