"""What the library calls back: for a token, and with what it has to log."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator
from ctypes import c_void_p
from functools import partial
from logging import DEBUG, ERROR, INFO, WARNING, NullHandler, getLogger
from threading import current_thread, main_thread
from typing import Any

from sidekick._library import Handle, LogCallback, SignalCallback, TokenCallback, call, library
from sidekick._refused import kind_of
from sidekick.errors import InvalidTypeError

_LEVELS = {1: ERROR, 2: WARNING, 3: INFO, 4: DEBUG}
_logger = getLogger("sidekick")
# Without a handler, Python prints warnings.
_logger.addHandler(NullHandler())


def token_bytes(token: str | bytes, where: str = "") -> bytes:
    """A token in UTF-8; the library says what is wrong with others. Lone surrogates are not UTF-8, and
    Python's error shows them.
    """
    if isinstance(token, str):
        return token.encode(errors="surrogatepass")
    if isinstance(token, bytes):
        return token
    raise InvalidTypeError(f"token: expected a str or bytes{where}, got {kind_of(token)}")


class TokenSource:
    """A function that gives the token, as the library calls it: for as long as the options and what they
    opened live.
    """

    def __init__(self, function: Callable[[], str | bytes], options: Handle) -> None:
        self._function = function
        self._failures: deque[_Failure] = deque(maxlen=_MOST_FAILURES)
        callback = TokenCallback(self._give)
        options.kept += (callback,)
        call(library.sidekick_options_set_token_callback, options, callback, None, None)

    def raise_failure(self, error: BaseException) -> None:
        """Raises what the function raised, which a callback cannot, if that is what a call's error tells of."""
        failure = self._taken(str(error))
        if failure is not None:
            raise failure from None

    def _taken(self, message: str) -> BaseException | None:
        """What the function raised of which a message tells; it is kept no longer."""
        # A copy: other threads add to it.
        while found := [kept for kept in self._failures.copy() if kept.told in message]:
            # One text may begin with another. Of equal ones the newest, as some are never asked for.
            taken = max(reversed(found), key=lambda kept: len(kept.told))
            try:
                self._failures.remove(taken)
            except ValueError:
                # By another thread at the same time.
                continue
            return taken.raised
        return None

    def _keep(self, raised: BaseException) -> str:
        """Keeps what the function raised, and what to tell the library of it."""
        why = _shown(raised)
        self._failures.append(_Failure(raised, why))
        return why

    def _give(self, _: Any, refused: int, token: int) -> int:
        try:
            encoded = token_bytes(self._function(), " from the function")
            call(library.sidekick_token_set, c_void_p(token), encoded, len(encoded))
        except BaseException as failure:
            # For the log, and to find the failure again: the call raises that itself.
            why = self._keep(failure).encode()
            return int(library.sidekick_token_fail(c_void_p(token), why, len(why), None))
        return 0


class _Failure:
    """What a token's function raised."""

    def __init__(self, raised: BaseException, why: str) -> None:
        self.raised = raised
        # What the error of the call that needed the token says: another call, maybe of another thread, may end first.
        self.told = f"the token callback failed: {why}"


# Some are never asked for, such as those of a call that was interrupted.
_MOST_FAILURES = 64
# As much as the library shows.
_SHOWN_BYTES = 1024
# The library would escape them in the error, but not as Python does.
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _shown(raised: BaseException) -> str:
    """What an exception says, as the library shows it: one line of text that is UTF-8."""
    try:
        why = f"{type(raised).__name__}: {raised}"
    except BaseException:
        why = type(raised).__name__
    why = _HARMFUL.sub(lambda found: ascii(found[0])[1:-1], why)
    return why.encode(errors="replace")[:_SHOWN_BYTES].decode(errors="ignore")


class SignalHandlers:
    """Runs Python's handlers of signals that arrive while the main thread waits in a call of the library.

    What one of them raises ends the call, and is raised by it. A handler may call the library itself.
    """

    def __init__(self, options: Handle) -> None:
        _prepare_answers()
        call(library.sidekick_options_set_signal_callback, options, _signal_callback, None, None)

    def raise_failure(self) -> None:
        """Raises what a handler raised last, on the thread that runs them; nothing if none did."""
        global _raised
        if _raised is None or current_thread() is not main_thread():
            return
        failure, _raised = _raised, None
        _prepare_answers()
        raise failure from None


# What a handler raised last. Handlers run on the main thread alone.
_raised: BaseException | None = None
# A generator is resumed only once at a time: each answer is one of its own, made beforehand. More are used at once
# than one if a handler calls the library, or if several threads are interrupted.
_answers: deque[Generator[int, Any, None]] = deque()
_MOST_ANSWERS = 64


def _answer() -> Generator[int, Any, None]:
    """Waits, then says whether a handler raised."""
    global _raised
    try:
        yield 0
        # Handlers run when it goes on here, on the main thread.
        _prepare_answers()
        yield 0
        return
    except BaseException as failure:
        # Not one of a handler: nobody needs the answer.
        if isinstance(failure, GeneratorExit) and failure.__traceback__ and not failure.__traceback__.tb_next:
            return
        _raised = failure
    yield 1


def _prepare_answers() -> None:
    while len(_answers) < _MOST_ANSWERS:
        answer = _answer()
        next(answer)
        _answers.append(answer)


# No function of Python's: handlers run when one begins, and what they raise there is lost.
_signal_callback = SignalCallback(partial(next, map(next, iter(_answers.popleft, None))))


def _log(_: Any, level: int, message: bytes, length: int) -> None:
    _logger.log(_LEVELS.get(level, DEBUG), "%s", message[:length].decode())


_log_callback = LogCallback(_log)


def set_log(options: Handle) -> None:
    """Has what happens to connections and requests told to the logger `sidekick`."""
    call(library.sidekick_options_set_log_callback, options, _log_callback, None, None)
