"""Numbers, categories, binary values and text."""

from decimal import Decimal
from fractions import Fraction

import numpy
import pandas
import pytest

from served import answering, deployment, feature

MIXED = {"n": feature("numeric"), "c": feature("categorical", 2), "b": feature("binary"), "t": feature("text")}
ROW = {"n": 1, "c": "x", "b": 0, "t": "text"}


@pytest.fixture
def sent():
    """What goes over the wire for a value of a feature."""
    with answering(MIXED, {"out": feature("numeric")}, lambda rows: [{"out": 0}] * len(rows)) as server:
        client = server.open()

        def send(**changed):
            client.predict(**{**ROW, **changed})
            (name,) = changed
            return server.requests[-1][1][0][name]

        yield send


@pytest.mark.parametrize(
    ("name", "values", "wire"),
    [
        ("n", [2, True + 1, numpy.int8(2), numpy.uint64(2), numpy.array(2)], 2),
        ("n", [0.5, numpy.float32(0.5), numpy.float64(0.5), numpy.float16(0.5), numpy.array(0.5)], 0.5),
        ("n", [True, numpy.bool_(True)], 1),
        ("n", [2**53 + 1, Decimal(2**53 + 1), Decimal("9007199254740993.000")], 2**53 + 1),
        ("n", [Decimal("1.25"), Decimal("125e-2")], 1.25),
        ("n", [2**70], 2.0**70),
        ("c", ["x", numpy.str_("x")], "x"),
        ("c", [7, numpy.int64(7)], 7),
        ("b", [1, True, numpy.bool_(True), numpy.int32(1)], 1),
        ("b", ["yes"], "yes"),
        ("t", ["", 'å ☀ \0 "q" \\ \n', numpy.str_("x"), "x" * 100_000], None),
    ],
)
def test_scalars_of_every_kind_are_sent(sent, name, values, wire):
    for value in values:
        got = sent(**{name: value})
        assert got == (value if wire is None else wire)
        assert not isinstance(got, bool)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("n", ["1", None, b"1", [1], 1j, pandas.NA, numpy.array([1.0]), numpy.datetime64("2020-01-01")]),
        ("c", [1.0, Decimal(1), None, b"x", True, numpy.float64(1), numpy.bool_(True), ["x"]]),
        ("b", [0.5, None, b"x", ["x"]]),
        ("t", [1, None, b"text", ["text"]]),
    ],
)
def test_wrong_types_raise_type_errors_that_name_row_and_feature(sent, name, values):
    for value in values:
        with pytest.raises(TypeError, match=f'^row 0: feature "{name}": expected '):
            sent(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("n", value) for value in (float("nan"), float("-inf"), Decimal("-inf"), Decimal("1e1000000"), 10**400)),
        ("c", 2**64),
        *((name, Fraction(10**400)) for name in "ncb"),
        ("t", "half a pair \ud800"),
    ],
)
def test_values_that_cannot_be_sent_raise_value_errors(sent, name, value):
    with pytest.raises(ValueError, match=f'^row 0: feature "{name}": '):
        sent(**{name: value})


def test_a_category_that_is_not_listed_is_a_value_error(echo, row):
    with pytest.raises(ValueError, match='^row 1: feature "category": "z" is none of its categories'):
        echo.predict_many([row, {**row, "category": "z"}])


def test_integer_categories_are_told_by_their_digits():
    with deployment("integers") as client:
        results = client.predict_many([{"category": value, "array": numpy.zeros(2)} for value in (1, "2", 3)])
    assert [max(result["category"], key=result["category"].get) for result in results] == ["1", "2", "3"]


def test_all_outputs_of_all_rows_come_back_in_order(echo, row):
    rows = [{**row, "number": place, "category": "abc"[place % 3], "flag": place % 2} for place in range(300)]
    results = echo.predict_many(rows)
    assert [result["number"] for result in results] == list(range(300))
    assert [result["flag"] for result in results] == [0.0, 1.0] * 150
    labels = ["first ☀", 'second "quoted"', "third \n line"]
    for place, result in enumerate(results):
        assert result["text"] == labels[place % 3]
        assert list(result["category"]) == ["a", "b", "c"]
        assert result["category"]["abc"[place % 3]] == pytest.approx(0.8 + 0.2 / 3)
    assert type(results[0]["number"]) is float
    assert list(results[0]) == ["number", "flag", "category", "text", "picture", "grey", "array"]


def test_awkward_names_are_keys_like_any(row):
    with deployment("names") as client:
        given = {spec.name: place + 0.5 for place, spec in enumerate(client.feature_specs_in)}
        assert client.predict(**given) == given
        assert client.predict_many([given]) == [given]


def test_features_may_be_called_as_parameters_are():
    names = ["self", "rows", "progress", "features"]
    features = {name: feature("numeric") for name in names}
    with answering(features, {"self": feature("numeric")}, lambda rows: rows) as server:
        assert server.open().predict(self=3, rows=1, progress=1, features=1) == {"self": 3.0}


def test_missing_features_are_named_and_others_passed_over(sent):
    with answering(MIXED, {"out": feature("numeric")}, lambda rows: [{"out": 0}] * len(rows)) as server:
        client = server.open()
        with pytest.raises(ValueError, match='^row 1: the row lacks "c", "t"$'):
            client.predict_many([ROW, {"n": 1, "b": 1}])
        assert not server.requests
        client.predict(**ROW, id=17)
        assert list(server.requests[0][1][0]) == ["n", "c", "b", "t"]


def test_one_row_is_given_as_a_dict_as_keywords_or_as_both():
    with answering(MIXED, {"out": feature("numeric")}, lambda rows: [{"out": row["n"]} for row in rows]) as server:
        client = server.open()
        for row in (ROW, pandas.Series(ROW)):
            assert client.predict(row) == client.predict(**row) == {"out": 1}
            assert client.predict(row, n=7) == {"out": 7} and row["n"] == 1
        assert [request["c"] for _, (request,) in server.requests] == ["x"] * 6
        with pytest.raises(ValueError, match='^row 0: the row lacks "n", "c", "b", "t"$'):
            client.predict()


@pytest.mark.parametrize("row", [[1, 2], "n", None, 5])
def test_a_row_has_to_be_a_dict(echo, row):
    with pytest.raises(TypeError, match="^row 0: expected a dict of features, got "):
        echo.predict_many([row])
    if row is not None:
        with pytest.raises(TypeError, match="^row 0: expected a dict of features, got "):
            echo.predict(row)


def test_a_series_is_a_row():
    record = {"island": "Biscoe", "sex": "male", "year": 2007}
    measures = {"bill length (mm)": 40.6, "bill depth (mm)": 18.6, "flipper length (mm)": 183}
    with deployment("penguins") as client:
        expected = client.predict(**record, **measures)
        assert client.predict_many([pandas.Series({**record, **measures})]) == [expected]


def test_many_rows_of_long_text_are_flushed_in_between():
    outputs = {"out": feature("numeric")}
    with answering({"t": feature("text")}, outputs, lambda rows: [{"out": len(row["t"])} for row in rows]) as server:
        lengths = [size * 1000 for size in range(200)]
        results = server.open().predict_many({"t": "x" * length} for length in lengths)
    assert [result["out"] for result in results] == lengths


def test_no_rows_make_no_request(echo):
    assert echo.predict_many([]) == []
    assert list(echo.predict_lazy([])) == []
