"""What goes wrong with a request or its reply."""

import base64
import errno
import json
import os
import pickle
import socket
from io import BytesIO
from pathlib import Path

import pandas
import pytest
from PIL import Image

import sidekick
from served import answering, deployment, feature, url_of

NUMBER = {"n": feature("numeric")}


def png():
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    return file.getvalue()


def error_of(answer, outputs=NUMBER):
    """What a predict raises when the server answers so."""
    with answering(NUMBER, outputs, lambda _: answer) as server:
        client = server.open()
        with pytest.raises((IOError, ValueError)) as raised:
            client.predict(n=1)
    assert "secret-token" not in str(raised.value) + repr(raised.value)
    return raised.value


def test_a_servers_error_shows_code_message_and_status():
    with deployment("reciprocal") as client, pytest.raises(IOError) as raised:
        client.predict_many([{"number": 0}])
    error = raised.value
    assert isinstance(error, sidekick.ServerError)
    assert (error.errorCode, error.status, error.retryable) == ("InternalError", 500, False)
    assert error.errorMessage
    assert error.errorCode in str(error) and error.errorMessage in str(error)


@pytest.mark.parametrize(
    ("url", "token", "code", "status"),
    [
        (url_of("echo"), "wrong", "InvalidTokenError", 401),
        (url_of("echo"), "limited-token", "InsufficientScopeTokenError", 403),
        (url_of("disabled"), "disabled-token", "DeploymentNotEnabled", 403),
        (url_of("nowhere"), "x", "ResourceNotFound", 404),
    ],
)
def test_opening_tells_what_the_server_refuses(url, token, code, status):
    with pytest.raises(sidekick.ServerError) as raised:
        sidekick.Deployment(url, token)
    assert (raised.value.errorCode, raised.value.status) == (code, status)


@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_an_error_object_counts_with_any_status(status):
    error = error_of((status, json.dumps({"errorCode": "BadData", "errorMessage": "no ☃ here"})))
    assert isinstance(error, sidekick.ServerError)
    assert (error.errorCode, error.errorMessage, error.status) == ("BadData", "no ☃ here", status)
    assert "BadData" in str(error) and "no ☃ here" in str(error)
    assert error.retryable == (status == 503)


@pytest.mark.parametrize(("status", "text"), [(502, "<html>bad gateway</html>"), (404, ""), (401, "{}")])
def test_another_status_is_an_http_error(status, text):
    error = error_of((status, text))
    assert isinstance(error, sidekick.HTTPError) and isinstance(error, IOError)
    assert (error.status, error.errorCode, error.errorMessage) == (status, "", "")
    assert str(status) in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        (200, "no JSON"),
        (200, "[]"),
        (200, '{"rows": 1}'),
        (200, ""),
        [],
        [{"n": 1}, {"n": 2}],
        [{}],
        [{"n": "1"}],
        [{"n": None}],
    ],
)
def test_a_bad_reply_is_a_value_error(answer):
    assert isinstance(error_of(answer), sidekick.ReplyError)


@pytest.mark.parametrize(
    ("output", "value"),
    [
        (feature("categorical", 3), {"a": 0.5, "b": 0.5}),
        (feature("text"), 1),
        (feature("numeric", 2), {"shape": [3], "data": [1, 2, 3]}),
        (feature("numeric", 2), {"shape": [2], "data": [1]}),
        (feature("numeric", 2), "data:application/x.peltarion.npy;base64,AAAA"),
    ],
)
def test_a_bad_value_in_a_reply_names_its_output(output, value):
    error = error_of([{"out": value}], {"out": output})
    assert isinstance(error, sidekick.ReplyError)
    assert str(error).startswith('row 0: feature "out": ')


@pytest.mark.parametrize("bad", [(500, ""), (200, "no JSON")])
def test_the_rows_of_the_request_that_failed_are_told(bad):
    with answering(NUMBER, NUMBER, lambda rows: bad if {"n": 5} in rows else rows) as server:
        client = server.open(batch_rows=2)
        for predict in (client.predict_many, lambda rows: list(client.predict_lazy(rows))):
            with pytest.raises((sidekick.HTTPError, sidekick.ReplyError)) as raised:
                predict([{"n": value} for value in range(9)])
            assert raised.value.rows == range(4, 6)
        assert pickle.loads(pickle.dumps(raised.value)).rows == range(4, 6)
        server.answer = lambda rows: bad
        with pytest.raises((sidekick.HTTPError, sidekick.ReplyError)) as raised:
            client.predict(n=1)
        assert raised.value.rows == range(0, 1)


