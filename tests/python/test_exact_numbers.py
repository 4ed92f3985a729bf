"""Numbers of more digits, or of a larger range, than a 64-bit float has: each is sent as it is, or refused."""

from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest

import passing_models
import sidekick
from served import Server

BIG = (1 << 53) + 1
# Where a longdouble is no more than a float, the largest integer that is sure to be meant.
WHOLE = BIG if int(numpy.longdouble(BIG)) == BIG else (1 << 53) - 1
LONG = numpy.longdouble(WHOLE)


@contextmanager
def model(datatype, *shape):
    """A model that returns what it is sent as x."""
    tensor = ("x", datatype, [-1, *shape])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(passing_models.MODELS, "made", [tensor])
        with Server(passing_models.respond).running() as server:
            yield sidekick.Deployment(f"{server.url}/v2/models/made", "", wire="binary")


def ways(model, value):
    """The functions that send a number, or an array, as the third row if there are several."""
    column = numpy.empty(8, object)
    column[:] = [1] * 8 if numpy.ndim(value) == 0 else [[1, 1]] * 8
    column[2] = value
    return [
        (0, lambda: model.predict(x=value)["x_out"]),
        (2, lambda: model.predict_many([{"x": given} for given in column])[2]["x_out"]),
        (2, lambda: model.predict_columns({"x": [*column]})["x_out"][2]),
        (2, lambda: model.predict_columns({"x": column})["x_out"][2]),
    ]


@pytest.mark.parametrize("datatype", ["INT64", "UINT64"])
@pytest.mark.parametrize(
    "value", [LONG, numpy.array(LONG), Fraction(BIG), Decimal(BIG), numpy.array(Decimal(BIG), object)]
)
def test_a_large_integer_of_any_type_is_sent_whole(datatype, value):
    with model(datatype) as made:
        for _, predict in ways(made, value):
            assert predict() == int(value)


def test_a_column_of_long_floats_is_sent_whole():
    with model("INT64") as made:
        assert made.predict_columns({"x": numpy.array([LONG, 2, -LONG])})["x_out"].tolist() == [WHOLE, 2, -WHOLE]
    with model("FP64") as made:
        values = numpy.array([LONG, 0.1, numpy.inf])
        assert made.predict_columns({"x": values})["x_out"].tolist() == values.astype(float).tolist()


TOO_LARGE = [Decimal("1e400"), Decimal("-1e400"), Decimal("1e1000000"), Fraction(10**400), 10**400]
if numpy.isfinite(numpy.longdouble("1e400")):
    TOO_LARGE.append(numpy.longdouble("-1e400"))
INFINITE = [float("inf"), Decimal("inf"), numpy.longdouble("inf"), numpy.float32("inf")]


@pytest.mark.parametrize("value", TOO_LARGE)
def test_a_number_that_would_become_infinite_is_refused(value):
    with model("FP64") as made:
        for row, predict in ways(made, value):
            with pytest.raises(sidekick.InvalidValueError, match="too large to be sent$") as raised:
                predict()
            assert (raised.value.row, raised.value.feature) == (row, "x")


def test_infinity_is_sent_as_it_is():
    with model("FP64") as made:
        for value in INFINITE:
            assert all(predict() == float("inf") for _, predict in ways(made, value))


@pytest.mark.parametrize("value", TOO_LARGE)
def test_a_number_that_is_too_large_fails_its_row_alone(value):
    with model("FP64") as made:
        found = made.predict_many([{"x": 1}, {"x": value}, {"x": 2}], errors="return")
    assert [found[0], found[2]] == [{"x_out": 1}, {"x_out": 2}]
    assert isinstance(found[1], sidekick.InvalidValueError)


@pytest.mark.parametrize("datatype", ["INT64", "UINT64"])
@pytest.mark.parametrize(
    "value",
    [
        [BIG, 1.0],
        (numpy.float32(1), BIG),
        [numpy.array(BIG), numpy.float64(1)],
        numpy.array([BIG, 1.0], object),
        numpy.array([Decimal(BIG), numpy.float16(1)], object),
        [Fraction(BIG), 1],
        numpy.array([LONG, 1]),
        [LONG, 1],
        numpy.array([LONG, 1.0], object),
    ],
)
def test_large_integers_beside_other_numbers_are_sent_whole(datatype, value):
    with model(datatype, 2) as made:
        for _, predict in ways(made, value):
            assert list(predict()) == [int(number) for number in value]
        columns = made.predict_columns({"x": numpy.array([[1, 2], [*value]], object)})
        assert columns["x_out"][1].tolist() == [int(number) for number in value]


