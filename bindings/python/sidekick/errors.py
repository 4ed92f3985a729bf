"""What can go wrong with a request or its reply.

A wrong input raises Python's own `TypeError` (another type than the feature's) or `ValueError` (a wrong shape, a
missing feature, a value that cannot be sent); the message names the row and the feature.
"""

from __future__ import annotations


class RequestError(IOError):
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


class ReplyError(ValueError):
    """A reply, or a describe document, that is not what the deployment declares."""

    rows: range = range(0)
    """The rows of the call that the request had carried; empty where it carried none."""
