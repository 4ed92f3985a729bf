"""Format 2 of deployment.json: all that a feature can be, on models that are made here."""

import importlib.util
import json
import subprocess

import numpy
import pytest
import requests
from conftest import Server, find_binary
from deployment_client import assert_error, npy_url, tensorjson
from onnx import TensorProto, checker, helper, numpy_helper, save

FLOAT, INT64, INT32, UINT8, BOOL, DOUBLE = (
    getattr(TensorProto, name) for name in ("FLOAT", "INT64", "INT32", "UINT8", "BOOL", "DOUBLE")
)

ONNX_RUNTIME = ["--onnxruntime", importlib.util.find_spec("onnxruntime").submodule_search_locations[0]]


def tensor(name, dtype, *dims):
    return helper.make_tensor_value_info(name, dtype, list(dims))


def passed_through(*tensors):
    """A model that gives each (name, dtype, dims) again as name_out."""
    nodes = [helper.make_node("Identity", [name], [name + "_out"]) for name, _, _ in tensors]
    inputs = [tensor(name, dtype, *dims) for name, dtype, dims in tensors]
    outputs = [tensor(name + "_out", dtype, *dims) for name, dtype, dims in tensors]
    return made(nodes, inputs, outputs)


def made(nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, "test", inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


def write(folder, model, inputs, outputs, **more):
    folder.mkdir(parents=True)
    save(model, folder / "model.onnx")
    declaration = {"format": 2, "id": folder.name, "tokens": ["token"], "inputs": inputs, "outputs": outputs, **more}
    (folder / "deployment.json").write_text("// A comment.\n" + json.dumps(declaration, indent=1))
    return folder


@pytest.fixture
def served(tmp_path):
    """Serves a model and returns its deployment; the server ends with the test."""
    servers = []

    def serve(model, inputs, outputs, options=(), **more):
        folder = write(tmp_path / f"d{len(servers)}", model, inputs, outputs, **more)
        servers.append(Server([folder], *options).__enter__())
        return servers[-1].deployment(folder.name, "token")

    yield serve
    for server in servers:
        server.__exit__()


def feature(name, type, **more):
    return {"name": name, "type": type, **more}


def test_names_and_shapes_come_from_the_model(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 1]), ("y", FLOAT, ["n", 2, 2])),
        [feature("x", "numeric"), feature("y", "numeric")],
        [feature("x out", "numeric", tensor="x_out"), feature("y_out", "numeric")],
    )
    document = deployment.describe().json()["components"]["schemas"]
    shapes = {name: value["x-peltarion"]["shape"] for name, value in document["input-row"]["properties"].items()}
    assert shapes == {"x": [1], "y": [2, 2]}
    array = numpy.arange(4, dtype="float32").reshape(2, 2)
    assert deployment.predict({"x": 3, "y": tensorjson(array)}) == [
        {"x out": 3.0, "y_out": {"shape": [2, 2], "data": [0.0, 1.0, 2.0, 3.0]}}
    ]


@pytest.mark.parametrize("dtype,good,bad", [
    (INT64, 7, 7.5),
    (INT32, -(2**31), 2**31),
    (UINT8, 255, 256),
    (BOOL, 1, 2),
    (DOUBLE, 0.5, "0.5"),
])
def test_numbers_enter_a_tensor_of_its_own_type(served, dtype, good, bad):
    deployment = served(
        passed_through(("x", dtype, ["n"])), [feature("x", "numeric")], [feature("y", "numeric")]
    )
    assert deployment.predict({"x": good}) == [{"y": good}]
    refused = deployment.send({"x": good}, {"x": bad})
    assert refused.status_code == 400
    assert 'rows[1], feature "x"' in refused.json()["errorMessage"]


def test_arrays_of_integers(served):
    deployment = served(
        passed_through(("x", INT64, ["n", 3])), [feature("x", "numeric")], [feature("y", "numeric")]
    )
    # More digits than a 32-bit float has.
    sent = {"shape": [3], "data": [16777217, -1, 0]}
    assert deployment.predict({"x": sent}) == [{"y": sent}]
    refused = deployment.send({"x": {"shape": [3], "data": [1, 2.5, 3]}})
    assert "data[1]: 2.5 is no integer, the tensor is INT64" in refused.json()["errorMessage"]


