"""The deployments `denoise` (array -> array) and `denoise-image` (image -> image): a noisy digit -> the clean one."""

import shutil

import numpy as np
from PIL import Image
from sklearn.neural_network import MLPRegressor

from digits import as_tensor, flat, load, split
from shared import SEED, Graph, held_out, require_agreement, run, write_deployment

NOISE = 0.35
COPIES = 40
SAMPLES_A_DIGIT = 2


def noisy(images, random):
    """Gaussian noise, clipped and rounded to bytes, so that an array and a PNG hold the same values."""
    noise = random.normal(0, NOISE * 255, images.shape)
    return np.clip(np.rint(images + noise), 0, 255).astype(np.uint8)


def build_model(regressor):
    graph = Graph("denoise")
    pixels = graph.apply("Flatten", graph.input("noisy", [8, 8, 1]), axis=1)
    values = graph.dense_layers(pixels, regressor.coefs_, regressor.intercepts_)
    lowest, highest = graph.constant(np.float32(0)), graph.constant(np.float32(1))
    values = graph.apply("Clip", values, lowest, highest)
    graph.apply("Reshape", values, graph.constant(np.array([-1, 8, 8, 1])), to="clean")
    graph.output("clean", [8, 8, 1])
    return graph.model()


def measure(outputs, dirty, clean):
    error, before = np.mean((outputs - clean) ** 2), np.mean((dirty - clean) ** 2)
    return {
        "mean squared error": error,
        "mean squared error of the noisy input": before,
        "improvement (ratio)": before / error,
    }


def write_samples(places, dirty, clean, labels, rows):
    """All held-out pairs as two batches, and a few noisy digits as single files named like those of `digits`."""
    folder = places.data / "noisy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(places.data / "noisy.npy", as_tensor(dirty))
    np.save(places.data / "clean.npy", as_tensor(clean))
    for digit in range(10):
        for position in np.flatnonzero(labels == digit)[:SAMPLES_A_DIGIT]:
            name = f"noisy-{digit}-{rows[position]:04}"
            np.save(folder / f"{name}.npy", as_tensor(dirty)[position])
            Image.fromarray(dirty[position]).save(folder / f"{name}.png", optimize=True)


def declare(name, title, description, feature, metrics, rows):
    return {
        "id": name,
        "title": title,
        "description": description,
        "tokens": [f"{name}-token"],
        "tensorjson": True,
        "model": "model.onnx" if name == "denoise" else "../denoise/model.onnx",
        "inputs": [{"name": "noisy", **feature, "tensor": "noisy"}],
        "outputs": [{"name": "clean", **feature, "tensor": "clean"}],
        "held_out": held_out(rows, metrics, "noisy.npy"),
    }


def train(places):
    images, labels = load()
    seen, unseen = split(labels)
    random = np.random.default_rng(SEED)
    clean, dirty = as_tensor(images[unseen]), noisy(images[unseen], random)
    print(f"denoise: training on {len(seen)} images, each with {COPIES} draws of noise", flush=True)
    copies = np.tile(images[seen], (COPIES, 1, 1))
    regressor = MLPRegressor(hidden_layer_sizes=(128, 32, 128), max_iter=30, random_state=SEED)
    regressor.fit(flat(noisy(copies, random)), flat(copies))

    model = build_model(regressor)
    [outputs] = run(model, noisy=as_tensor(dirty))
    expected = np.clip(regressor.predict(flat(dirty)), 0, 1).reshape(clean.shape)
    require_agreement("denoise", outputs, expected)
    # An image travels as bytes, so its figures are those of the rounded output.
    rounded = np.rint(outputs * 255) / 255

    write_samples(places, dirty, images[unseen], labels[unseen], unseen)
    array = declare(
        "denoise",
        "Denoising autoencoder, arrays",
        "Takes the noise out of an 8x8 handwritten digit: an array of 0 to 1 in, an array of 0 to 1 out.",
        {"type": "numeric", "shape": [8, 8, 1]},
        measure(outputs, as_tensor(dirty), clean),
        len(unseen),
    )
    write_deployment(places.deployments / "denoise", array, model)
    image = declare(
        "denoise-image",
        "Denoising autoencoder, images",
        "Takes the noise out of an 8x8 handwritten digit: a grey image in, a grey image out.",
        {"type": "image", "shape": [8, 8, 1]},
        measure(rounded, as_tensor(dirty), clean),
        len(unseen),
    )
    write_deployment(places.deployments / "denoise-image", image)
