"""Values at the limits of their types, and models and files at the limits of sense: never another number without a word,
never an end without a reason."""

import json
import os
import resource
import signal
import subprocess

import numpy
import pytest
from conftest import Server, find_binary
from deployment_client import assert_error, image_url, npy_url, pixels, tensorjson
from onnx import TensorProto, helper, save
from PIL import Image
from test_format2 import ONNX_RUNTIME, feature, made, passed_through, served, tensor, write  # noqa: F401

FLOAT, INT64, INT8, UINT8, BOOL, FLOAT16, BFLOAT16, DOUBLE, STRING = (
    getattr(TensorProto, name)
    for name in ("FLOAT", "INT64", "INT8", "UINT8", "BOOL", "FLOAT16", "BFLOAT16", "DOUBLE", "STRING")
)
X = [feature("x", "numeric")]


def root(*dims):
    """x -> y = the square root, which is NaN for a negative number."""
    return made([helper.make_node("Sqrt", ["x"], ["y"])], [tensor("x", FLOAT, "n", *dims)], [tensor("y", FLOAT, "n", *dims)])


@pytest.mark.parametrize("size,output", [
    (3, {"type": "text", "labels": ["a", "b", "c"]}),
    (3, {"type": "numeric", "clip": [0, 10]}),
    (2, {"type": "binary"}),
    (3, {"type": "categorical", "categories": ["a", "b", "c"], "activation": "softmax"}),
])
def test_a_nan_of_the_model_is_no_prediction(served, size, output):  # noqa: F811
    deployment = served(root(size), X, [{"name": "y", **output}])
    good, bad = numpy.full(size, 0.25), numpy.array([-1, 0.25, 0.25][:size])
    assert deployment.send({"x": tensorjson(good)}).status_code == 200
    refused = deployment.send({"x": tensorjson(good)}, {"x": tensorjson(bad)})
    assert_error(refused, "InternalError", 500, '"y"', "rows[1]")


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**53])
def test_an_integer_that_a_double_rounds_is_refused(served, number):  # noqa: F811
    deployment = served(
        passed_through(("x", INT64, ["n", 1, 2])), X, [feature("y", "numeric")], ONNX_RUNTIME, engine="onnxruntime"
    )
    sent = {"shape": [1, 2], "data": [2**53 - 1, -(2**53) + 1]}
    assert deployment.predict({"x": sent}) == [{"y": sent}]
    assert_error(deployment.send({"x": {"shape": [1, 2], "data": [0, number]}}), "BadData", 400, "data[1]", "exactly")


@pytest.mark.parametrize("dtype,number,expected", [
    (FLOAT16, 1 + 2**-11 + 2**-40, 1 + 2**-10),
    (FLOAT16, 1 + 2**-11, 1.0),
    (BFLOAT16, -(1 + 2**-8 + 2**-40), -(1 + 2**-7)),
])
def test_floats_of_16_bits_are_rounded_once(served, dtype, number, expected):  # noqa: F811
    deployment = served(
        passed_through(("x", dtype, ["n"])), X, [feature("y", "numeric")], ONNX_RUNTIME, engine="onnxruntime"
    )
    assert numpy.float32(deployment.predict({"x": number})[0]["y"]) == expected


def refused(folder, *command):
    """The lines that the server prints when it does not start, without the name of the folder."""
    run = subprocess.run([find_binary(), *command, "--listen", "127.0.0.1:0", *ONNX_RUNTIME, folder],
                         capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout) == (1, ""), run.stderr
    return run.stderr.replace(f"sidekick-server: {folder}/", "")


