#!/usr/bin/env python3
"""Sums up what is predicted for a table, column by column: reads INPUT.csv, whose header names the inputs."""

import csv
from argparse import Namespace
from collections.abc import Sequence

import numpy
from numpy.typing import NDArray
from options import run
from sidekick import Deployment, Probabilities


def summarize(deployment: Deployment, options: Namespace) -> None:
    with open(options.INPUT, newline="", encoding="utf-8-sig") as file:
        names, *lines = csv.reader(file)
    cells = dict(zip(names, zip(*lines)))
    numeric = {spec.name for spec in deployment.feature_specs_in if spec.dtype == "numeric"}
    columns = {name: numbers(name, texts) if name in numeric else texts for name, texts in cells.items()}
    predicted = deployment.predict_columns(columns)
    for spec in deployment.feature_specs_out:
        report = labels if spec.dtype == "categorical" else average
        report(spec.name, predicted[spec.name])


def numbers(name: str, texts: Sequence[str]) -> NDArray[numpy.float64]:
    """A column of cells as one array."""
    try:
        return numpy.array(texts, float)
    except ValueError as error:
        raise ValueError(f"column {name}: {error}") from None


def labels(name: str, probabilities: Probabilities) -> None:
    """How often each label is the most probable, and how sure the model is of it then."""
    best, sure = probabilities.best()
    for label in sorted(set(best)):
        print(f"{name}\t{label}\t{numpy.sum(best == label)}\t{sure[best == label].mean():.4f}")


def average(name: str, values: NDArray[numpy.float64]) -> None:
    print(f"{name}\tmean\t{len(values)}\t{values.mean():.4f}")


if __name__ == "__main__":
    run(summarize, __doc__, "INPUT")
