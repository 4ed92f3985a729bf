"""What can go wrong: every exception that this package makes is an `Error`, and Python's own for its kind.

A wrong input raises an `InvalidTypeError` (another type than the feature's) or an `InvalidValueError` (a wrong shape, a
missing feature, an invalid value); the message names the row and the feature, and so do `row` and `feature`.
"""

from __future__ import annotations

import sys
from os import strerror
from typing import Any, TypeVar


class Error(Exception):
    """The base of all exceptions of this package.

    Two others come through as they are: what the caller's own function or iterable raises, and the
    `ImportError` of an optional package that is not installed.
    """

    row: int | None = None
    """The row it is about, counted from 0 over all rows of the call, if it is about one."""

    feature: str | None = None
    """The name of the input or output it is about, if it is about one."""


class InvalidTypeError(Error, TypeError):
    """A value, a row or an argument of another type than it has to be."""


class InvalidValueError(Error, ValueError):
    """An invalid value, a row that lacks one, or an invalid argument."""


class MissingValueError(InvalidValueError, InvalidTypeError):
    """A value that is missing: `None`, `pandas.NA`, `NaT`, NaN where no number is taken, or masked by NumPy."""


class FileError(Error, OSError):
    """A file error: also the subclass of `OSError` that says why, such as `FileNotFoundError`."""

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return file_error, (str(self), self.errno, self.filename), self.__dict__


class _FileNotFound(FileError, FileNotFoundError):
    pass


class _FileForbidden(FileError, PermissionError):
    pass


class _FileIsADirectory(FileError, IsADirectoryError):
    pass


class _FileNotADirectory(FileError, NotADirectoryError):
    pass


_FILE_ERRORS: dict[type[OSError], type[FileError]] = {
    FileNotFoundError: _FileNotFound,
    PermissionError: _FileForbidden,
    IsADirectoryError: _FileIsADirectory,
    NotADirectoryError: _FileNotADirectory,
}
for _kind in _FILE_ERRORS.values():
    # A traceback shows the name that the guide has.
    _kind.__name__ = _kind.__qualname__ = FileError.__name__


class OutOfMemoryError(Error, MemoryError):
    """Memory for a large buffer, or a thread or a file descriptor, could not be had."""


class InternalError(Error, RuntimeError):
    """A defect of the library; the message is worth a report."""


class RequestError(Error, IOError):
    """A request that failed. The classes below say how."""

    errorCode: str = ""
    """The server's code, such as `FeatureNotFound`; empty where it sent none."""

    errorMessage: str = ""
    """The server's text for people; empty where it sent none."""

    status: int | None = None
    """The HTTP status of the reply, where there was one."""

    attempts: int = 0
    """How many times the request was sent."""

    retryable: bool = False
    """Whether the same call may succeed later."""

    rows: range = range(0)
    """The rows of the call that the failed request carried; empty where it carried none."""


class ServerError(RequestError):
    """The server answered with an error object: see `errorCode` and `errorMessage`."""


class HTTPError(RequestError):
    """A status other than 2xx without an error object, as a proxy in between answers it."""


class NetworkError(RequestError, ConnectionError):
    """No connection could be made, it was not accepted as safe, or it broke."""


class RequestTimeout(RequestError, TimeoutError):
    """A time limit passed."""


class ReplyError(Error, ValueError):
    """A reply, or a describe document, that is not what the deployment declares."""

    rows: range = range(0)
    """The rows of the call that the request had carried; empty where it carried none."""


E = TypeVar("E", bound=Error)


def about(error: E, row: int | None = None, feature: str | None = None) -> E:
    """The error, which is about a row and a feature."""
    error.row, error.feature = row, feature
    return error


def file_error(message: str, number: int | None, filename: Any = None) -> FileError:
    """The error of a file, by the system's number for the reason."""
    # On Windows the number is one of its own, for which Python knows the `errno`.
    reason = OSError(0, "", None, number) if sys.platform == "win32" else OSError(number, "")
    error = _FILE_ERRORS.get(type(reason), FileError)(message)
    error.errno, error.filename = reason.errno or None, filename
    error.strerror = strerror(reason.errno) if reason.errno else None
    return error
