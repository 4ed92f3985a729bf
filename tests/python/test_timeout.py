"""Time limits of single calls."""

import time

import numpy
import pandas
import pytest

import sidekick
from served import answering, feature

NUMBER = {"n": feature("numeric")}


@pytest.fixture
def slow():
    """A server that answers after a while, if it is not let go first."""

    def answer(rows):
        time.sleep(0.3)
        return [{"n": 1}] * len(rows)

    with answering(NUMBER, NUMBER, answer) as server:
        yield server


def calls(client, timeout):
    return [
        lambda: client.predict(n=1, timeout=timeout),
        lambda: client.predict({"n": 1}, timeout=timeout),
        lambda: client.predict(pandas.Series({"n": 1}), timeout=timeout),
        lambda: client.predict({"n": 1}, n=2, timeout=timeout),
        lambda: client.predict_many([{"n": 1}], timeout=timeout),
        lambda: client.predict_many([{"n": 1}] * 3, timeout=timeout),
        lambda: client.predict_many([{"n": 1}] * 3, timeout=timeout, progress=True),
        lambda: list(client.predict_lazy([{"n": 1}] * 3, timeout=timeout)),
        lambda: client.predict_columns({"n": numpy.ones(3)}, timeout=timeout),
        lambda: client.predict_frame(pandas.DataFrame({"n": [1, 2, 3]}), timeout=timeout),
    ]


@pytest.mark.parametrize("options", [{}, {"batch_rows": 1}, {"batch_rows": 1, "max_in_flight": 2}])
def test_a_call_ends_when_its_time_is_up(slow, options):
    client = slow.open(**options)
    for call in calls(client, 0.05):
        with pytest.raises(TimeoutError, match="within 50 ms, the limit of its timeout") as raised:
            call()
        assert isinstance(raised.value, sidekick.RequestTimeout) and raised.value.retryable
    slow.answer = lambda rows: rows
    for call in calls(client, 60):
        call()


def test_the_limit_is_also_that_of_reading_the_rows(slow):
    read = []

    def rows():
        for value in range(10_000):
            read.append(value)
            time.sleep(0.001)
            yield {"n": value}

    with pytest.raises(sidekick.RequestTimeout, match="within 50 ms, the limit of its timeout") as raised:
        slow.open().predict_many(rows(), timeout=0.05)
    assert len(read) < 1000 and raised.value.retryable and not slow.requests


def test_the_limit_is_that_of_all_requests(slow):
    client = slow.open(batch_rows=1)
    with pytest.raises(TimeoutError):
        client.predict_many([{"n": 1}] * 100, timeout=0.5)
    assert len(slow.requests) < 100


def test_a_deployment_that_gives_more_than_numbers_has_it_too():
    def answer(rows):
        time.sleep(0.3)
        return [{"t": "x"}] * len(rows)

    with answering(NUMBER, {"t": feature("text")}, answer) as server:
        for call in calls(server.open(), 0.05):
            with pytest.raises(TimeoutError):
                call()


def test_returned_errors_have_it_and_the_rows_end(slow):
    found = [*slow.open(batch_rows=1).predict_lazy([{"n": 1}] * 1, timeout=0.05, errors="return")]
    assert [type(result) for result in found] == [sidekick.RequestTimeout]

    def endless():
        while True:
            yield {"n": 1}

    results = slow.open(batch_rows=1).predict_lazy(endless(), timeout=0.05, errors="return")
    with pytest.raises(sidekick.RequestTimeout):
        while True:
            next(results)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e10])
def test_a_limit_that_cannot_be_is_refused(slow, timeout):
    for call in calls(slow.open(), timeout):
        with pytest.raises(ValueError, match="^timeout is "):
            call()
    assert not slow.requests


@pytest.mark.parametrize("timeout", ["2", True, [1]])
def test_a_limit_of_another_type_is_refused(slow, timeout):
    for call in calls(slow.open(), timeout):
        with pytest.raises(TypeError, match="^timeout: expected a number of seconds"):
            call()
    assert not slow.requests


def test_without_a_limit_there_is_none(slow):
    for call in calls(slow.open(), None)[:2]:
        assert call() == {"n": 1.0}


def test_a_keyword_that_looks_like_an_input_is_shown_by_its_code_points():
    with answering({"a b": feature("numeric")}, NUMBER, lambda rows: rows) as server:
        with pytest.raises(TypeError, match=r"'a\\xa0b' looks the same as 'a b', and is not"):
            server.open().predict({"a b": 1}, **{"a\xa0b": 2})


def test_what_is_no_mapping_is_refused_with_and_without_keywords():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open()
        for row in ([1], 5, "n", b"n"):
            for keywords in ({}, {"n": 1}):
                with pytest.raises(sidekick.InvalidTypeError,
                                   match="^row 0: expected a dict of features, got ") as raised:
                    client.predict(row, **keywords)
                assert raised.value.row == 0


def test_a_keyword_beside_a_row_that_is_no_input_is_refused():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open()
        for keyword in ("timeuot", "m", "progress"):
            with pytest.raises(TypeError, match=f"predict.*{keyword}") as raised:
                client.predict({"n": 1}, **{keyword: 2})
            assert isinstance(raised.value, sidekick.Error)
        assert not server.requests
        assert client.predict({"n": 1, "other": 5}) == {"n": 1.0}


def test_an_input_may_be_called_timeout():
    inputs = {"n": feature("numeric"), "timeout": feature("numeric")}

    def answer(rows):
        time.sleep(0.1)
        return [{"n": row["timeout"]} for row in rows]

    with answering(inputs, NUMBER, answer) as server:
        client = server.open()
        assert client.predict(n=1, timeout=0.01) == {"n": 0.01}
        assert client.predict({"n": 1, "timeout": 0.01}) == {"n": 0.01}
        assert client.predict({"n": 1, "timeout": 7}, timeout=30) == {"n": 7.0}
        with pytest.raises(TimeoutError):
            client.predict({"n": 1, "timeout": 7}, timeout=0.01)
