"""A value refused before it reaches the library; what catches it adds the row and the feature."""

from __future__ import annotations

import sys
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any

from sidekick.errors import Error, InvalidTypeError, InvalidValueError, MissingValueError, about, file_error

_TO_SECONDS = 'convert it first, for instance to seconds, as in (value - start) / numpy.timedelta64(1, "s")'
TO_DO = "; fill it in, or leave its row out"
"""What the message of a missing value ends with."""

_TO_TEXT = "convert it to text first, for instance with str()"


class Refused(Exception):
    """Says which exception the caller is to see, and why."""

    def __init__(self, kind: type[InvalidTypeError] | type[InvalidValueError], why: str) -> None:
        super().__init__(why)
        self.kind = kind

    def at(self, row: int, feature: str) -> Error:
        """The exception for a value of a row."""
        return about(self.made(f'row {row}: feature "{feature}": {self}'), row, feature)

    def made(self, message: str) -> Error:
        """The exception with its whole message."""
        return self.kind(message)


class Unreadable(Refused):
    """A file error, for the system's reason."""

    def __init__(self, path: object, reason: OSError) -> None:
        super().__init__(InvalidValueError,
                         f"the file {path} cannot be read: {reason.strerror} (os error {reason.errno})")
        # Windows numbers its reasons otherwise than `errno`, and so does the library there.
        self._path, self._number = path, getattr(reason, "winerror", None) or reason.errno

    def made(self, message: str) -> Error:
        return file_error(message, self._number, self._path)


def read_bytes(file: Any) -> bytes:
    """What is left to read of a file that is open for bytes."""
    try:
        data = file.read()
    except OSError as reason:
        raise Unreadable(getattr(file, "name", file), reason) from None
    except ValueError as reason:
        raise Refused(InvalidValueError, f"the file cannot be read: {reason}") from None
    if not isinstance(data, bytes):
        raise Refused(InvalidTypeError, f"expected a file that is open for bytes, got {kind_of(data)} of it")
    return data


def unfit(value: object, expected: str, why: str = "") -> Refused:
    """Refuses a value that is not what is expected."""
    if is_missing(value):
        return Refused(MissingValueError, f"expected {expected}, got {_absence(value)}: the value is missing{TO_DO}")
    message = f"expected {expected}, got {kind_of(value)}"
    if is_time(type(value)) or is_time_array(value):
        return Refused(InvalidTypeError, f"{message}: {_TO_SECONDS if takes_numbers(expected) else _TO_TEXT}")
    return Refused(InvalidTypeError, message + why)


def _absence(value: Any) -> str:
    """The name of a missing value in a message."""
    name = {"NAType": "pandas.NA", "NaTType": "NaT"}.get(type(value).__name__)
    is_number = isinstance(value, (Real, Decimal)) and not is_time(type(value))
    return name or ("NaN" if is_number else kind_of(value))


def takes_numbers(expected: str) -> bool:
    """Whether what is expected is a number or an array of them."""
    return expected.startswith(("a number", "an array"))


def kind_of(value: object) -> str:
    """What a value is, for messages: `a str`, `an int`, `None`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def is_missing(value: Any) -> bool:
    """Whether it says that there is no value: None, NaN, or what NumPy and pandas have for it."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return True
    if numpy is None or getattr(value, "shape", None) != ():
        return False
    if isinstance(value, numpy.ma.MaskedArray):
        return bool(numpy.ma.is_masked(value))
    kind = value.dtype.kind if isinstance(value, (numpy.generic, numpy.ndarray)) else ""
    return bool(numpy.isnat(value) if kind in ("M", "m") else kind == "f" and value != value)


def is_time(kind: type) -> bool:
    """Whether values of a type are dates, times or durations; NumPy's durations call themselves integers."""
    if issubclass(kind, (date, time, timedelta)):
        return True
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and issubclass(kind, (numpy.datetime64, numpy.timedelta64)):
        return True
    return pandas is not None and issubclass(kind, pandas.Period)


def is_time_array(value: Any) -> bool:
    """Whether its elements are times or durations of NumPy's."""
    return getattr(getattr(value, "dtype", None), "kind", "") in ("M", "m")
