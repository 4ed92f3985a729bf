"""Calls that Ctrl-C ends."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread, current_thread, main_thread
from typing import Any, TypeVar

from sidekick._library import Handle, call, library, make

T = TypeVar("T")

# A call that is cancelled ends within 100 ms, but nothing cuts short a look-up of a host name or a callback.
_LOOK_UP_SECONDS = 1.0


class Interruptible:
    """Does calls that take its `cancel`, one after another, until its `with` block ends: that cancels what still runs.

    Python handles signals on its main thread alone, and not while that is in a call of the library: calls run
    on a thread of their own while the main thread waits, and whatever a handler raises ends the block. On
    other threads, work is simply done.
    """

    def __init__(self, cancel: Handle | None = None) -> None:
        self.cancel = cancel or new_cancel()
        # Whether a handler of a signal raised while a call was waited for: no other can be done then.
        self.interrupted = False
        self._worker: _Worker | None = None

    def __enter__(self) -> Interruptible:
        return self

    def __exit__(self, *_: object) -> None:
        worker = self._worker
        if worker is None:
            return
        try:
            if worker.busy:
                call(library.sidekick_cancel_trigger, self.cancel)
                worker.wait(_LOOK_UP_SECONDS)
        finally:
            worker.end()

    def left(self) -> bool:
        """Whether a call still runs: one that took too long to end when it was cancelled."""
        return self._worker is not None and self._worker.busy

    def make(self, work: Callable[[], T]) -> T:
        """What the work makes; raises what it raises."""
        if current_thread() is not main_thread():
            return work()
        self.interrupted = True
        # A forked child has none of its parent's threads.
        if self._worker is None or not self._worker.is_alive():
            # Kept before it starts: it ends with the block also if a handler raises meanwhile.
            self._worker = _Worker()
            if not self._worker.started():
                self.interrupted = False
                return work()
        self._worker.ask(work)
        self._worker.wait()
        self.interrupted = False
        made: T = self._worker.result()
        return made


def new_cancel(milliseconds: int | None = None) -> Handle:
    """A cancellation, which ends its calls when so much time has passed."""
    cancel = make(library.sidekick_cancel_new, library.sidekick_cancel_free)
    if milliseconds is not None:
        call(library.sidekick_cancel_set_timeout, cancel, milliseconds)
    return cancel


def interruptible(work: Callable[[Handle | None], T], cancel: Handle | None = None) -> T:
    """What the work makes with the cancellation, or one of its own, which Ctrl-C triggers."""
    if current_thread() is not main_thread():
        return work(cancel)
    with Interruptible(cancel) as calls:
        return calls.make(lambda: work(calls.cancel))


class _Worker(Thread):
    """Does work that it is asked for, and keeps what was made or raised."""

    def __init__(self) -> None:
        super().__init__(name="sidekick", daemon=True)
        self.busy = False
        self._work: Callable[[], Any] | None = None
        self._made: Any = None
        self._raised: BaseException | None = None
        # Released when there is work, and when it is done. To `join` would not do: an interrupted one takes
        # the thread for ended.
        self._asked, self._done = Lock(), Lock()
        self._asked.acquire()
        self._done.acquire()

    def started(self) -> bool:
        """Starts the thread, if there is one to be had: there is none while the interpreter ends."""
        try:
            self.start()
        except RuntimeError:
            return False
        return True

    def ask(self, work: Callable[[], Any]) -> None:
        self._work, self.busy = work, True
        self._asked.release()

    def end(self) -> None:
        """Lets the thread end when its work has; work that it has not begun is not done."""
        self._work = None
        # It may not have seen yet that it was asked for something.
        if self._asked.locked():
            self._asked.release()

    def wait(self, seconds: float = -1) -> None:
        """Waits until the work is done, at most so many seconds if any are given."""
        self._done.acquire(timeout=seconds)

    def run(self) -> None:
        while self._asked.acquire() and (work := self._work) is not None:
            self._work = None
            try:
                self._made = work()
            except BaseException as raised:
                # Its traceback refers to this thread, and would keep it.
                self._raised = raised.with_traceback(None)
            # Nothing is kept once whoever waits goes on.
            del work
            # Not set by who waits: a handler may raise there when the wait is over.
            self.busy = False
            self._done.release()

    def result(self) -> Any:
        """What it made; raises what it raised."""
        made, raised = self._made, self._raised
        self._made = self._raised = None
        try:
            if raised is not None:
                raise raised
        finally:
            # Its traceback refers to this frame.
            del raised
        return made
