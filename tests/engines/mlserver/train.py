"""Trains the model of MLServer's scikit-learn runtime, and writes its table: train.py TABLE.csv MODEL..."""

import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

data = load_iris(as_frame=True)
flowers = data.data.set_axis(["sepal_length", "sepal_width", "petal_length", "petal_width"], axis=1)
trained = LogisticRegression(max_iter=1000).fit(flowers, data.target)
species = data.target.map(dict(enumerate(data.target_names)))
flowers.assign(species=species).to_csv(sys.argv[1], index=False)
for file in sys.argv[2:]:
    joblib.dump(trained, file)
