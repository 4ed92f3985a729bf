"""The records of `sidekick_rows_add_packed`: one value each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import inf, isinf
from numbers import Integral, Real
from struct import Struct
from typing import Any, TypeVar

from sidekick._refused import Refused, is_missing, is_time, is_time_array, read_bytes, unfit
from sidekick.errors import InvalidValueError

head = Struct("=IIQ").pack
"""What a record begins with: its kind, the index of the input, and the length of what follows."""

# The header's SIDEKICK_RECORD_ constants, which a test compares.
_END_ROW, NUMBER, INTEGER, CATEGORY, TEXT, BYTES, UNSIGNED = 0, 1, 2, 3, 5, 6, 7
END_ROW = head(_END_ROW, 0, 0)

_pack_float = Struct("=d").pack
_pack_integer = Struct("=q").pack
_pack_unsigned = Struct("=Q").pack

K = TypeVar("K")
_KEPT = 1024

Pack = Callable[[Any], bytes]
"""Makes a record of a value, or raises `Refused`."""


def code_of(dtype: str, kind: type) -> str | None:
    """What a value of a type is for a feature: `d` or `q`, a word of `struct`, `text` or `label`; None if not plain."""
    if issubclass(kind, str):
        return {"text": "text", "numeric": None, "bytes": None}.get(dtype, "label")
    if dtype == "numeric" and issubclass(kind, float):
        return "d"
    integers = dtype in ("numeric", "binary") or (dtype == "categorical" and kind is not bool)
    return "q" if integers and issubclass(kind, Integral) and not is_time(kind) else None


class Kept(dict[K, bytes]):
    """What a function makes of a key, kept for the first keys that are asked for."""

    def __init__(self, make: Callable[[K], bytes]) -> None:
        self._make = make

    def __missing__(self, key: K) -> bytes:
        made = self._make(key)
        if len(self) < _KEPT:
            self[key] = made
        return made


def packer(index: int, dtype: str, labels: Kept[str]) -> Pack:
    """What packs the values of an input, whose labels' records are kept."""
    if dtype == "numeric":
        return _number(index)
    if dtype in ("text", "bytes"):
        return _text(index) if dtype == "text" else _bytes(index)
    return _binary(index, labels) if dtype == "binary" else _category(index, labels)


def text_record(kind: int, index: int, text: str) -> bytes:
    """The record of a text or a label."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Refused(InvalidValueError, f"the text cannot be written as UTF-8: {error}") from None
    return head(kind, index, len(data)) + data + bytes(-len(data) % 8)


def _number(index: int) -> Pack:
    number, integer, unsigned = (head(kind, index, 8) for kind in (NUMBER, INTEGER, UNSIGNED))

    def pack(value: Any) -> bytes:
        if type(value) is float:
            return number + _pack_float(value)
        plain = number_of(value)
        if isinstance(plain, int) and fits(plain):
            return integer + _pack_integer(plain)
        if isinstance(plain, int) and 0 < plain < 1 << 64:
            return unsigned + _pack_unsigned(plain)
        if isinstance(plain, (int, float)):
            return number + _pack_float(_float(plain))
        raise unfit(value, "a number")

    return pack


def _category(index: int, labels: Kept[str]) -> Pack:
    integer = head(INTEGER, index, 8)

    def pack(value: Any) -> bytes:
        plain = _plain(value)
        if isinstance(plain, str):
            return labels[plain]
        if not isinstance(plain, int) or isinstance(plain, bool):
            raise unfit(value, "a category, a str or an int")
        if not fits(plain):
            raise Refused(InvalidValueError, f"{plain} is not one of its categories")
        return integer + _pack_integer(plain)

    return pack


def _binary(index: int, labels: Kept[str]) -> Pack:
    category = _category(index, labels)

    def pack(value: Any) -> bytes:
        plain = _plain(value)
        return category(int(plain) if isinstance(plain, bool) else value)

    return pack


def _text(index: int) -> Pack:
    def pack(value: Any) -> bytes:
        if not isinstance(value, str):
            raise unfit(value, "a str")
        return text_record(TEXT, index, value)

    return pack


def _bytes(index: int) -> Pack:
    def pack(value: Any) -> bytes:
        if hasattr(value, "read"):
            value = read_bytes(value)
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise unfit(value, "bytes")
        data = bytes(value)
        return head(BYTES, index, len(data)) + data + bytes(-len(data) % 8)

    return pack


def _plain(value: Any) -> Any:
    """The plain Python value of a scalar: of NumPy's and pandas' own, too."""
    if isinstance(value, (float, int, str)) or is_time(type(value)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _nearest(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item") and not (is_missing(value)
                                                                               or is_time_array(value)):
        return value.item()
    return value


def number_of(value: Any) -> Any:
    """The integer or the nearest float that a number is: an integer if a float would lose digits of a whole one.

    What is no number stays what it is.
    """
    if isinstance(value, (float, int)):
        return value
    if isinstance(value, Decimal):
        return value if value.is_nan() else _of_decimal(value)
    if isinstance(value, Real) and not isinstance(value, Integral):
        return _of_real(value)
    plain = _plain(value)
    # Arrays without axes hold numbers of any type.
    return number_of(plain) if isinstance(plain, (Real, Decimal)) and plain is not value else plain


def _of_decimal(value: Decimal) -> int | float:
    nearest = _nearest(value)
    # A larger one is no integer that could be sent, and its digits may be many.
    whole = int(value) if abs(nearest) < 1 << 65 else None
    return nearest if whole is None or whole != value else whole


def _of_real(value: Any) -> int | float:
    """The number of a fraction, or of NumPy's floats, of which some have more digits than Python's."""
    nearest = _nearest(value)
    if nearest == value or not 1 << 53 <= abs(nearest) < 1 << 65:
        return nearest
    whole = int(value)
    return whole if whole == value else nearest


def _nearest(value: Any) -> float:
    """The nearest float, which is infinite only if the value is."""
    try:
        nearest = float(value)
    except OverflowError:
        nearest = inf
    if isinf(nearest) and nearest != value:
        raise Refused(InvalidValueError, "the number is too large to be sent")
    return nearest


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise Refused(InvalidValueError, "the integer is too large to be sent") from None


def fits(value: int) -> bool:
    """Whether an integer is one of the library's."""
    return -(1 << 63) <= value < 1 << 63