def test_numbers_are_filled_limited_and_standardised(served):
    deployment = served(
        made(
            [
                helper.make_node("IsNaN", ["x"], ["missing"]),
                helper.make_node("Cast", ["missing"], ["is_missing"], to=FLOAT),
                helper.make_node("Where", ["missing", "is_missing", "x"], ["y"]),
            ],
            [tensor("x", FLOAT, "n", 4)],
            [tensor("y", FLOAT, "n", 4)],
        ),
        [
            feature("plain", "numeric", mean=10, std=2),
            feature("filled", "numeric", fill=5, mean=1),
            feature("limited", "numeric", clip=[0, None], log="log1p"),
            feature("missing", "numeric", fill="NaN"),
        ],
        [feature("y", "numeric")],
    )
    rows = [{"plain": 14, "filled": 3, "limited": -7, "missing": 2}, {"plain": 10, "filled": None, "limited": 0}]
    found = [row["y"]["data"] for row in deployment.predict(*rows)]
    assert found == [[2.0, 2.0, 0.0, 2.0], [0.0, 4.0, 0.0, 1.0]]
    schema = deployment.describe().json()["components"]["schemas"]["input-row"]
    assert schema["required"] == ["plain", "limited"]
    assert schema["properties"]["filled"]["nullable"] is True
    form = requests.post(deployment.url, files={name: (None, value) for name, value in {
        "plain": "10", "filled": "", "limited": "0", "missing": ""}.items()},
        headers={"Authorization": "Bearer token"})
    assert form.json() == {"y": {"shape": [4], "data": [0.0, 4.0, 0.0, 1.0]}}


def test_a_number_without_a_logarithm(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 1])), [feature("x", "numeric", log="log")], [feature("y", "numeric")]
    )
    assert deployment.predict({"x": 1}) == [{"y": 0.0}]
    assert "0 has no logarithm" in deployment.send({"x": 0}).json()["errorMessage"]


def test_outputs_are_scaled_back(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 1])),
        [feature("x", "numeric", mean=3, std=2)],
        [feature("y", "numeric", mean=3, std=2)],
    )
    assert deployment.predict({"x": 14}) == [{"y": 14.0}]


def test_categories_enter_as_places_ones_or_themselves(tmp_path):
    (tmp_path / "towns.txt").write_text("Lund\nMalmö\n")
    folder = write(
        tmp_path / "d",
        passed_through(("x", INT64, ["n", 5])),
        [
            feature("ordinal", "categorical", categories=["a", "b", "c"], encoding="ordinal", tensor="x"),
            feature("raw", "categorical", categories=[10, 20], encoding="raw", tensor="x"),
            feature("town", "categorical", categories_file="../towns.txt", tensor="x", fill="Lund"),
            feature("flag", "binary", categories=["no", "yes"], tensor="x"),
        ],
        [feature("y", "numeric")],
    )
    with Server([folder]) as server:
        deployment = server.deployment("d", "token")
        rows = [{"ordinal": "c", "raw": 20, "town": "Malmö", "flag": "yes"}, {"ordinal": "a", "raw": "10", "flag": 0}]
        found = [row["y"]["data"] for row in deployment.predict(*rows)]
    assert found == [[2, 20, 0, 1, 1], [0, 10, 1, 0, 0]]


def test_dates_become_numbers(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 4])),
        [
            feature("day", "text", date=["year", "month", "weekday"], tensor="x"),
            feature("since", "text", date="days since 2020-01-01", std=2, tensor="x"),
        ],
        [feature("y", "numeric")],
    )
    row = {"day": "2024-05-17", "since": "2020-01-05T12:00:00Z"}
    assert deployment.predict(row) == [{"y": {"shape": [4], "data": [2024.0, 5.0, 4.0, 2.25]}}]
    refused = deployment.send({**row, "day": "17.05.2024"}).json()
    assert '"17.05.2024" is no date' in refused["errorMessage"]


