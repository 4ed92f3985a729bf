"""Models that the embedded engine does not run, ONNX Runtime beside it, and how the server chooses between them."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading

import numpy
import pytest
from conftest import ROOT, Server, find_binary
from fronts import metric
from open_inference_client import ask, assert_error, infer
from onnx import TensorProto, helper, numpy_helper, save

sys.path.insert(0, str(ROOT / "tests" / "deployments"))
import make

LIBRARY = importlib.util.find_spec("onnxruntime").submodule_search_locations[0]
ONNX_RUNTIME = ["--onnxruntime", LIBRARY]
# Where no Python has a package.
BARE = {"PATH": "/nowhere"}
FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
ML = "ai.onnx.ml"


def model(nodes, inputs, outputs, constants=()):
    # A tensor without a shape is one that exporters write and the checker refuses.
    graph = helper.make_graph(nodes, "test", inputs, outputs, list(constants))
    sets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    made = helper.make_model(graph, opset_imports=sets, ir_version=8)
    return made


def written(folder, made, **more):
    folder.mkdir()
    save(made, folder / "model.onnx")
    declared = {"id": folder.name, "tokens": [f"{folder.name}-token"], **more}
    (folder / "deployment.json").write_text(json.dumps(declared))
    return folder


def classifier(zipped=True, labels=("no", "yes")):
    """The classes of points: which of their two numbers is larger. As converters of scikit-learn write it."""
    names = {"classlabels_strings": list(labels)} if isinstance(labels[0], str) else {"classlabels_ints": list(labels)}
    nodes = [
        helper.make_node(
            "LinearClassifier", ["x"], ["label", "scores"], domain=ML,
            coefficients=[1.0, -1.0, -1.0, 1.0], intercepts=[0.0, 0.0], post_transform="SOFTMAX", **names,
        )
    ]  # fmt: skip
    kind, key = (STRING, "strings") if isinstance(labels[0], str) else (INT64, "int64s")
    outputs = [helper.make_tensor_value_info("label", kind, ["n"])]
    if zipped:
        nodes.append(helper.make_node("ZipMap", ["scores"], ["probabilities"], domain=ML, **{f"classlabels_{key}": list(labels)}))
        value = helper.make_tensor_type_proto(FLOAT, [])
        of_maps = helper.make_sequence_type_proto(helper.make_map_type_proto(kind, value))
        outputs.append(helper.make_value_info("probabilities", of_maps))
    else:
        nodes.append(helper.make_node("Identity", ["scores"], ["probabilities"]))
        outputs.append(helper.make_tensor_value_info("probabilities", FLOAT, ["n", 2]))
    return model(nodes, [helper.make_tensor_value_info("x", FLOAT, ["n", 2])], outputs)


POINTS = {"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [2, 1, 0, 3]}


def refused(*arguments, env=None):
    command = [find_binary(), "--listen", "127.0.0.1:0", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
    assert ended.returncode == 1 and ended.stdout == "", ended
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    return ended.stderr


def started(folder, *options, **more):
    """The server and, once it has ended, what it wrote to standard error."""
    return Server([folder], *options, errors=subprocess.PIPE, **more)


def ended(server):
    server.process.kill()
    text = server.process.stderr.read()
    server.process.stderr.close()
    return text


def metadata(server, name):
    return json.loads(ask(server, "GET", f"/v2/models/{name}", token=f"{name}-token").body)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("labels", [("no", "yes"), (3, 7)])
def test_a_classifier_of_scikit_learn(tmp_path, zipped, labels):
    folder = written(tmp_path / "points", classifier(zipped, labels))
    with started(folder, *ONNX_RUNTIME) as server:
        found = metadata(server, "points")
        assert found["platform"] == "onnxruntime_onnx"
        kind = "BYTES" if isinstance(labels[0], str) else "INT64"
        assert [(o["name"], o["datatype"], o["shape"]) for o in found["outputs"]] == [
            ("label", kind, [-1]),
            ("probabilities", "FP32", [-1, 2]),
        ]
        outputs = infer(server, "points", {"inputs": [POINTS]}).outputs()
        assert outputs["label"]["data"] == list(labels)
        odds = [1 / (1 + numpy.exp(-2)), 1 / (1 + numpy.exp(2)), 1 / (1 + numpy.exp(6)), 1 / (1 + numpy.exp(-6))]
        assert outputs["probabilities"]["shape"] == [2, 2]
        assert outputs["probabilities"]["data"] == pytest.approx(odds, rel=1e-5)
        assert ended(server) == ""


def test_an_input_that_is_a_sequence_of_tensors_is_refused(tmp_path):
    sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, ["n"]))
    made = model(
        [helper.make_node("ConcatFromSequence", ["parts"], ["all"], axis=0)],
        [helper.make_value_info("parts", sequence)],
        [helper.make_tensor_value_info("all", FLOAT, ["n"])],
    )
    words = refused(*ONNX_RUNTIME, "--engine", "onnxruntime", written(tmp_path / "parts", made))
    assert 'parts/model.onnx: input "parts" is a sequence of tensors; the server feeds tensors alone' in words


def test_a_model_that_rten_does_not_run_needs_the_library(tmp_path):
    folder = written(tmp_path / "points", classifier())
    words = refused(folder, env=BARE)
    for part in ["points/model.onnx", "LinearClassifier", "pip install onnxruntime", "--onnxruntime"]:
        assert part in words
    assert "LinearClassifier" in refused("--engine", "rten", *ONNX_RUNTIME, folder)


@pytest.mark.parametrize(
    "path,words",
    [
        ("/nowhere/libonnxruntime.so", "/nowhere/libonnxruntime.so: there is no such library"),
        (__file__, "test_engines.py cannot be loaded: "),
        ("libc.so.6", "is not ONNX Runtime"),
    ],
)
def test_a_path_that_is_no_library(tmp_path, path, words):
    if path == "libc.so.6":
        maps = open(f"/proc/{os.getpid()}/maps").read().split()
        path = next(part for part in maps if part.rsplit("/", 1)[-1].startswith("libc.so"))
    folder = written(tmp_path / "points", classifier())
    assert words in refused("--onnxruntime", path, folder)
    assert words in refused(folder, env={**BARE, "ORT_DYLIB_PATH": path})


def test_the_library_of_a_python_is_found(tmp_path):
    """The package of the first python3 in the path."""
    folder = written(tmp_path / "points", classifier())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    # A link to an environment's Python is that environment's only beside its pyvenv.cfg.
    shim = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    (tmp_path / "bin" / "python3").unlink()
    (tmp_path / "bin" / "python3").write_text(shim)
    (tmp_path / "bin" / "python3").chmod(0o755)
    with Server([folder], env={"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin"}) as server:
        assert infer(server, "points", {"inputs": [POINTS]}).outputs()["label"]["data"] == ["no", "yes"]


def test_an_engine_is_named(folders, tmp_path):
    def platform(*options, **more):
        made = make.passed_through([("x", [2])])
        folder = written(tmp_path / f"same{len(list(tmp_path.iterdir()))}", made, **more)
        with Server([folder], *options) as server:
            return metadata(server, folder.name)["platform"]

    assert platform(*ONNX_RUNTIME) == "rten_onnx"
    assert platform(*ONNX_RUNTIME, engine="onnxruntime") == "onnxruntime_onnx"
    assert platform(*ONNX_RUNTIME, engine="rten") == "rten_onnx"
    assert platform(*ONNX_RUNTIME, "--engine", "onnxruntime", "--engine-threads", "1") == "onnxruntime_onnx"
    folder = written(tmp_path / "wrong", make.passed_through([("x", [2])]), engine="tensorflow")
    assert "wrong/deployment.json: engine: unknown variant `tensorflow`" in refused(folder)


def counting():
    """Counts to n, one step after the other."""
    step = helper.make_graph(
        [helper.make_node("Add", ["x", "one"], ["next"]), helper.make_node("Identity", ["on"], ["still"])],
        "step",
        [helper.make_tensor_value_info(name, kind, []) for name, kind in [("i", INT64), ("on", TensorProto.BOOL), ("x", INT64)]],
        [helper.make_tensor_value_info(name, kind, []) for name, kind in [("still", TensorProto.BOOL), ("next", INT64)]],
    )
    constants = [numpy_helper.from_array(numpy.array(value), name) for name, value in [("one", 1), ("zero", 0)]]
    nodes = [helper.make_node("Loop", ["n", "", "zero"], ["count"], body=step)]
    inputs, outputs = [helper.make_tensor_value_info("n", INT64, [1])], [helper.make_tensor_value_info("count", INT64, [])]
    return model(nodes, inputs, outputs, constants)


def test_runs_of_one_model_overlap(tmp_path):
    """Requests are answered while another one is computed, which takes longer than any test."""
    folder = written(tmp_path / "count", counting(), engine="onnxruntime")

    def count(number):
        tensor = {"name": "n", "shape": [1], "datatype": "INT64", "data": [number]}
        return infer(server, "count", {"inputs": [tensor]})

    def endless():
        # The server is killed before it answers.
        with contextlib.suppress(OSError, ValueError):
            count(2**60)

    with Server([folder], *ONNX_RUNTIME, "--engine-runs", "2") as server:
        assert count(7).outputs()["count"]["data"] == [7]
        thread = threading.Thread(target=endless)
        thread.start()
        while metric(server, "requests_in_flight") != 1:
            assert thread.is_alive()
        for number in range(20):
            assert count(number).outputs()["count"]["data"] == [number]
        assert metric(server, "requests_in_flight") == 1
    thread.join()


TYPES = {
    "bool": [True, False],
    "int8": [-128, 127],
    "int16": [-(2**15), 2**15 - 1],
    "int32": [-(2**31), 2**31 - 1],
    "int64": [-(2**63), 2**63 - 1],
    "uint8": [0, 255],
    "uint16": [0, 2**16 - 1],
    "uint32": [0, 2**32 - 1],
    "uint64": [0, 2**64 - 1],
    "float16": [0.5, -65504.0],
    "float32": [0.5, -(2.0**100)],
    "float64": [0.1, 1e300],
    "bytes": ["one", "zw\u00f6lf\n"],
}
NAMES = {"float16": "FP16", "float32": "FP32", "float64": "FP64"}


@pytest.fixture(scope="module")
def all_types(tmp_path_factory):
    """A server of a model that passes on a tensor of each type."""
    tensors = [
        (name, STRING if name == "bytes" else helper.np_dtype_to_tensor_dtype(numpy.dtype(name))) for name in TYPES
    ]
    nodes = [helper.make_node("Identity", [name], [f"{name}_out"]) for name, _ in tensors]
    inputs = [helper.make_tensor_value_info(name, element, ["n"]) for name, element in tensors]
    outputs = [helper.make_tensor_value_info(f"{name}_out", element, ["n"]) for name, element in tensors]
    folder = written(tmp_path_factory.mktemp("types") / "types", model(nodes, inputs, outputs))
    with Server([folder], *ONNX_RUNTIME) as server:
        yield server


def packed(name):
    if name == "bytes":
        encoded = [text.encode() for text in TYPES[name]]
        return b"".join(len(text).to_bytes(4, "little") + text for text in encoded)
    return numpy.array(TYPES[name], name).tobytes()


def test_every_type_in_json(all_types):
    def tensor(name):
        head = {"name": name, "shape": [2], "datatype": NAMES.get(name, name.upper())}
        return {**head, "data": TYPES[name]}

    half = {"name": "float16", "shape": [2], "datatype": "FP16", "parameters": {"binary_data_size": 4}}
    inputs = [half if name == "float16" else tensor(name) for name in TYPES]
    asked = [{"name": f"{name}_out", "parameters": {"binary_data": name == "float16"}} for name in TYPES]
    response = infer(all_types, "types", {"inputs": inputs, "outputs": asked}, packed("float16"))
    outputs = response.outputs()
    for name, expected in TYPES.items():
        assert outputs[f"{name}_out"]["datatype"] == NAMES.get(name, name.upper())
        if name != "float16":
            assert outputs[f"{name}_out"]["data"] == expected
    assert response.binary() == packed("float16")


def test_every_type_in_binary(all_types):
    binary = {name: packed(name) for name in TYPES}
    inputs = [
        {
            "name": name,
            "shape": [2],
            "datatype": NAMES.get(name, name.upper()),
            "parameters": {"binary_data_size": len(binary[name])},
        }
        for name in TYPES
    ]
    request = {"inputs": inputs, "parameters": {"binary_data_output": True}}
    response = infer(all_types, "types", request, b"".join(binary.values()))
    sizes = {name: output["parameters"]["binary_data_size"] for name, output in response.outputs().items()}
    assert sizes == {f"{name}_out": len(bytes) for name, bytes in binary.items()}
    assert response.binary() == b"".join(binary.values())


def test_strings_that_are_refused(all_types):
    def refused(data=None, binary=b"", size=None):
        tensor = {"name": "bytes", "shape": [2], "datatype": "BYTES"}
        tensor |= {"data": data} if data else {"parameters": {"binary_data_size": size or len(binary)}}
        request = {"inputs": [tensor], "outputs": [{"name": "bytes_out"}]}
        return infer(all_types, "types", request, binary)

    assert_error(refused([1, "a"]), 400, '"bytes"', "value 0", "expected a string")
    assert_error(refused(binary=b"\x01\0\0\0\xff\0\0\0\0"), 400, '"bytes"', "value 0", "UTF-8")
    assert_error(refused(binary=b"\x01\0\0\0a\x05\0\0\0"), 400, '"bytes"', "value 1", "the bytes end")
    assert_error(refused(binary=b"\0\0\0\0"), 400, '"bytes"', "at least 8")
    assert_error(refused(binary=b"\0\0\0\0\0\0\0\0\0"), 400, '"bytes"', "1 bytes follow")


def test_engines_that_differ_are_told_apart(tmp_path):
    """An integer beyond 32 bits, which rten does not have."""
    nodes = [
        helper.make_node("Cast", ["x"], ["whole"], to=INT64),
        helper.make_node("Add", ["whole", "much"], ["sum"]),
        helper.make_node("Cast", ["sum"], ["y"], to=FLOAT),
    ]
    x, y = (helper.make_tensor_value_info(name, FLOAT, ["n"]) for name in "xy")
    made = model(nodes, [x], [y], [numpy_helper.from_array(numpy.array([2**40], "int64"), "much")])
    folder = written(tmp_path / "much", made)
    with started(folder, *ONNX_RUNTIME) as server:
        assert metadata(server, "much")["platform"] == "onnxruntime_onnx"
        request = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [0]}]}
        assert infer(server, "much", request).outputs()["y"]["data"] == [2.0**40]
        words = ended(server)
    for part in ["deployment much", 'output "y"', "with rten", "1099511627776 with ONNX Runtime"]:
        assert part in words
    assert "panicked" not in words


@pytest.mark.parametrize("engine", ["rten", "onnxruntime"])
def test_a_batch_of_one_is_run_row_by_row(tmp_path, engine):
    nodes = [
        helper.make_node("Reshape", ["x", "flat"], ["row"]),
        helper.make_node("Mul", ["row", "two"], ["y"]),
    ]
    x = helper.make_tensor_value_info("x", FLOAT, [1, 2, 2])
    y = helper.make_tensor_value_info("y", FLOAT, [1, 4])
    constants = [make.constant("flat", [1, 4], "int64"), make.constant("two", [2], "float32")]
    made = model(nodes, [x], [y], constants)
    folder = written(
        tmp_path / "single",
        made,
        engine=engine,
        inputs=[make.numeric("array", "x", (2, 2))],
        outputs=[make.numeric("double", "y", (4,))],
    )
    with Server([folder], *ONNX_RUNTIME) as server:
        assert metadata(server, "single")["inputs"][0]["shape"] == [-1, 2, 2]
        values = list(range(12))
        request = {"inputs": [{"name": "x", "shape": [3, 2, 2], "datatype": "FP32", "data": values}]}
        output = infer(server, "single", request).outputs()["y"]
        assert output["shape"] == [3, 4] and output["data"] == [2.0 * value for value in values]
        rows = [{"array": {"shape": [2, 2], "data": [row, 0, 0, 1]}} for row in range(5)]
        found = server.deployment("single").predict(*rows)
        assert [row["double"]["data"] for row in found] == [[2.0 * row, 0, 0, 2] for row in range(5)]
        empty = {"inputs": [{"name": "x", "shape": [0, 2, 2], "datatype": "FP32", "data": []}]}
        assert infer(server, "single", empty).outputs()["y"]["shape"] == [0, 4]


@pytest.mark.parametrize("engine", ["rten", "onnxruntime"])
def test_dropout_of_a_model_in_training_changes_nothing(tmp_path, engine):
    nodes = [helper.make_node("Dropout", ["x", "ratio", "training"], ["kept", ""]), helper.make_node("Identity", ["kept"], ["y"])]
    x, y = (helper.make_tensor_value_info(name, FLOAT, ["n", 50]) for name in "xy")
    made = model(nodes, [x], [y], [make.constant("ratio", 0.5, "float32"), make.constant("training", True, "bool")])
    with Server([written(tmp_path / "training", made, engine=engine)], *ONNX_RUNTIME) as server:
        request = {"inputs": [{"name": "x", "shape": [1, 50], "datatype": "FP32", "data": [1] * 50}]}
        assert infer(server, "training", request).outputs()["y"]["data"] == [1] * 50


@pytest.mark.parametrize("engine", ["rten", "onnxruntime"])
@pytest.mark.parametrize("declared", [None, [1, 3], [3]])
def test_an_output_without_a_right_shape_gets_that_of_the_examples(tmp_path, engine, declared):
    x, y = (helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in [("x", ["n", 3]), ("y", declared)])
    made = model([helper.make_node("Identity", ["x"], ["y"])], [x], [y])
    with Server([written(tmp_path / "shapeless", made, engine=engine)], *ONNX_RUNTIME) as server:
        assert metadata(server, "shapeless")["outputs"][0]["shape"] == [-1, 3]


def test_examples_stay_within_a_vocabulary(tmp_path):
    """Indices of two words: the first examples fail, and the model is served without a word."""
    node = helper.make_node("Gather", ["words", "place"], ["y"])
    place = helper.make_tensor_value_info("place", INT64, ["n", "length"])
    y = helper.make_tensor_value_info("y", FLOAT, ["n", "length"])
    folder = written(tmp_path / "words", model([node], [place], [y], [make.constant("words", [0.5, 1.5], "float32")]))
    for options in [ONNX_RUNTIME, ["--engine", "rten"]]:
        with started(folder, *options) as server:
            request = {"inputs": [{"name": "place", "shape": [1, 2], "datatype": "INT64", "data": [1, 0]}]}
            assert infer(server, "words", request).outputs()["y"]["data"] == [1.5, 0.5]
            assert ended(server) == ""


def test_rows_are_not_run_one_by_one_for_an_index_beyond_a_list(tmp_path):
    """Five words: the first examples have larger indices, but not in the first row."""
    node = helper.make_node("Gather", ["words", "place"], ["y"])
    place, y = (helper.make_tensor_value_info(name, kind, ["n"]) for name, kind in [("place", INT64), ("y", FLOAT)])
    words = make.constant("words", [1, 2, 3, 4, 5, 6, 7, 8, 9], "float32")
    with started(written(tmp_path / "words", model([node], [place], [y], [words])), *ONNX_RUNTIME) as server:
        assert ended(server) == ""


def test_a_free_size_without_a_name_is_any(tmp_path):
    """Some exporters write all of them as a question mark."""
    x, y = (helper.make_tensor_value_info(name, FLOAT, ["?", "?"]) for name in "xy")
    folder = written(tmp_path / "any", model([helper.make_node("Identity", ["x"], ["y"])], [x], [y]))
    with Server([folder], *ONNX_RUNTIME) as server:
        request = {"inputs": [{"name": "x", "shape": [2, 3], "datatype": "FP32", "data": [1] * 6}]}
        assert infer(server, "any", request).outputs()["y"]["shape"] == [2, 3]


def test_a_model_that_fails_on_all_examples_is_served_with_a_note(tmp_path):
    x, y = (helper.make_tensor_value_info(name, FLOAT, [size]) for name, size in [("x", "n"), ("y", "m")])
    made = model([helper.make_node("Reshape", ["x", "six"], ["y"])], [x], [y], [make.constant("six", [6], "int64")])
    with started(written(tmp_path / "six", made), *ONNX_RUNTIME) as server:
        request = {"inputs": [{"name": "x", "shape": [6], "datatype": "FP32", "data": [1] * 6}]}
        assert infer(server, "six", request).outputs()["y"]["shape"] == [6]
        words = ended(server)
    assert words.startswith("sidekick-server: deployment six: it could not be tried on examples"), words


@pytest.mark.parametrize("kind,outputs", [("categorical", 2), ("binary", 1)])
def test_logits_are_warned_of(tmp_path, kind, outputs):
    x, y = (helper.make_tensor_value_info(name, FLOAT, ["n", outputs]) for name in "xy")
    made = model([helper.make_node("Add", ["x", "logits"], ["y"])], [x], [y], [make.constant("logits", [-3.5], "float32")])
    output = {"name": "species", "type": kind, "shape": [outputs], "tensor": "y"}
    if kind == "categorical":
        output["categories"] = ["a", "b"]
    inputs = [make.numeric(f"x{place}", "x") for place in range(outputs)]
    folder = written(tmp_path / "logits", made, inputs=inputs, outputs=[output])
    with started(folder, *ONNX_RUNTIME) as server:
        words = ended(server)
    for part in ["deployment logits: ", 'output "species": -3.5', '"activation"']:
        assert part in words


def test_rows_that_depend_on_one_another_are_noted(tmp_path):
    node = helper.make_node("ReduceMean", ["x"], ["mean"], axes=[0], keepdims=1)
    nodes = [node, helper.make_node("Sub", ["x", "mean"], ["y"])]
    x, y = (helper.make_tensor_value_info(name, FLOAT, ["n", 2]) for name in "xy")
    with started(written(tmp_path / "centred", model(nodes, [x], [y])), *ONNX_RUNTIME) as server:
        words = ended(server)
    assert 'deployment centred: output "y": a row depends on the rows beside it' in words
