"""The models that every engine serves: what each takes and returns, and how. Needs NumPy alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy

Arrays = dict[str, numpy.ndarray]
# The datatype of a tensor, and its shape for one row.
Tensors = dict[str, tuple[str, list[int]]]


class BadRows(Exception):
    """The model refuses what it was sent; engines answer with status 400."""


@dataclass
class Model:
    """A model; `compute` takes the arrays of its inputs and its version, and returns those of its outputs."""

    inputs: Tensors
    outputs: Tensors
    compute: Callable[[Arrays, int], Arrays]
    # The most rows of a request, if the engine has such a limit; 0 for a model without an axis for rows.
    most_rows: int = 128
    versions: tuple[str, ...] = ("1",)
    # The inputs that a request may lack.
    optional: tuple[str, ...] = ()
    # The engines that cannot serve it.
    not_on: tuple[str, ...] = ()
    # Shown to clients by servers that have such a thing.
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
SPECIES = ["setosa", "versicolor", "virginica"]
# What scikit-learn's LogisticRegression(max_iter=1000) learns from its iris data: weights for each species.
IRIS_WEIGHTS = [
    [-0.4241593764724635, 0.9663348466673634, -2.516037199666637, -1.0820524533052984],
    [0.5346410915679208, -0.3203970572016162, -0.2070200139516686, -0.9432489854841273],
    [-0.11048171509544776, -0.6459377894657373, 2.7230572136182967, 2.025301438789416],
]
IRIS_INTERCEPTS = [9.85533211540977, 2.234159479887914, -12.089491595297252]
DATATYPES = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP32", "FP64"]


def table(inputs: Arrays, version: int) -> Arrays:
    """The species of an iris, as scikit-learn computes it."""
    columns = numpy.concatenate([inputs[name].reshape(-1, 1) for name in IRIS], axis=1)
    scores = columns @ numpy.array(IRIS_WEIGHTS).T + numpy.array(IRIS_INTERCEPTS)
    found = shares(scores)
    return {"predict": found.argmax(axis=1).reshape(-1, 1), "predict_proba": found}


def types(inputs: Arrays, version: int) -> Arrays:
    """The other truth value, the next integer, the double of a float."""
    return {name: after(name, values) for name, values in inputs.items()}


def after(name: str, values: numpy.ndarray) -> numpy.ndarray:
    if name == "BOOL":
        return ~values.astype(bool)
    return values * values.dtype.type(2) if name.startswith("FP") else values + values.dtype.type(1)


def same(inputs: Arrays, version: int) -> Arrays:
    return dict(inputs)


def half(inputs: Arrays, version: int) -> Arrays:
    return {"y": inputs["x"] * numpy.float16(2)}


def text(inputs: Arrays, version: int) -> Arrays:
    """Texts in capitals; they are bytes or str, as the engine gives them."""
    capitals = [as_text(value).upper().encode() for value in inputs["text"].ravel()]
    return {"capitals": numpy.array(capitals, object).reshape(-1, 1)}


def as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value


def image(inputs: Arrays, version: int) -> Arrays:
    """The mean of each channel."""
    return {"scores": inputs["image"].mean(axis=(1, 2)).astype("float32")}


def digits(inputs: Arrays, version: int) -> Arrays:
    """The probability of each digit, by the weights of the local server's model `digits`."""
    return pixels({"image": inputs["image"].astype("float32") / 255}, version)


def pixels(inputs: Arrays, version: int) -> Arrays:
    """The same for pixels from 0 to 1: the local server's model itself."""
    return {"digit": shares(dense(inputs["image"].reshape(-1, 64), weights("digits")))}


def penguins(inputs: Arrays, version: int) -> Arrays:
    """The local server's model `penguins`: one layer for the species, two for the body mass."""
    layers = weights("penguins")
    features = inputs["features"]
    return {"species": shares(dense(features, layers[:2])), "body_mass": dense(features, layers[2:])}


def weights(name: str) -> list[numpy.ndarray]:
    """The matrix and the bias of each layer of a model of the local server."""
    with numpy.load(os.environ[f"{name.upper()}_WEIGHTS"]) as arrays:
        return [arrays[f"arr_{place}"] for place in range(len(arrays))]


def dense(values: numpy.ndarray, layers: list[numpy.ndarray]) -> numpy.ndarray:
    for place in range(0, len(layers), 2):
        values = values.clip(0) if place else values
        values = values @ layers[place] + layers[place + 1]
    return values