def test_constants_and_states(served):
    deployment = served(
        made(
            [
                helper.make_node("Cast", ["rate"], ["rate_float"], to=FLOAT),
                helper.make_node("ReduceSum", ["state", "axes"], ["state_sum"], keepdims=0),
                helper.make_node("Mul", ["x", "weights"], ["weighted"]),
                helper.make_node("Add", ["weighted", "state_sum"], ["sum"]),
                helper.make_node("Add", ["sum", "rate_float"], ["y"]),
            ],
            [
                tensor("x", FLOAT, "batch", 2),
                tensor("rate", INT64),
                tensor("state", FLOAT, 2, "batch", 2),
                tensor("weights", FLOAT, "batch", 2),
            ],
            [tensor("y", FLOAT, "batch", 2)],
            [numpy_helper.from_array(numpy.array([0], "int64"), "axes")],
        ),
        [feature("x", "numeric")],
        [feature("y", "numeric")],
        constants={"rate": 16000, "state": 0.5, "weights": [1, 10]},
    )
    rows = [{"x": {"shape": [2], "data": [1, 2]}}, {"x": {"shape": [2], "data": [3, 4]}}]
    found = [row["y"]["data"] for row in deployment.predict(*rows)]
    assert found == [[16002.0, 16021.0], [16004.0, 16041.0]]


def test_a_constant_with_a_nul_is_refused_at_the_start(tmp_path):
    model = classic([helper.make_node("Identity", ["x"], ["y"]), helper.make_node("Identity", ["note"], ["noted"])],
                    [tensor("x", FLOAT, "n", 1), tensor("note", TensorProto.STRING, 1)],
                    [tensor("y", FLOAT, "n", 1), tensor("noted", TensorProto.STRING, 1)])
    folder = write(tmp_path / "nul", model, [feature("x", "numeric")], [feature("y", "numeric")], constants={"note": ["a\0b"]})
    command = [find_binary(), "--listen", "127.0.0.1:0", *ONNX_RUNTIME, folder]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "constants.note: a string has a NUL" in run.stderr, run.stderr


def test_a_batch_axis_that_is_not_the_first(served):
    deployment = served(
        passed_through(("x", FLOAT, [3, "n"])),
        [feature("x", "numeric", batch_axis=1)],
        [feature("y", "numeric", batch_axis=1)],
    )
    rows = [{"x": {"shape": [3], "data": [place, place + 1, place + 2]}} for place in (0.0, 10.0)]
    assert deployment.predict(*rows) == [{"y": row["x"]} for row in rows]


def array(*values):
    return tensorjson(numpy.array(values, "float32"))


def test_tensors_without_a_batch_axis(served):
    """Each row is a run of its own, and gives as many values as it has."""
    model = made(
        [helper.make_node("Identity", ["x"], ["y"]), helper.make_node("NonZero", ["x"], ["places"])],
        [tensor("x", FLOAT, 3)],
        [tensor("y", FLOAT, 3), tensor("places", INT64, 1, "k")],
    )
    alone = {"batch_axis": "none"}
    deployment = served(
        model,
        [feature("x", "numeric", **alone)],
        [feature("y", "numeric", **alone), feature("places", "numeric", **alone)],
    )
    rows = [array(0, 1, 2), array(0, 0, 5)]
    assert deployment.predict(*({"x": row} for row in rows)) == [
        {"y": rows[0], "places": {"shape": [1, 2], "data": [1, 2]}},
        {"y": rows[1], "places": {"shape": [1, 1], "data": [2]}},
    ]
    assert deployment.predict() == []


def test_an_output_alone_has_no_batch_axis(served):
    """Detectors give a list of what they found in the one image of a batch."""
    model = made([helper.make_node("NonZero", ["x"], ["places"])], [tensor("x", FLOAT, 1, 3)], [tensor("places", INT64, 2, "k")])
    deployment = served(model, [feature("x", "numeric")], [feature("places", "numeric", batch_axis="none")])
    found = deployment.predict({"x": array(0, 1, 2)}, {"x": array(0, 0, 0)})
    assert [row["places"] for row in found] == [{"shape": [2, 2], "data": [0, 0, 1, 2]}, {"shape": [2, 0], "data": []}]


