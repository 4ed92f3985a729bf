#!/usr/bin/env python3
"""Scores a table: reads INPUT.csv, whose header names the inputs, and writes it with the predictions as OUTPUT.csv."""

import csv
from argparse import Namespace
from typing import Any, Union

from options import best, run
from sidekick import Deployment, FeatureSpec, Prediction


def score(deployment: Deployment, options: Namespace) -> None:
    inputs, outputs = deployment.feature_specs_in, deployment.feature_specs_out
    with open(options.INPUT, newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file)
        columns = list(table.fieldnames or [])
        records = list(table)
    lacking = [spec.name for spec in inputs if spec.name not in columns]
    if lacking:
        raise ValueError(f"{options.INPUT} lacks the columns {', '.join(lacking)}")
    rows = ({spec.name: value(spec, record, line) for spec in inputs} for line, record in enumerate(records, 2))
    results = deployment.predict_lazy(rows)
    scored = [{**record, **predicted(outputs, result)} for record, result in zip(records, results)]
    with open(options.OUTPUT, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns + headings(outputs), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(scored)
    print(f"{len(scored)} rows scored")


def value(spec: FeatureSpec, record: dict[str, str], line: int) -> Union[str, float]:
    """A cell as the type its column's feature has."""
    cell = record[spec.name]
    if spec.dtype != "numeric":
        return cell
    try:
        return float(cell)
    except (TypeError, ValueError):
        raise ValueError(f"line {line}, column {spec.name}: {cell!r} is not a number") from None


def headings(outputs: list[FeatureSpec]) -> list[str]:
    """The columns that are appended."""
    names = [[f"predicted {spec.name}"] for spec in outputs]
    for spec, added in zip(outputs, names):
        if spec.dtype == "categorical":
            added.append(f"predicted {spec.name} probability")
    return sum(names, [])


def predicted(outputs: list[FeatureSpec], result: Prediction) -> dict[str, Any]:
    """The values of the appended columns."""
    values: list[Any] = []
    for spec in outputs:
        values += best(result[spec.name]) if spec.dtype == "categorical" else [result[spec.name]]
    return dict(zip(headings(outputs), values))


if __name__ == "__main__":
    run(score, __doc__, "INPUT", "OUTPUT")
