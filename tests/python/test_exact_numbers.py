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
LONG = numpy.longdouble(BIG)
# Elsewhere it is Python's float.
HAS_LONG = pytest.mark.skipif(int(LONG) != BIG, reason="longdouble has no more digits than a float")


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
    "value", [pytest.param(LONG, marks=HAS_LONG), pytest.param(numpy.array(LONG), marks=HAS_LONG),
              Fraction(BIG), Decimal(BIG), numpy.array(Decimal(BIG), object)]
)
def test_a_large_integer_of_any_type_is_sent_whole(datatype, value):
    with model(datatype) as made:
        for _, predict in ways(made, value):
            assert predict() == BIG


@HAS_LONG
def test_a_column_of_long_floats_is_sent_whole():
    with model("INT64") as made:
        assert made.predict_columns({"x": numpy.array([LONG, 2, -LONG])})["x_out"].tolist() == [BIG, 2, -BIG]
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
