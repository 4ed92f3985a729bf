"""Models of the Open Inference Protocol: those of the local server, those of passing_models.py, and made ones."""

import json
from contextlib import contextmanager
from io import BytesIO

import numpy
import polars
import pyarrow
import pytest
from PIL import Image

import sidekick
from served import SERVER_URL, Server, deployment

LABELS = {"outputs": [{"name": "species", "labels": ["Adelie", "Chinstrap", "Gentoo"]}]}
BIG = (1 << 53) + 1


def model(name, **options):
    return sidekick.Deployment(f"{SERVER_URL}/v2/models/{name}", f"{name}-token", **options)


def tensor(name, datatype, *shape):
    return {"name": name, "datatype": datatype, "shape": [-1, *shape]}


@contextmanager
def answering(inputs, outputs, answer, **options):
    """A model with these tensors. `answer(inputs)` gives the outputs' data of a request."""

    def respond(request):
        if request.method == "GET":
            return json.dumps({"name": "made", "versions": ["3"], "inputs": inputs, "outputs": outputs})
        sent = {given["name"]: given["data"] for given in json.loads(request.body)["inputs"]}
        try:
            answered = answer(sent)
        except AssertionError:
            return (500, json.dumps({"error": "the model failed"}))
        shape = [len(next(iter(answered.values())))]
        made = [
            {"name": output["name"], "datatype": output["datatype"], "shape": shape + output["shape"][1:],
             "data": answered[output["name"]]}
            for output in outputs
        ]
        return json.dumps({"outputs": made})

    with Server(respond).running() as server:
        yield sidekick.Deployment(f"{server.url}/v2/models/made", "", **options)


@pytest.fixture
def passing():
    """Opens a model of passing_models.py."""
    import passing_models

    with Server(passing_models.respond).running() as server:
        yield lambda name, **options: sidekick.Deployment(f"{server.url}/v2/models/{name}", "", **options)


def test_the_protocol_can_be_chosen_and_the_version_is_known():
    chosen = model("reciprocal", protocol="open_inference")
    assert (chosen.protocol, chosen.model_version) == ("open_inference", "1")
    assert deployment("reciprocal").model_version == ""
    with pytest.raises(sidekick.HTTPError):
        model("reciprocal", protocol="deployment_api")
    with pytest.raises(sidekick.InvalidValueError, match='^protocol is .v2.: it has to be "auto", '):
        model("reciprocal", protocol="v2")


@pytest.mark.parametrize("form", ["dict", "text", "path", "str"])
def test_a_description_is_laid_over_the_metadata(form, tmp_path):
    path = tmp_path / "description.json"
    path.write_text(json.dumps(LABELS))
    description = {"dict": LABELS, "text": json.dumps(LABELS, indent=1), "path": path, "str": str(path)}[form]
    penguins = model("penguins", model_description=description)
    assert penguins.feature_specs_out[0].dtype == "categorical"
    features = numpy.array([1, 0, 0, 1, 0, 46.1, 13.2, 211, 2007], "float32")
    assert penguins.predict(features=features)["species"]["Gentoo"] > 0.9


def test_a_wrong_description_is_refused(tmp_path):
    with pytest.raises(sidekick.InvalidValueError, match=r"inputs\[0\]"):
        model("penguins", model_description={"inputs": [{}]})
    with pytest.raises(FileNotFoundError):
        model("penguins", model_description=tmp_path / "none.json")
    with pytest.raises(sidekick.InvalidTypeError, match="^model_description: expected a mapping, JSON text or a path"):
        model("penguins", model_description=7)
    with pytest.raises(sidekick.InvalidTypeError, match="^model_description: the mapping cannot be written as JSON"):
        model("penguins", model_description={"inputs": {1, 2}})


def test_integers_are_exact():
    outputs = [tensor("i", "INT64"), tensor("u", "UINT64"), tensor("b", "INT8"), tensor("f", "FP32")]
    values = {"i": [BIG, -BIG], "u": [(1 << 64) - 1, 0], "b": [-128, 127], "f": [0.5, 1]}

    def answer(sent):
        return {name: column[: len(sent["x"])] for name, column in values.items()}

    with answering([tensor("x", "FP64")], outputs, answer) as made:
        expected = [dict(zip(values, row)) for row in zip(*values.values())]
        assert made.predict_many([{"x": 1}, {"x": 2}]) == expected
        one = made.predict(x=1)
        assert one == expected[0] and [type(value) for value in one.values()] == [int, int, int, float]
        assert [spec.element for spec in made.feature_specs_out] == ["int64", "uint64", "int8", "float32"]


