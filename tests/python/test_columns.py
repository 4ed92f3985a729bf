"""Many rows are packed by column: what is sent, refused and read is the same as for each row alone."""

import random
from fractions import Fraction

import numpy
import pandas
import pytest

from served import answering, deployment, feature

INPUTS = {
    "first": feature("numeric"),
    "label": feature("categorical", 3),
    "second": feature("numeric"),
    "third": feature("numeric"),
    "flag": feature("binary"),
    "text": feature("text"),
}
OUT = {"out": feature("numeric")}
COUNT = 40

COLUMNS = {
    "first": [
        lambda place: place / 7,
        lambda place: place,
        lambda place: place if place % 3 else place / 7,
        lambda place: numpy.float32(place / 7) if place % 2 else numpy.int16(place),
        lambda place: bool(place % 2) if place % 5 else 1,
        lambda place: Fraction(place, 3),
        lambda place: place << (2 * place),
    ],
    "label": [
        lambda place: "abc"[place % 3],
        lambda place: place % 3,
        lambda place: f"label {place} ☀" if place % 4 else place,
        lambda place: numpy.str_("abc"[place % 3]),
    ],
    "flag": [lambda place: bool(place % 2), lambda place: place % 2, lambda place: str(place % 2), numpy.bool_],
    "text": [lambda place: "ä☀" * place, lambda place: numpy.str_("x" * place)],
}


def made(seed):
    """Rows whose columns are each of one or another kind."""
    chosen = random.Random(seed)
    kinds = {name: chosen.choice(COLUMNS["first" if feature == INPUTS["first"] else name])
             for name, feature in INPUTS.items()}
    return [{name: kind(place) for name, kind in kinds.items()} for place in range(COUNT)]


def answer(rows):
    return [{"out": 0}] * len(rows)


@pytest.mark.parametrize("seed", range(25))
def test_rows_together_are_sent_as_each_alone(seed):
    rows = made(seed)
    with answering(INPUTS, OUT, answer) as server:
        client = server.open()
        client.predict_many(rows)
        client.predict_frame(pandas.DataFrame(rows, dtype=object))
        list(client.predict_lazy(iter(rows)))
        for row in rows:
            client.predict(**row)
        (_, together), (_, table), (_, lazily), *alone = server.requests
    assert together == table == lazily == [row for _, (row,) in alone]
    assert all(list(row) == list(INPUTS) for row in together)


def test_a_table_of_numbers_is_read_where_it_lies():
    frame = pandas.DataFrame(numpy.arange(3.0 * COUNT).reshape(COUNT, 3), columns=["first", "second", "third"])
    frame["second"] = frame["second"].astype("int64")
    frame["third"] = frame["third"].astype("float32")
    frame = frame.assign(label="a", flag=True, text="x")[::2]
    with answering(INPUTS, OUT, answer) as server:
        server.open().predict_frame(frame)
        ((_, sent),) = server.requests
    assert sent == frame.assign(flag=1)[list(INPUTS)].to_dict("records")


@pytest.mark.parametrize(
    ("feature", "value", "kind", "says"),
    [
        ("first", "1", TypeError, "expected a number, got a str"),
        ("first", float("inf"), ValueError, "inf"),
        ("first", 1 << 2000, ValueError, "too large"),
        ("label", 1.5, TypeError, "expected a category"),
        ("label", True, TypeError, "expected a category"),
        ("label", ["a"], TypeError, "got a list"),
        ("label", 1 << 70, ValueError, "not one of its categories"),
        ("label", "\ud800", ValueError, "UTF-8"),
        ("flag", None, TypeError, "got None"),
        ("text", 7, TypeError, "expected a str, got an int"),
        ("text", "\ud800", ValueError, "UTF-8"),
    ],
)
def test_the_row_that_is_refused_is_named(feature, value, kind, says):
    rows = [*made(0), *made(1)]
    rows[33] = {**rows[33], feature: value}
    with answering(INPUTS, OUT, answer) as server:
        client = server.open()
        for predict in (client.predict_many, lambda rows: client.predict_frame(pandas.DataFrame(rows, dtype=object))):
            with pytest.raises(kind, match=f'^row 33: feature "{feature}": .*{says}'):
                predict(rows)
        assert not server.requests


@pytest.mark.parametrize(("feature", "value"),
                         [("first", "1"), ("label", True), ("label", 0.5), ("text", 7), ("flag", 0.5)])
def test_a_whole_column_of_another_type_is_refused(feature, value):
    with answering(INPUTS, OUT, answer) as server:
        with pytest.raises(TypeError, match=f'^row 0: feature "{feature}": '):
            server.open().predict_many([{**row, feature: value} for row in made(0)])


def test_rows_beyond_a_chunk_are_named_and_kept_apart():
    with deployment("batch-size", batch_rows=1000) as client:
        assert client.predict_many([{"number": 1.5}] * 1500) == [{"rows": 1000.0}] * 1000 + [{"rows": 500.0}] * 500
        with pytest.raises(ValueError, match="^row 1300: "):
            client.predict_many([*[{"number": 1.5}] * 1300, {"number": float("nan")}, *[{"number": 1.5}] * 300])
        table = pandas.DataFrame({"number": [1.5] * 1300 + [float("nan")] * 2})
        with pytest.raises(ValueError, match="^row 1300: "):
            client.predict_frame(table)


@pytest.mark.parametrize("width", [1, 2, 16, 17, 300])
@pytest.mark.parametrize("listed", [True, False])
def test_labels_of_any_kind_are_keys(width, listed):
    labels = [f"\"'\\ {{}} \n{place} ☀" for place in range(width)]
    output = {"it's {a} \"class\"": feature("categorical", width, categories=labels if listed else ())}
    (name,) = output

    def of(place):
        return {name: {label: (place + 1) / (number + 1) for number, label in enumerate(labels)}}

    with answering({"n": feature("numeric")}, output, lambda rows: [of(row["n"]) for row in rows]) as server:
        client = server.open()
        found = client.predict_many([{"n": place} for place in range(20)])
        assert client.predict(n=3) == of(3)
    assert found == [of(place) for place in range(20)]
    assert list(found[3][name]) == labels


def test_parts_of_a_table_are_joined():
    number = {"n": feature("numeric")}

    def fussy(rows):
        return (400, '{"errorCode": "BadData"}') if any(row["n"] in (4, 5, 11) for row in rows) else rows

    table = pandas.DataFrame({"n": range(13)}, index=[f"row {place}" for place in range(13)])
    with answering(number, number, fussy) as server:
        client = server.open(batch_rows=2, max_in_flight=2, isolate_bad_rows=True)
        scored = client.predict_frame(table, progress=True)
        assert list(scored.index) == list(table.index) and scored["n"].dtype == float
        assert list(scored.index[scored["n"].isna()]) == ["row 4", "row 5", "row 11"]
        assert scored["n"].dropna().tolist() == [0, 1, 2, 3, 6, 7, 8, 9, 10, 12]
        whole = client.predict_frame(table)
        pandas.testing.assert_frame_equal(whole, scored)
        with pytest.raises(ValueError, match="^row 12: "):
            client.predict_frame(table.assign(n=[1.0] * 12 + [float("nan")]), progress=True)