@pytest.mark.parametrize("dtype,dims,input,problem", [
    # Two categories would become one number.
    (FLOAT16, [], {"type": "categorical", "categories": list(range(3000)), "encoding": "ordinal"},
     'encoding: "x" FP16 [n] cannot hold 2049, a category; write "one-hot"'),
    (BFLOAT16, [], {"type": "categorical", "categories": [256, 257], "encoding": "raw"},
     'encoding: "x" BF16 [n] cannot hold 257, a category; write "one-hot"'),
    (DOUBLE, [], {"type": "categorical", "categories": [2**53, 2**53 + 1], "encoding": "raw"},
     'encoding: "x" FP64 [n] cannot hold 9007199254740993, a category; write "one-hot"'),
    (UINT8, [], {"type": "categorical", "categories": [1, 256], "encoding": "raw"},
     'encoding: "x" UINT8 [n] cannot hold 256, a category; write "one-hot"'),
    (BOOL, [], {"type": "categorical", "categories": ["a", "b", "c"], "encoding": "ordinal"},
     'encoding: "x" BOOL [n] cannot hold 2, a category; write "one-hot"'),
    # Every request without the value would be refused.
    (INT64, [], {"type": "numeric", "fill": 2.5},
     "fill: data[0]: 2.5 is no integer, the tensor is INT64; write a value that the tensor takes"),
    (INT64, [], {"type": "numeric", "fill": "NaN"},
     "fill: data[0]: NaN is no integer, the tensor is INT64; write a value that the tensor takes"),
    (FLOAT, [], {"type": "numeric", "fill": -1, "log": "log"},
     "fill: data[0]: -1 has no logarithm; write a value that the tensor takes"),
    (FLOAT, [], {"type": "text", "date": "hour", "log": "log", "fill": "2024-05-17"},
     "fill: 0 has no logarithm; write a value that the tensor takes"),
    # Every text and every bright image would be another one.
    (INT8, [8], {"type": "text", "ngrams": {"min": 1, "max": 2, "buckets": 8}},
     'tensor: n-grams are fractions, "x" INT8 [n, 8] holds none; name another tensor'),
    (INT8, [4, 4, 3], {"type": "image"},
     "scale: a sample of 0 to 255 becomes 255.0, which INT8 does not hold; change scale, mean or std"),
    (FLOAT16, [4, 4, 3], {"type": "image", "scale": 1000},
     "scale: a sample of 0 to 255 becomes 255000.0, which FP16 does not hold; change scale, mean or std"),
    (FLOAT, [4, 4, 3], {"type": "image", "mean": 1e300},
     "scale: a sample of 0 to 255 becomes -1e300, which FP32 does not hold; change scale, mean or std"),
    # More memory than any machine has.
    (FLOAT, [2**40], {"type": "numeric"},
     'shape: [1099511627776] of "x" FP32 [n, 1099511627776] is not the shape of 1 to 67108864 values; '
     "leave out inputs and outputs to serve its tensors"),
    (FLOAT, [2**32, 2**32], {"type": "numeric"},
     'shape: [4294967296, 4294967296] of "x" FP32 [n, 4294967296, 4294967296] is not the shape of 1 to 67108864 values; '
     "leave out inputs and outputs to serve its tensors"),
    (FLOAT, [20000, 20000, 3], {"type": "image"},
     'shape: [20000, 20000, 3] of "x" FP32 [n, 20000, 20000, 3] is not the shape of 1 to 67108864 values; '
     "leave out inputs and outputs to serve its tensors"),
    (FLOAT, [0], {"type": "numeric"},
     'shape: [0] of "x" FP32 [n, 0] is not the shape of 1 to 67108864 values; '
     "leave out inputs and outputs to serve its tensors"),
])
def test_a_feature_that_its_tensor_cannot_hold_ends_the_start(tmp_path, dtype, dims, input, problem):
    model = passed_through(("x", dtype, ["n", *dims]))
    output = {"name": "y", "type": "numeric", **({"shape": dims} if dims and max(dims) < 100 and 0 not in dims else {})}
    folder = write(tmp_path / "d", model, [{"name": "x", **input}], [output])
    assert f"inputs[0].{problem}\n" in refused(folder)


def with_constant(*dims):
    nodes = [helper.make_node("Identity", ["x"], ["y"]), helper.make_node("Identity", ["c"], ["z"])]
    return made(nodes, [tensor("x", FLOAT, "n"), tensor("c", FLOAT, *dims)], [tensor("y", FLOAT, "n"), tensor("z", FLOAT, *dims)])


@pytest.mark.parametrize("dims,constant", [
    (["a", "b"], {"value": 0, "shape": [2**26, 2**26]}),
    (["a", "b", "c"], {"value": 0, "shape": [2**26, 2**26, 4096]}),
    ([2**16, 2**16], 1),
    ([2**32, 2**32], 1),
])
def test_a_constant_is_not_larger_than_a_feature(tmp_path, dims, constant):
    folder = write(tmp_path / "d", with_constant(*dims), X, [feature("y", "numeric")], constants={"c": constant})
    assert "deployment.json:" in (line := refused(folder))
    assert 'constants.c: a row of "c" FP32' in line and "has more than 67108864 values" in line


def test_a_constant_has_the_batch_once(tmp_path):
    folder = write(tmp_path / "d", with_constant("a", "b"), X, [feature("y", "numeric")],
                   constants={"c": {"value": 0, "shape": ["batch", "batch"]}})
    assert 'constants.c: two sizes of "c" FP32 [a, b] are the batch' in refused(folder)