def shares(values: numpy.ndarray) -> numpy.ndarray:
    powers = numpy.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def batch(inputs: Arrays, version: int) -> Arrays:
    """The double, and how many rows the request had."""
    rows = numpy.full(inputs["x"].shape, len(inputs["x"]), "int64")
    return {"y": inputs["x"] * 2, "rows": rows}


def factor(inputs: Arrays, version: int) -> Arrays:
    return {"y": inputs["x"] * version}


def fixed(inputs: Arrays, version: int) -> Arrays:
    return {"y": inputs["x"].sum().reshape(1)}


def picky(inputs: Arrays, version: int) -> Arrays:
    if (inputs["x"] < 0).any():
        raise BadRows("x must not be negative")
    return {"y": inputs["x"] * 2}


def brittle(inputs: Arrays, version: int) -> Arrays:
    if (inputs["x"] < 0).any():
        raise RuntimeError("x is negative")
    return {"y": inputs["x"] * 2}


def failing(inputs: Arrays, version: int) -> Arrays:
    raise RuntimeError("this model fails always")


def sizes(inputs: Arrays, version: int) -> Arrays:
    return {"y": inputs["x"] * 2}


def count(inputs: Arrays, version: int) -> Arrays:
    return {"next": inputs["count"] + 1}


def optional(inputs: Arrays, version: int) -> Arrays:
    return {"y": inputs["x"] + inputs.get("offset", 10)}


def reverse(inputs: Arrays, version: int) -> Arrays:
    turned = [value[::-1] for value in inputs["data"].ravel()]
    return {"reversed": numpy.array(turned, object).reshape(-1, 1)}


def slow(inputs: Arrays, version: int) -> Arrays:
    """Engines wait for `wait` seconds before they call it."""
    return {"waited": inputs["wait"]}


NUMBER: tuple[str, list[int]] = ("FP32", [1])
X: Tensors = {"x": NUMBER}
Y: Tensors = {"y": NUMBER}

MODELS: dict[str, Model] = {
    "table": Model(
        {name: ("FP64", [1]) for name in IRIS},
        {"predict": ("INT64", [1]), "predict_proba": ("FP64", [3])},
        table,
        most_rows=64,
    ),
    "iris": Model(
        {name: ("FP64", [1]) for name in IRIS},
        {"predict": ("INT64", [1]), "predict_proba": ("FP64", [3])},
        table,
        parameters={"predict_proba": {"labels": SPECIES}},
    ),
    "batch": Model(X, {"y": NUMBER, "rows": ("INT64", [1])}, batch, most_rows=8),
    "factor": Model(X, Y, factor, versions=("1", "2")),
    "fixed": Model({"x": ("FP32", [2])}, Y, fixed, most_rows=0),
    "types": Model({name: (name, [2]) for name in DATATYPES}, {name: (name, [2]) for name in DATATYPES}, types),
    "floats": Model({"f": ("FP32", [3]), "d": ("FP64", [3])}, {"f": ("FP32", [3]), "d": ("FP64", [3])}, same),
    "half": Model({"x": ("FP16", [2])}, {"y": ("FP16", [2])}, half),
    "bfloat": Model({"x": ("BF16", [2])}, {"y": ("BF16", [2])}, same, not_on=("mlserver", "kserve")),
    "text": Model({"text": ("BYTES", [1])}, {"capitals": ("BYTES", [1])}, text),
    "image": Model({"image": ("UINT8", [8, 8, 3])}, {"scores": ("FP32", [3])}, image),
    "digits": Model({"image": ("UINT8", [8, 8, 1])}, {"digit": ("FP32", [10])}, digits),
    "pixels": Model({"image": ("FP32", [8, 8, 1])}, {"digit": ("FP32", [10])}, pixels),
    "penguins": Model({"features": ("FP32", [9])}, {"species": ("FP32", [3]), "body_mass": NUMBER}, penguins),
    "sizes": Model({"x": ("FP32", [-1])}, {"y": ("FP32", [-1])}, sizes),
    "count": Model({"count": ("INT64", [1])}, {"next": ("INT64", [1])}, count),
    "optional": Model({"x": NUMBER, "offset": NUMBER}, Y, optional, optional=("offset",)),
    "reverse": Model(
        {"data": ("BYTES", [1])},
        {"reversed": ("BYTES", [1])},
        reverse,
        parameters={"data": {"content_type": "base64"}},
        not_on=("kserve",),
    ),
    "picky": Model(X, Y, picky),
    "brittle": Model(X, Y, brittle),
    "failing": Model(X, Y, failing),
    "slow": Model({"wait": NUMBER}, {"waited": NUMBER}, slow),
}
