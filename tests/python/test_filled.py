"""Missing values of a table that are filled in, or whose rows are skipped, because the caller says so."""

import numpy
import pandas
import polars
import pyarrow
import pytest

import sidekick
from served import answering, feature

INPUTS = {"n": feature("numeric"), "c": feature("categorical", 2), "t": feature("text")}
OUTPUTS = {
    "n": feature("numeric"),
    "c": feature("categorical", 2, categories=["x", "y"]),
    "t": feature("text"),
}
NAN = float("nan")


def same(rows):
    return [{**row, "c": {"x": 1.0, "y": 0.0}} for row in rows]


def sent_rows(server):
    return [row for _, rows in server.requests for row in rows]


COLUMNS = {"n": [1.5, None, 3.5, 4.5], "c": ["x", "y", None, "x"], "t": ["a", None, "c", "d"]}
FRAMES = [
    COLUMNS,
    {**COLUMNS, "n": numpy.array([1.5, NAN, 3.5, 4.5])},
    {**COLUMNS, "n": numpy.ma.masked_invalid([1.5, NAN, 3.5, 4.5])},
    pandas.DataFrame(COLUMNS),
    pandas.DataFrame(COLUMNS).convert_dtypes(),
    pandas.DataFrame(COLUMNS, dtype=object),
    polars.DataFrame(COLUMNS),
    polars.DataFrame(COLUMNS).with_columns(
        polars.col("n").fill_null(NAN), polars.col("c").cast(polars.Categorical)
    ),
    pyarrow.table(COLUMNS),
    pyarrow.concat_tables([pyarrow.table(COLUMNS)[:1], pyarrow.table(COLUMNS)[1:]]),
]


@pytest.mark.parametrize("frame", FRAMES)
def test_missing_values_are_filled_in(frame):
    with answering(INPUTS, OUTPUTS, same) as server:
        client = server.open()
        found = client.predict_columns(frame, missing={"n": -1, "c": "x", "t": ""})
        assert sent_rows(server) == [
            {"n": 1.5, "c": "x", "t": "a"},
            {"n": -1, "c": "y", "t": ""},
            {"n": 3.5, "c": "x", "t": "c"},
            {"n": 4.5, "c": "x", "t": "d"},
        ]
        assert found["n"].tolist() == [1.5, -1, 3.5, 4.5] and not found.errors
        with pytest.raises(ValueError, match='^row 1: feature "t": .*missing') as raised:
            client.predict_columns(frame, missing={"n": -1, "c": "x"})
        assert isinstance(raised.value, sidekick.MissingValueError)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_message_of_a_missing_value_names_the_way_out(frame):
    said = '^row 1: feature "n": .*; missing= fills it in, or skips its row$'
    with answering(INPUTS, OUTPUTS, same) as server:
        # Also where the gap is NaN, and so of a type that the input takes.
        with pytest.raises(sidekick.MissingValueError, match=said) as raised:
            server.open(batch_rows=1).predict_columns(frame, missing={"c": "x", "t": ""})
        assert (raised.value.row, raised.value.feature) == (1, "n") and "or leave its row out" not in str(raised.value)
        with pytest.raises(sidekick.MissingValueError, match='^row 2: feature "c": .*; missing= fills'):
            server.open().predict_columns(frame, missing={"n": 1, "t": ""})
        infinite = {**COLUMNS, "n": numpy.array([1, numpy.inf, 3, 4])}
        with pytest.raises(ValueError, match="^row 1: ") as raised:
            server.open().predict_columns(infinite, missing={"c": "x", "t": ""})
        assert not isinstance(raised.value, sidekick.MissingValueError)


def test_a_row_of_an_array_with_nan_in_it_is_a_missing_value():
    array = numpy.ones((3, 2))
    array[2, 1] = NAN
    numeric = {"n": feature("numeric")}
    with answering({"a": feature("numeric", 2)}, numeric, lambda rows: [{"n": 0}] * len(rows)) as server:
        with pytest.raises(sidekick.MissingValueError, match='^row 2: feature "a": .*; missing= fills') as raised:
            server.open().predict_columns({"a": array})
        assert (raised.value.row, raised.value.feature) == (2, "a")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("batch_rows", [1, 128])
