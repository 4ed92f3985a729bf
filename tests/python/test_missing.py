"""Values that are missing, and times: no number stands for them unless the caller says which."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import numpy
import pandas
import pytest

import sidekick
from served import answering, feature

KINDS = {"n": feature("numeric"), "c": feature("categorical", 2), "b": feature("binary"), "t": feature("text")}
ROW = {"n": 1, "c": "x", "b": 0, "t": "text"}
OUT = {"out": feature("numeric")}
COUNT = 40


def zeros(rows):
    return [{"out": 0}] * len(rows)


@pytest.fixture
def server():
    with answering(KINDS, OUT, zeros) as server:
        yield server
        assert not server.requests


MISSING = [
    None,
    pandas.NA,
    pandas.NaT,
    numpy.ma.masked,
    numpy.ma.array(7, mask=True),
    numpy.datetime64("NaT"),
    numpy.timedelta64("NaT", "s"),
    Decimal("NaN"),
    Decimal("sNaN"),
]
NAN = [float("nan"), numpy.float64("nan"), numpy.float32("nan")]


@pytest.mark.parametrize("name", KINDS)
def test_a_missing_value_is_refused_by_its_row_and_feature(server, name):
    client = server.open()
    for value in MISSING + (NAN if name != "n" else []):
        rows = [ROW] * (COUNT - 1) + [{**ROW, name: value}]
        for predict, row in (
            (lambda: client.predict({**ROW, name: value}), 0),
            (lambda: client.predict_many(rows), COUNT - 1),
            (lambda: list(client.predict_lazy(rows)), COUNT - 1),
            (lambda: client.predict_columns({key: [row[key] for row in rows] for key in KINDS}), COUNT - 1),
            (lambda: client.predict_frame(pandas.DataFrame(rows, dtype=object)), COUNT - 1),
        ):
            with pytest.raises(ValueError, match=f'^row {row}: feature "{name}": .*the value is missing') as raised:
                predict()
            assert isinstance(raised.value, TypeError)
            assert (raised.value.row, raised.value.feature) == (row, name)


@pytest.mark.parametrize(
    ("value", "called"),
    [(NAN[0], "NaN"), (NAN[2], "NaN"), (pandas.NA, "pandas.NA"), (pandas.NaT, "NaT"), (None, "None")],
)
def test_a_missing_value_is_called_by_its_name(server, value, called):
    with pytest.raises(sidekick.MissingValueError, match=f"got {called}: the value is missing"):
        server.open().predict({**ROW, "t": value})


def column_with(values, name="n"):
    return {**{key: [ROW[key]] * len(values) for key in KINDS}, name: values}


@pytest.mark.parametrize(
    "values",
    [
        numpy.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]),
        numpy.ma.masked_invalid([1.0, numpy.nan, 3.0]),
        numpy.ma.array([1, 2, 3], mask=[False, True, False], fill_value=-99),
        numpy.ma.array([1, 2, 3], mask=[False, True, True], dtype="u1"),
        numpy.ma.array([1.0, 2.0, 3.0], mask=[False, True, False], dtype=">f8"),
        pandas.Series([1, None, 3], dtype="Int64"),
        pandas.Series([1.5, None, 3], dtype="Float64"),
        pandas.array([True, None, False], dtype="boolean"),
        pandas.Series([1, None, 3], dtype=object),
    ],
)
def test_a_column_with_gaps_is_refused_at_the_first(server, values):
    with pytest.raises(ValueError, match='^row 1: feature "n": .*missing'):
        server.open().predict_columns(column_with(values))


def test_a_column_of_texts_or_labels_with_gaps_is_refused(server):
    client = server.open()
    for name in ("c", "t"):
        for values in (
            numpy.ma.array(["x", "y", "z"], mask=[False, True, False]),
            pandas.Series(["x", None, "z"], dtype="string"),
            pandas.Series(["x", None, "z"], dtype="category"),
            pandas.Series(["x", None, "z"]),
            pandas.Series(["x", numpy.nan, "z"], dtype=object),
        ):
            with pytest.raises(ValueError, match=f'^row 1: feature "{name}": .*missing'):
                client.predict_columns(column_with(values, name))


def test_a_masked_array_without_a_masked_element_is_an_array():
    with answering(KINDS, OUT, zeros) as server:
        client = server.open()
        for values in (numpy.ma.array([1.5, 2.5]), numpy.ma.array([1.5, 2.5], mask=[False, False])):
            client.predict_columns(column_with(values))
            assert [row["n"] for row in server.requests[-1][1]] == [1.5, 2.5]
        client.predict(ROW, n=numpy.ma.array(2.5))
        assert server.requests[-1][1][0]["n"] == 2.5


def test_masked_elements_of_an_array_are_refused():
    masked = numpy.ma.array([[1.0, 2.0], [3.0, 4.0]], mask=[[False, False], [True, False]])
    table = numpy.ma.array(numpy.ones((3, 2, 2)))
    table[1, 1, 0] = numpy.ma.masked
    with answering({"a": feature("numeric", 2, 2)}, OUT, zeros) as server:
        client = server.open()
        for value in (masked, masked.astype(">f4"), numpy.ma.masked, None, pandas.NA, pandas.NaT):
            with pytest.raises(ValueError, match='^row 0: feature "a": .*(masked|missing)') as raised:
                client.predict(a=value)
            assert (raised.value.row, raised.value.feature) == (0, "a")
        with pytest.raises(ValueError, match=r'^row 1: feature "a": .*masked.*\(1, 0\)'):
            client.predict_columns({"a": table})
        with pytest.raises(ValueError, match='^row 1: feature "a": .*masked'):
            client.predict_columns({"a": [numpy.ones((2, 2)), masked]})
        gaps = pandas.Series([1, None, 3, 4], dtype="Int64")
        with answering({"a": feature("numeric", 4)}, OUT, zeros) as flat:
            with pytest.raises(ValueError, match='^row 0: feature "a": .*(missing|not a finite)'):
                flat.open().predict(a=gaps)
            assert not flat.requests
        assert not server.requests
        client.predict(a=numpy.ma.array(numpy.ones((2, 2))))
        client.predict_columns({"a": numpy.ma.array(numpy.ones((3, 2, 2)))})
        assert len(server.requests) == 2


GAP, PAIR = numpy.ma.array([1, 2], mask=[True, False]), numpy.ma.array([3, 4])
MASKED_IN_LISTS = [
    [GAP, PAIR],
    (PAIR, GAP),
    [[3, 4], GAP],
    [GAP.astype(float), [0.5, 2]],
    [GAP.astype(bool), numpy.array([True, False])],
    [[numpy.ma.masked, 2], [3, 4]],
    [[3, 4], [0.5, numpy.ma.masked]],
    *(
        [[numpy.ma.array(1, kind, mask=True), numpy.ma.array(2, kind)], [3, 4]]
        for kind in ("i8", "f4", "f8", "?", "g")
    ),
    [[numpy.ma.array(True, mask=True), False], [True, True]],
    [numpy.ma.array([None, 1], mask=[False, True]), [3, 4]],
    [numpy.ma.array([1, 2], mask=[True, False]), [None, 4]],
]


def elements(server):
    """Those of each row of the last request."""
    return [row["a"]["data"] for row in server.requests.pop()[1]]


@pytest.mark.parametrize("value", MASKED_IN_LISTS)
def test_masked_elements_within_lists_are_missing(value):
    with answering({"a": feature("numeric", 2, 2)}, OUT, zeros) as server:
        client = server.open()
        whole = [[5, 6], [7, 8]]
        for row, predict in (
            (0, lambda: client.predict(a=value)),
            (1, lambda: client.predict_many([{"a": whole}, {"a": value}])),
            (1, lambda: client.predict_columns({"a": [whole, value]})),
        ):
            with pytest.raises(sidekick.MissingValueError, match=f'^row {row}: feature "a": ') as raised:
                predict()
            assert (raised.value.row, raised.value.feature) == (row, "a")
        assert not server.requests
        found = client.predict_columns({"a": [whole, value]}, missing="skip")
        assert [*found.errors] == [1] and elements(server) == [[5, 6, 7, 8]]
        client.predict_columns({"a": [whole, value]}, missing={"a": -1})
        assert -1 in elements(server)[1]


def test_lists_of_arrays_without_a_masked_element_are_arrays():
    with answering({"a": feature("numeric", 2, 2)}, OUT, zeros) as server:
        client = server.open()
        for value in ([PAIR, PAIR], (PAIR, [3, 4]), [[numpy.ma.array(3), 4], PAIR], [numpy.array([3, 4])] * 2):
            client.predict(a=value)
            assert elements(server) == [[3, 4, 3, 4]]


def test_what_makes_a_masked_array_of_itself_is_looked_at_too():
    class Variable:
        dtype, shape = numpy.dtype("f8"), (2,)

        def __init__(self, mask):
            self.values = numpy.ma.array([1.0, 2.0], mask=mask)

        def __len__(self):
            return 2

        def __array__(self, dtype=None, copy=None):
            return self.values

    with answering({"n": feature("numeric")}, OUT, zeros) as server:
        client = server.open()
        with pytest.raises(ValueError, match='^row 1: feature "n": .*missing'):
            client.predict_columns({"n": Variable([False, True])})
        client.predict_columns({"n": Variable([False, False])})
    with answering({"n": feature("numeric", 2)}, OUT, zeros) as server:
        with pytest.raises(ValueError, match='^row 0: feature "n": .*masked'):
            server.open().predict(n=Variable([False, True]))


def test_a_missing_picture_is_refused():
    with answering({"p": feature("image", 4, 4, 3)}, OUT, zeros) as server:
        for value in (None, float("nan"), pandas.NA):
            with pytest.raises(ValueError, match='^row 0: feature "p": .*the value is missing'):
                server.open().predict(p=value)


def test_a_column_that_offers_a_list_alone_is_read():
    """As polars' do."""

    class Column:
        dtype = SimpleNamespace(name="Int64")

        def __init__(self, *values):
            self.values = values

        def __len__(self):
            return len(self.values)

        def to_list(self):
            return [*self.values]

    with answering({"n": feature("numeric")}, OUT, zeros) as server:
        client = server.open()
        client.predict_columns({"n": Column(1, 2)})
        assert server.requests[0][1] == [{"n": 1}, {"n": 2}]
        with pytest.raises(ValueError, match='^row 1: feature "n": .*missing'):
            client.predict_columns({"n": Column(1, None)})


UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps"]
TIMES = [
    *(numpy.datetime64("2020-01-01").astype(f"M8[{unit}]") for unit in UNITS[:-1]),
    *(numpy.timedelta64(5, unit) for unit in UNITS),
    numpy.array(numpy.datetime64(5, "ns")),
    pandas.Timestamp(0),
    pandas.Timestamp(0, tz="UTC"),
    pandas.Timedelta(5),
    pandas.Period("2020-01"),
    datetime.date(2020, 1, 1),
    datetime.datetime(2020, 1, 1),
    datetime.time(1),
    datetime.timedelta(5),
]


@pytest.mark.parametrize("name", KINDS)
def test_a_time_is_refused_as_whatever_it_is(server, name):
    client = server.open()
    for value in TIMES:
        for predict in (
            lambda: client.predict({**ROW, name: value}),
            lambda: client.predict_many([{**ROW, name: value}] * COUNT),
            lambda: client.predict_columns(column_with([value] * COUNT, name)),
        ):
            with pytest.raises(TypeError, match=f'^row 0: feature "{name}": expected .*convert') as raised:
                predict()
            assert (raised.value.row, raised.value.feature) == (0, name)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", ["M8", "m8"])
def test_a_column_of_times_of_any_unit_is_refused(server, unit, kind):
    values = numpy.array([5, 6, 7], f"{kind}[{unit}]")
    client = server.open()
    for name in KINDS:
        with pytest.raises(TypeError, match=f'^row 0: feature "{name}": expected .*convert'):
            client.predict_columns(column_with(values, name))


