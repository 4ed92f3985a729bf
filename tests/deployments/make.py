#!/usr/bin/env python3
"""Writes the deployments the tests of every language run against: make.py OUTDIR

Each becomes a folder OUTDIR/ID with a deployment.json and a model.onnx; its token is ID-token.

| id | what it does |
|---|---|
| echo | every input type and every output type; see ECHO_INPUTS and ECHO_OUTPUTS |
| echo-npy | the same, arrays travel as .npy data URLs |
| echo-older | the same as echo-npy, described in the older form |
| disabled | echo, not enabled |
| single-text | text -> number, the n-gram vector times (1, 2, ... 64) / 64 |
| single-image | image [8, 8, 3] -> number, the mean of the samples / 255 |
| single-array | array [1000, 1000] -> number, the mean |
| big-array | number -> array [1000, 1000] filled with it |
| batch-size | number -> number, how many rows the model was given at once |
| reciprocal | number -> number, 1 / number, so 0 gives a value JSON cannot carry |
| names | numbers with awkward names, passed through |
| integers | category 1, 2 or 3 -> its one-hot probabilities; array [2] -> itself |
| simple | no features; INT32 tensors INPUT0, INPUT1 [n, 16] -> OUTPUT0 their sum, OUTPUT1 their difference |
| tensors | no features; a tensor of each datatype, passed through; see TENSORS |
| fixed | no features, no batch axis; FP32 matrix [2, 3] -> INT64 count [] of its values, FP32 ratio = 1 / matrix |
| half | no features; FP16 x [n, 2] -> FP16 y [n, 2], the same |

The outputs of echo: `number`, `flag`, `picture`, `grey` and `array` are the inputs passed through; `category` is
0.8 x one-hot + 0.2 / 3; `text` is the label that stands where the category stands, whatever the text.
"""

import json
import sys
from pathlib import Path

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

CATEGORIES = ["a", "b", "c"]
LABELS = ["first ☀", 'second "quoted"', "third \n line"]
NGRAMS = {"min": 1, "max": 3, "buckets": 64}
AWKWARD_NAMES = ["längd (cm)", 'a "quoted" name', "dot.ted", "雪 ☃", "back\\slash/slash", " padded "]

ECHO_INPUTS = [
    {"name": "number", "type": "numeric", "shape": [1], "tensor": "number"},
    {"name": "category", "type": "categorical", "shape": [3], "categories": CATEGORIES, "tensor": "category"},
    {"name": "flag", "type": "binary", "shape": [1], "categories": ["no", "yes"], "tensor": "flag"},
    {"name": "text", "type": "text", "shape": [1], "ngrams": NGRAMS, "tensor": "text"},
    {"name": "picture", "type": "image", "shape": [4, 4, 3], "tensor": "picture"},
    {"name": "grey", "type": "image", "shape": [4, 4, 1], "tensor": "grey"},
    {"name": "array", "type": "numeric", "shape": [2, 3], "tensor": "array"},
]
ECHO_OUTPUTS = [
    {"name": "number", "type": "numeric", "shape": [1], "tensor": "number_out"},
    {"name": "flag", "type": "binary", "shape": [1], "tensor": "flag_out"},
    {"name": "category", "type": "categorical", "shape": [3], "categories": CATEGORIES, "tensor": "category_out"},
    {"name": "text", "type": "text", "shape": [1], "labels": LABELS, "tensor": "text_out"},
    {"name": "picture", "type": "image", "shape": [4, 4, 3], "tensor": "picture_out"},
    {"name": "grey", "type": "image", "shape": [4, 4, 1], "tensor": "grey_out"},
    {"name": "array", "type": "numeric", "shape": [2, 3], "tensor": "array_out"},
]


# The inputs of `tensors`; each has an output NAME_out.
TENSORS = [
    ("bool", TensorProto.BOOL, ["n", 2]),
    ("int8", TensorProto.INT8, ["n"]),
    ("uint8", TensorProto.UINT8, ["n", 2, 2]),
    ("int32", TensorProto.INT32, ["n", "width"]),
    ("int64", TensorProto.INT64, ["n", 2]),
    ("fp32", TensorProto.FLOAT, ["n", 3]),
    ("fp64", TensorProto.DOUBLE, ["n"]),
]


