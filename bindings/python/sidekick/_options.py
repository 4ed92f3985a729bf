"""The settings of a deployment, from keywords to the library's options."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from os import PathLike, fspath
from typing import Any, Union

from sidekick._library import Handle, call, library, make
from sidekick._refused import kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError

Path = Union[str, PathLike[str]]
"""The path of a file."""

Arguments = tuple[Any, ...]


def make_options(settings: Mapping[str, Any]) -> Handle:
    """Options with each setting made by its setter, but for those that are callbacks."""
    options = make(library.sidekick_options_new, library.sidekick_options_free)
    for name, (setter, arguments) in _SETTERS.items():
        value = settings[name]
        if value is not None or name not in _UNSET_BY_NONE:
            call(getattr(library, setter), options, *arguments(name, value))
    if settings["client_certificate"] is not None:
        _show_certificate(options, settings["client_certificate"])
    if settings["model_description"] is not None:
        _describe_model(options, settings["model_description"])
    _add_headers(options, settings["headers"] or {})
    return options


def _add_headers(options: Handle, headers: Mapping[str, str]) -> None:
    """Adds headers to every request."""
    if not isinstance(headers, Mapping):
        raise InvalidTypeError(f"headers: expected a dict of strs, got {kind_of(headers)}")
    for name, value in headers.items():
        call(library.sidekick_options_add_header, options, *_text("headers", name), *_text("headers", value))


def _show_certificate(options: Handle, pair: tuple[Path | bytes, Path | bytes]) -> None:
    """Shows the server a client certificate: two paths, or two PEM texts as bytes."""
    certificate, key = _pair("client_certificate", pair, "two paths, or two PEM texts as bytes")
    if isinstance(certificate, bytes) and isinstance(key, bytes):
        show = library.sidekick_options_set_client_certificate_pem
        call(show, options, certificate, len(certificate), key, len(key))
    elif isinstance(certificate, bytes) or isinstance(key, bytes):
        raise InvalidTypeError("client_certificate: expected two paths, or two PEM texts as bytes, got one of each")
    else:
        show = library.sidekick_options_set_client_certificate_file
        call(show, options, *_path("client_certificate", certificate), *_path("client_certificate", key))


def _describe_model(options: Handle, description: Mapping[str, Any] | Path) -> None:
    """Describes the model by a document: a mapping, JSON text, or the path of a file."""
    name = "model_description"
    if isinstance(description, Mapping):
        try:
            description = json.dumps(description)
        except (TypeError, ValueError) as error:
            raise InvalidTypeError(f"{name}: the mapping cannot be written as JSON: {error}") from None
    elif not isinstance(description, (str, PathLike)):
        raise InvalidTypeError(f"{name}: expected a mapping, JSON text or a path, got {kind_of(description)}")
    # No file has a name like that.
    if isinstance(description, str) and description.lstrip().startswith("{"):
        call(library.sidekick_options_set_model_description, options, *_text(name, description))
    else:
        call(library.sidekick_options_set_model_description_file, options, *_path(name, description))


def _text(name: str, value: str) -> Arguments:
    if not isinstance(value, str):
        raise InvalidTypeError(f"{name}: expected a str, got {kind_of(value)}")
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError(f"{name}: the text cannot be written as UTF-8: {error}") from None
    return encoded, len(encoded)


def _path(name: str, value: Path) -> Arguments:
    if not isinstance(value, (str, PathLike)):
        raise InvalidTypeError(f"{name}: expected a path, got {kind_of(value)}")
    return _text(name, fspath(value))


def _pem(name: str, value: str | bytes) -> Arguments:
    return (value, len(value)) if isinstance(value, bytes) else _text(name, value)


def _count(name: str, value: int) -> Arguments:
    """A count that C cannot take for another one."""
    value = _integer(name, value)
    if not 0 <= value < 1 << 32:
        raise InvalidValueError(f"{name} is {value}: it has to be a number from 0")
    return (value,)


def _bytes(name: str, value: int) -> Arguments:
    value = _integer(name, value)
    if not 0 < value < 1 << 63:
        raise InvalidValueError(f"{name} is {value}: it has to be a number of bytes above 0")
    return (value,)


def _pixels(name: str, value: int) -> Arguments:
    value = _integer(name, value)
    if not 0 < value < 1 << 63:
        raise InvalidValueError(f"{name} is {value}: it has to be a number of pixels above 0")
    return (value,)


def _switch(name: str, value: bool) -> Arguments:
    return (switch(name, value),)


def switch(name: str, value: bool) -> bool:
    """A switch; any other value would be true, "no" and "false" as well."""
    if not isinstance(value, bool):
        raise InvalidTypeError(f"{name}: expected True or False, got {kind_of(value)}")
    return value


def _integer(name: str, value: int) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InvalidTypeError(f"{name}: expected an int, got {kind_of(value)}")
    return int(value)


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise InvalidTypeError(f"{name}: expected a number of seconds, got {kind_of(value)}")
    return float(value)


def _pair(name: str, value: Any, what: str) -> tuple[Any, Any]:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise InvalidTypeError(f"{name}: expected {what}, got {kind_of(value)}")
    return value[0], value[1]


def _limit(name: str, seconds: float | None) -> Arguments:
    """A time limit; without one, C takes 0."""
    return (0,) if seconds is None else (milliseconds(name, seconds),)


def milliseconds(name: str, seconds: float) -> int:
    """A time limit in milliseconds, at least one."""
    seconds = _seconds(name, seconds)
    if not 0 < seconds < 1e9:
        raise InvalidValueError(f"{name} is {seconds}: it has to be a number of seconds above 0, or None for no limit")
    return max(1, round(seconds * 1000))


def _wait(name: str, seconds: float) -> Arguments:
    seconds = _seconds(name, seconds)
    if not 0 <= seconds < 1e9:
        raise InvalidValueError(f"{name} has {seconds}: it has to be a number of seconds from 0")
    return (round(seconds * 1000),)


def _waits(name: str, seconds: tuple[float, float]) -> Arguments:
    first, ceiling = _pair(name, seconds, "two numbers of seconds")
    return *_wait(name, first), *_wait(name, ceiling)


def _kept(name: str, value: tuple[int, float]) -> Arguments:
    connections, seconds = _pair(name, value, "a number of connections and one of seconds")
    return *_count(name, connections), *_wait(name, seconds)


def _chosen(name: str, value: str, known: dict[str, int]) -> Arguments:
    *first, last = (f'"{word}"' for word in known)
    words = f"{', '.join(first)} or {last}"
    if not isinstance(value, str):
        raise InvalidTypeError(f"{name}: expected {words}, got {kind_of(value)}")
    if value not in known:
        raise InvalidValueError(f"{name} is {value!r}: it has to be {words}")
    return (known[value],)


def _tls(name: str, version: str) -> Arguments:
    return _chosen(name, version, {"1.2": 12, "1.3": 13})


def _protocol(name: str, protocol: str) -> Arguments:
    return _chosen(name, protocol, {"auto": 0, "deployment_api": 1, "open_inference": 2})


def _wire(name: str, wire: str) -> Arguments:
    return _chosen(name, wire, {"auto": 0, "binary": 1, "json": 2})


_ARGUMENTS: dict[str, Callable[[str, Any], Arguments]] = {
    "batch_rows": _count,
    "max_in_flight": _count,
    "isolate_bad_rows": _switch,
    "isolate_status_500": _switch,
    "call_timeout": _limit,
    "connect_timeout": _limit,
    "response_timeout": _limit,
    "retries": _count,
    "retry_backoff": _waits,
    "ca_file": _path,
    "ca_pem": _pem,
    "tls_minimum": _tls,
    "dangerous_skip_tls_verification": _switch,
    "proxy": _text,
    "no_proxy": _text,
    "allow_token_over_http": _switch,
    "user_agent_suffix": _text,
    "host_header": _text,
    "protocol": _protocol,
    "wire": _wire,
    "reply_limit": _bytes,
    "max_image_pixels": _pixels,
    "apply_orientation": _switch,
    "request_gzip": _switch,
    "reply_gzip": _switch,
    "keep_alive": _kept,
    "callbacks_on_caller": _switch,
}

# Where None is the default, and leaves the library's; elsewhere it is no limit, or no value.
_UNSET_BY_NONE = {"ca_file", "ca_pem", "proxy", "no_proxy"}

# The setter of each keyword, and what makes the setter's arguments of the keyword's value.
_SETTERS = {name: (f"sidekick_options_set_{name}", arguments) for name, arguments in _ARGUMENTS.items()}
