"""Requests: when they are made, and what they carry."""

import sys
from itertools import count
from types import SimpleNamespace

import pytest

import sidekick
from served import answering, deployment, feature

NUMBER = {"n": feature("numeric")}


def doubled(rows):
    return [{"n": 2 * row["n"]} for row in rows]


def test_a_lazy_request_is_made_when_its_first_row_is_asked_for():
    taken = []

    def rows():
        for value in count():
            taken.append(value)
            yield {"n": value}

    with answering(NUMBER, NUMBER, doubled) as server:
        results = server.open().predict_lazy(rows())
        assert not server.requests and not taken
        assert next(results) == {"n": 0}
        assert [len(request[1]) for request in server.requests] == [128]
        assert len(taken) == 128
        for _ in range(127):
            next(results)
        assert len(server.requests) == 1 and len(taken) == 128
        assert next(results) == {"n": 256}
        assert [len(request[1]) for request in server.requests] == [128, 128]


def test_a_lazy_run_ends_with_its_rows():
    with answering(NUMBER, NUMBER, doubled) as server:
        results = list(server.open().predict_lazy({"n": value} for value in range(300)))
        assert [result["n"] for result in results] == [2.0 * value for value in range(300)]
        assert [len(request[1]) for request in server.requests] == [128, 128, 44]


def test_many_rows_go_out_in_batches():
    with answering(NUMBER, NUMBER, doubled) as server:
        server.open().predict_many([{"n": value} for value in range(300)])
        assert [len(request[1]) for request in server.requests] == [128, 128, 44]


def test_the_size_of_a_batch_is_an_option():
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open(batch_rows=2)
        client.predict_many([{"n": value} for value in range(5)])
        list(client.predict_lazy({"n": value} for value in range(3)))
        assert [len(request[1]) for request in server.requests] == [2, 2, 1, 2, 1]
    with deployment("batch-size", batch_rows=7) as client:
        assert client.predict_many([{"number": 0}] * 8) == [{"rows": 7.0}] * 7 + [{"rows": 1.0}]
    with pytest.raises(ValueError, match="batch_rows is 0"):
        deployment("echo", batch_rows=0)


def test_a_request_names_the_client_and_carries_the_token():
    with answering(NUMBER, NUMBER, doubled) as server:
        server.open().predict(n=1)
        headers, rows = server.requests[0]
    assert headers["User-Agent"].startswith("sidekick/")
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["Content-Type"] == "application/json"
    assert rows == [{"n": 1}]


def test_errors_count_rows_over_the_whole_lazy_run():
    rows = [{"n": value} for value in range(200)]
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open()
        for bad, kind in [({"n": float("nan")}, ValueError), ({"n": "x"}, TypeError), ({}, ValueError), (1, TypeError)]:
            with pytest.raises(kind, match="^row 200: "):
                list(client.predict_lazy([*rows, bad]))
        server.answer = lambda rows: [{"n": row["n"]} if row["n"] != 130 else {} for row in rows]
        with pytest.raises(ValueError, match="^row 130: "):
            list(client.predict_lazy(rows))


def test_progress_shows_nothing_where_there_is_no_terminal(capfd):
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open()
        rows = [{"n": value} for value in range(130)]
        assert client.predict_many(rows, progress=True) == client.predict_many(rows)
        assert list(client.predict_lazy(iter(rows), progress=True)) == client.predict_many(rows)
    assert capfd.readouterr() == ("", "")


def test_progress_shows_a_bar_on_a_terminal(monkeypatch, capsys):
    with answering(NUMBER, NUMBER, doubled) as server:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        server.open().predict_many([{"n": value} for value in range(130)], progress=True)
    assert "130/130" in capsys.readouterr().err


def test_progress_shows_a_bar_in_a_notebook(monkeypatch, capsys):
    # As a kernel of Jupyter has it; without ipywidgets the bar is text.
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open()
        client.predict_many([{"n": value} for value in range(130)], progress=True)
        assert "130/130" in capsys.readouterr().err
        del shell.kernel
        client.predict_many([{"n": 1}], progress=True)
        assert capsys.readouterr().err == ""


def test_many_rows_return_the_errors_of_those_that_fail():
    rows = [{"n": value} for value in range(300)]
    rows[7], rows[290] = {"n": "x"}, {}
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open(batch_rows=8, max_in_flight=3)
        found = client.predict_many(rows, errors="return")
        assert [number for number, result in enumerate(found) if isinstance(result, sidekick.Error)] == [7, 290]
        assert (type(found[7]), found[7].row) == (sidekick.InvalidTypeError, 7)
        assert (type(found[290]), found[290].row, found[290].feature) == (sidekick.InvalidValueError, 290, "n")
        assert found[299] == {"n": 598}
        with pytest.raises(TypeError, match="^row 7: "):
            client.predict_many(rows)
        with pytest.raises(ValueError, match="^errors is 'skip'"):
            client.predict_many(rows, errors="skip")


def test_a_closed_deployment_says_so():
    with deployment("batch-size") as client:
        results = client.predict_lazy([{"number": 1}] * 200)
        next(results)
    client.close()
    for late in (lambda: client.predict(number=1), lambda: list(results)):
        with pytest.raises(ValueError, match="^the deployment is closed$"):
            late()
    assert client.feature_specs_in[0].name == "number"


def test_url_and_token_have_to_be_text_of_the_right_form():
    for url, token in [("ftp://host/x", "t"), ("", "t"), ("http://host/", "line\nbreak"), ("http://u:p@host/", "t")]:
        with pytest.raises(ValueError):
            sidekick.Deployment(url, token)
