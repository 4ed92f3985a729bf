"""Trains a scikit-learn pipeline on a table of penguins, and exports it: train_penguins.py PENGUINS.csv MODEL.onnx"""

import sys

import pandas
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TEXTS = ["island", "sex"]
NUMBERS = ["bill_length", "bill_depth", "flipper_length"]

# The exporter writes all but letters, digits and _ in a name as _.
table = pandas.read_csv(sys.argv[1]).rename(columns=lambda name: name.removesuffix(" (mm)").replace(" ", "_"))
columns = ColumnTransformer([("texts", OneHotEncoder(), TEXTS), ("numbers", StandardScaler(), NUMBERS)])
model = make_pipeline(columns, LogisticRegression(max_iter=1000))
model.fit(table[TEXTS + NUMBERS], table["species"].astype(object))
print(f"right on {model.score(table[TEXTS + NUMBERS], table['species']):.0%} of the {len(table)} it was trained on")

inputs = [(name, StringTensorType([None, 1])) for name in TEXTS]
inputs += [(name, FloatTensorType([None, 1])) for name in NUMBERS]
with open(sys.argv[2], "wb") as file:
    file.write(to_onnx(model, initial_types=inputs).SerializeToString())
