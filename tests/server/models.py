"""Small models, written with the helpers of `onnx`."""

import numpy
from onnx import TensorProto, helper, numpy_helper, save

FLOAT = TensorProto.FLOAT


def write(path, nodes, inputs, outputs, constants=(), metadata=None, opsets=(("", 17),), doc=""):
    """Writes a model; a tensor is (name, element type, dims), a constant (name, values)."""
    def tensors(specs):
        return [helper.make_tensor_value_info(name, element, dims) for name, element, dims in specs]

    weights = [numpy_helper.from_array(numpy.asarray(values), name) for name, values in constants]
    graph = helper.make_graph(nodes, "test", tensors(inputs), tensors(outputs), weights)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8, producer_name="helpers", doc_string=doc)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    path.parent.mkdir(parents=True, exist_ok=True)
    save(model, str(path))
    return path


def scaled(path, factor, **more):
    """x [batch, 3] -> y [batch, 3] = factor * x."""
    return write(
        path,
        [helper.make_node("Mul", ["x", "factor"], ["y"])],
        [("x", FLOAT, ["batch", 3])],
        [("y", FLOAT, ["batch", 3])],
        [("factor", numpy.float32(factor))],
        **more,
    )


def image_classifier(path, first=(), channels_first=True, size=8, classes=4, **more):
    """image -> probabilities [batch, classes]: a softmax over the mean of the pixels times 0, 1, 2, ..."""
    dims = ["batch", 3, size, size] if channels_first else ["batch", size, size, 3]
    nodes, constants, tensor = [], [], "image"
    for place, (operator, value) in enumerate(first):
        nodes.append(helper.make_node(operator, [tensor, f"c{place}"], [f"t{place}"]))
        constants.append((f"c{place}", numpy.float32(value)))
        tensor = f"t{place}"
    nodes += [
        helper.make_node("ReduceMean", [tensor], ["means"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["means", "last"], ["column"]),
        helper.make_node("MatMul", ["column", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=-1),
    ]
    constants += [
        ("last", numpy.array([1], "int64")),
        ("weights", numpy.arange(classes, dtype="float32")[None]),
    ]
    return write(path, nodes, [("image", FLOAT, dims)], [("scores", FLOAT, ["batch", classes])], constants, **more)