def test_where_no_rows_were_sent_none_are_told():
    with pytest.raises(sidekick.NetworkError) as raised:
        sidekick.Deployment("http://127.0.0.1:1/x", "token", retries=0)
    assert raised.value.rows == range(0)


def test_a_url_that_is_no_deployment_is_a_value_error():
    with answering({}, {}, None) as server, pytest.raises(sidekick.ReplyError):
        server.open()


def test_nobody_there_is_a_connection_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/deployment/x/forward"
        with pytest.raises(sidekick.NetworkError) as raised:
            sidekick.Deployment(url, "token")
    error = raised.value
    assert isinstance(error, ConnectionError) and isinstance(error, sidekick.RequestError)
    assert (error.status, error.retryable) == (None, True)
    assert error.attempts >= 1


EVERYTHING = {"p": feature("image", 4, 4, 3), "n": feature("numeric")}


@pytest.mark.parametrize(
    ("path", "kind", "number"),
    [("missing.png", FileNotFoundError, errno.ENOENT), (".", IsADirectoryError, errno.EISDIR)],
)
def test_a_file_that_cannot_be_read_is_named_by_row_and_feature(path, kind, number):
    with answering(EVERYTHING, NUMBER, lambda rows: rows) as server:
        client = server.open()
        for predict, row in (
            (lambda: client.predict(p=path, n=1), 0),
            (lambda: client.predict_many([{"p": Path(path), "n": 1}]), 0),
            (lambda: client.predict_columns({"p": [png(), path], "n": [1, 2]}), 1),
        ):
            with pytest.raises(kind, match=f'^row {row}: feature "p": the file ') as raised:
                predict()
            error = raised.value
            assert isinstance(error, sidekick.Error) and isinstance(error, sidekick.FileError)
            assert (error.row, error.feature, error.errno) == (row, "p", number)
            assert os.strerror(number) in str(error) and path in str(error) and str(error.filename) == path
            # As a traceback shows it.
            assert type(error).__qualname__ == "FileError"
            copied = pickle.loads(pickle.dumps(error))
            assert (type(copied), str(copied), copied.errno, copied.row) == (type(error), str(error), number, row)
        with pytest.raises(ValueError, match='^row 0: feature "p": the path '):
            client.predict(p="a\0b", n=1)
        results = [*client.predict_lazy([{"p": path, "n": 1}], errors="return")]
        assert isinstance(results[0], kind)
        assert not server.requests


def test_a_file_of_the_settings_that_is_missing_is_one_too():
    with pytest.raises(FileNotFoundError, match="missing.pem") as raised:
        sidekick.Deployment("http://127.0.0.1:1/x", "token", ca_file="missing.pem")
    assert isinstance(raised.value, sidekick.FileError) and raised.value.errno == errno.ENOENT
    assert (raised.value.row, raised.value.feature) == (None, None)


def test_every_error_is_of_one_class():
    kinds = [getattr(sidekick, name) for name in sidekick.__all__]
    kinds = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseException)]
    assert len(kinds) > 10 and all(issubclass(kind, sidekick.Error) for kind in kinds)
    with answering({"n": feature("numeric"), "c": feature("categorical", 2, categories="ab")}, NUMBER,
                   lambda _: []) as server:
        client = server.open()
        row = {"n": 1, "c": "a"}
        for wrong, kind, place, name in (
            ({**row, "n": "1"}, TypeError, 1, "n"),
            ({**row, "n": float("nan")}, ValueError, 1, "n"),
            ({**row, "c": "z"}, ValueError, 1, "c"),
            ({"n": 1}, ValueError, 1, "c"),
            ({}, ValueError, 1, None),
            (5, TypeError, 1, None),
        ):
            with pytest.raises(kind) as raised:
                client.predict_many([row, wrong])
            assert isinstance(raised.value, sidekick.Error)
            assert (raised.value.row, raised.value.feature) == (place, name)
        with pytest.raises(sidekick.Error) as raised:
            client.predict(row)
        assert isinstance(raised.value, sidekick.ReplyError)
        for columns in ({"n": [1]}, {"n": [1], "c": ["a", "b"]}, {"n": 1, "c": "a"}):
            with pytest.raises(sidekick.Error):
                client.predict_columns(columns)
        client.close()
        with pytest.raises(sidekick.Error, match="closed"):
            client.predict(row)
    with pytest.raises(sidekick.Error):
        sidekick.Deployment("nowhere", "token")