@pytest.mark.parametrize(
    "values",
    [
        pandas.Series(pandas.to_datetime(["2020-01-01", "2020-01-02"])),
        pandas.Series(pandas.to_datetime(["2020-01-01", "2020-01-02"], utc=True)),
        pandas.Series(pandas.to_timedelta([1, 2], "s")),
        pandas.Series(pandas.period_range("2020-01", periods=2, freq="M")),
        pandas.date_range("2020-01-01", periods=2),
        numpy.ma.array([5, 6], "m8[ns]"),
    ],
)
def test_a_column_of_times_of_pandas_is_refused(server, values):
    client = server.open()
    with pytest.raises(TypeError, match='^row 0: feature "n": expected .*convert'):
        client.predict_columns(column_with(values))
    frame = pandas.DataFrame(column_with(list(values)))
    with pytest.raises(TypeError, match='^row 0: feature "n": expected .*convert'):
        client.predict_frame(frame)


def test_an_array_of_times_is_refused():
    with answering({"a": feature("numeric", 2)}, OUT, zeros) as server:
        client = server.open()
        for value in (
            numpy.array([5, 6], "m8[ns]"),
            numpy.array([5, 6], "M8[ns]"),
            numpy.array([5, 6], "m8[s]"),
            pandas.Series(pandas.to_timedelta([1, 2], "s")),
            datetime.date(2020, 1, 1),
            # Their buffers are bytes, without strides.
            numpy.datetime64(5, "ns"),
            numpy.timedelta64(5, "s"),
            # In an array of objects, durations call themselves integers.
            *(numpy.array([1, time], object) for time in reversed(TIMES) if type(time) is not numpy.ndarray),
            [numpy.timedelta64(5, "ns"), 1],
        ):
            for predict in (
                lambda: client.predict(a=value),
                lambda: client.predict_columns({"a": [value] * COUNT}),
            ):
                with pytest.raises(TypeError, match='^row 0: feature "a": expected .*convert'):
                    predict()
        with pytest.raises(TypeError, match='^row 0: feature "a": expected .*convert'):
            client.predict_columns({"a": numpy.zeros((3, 2), "m8[ns]")})
        assert not server.requests


