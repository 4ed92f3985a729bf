"""Models of Keras and TensorFlow, exported by keras and tf2onnx: keras_models.py FOLDER NAME..."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from keras import layers
from onnxconverter_common import float16
from sklearn import datasets
from store import Made, main

SEED = 16
RANDOM = np.random.default_rng(SEED)


def exported(model: keras.Model) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.onnx"
        model.export(path, format="onnx", verbose=False)
        return Path(path).read_bytes()


def trained(inputs: Any, outputs: Any, x: Any, y: Any, loss: str, epochs: int = 2) -> keras.Model:
    model = keras.Model(inputs, outputs)
    model.compile("adam", loss)
    model.fit(x, y, batch_size=64, epochs=epochs, verbose=0)
    return model


def digits(scale: float) -> tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """Images of 8 x 8 with their labels, and three of them as a user has them: grey samples from 0 to 255."""
    table = datasets.load_digits()
    pixels = np.rint(table.images * (255 / 16)).astype(np.uint8)[..., None]
    return (
        (pixels * np.float32(scale)).astype(np.float32),
        table.target,
        [{"image": one} for one in pixels[:3]],
    )


def convolved(image: Any) -> Any:
    x = layers.Conv2D(8, 3, activation="relu")(image)
    return layers.Flatten()(layers.MaxPooling2D(2)(x))


def keras_iris() -> Made:
    table = datasets.load_iris()
    x = table.data.astype(np.float32)
    measures = keras.Input((4,), name="measures")
    species = layers.Dense(3, activation="softmax", name="species")(
        layers.Dense(8, activation="relu")(measures)
    )
    model = trained(measures, species, x, table.target, "sparse_categorical_crossentropy")
    return Made(exported(model), {"measures": x[::40]})


def keras_cancer() -> Made:
    """One probability."""
    table = datasets.load_breast_cancer()
    x = (table.data / table.data.max(axis=0)).astype(np.float32)
    measures = keras.Input((30,), name="measures")
    benign = layers.Dense(1, activation="sigmoid", name="benign")(
        layers.Dense(8, activation="relu")(measures)
    )
    model = trained(measures, benign, x, table.target, "binary_crossentropy")
    return Made(exported(model), {"measures": x[::150]})


def keras_digits() -> Made:
    x, y, rows = digits(1 / 255)
    image = keras.Input((8, 8, 1), name="image")
    digit = layers.Dense(10, activation="softmax", name="digit")(convolved(image))
    model = trained(image, digit, x, y, "sparse_categorical_crossentropy")
    return Made(exported(model), {"image": x[:3]}, rows)


def keras_digits_logits() -> Made:
    """Without softmax, as models are that were trained with `from_logits`."""
    x, y, rows = digits(1 / 255)
    image = keras.Input((8, 8, 1), name="image")
    model = keras.Model(image, layers.Dense(10, name="logits")(convolved(image)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, batch_size=64, epochs=2, verbose=0)
    return Made(exported(model), {"image": x[:3]}, rows)


def keras_digits_bytes() -> Made:
    """Samples from 0 to 255 as UINT8; the model scales them itself."""
    x, y, rows = digits(1)
    image = keras.Input((8, 8, 1), name="image", dtype="uint8")
    digit = layers.Dense(10, activation="softmax", name="digit")(convolved(layers.Rescaling(1 / 255)(image)))
    model = trained(image, digit, x.astype(np.uint8), y, "sparse_categorical_crossentropy")
    return Made(exported(model), {"image": x[:3].astype(np.uint8)}, rows)


def keras_denoise() -> Made:
    """An image in, an image out."""
    x, _, rows = digits(1 / 255)
    image = keras.Input((8, 8, 1), name="image")
    hidden = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    clean = layers.Conv2D(1, 3, padding="same", activation="sigmoid", name="clean")(hidden)
    return Made(exported(trained(image, clean, x, x, "mse")), {"image": x[:3]}, rows)


def keras_mobilenet() -> Made:
    """The architecture alone: nothing is downloaded. Its pixels go from -1 to 1."""
    keras.utils.set_random_seed(SEED)
    model = keras.applications.MobileNetV2(
        (96, 96, 3), alpha=0.35, weights=None, classes=10, name="mobilenet"
    )
    # Kernels as they begin leave nothing of an image at the end of so many layers.
    model.set_weights([3 * weights if weights.ndim == 4 else weights for weights in model.get_weights()])
    pixels = photographs(96, 96)
    tensor = (pixels / np.float32(127.5) - 1).astype(np.float32)
    model(tensor)
    return Made(exported(model), {model.inputs[0].name: tensor}, [{"image": one} for one in pixels])


def photographs(height: int, width: int) -> np.ndarray:
    """Two smooth coloured pictures."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    waves = [[np.sin(x / (5 + i + c) + c) * np.cos(y / (7 + c) + i) for c in range(3)] for i in range(2)]
    return np.rint(127.5 + 127 * np.moveaxis(np.array(waves), 1, -1)).astype(np.uint8)