def test_logits_become_probabilities(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 3])),
        [feature("x", "numeric")],
        [
            feature("class", "categorical", categories=["a", "b", "c"], activation="softmax", tensor="x_out"),
            feature("each", "categorical", categories=["a", "b", "c"], activation="sigmoid", tensor="x_out"),
            feature("best", "text", labels=["a", "b", "c"], tensor="x_out"),
            feature("unit", "numeric", normalize=True, tensor="x_out"),
        ],
    )
    logits = numpy.array([-1.0, 2.0, 0.5])
    [row] = deployment.predict({"x": {"shape": [3], "data": list(logits)}})
    softmax = numpy.exp(logits) / numpy.exp(logits).sum()
    assert list(row["class"]) == ["a", "b", "c"]
    numpy.testing.assert_allclose(list(row["class"].values()), softmax, rtol=1e-6)
    numpy.testing.assert_allclose(list(row["each"].values()), 1 / (1 + numpy.exp(-logits)), rtol=1e-6)
    assert row["best"] == "b"
    numpy.testing.assert_allclose(row["unit"]["data"], logits / numpy.linalg.norm(logits), rtol=1e-6)


def test_labels_by_their_place(served):
    deployment = served(
        made(
            [helper.make_node("ArgMax", ["x"], ["best"], axis=1, keepdims=0)],
            [tensor("x", FLOAT, "n", 2)],
            [tensor("best", INT64, "n")],
        ),
        [feature("x", "numeric")],
        [feature("label", "text", labels=["no", "yes"]), feature("place", "numeric")],
    )
    assert deployment.predict({"x": {"shape": [2], "data": [0, 1]}}) == [{"label": "yes", "place": 1}]


def test_two_probabilities_are_a_binary_output(served):
    deployment = served(
        passed_through(("x", FLOAT, ["n", 2])), [feature("x", "numeric")], [feature("y", "binary")]
    )
    assert deployment.predict({"x": {"shape": [2], "data": [0.75, 0.25]}}) == [{"y": 0.25}]


def test_boxes_scores_and_classes_are_one_array(served):
    deployment = served(
        passed_through(("boxes", FLOAT, ["n", 2, 4]), ("scores", FLOAT, ["n", 2]), ("classes", INT64, ["n", 2])),
        [feature("boxes", "numeric"), feature("scores", "numeric"), feature("classes", "numeric")],
        [feature("found", "numeric", tensor=["boxes_out", "scores_out", "classes_out"],
                 columns=["left", "top", "right", "bottom", "score", "class"])],
    )
    boxes = numpy.arange(8, dtype="float32").reshape(2, 4)
    row = {"boxes": tensorjson(boxes), "scores": {"shape": [2], "data": [0.5, 0.25]},
           "classes": {"shape": [2], "data": [7, 8]}}
    expected = {"shape": [2, 6], "data": [0.0, 1.0, 2.0, 3.0, 0.5, 7.0, 4.0, 5.0, 6.0, 7.0, 0.25, 8.0]}
    assert deployment.predict(row, row) == [{"found": expected}] * 2
    described = deployment.describe().json()["components"]["schemas"]["output-row-batch"]["properties"]["rows"]
    assert described["properties"]["found"]["x-columns"][4:] == ["score", "class"]


def test_an_output_of_a_free_size_has_the_shape_that_came(served):
    model = made(
        [helper.make_node("Identity", ["x"], ["y"])],
        [tensor("x", FLOAT, "n", "length")],
        [tensor("y", FLOAT, "n", "length")],
    )
    deployment = served(model, [feature("x", "numeric", shape=[3])], [feature("y", "numeric")])
    described = deployment.describe().json()["components"]["schemas"]["output-row-batch"]["properties"]["rows"]
    assert described["properties"]["y"]["x-peltarion"]["shape"] == [-1]
    sent = {"shape": [3], "data": [1.0, 2.0, 3.0]}
    assert deployment.predict({"x": sent}) == [{"y": sent}]


