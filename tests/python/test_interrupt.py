"""Ctrl-C and other signals while a call waits for the network."""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

import sidekick
from served import answering, feature
from sidekick import _interrupt

NUMBER = {"n": feature("numeric")}
ROWS = [{"n": 1}, {"n": 2}]


@contextmanager
def signalled(number, arrived=None):
    """Sends this process a signal in a moment, or in a moment after a request has arrived."""

    def send():
        assert arrived is None or arrived.acquire(timeout=30)
        time.sleep(0.2)
        os.kill(os.getpid(), number)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        sender.join()


def expect_no_worker():
    """The thread that did the work ends with it."""
    for thread in threading.enumerate():
        if thread.name == "sidekick":
            thread.join(20)
            assert not thread.is_alive()


@pytest.fixture
def held():
    """A server that answers when it may, and the event that lets it: what ends before was ended by something else."""
    may, arrived = threading.Event(), threading.Semaphore(0)

    def answer(rows):
        arrived.release()
        may.wait(30)
        return rows

    with answering(NUMBER, NUMBER, answer) as server:
        server.arrived = arrived
        yield server, may
        may.set()


@pytest.mark.parametrize("options", [{}, {"max_in_flight": 2}])
def test_ctrl_c_ends_a_predict(held, options):
    server, may = held
    client = server.open(batch_rows=1, **options)
    with signalled(signal.SIGINT), pytest.raises(KeyboardInterrupt):
        client.predict_many(ROWS)
    expect_no_worker()
    # The deployment goes on to work.
    may.set()
    assert client.predict_many(ROWS) == ROWS


PREDICTS = {
    "predict": lambda client: client.predict(n=1),
    "predict with a limit": lambda client: client.predict({"n": 1}, timeout=60),
    "predict_many": lambda client: client.predict_many(ROWS),
    "predict_columns": lambda client: client.predict_columns({"n": [1, 2]}),
    "predict_lazy": lambda client: next(client.predict_lazy(ROWS)),
}


@pytest.mark.parametrize("token", ["secret-token", lambda: "secret-token"])
@pytest.mark.parametrize("predict", PREDICTS.values(), ids=PREDICTS)
def test_ctrl_c_ends_a_single_request_while_the_server_holds_it(held, predict, token):
    server, may = held
    client = server.open(token, call_timeout=None, response_timeout=None)
    for _ in range(2):
        with signalled(signal.SIGINT, server.arrived), pytest.raises(KeyboardInterrupt):
            predict(client)
    assert not may.is_set() and len(server.requests) == 2
    # The deployment goes on to work.
    may.set()
    assert client.predict(n=1) == {"n": 1}


