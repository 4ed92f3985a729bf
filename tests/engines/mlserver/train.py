"""Writes the model of MLServer's scikit-learn runtime, and its table: train.py TABLE.csv MODEL..."""

import sys
from pathlib import Path

import joblib
import numpy
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from models import IRIS_INTERCEPTS, IRIS_WEIGHTS

data = load_iris(as_frame=True)
flowers = data.data.set_axis(["sepal_length", "sepal_width", "petal_length", "petal_width"], axis=1)
trained = LogisticRegression(max_iter=1000).fit(flowers, data.target)
# How far training gets depends on the processor, so all engines have the weights that one run of it gave.
trained.coef_, trained.intercept_ = numpy.array(IRIS_WEIGHTS), numpy.array(IRIS_INTERCEPTS)
species = data.target.map(dict(enumerate(data.target_names)))
flowers.assign(species=species).to_csv(sys.argv[1], index=False)
for file in sys.argv[2:]:
    joblib.dump(trained, file)