TOKENIZER = {
    "version": "1.0",
    "truncation": None,
    "padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": None, "pad_id": 9,
                "pad_type_id": 0, "pad_token": "[PAD]"},
    "added_tokens": [],
    "normalizer": {"type": "Lowercase"},
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "the": 1, "cat": 2, "sat": 3}, "unk_token": "[UNK]"},
}


def test_texts_become_tokens(tmp_path):
    names = ["input_ids", "attention_mask", "token_type_ids"]
    folder = write(
        tmp_path / "tokens",
        passed_through(*[(name, INT64, ["n", "length"]) for name in names]),
        [feature("text", "text", tokenizer={"file": "tokenizer.json", "max_length": 4})],
        [feature(name, "numeric", tensor=name + "_out") for name in names],
    )
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    with Server([folder]) as server:
        deployment = server.deployment("tokens", "token")
        rows = deployment.predict({"text": "The cat"}, {"text": "the CAT sat there again"}, {"text": ""})
        refused = deployment.send({"text": 7}).json()["errorMessage"]
    assert [[row[name]["data"] for name in names] for row in rows] == [
        [[1, 2, 9, 9], [1, 1, 0, 0], [0, 0, 0, 0]],
        [[1, 2, 3, 0], [1, 1, 1, 1], [0, 0, 0, 0]],
        [[9, 9, 9, 9], [0, 0, 0, 0], [0, 0, 0, 0]],
    ]
    assert 'rows[0], feature "text": a string is expected' in refused


def test_tokens_fill_a_tensor_of_a_fixed_size(tmp_path):
    folder = write(
        tmp_path / "tokens",
        passed_through(("ids", INT32, ["n", 3])),
        [feature("text", "text", tokenizer="tokenizer.json", tensor="ids")],
        [feature("ids", "numeric", tensor="ids_out")],
    )
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    with Server([folder]) as server:
        rows = server.deployment("tokens", "token").predict({"text": "cat"}, {"text": "the cat sat sat"})
    assert [row["ids"]["data"] for row in rows] == [[2, 9, 9], [1, 2, 3]]


def test_a_file_with_mistakes_is_refused_with_a_line_for_each(tmp_path):
    folder = write(
        tmp_path / "bad",
        passed_through(("x", FLOAT, ["n", 3])),
        [feature("x", "numeric", tensr="x"), feature("y", "numerc")],
        [feature("z", "numeric", tensor="x_ot")],
        titel="Bad",
    )
    run = subprocess.run([find_binary(), "--listen", "127.0.0.1:0", folder], capture_output=True, text=True, timeout=60)
    file = folder / "deployment.json"
    lines = [line.removeprefix(f"sidekick-server: {file}:") for line in run.stderr.splitlines()]
    assert (run.returncode, run.stdout) == (1, "")
    assert [line.split(": ", 1)[1] for line in lines] == [
        'inputs[0].tensr: a numeric input has no such key; did you mean "tensor"?',
        'inputs[1].type: "numerc" is unknown; write one of "numeric", "categorical", "binary", "text", "image"; '
        'did you mean "numeric"?',
        'outputs[0].tensor: the model has no output "x_ot", its outputs are "x_out" FP32 [n, 3]; '
        'did you mean "x_out"?',
        'titel: deployment.json has no such key; did you mean "title"?',
    ]


def classic(nodes, inputs, outputs):
    """A model with operators of ai.onnx.ml, which ONNX Runtime computes."""
    graph = helper.make_graph(nodes, "test", inputs, outputs)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=versions, ir_version=8)


