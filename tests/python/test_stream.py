"""Lazy results: their order, how far the input is read, how a run ends, and what becomes of failures."""

import gc
import os
import signal
import sys
import threading
import time
import warnings
from itertools import count
from pathlib import Path

import pytest

import sidekick
from served import answering, deployment, feature

NUMBER = {"n": feature("numeric")}
LIMIT = 10


def numbers(stop, read=None):
    for value in range(stop) if stop else count():
        if read is not None:
            read.append(value)
        yield {"n": value}


def library_threads():
    """How many threads of the library this process has."""
    return sum(name_of(task) == "sidekick" for task in os.listdir("/proc/self/task"))


def name_of(task):
    try:
        return Path(f"/proc/self/task/{task}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        # It has ended meanwhile.
        return None


def wait_until(holds):
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


class Held:
    """An answer that waits until it may, and how many wait at once."""

    def __init__(self):
        self.may, self.lock = threading.Event(), threading.Lock()
        self.waiting = self.most = 0

    def __call__(self, rows):
        with self.lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        self.may.wait(LIMIT)
        with self.lock:
            self.waiting -= 1
        return rows

    def when_waiting(self, requests, do):
        """Does something once so many requests wait; the thread that does."""
        thread = threading.Thread(target=lambda: (wait_until(lambda: self.waiting == requests), do()))
        thread.start()
        return thread


def test_results_keep_their_order_whoever_answers_first():
    def later_rows_first(rows):
        time.sleep(0.002 * (rows[0]["n"] * 7 % 5))
        return rows

    with answering(NUMBER, NUMBER, later_rows_first) as server:
        for in_flight in (1, 2, 5):
            client = server.open(batch_rows=3, max_in_flight=in_flight)
            assert [result["n"] for result in client.predict_lazy(numbers(100))] == list(range(100))


def test_so_many_requests_are_under_way_and_no_more():
    held = Held()
    with answering(NUMBER, NUMBER, held) as server:
        results = server.open(batch_rows=1, max_in_flight=3).predict_lazy(numbers(20))
        let_go = held.when_waiting(3, held.may.set)
        assert [result["n"] for result in results] == list(range(20))
        let_go.join()
        assert held.most == 3


@pytest.mark.parametrize(("in_flight", "batches"), [(1, 1), (3, 6)])
def test_the_input_is_read_no_further_than_the_bound(in_flight, batches):
    read = []
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        results = server.open(batch_rows=4, max_in_flight=in_flight).predict_lazy(numbers(None, read))
        assert not read and not server.requests
        for value in range(40):
            assert next(results) == {"n": value}
            assert len(read) == 4 * (value // 4 + batches)
        results.close()


@pytest.mark.parametrize("in_flight", [1, 4])
def test_memory_stays_flat(in_flight):
    import tracemalloc

    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(batch_rows=100, max_in_flight=in_flight)
        results = client.predict_lazy(numbers(None))
        for _ in range(1000):
            next(results)
        del server.requests[:]
        tracemalloc.start()
        for place in range(5_000):
            next(results)
            if place % 100 == 0:
                # Only what the package keeps is measured.
                del server.requests[:]
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        results.close()
    assert kept < 500_000


@pytest.mark.parametrize("in_flight", [1, 4])
@pytest.mark.parametrize("end", ["close", "break", "throw", "forget"])
def test_a_run_that_is_left_keeps_nothing(end, in_flight, monkeypatch):
    from sidekick import _library

    alive = set()
    made, ended = _library.Handle.__init__, _library.Handle.__del__
    monkeypatch.setattr(_library.Handle, "__init__", lambda self, *a: (alive.add(id(self)), made(self, *a))[1])
    monkeypatch.setattr(_library.Handle, "__del__", lambda self: (alive.discard(id(self)), ended(self))[1])
    held, under_way = Held(), in_flight if in_flight > 1 else 0
    with answering(NUMBER, NUMBER, lambda rows: rows if rows[0]["n"] < 2 else held(rows)) as server:
        client = server.open(batch_rows=2, max_in_flight=in_flight)
        before = set(alive)
        gc.disable()
        try:
            results = client.predict_lazy(numbers(None))
            assert next(results) == {"n": 0}
            # The others are being asked for, and never answered before the run is left.
            wait_until(lambda: held.waiting == under_way)
            assert library_threads() == under_way
            if end == "close":
                results.close()
            elif end == "throw":
                with pytest.raises(KeyError):
                    results.throw(KeyError("x"))
            elif end == "break":
                for _ in results:
                    break
            del results
            # No answer was waited for.
            assert alive == before and held.waiting == under_way
        finally:
            gc.enable()
        held.may.set()
        wait_until(lambda: library_threads() == 0)
        assert client.predict(n=7) == {"n": 7}


def broken(rows):
    return (500, '{"errorCode": "InternalError", "errorMessage": "no"}') if {"n": 5} in rows else rows


@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_failure_is_raised_in_its_place(in_flight):
    with answering(NUMBER, NUMBER, broken) as server:
        results = server.open(batch_rows=2, max_in_flight=in_flight).predict_lazy(numbers(20))
        assert [next(results)["n"] for _ in range(4)] == [0, 1, 2, 3]
        with pytest.raises(sidekick.ServerError, match="^rows 4 to 5, after 1 attempt: ") as failed:
            next(results)
        assert failed.value.rows == range(4, 6)
        assert list(results) == []
        # Not while its traceback, which refers to all that the run was made of, is kept either.
        assert failed.value.__traceback__
        wait_until(lambda: library_threads() == 0)


@pytest.mark.parametrize("in_flight", [1, 3])
def test_errors_can_be_results(in_flight):
    with answering(NUMBER, NUMBER, broken) as server:
        client = server.open(batch_rows=2, max_in_flight=in_flight)
        results = list(client.predict_lazy(numbers(9), errors="return"))
        assert [result for result in results if isinstance(result, dict)] == [{"n": n} for n in (0, 1, 2, 3, 6, 7, 8)]
        assert results[4] is results[5] and isinstance(results[4], sidekick.ServerError)
        assert (results[4].rows, results[4].errorMessage) == (range(4, 6), "no")
        assert results[4].__traceback__ is None


BAD = [{"n": "x"}, {}, 7, {"n": float("nan")}, {"n": 1 << 2000}]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_row_that_cannot_be_sent_fails_where_its_batch_would_be(bad, in_flight):
    rows = [{"n": value} for value in range(20)]
    rows[7] = bad
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(batch_rows=3, max_in_flight=in_flight)
        results = client.predict_lazy(rows)
        assert [next(results)["n"] for _ in range(6)] == list(range(6))
        with pytest.raises((TypeError, ValueError), match="^row 7: "):
            next(results)
        found = list(client.predict_lazy(rows, errors="return"))
        assert isinstance(found.pop(7), (TypeError, ValueError))
        assert [result["n"] for result in found] == [n for n in range(20) if n != 7]


def test_errors_name_rows_beside_those_that_were_not_sent():
    rows = [{"n": value} for value in range(12)]
    # A whole batch, and parts of the two behind it.
    for place in (0, 1, 2, 3, 5, 9):
        rows[place] = {}

    def bad_sevens(rows):
        return (400, '{"errorCode": "BadData", "errorMessage": "seven"}') if {"n": 7} in rows else rows

    with answering(NUMBER, NUMBER, bad_sevens) as server:
        found = list(server.open(batch_rows=4).predict_lazy(rows, errors="return"))
        assert [str(found[place])[:7] for place in (0, 1, 2, 3, 5, 9)] == [f"row {n}: " for n in (0, 1, 2, 3, 5, 9)]
        assert found[4] is found[6] is found[7] and found[4].rows == range(4, 8)
        assert str(found[4]).startswith("rows 4 to 7, after ")
        assert [result["n"] for result in found[10:]] == [10, 11]
        isolated = list(server.open(batch_rows=4, isolate_bad_rows=True).predict_lazy(rows, errors="return"))
        assert isolated[4] == {"n": 4} and isolated[6] == {"n": 6}
        assert isolated[7].rows == range(7, 8) and str(isolated[7]).startswith("row 7: ")


def test_only_rows_that_cannot_be_sent():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        found = list(server.open(batch_rows=2, max_in_flight=2).predict_lazy([{}] * 9, errors="return"))
        assert len(found) == 9 and all(isinstance(result, ValueError) for result in found)
        assert not server.requests


def test_images_and_arrays_that_cannot_be_sent(echo, row):
    bad = [{**row, "array": 1}, {**row, "picture": "/nowhere.png"}, {**row, "number": None}]
    found = list(echo.predict_lazy([row, *bad, {**row, "number": 4}], errors="return"))
    for result, kind in zip(found[1:4], (TypeError, FileNotFoundError, TypeError)):
        assert isinstance(result, kind) and isinstance(result, sidekick.Error)
    assert [found[0]["number"], found[4]["number"]] == [1.5, 4]
    assert found[4]["picture"].size == (4, 4)


@pytest.mark.parametrize("errors", ["raise", "return"])
@pytest.mark.parametrize("in_flight", [1, 3])
def test_what_the_input_raises_comes_behind_the_results_before_it(errors, in_flight):
    def rows():
        yield from numbers(8)
        raise LookupError("the input broke")

    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        results = server.open(batch_rows=3, max_in_flight=in_flight).predict_lazy(rows(), errors=errors)
        assert [next(results)["n"] for _ in range(8)] == list(range(8))
        with pytest.raises(LookupError, match="the input broke") as raised:
            next(results)
        # It shows where.
        assert raised.traceback[-1].name == "rows"
        assert list(results) == []


def test_a_closed_deployment_fails_what_was_not_sent_yet():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(batch_rows=1, max_in_flight=2)
        results = client.predict_lazy(numbers(None), errors="return")
        next(results)
        client.close()
        assert [next(results)["n"] for _ in range(3)] == [1, 2, 3]
        with pytest.raises(ValueError, match="^the deployment is closed$"):
            next(results)


def test_only_known_ways_with_errors():
    with deployment("batch-size") as client, pytest.raises(ValueError, match="errors is 'ignore'"):
        client.predict_lazy([], errors="ignore")


@pytest.mark.parametrize("in_flight", [1, 2])
def test_ctrl_c_ends_a_run(in_flight):
    held = Held()
    with answering(NUMBER, NUMBER, held) as server:
        client = server.open(batch_rows=1, max_in_flight=in_flight)
        results = client.predict_lazy(numbers(None))
        interrupt = held.when_waiting(in_flight, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            next(results)
        interrupt.join()
        # No answer ended it.
        assert held.waiting == in_flight
        held.may.set()
        wait_until(lambda: library_threads() == 0)
        assert client.predict_many([{"n": 1}]) == [{"n": 1}]


def test_a_run_goes_on_in_other_threads():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        results = server.open(batch_rows=2).predict_lazy(numbers(6))
        found = [next(results)["n"]]
        thread = threading.Thread(target=lambda: found.extend(next(results)["n"] for _ in range(3)))
        thread.start()
        thread.join()
        assert found + [result["n"] for result in results] == list(range(6))


def test_a_forked_child_is_told_that_the_run_is_its_parents():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        results = server.open(batch_rows=1).predict_lazy(numbers(3))
        assert next(results) == {"n": 0}
        with warnings.catch_warnings():
            # Later Pythons warn of a fork beside threads.
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            signal.alarm(LIMIT)
            try:
                next(results)
            except ValueError as error:
                os._exit(0 if "parent" in str(error) else 2)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert [result["n"] for result in results] == [1, 2]


def test_progress_and_leaving_early(monkeypatch, capsys):
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        client = server.open(batch_rows=2)
        assert len(list(client.predict_lazy([{"n": 1}] * 5, progress=True))) == 5
        assert "5/5" in capsys.readouterr().err
        results = client.predict_lazy([{"n": 1}] * 5, progress=True)
        next(results)
        results.close()
        assert len(server.requests) == 4
