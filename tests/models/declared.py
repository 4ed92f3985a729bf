"""Deployments as server/DEPLOYMENTS.md declares them, read and encoded without the training code or the server."""

import csv
import json
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOYMENTS = REPOSITORY / "server/deployments"
DATA = REPOSITORY / "examples/data"
NAMES = sorted(folder.name for folder in DEPLOYMENTS.iterdir())


def declaration(name, deployments=DEPLOYMENTS):
    return json.loads((deployments / name / "deployment.json").read_text(encoding="utf-8"))


def model(name):
    path = DEPLOYMENTS / name / declaration(name).get("model", "model.onnx")
    return onnx.load(path)


def fnv1a_32(data):
    state = 0x811C9DC5
    for byte in data:
        state ^= byte
        state = (state * 0x01000193) % 2**32
    return state


def ngram_vector(text, ngrams):
    counts = np.zeros(ngrams["buckets"])
    for word in text.lower().split():
        letters = ["^", *word, "$"]
        for start in range(len(letters)):
            for size in range(ngrams["min"], min(ngrams["max"], len(letters) - start) + 1):
                ngram = "".join(letters[start : start + size])
                counts[fnv1a_32(ngram.encode("utf-8")) % ngrams["buckets"]] += 1
    length = np.linalg.norm(counts)
    return counts / length if length else counts


def image_samples(image, feature):
    height, width, channels = feature["shape"]
    pixels = image.convert({1: "L", 3: "RGB"}[channels]).resize((width, height))
    return np.asarray(pixels).reshape(height, width, channels) * feature.get("scale", 1 / 255)


def one_hot(value, feature):
    return np.array([value == category for category in feature["categories"]])


ENCODERS = {
    "numeric": lambda value, feature: np.array(value, dtype=np.float64).reshape(feature["shape"]),
    "categorical": one_hot,
    "image": image_samples,
    "text": lambda value, feature: ngram_vector(value, feature["ngrams"]),
}


def input_tensors(inputs, rows):
    """The tensors of a batch: features of one tensor are flattened and joined, one alone keeps its shape."""
    tensors = {}
    for tensor in {feature["tensor"] for feature in inputs}:
        features = [feature for feature in inputs if feature["tensor"] == tensor]
        examples = [[ENCODERS[f["type"]](row[f["name"]], f) for f in features] for row in rows]
        joined = [parts[0] if len(parts) == 1 else np.concatenate([p.ravel() for p in parts]) for parts in examples]
        tensors[tensor] = np.stack(joined).astype(np.float32)
    return tensors


def predict(name, rows):
    """What the model answers to rows of {feature: value}: {output name: the tensor as it is}."""
    declared = declaration(name)
    wanted = [output["tensor"] for output in declared["outputs"]]
    found = ReferenceEvaluator(model(name)).run(wanted, input_tensors(declared["inputs"], rows))
    return {output["name"]: values for output, values in zip(declared["outputs"], found)}


def best_categories(name, output_name, probabilities):
    [output] = [output for output in declaration(name)["outputs"] if output["name"] == output_name]
    return [output["categories"][index] for index in probabilities.argmax(axis=1)]


def csv_rows(file):
    with open(DATA / file, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def digit_files():
    return sorted((DATA / "digits").glob("digit-*.png"))


def open_image(path):
    with Image.open(path) as image:
        image.load()
        return image