def numeric(name, tensor, shape=(1,)):
    return {"name": name, "type": "numeric", "shape": list(shape), "tensor": tensor}


def floats(name, *dims):
    """A float32 tensor declaration whose first axis is the batch."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *dims])


def constant(name, values, dtype):
    return numpy_helper.from_array(numpy.asarray(values, dtype=dtype), name)


def model(nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, "test", inputs, outputs, list(constants))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(made)
    return made


def passed_through(tensors):
    """A model that hands each (name, dims) on as name_out."""
    return model(
        [helper.make_node("Identity", [name], [name + "_out"]) for name, _ in tensors],
        [floats(name, *dims) for name, dims in tensors],
        [floats(name + "_out", *dims) for name, dims in tensors],
    )


def echo_model():
    same = [("number", [1]), ("flag", [1]), ("picture", [4, 4, 3]), ("grey", [4, 4, 1]), ("array", [2, 3])]
    nodes = [helper.make_node("Identity", [name], [name + "_out"]) for name, _ in same]
    nodes += [
        helper.make_node("Mul", ["category", "most"], ["scaled"]),
        helper.make_node("Add", ["scaled", "rest"], ["category_out"]),
        # The text counts for nothing, yet the graph must use each of its inputs.
        helper.make_node("ReduceSum", ["text", "last_axis"], ["text_sum"], keepdims=1),
        helper.make_node("Mul", ["text_sum", "zero"], ["nothing"]),
        helper.make_node("Add", ["category", "nothing"], ["text_out"]),
    ]
    inputs = [floats(name, *dims) for name, dims in same]
    outputs = [floats(name + "_out", *dims) for name, dims in same]
    return model(
        nodes,
        [*inputs, floats("category", 3), floats("text", NGRAMS["buckets"])],
        [*outputs, floats("category_out", 3), floats("text_out", 3)],
        [
            constant("most", [0.8], "float32"),
            constant("rest", [0.2 / 3], "float32"),
            constant("zero", [0], "float32"),
            constant("last_axis", [1], "int64"),
        ],
    )


def text_model():
    weights = numpy.arange(1, NGRAMS["buckets"] + 1).reshape(-1, 1) / NGRAMS["buckets"]
    return model(
        [helper.make_node("MatMul", ["text", "weights"], ["number"])],
        [floats("text", NGRAMS["buckets"])],
        [floats("number", 1)],
        [constant("weights", weights, "float32")],
    )


def mean_model(*dims):
    axes = list(range(1, len(dims) + 1))
    return model(
        [helper.make_node("ReduceMean", ["values"], ["mean"], axes=axes, keepdims=0)],
        [floats("values", *dims)],
        [floats("mean")],
    )


def filled_array_model():
    return model(
        [
            helper.make_node("Reshape", ["number", "one_each"], ["value"]),
            helper.make_node("Expand", ["value", "full"], ["array"]),
        ],
        [floats("number", 1)],
        [floats("array", 1000, 1000)],
        [constant("one_each", [-1, 1, 1], "int64"), constant("full", [1, 1000, 1000], "int64")],
    )


def batch_size_model():
    return model(
        [
            helper.make_node("Shape", ["number"], ["shape"]),
            helper.make_node("Cast", ["shape"], ["sizes"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMax", ["sizes"], ["rows"], keepdims=1),
            helper.make_node("Expand", ["rows", "shape"], ["size"]),
        ],
        [floats("number", 1)],
        [floats("size", 1)],
    )


def reciprocal_model():
    return model(
        [helper.make_node("Reciprocal", ["number"], ["reciprocal"])], [floats("number", 1)], [floats("reciprocal", 1)]
    )


def write(folder, made, inputs=None, outputs=None, **more):
    folder.mkdir(parents=True, exist_ok=True)
    name = folder.name
    declaration = {"id": name, "title": f"Test {name}", "tokens": [f"{name}-token"], **more}
    if inputs is not None:
        declaration.update(inputs=inputs, outputs=outputs)
    save(made, folder / "model.onnx")
    (folder / "deployment.json").write_text(json.dumps(declaration, indent=2, ensure_ascii=False), encoding="utf-8")


def write_echoes(out):
    forms = {
        "echo": {"limited_tokens": ["limited-token"]},
        "echo-npy": {"tensorjson": False},
        "echo-older": {"tensorjson": False, "describe": "older"},
        "disabled": {"enabled": False},
    }
    for name, more in forms.items():
        write(out / name, echo_model(), ECHO_INPUTS, ECHO_OUTPUTS, **more)


def write_singles(out):
    number, mean = [numeric("number", "number")], [numeric("mean", "mean")]
    text = {"name": "text", "type": "text", "shape": [1], "ngrams": NGRAMS, "tensor": "text"}
    image = {"name": "image", "type": "image", "shape": [8, 8, 3], "tensor": "values"}
    array = numeric("array", "values", [1000, 1000])
    write(out / "single-text", text_model(), [text], number)
    write(out / "single-image", mean_model(8, 8, 3), [image], mean)
    write(out / "single-array", mean_model(1000, 1000), [array], mean)
    write(out / "big-array", filled_array_model(), number, [numeric("array", "array", [1000, 1000])])
    write(out / "batch-size", batch_size_model(), number, [numeric("rows", "size")])
    write(out / "reciprocal", reciprocal_model(), number, [numeric("reciprocal", "reciprocal")])


def write_names(out):
    tensors = [(f"n{place}", [1]) for place in range(len(AWKWARD_NAMES))]
    inputs = [numeric(name, tensor) for name, (tensor, _) in zip(AWKWARD_NAMES, tensors)]
    outputs = [numeric(name, tensor + "_out") for name, (tensor, _) in zip(AWKWARD_NAMES, tensors)]
    write(out / "names", passed_through(tensors), inputs, outputs)


def write_integers(out):
    category = {"name": "category", "type": "categorical", "shape": [3], "categories": [1, 2, 3]}
    write(
        out / "integers",
        passed_through([("category", [3]), ("array", [2])]),
        [{**category, "tensor": "category"}, numeric("array", "array", [2])],
        [{**category, "tensor": "category_out"}, numeric("array", "array_out", [2])],
    )


def tensor(name, dtype, *dims):
    return helper.make_tensor_value_info(name, dtype, list(dims))


def write_tensors(out):
    """Models that are served without features, for the Open Inference Protocol alone."""
    pair = [tensor(name, TensorProto.INT32, "n", 16) for name in ("INPUT0", "INPUT1", "OUTPUT0", "OUTPUT1")]
    nodes = [
        helper.make_node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"]),
        helper.make_node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"]),
    ]
    write(out / "simple", model(nodes, pair[:2], pair[2:]))
    passed = [helper.make_node("Identity", [name], [name + "_out"]) for name, _, _ in TENSORS]
    inputs = [tensor(name, dtype, *dims) for name, dtype, dims in TENSORS]
    outputs = [tensor(name + "_out", dtype, *dims) for name, dtype, dims in TENSORS]
    write(out / "tensors", model(passed, inputs, outputs))
    nodes = [
        helper.make_node("Size", ["matrix"], ["count"]),
        helper.make_node("Reciprocal", ["matrix"], ["ratio"]),
    ]
    outputs = [tensor("count", TensorProto.INT64), tensor("ratio", TensorProto.FLOAT, 2, 3)]
    write(out / "fixed", model(nodes, [tensor("matrix", TensorProto.FLOAT, 2, 3)], outputs))
    half = [tensor(name, TensorProto.FLOAT16, "n", 2) for name in ("x", "y")]
    write(out / "half", model([helper.make_node("Identity", ["x"], ["y"])], half[:1], half[1:]))


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: make.py OUTDIR")
    out = Path(arguments[0])
    write_echoes(out)
    write_singles(out)
    write_names(out)
    write_integers(out)
    write_tensors(out)


if __name__ == "__main__":
    main(sys.argv[1:])