def test_a_reply_s_error_has_its_row_and_its_output():
    error = error_of([{"n": "1"}])
    assert (error.row, error.feature) == (0, "n")


def test_an_image_s_error_has_its_row_and_its_output():
    # Cut off, and without its samples.
    for data in (png()[:-20], png().replace(b"IDAT", b"idAT")):
        text = "data:image/png;base64," + base64.b64encode(data).decode()
        error = error_of([{"out": text}], {"out": feature("image", 4, 4, 3)})
        assert isinstance(error, sidekick.ReplyError)
        assert (error.row, error.feature) == (0, "out")


def test_request_errors_can_be_pickled():
    error = error_of((502, "x"))
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied), copied.status) == (type(error), str(error), 502)


def test_a_timeout_is_pythons_too():
    assert issubclass(sidekick.RequestTimeout, TimeoutError)
    assert issubclass(sidekick.RequestTimeout, IOError)


def test_a_misspelt_input_is_shown():
    inputs = {name: feature("numeric") for name in ("bill length (mm)", "bill depth (mm)", "year")}
    row = {"bill length (mm)": 1, "bill depth (mm)": 2, "yaer": 3, "sex": "male"}
    with answering(inputs, NUMBER, lambda rows: [{"n": 1}] * len(rows)) as server:
        client = server.open()
        for call in (
            lambda: client.predict(row),
            lambda: client.predict_many([row] * 9),
            lambda: client.predict_columns({name: [value] for name, value in row.items()}),
            lambda: client.predict_frame(pandas.DataFrame([row])),
        ):
            said = '"year".*; it has "yaer", which is no input$'
            with pytest.raises(sidekick.InvalidValueError, match=said) as raised:
                call()
            assert raised.value.feature == "year"
        # Another input is not taken for a misspelt one.
        with pytest.raises(ValueError, match='^row 0: the row lacks "bill depth [(]mm[)]"$'):
            client.predict({"bill length (mm)": 1, "year": 3})
        with pytest.raises(TypeError, match="'Year' .*; the nearest is \"year\"$"):
            client.predict(row, Year=3)
        with pytest.raises(ValueError, match="no input 'yeer'; the nearest is \"year\"$"):
            client.predict_columns(row, missing={"yeer": 3})
        assert not server.requests


def test_rows_in_place_of_a_frame_are_sent_elsewhere():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        with pytest.raises(TypeError, match="got a list; predict_many takes rows$"):
            server.open().predict_frame([{"n": 1}])


ALIKE = {"Caf\u00e9": feature("categorical", categories=["New York", "b"]), "n": feature("numeric")}


@pytest.mark.parametrize(
    "row, said",
    [
        ({"Cafe\u0301": "b", "n": 1}, r"; 'Cafe\u0301' looks the same as 'Caf\xe9', and is not"),
        ({"Caf\u00e9": "b", "\ufeffn": 1}, r"; '\ufeffn' looks the same as 'n', and is not"),
        (
            {"Caf\u00e9": "New\u00a0York", "n": 1},
            '"New York" looks the same: it has U+0020 (space) where this has U+00A0 (no-break space), at character 4',
        ),
    ],
)
def test_the_code_points_of_what_looks_the_same_are_shown(row, said):
    with answering(ALIKE, {"n": feature("numeric")}, lambda rows: [{"n": 1}] * len(rows)) as server:
        client = server.open()
        for call in (
            lambda: client.predict(row),
            lambda: client.predict_many([row] * 9),
            lambda: client.predict_columns({name: [value] for name, value in row.items()}),
            lambda: client.predict_columns(pandas.DataFrame([row])),
        ):
            with pytest.raises(ValueError) as refused:
                call()
            assert said in str(refused.value)