def test_the_label_and_the_probabilities_of_a_converter(served):
    classifier = helper.make_node(
        "LinearClassifier", ["x"], ["label", "scores"], domain="ai.onnx.ml", coefficients=[1.0, 0.0, -1.0, 0.0],
        intercepts=[0.0, 0.0], classlabels_strings=["no", "yes"], post_transform="SOFTMAX", multi_class=1,
    )
    zipped = helper.make_node(
        "ZipMap", ["scores"], ["probabilities"], domain="ai.onnx.ml", classlabels_strings=["no", "yes"]
    )
    number = helper.make_tensor_type_proto(FLOAT, [])
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.STRING, number))
    deployment = served(
        classic([classifier, zipped], [tensor("x", FLOAT, "n", 2)],
                [tensor("label", TensorProto.STRING, "n"), helper.make_value_info("probabilities", maps)]),
        [feature("x", "numeric")],
        [feature("label", "text"), feature("sure", "categorical", tensor="probabilities")],
        ONNX_RUNTIME,
    )
    [row] = deployment.predict({"x": {"shape": [2], "data": [1, 5]}})
    assert row["label"] == "no"
    assert list(row["sure"]) == ["no", "yes"]
    numpy.testing.assert_allclose(list(row["sure"].values()), [0.880797, 0.119203], rtol=1e-5)


def test_texts_and_categories_enter_tensors_of_strings(served):
    encoder = helper.make_node(
        "LabelEncoder", ["town"], ["place"], domain="ai.onnx.ml", keys_strings=["Lund", "Malmö"],
        values_int64s=[1, 2], default_int64=-1,
    )
    deployment = served(
        classic([encoder, helper.make_node("Identity", ["note"], ["noted"])],
                [tensor("town", TensorProto.STRING, "n", 1), tensor("note", TensorProto.STRING, "n", 1)],
                [tensor("place", INT64, "n", 1), tensor("noted", TensorProto.STRING, "n", 1)]),
        [feature("town", "categorical", categories=["Lund", "Malmö"], encoding="raw"),
         feature("note", "text", fill="nothing")],
        [feature("place", "numeric"), feature("noted", "text")],
        ONNX_RUNTIME,
    )
    rows = [{"town": "Malmö", "note": "å\n"}, {"town": "Lund"}]
    assert deployment.predict(*rows) == [{"place": 2, "noted": "å\n"}, {"place": 1, "noted": "nothing"}]
    assert "not one of the categories" in deployment.send({"town": "Kiruna"}).json()["errorMessage"]


def test_the_vectors_of_tokens_become_an_embedding(tmp_path):
    table = numpy.array([[0, 0], [3, 0], [0, 4], [3, 4]] + [[9, 9]] * 6, "float32")
    folder = write(
        tmp_path / "embed",
        made(
            [
                helper.make_node("Gather", ["table", "input_ids"], ["hidden"]),
                helper.make_node("Identity", ["attention_mask"], ["mask"]),
            ],
            [tensor(name, INT64, "n", "length") for name in ("input_ids", "attention_mask")],
            [tensor("hidden", FLOAT, "n", "length", 2), tensor("mask", INT64, "n", "length")],
            [numpy_helper.from_array(table, "table")],
        ),
        [feature("text", "text", tokenizer="tokenizer.json")],
        [
            feature("mean", "numeric", tensor="hidden", pool="mean"),
            feature("unit", "numeric", tensor="hidden", pool="mean", normalize=True),
            feature("first", "numeric", tensor="hidden", pool="first"),
        ],
    )
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    with Server([folder]) as server:
        deployment = server.deployment("embed", "token")
        rows = deployment.predict({"text": "the cat"}, {"text": "sat"})
        marks = deployment.describe().json()["components"]["schemas"]["output-row"]["properties"]
    assert [[row[name]["data"] for name in ("mean", "unit", "first")] for row in rows] == [
        [[1.5, 2.0], pytest.approx([0.6, 0.8]), [3.0, 0.0]],
        [[3.0, 4.0], pytest.approx([0.6, 0.8]), [3.0, 4.0]],
    ]
    assert set(marks) == {"mean", "unit", "first"}


def test_padding_is_no_part_of_an_embedding_with_the_tokens_first(tmp_path):
    table = numpy.array([[0, 0], [3, 0], [0, 4], [3, 4]] + [[9, 9]] * 6, "float32")
    names = ("input_ids", "attention_mask")
    folder = write(
        tmp_path / "embed",
        made(
            [
                helper.make_node("Gather", ["table", "input_ids"], ["hidden"]),
                helper.make_node("Identity", ["attention_mask"], ["mask"]),
            ],
            [tensor(name, INT64, "length", "n") for name in names],
            [tensor("hidden", FLOAT, "length", "n", 2), tensor("mask", INT64, "length", "n")],
            [numpy_helper.from_array(table, "table")],
        ),
        [feature("text", "text", tokenizer="tokenizer.json", batch_axis=1)],
        [feature("mean", "numeric", tensor="hidden", pool="mean", batch_axis=1)],
    )
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    with Server([folder]) as server:
        rows = server.deployment("embed", "token").predict({"text": "the"}, {"text": "the cat sat"})
    assert [row["mean"]["data"] for row in rows] == [[3.0, 0.0], pytest.approx([2.0, 8 / 3])]


