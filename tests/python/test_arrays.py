"""Arrays in and out."""

import array
import ctypes
import json
import tracemalloc
from contextlib import contextmanager
from decimal import Decimal

import numpy
import pandas
import pytest

import sidekick
from served import DATA, Server, deployment

VALUES = numpy.array([[0, 1, 2], [3, 4, 5]])
DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">f4", ">f8", ">i4", "longdouble"]


@pytest.mark.parametrize("name", ["echo", "echo-npy", "echo-older"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_element_type_comes_back_as_float32(name, dtype, row):
    with deployment(name) as client:
        result = client.predict(**{**row, "array": VALUES.astype(dtype)})["array"]
    assert (result.dtype, result.shape) == (numpy.float32, (2, 3))
    numpy.testing.assert_array_equal(result, VALUES)


def test_booleans_are_0_and_1(echo, row):
    result = echo.predict(**{**row, "array": VALUES > 2})["array"]
    numpy.testing.assert_array_equal(result, [[0, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    "view",
    [
        numpy.asfortranarray(VALUES),
        VALUES[::-1],
        VALUES[:, ::-1],
        VALUES[::-1, ::-1],
        VALUES.T.copy().T,
        numpy.arange(24).reshape(4, 6)[::2, ::2],
        numpy.arange(24).reshape(4, 6)[::-2, 4::-2],
        numpy.broadcast_to(numpy.arange(3), (2, 3)),
    ],
)
def test_strides_of_any_sign_are_followed(echo, row, view):
    numpy.testing.assert_array_equal(echo.predict(**{**row, "array": view})["array"], view)


def test_anything_with_a_buffer_is_an_array(echo, row):
    flat = memoryview(array.array("d", range(6)))
    shaped = flat.cast("B").cast("d", (2, 3))
    read_only = VALUES.astype("f4")
    read_only.flags.writeable = False
    for value in (shaped, memoryview(read_only), read_only, memoryview(bytes(range(6))).cast("B", (2, 3))):
        numpy.testing.assert_array_equal(echo.predict(**{**row, "array": value})["array"], VALUES)


def test_a_series_and_whatever_numpy_takes_are_arrays():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return numpy.array([1.5, 2.5])

    with deployment("integers") as client:
        for value in (pandas.Series([1.5, 2.5]), pandas.Series([1.5, 2.5], dtype="Float64"), Tensor()):
            assert list(client.predict(category=1, array=value)["array"]) == [1.5, 2.5]


@pytest.mark.parametrize("datatype", ["INT64", "UINT64", "FP64"])
def test_numbers_keep_their_digits_in_whatever_they_are_given(datatype):
    big, half = (1 << 53) + 1, 1 << 63
    is_float = datatype == "FP64"
    values = [0.1, 1e300] if is_float else [big, half + 3] if datatype == "UINT64" else [big, -half + 1]
    given = [
        numpy.array(values, {"INT64": ">i8", "UINT64": ">u8", "FP64": ">f8"}[datatype]),
        numpy.array(values, object),
        numpy.array([[Decimal(str(value)) for value in values]], object)[0],
        # NumPy makes floats of the one and the other.
        values,
    ]
    if is_float:
        given.append(numpy.array(values, "longdouble"))
    with passing(datatype) as (client, sent):
        for value in given:
            client.predict(x=value)
            assert sent.pop() == values


@contextmanager
def passing(datatype):
    """A model that takes two numbers of a type, and a list of what it was sent."""
    sent = []
    tensors = {
        "inputs": [{"name": "x", "datatype": datatype, "shape": [-1, 2]}],
        "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1]}],
    }

    def respond(request):
        if request.method == "GET":
            document = {"name": "m", "versions": ["1"], "platform": "", **tensors}
            return json.dumps(document if request.path.endswith("/m") else {"name": "s", "extensions": []})
        sent.append(json.loads(request.body)["inputs"][0]["data"])
        output = {**tensors["outputs"][0], "shape": [1], "data": [0]}
        return json.dumps({"model_name": "m", "outputs": [output]})

    with Server(respond, None).running() as server:
        yield sidekick.Deployment(f"{server.url}/v2/models/m", ""), sent


def test_arrays_of_ctypes_are_arrays(echo, row):
    values = (ctypes.c_double * 3 * 2)((0, 1, 2), (3, 4, 5))
    numpy.testing.assert_array_equal(echo.predict(**{**row, "array": values})["array"], VALUES)


def test_an_integer_that_no_float_holds_is_a_value_error(echo, row):
    says = '^row 0: feature "array": an integer of the array is too large to be sent$'
    with pytest.raises(sidekick.InvalidValueError, match=says):
        echo.predict(**{**row, "array": [[10**400, 1, 1], [1, 1, 1]]})


def test_large_arrays_are_not_copied_on_the_way_out():
    values = numpy.random.default_rng(1).random((1000, 1000))
    with deployment("single-array") as client:
        tracemalloc.start()
        try:
            result = client.predict(array=values[::-1, ::-1].T)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert result["mean"] == pytest.approx(values.mean(), rel=1e-5)
    assert peak < values.nbytes / 10


def test_a_result_outlives_its_deployment_and_may_be_changed():
    with deployment("big-array") as client:
        first, second = (result["array"] for result in client.predict_many([{"number": 1}, {"number": 2}]))
    first += 1
    assert first.shape == (1000, 1000)
    assert (first == 2).all() and (second == 2).all()


def test_another_shape_is_a_value_error(echo, row):
    for value in (VALUES.T, VALUES.ravel(), VALUES[None], numpy.zeros((2, 0)), b"bytes", numpy.float32(1)):
        with pytest.raises(ValueError, match='^row 0: feature "array": expected an array of shape'):
            echo.predict(**{**row, "array": value})


def test_elements_that_are_not_finite_are_a_value_error(echo, row):
    for bad in (numpy.nan, numpy.inf, 1e300):
        value = VALUES.astype("f8")
        value[1, 2] = bad
        for dtype in ("=f8", ">f8"):
            with pytest.raises(ValueError, match='^row 0: feature "array": '):
                echo.predict(**{**row, "array": value.astype(dtype)})


@pytest.mark.parametrize(
    "value", [1, None, {1, 2}, [["a"] * 3] * 2, [[0, 1, 2], [3, 4, None]], VALUES + 0j, VALUES.astype(str)]
)
def test_other_types_are_type_errors(echo, row, value):
    with pytest.raises(TypeError, match='^row 0: feature "array": '):
        echo.predict(**{**row, "array": value})


class Interface:
    """What has nothing but its array interface."""

    def __init__(self, array):
        self.array, self.__array_interface__ = array, array.__array_interface__


def test_lists_and_objects_of_numbers_are_arrays(echo, row):
    decimals = [[Decimal(int(value)) for value in row] for row in VALUES]
    for value in (VALUES.tolist(), [tuple(row) for row in VALUES], [*VALUES], decimals, VALUES.astype(object),
                  Interface(VALUES), Interface(VALUES[::-1, ::-1][::-1, ::-1])):
        numpy.testing.assert_array_equal(echo.predict({**row, "array": value})["array"], VALUES)
    columns = {name: [value] * 2 for name, value in row.items()}
    for column in ([VALUES.tolist()] * 2, Interface(numpy.stack([VALUES] * 2))):
        predicted = echo.predict_columns({**columns, "array": column})["array"]
        numpy.testing.assert_array_equal(predicted, [VALUES] * 2)
    with pytest.raises(ValueError, match='^row 0: feature "array": .*different lengths'):
        echo.predict({**row, "array": [[1, 2], [3]]})


def test_npy_files_are_arrays(echo, row, tmp_path):
    path = tmp_path / "values.npy"
    for values in (VALUES, numpy.asfortranarray(VALUES), VALUES.astype(">f4")):
        numpy.save(path, values)
        with path.open("rb") as file:
            for value in (path, str(path), file):
                numpy.testing.assert_array_equal(echo.predict({**row, "array": value})["array"], VALUES)
    numpy.save(path, VALUES.astype(object))
    for wrong in (path, DATA / "penguins.csv"):
        with pytest.raises(ValueError, match='^row 0: feature "array": the file is no .npy file of numbers'):
            echo.predict({**row, "array": wrong})
    with pytest.raises(FileNotFoundError, match='^row 0: feature "array": .*nowhere.npy cannot be') as error:
        echo.predict({**row, "array": tmp_path / "nowhere.npy"})
    assert error.value.filename == tmp_path / "nowhere.npy"


def test_an_array_of_odd_elements_is_a_type_error(echo, row):
    characters = memoryview(b"abcdef").cast("c", (2, 3))
    with pytest.raises(TypeError, match="got a memoryview: elements of format 'c' cannot be sent"):
        echo.predict(**{**row, "array": characters})


def test_the_autoencoder_takes_noise_out():
    noisy, clean = numpy.load(DATA / "noisy.npy"), numpy.load(DATA / "clean.npy")
    with deployment("denoise") as client:
        results = client.predict_many({"noisy": one} for one in noisy)
    error = numpy.mean((numpy.stack([result["clean"] for result in results]) - clean) ** 2)
    assert error == pytest.approx(0.020658, abs=1e-5)
