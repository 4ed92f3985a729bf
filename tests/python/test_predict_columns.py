"""Whole columns in and out."""

import math
import sys
from array import array

import numpy
import pandas
import pytest

import sidekick
from served import DATA, answering, deployment, feature
from test_columns import INPUTS, OUT, answer, made

NUMBER = {"n": feature("numeric")}
LABELS = ["a", "b", "c"]


def columns_of(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("seed", range(25))
def test_columns_are_sent_as_rows_are(seed):
    rows = made(seed)
    with answering(INPUTS, OUT, answer) as server:
        client = server.open()
        columns = columns_of(rows)
        client.predict_many(rows)
        client.predict_columns(columns)
        client.predict_columns({name: tuple(values) for name, values in columns.items()})
        client.predict_columns({name: pandas.Series(values) for name, values in columns.items()})
        (_, expected), *others = server.requests
    assert all(sent == expected for _, sent in others)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3],
        range(1, 4),
        array("i", [1, 2, 3]),
        memoryview(array("q", [1, 2, 3])),
        pandas.Series([1, 2, 3], dtype="Int64"),
        *(numpy.array([1, 2, 3], dtype) for dtype in ("i1", "u2", ">i4", "i8", "u8", "object")),
        numpy.arange(7)[1::2][:3] // 2 + 1,
    ],
)
def test_numbers_of_every_kind_are_columns(values):
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        found = server.open().predict_columns({"n": values, "other": None})
        ((_, sent),) = server.requests
    assert sent == [{"n": 1}, {"n": 2}, {"n": 3}] and all(type(row["n"]) is int for row in sent)
    assert found["n"].dtype == float and found["n"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f4", "f8", "g", "bool"])
def test_floats_and_bools_are_columns(dtype):
    values = numpy.array([1, 0, 1], dtype)
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        assert server.open().predict_columns({"n": values})["n"].tolist() == [1, 0, 1]


def test_texts_of_every_kind_are_columns():
    texts = ["", "a\0b", "ä☀", "\0", "x" * 100_000, '"\\\n']
    text = {"t": feature("text")}
    with answering(text, text, lambda rows: rows) as server:
        client = server.open()
        for column in (texts, texts[2:], numpy.array(texts[2:]), numpy.array(texts[2:], object)):
            assert client.predict_columns({"t": column}) == {"t": list(column)}


def test_every_output_has_its_column(echo, row):
    count = 300
    columns = columns_of([{**row, "number": place + 0.5, "category": "abc"[place % 3]} for place in range(count)])
    columns["array"] = numpy.arange(6.0 * count).reshape(count, 2, 3)
    found = echo.predict_columns(columns)
    assert list(found) == ["number", "flag", "category", "text", "picture", "grey", "array"] and found.errors == {}
    assert found["number"].tolist() == columns["number"] and found["flag"].tolist() == [1.0] * count
    assert found["array"].dtype == numpy.float32 and (found["array"] == columns["array"]).all()
    assert len(found["picture"]) == count and found["picture"][-1].format == "PNG"
    assert found["text"][:2] == ["first ☀", 'second "quoted"']
    category = found["category"]
    assert category.labels == ("a", "b", "c") and category.matrix.shape == (count, 3) and len(category) == count
    labels, probabilities = category.best()
    assert labels.tolist() == columns["category"]
    assert (probabilities == category.matrix.max(axis=1)).all()


def test_the_best_label_is_that_of_the_most_probable_number():
    nan, inf = math.nan, math.inf
    rows = {
        (0.25, 0.75, 0.5): "b",
        (nan, 0.25, 0.75): "c",
        (0.25, nan, 0.125): "a",
        (0.25, 0.125, nan): "a",
        (nan, nan, -1.0): "c",
        (nan, -inf, nan): "b",
        (0.5, 0.75, 0.75): "b",
        (-0.0, 0.0, -1.0): "a",
        (nan, 0.0, -0.0): "b",
        (inf, nan, inf): "a",
        (nan, nan, nan): None,
    }
    column = sidekick.columns.Probabilities(tuple(LABELS), numpy.array([*rows]))
    labels, probabilities = column.best()
    assert labels.tolist() == [*rows.values()]
    expected = [nan if label is None else row[LABELS.index(label)] for row, label in rows.items()]
    # With the signs of zeros.
    assert [*map(repr, probabilities.tolist())] == [*map(repr, expected)]


def test_arrays_lie_as_they_may(row):
    with deployment("single-array") as client:
        whole = numpy.arange(3e6).reshape(3, 1000, 1000) / 3e6
        expected = client.predict_columns({"array": whole})["mean"].tolist()
        for arrays in (whole.astype("f4"), [*whole], whole[::-1][::-1], whole.transpose(0, 2, 1)):
            assert client.predict_columns({"array": arrays})["mean"].tolist() == pytest.approx(expected)
        with pytest.raises(ValueError, match='^row 0: feature "array": expected an array of shape'):
            client.predict_columns({"array": whole[:, :999]})
        whole[1, 2, 3] = math.nan
        with pytest.raises(ValueError, match='^row 1: feature "array": element'):
            client.predict_columns({"array": whole})


def test_pictures_are_paths_or_bytes():
    files = sorted((DATA / "digits").glob("digit-7-*.png"))[:5]
    with deployment("digits", batch_rows=2) as client:
        found = client.predict_columns({"image": files})["digit"]
        same = client.predict_columns({"image": [file.read_bytes() for file in files]})["digit"]
    assert (found.matrix == same.matrix).all() and found.best()[0].tolist() == ["7"] * 5


@pytest.mark.parametrize(
    ("changed", "kind", "says"),
    [
        ({"n": [1.0, 2.0, "3"]}, TypeError, '^row 2: feature "n": expected a number, got a str'),
        ({"n": [1.0, 2.0, math.inf]}, ValueError, '^row 2: feature "n": inf'),
        ({"n": numpy.array([1.0, math.nan, 0.0])}, ValueError, '^row 1: feature "n": NaN'),
        ({"n": numpy.zeros((3, 1))}, TypeError, '^row 0: feature "n": expected a number'),
        ({"t": ["a", b"b", "c"]}, TypeError, '^row 1: feature "t": expected a str, got a bytes'),
        ({"t": ["a", "b", "\ud800"]}, ValueError, '^row 2: feature "t": .*UTF-8'),
        ({"t": [1, 2, 3]}, TypeError, '^row 0: feature "t": expected a str'),
        ({"c": ["a", "b", "z"]}, ValueError, '^row 2: feature "c": "z" is none of its categories'),
        ({"c": numpy.array([True, False, True])}, TypeError, '^row 0: feature "c": expected a category'),
        ({"c": [0.5, 0.5, 0.5]}, TypeError, '^row 0: feature "c": expected a category'),
        ({"t": "abc"}, TypeError, 'the column "t" has to be a sequence of values'),
        ({"n": bytearray(b"abc")}, TypeError, 'the column "n" has to be a sequence of values'),
        ({"n": 1.0}, TypeError, 'the column "n" has to be a sequence of values'),
        ({"n": numpy.array(1.0)}, TypeError, 'the column "n" has to be a sequence of values'),
        ({"n": iter([1])}, TypeError, 'the column "n" has to be a sequence of values'),
        ({"n": {1.0, 2.0}}, TypeError, 'the column "n" has to be a sequence of values, or an array, not a set'),
        ({"n": frozenset([1.0])}, TypeError, 'the column "n" has to be a sequence of values'),
        ({"c": ["a", "b"]}, ValueError, 'the column "c" has 2 values, that of "n" has 3'),
    ],
)
def test_what_cannot_be_sent_is_named(changed, kind, says):
    inputs = {"n": feature("numeric"), "t": feature("text"), "c": feature("categorical", 3, categories=LABELS)}
    columns = {"n": [1.0, 2.0, 3.0], "t": ["a", "b", "c"], "c": LABELS}
    with answering(inputs, OUT, answer) as server:
        client = server.open()
        with pytest.raises(kind, match=says):
            client.predict_columns({**columns, **changed})
        with pytest.raises(ValueError, match='^there is no column for "t", "c"; '):
            client.predict_columns({"n": [1.0]})
        assert not server.requests
        client.predict_columns(columns)


def test_parts_are_numbered_over_the_whole_table():
    values = numpy.arange(10_000.0)
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(batch_rows=100, max_in_flight=3)
        assert (client.predict_columns({"n": values})["n"] == values).all()
        assert len(server.requests) == 100
        server.answer = lambda rows: [row for row in rows if row["n"] != 9_950]
        with pytest.raises(sidekick.ReplyError) as raised:
            client.predict_columns({"n": values})
        assert raised.value.rows == range(9_900, 10_000)
        values[9_999] = math.nan
        with pytest.raises(ValueError, match='^row 9999: feature "n": '):
            client.predict_columns({"n": values})


@pytest.mark.parametrize("options", [{}, {"batch_rows": 2}, {"batch_rows": 1, "max_in_flight": 2}])
@pytest.mark.parametrize("progress", [False, True])
def test_bad_rows_are_gaps_and_told(row, options, progress):
    numbers = [1e300, 1.5, 1e300, 1e300, 1e300, 2.5]
    columns = columns_of([{**row, "number": number} for number in numbers])
    with deployment("echo", isolate_bad_rows=True, **options) as client:
        found = client.predict_columns(columns, progress=progress)
        everything = client.predict_columns({**columns, "number": [1e300] * 6})
    assert list(found.errors) == [0, 2, 3, 4]
    for place, error in found.errors.items():
        assert isinstance(error, sidekick.RequestError) and error.rows == range(place, place + 1)
        assert str(error).startswith(f"row {place}: ")
    gaps = [place in found.errors for place in range(6)]
    assert numpy.isnan(found["number"]).tolist() == gaps and found["number"][[1, 5]].tolist() == [1.5, 2.5]
    assert numpy.isnan(found["category"].matrix).all(axis=1).tolist() == gaps
    assert [label is None for label in found["category"].best()[0]] == gaps
    assert numpy.isnan(found["array"]).all(axis=(1, 2)).tolist() == gaps
    assert [text is None for text in found["text"]] == [picture is None for picture in found["picture"]] == gaps
    assert len(everything.errors) == 6 and everything["text"] == [None] * 6


def test_labels_that_replies_tell_may_change_their_order():
    output = {"class": feature("categorical", 3)}

    def of(row):
        order = LABELS if row["n"] < 4100 else LABELS[::-1]
        return {"class": {label: row["n"] + LABELS.index(label) / 4 for label in order}}

    def fussy(rows):
        return [of(row) for row in rows] if rows[0]["n"] else (400, '{"errorCode": "BadData"}')

    values = numpy.arange(6000.0)
    with answering(NUMBER, output, fussy) as server:
        client = server.open(batch_rows=50, isolate_bad_rows=True)
        found = client.predict_columns({"n": values}, progress=True)
        assert list(found.errors) == [0] and found["class"].labels == ("a", "b", "c")
        assert (found["class"].matrix[1:] == values[1:, None] + numpy.arange(3) / 4).all()
        server.answer = lambda rows: [{"class": dict.fromkeys(LABELS if row["n"] < 100 else "abd", 0.5)}
                                      for row in rows]
        with pytest.raises(sidekick.ReplyError, match="the categories differ from one reply to the next"):
            client.predict_columns({"n": values}, progress=True)
        server.answer = lambda rows: (400, "")
        unknown = client.predict_columns({"n": [0.0, 1.0]})["class"]
        assert unknown.labels == () and unknown.best()[0].tolist() == [None, None]
        assert numpy.isnan(unknown.best()[1]).all()


def test_no_rows_give_empty_columns(echo, row):
    found = echo.predict_columns({name: [] for name in row})
    assert found["number"].shape == (0,) and found["category"].matrix.shape == (0, 3) and found["text"] == []
    assert found["array"].shape == (0, 2, 3) and found["category"].best()[0].shape == (0,)


def test_progress_counts_rows(monkeypatch, capsys):
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        server.open().predict_columns({"n": range(300)}, progress=True)
    assert "300/300" in capsys.readouterr().err


def test_results_outlive_the_deployment():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server, server.open() as client:
        first = client.predict_columns({"n": [1.0, 2.0]})
        second = client.predict_columns({"n": [3.0, 4.0]})
    assert first["n"].tolist() == [1, 2] and second["n"].tolist() == [3, 4]
    with pytest.raises(ValueError, match="^the deployment is closed$"):
        client.predict_columns({"n": [1.0]})
