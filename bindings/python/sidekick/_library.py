"""The C library: found, loaded, declared, and called with its errors raised as exceptions."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from ctypes import CDLL, CFUNCTYPE, POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_ssize_t
from ctypes import c_uint32, c_uint64, c_void_p, string_at
from pathlib import Path
from typing import Any, NoReturn

from sidekick.errors import (
    Error,
    FileError,
    HTTPError,
    InternalError,
    InvalidTypeError,
    InvalidValueError,
    NetworkError,
    OutOfMemoryError,
    ReplyError,
    RequestError,
    RequestTimeout,
    ServerError,
    about,
    file_error,
)

_FILE = {"darwin": "libsidekick.dylib", "win32": "sidekick.dll"}.get(sys.platform, "libsidekick.so")

_TEXT = [c_char_p, c_size_t]
_FEATURE = [c_void_p, c_int32, c_size_t]
_COLUMN = [c_void_p, c_size_t]
_SIZE = POINTER(c_size_t)
_OBJECT = POINTER(c_void_p)

TokenCallback = CFUNCTYPE(c_int32, c_void_p, c_int32, c_void_p)
SignalCallback = CFUNCTYPE(c_int32, c_void_p)
LogCallback = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_size_t)

# What each function takes, in the order of the header; those of `_CALLS` end in an error and return a status.
_CALLS: dict[str, list[Any]] = {
    "sidekick_options_set_token_callback": [c_void_p, TokenCallback, c_void_p, c_void_p],
    "sidekick_token_set": [c_void_p, *_TEXT],
    "sidekick_token_fail": [c_void_p, *_TEXT],
    "sidekick_options_set_log_callback": [c_void_p, LogCallback, c_void_p, c_void_p],
    "sidekick_options_set_signal_callback": [c_void_p, SignalCallback, c_void_p, c_void_p],
    "sidekick_options_set_callbacks_on_caller": [c_void_p, c_int32],
    "sidekick_cancel_new": [_OBJECT],
    "sidekick_cancel_trigger": [c_void_p],
    "sidekick_cancel_set_timeout": [c_void_p, c_uint64],
    "sidekick_deployment_open": [*_TEXT, *_TEXT, c_void_p, c_void_p, _OBJECT],
    "sidekick_deployment_feature_name": [*_FEATURE, _OBJECT, _SIZE],
    "sidekick_deployment_feature_type": [*_FEATURE, POINTER(c_int32)],
    "sidekick_deployment_feature_dtype": [*_FEATURE, POINTER(c_int32)],
    "sidekick_deployment_feature_optional": [*_FEATURE, POINTER(c_int32)],
    "sidekick_deployment_feature_shape": [*_FEATURE, POINTER(_SIZE), _SIZE],
    "sidekick_deployment_category_count": [*_FEATURE, _SIZE],
    "sidekick_deployment_category": [*_FEATURE, c_size_t, _OBJECT, _SIZE],
    "sidekick_deployment_predict": [c_void_p, c_void_p, c_void_p, _OBJECT],
    "sidekick_options_new": [_OBJECT],
    "sidekick_options_set_batch_rows": [c_void_p, c_size_t],
    "sidekick_options_set_max_in_flight": [c_void_p, c_size_t],
    "sidekick_options_set_isolate_bad_rows": [c_void_p, c_int32],
    "sidekick_options_set_isolate_status_500": [c_void_p, c_int32],
    "sidekick_options_set_connect_timeout": [c_void_p, c_uint64],
    "sidekick_options_set_response_timeout": [c_void_p, c_uint64],
    "sidekick_options_set_call_timeout": [c_void_p, c_uint64],
    "sidekick_options_set_retries": [c_void_p, c_uint32],
    "sidekick_options_set_retry_backoff": [c_void_p, c_uint64, c_uint64],
    "sidekick_options_set_ca_file": [c_void_p, *_TEXT],
    "sidekick_options_set_ca_pem": [c_void_p, *_TEXT],
    "sidekick_options_set_client_certificate_file": [c_void_p, *_TEXT, *_TEXT],
    "sidekick_options_set_client_certificate_pem": [c_void_p, *_TEXT, *_TEXT],
    "sidekick_options_set_tls_minimum": [c_void_p, c_int32],
    "sidekick_options_set_dangerous_skip_tls_verification": [c_void_p, c_int32],
    "sidekick_options_set_allow_token_over_http": [c_void_p, c_int32],
    "sidekick_options_add_header": [c_void_p, *_TEXT, *_TEXT],
    "sidekick_options_set_user_agent_suffix": [c_void_p, *_TEXT],
    "sidekick_options_set_host_header": [c_void_p, *_TEXT],
    "sidekick_options_set_wire": [c_void_p, c_int32],
    "sidekick_options_set_protocol": [c_void_p, c_int32],
    "sidekick_options_set_model_description": [c_void_p, *_TEXT],
    "sidekick_options_set_model_description_file": [c_void_p, *_TEXT],
    "sidekick_options_set_reply_limit": [c_void_p, c_uint64],
    "sidekick_options_set_max_image_pixels": [c_void_p, c_uint64],
    "sidekick_options_set_apply_orientation": [c_void_p, c_int32],
    "sidekick_options_set_request_gzip": [c_void_p, c_int32],
    "sidekick_options_set_reply_gzip": [c_void_p, c_int32],
    "sidekick_options_set_keep_alive": [c_void_p, c_size_t, c_uint64],
    "sidekick_options_set_proxy": [c_void_p, *_TEXT],
    "sidekick_options_set_no_proxy": [c_void_p, *_TEXT],
    "sidekick_rows_new": [c_void_p, _OBJECT],
    "sidekick_rows_clear": [c_void_p],
    "sidekick_rows_end_row": [c_void_p],
    "sidekick_rows_discard_row": [c_void_p],
    "sidekick_rows_add_packed": [c_void_p, c_char_p, c_size_t],
    "sidekick_rows_add_columns": [
        *(c_void_p, c_size_t, c_size_t, _SIZE, POINTER(c_int32)),
        *(_OBJECT, _SIZE, _OBJECT),
    ],
    "sidekick_rows_add_image_at": [c_void_p, c_size_t, c_char_p, c_size_t],
    "sidekick_rows_add_pixels_at": [
        *(c_void_p, c_size_t, c_uint32, c_uint32, c_uint32),
        *(c_size_t, c_void_p, c_size_t, c_int32),
    ],
    "sidekick_rows_add_array_at": [
        *(c_void_p, c_size_t, c_int32, _SIZE, c_size_t),
        *(POINTER(c_ssize_t), c_void_p, c_size_t),
    ],
    "sidekick_stream_new": [c_void_p, c_void_p, _OBJECT],
    "sidekick_stream_push": [c_void_p, c_void_p],
    "sidekick_stream_next": [c_void_p, _OBJECT],
    "sidekick_predictions_failure": [c_void_p, c_size_t, _OBJECT],
    "sidekick_predictions_sent_row": [c_void_p, c_size_t, _SIZE],
    "sidekick_predictions_numbers": [*_COLUMN, _OBJECT, _SIZE],
    "sidekick_predictions_texts": [*_COLUMN, _OBJECT, POINTER(_SIZE), _SIZE],
    "sidekick_predictions_bytes_column": [*_COLUMN, _OBJECT, POINTER(_SIZE), _SIZE],
    "sidekick_predictions_category_count": [*_COLUMN, _SIZE],
    "sidekick_predictions_category_label": [*_COLUMN, c_size_t, _OBJECT, _SIZE],
    "sidekick_predictions_probability_matrix": [*_COLUMN, _OBJECT, _SIZE],
    "sidekick_predictions_arrays": [*_COLUMN, _OBJECT, _SIZE],
    "sidekick_predictions_elements_column": [*_COLUMN, _OBJECT, _SIZE, POINTER(c_int32)],
    "sidekick_predictions_row_shape": [*_COLUMN, c_size_t, POINTER(_SIZE), _SIZE],
    "sidekick_predictions_image": [*_COLUMN, c_size_t, _OBJECT, _SIZE, POINTER(c_char_p)],
    "sidekick_predictions_image_size": [*_COLUMN, c_size_t, *(POINTER(c_uint32),) * 3],
}

# These cannot fail: what they take, and what they return.
_GETTERS: dict[str, tuple[list[Any], Any]] = {
    "sidekick_version": ([], c_char_p),
    "sidekick_deployment_protocol": ([c_void_p], c_int32),
    "sidekick_deployment_model_version": ([c_void_p, _SIZE], c_void_p),
    "sidekick_deployment_batch_limit": ([c_void_p], c_size_t),
    "sidekick_deployment_feature_count": ([c_void_p, c_int32], c_size_t),
    "sidekick_stream_is_full": ([c_void_p], c_int32),
    "sidekick_rows_count": ([c_void_p], c_size_t),
    "sidekick_predictions_count": ([c_void_p], c_size_t),
    "sidekick_predictions_failure_count": ([c_void_p], c_size_t),
    "sidekick_error_status": ([c_void_p], c_int32),
    "sidekick_error_message": ([c_void_p, _SIZE], c_void_p),
    "sidekick_error_http_status": ([c_void_p], c_int32),
    "sidekick_error_server_code": ([c_void_p, _SIZE], c_void_p),
    "sidekick_error_server_message": ([c_void_p, _SIZE], c_void_p),
    "sidekick_error_row": ([c_void_p], c_int64),
    "sidekick_error_rows_first": ([c_void_p], c_int64),
    "sidekick_error_rows_count": ([c_void_p], c_size_t),
    "sidekick_error_feature": ([c_void_p, _SIZE], c_void_p),
    "sidekick_error_os_error": ([c_void_p], c_int32),
    "sidekick_error_attempts": ([c_void_p], c_uint32),
    "sidekick_error_retryable": ([c_void_p], c_int32),
    "sidekick_cancel_free": ([c_void_p], None),
    "sidekick_deployment_free": ([c_void_p], None),
    "sidekick_error_free": ([c_void_p], None),
    "sidekick_options_free": ([c_void_p], None),
    "sidekick_predictions_free": ([c_void_p], None),
    "sidekick_rows_free": ([c_void_p], None),
    "sidekick_stream_free": ([c_void_p], None),
}

# The exception of each status that is not simply an invalid value.
_EXCEPTIONS: dict[int, type[Error]] = {
    2: InternalError,
    3: OutOfMemoryError,
    4: FileError,
    11: InvalidTypeError,
    20: NetworkError,
    21: NetworkError,
    22: RequestTimeout,
    23: NetworkError,
    30: HTTPError,
    31: ServerError,
    **dict.fromkeys(range(40, 50), ReplyError),
}


def _load() -> CDLL:
    """The library that SIDEKICK_LIBRARY names, or the one this package carries."""
    path = os.environ.get("SIDEKICK_LIBRARY") or str(Path(__file__).with_name(_FILE))
    try:
        loaded = CDLL(path)
    except OSError as error:
        raise ImportError(f"libsidekick cannot be loaded: {error}; install the package anew") from None
    for name, takes in _CALLS.items():
        function = getattr(loaded, name)
        function.argtypes, function.restype = [*takes, _OBJECT], c_int32
    for name, (takes, returns) in _GETTERS.items():
        function = getattr(loaded, name)
        function.argtypes, function.restype = takes, returns
    return loaded


library = _load()


def version() -> str:
    """The version of the library that is loaded."""
    return str(library.sidekick_version().decode())


class Handle:
    """Owns an object of the library, and frees it when nothing refers to it any more: no call that uses it either."""

    __slots__ = ("_as_parameter_", "_free", "kept")

    def __init__(self, address: c_void_p, free: Any) -> None:
        self._as_parameter_ = address
        self._free = free
        # What the object uses, and has to outlive it.
        self.kept: tuple[Any, ...] = ()

    def free(self) -> None:
        """Frees the object now, whatever refers to it: no call may use it."""
        address, self._as_parameter_ = self._as_parameter_, c_void_p()
        self._free(address)

    def __del__(self) -> None:
        self._free(self._as_parameter_)


Where = Callable[[int], int]
"""The number of a row, for the caller, by the place that the library tells."""


def call(function: Any, *arguments: Any, where: Where = int) -> None:
    """Calls a function; raises what it says went wrong, its rows numbered by `where`."""
    error = c_void_p()
    if function(*arguments, byref(error)):
        fail(error, where)


def fail(error: c_void_p, where: Where = int) -> NoReturn:
    """Raises what an error says went wrong, its rows numbered by `where`; frees it."""
    raise _exception(error, where)


def make(function: Any, free: Any, *arguments: Any, where: Where = int) -> Handle:
    """Calls a function that makes an object."""
    address = c_void_p()
    call(function, *arguments, byref(address), where=where)
    return Handle(address, free)


def text(function: Any, *arguments: Any) -> str:
    """Calls a function that gives a text."""
    address, length = c_void_p(), c_size_t()
    call(function, *arguments, byref(address), byref(length))
    return string_at(address, length.value).decode()


def getter_text(getter: Any, handle: Any) -> str:
    """Calls a getter that cannot fail and returns a text."""
    length = c_size_t()
    address = getter(handle, byref(length))
    return string_at(address, length.value).decode()


def number(function: Any, *arguments: Any, kind: Any = c_size_t) -> int:
    """Calls a function that gives an integer."""
    value = kind()
    call(function, *arguments, byref(value))
    return int(value.value)


def failures(predictions: Handle, where: Where) -> dict[int, Error]:
    """The exception of each row that the server called bad, by its place among the rows that were sent."""
    found = {}
    for index in range(library.sidekick_predictions_failure_count(predictions)):
        error = c_void_p()
        call(library.sidekick_predictions_failure, predictions, index, byref(error))
        row = library.sidekick_error_row(error)
        found[row] = _exception(error, where)
    return found


def _exception(error: c_void_p, where: Where) -> Error:
    """The exception for an error, which is freed."""
    try:
        kind = _EXCEPTIONS.get(library.sidekick_error_status(error), InvalidValueError)
        message, number = _message(error, where), library.sidekick_error_os_error(error)
        raised = file_error(message, number or None) if kind is FileError else kind(message)
        row = library.sidekick_error_row(error)
        about(raised, where(row) if row >= 0 else None, getter_text(library.sidekick_error_feature, error) or None)
        if isinstance(raised, (RequestError, ReplyError)):
            raised.rows = _numbers(_rows(error), where)
        if isinstance(raised, RequestError):
            raised.errorCode = getter_text(library.sidekick_error_server_code, error)
            raised.errorMessage = getter_text(library.sidekick_error_server_message, error)
            raised.status = library.sidekick_error_http_status(error) or None
            raised.attempts = library.sidekick_error_attempts(error)
            raised.retryable = bool(library.sidekick_error_retryable(error))
        return raised
    finally:
        library.sidekick_error_free(error)


def _message(error: c_void_p, where: Where) -> str:
    """The message, which leads with the row or the rows."""
    message = getter_text(library.sidekick_error_message, error)
    # The library's word for what is the keyword `timeout` of a call here.
    message = message.replace("the limit of its cancellation", "the limit of its timeout")
    rows, row = _rows(error), library.sidekick_error_row(error)
    if row >= 0:
        lead, moved = f"row {row}: ", f"row {where(row)}: "
    elif rows:
        lead, moved = f"rows {rows[0]} to {rows[-1]}", f"rows {where(rows[0])} to {where(rows[-1])}"
    else:
        return message
    return moved + message.removeprefix(lead) if message.startswith(lead) else message


def _rows(error: c_void_p) -> range:
    """The rows of the request that failed, by their places."""
    first, count = library.sidekick_error_rows_first(error), library.sidekick_error_rows_count(error)
    if not count and (row := library.sidekick_error_row(error)) >= 0:
        first, count = row, 1
    return range(first, first + count) if count else range(0)


def _numbers(rows: range, where: Where) -> range:
    return range(where(rows[0]), where(rows[-1]) + 1) if rows else rows
