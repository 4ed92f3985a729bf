"""Image pipelines of other frameworks, and the keys that say the same in a deployment.json."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy

IMAGES = Path(__file__).resolve().parents[1] / "images"
REFERENCES = IMAGES / "pipelines"
# References are integers, so many of which make a step from one sample to the next.
STEPS = 64
# A difference that the steps make.
ROUNDED = 0.51 / STEPS

IMAGENET = {"scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
MOBILENET = {"scale": 1 / 127.5, "mean": [1, 1, 1], "std": [1, 1, 1]}
YOLO = {"scale": 1 / 255}


@dataclass(frozen=True)
class Case:
    """A pipeline, and the largest difference to its samples of 0 to 255 that we allow."""

    id: str
    code: str
    keys: dict
    most: float = 0.02
    height: int = 24
    width: int = 32
    channels: int = 3
    # How its values were made of samples, if they are not samples.
    formula: dict = field(default_factory=dict)

    def declared_keys(self):
        """The keys, which ask for samples as values unless they are to say more."""
        return self.keys if self.formula else {"scale": 1, **self.keys}

    def samples(self, values):
        """The samples that values [height, width, channels] were made of."""
        formula = {"scale": 1, "mean": [0], "std": [1], **self.formula}
        return (values * numpy.array(formula["std"]) + numpy.array(formula["mean"])) / formula["scale"]


EXACT = {"round": False}
NCHW = {"layout": "NCHW"}
# Samples that are rounded at another place may differ by one.
ONE = 1.02

CASES = {
    "torchvision": [
        Case(
            "torchvision-classifier",
            "Resize(32), CenterCrop(28), ToTensor(), Normalize(mean, std)",
            {"preset": "imagenet", "shortest_edge": 32},
            height=28, width=28, formula=IMAGENET,
        ),
        Case("torchvision-tensor", "resize(uint8, (24, 32), antialias=True)", NCHW, ONE),
        Case("torch-bilinear", 'interpolate(float, mode="bilinear")', {**NCHW, **EXACT, "antialias": False}),
        Case("torch-bilinear-antialias", 'interpolate(float, mode="bilinear", antialias=True)', {**NCHW, **EXACT}),
        Case(
            "torch-bicubic", 'interpolate(float, mode="bicubic")',
            {**NCHW, **EXACT, "filter": "bicubic", "antialias": False},
        ),
        Case(
            "torch-bicubic-antialias", 'interpolate(float, mode="bicubic", antialias=True)',
            {**NCHW, **EXACT, "filter": "bicubic"},
        ),
    ],
    "tensorflow": [
        Case(
            "tf-mobilenet", "tf.image.resize(x, (24, 32)) / 127.5 - 1", {"preset": "mobilenet"},
            formula=MOBILENET,
        ),
        Case(
            "tf-jpeg", "the same of tf.io.decode_image(file), which decodes JPEG files less exactly",
            {"preset": "mobilenet"}, 6, formula=MOBILENET,
        ),
        Case("tf-nearest", 'tf.image.resize(x, (24, 32), "nearest")', {"filter": "nearest"}),
        Case("tf-bilinear", 'tf.image.resize(x, (24, 32), "bilinear", antialias=True)', EXACT),
        Case("tf-bicubic", 'tf.image.resize(x, (24, 32), "bicubic", antialias=True)', {**EXACT, "filter": "bicubic"}),
        Case("tf-lanczos", 'tf.image.resize(x, (24, 32), "lanczos3", antialias=True)', {**EXACT, "filter": "lanczos"}),
        Case("tf-area", 'tf.image.resize(x, (24, 32), "area")', {**EXACT, "filter": "area"}),
        Case(
            "tf-grey", "tf.image.rgb_to_grayscale(tf.image.resize(x, (24, 32)))",
            {**EXACT, "antialias": False}, ONE, channels=1,
        ),
    ],
    "opencv": [
        Case(
            "yolo-letterbox", "cv2.resize(x, (32, 21)), cv2.copyMakeBorder(..., 114)", {"preset": "yolo"}, ONE,
            height=32, width=32, formula=YOLO,
        ),
        Case("cv2-linear", "cv2.resize(cv2.imread(file), (32, 24))", {"channels": "BGR", "antialias": False}, ONE),
        Case("cv2-area", "cv2.resize(x, (32, 24), interpolation=cv2.INTER_AREA)", {"filter": "area"}, ONE),
        Case(
            "cv2-cubic", "cv2.resize(x, (32, 24), interpolation=cv2.INTER_CUBIC)",
            {"filter": "bicubic", "antialias": False}, ONE,
        ),
    ],
}


def deployment(id, image, height, width, channels):
    """A deployment.json that gives the values of an image as an array."""
    planes = image.get("layout") == "NCHW" or image.get("preset") in ("imagenet", "yolo")
    shape = [channels, height, width] if planes else [height, width, channels]
    declared = {
        "format": 2,
        "id": id,
        "tokens": [f"{id}-token"],
        "inputs": [
            {"name": "image", "type": "image", "shape": [height, width, channels], "tensor": "image", **image}
        ],
        "outputs": [{"name": "values", "type": "numeric", "shape": shape, "tensor": "image_out"}],
    }
    return json.dumps(declared), shape


def pixels_last(values, shape, channels):
    """Values as [height, width, channels], whatever their layout."""
    array = numpy.array(values).reshape(shape)
    return array if shape[-1] == channels and shape[0] != channels else array.transpose(1, 2, 0)