def test_columns_of_arrays_without_elements():
    outputs = [tensor("e", "FP32", 0), tensor("z", "INT8", 2, 0)]

    def answer(sent):
        rows = len(sent["x"])
        return {"e": [[]] * rows, "z": [[[], []]] * rows}

    with answering([tensor("x", "FP64")], outputs, answer) as made:
        columns = made.predict_columns({"x": [1, 2, 3]})
        assert columns["e"].shape == (3, 0) and columns["z"].shape == (3, 2, 0) and columns["z"].dtype == "int8"
        assert made.predict(x=1)["z"].shape == (2, 0)


def test_bytes_have_any_meaning(passing):
    described = {
        "inputs": [{"name": "value", "type": "bytes"}],
        "outputs": [{"name": "value_out", "type": "bytes"}],
    }
    bytes_ = passing("bytes", model_description=described)
    assert bytes_.feature_specs_in[0].dtype == bytes_.feature_specs_out[0].dtype == "bytes"
    values = [b"\0\xff", b"", bytearray(b"array"), memoryview(b"view"), *([b"x" * 20] * 6)]
    results = bytes_.predict_many([{"value": value} for value in values])
    assert [result["value_out"] for result in results] == [bytes(value) for value in values]
    assert bytes_.predict(value=b"\0") == bytes_.predict(value=BytesIO(b"\0")) == {"value_out": b"\0"}
    assert bytes_.predict_columns({"value": values})["value_out"] == [bytes(value) for value in values]
    for kind in (pyarrow.binary(), pyarrow.large_binary(), pyarrow.binary_view()):
        column = pyarrow.array(map(bytes, values), kind)
        assert bytes_.predict_columns({"value": column})["value_out"] == [bytes(value) for value in values]
    with pytest.raises(TypeError, match='^row 0: feature "value": '):
        bytes_.predict_columns({"value": pyarrow.array(["text"] * 8)})
    for wrong in ["text", 1, None]:
        with pytest.raises(TypeError if wrong is not None else ValueError, match='^row 0: feature "value": '):
            bytes_.predict(value=wrong)


@pytest.mark.parametrize("files", ["b", "a", "ab"])
def test_open_files_of_good_rows_are_read_once(files):
    array = numpy.arange(4.0)
    npy = BytesIO()
    numpy.save(npy, array)
    tensors = {"a": tensor("a", "FP64", 4), "b": tensor("b", "BYTES", 1)}
    described = {"inputs": [{"name": "b", "type": "bytes"}] if "b" in files else []}
    sent = []

    def answer(given):
        sent.append(given)
        return {"n": given["n"]}

    def rows():
        return [{"b": BytesIO(b"text"), "a": BytesIO(npy.getvalue()), "n": number} for number in (1, 2, None)]

    inputs = [*(tensors[name] for name in files), tensor("n", "FP64")]
    with answering(inputs, [tensor("n", "FP64")], answer, model_description=described) as made:
        for results in (made.predict_many(rows(), errors="return"), [*made.predict_lazy(rows(), errors="return")]):
            assert results[:2] == [{"n": 1}, {"n": 2}] and isinstance(results[2], sidekick.MissingValueError)
            given = sent.pop()
            assert "a" not in given or numpy.ravel(given["a"]).tolist() == [*array, *array]
            assert "b" not in given or numpy.ravel(given["b"]).tolist() == ["text", "text"]


def test_inputs_can_be_optional():
    inputs = [tensor("first", "FP64"), tensor("other", "FP64")]
    described = {"inputs": [{"name": "other", "optional": True}]}

    def answer(sent):
        return {"n": [sum(row) for row in zip(*sent.values())]}

    with answering(inputs, [tensor("n", "FP64")], answer, model_description=described) as made:
        assert [spec.optional for spec in made.feature_specs_in] == [False, True]
        assert made.predict(first=1) == {"n": 1}
        assert made.predict(first=1, other=2) == {"n": 3}
        rows = [{"first": 1}, {"first": 1, "other": 2}, {"first": 3}] * 4
        assert [result["n"] for result in made.predict_many(rows)] == [1, 3, 3] * 4
        assert made.predict_columns({"first": [1, 2]})["n"].tolist() == [1, 2]
        assert made.predict_columns({"first": [1, 2], "other": [3, 4]})["n"].tolist() == [4, 6]
        with pytest.raises(sidekick.InvalidValueError, match='^row 0: the row lacks "first"$'):
            made.predict(other=2)
        with pytest.raises(sidekick.InvalidValueError, match='^there is no column for "first"; '):
            made.predict_columns({"other": [1]})
    described = {"inputs": [{"name": "first", "optional": True}, {"name": "other", "optional": True}]}
    with answering(inputs, [tensor("n", "FP64")], answer, model_description=described) as made:
        assert made.predict_columns({"other": [3, 4]})["n"].tolist() == [3, 4]
        with pytest.raises(sidekick.InvalidValueError, match="^there is no column"):
            made.predict_columns({})