def test_the_constants_of_all_rows_count_as_values(served):  # noqa: F811
    deployment = served(with_constant("n", 2**20), X, [feature("y", "numeric")], constants={"c": 0})
    assert deployment.predict({"x": 1}, {"x": 2}) == [{"y": 1.0}, {"y": 2.0}]
    assert_error(deployment.send(*[{"x": 1}] * 200), "BadData", 400, "too many rows", "at most 127 at a time")


def test_features_of_one_tensor_are_not_larger_than_one(tmp_path):
    inputs = [feature(f"x{place}", "numeric", shape=[2**12, 2**12 + 1], tensor="x") for place in range(4)]
    outputs = [feature("y", "numeric", shape=[2**12])]
    folder = write(tmp_path / "d", passed_through(("x", FLOAT, ["n", "m"])), inputs, outputs)
    assert "inputs[0].tensor: its features have 67125248 values; a tensor has at most 67108864\n" in refused(folder)


def saved(path, *dims, dtype=FLOAT, name="x"):
    save(passed_through((name, dtype, ["n", *dims])), path)
    return path


@pytest.mark.parametrize("dims,dtype,why", [
    ([2**40], FLOAT, "has a row of [1099511627776], which is not one of 1 to 67108864 values"),
    ([0, 3], FLOAT, "has a row of [0, 3], which is not one of 1 to 67108864 values"),
    ([3, 2**31, 2**31], FLOAT, "which is not one of 1 to 67108864 values"),
    ([3], STRING, "has several texts for a row"),
])
def test_a_model_whose_tensors_are_no_features_is_served_as_init_writes_it(tmp_path, dims, dtype, why):
    model = saved(tmp_path / "odd.onnx", *dims, dtype=dtype)
    run = subprocess.run([find_binary(), "init", model, tmp_path / "odd"], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, "")
    text = (tmp_path / "odd" / "deployment.json").read_text()
    assert why in text or "no tensor has a batch axis" in text
    for path in (model, tmp_path / "odd"):
        with Server([path], *ONNX_RUNTIME) as server:
            assert server.deployments["odd"][0].endswith("/v2/models/odd")


def test_line_breaks_in_names_stay_within_their_comments(tmp_path):
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "test",
                              [tensor("x", FLOAT, 'a\n"b"\r, \x1b[31m', 3)], [tensor("y", FLOAT, "n", 3)])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "odd.onnx")
    with Server([tmp_path / "odd.onnx"]) as server:
        assert server.deployments["odd"][0].endswith("/deployment/odd/forward")
    run = subprocess.run([find_binary(), "inspect", tmp_path / "odd.onnx"], capture_output=True, text=True, timeout=120)
    assert "\x1b" not in run.stdout and r"a\n" in run.stdout


def init(model, folder, **more):
    return subprocess.run([find_binary(), "init", model, folder], capture_output=True, text=True, timeout=120, **more)


def test_init_leaves_no_half_of_a_model(tmp_path):
    model = saved(tmp_path / "a.onnx", 3)

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))

    run = init(model, tmp_path / "a", preexec_fn=small_files)
    assert run.returncode == 1 and f"{tmp_path}/a/a.onnx: File too large" in run.stderr
    assert list((tmp_path / "a").iterdir()) == []
    assert init(model, tmp_path / "a").returncode == 0


def test_init_takes_the_same_model_for_the_same(tmp_path):
    model = saved(tmp_path / "a.onnx", 3)
    assert init(model, tmp_path / "a").returncode == 0
    (tmp_path / "a" / "deployment.json").unlink()
    assert init(model, tmp_path / "a").returncode == 0
    (tmp_path / "a" / "deployment.json").unlink()
    for content in (model.read_bytes() + b"\0", model.read_bytes()[:-1], b""):
        (tmp_path / "a" / "a.onnx").write_bytes(content)
        run = init(model, tmp_path / "a")
        assert run.returncode == 1 and "another file of this name is there" in run.stderr
        assert (tmp_path / "a" / "a.onnx").read_bytes() == content


def test_an_error_that_nobody_can_read_ends_the_program_as_ever(tmp_path):
    with open("/dev/full", "w") as full:
        assert subprocess.run([find_binary(), tmp_path], stderr=full, timeout=120).returncode == 1


def test_a_library_that_the_environment_names_has_to_be_there(tmp_path):
    model = saved(tmp_path / "a.onnx", 3)
    run = subprocess.run([find_binary(), "check", model], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "ORT_DYLIB_PATH": "/nowhere"})
    assert (run.returncode, run.stdout) == (1, "")
    assert "ORT_DYLIB_PATH=/nowhere: there is no such library" in run.stderr


