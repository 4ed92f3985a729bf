"""The answers that ONNX Runtime gives, and how those of the server differ from them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Callable

import numpy as np
import onnxruntime
import sidekick
from PIL import Image

# Relative to numbers above 1, absolute below.
TOLERANCE = 1e-4
Outputs = dict[str, Any]


class Differs(Exception):
    """An answer is not that of ONNX Runtime."""


def reference(path: Path, tensors: dict[str, np.ndarray]) -> Outputs:
    """The outputs of a model. One with a fixed batch of 1 is run row by row."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    rows = max((len(array) for array in tensors.values() if array.ndim), default=1)
    one = any(tensor.shape[:1] == [1] for tensor in session.get_inputs())
    if not one or rows == 1:
        return dict(zip(names, session.run(None, tensors)))
    runs = [session.run(None, {name: row(array, i) for name, array in tensors.items()}) for i in range(rows)]
    return {name: [run[at][0] for run in runs] for at, name in enumerate(names)}


def row(array: np.ndarray, index: int) -> np.ndarray:
    return array[index : index + 1] if array.ndim else array


def asked(
    specs: list[sidekick.FeatureSpec], tensors: dict[str, np.ndarray], rows: list[Any]
) -> list[dict[str, Any]]:
    """The examples as rows of a deployment's features."""
    if rows:
        return [{spec.name: value(one[key], spec) for spec, key in paired(specs, one)} for one in rows]
    if is_whole(specs, tensors):
        return [{spec.name: value(tensors[spec.name], spec) for spec in specs}]
    batched = {name: array for name, array in tensors.items() if array.ndim}
    count = min(len(array) for array in batched.values())
    named = all(spec.name in tensors for spec in specs)
    if not named and len(specs) != len(batched):
        return [flat(specs, [array[i] for array in batched.values()]) for i in range(count)]
    pairs = [(spec, tensors[spec.name] if named else array) for spec, array in zip(specs, batched.values())]
    return [{spec.name: value(array[i], spec) for spec, array in pairs} for i in range(count)]


def is_whole(specs: list[sidekick.FeatureSpec], tensors: dict[str, np.ndarray]) -> bool:
    """Whether a row holds whole tensors: their model has no axis for rows."""
    return all(spec.name in tensors and len(spec.shape) >= tensors[spec.name].ndim for spec in specs)


def paired(specs: list[sidekick.FeatureSpec], one: dict[str, Any]) -> list[tuple[sidekick.FeatureSpec, str]]:
    """Each feature with the key of its value: the same name, else the same place."""
    if all(spec.name in one for spec in specs):
        return [(spec, spec.name) for spec in specs]
    if len(specs) != len(one):
        raise Differs(
            f"the inputs are {', '.join(spec.name for spec in specs)}, the examples have {', '.join(one)}"
        )
    return list(zip(specs, one))


def flat(specs: list[sidekick.FeatureSpec], arrays: list[np.ndarray]) -> dict[str, Any]:
    """One number of the tensors for each feature, in order."""
    values = [single for array in arrays for single in np.asarray(array).reshape(-1)]
    if len(values) != len(specs):
        raise Differs(
            f"{len(specs)} inputs for {len(values)} values: {', '.join(spec.name for spec in specs)}"
        )
    return {spec.name: value(single, spec) for spec, single in zip(specs, values)}


def value(held: Any, spec: sidekick.FeatureSpec) -> Any:
    if spec.dtype == "image":
        return picture(np.asarray(held))
    if spec.is_array:
        return np.asarray(held).reshape([-1 if size == -1 else size for size in spec.shape])
    single = np.asarray(held).reshape(-1)[0].item()
    return single if spec.dtype == "numeric" or isinstance(single, bool) else str(single)


def picture(samples: np.ndarray) -> Image.Image:
    image = Image.fromarray(samples[..., 0] if samples.shape[-1] == 1 else samples)
    image.format = "PNG"
    return image


def compare(
    results: list[dict[str, Any]],
    specs: list[sidekick.FeatureSpec],
    outputs: Outputs,
    expected: dict[str, Callable[[Outputs], Any]],
) -> float:
    """The largest difference of all results; refuses one above the tolerance."""
    if not specs or not results:
        raise Differs("there is nothing to compare")
    largest = 0.0
    for at, spec in enumerate(specs):
        wanted = (
            expected[spec.name](outputs) if spec.name in expected else found(spec.name, at, specs, outputs)
        )
        if len(wanted) != len(results):
            raise Differs(f"{spec.name}: ONNX Runtime gives {len(wanted)} rows, the server {len(results)}")
        for i, result in enumerate(results):
            apart = difference(result[spec.name], wanted[i], spec)
            if not apart <= TOLERANCE:
                raise Differs(f"{spec.name}, row {i}: {shown(result[spec.name])}, not {shown(wanted[i])}")
            largest = max(largest, apart)
    return largest


def found(name: str, at: int, specs: list[sidekick.FeatureSpec], outputs: Outputs) -> Any:
    """The output of a feature's name, else that in its place."""
    if name in outputs:
        return outputs[name]
    if len(specs) != len(outputs):
        raise Differs(f"no output is called {name}: they are {', '.join(outputs)}")
    return list(outputs.values())[at]


def difference(got: Any, wanted: Any, spec: sidekick.FeatureSpec) -> float:
    if isinstance(got, dict):
        return categories_apart(got, wanted)
    if isinstance(got, Image.Image):
        return image_apart(np.asarray(got), np.asarray(wanted))
    if isinstance(got, str):
        return 0.0 if got == label(wanted) else math.inf
    return apart(np.asarray(got), np.asarray(wanted))


def label(wanted: Any) -> str:
    single = wanted if isinstance(wanted, str) else np.asarray(wanted).reshape(-1)[0]
    return single.decode() if isinstance(single, bytes) else str(single)


def categories_apart(got: dict[str, float], wanted: Any) -> float:
    if isinstance(wanted, dict):
        by_name = {str(key): number for key, number in wanted.items()}
        if set(by_name) != set(got):
            return math.inf
        return apart(np.array(list(got.values())), np.array([by_name[name] for name in got]))
    return apart(np.array(list(got.values())), np.asarray(wanted))


def image_apart(got: np.ndarray, wanted: np.ndarray) -> float:
    """Samples are rounded: half a step of 255, and a hair for the halves themselves."""
    steps = np.abs(got.reshape(-1).astype(float) - wanted.reshape(-1) * 255.0)
    return 0.0 if steps.max() <= 0.51 else math.inf


def apart(got: np.ndarray, wanted: np.ndarray) -> float:
    if wanted.size and isinstance(wanted.flat[0], dict):
        wanted = np.array([number for one in wanted.flat for number in one.values()])
    left, right = got.reshape(-1), wanted.reshape(-1)
    if left.size != right.size:
        return math.inf
    if right.dtype.kind in "US" or right.dtype == object:
        return 0.0 if [label(one) for one in left] == [label(one) for one in right] else math.inf
    left, right = left.astype(float), right.astype(float)
    return float(np.max(np.abs(left - right) / np.maximum(1.0, np.abs(right)), initial=0.0))


def shown(held: Any) -> str:
    text = " ".join(str(held).split())
    return text if len(text) <= 120 else f"{text[:120]}..."