def test_what_is_no_integer_remains_a_float():
    with model("FP64", 2) as made:
        for value in ([BIG, 0.5], [0.5, numpy.inf], [-0.0, 1e17], numpy.array([LONG, 0.5]), [2**64, -1.0], [2**63, -1]):
            assert list(made.predict(x=value)["x_out"]) == [float(number) for number in value]
        assert numpy.signbit(made.predict(x=[-0.0, 1e17])["x_out"][0])
    with model("INT64", 2) as made:
        for value in ([BIG, 0.5], numpy.array([LONG, 0.5])):
            with pytest.raises(sidekick.InvalidValueError, match="0.5 is not a whole number"):
                made.predict(x=value)


GAPS = [
    numpy.array([[numpy.nan, 1], [1, 1]]),
    [[None, 1], [1, 1]],
    [[numpy.nan, 1.0], [1, 1]],
    [None, [1, 1]],
    [numpy.array([numpy.nan, 1], "f4"), [1, 1]],
    [numpy.ma.array([5, 1], mask=[True, False]), [1, 1]],
]


@pytest.mark.parametrize("gaps", GAPS)
def test_a_large_integer_is_filled_in_whole(gaps):
    with model("INT64", 2) as made:
        for value in (BIG, [BIG, 1], [BIG, 1.0], Decimal(BIG), numpy.array([BIG, 1.0], object), numpy.int64(BIG)):
            found = made.predict_columns({"x": gaps}, missing={"x": value})["x_out"]
            assert found[0][0] == BIG and found[0][1] in (1, BIG) and list(found[1]) == [1, 1]


def test_a_long_float_is_filled_in_whole():
    with model("INT64", 2) as made:
        assert made.predict_columns({"x": GAPS[0]}, missing={"x": LONG})["x_out"][0][0] == WHOLE
    with model("INT64") as made:
        for column in (GAPS[0][:, 0], [None, 1]):
            assert list(made.predict_columns({"x": column}, missing={"x": LONG})["x_out"]) == [WHOLE, 1]


def test_what_is_filled_in_leaves_large_integers_whole():
    rows = [numpy.ma.array([BIG, 5], mask=[False, True]), [BIG, None], [BIG, numpy.nan]]
    with model("INT64", 2) as made:
        found = made.predict_columns({"x": rows}, missing={"x": 1.0})["x_out"]
        assert found.tolist() == [[BIG, 1]] * 3
    with model("FP64", 2) as made:
        found = made.predict_columns({"x": [*rows, [0.5, None]]}, missing={"x": BIG})["x_out"]
        assert found.tolist() == [[float(BIG), float(BIG)]] * 3 + [[0.5, float(BIG)]]


def test_a_value_that_is_too_large_is_not_filled_in():
    with model("FP64", 2) as made:
        for gaps in GAPS:
            with pytest.raises(sidekick.InvalidTypeError, match='^missing: the value of "x" does not fit: .*too large'):
                made.predict_columns({"x": gaps}, missing={"x": Decimal("1e400")})
    with model("FP64") as made:
        for column in (GAPS[0][:, 0], [None, 1]):
            with pytest.raises(sidekick.InvalidValueError, match='^row 0: feature "x": .*too large'):
                made.predict_columns({"x": column}, missing={"x": Decimal("1e400")})


@pytest.mark.parametrize("value", TOO_LARGE)
def test_arrays_of_numbers_that_would_become_infinite_are_refused(value):
    with model("FP64", 2) as made:
        for given in ([1, value], numpy.array([1, value]), numpy.array([1, value], object)):
            for row, predict in ways(made, given):
                with pytest.raises(sidekick.InvalidValueError, match="too large to be sent$") as raised:
                    predict()
                assert (raised.value.row, raised.value.feature) == (row, "x")
        with pytest.raises(sidekick.InvalidValueError, match='^row 1: feature "x": ') as raised:
            made.predict_columns({"x": numpy.array([[1, 1], [1, value]])})


def test_arrays_of_infinity_are_sent_as_they_are():
    with model("FP64", 2) as made:
        for value in INFINITE:
            for given in ([1, value], numpy.array([1, value]), numpy.array([1, value], object)):
                assert list(made.predict(x=given)["x_out"]) == [1, numpy.inf]


@pytest.mark.parametrize("kind", [numpy.float16, numpy.float32])
def test_lists_of_short_floats_are_sent_without_a_warning(kind):
    with model("FP64", 2) as made:
        for value in ([kind(1), kind(0.5)], [kind(1), kind("inf")]):
            assert list(made.predict(x=value)["x_out"]) == value
