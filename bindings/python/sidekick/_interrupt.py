"""Calls that Ctrl-C ends."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread, current_thread, main_thread

from sidekick._library import Handle, call, library, make

Work = Callable[[Handle | None], Handle]


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
        worker.join()
    finally:
        # Too late for a call that has ended; one that was interrupted returns at once.
        call(library.sidekick_cancel_trigger, cancel)
        if worker.is_alive():
            worker.join()
    return worker.result()


class _Worker(Thread):
    """Does the work, and keeps what it made or raised."""

    def __init__(self, work: Work, cancel: Handle) -> None:
        super().__init__(name="sidekick", daemon=True)
        self._work = work
        self._cancel = cancel
        self._made: Handle | None = None
        self._raised: BaseException | None = None

    def started(self) -> bool:
        """Starts it, where there is a thread to be had: there is none while the interpreter ends."""
        try:
            self.start()
        except RuntimeError:
            return False
        return True

    def run(self) -> None:
        try:
            self._made = self._work(self._cancel)
        except BaseException as raised:
            self._raised = raised

    def result(self) -> Handle:
        """What it made; raises what it raised."""
        made, raised = self._made, self._raised
        self._raised = None
        if made is not None:
            return made
        try:
            raise raised or SystemError("the call ended without a result")
        finally:
            # Its traceback refers to this frame.
            del raised