def test_handlers_run_while_a_single_request_waits_and_end_nothing(held):
    server, may = held
    client = server.open()
    heard = []

    def hear(number, _):
        heard.append(number)
        if len(heard) == 3:
            may.set()

    before = signal.signal(signal.SIGUSR1, hear)
    try:
        timers = [threading.Timer(wait, os.kill, (os.getpid(), signal.SIGUSR1)) for wait in (0.1, 0.2, 0.3)]
        for timer in timers:
            timer.start()
        assert client.predict(n=1) == {"n": 1} and heard == [signal.SIGUSR1] * 3
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_a_handler_raises_ends_a_single_request(held):
    server, _ = held
    client = server.open()

    def fail(*_):
        raise LookupError("enough")

    before = signal.signal(signal.SIGUSR1, fail)
    try:
        with signalled(signal.SIGUSR1), pytest.raises(LookupError, match="^enough$"):
            client.predict(n=1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    server.answer = lambda rows: (500, "")
    with pytest.raises(sidekick.HTTPError):
        client.predict(n=1)


@pytest.fixture
def handled():
    """Sets the handler of SIGALRM, for the test alone."""
    before = signal.getsignal(signal.SIGALRM)
    yield lambda handler: signal.signal(signal.SIGALRM, handler)
    signal.signal(signal.SIGALRM, before)


def test_ctrl_c_ends_a_call_of_a_handler_and_the_one_it_interrupts(held, handled):
    server, may = held
    client = server.open()

    def handler(*_):
        with signalled(signal.SIGINT):
            client.predict(n=2)

    handled(handler)
    with signalled(signal.SIGALRM), pytest.raises(KeyboardInterrupt):
        client.predict(n=1)
    may.set()
    assert client.predict(n=3) == {"n": 3}


def test_a_handler_that_takes_its_time_does_not_end_the_calls_of_other_threads(held, handled):
    server, may = held
    client = server.open()
    results, entered, interrupted = [], threading.Event(), threading.Event()
    other = threading.Thread(target=lambda: results.append(client.predict(n=1)))

    def handler(*_):
        entered.set()
        assert interrupted.wait(30)

    def interrupt():
        assert entered.wait(30)
        # While the handler runs, also the other thread's call is interrupted.
        for _ in range(3):
            signal.pthread_kill(other.ident, signal.SIGALRM)
            other.join(0.1)
        interrupted.set()
        may.set()

    handled(handler)
    other.start()
    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with signalled(signal.SIGALRM):
        results.append(client.predict(n=2))
    interrupting.join()
    other.join()
    assert sorted(result["n"] for result in results) == [1, 2]


@pytest.mark.parametrize("kind", [GeneratorExit, StopIteration, SystemExit, sidekick.InvalidValueError])
def test_whatever_a_handler_raises_is_raised_every_time(held, handled, kind):
    server, may = held
    client = server.open()

    def handler(*_):
        raise kind("said by the handler")

    handled(handler)
    for _ in range(2):
        with signalled(signal.SIGALRM), pytest.raises(kind, match="^said by the handler$"):
            client.predict(n=1)
    may.set()
    assert client.predict(n=3) == {"n": 3}


def test_a_handler_that_raises_while_the_thread_starts_leaves_no_thread(held, monkeypatch):
    server, may = held
    client = server.open(batch_rows=1)

    def start(worker):
        threading.Thread.start(worker)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(_interrupt._Worker, "start", start)
        client.predict_many(ROWS)
    expect_no_worker()
    may.set()
    assert client.predict_many(ROWS) == ROWS


def test_a_handler_that_raises_when_the_wait_is_over_ends_the_call_at_once(held, monkeypatch):
    server, may = held
    may.set()
    client = server.open(batch_rows=1)
    monkeypatch.setattr(_interrupt, "_LOOK_UP_SECONDS", 20)

    def interrupt(frame, event, _):
        if event == "c_return" and frame.f_code is _interrupt._Worker.wait.__code__:
            # Python calls it no more then.
            raise KeyboardInterrupt

    began = time.monotonic()
    sys.setprofile(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            client.predict_many(ROWS)
    finally:
        sys.setprofile(None)
    assert time.monotonic() - began < 10
    expect_no_worker()


def test_a_thread_that_has_not_begun_can_be_ended_twice():
    worker, done = _interrupt._Worker(), []
    worker.ask(lambda: done.append(True))
    worker.end()
    worker.end()
    worker.start()
    worker.join(20)
    assert not worker.is_alive() and not done


@pytest.mark.parametrize("options", [{}, {"max_in_flight": 2}])
def test_what_a_handler_raises_is_no_result_of_a_row(held, handled, options):
    server, may = held
    client = server.open(batch_rows=1, **options)

    def handler(*_):
        raise TimeoutError("enough")

    handled(handler)
    with signalled(signal.SIGALRM, server.arrived), pytest.raises(TimeoutError, match="^enough$"):
        list(client.predict_lazy(ROWS, errors="return"))
    expect_no_worker()
    may.set()
    assert list(client.predict_lazy(ROWS, errors="return")) == ROWS


def test_ctrl_c_ends_an_opening():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/deployment/x/forward"
        with signalled(signal.SIGINT), pytest.raises(KeyboardInterrupt):
            sidekick.Deployment(url, "secret-token", call_timeout=None, response_timeout=None)
        expect_no_worker()


def test_a_signal_that_is_handled_ends_nothing(held):
    server, may = held
    client = server.open(batch_rows=1)
    before = signal.signal(signal.SIGUSR1, lambda *_: may.set())
    try:
        # The answer waits for the handler: it runs while the call does.
        with signalled(signal.SIGUSR1):
            assert client.predict_many(ROWS) == ROWS
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_errors_come_through(held):
    server, _ = held
    server.answer = lambda rows: (500, "")
    client = server.open(batch_rows=1)
    with pytest.raises(sidekick.HTTPError):
        client.predict_many(ROWS)


def test_an_interrupted_call_keeps_nothing(held, monkeypatch):
    from sidekick import _library

    # By identity: other tests may have left some to the garbage collector.
    alive = set()
    made, ended = _library.Handle.__init__, _library.Handle.__del__
    monkeypatch.setattr(_library.Handle, "__init__", lambda self, *a: (alive.add(id(self)), made(self, *a))[1])
    monkeypatch.setattr(_library.Handle, "__del__", lambda self: (alive.discard(id(self)), ended(self))[1])
    server, _ = held
    client = server.open(batch_rows=1)
    gc.disable()
    try:
        with signalled(signal.SIGINT):
            try:
                client.predict_many(ROWS)
                pytest.fail("not interrupted")
            except KeyboardInterrupt:
                pass
        expect_no_worker()
        del client
        assert alive == set()
    finally:
        gc.enable()


# Sends itself a signal within the first line of the log of each call; what the handler raises has to end that call.
LOGGING = """
import logging, signal, sys, threading
import sidekick

class Signals(logging.Handler):
    armed = False

    def emit(self, record):
        if self.armed:
            self.armed = False
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

def fail(*_):
    raise Told

class Told(BaseException):
    pass

signals = Signals()
logger = logging.getLogger("sidekick")
logger.setLevel(logging.DEBUG)
logger.addHandler(signals)
signal.signal(signal.SIGINT, fail)
opened = lambda: sidekick.Deployment(sys.argv[1], "secret-token", log=True)
client, two = opened(), [{"n": 1}, {"n": 2}]
calls = {
    "open": opened,
    "predict": lambda: client.predict(n=1),
    "predict with a limit": lambda: client.predict({"n": 1}, timeout=60),
    "predict_many": lambda: client.predict_many(two),
    "predict_columns": lambda: client.predict_columns({"n": [1, 2]}),
    "predict_lazy": lambda: next(client.predict_lazy(two)),
}
for name, call in calls.items():
    for _ in range(3):
        signals.armed = True
        try:
            call()
            print(name, "went on")
        except Told:
            pass
print(client.predict(n=1))
"""


def test_signals_that_arrive_while_a_line_is_logged_are_not_lost():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        command = [sys.executable, "-W", "error", "-c", LOGGING, server.url]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "{'n': 1.0}\n", "")
