"""What the training scripts share: where they write, an ONNX graph builder, and the deployment folder."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

SEED = 0
OPSET = 17
IR_VERSION = 8
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """The folders that one run writes: deployments and held-out data."""

    deployments: Path
    data: Path


class Graph:
    """Builds an ONNX model of plain float32 tensor operators, the batch being the first, symbolic axis."""

    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.constants = []
        self.inputs = []
        self.outputs = []

    def input(self, name, shape):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape]))
        return name

    def output(self, name, shape):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape]))

    def constant(self, values):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def apply(self, operator, *values, to=None, **attributes):
        """Adds one operator and returns the name of the tensor it makes: `to`, or a fresh one."""
        name = to or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, values, [name], **attributes))
        return name

    def dense(self, values, weights, bias, to=None):
        product = self.apply("MatMul", values, self.constant(weights.astype(np.float32)))
        return self.apply("Add", product, self.constant(bias.astype(np.float32)), to=to)

    def dense_layers(self, values, weights, biases, to=None):
        """A multi-layer perceptron: Relu between the layers, nothing after the last one."""
        for layer_weights, layer_bias in zip(weights[:-1], biases[:-1]):
            values = self.apply("Relu", self.dense(values, layer_weights, layer_bias))
        return self.dense(values, weights[-1], biases[-1], to=to)

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, producer_name="sidekick-train", opset_imports=opsets, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model


def fold_scaler(scaler, weights, bias):
    """The first layer that does to raw features what (weights, bias) does to standardised ones."""
    folded = weights / scaler.scale_[:, np.newaxis]
    return folded, bias - scaler.mean_ @ folded


def run(model, **tensors):
    """All outputs of the model, computed by the reference implementation of ONNX."""
    return ReferenceEvaluator(model).run(None, tensors)


def require_agreement(what, ours, theirs, relative=1e-4, absolute=1e-5):
    """Stops the training when the ONNX model and scikit-learn do not predict the same."""
    if not np.allclose(ours, theirs, rtol=relative, atol=absolute):
        difference = np.abs(ours - theirs).max()
        raise SystemExit(f"train.py: {what}: the ONNX model differs from scikit-learn by up to {difference:g}")


def figure(value):
    """A measured value as recorded: five significant digits."""
    return float(f"{value:.5g}")


def held_out(rows, metrics, data, example=None, ranges=None):
    """What was measured on unseen rows; one of them, and the ranges of their numbers, for the deployment's page."""
    recorded = {name: figure(value) for name, value in metrics.items()}
    shown = {"example": example, "ranges": ranges}
    shown = {name: value for name, value in shown.items() if value is not None}
    return {"rows": rows, "metrics": recorded, "data": f"examples/data/{data}", **shown}


def write_deployment(folder, declaration, model=None):
    """Writes deployment.json, and model.onnx unless the deployment uses the model of another one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deployment.json").write_text(declaration_text(declaration), encoding="utf-8")
    if model is not None:
        (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    metrics = ", ".join(f"{name} {value}" for name, value in declaration["held_out"]["metrics"].items())
    print(f"{declaration['id']}: held out {declaration['held_out']['rows']} rows: {metrics}", flush=True)


def declaration_text(declaration):
    """JSON with a key a line, and a line for each input and output."""
    lines = [f"  {json.dumps(key)}: {value_text(value)}" for key, value in declaration.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def value_text(value):
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json.dumps(value, ensure_ascii=False)
    lines = [f"    {json.dumps(item, ensure_ascii=False)}" for item in value]
    return "[\n" + ",\n".join(lines) + "\n  ]"