def test_rows_with_missing_values_are_skipped(frame, batch_rows):
    with answering(INPUTS, OUTPUTS, same) as server:
        client = server.open(batch_rows=batch_rows)
        found = client.predict_columns(frame, missing="skip", progress=True)
        assert sent_rows(server) == [{"n": 1.5, "c": "x", "t": "a"}, {"n": 4.5, "c": "x", "t": "d"}]
    numpy.testing.assert_array_equal(found["n"], [1.5, NAN, NAN, 4.5])
    assert found["t"] == ["a", None, None, "d"] and found["c"].best()[0].tolist() == ["x", None, None, "x"]
    assert [(row, error.row, error.feature) for row, error in found.errors.items()] == [
        (1, 1, "n"),
        (2, 2, "c"),
    ]
    assert all(isinstance(error, sidekick.MissingValueError) for error in found.errors.values())


def test_skipped_rows_are_missing_in_a_frame():
    with answering(INPUTS, OUTPUTS, same) as server:
        client = server.open()
        for frame in (polars.DataFrame(COLUMNS), pyarrow.table(COLUMNS)):
            found = client.predict_frame(frame, missing="skip")
            listed = (
                found.to_dict(as_series=False) if isinstance(found, polars.DataFrame) else found.to_pydict()
            )
            assert listed["n"] == [1.5, None, None, 4.5] and listed["t"] == ["a", None, None, "d"]
        found = client.predict_frame(pandas.DataFrame(COLUMNS, index=[*"pqrs"]), missing="skip")
        assert found.index[found["n"].isna()].tolist() == ["q", "r"] and found["c"].tolist() == [
            "x",
            None,
            None,
            "x",
        ]
        filled = client.predict_frame(polars.DataFrame(COLUMNS), missing={"n": 0, "c": "y", "t": "none"})
        assert filled["t"].to_list() == ["a", "none", "c", "d"]


def test_skipped_rows_keep_the_numbers_of_others():
    numbers = numpy.array([NAN, 1, NAN, numpy.inf, 5])
    with answering({"n": feature("numeric")}, OUTPUTS, same) as server:
        client = server.open()
        with pytest.raises(ValueError, match='^row 3: feature "n": ') as raised:
            client.predict_columns({"n": numbers}, missing="skip")
        assert raised.value.row == 3
        with pytest.raises(TypeError, match='^row 3: feature "n": '):
            client.predict_columns({"n": [*numbers[:3], "x", 5]}, missing="skip")

    def fussy(rows):
        return (400, '{"errorCode": "BadData"}') if any(row["n"] == 5 for row in rows) else rows

    with answering({"n": feature("numeric")}, {"n": feature("numeric")}, fussy) as server:
        found = server.open(isolate_bad_rows=True).predict_columns(
            {"n": [None, 1, None, 5, 2]}, missing="skip"
        )
        numpy.testing.assert_array_equal(found["n"], [NAN, 1, NAN, NAN, 2])
        assert sorted(found.errors) == [0, 2, 3] and found.errors[3].errorCode == "BadData"
        with pytest.raises(sidekick.ServerError, match="BadData") as refused:
            server.open().predict_columns({"n": [None, 1, None, 5, 2]}, missing="skip")
        assert refused.value.rows == range(1, 5)


def test_all_rows_may_be_skipped():
    with answering(INPUTS, OUTPUTS, same) as server:
        client = server.open()
        server.requests.clear()
        found = client.predict_columns({"n": [None, NAN], "c": ["x", "x"], "t": ["a", "b"]}, missing="skip")
        assert not server.requests and sorted(found.errors) == [0, 1]
        assert numpy.isnan(found["n"]).all() and found["c"].best()[0].tolist() == [None, None]


def test_elements_of_arrays_are_filled_in_or_skip_their_row():
    values = numpy.arange(8.0).reshape(4, 2)
    values[1, 0] = NAN
    with answering({"a": feature("numeric", 2)}, {"a": feature("numeric", 2)}, lambda rows: rows) as server:
        client = server.open()
        for column in (
            values,
            values.astype("float16"),
            pyarrow.FixedSizeListArray.from_arrays(values.ravel(), 2),
        ):
            found = client.predict_columns({"a": column}, missing={"a": -1})
            assert found["a"].tolist() == [[0, 1], [-1, 3], [4, 5], [6, 7]]
            found = client.predict_columns({"a": column}, missing="skip")
            assert numpy.isnan(found["a"][1]).all() and found["a"][2].tolist() == [4, 5]
        assert numpy.isnan(values[1, 0])


