"""The deployment `digits`: an 8x8 grey image of a handwritten digit -> which digit it is."""

import shutil

import numpy as np
from PIL import Image
from scipy.ndimage import affine_transform
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from shared import SEED, Graph, held_out, require_agreement, run, write_deployment

HELD_OUT_ROWS = 360
LABELS = [str(digit) for digit in range(10)]
VARIANTS = 12
CENTRE = np.array([3.5, 3.5])


def load():
    """All digits as bytes: the 17 grey levels 0-16 become round(level * 255 / 16), which keeps them apart."""
    digits = load_digits()
    return np.rint(digits.images * 255 / 16).astype(np.uint8), digits.target


def split(labels):
    """Indices to train on and indices held out, these ordered by label, then by index."""
    rows = np.arange(len(labels))
    seen, unseen = train_test_split(rows, test_size=HELD_OUT_ROWS, stratify=labels, random_state=SEED)
    return seen, unseen[np.lexsort((unseen, labels[unseen]))]


def as_tensor(images):
    """Grey bytes as the tensor the server makes of them: [batch, 8, 8, 1], 0 to 1."""
    return images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)


def flat(images):
    return as_tensor(images).reshape(len(images), 64)


def varied(image, random):
    """The image turned, scaled, sheared and shifted a little, as another hand would have written it."""
    angle, size, shear = random.uniform(-0.2, 0.2), random.uniform(0.88, 1.12), random.uniform(-0.15, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = size * turn @ np.array([[1, 0], [shear, 1]])
    offset = CENTRE - matrix @ CENTRE + random.uniform(-0.6, 0.6, 2)
    return affine_transform(image.astype(np.float64), matrix, offset, order=1)


def augmented(images):
    random = np.random.default_rng(SEED)
    variants = [np.stack([varied(image, random) for image in images]) for _ in range(VARIANTS)]
    return np.concatenate([images, *variants])


def build_model(classifier):
    graph = Graph("digits")
    pixels = graph.apply("Flatten", graph.input("image", [8, 8, 1]), axis=1)
    scores = graph.dense_layers(pixels, classifier.coefs_, classifier.intercepts_)
    graph.apply("Softmax", scores, to="digit", axis=-1)
    graph.output("digit", [10])
    return graph.model()


def write_images(folder, images, labels, rows):
    """One PNG a digit; the name tells the label and the digit's place in scikit-learn's data set."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for row in rows:
        Image.fromarray(images[row]).save(folder / f"digit-{labels[row]}-{row:04}.png", optimize=True)


def train(places):
    images, labels = load()
    seen, unseen = split(labels)
    print(f"digits: training on {len(seen)} images and {VARIANTS} variants of each", flush=True)
    classifier = MLPClassifier((128, 64), alpha=0.1, max_iter=30, random_state=SEED)
    classifier.fit(flat(augmented(images[seen])), np.tile(labels[seen], VARIANTS + 1))

    model = build_model(classifier)
    [probabilities] = run(model, image=as_tensor(images[unseen]))
    require_agreement("digits", probabilities, classifier.predict_proba(flat(images[unseen])))
    accuracy = np.mean(probabilities.argmax(axis=1) == labels[unseen])

    write_images(places.data / "digits", images, labels, unseen)
    declaration = {
        "id": "digits",
        "title": "Handwritten digits",
        "description": "Which digit an 8x8 grey image shows, bright strokes on black. "
        "Trained on the UCI optical recognition of handwritten digits data.",
        "tokens": ["digits-token"],
        "tensorjson": True,
        "inputs": [{"name": "image", "type": "image", "shape": [8, 8, 1], "tensor": "image"}],
        "outputs": [
            {"name": "digit", "type": "categorical", "shape": [10], "categories": LABELS, "tensor": "digit"}
        ],
        "held_out": held_out(len(unseen), {"accuracy": accuracy}, "digits"),
    }
    write_deployment(places.deployments / "digits", declaration, model)