NO_NUMBERS = [
    numpy.array(["1", "2"]),
    numpy.array([b"1", b"2"]),
    numpy.array([1 + 0j, 2]),
    numpy.array([(1,), (2,)], [("x", "f8")]),
    numpy.array([(1,), (2,)], [("x", "f8")]).view(numpy.recarray),
    numpy.array([numpy.void(b"1"), numpy.void(b"2")]),
    pandas.Series(["1", "2"]),
    pandas.Series(["1", "2"], dtype="category"),
]


def test_other_types_do_not_become_numbers(server):
    client = server.open()
    for values in NO_NUMBERS:
        with pytest.raises(TypeError, match='^row 0: feature "n": expected a number'):
            client.predict_columns(column_with(values))
    with answering({"a": feature("numeric", 2)}, OUT, zeros) as arrays:
        for value in NO_NUMBERS:
            with pytest.raises(TypeError, match='^row 0: feature "a": expected an array'):
                arrays.open().predict(a=value)
        assert not arrays.requests


def test_integers_and_long_floats_arrive_whole():
    largest = [2**63, 2**64 - 1, 2**53 + 1]
    with answering({"n": feature("numeric")}, OUT, zeros) as server:
        client = server.open()
        client.predict_columns({"n": numpy.array(largest, "u8")})
        client.predict_columns({"n": largest})
        client.predict_columns({"n": numpy.array([0.1, 2.5], numpy.longdouble)})
        for _, rows in server.requests[:2]:
            assert [float(row["n"]) for row in rows] == [float(value) for value in largest]
        assert server.requests[2][1] == [{"n": 0.1}, {"n": 2.5}]


