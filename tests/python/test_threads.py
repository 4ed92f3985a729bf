"""One deployment, many threads."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy
import pandas
import pytest

from served import answering, deployment, feature

NUMBER = {"n": feature("numeric")}


def test_threads_share_a_deployment(echo, row):
    def ask(thread):
        rows = [{**row, "number": thread * 1000 + place, "flag": thread % 2} for place in range(40)]
        return echo.predict_many(rows) + list(echo.predict_lazy(rows))

    with ThreadPoolExecutor(8) as pool:
        for thread, results in enumerate(pool.map(ask, range(16))):
            expected = [thread * 1000 + place for place in range(40)] * 2
            assert [result["number"] for result in results] == expected
            assert all(result["flag"] == thread % 2 for result in results)


def test_other_threads_run_while_the_network_is_waited_for():
    all_there = Barrier(6)

    def answer_when_all_have_asked(rows):
        all_there.wait(60)
        return rows

    # The server answers from this very process: if a wait held the interpreter's lock, nothing could.
    with answering(NUMBER, NUMBER, answer_when_all_have_asked) as server, ThreadPoolExecutor(6) as pool:
        client = server.open()
        results = list(pool.map(lambda value: client.predict(n=value)["n"], range(6)))
    assert results == [0, 1, 2, 3, 4, 5]


def test_closing_waits_for_no_one_and_breaks_no_call():
    all_there, closed = Barrier(5), Event()

    def answer_when_closed(rows):
        all_there.wait(60)
        closed.wait(60)
        return rows

    with answering(NUMBER, NUMBER, answer_when_closed) as server, ThreadPoolExecutor(4) as pool:
        client = server.open()
        running = [pool.submit(client.predict, n=value) for value in range(4)]
        all_there.wait(60)
        client.close()
        gc.collect()
        closed.set()
        assert [future.result()["n"] for future in running] == [0, 1, 2, 3]
        with pytest.raises(ValueError, match="closed"):
            client.predict(n=1)


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize("predict", ["predict_columns", "predict_frame"])
def test_a_table_is_predicted_to_its_end_though_the_deployment_is_closed(predict, progress):
    def answer(rows):
        client.close()
        gc.collect()
        return rows

    # Several parts.
    values = numpy.arange(5000.0)
    with answering(NUMBER, NUMBER, answer) as server:
        client = server.open(batch_rows=500)
        found = getattr(client, predict)(pandas.DataFrame({"n": values}), progress=progress)
        assert (found["n"] == values).all() and len(server.requests) == 10
        assert not client._idle
        with pytest.raises(ValueError, match="^the deployment is closed$"):
            client.predict_columns({"n": values})


def test_everything_is_freed(monkeypatch):
    from sidekick import _library

    alive = []
    made, ended = _library.Handle.__init__, _library.Handle.__del__
    monkeypatch.setattr(_library.Handle, "__init__", lambda self, *a: (alive.append(1), made(self, *a))[1])
    monkeypatch.setattr(_library.Handle, "__del__", lambda self: (alive.pop(), ended(self))[1])
    with deployment("echo") as client:
        for _ in range(3):
            with pytest.raises(ValueError):
                client.predict_many([{}])
    with deployment("batch-size") as client:
        client.predict_many([{"number": 1}] * 200)
    assert alive == []