# A tokenizer of a few words that adds a token on both sides of a text.
TOKENIZER = {
    "version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]},
    "model": {"type": "WordLevel", "unk_token": "[UNK]",
              "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "b": 5, "c": 6}},
}


def with_tokenizer(folder, length, tokenizer, **more):
    graph = [helper.make_node("Identity", ["input_ids"], ["y"])]
    model = made(graph, [tensor("input_ids", INT64, "n", length)], [tensor("y", INT64, "n", length)])
    text = {"name": "x", "type": "text", "tokenizer": {"file": "tokenizer.json", **more}}
    write(folder, model, [text], [feature("y", "numeric")])
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


@pytest.mark.parametrize("length,more,key", [
    ("t", {"max_length": 1}, "tokenizer.file"),
    ("t", {"max_length": 2, "padding": "max_length"}, "tokenizer.file"),
    (2, {}, "tensor"),
    (0, {}, "tensor"),
])
def test_a_text_has_at_least_one_token_of_its_own(tmp_path, length, more, key):
    line = refused(with_tokenizer(tmp_path / "d", length, TOKENIZER, **more))
    assert f"inputs[0].{key}: " in line and "leave none for the text, to which the tokenizer adds 2; 3 is the least" in line


@pytest.mark.parametrize("truncation", [
    {"direction": "Left", "max_length": 100, "strategy": "OnlySecond", "stride": 50},
    None,
])
def test_a_text_is_cut_whatever_the_file_says_of_two(tmp_path, truncation):
    folder = with_tokenizer(tmp_path / "d", "t", {**TOKENIZER, "truncation": truncation}, max_length=4)
    with Server([folder], *ONNX_RUNTIME) as server:
        [row] = server.deployment("d", "token").predict({"x": "a b c"})
    assert row["y"]["data"] == ([2, 5, 6, 3] if truncation else [2, 4, 5, 3])


@pytest.mark.parametrize("dtype,input", [(FLOAT, {}), (FLOAT, {"mean": 1}), (DOUBLE, {}), (FLOAT16, {})])
@pytest.mark.parametrize("number", [numpy.nan, numpy.inf, -numpy.inf])
def test_an_array_file_holds_finite_numbers(served, dtype, input, number):  # noqa: F811
    model = made(
        [helper.make_node("Cast", ["x"], ["z"], to=FLOAT), helper.make_node("IsNaN", ["z"], ["m"]),
         helper.make_node("Cast", ["m"], ["y"], to=FLOAT)],
        [tensor("x", dtype, "n", 2)], [tensor("y", FLOAT, "n", 2)],
    )
    deployment = served(model, [{"name": "x", "type": "numeric", **input}], [feature("y", "numeric")], tensorjson=False)
    assert deployment.send({"x": npy_url(numpy.array([1.0, 2.0]))}).status_code == 200
    assert_error(deployment.send({"x": npy_url(numpy.array([1.0, number]))}), "BadData", 400, "data[1]", "finite")


def test_a_pooled_double_keeps_its_digits(served):  # noqa: F811
    model = passed_through(("x", DOUBLE, ["n", 2, 2]))
    deployment = served(model, X, [feature("y", "numeric", pool="first")], ONNX_RUNTIME, engine="onnxruntime")
    [row] = deployment.predict({"x": {"shape": [2, 2], "data": [1 / 3, 2 / 3, 0.3, 0.4]}})
    assert row["y"]["data"] == [1 / 3, 2 / 3]


def test_a_byte_order_mark_is_no_part_of_a_class_name(tmp_path):
    model = made([helper.make_node("Softmax", ["x"], ["y"])], [tensor("x", FLOAT, "n", 2)], [tensor("y", FLOAT, "n", 2)])
    save(model, tmp_path / "a.onnx")
    (tmp_path / "labels.txt").write_bytes("\ufeffcat\r\ndog\r\n".encode())
    with Server([tmp_path / "a.onnx"]) as server:
        [row] = server.deployment("a").predict({"x": tensorjson(numpy.zeros(2))})
    assert list(row["y"]) == ["cat", "dog"]


def test_an_image_may_come_from_bytes(served):  # noqa: F811
    model = passed_through(("x", UINT8, ["n", 2, 2, 3]))
    deployment = served(model, [feature("x", "image")], [feature("y", "image")], ONNX_RUNTIME, engine="onnxruntime")
    samples = numpy.arange(0, 240, 20, dtype="uint8").reshape(2, 2, 3)
    [row] = deployment.predict({"x": image_url(Image.fromarray(samples))})
    assert numpy.array_equal(pixels(row["y"]), samples)