def keras_series() -> Made:
    """Two days of three measurements, hour by hour: an array."""
    x = RANDOM.normal(size=(64, 48, 3)).astype(np.float32)
    hours = keras.Input((48, 3), name="hours")
    hidden = layers.LSTM(8)(layers.Conv1D(8, 5, activation="relu")(hours))
    model = trained(hours, layers.Dense(2, name="next")(hidden), x, x[:, -1, :2], "mse")
    return Made(exported(model), {"hours": x[:3]})


def keras_word_ids() -> Made:
    """Indices of words, as INT32."""
    x = RANDOM.integers(0, 200, (64, 12)).astype(np.int32)
    words = keras.Input((12,), name="words", dtype="int32")
    hidden = layers.GlobalAveragePooling1D()(layers.Embedding(200, 8)(words))
    mood = layers.Dense(3, activation="softmax", name="mood")(hidden)
    model = trained(words, mood, x, x[:, 0] % 3, "sparse_categorical_crossentropy")
    return Made(exported(model), {"words": x[:3]})


def keras_image_and_numbers() -> Made:
    """Two inputs and two outputs."""
    x, y, rows = digits(1 / 255)
    age = RANDOM.normal(size=(len(x), 2)).astype(np.float32)
    image, ages = keras.Input((8, 8, 1), name="image"), keras.Input((2,), name="ages")
    hidden = layers.Dense(16, activation="relu")(layers.Concatenate()([convolved(image), ages]))
    digit = layers.Dense(10, activation="softmax", name="digit")(hidden)
    weight = layers.Dense(1, name="weight")(hidden)
    losses = ["sparse_categorical_crossentropy", "mse"]
    model = keras.Model([image, ages], [digit, weight])
    model.compile("adam", losses)
    model.fit([x, age], [y, age[:, :1]], batch_size=64, epochs=1, verbose=0)
    rows = [row | {"ages": one} for row, one in zip(rows, age)]
    return Made(exported(model), {"image": x[:3], "ages": age[:3]}, rows)


def keras_half() -> Made:
    """The model of irises in FP16, made by onnxconverter-common."""
    made = keras_iris()
    model = float16.convert_float_to_float16(onnx.load_from_string(made.model))
    return Made(model.SerializeToString(), {"measures": made.tensors["measures"].astype(np.float16)})


def tensorflow_function() -> Made:
    """A function of TensorFlow without Keras: INT64 and FP32 in, INT64, FP32 and BOOL out."""

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 3], tf.int64, "items"),
            tf.TensorSpec([None, 3], tf.float32, "prices"),
        ]
    )
    def bill(items: Any, prices: Any) -> Any:
        total = tf.reduce_sum(tf.cast(items, tf.float32) * prices, axis=1)
        count = tf.reduce_sum(items, axis=1)
        return {"total": tf.identity(total, "total"), "count": count, "large": total > 20.0}

    model, _ = tf2onnx.convert.from_function(bill, input_signature=bill.input_signature, opset=17)
    items, prices = RANDOM.integers(0, 5, (4, 3)), RANDOM.uniform(1, 9, (4, 3)).astype(np.float32)
    return Made(model.SerializeToString(), {"items": items, "prices": prices})


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    main(globals())