IMAGES = {
    "inputs": [
        {"name": "rgb", "type": "image"},
        {"name": "chw", "type": "image", "layout": "CHW", "scale": 2, "mean": 1},
        {"name": "file", "type": "image"},
    ],
    "outputs": [{"name": "rgb_out"}, {"name": "chw_out"}, {"name": "file_out", "type": "bytes"}],
}


def test_images_become_tensors(passing, tmp_path):
    images = passing("images", model_description=IMAGES)
    assert [(spec.dtype, spec.shape) for spec in images.feature_specs_in[:2]] == [("image", (2, 3, 3))] * 2
    samples = numpy.arange(18, dtype="uint8").reshape(2, 3, 3)
    picture = Image.fromarray(samples)
    path = tmp_path / "picture.png"
    picture.save(path)
    picture.format = "PNG"
    file = path.read_bytes()
    for rgb, chw in [(picture, path), (file, picture)]:
        result = images.predict(rgb=rgb, chw=chw, file=file)
        assert (result["rgb_out"] == samples).all() and result["rgb_out"].dtype == "uint8"
        assert (result["chw_out"] == samples.transpose(2, 0, 1) * 2.0 - 1).all()
        assert result["file_out"] == file
    with pytest.raises(ValueError, match='^row 0: feature "file": '):
        images.predict(rgb=file, chw=file, file=file[:20])


def test_outputs_of_pixels_are_images(passing):
    described = {
        "inputs": [{"name": "chw", "optional": True}, {"name": "file", "optional": True}],
        "outputs": [{"name": "rgb_out", "type": "image"}],
    }
    images = passing("images", model_description=described)
    assert images.feature_specs_out[0].dtype == "image"
    samples = numpy.arange(18, dtype="uint8").reshape(2, 3, 3)
    found = images.predict(rgb=samples)["rgb_out"]
    assert found.mode == "RGB" and (numpy.asarray(found) == samples).all()


def test_each_row_has_its_own_shape(passing):
    free = passing("free")
    assert [spec.shape for spec in free.feature_specs_in] == [(-1, 2), (1,)] and free.feature_specs_in[0].has_free_sizes
    assert "any x 2" in repr(free)
    arrays = [numpy.arange(2 * size, dtype="float32").reshape(size, 2) for size in (3, 1, 0, 4, 4, 2)]
    results = free.predict_many([{"x": array, "tag": tag} for tag, array in enumerate(arrays)])
    for tag, (array, result) in enumerate(zip(arrays, results)):
        assert result["x_out"].shape == array.shape and (result["x_out"] == array).all()
        assert result["tag_out"] == tag
    results[0]["x_out"][0] = 7
    assert (results[1]["x_out"] == arrays[1]).all()
    lazy = list(free.predict_lazy({"x": array, "tag": 1} for array in arrays))
    assert [result["x_out"].shape for result in lazy] == [array.shape for array in arrays]


def test_columns_of_free_sizes(passing):
    free = passing("free")
    whole = numpy.arange(24, dtype="float32").reshape(4, 3, 2)
    tags = numpy.arange(4)
    column = free.predict_columns({"x": whole, "tag": tags})["x_out"]
    assert isinstance(column, list) and all((found == array).all() for found, array in zip(column, whole))
    arrays = [whole[0], whole[1][:1], whole[2], whole[3][:2]]
    predicted = free.predict_columns({"x": arrays, "tag": tags})
    assert [found.shape for found in predicted["x_out"]] == [(3, 2), (1, 2), (3, 2), (2, 2)]
    assert predicted["tag_out"].tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match='^row 0: feature "x": '):
        free.predict_columns({"x": whole[:, :, :1], "tag": tags})