def test_padding_and_long_texts_count_as_memory(tmp_path):
    folder = write(
        tmp_path / "tokens",
        passed_through(("ids", INT64, ["n", "length"])),
        [feature("text", "text", tokenizer={"file": "tokenizer.json", "max_length": 500}, tensor="ids")],
        [feature("ids", "numeric", tensor="ids_out")],
    )
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    with Server([folder], "--max-memory", "1000000") as server:
        deployment = server.deployment("tokens", "token")
        short, long = [{"text": "cat"}] * 400, {"text": "cat " * 500}
        assert len(deployment.predict(*short)) == 400
        assert len(deployment.predict(long)) == 1
        assert_error(deployment.send(*short, long), "BadData", 413, "more memory than the limit")
        assert_error(deployment.send({"text": "cat " * 2000}), "BadData", 413, "more memory than the limit")
        # What the request holds already counts, too.
        assert_error(deployment.send({"text": "cat " * 1247}), "BadData", 413, "more memory than the limit")
        assert_error(deployment.send(*[{"text": "cat " * 1000}] * 60), "BadData", 413, "more memory than the limit")
        assert len(deployment.predict(long)) == 1


def test_a_model_that_names_a_class_twice_needs_categories(tmp_path):
    encoder = helper.make_node(
        "LabelEncoder", ["number"], ["label"], domain="ai.onnx.ml", keys_int64s=[0, 1, 2],
        values_strings=["low", "low", "high"], default_string="none",
    )
    nodes = [helper.make_node("Identity", ["x"], ["p"]), encoder]
    model = classic(
        nodes,
        [tensor("x", FLOAT, "n", 3), tensor("number", INT64, "n")],
        [tensor("p", FLOAT, "n", 3), tensor("label", TensorProto.STRING, "n")],
    )
    inputs = [feature("x", "numeric"), feature("number", "numeric")]
    folder = write(tmp_path / "twice", model, inputs, [feature("p", "categorical")])
    command = [find_binary(), "--listen", "127.0.0.1:0", *ONNX_RUNTIME, folder]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (1, "")
    assert 'outputs[0].categories: the model names "low" twice; write them' in run.stderr


def test_a_double_beyond_a_file_of_floats_is_an_error(served):
    scale = numpy_helper.from_array(numpy.array(1e30), "scale")
    deployment = served(
        made([helper.make_node("Mul", ["x", "scale"], ["y"])],
             [tensor("x", DOUBLE, "n", 2)], [tensor("y", DOUBLE, "n", 2)], [scale]),
        [feature("x", "numeric")],
        [feature("y", "numeric")],
        ONNX_RUNTIME,
        tensorjson=False,
        engine="onnxruntime",
    )
    assert deployment.send({"x": npy_url(numpy.array([1e8, 2], "float32"))}).status_code == 200
    rows = [{"x": npy_url(numpy.array([2, 1e9], "float32"))}] * 2
    message = '"y" is beyond 32-bit floats, which .npy files hold, for rows[0]'
    assert_error(deployment.send(*rows), "InternalError", 500, message)


@pytest.mark.parametrize("text,place", [("01", 0), ("02", 1), ("1", 1), ("0", 0)])
def test_a_category_in_a_form_is_that_of_its_name(served, text, place):
    deployment = served(
        passed_through(("x", INT64, ["n", 1])),
        [feature("x", "binary", categories=["01", "02"])],
        [feature("y", "numeric", tensor="x_out")],
    )
    assert deployment.session.post(deployment.url, files={"x": (None, text)}).json() == {"y": place}
