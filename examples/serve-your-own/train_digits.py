"""Trains a Keras model on images of digits, and exports it: train_digits.py MODEL.onnx"""

import sys

import keras
import numpy
from keras import layers
from sklearn.datasets import load_digits

digits = load_digits()
# Samples from 0 to 1, as the server makes them of an image unless told otherwise.
images = (digits.images / 16).astype(numpy.float32)[..., None]

image = keras.Input((8, 8, 1), name="image")
hidden = layers.Flatten()(layers.Conv2D(16, 3, activation="relu")(image))
model = keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(hidden))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images, digits.target, epochs=15, batch_size=32, verbose=2)
model.export(sys.argv[1], format="onnx", verbose=False)
