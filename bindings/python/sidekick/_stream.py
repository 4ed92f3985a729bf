"""Results one after another, of rows that are read as they go, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from ctypes import byref, c_void_p
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, NoReturn

from sidekick._decode import Decoders
from sidekick._encode import Encoders
from sidekick._interrupt import Interruptible, interruptible, new_cancel
from sidekick._library import Handle, Where, call, fail, library, make

# As the library holds them: a request in flight, and one to follow it at once.
_BATCHES_IN_FLIGHT = 2
_new, _free, _next = library.sidekick_stream_new, library.sidekick_stream_free, library.sidekick_stream_next
_free_predictions = library.sidekick_predictions_free

# What can be wrong with rows or with a request; anything else is raised in any case.
_FAILURES = (TypeError, ValueError, OSError)


class Pipe(NamedTuple):
    """What a stream is made of."""

    encoders: Encoders
    decoders: Decoders
    deployment: Callable[[], Handle]
    """The deployment, or a `ValueError` where it was closed."""
    make: Callable[[Callable[[], Handle]], Handle]
    """Does a call that asks the server, and raises what the token's function raised in it."""
    batch_rows: int
    max_in_flight: int
    returns_errors: bool
    always_calls_back: bool
    """Whether calls that do not wait for the server run Python's functions, too: not to be done on the main thread."""
    timeout: int | None
    """The time limit of the whole run in milliseconds, from when it begins."""


def batches(pipe: Pipe, rows: Iterable[Any]) -> Generator[list[Any], None, None]:
    """The results of the rows, as they were sent together; of a row that failed its exception, if the pipe
    returns errors.
    """
    calls = Interruptible(new_cancel(pipe.timeout))
    with closing(_Stream(pipe, rows, calls)) as stream, calls:
        while stream.fill():
            yield stream.take()


def flat(batches: Generator[list[Any], None, None]) -> Generator[Any, None, None]:
    """The results one by one."""
    with closing(batches):
        for batch in batches:
            yield from batch


class _Batch(NamedTuple):
    """Rows of the input that were read together."""

    first: int
    size: int
    refused: dict[int, Exception]
    """What was wrong with those that were not pushed, by their numbers."""

    def pushed(self) -> Sequence[int]:
        """The numbers of the rows that were pushed."""
        numbers = range(self.first, self.first + self.size)
        return [number for number in numbers if number not in self.refused] if self.refused else numbers


class _Stream:
    """Batches that are in flight. What fails while one is read is raised where its results would have been."""

    def __init__(self, pipe: Pipe, rows: Iterable[Any], calls: Interruptible) -> None:
        self._pipe = pipe
        self._input = iter(rows)
        self._calls = calls
        pipe.decoders.check()
        deployment = pipe.deployment()
        self._handle: Handle | None = make(_new, _free, deployment, calls.cancel)
        self._handle.kept = (deployment,)
        self._rows = make(library.sidekick_rows_new, library.sidekick_rows_free, deployment)
        self._held: deque[_Batch] = deque()
        self._most = pipe.max_in_flight * _BATCHES_IN_FLIGHT if pipe.max_in_flight > 1 else 1
        self._ended = False
        self._failure: Exception | None = None
        self._read_rows = self._taken_rows = 0

    def fill(self) -> bool:
        """Reads batches until as many are held as may be; whether there is anything to take."""
        # Rows that are pushed together can become several requests, which fill the stream sooner.
        while not self._ended and len(self._held) < self._most and not library.sidekick_stream_is_full(self._handle):
            try:
                self._read()
            except Exception as failure:
                if self._calls.interrupted:
                    raise
                self._ended, self._failure = True, failure
        return bool(self._held) or self._failure is not None

    def take(self) -> list[Any]:
        """The results of the next batch."""
        if not self._held:
            self._raise_failure()
        batch = self._held.popleft()
        pushed = batch.pushed()
        predicted = self._predicted(pushed) if pushed else []
        if not batch.refused:
            return predicted
        others = iter(predicted)
        return [batch.refused.get(number) or next(others) for number in range(batch.first, batch.first + batch.size)]

    def close(self) -> None:
        """Lets go of everything: requests in flight are cancelled."""
        # Its traceback refers to this object.
        self._failure = None
        handle, self._handle = self._handle, None
        self._held.clear()
        # So do the tracebacks of exceptions that were raised, for as long as the caller keeps them.
        if handle is not None and not self._calls.left():
            if self._pipe.always_calls_back:
                interruptible(lambda _: handle.free())
            else:
                handle.free()

    def _raise_failure(self) -> NoReturn:
        failure, self._failure = self._failure, None
        assert failure is not None
        try:
            raise failure
        finally:
            # Its traceback refers to this frame.
            del failure

    def _read(self) -> None:
        """Reads the next rows and pushes them: also those before a failure of the input."""
        rows: list[Any] = []
        try:
            for row in islice(self._input, self._pipe.batch_rows):
                rows.append(row)
        except Exception as failure:
            self._failure = failure
        self._ended = len(rows) < self._pipe.batch_rows
        if rows:
            self._push(rows)

    def _push(self, rows: list[Any]) -> None:
        self._pipe.deployment()
        call(library.sidekick_rows_clear, self._rows)
        add = self._pipe.encoders.add_good if self._pipe.returns_errors else self._pipe.encoders.add
        refused = add(self._rows, rows, self._read_rows) or {}
        push = partial(call, library.sidekick_stream_push, self._handle, self._rows)
        if self._pipe.always_calls_back:
            self._calls.make(push)
        else:
            push()
        self._held.append(_Batch(self._read_rows, len(rows), refused))
        self._read_rows += len(rows)

    def _predicted(self, numbers: Sequence[int]) -> list[Any]:
        """The results of the rows of these numbers, which were pushed together: in one request or in several."""
        results: list[Any] = []
        # Errors count over all rows that were pushed.
        before = self._taken_rows
        where: Where = lambda row: numbers[row - before]
        self._taken_rows += len(numbers)
        while len(results) < len(numbers):
            results += self._requested(numbers[len(results) :], where)
        return results

    def _requested(self, numbers: Sequence[int], where: Where) -> list[Any]:
        """The results of the first of these rows: those of the next request."""
        # Those of a request that fails.
        count = len(numbers)

        def next_predictions() -> Handle:
            nonlocal count
            address, error = c_void_p(), c_void_p()
            if _next(self._handle, byref(address), byref(error)):
                count = library.sidekick_error_rows_count(error) or count
                fail(error, where)
            return Handle(address, _free_predictions)

        try:
            predictions = self._pipe.make(lambda: self._calls.make(next_predictions))
            count = library.sidekick_predictions_count(predictions)
            count += library.sidekick_predictions_failure_count(predictions)
            return self._pipe.decoders.rows(predictions, count, numbers.__getitem__)
        except _FAILURES as failure:
            if not self._pipe.returns_errors or self._calls.interrupted:
                raise
            # Its traceback would keep the rows.
            return [failure.with_traceback(None)] * count
