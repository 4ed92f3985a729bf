"""Columns of a model of the Open Inference Protocol, in the types of its tensors."""

import gc
import json
from contextlib import contextmanager

import numpy
import pytest

import sidekick
from served import Server

INPUT = {"name": "x", "datatype": "INT32", "shape": [-1]}


@contextmanager
def model(datatype, shape, data, **options):
    """A model whose output is `data` for each row; it refuses requests with a row of -1."""
    output = {"name": "y", "datatype": datatype, "shape": [-1, *shape]}

    def respond(request):
        if request.method == "GET":
            document = {"name": "m", "versions": ["1"], "platform": "", "inputs": [INPUT], "outputs": [output]}
            return json.dumps(document if request.path.endswith("/m") else {"name": "s", "extensions": []})
        sent = json.loads(request.body)
        rows = sent["inputs"][0]["data"]
        if -1 in rows:
            return 400, json.dumps({"error": "a row of -1"})
        values = {"shape": [len(rows), *shape], "data": [data] * len(rows)}
        return json.dumps({"model_name": "m", "id": sent["id"], "outputs": [{**output, **values}]})

    server = Server(respond, None)
    with server.running(), sidekick.Deployment(f"{server.url}/v2/models/m", "", **options) as opened:
        yield opened


@pytest.mark.parametrize(
    ("datatype", "dtype", "value"),
    [
        ("BOOL", "?", True),
        ("UINT8", "u1", 255),
        ("INT64", "i8", 2**63 - 1),
        ("UINT64", "u8", 2**64 - 1),
        ("FP16", "f2", 0.5),
        ("BF16", "f4", 0.5),
        ("FP32", "f4", 0.5),
        ("FP64", "f8", 0.1),
    ],
)
@pytest.mark.parametrize("batch_rows", [1, 8])
def test_columns_have_the_dtype_of_the_tensor(datatype, dtype, value, batch_rows):
    for shape, data in (((), value), ((2, 1), [[value], [value]])):
        with model(datatype, shape, data, batch_rows=batch_rows) as opened:
            column = opened.predict_columns({"x": [1, 2, 3]})["y"]
            assert (column.dtype, column.shape) == (numpy.dtype(dtype), (3, *shape))
            assert column.tolist() == [data] * 3
            empty = opened.predict_columns({"x": []})["y"]
            assert (empty.dtype, empty.shape) == (numpy.dtype(dtype), (0, *shape))


def test_arrays_outlive_their_predictions_and_can_be_changed():
    with model("INT32", (3,), [7, 8, 9]) as opened:
        columns = [opened.predict_columns({"x": [1, 2]})["y"] for _ in range(3)]
        columns[0][:] = 0
    del opened
    gc.collect()
    assert columns[0].tolist() == [[0] * 3] * 2
    assert columns[1].tolist() == columns[2].tolist() == [[7, 8, 9]] * 2


@pytest.mark.parametrize("shape", [(), (2,)])
def test_integers_with_missing_rows_are_floats(shape):
    data = [5, 6] if shape else 5
    with model("INT64", shape, data, isolate_bad_rows=True) as opened:
        found = opened.predict_columns({"x": [1, -1, 2]})
        assert [*found.errors] == [1]
        assert found["y"].dtype == float
        assert found["y"][[0, 2]].tolist() == [data, data] and numpy.isnan(found["y"][1]).all()
