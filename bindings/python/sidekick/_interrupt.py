"""Calls that Ctrl-C ends."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread, current_thread, main_thread

from sidekick._library import Handle, call, library, make

Work = Callable[[Handle | None], Handle]

# A call that is cancelled ends within 100 ms, but for the look-up of a host name, which nothing cuts short.
_LOOK_UP_SECONDS = 1.0


def interruptible(work: Work) -> Handle:
    """Makes an object by a call that takes a cancellation, which whatever a signal handler raises triggers.

    Python handles signals on its main thread alone, and not while that is in a call of the library: the call runs on a
    thread of its own while the main thread waits. On other threads, work is simply done.
    """
    if current_thread() is not main_thread():
        return work(None)
    cancel = make(library.sidekick_cancel_new, library.sidekick_cancel_free)
    worker = _Worker(work, cancel)
    try:
        if not worker.started():
            return work(None)
        worker.wait()
    except BaseException:
        call(library.sidekick_cancel_trigger, cancel)
        worker.wait(_LOOK_UP_SECONDS)
        raise
    return worker.result()


class _Worker(Thread):
    """Does the work, and keeps what it made or raised."""

    def __init__(self, work: Work, cancel: Handle) -> None:
        super().__init__(name="sidekick", daemon=True)
        self._work = work
        self._cancel = cancel
        self._made: Handle | None = None
        self._raised: BaseException | None = None
        # Held until the work is done. To `join` would not do: an interrupted one takes the thread for ended.
        self._busy = Lock()
        self._busy.acquire()

    def started(self) -> bool:
        """Starts it, where there is a thread to be had: there is none while the interpreter ends."""
        try:
            self.start()
        except RuntimeError:
            self._busy.release()
            return False
        return True

    def wait(self, seconds: float = -1) -> None:
        """Waits until the work is done, at most so many seconds if any are given."""
        if self._busy.acquire(timeout=seconds):
            self._busy.release()

    def run(self) -> None:
        try:
            self._made = self._work(self._cancel)
        except BaseException as raised:
            # Its traceback refers to this thread, and would keep it.
            self._raised = raised.with_traceback(None)
        finally:
            self._busy.release()

    def result(self) -> Handle:
        """What it made; raises what it raised."""
        raised, self._raised = self._raised, None
        try:
            if raised is not None:
                raise raised
        finally:
            # Its traceback refers to this frame.
            del raised
        assert self._made is not None
        return self._made