def test_a_batch_of_several_requests_is_taken_whole():
    def answer(sent):
        assert len(sent["x"]) <= 2 and 13 not in sent["x"]
        return {"n": sent["x"]}

    tensors = [tensor("x", "FP64")], [tensor("n", "FP64")]
    options = {"model_description": {"max_batch_size": 2}, "batch_rows": 5, "max_in_flight": 2, "retries": 0}
    with answering(*tensors, answer, **options) as made:
        assert made.batch_limit == 2
        assert [result["n"] for result in made.predict_lazy({"x": x} for x in range(12))] == [*range(12)]
        results = list(made.predict_lazy(({"x": x} for x in range(10, 20)), errors="return"))
        failed = [x for x, result in enumerate(results, 10) if isinstance(result, Exception)]
        assert failed == [12, 13] and results[2].rows == range(2, 4)
        assert [results[x - 10]["n"] for x in range(14, 20)] == [*range(14, 20)]


ELEMENTS = {"BOOL": "bool", "INT8": "int8", "UINT64": "uint64", "FP16": "float16", "FP32": "float32", "FP64": "float64",
            "BF16": "float32"}


@contextmanager
def free_sizes(datatype, *rows):
    """A model whose input n has the number of one of these rows, which the output x has. It refuses row -1."""
    outputs = [tensor("x", datatype, *[-1] * (rows[0].ndim)), tensor("s", datatype)]

    def respond(request):
        if request.method == "GET":
            inputs = [tensor("n", "FP64")]
            return json.dumps({"name": "made", "versions": ["3"], "inputs": inputs, "outputs": outputs})
        (given,) = json.loads(request.body)["inputs"]
        if -1 in given["data"]:
            return (400, json.dumps({"error": "the row is bad"}))
        (row,) = [rows[int(number)] for number in given["data"]]
        made = [{**outputs[0], "shape": [1, *row.shape], "data": row.ravel().tolist()}]
        made.append({**outputs[1], "shape": [1], "data": [row.ravel().tolist()[0] if row.size else 0]})
        return json.dumps({"outputs": made})

    with Server(respond).running() as server:
        yield sidekick.Deployment(f"{server.url}/v2/models/made", "", batch_rows=1, isolate_bad_rows=True, wire="json")


def floats(values):
    """Python's floats in lists, and in lists of lists."""
    if isinstance(values, list):
        return [found for value in values for found in floats(value)]
    return [values] if isinstance(values, float) else []


@pytest.mark.parametrize("rank", [1, 2])
def test_halves_of_free_sizes_are_given_to_pyarrow_as_numpy_has_them(rank, monkeypatch):
    make, given = pyarrow.array, []

    def noted(values, *arguments, **options):
        given.append(list(values))
        return make(given[-1], *arguments, **options)

    rows = [numpy.array(values, "float16").reshape((1,) * (rank - 1) + (-1,)) for values in ([0.5, 0], [1])]
    frame = pyarrow.table({"n": make([0.0, 1.0])})
    with free_sizes("FP16", *rows) as client:
        monkeypatch.setattr(pyarrow, "array", noted)
        found = client.predict_frame(frame)
    assert found["x"].to_pylist() == [row.tolist() for row in rows]
    # Up to version 20, it takes no others.
    assert given and not floats(given)


@pytest.mark.parametrize("datatype", ELEMENTS)
@pytest.mark.parametrize("rank", [1, 2])
def test_lists_in_frames_have_the_type_of_the_tensor(datatype, rank):
    element = numpy.dtype(ELEMENTS[datatype])
    most = (1 << 63) + 1 if datatype == "UINT64" else 1
    rows = [numpy.array(values, element).reshape((1,) * (rank - 1) + (-1,)) for values in ([most, 0], [1], [])]
    in_arrow, in_polars = pyarrow.from_numpy_dtype(element), polars.Series(numpy.empty(0, element)).dtype
    for _ in range(rank):
        in_arrow, in_polars = pyarrow.list_(in_arrow), polars.List(in_polars)
    with free_sizes(datatype, *rows) as client:
        for numbers in ([], [2], [0, 1, 2], [1, -1, 0], [-1]):
            expected = [None if number < 0 else rows[number].tolist() for number in numbers]
            found = client.predict_frame(pyarrow.table({"n": pyarrow.array(numbers, "f8")}))
            assert found["x"].type == in_arrow and found["x"].to_pylist() == expected
            found = client.predict_frame(polars.DataFrame({"n": polars.Series(numbers, dtype=polars.Float64)}))
            assert found["x"].dtype == in_polars and found["x"].to_list() == expected
            if -1 not in numbers:
                assert found["s"].dtype == polars.Series(numpy.empty(0, element)).dtype
                assert found["s"].to_list() == [most if number == 0 else int(number == 1) for number in numbers]
