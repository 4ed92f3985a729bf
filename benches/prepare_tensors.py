"""Models of the Open Inference Protocol: their metadata, and requests and responses with tensors as bytes."""

import json
from typing import NamedTuple

import numpy as np

from workloads import NUMBERS

DATATYPES = {"float32": "FP32", "float64": "FP64", "int64": "INT64", "object": "BYTES"}
SERVER = {"name": "canned", "version": "1", "extensions": ["binary_tensor_data"]}


class Tensor(NamedTuple):
    """An input or an output with the values of all rows of a request."""

    name: str
    values: np.ndarray

    @property
    def datatype(self):
        return DATATYPES[str(self.values.dtype)]

    def content(self):
        """Its bytes on the wire."""
        if self.datatype != "BYTES":
            return self.values.tobytes()
        texts = (text.encode() for text in self.values)
        return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def inputs(deployment, data):
    """The inputs with the rows that a request sends."""
    table = data.table[: deployment.rows]
    if deployment.input == "array":
        return [Tensor("array", data.arrays[: deployment.rows])]
    if deployment.input == "features":
        return [Tensor("features", np.array([row[:NUMBERS] for row in table], np.float32))]
    columns = list(zip(*table))
    types = [np.float64] * 3 + [np.float32] * 3 + [object] * 2
    names = [f"number {index}" for index in range(1, NUMBERS + 1)] + ["text 1", "text 2"]
    tensors = [Tensor(name, np.array(column, of)) for name, column, of in zip(names, columns, types)]
    for index, column in enumerate(columns[-2:], 1):
        tensors.append(Tensor(f"category {index}", np.array([ord(label[-1]) - ord("a") for label in column])))
    return tensors


def outputs(deployment, random):
    """The outputs with the values of a response."""
    sizes = {name: (deployment.rows, *shape) for name, shape in deployment.output.items()}
    return [Tensor(name, random.random(size=size, dtype=np.float32)) for name, size in sizes.items()]


def metadata(name, inputs, outputs):
    def declared(tensors):
        shapes = ([-1, *tensor.values.shape[1:]] for tensor in tensors)
        return [{"name": it.name, "datatype": it.datatype, "shape": shape} for it, shape in zip(tensors, shapes)]

    sides = {"inputs": declared(inputs), "outputs": declared(outputs)}
    return {"name": name, "versions": ["1"], "platform": "", **sides}


def request(inputs, outputs):
    """JSON and tensors of a request."""
    asked = [{"name": it.name, "parameters": {"binary_data": True}} for it in outputs]
    return text({"id": "1", "inputs": described(inputs), "outputs": asked}), content(inputs)


def reply(name, outputs):
    """JSON and tensors of a response. It has no `id`, which would be that of one request."""
    return text({"model_name": name, "model_version": "1", "outputs": described(outputs)}), content(outputs)


def described(tensors):
    return [
        {
            "name": it.name,
            "datatype": it.datatype,
            "shape": list(it.values.shape),
            "parameters": {"binary_data_size": len(it.content())},
        }
        for it in tensors
    ]


def content(tensors):
    return b"".join(it.content() for it in tensors)


def text(document):
    return json.dumps(document, separators=(",", ":")).encode()