def test_rows_that_are_arrays_are_looked_into_whatever_holds_them():
    values = numpy.arange(8.0).reshape(4, 2)
    values[1, 0] = NAN
    inner = pyarrow.array(values.ravel())
    with_null = pyarrow.FixedSizeListArray.from_arrays(inner, 2, mask=pyarrow.array([False, False, True, False]))
    nulls = pyarrow.array([[0, 1], [None, 3], None, [6, 7]], pyarrow.list_(pyarrow.float64()))
    listed = [numpy.array([0, 1]), [NAN, 3], None, numpy.ma.array([6, 7])]
    masked = [[0, 1], numpy.ma.array([5, 3], mask=[True, False]), None, [6.0, 7]]
    with answering({"a": feature("numeric", 2)}, {"a": feature("numeric", 2)}, lambda rows: rows) as server:
        client = server.open()
        for column in (with_null, nulls, listed, masked):
            for value, expected in ((-1, [[-1, 3], [-1, -1]]), ([-1, -2], [[-1, 3], [-1, -2]])):
                found = client.predict_columns({"a": column}, missing={"a": value})
                assert found["a"].tolist() == [[0, 1], *expected, [6, 7]]
            found = client.predict_columns({"a": column}, missing="skip")
            assert sorted(found.errors) == [1, 2] and found["a"][3].tolist() == [6, 7]


def test_a_value_is_put_in_once_and_as_it_is():
    inputs = {"n": feature("numeric"), "m": feature("numeric")}
    with answering(inputs, {"m": feature("numeric")}, lambda rows: rows) as server:
        client = server.open()

        def predict(gaps, value):
            server.requests.clear()
            columns = {"n": gaps, "m": numpy.ones(len(gaps))}
            client.predict_columns(columns, missing={"n": value})
            return [row["n"] for row in sent_rows(server)]

        for gaps, value in (([NAN], [1.0, 2.0, 3.0]), ([NAN, NAN], [1.0, 2.0]), ([NAN], "5"),
                            ([NAN], numpy.timedelta64(5, "s")), ([NAN], None)):
            for column in (numpy.array(gaps), [None] * len(gaps)):
                with pytest.raises(sidekick.InvalidTypeError):
                    predict(column, value)
        # A 32-bit float has no place for it, nor one of 16 bits for the other.
        assert predict(numpy.array([NAN, 2], "float32"), (1 << 24) + 1) == [(1 << 24) + 1, 2]
        assert predict(numpy.array([NAN, 2], "float16"), 1e6) == [1e6, 2]


def test_a_value_for_arrays_has_the_shape_of_a_row():
    values = numpy.full((3, 2), NAN)
    with answering({"a": feature("numeric", 2)}, {"a": feature("numeric", 2)}, lambda rows: rows) as server:
        client = server.open()
        for value in (numpy.ones((3, 2)), numpy.ones((4, 1, 2)), [1, 2, 3], "1", [None, 1]):
            for column in (values, [None] * 3):
                with pytest.raises(sidekick.InvalidTypeError, match="^missing: the value of .a. does not fit"):
                    client.predict_columns({"a": column}, missing={"a": value})
        assert not server.requests


@pytest.mark.parametrize(
    ("missing", "kind", "says"),
    [
        ({"m": 1}, ValueError, "missing: there is no input 'm'"),
        ({"n": "x"}, TypeError, 'missing: the value of "n" does not fit'),
        ("drop", ValueError, "missing is 'drop': it has to be"),
        (None, TypeError, "missing: expected a dict of values"),
        (0, TypeError, "missing: expected a dict of values"),
    ],
)
def test_other_ways_are_refused(missing, kind, says):
    with answering(INPUTS, OUTPUTS, same) as server:
        client = server.open()
        columns = {**COLUMNS, "n": numpy.array([1, NAN, 3, 4])}
        for predict, table in (
            (client.predict_columns, columns),
            (client.predict_frame, pandas.DataFrame(columns)),
        ):
            with pytest.raises(kind, match=f"^{says}"):
                predict(table, missing=missing)
        assert not server.requests


def test_columns_without_a_gap_are_left_where_they_are():
    from sidekick._missing import filled

    column = numpy.arange(3.0)
    spec = sidekick.FeatureSpec("n", "numeric", (1,))
    assert filled([column], [spec], {"n": 0})[0] is column
