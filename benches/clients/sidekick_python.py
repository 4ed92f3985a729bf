"""The library from Python: columns; dicts if there is one row a request, or the task says so."""

from itertools import cycle, islice

import numpy as np
import pyarrow

import bench
import sidekick


def main():
    task = bench.arguments()
    client = sidekick.Deployment(task.url, "token", batch_rows=task.rows, max_in_flight=task.in_flight or 1)
    run = run_tensors if task.kind.startswith("tensor") else run_rows
    run(task, client)


def run_rows(task, client):
    """Requests to a deployment of the Deployment API."""
    rows = bench.examples(task.kind)

    def predict_row(index):
        result = client.predict(rows[index % len(rows)])
        return bench.checksum([(result["number"], result["class"], None)])

    def predict_rows(index):
        first = index * task.rows % len(rows)
        results = client.predict_many(islice(cycle(rows), first, first + task.rows))
        return bench.checksum((result["number"], result["class"], None) for result in results)

    # A call makes one request; or all, if the values are a table or images in files.
    at_once = task.requests if task.kind in ("table", "jpeg") and task.rows > 1 else 1
    count = task.rows * at_once

    def predict_columns(index):
        predicted = client.predict_columns(tables[index])
        return bench.columns_checksum(map(predicted.get, ("number", "class", "array")))

    if task.rows == 1:
        request = predict_row
    elif task.kind == "table-values":
        request = predict_rows
    else:
        tables = [columns(rows, first, count) for first in range(0, task.rows * task.requests, count)]
        request = predict_columns
    request(0)
    bench.measure(task.requests // at_once, request)


def run_tensors(task, client):
    """Requests to a model of the Open Inference Protocol."""
    inputs_of = bench.tensors(task)
    # A call makes one request; or all, if the values are a table.
    at_once = task.requests if task.kind == "tensor-columns" else 1
    whole = {name: repeated(values, at_once) for name, values in inputs_of(0).items()}

    def predict_row(index):
        result = client.predict({name: values[0] for name, values in inputs_of(index).items()})
        return bench.bits_sum(np.array([result["number"]]))

    def predict_columns(index):
        predicted = client.predict_columns(whole if at_once > 1 else inputs_of(index))
        return sum(bench.bits_sum(column.ravel()[:: bench.stride(task)]) for column in predicted.values())

    request = predict_row if task.rows == 1 else predict_columns
    request(0)
    bench.measure(task.requests // at_once, request)


def repeated(values, times):
    """So many times these values: numbers as NumPy has them, texts as Arrow's tables do."""
    return pyarrow.array(values * times) if isinstance(values, list) else np.concatenate([values] * times)


def columns(rows, first, count):
    """So many of the rows as columns, over and over."""
    return {name: column([rows[index % len(rows)][name] for index in range(first, first + count)]) for name in rows[0]}


def column(values):
    """Numbers and arrays as an array, texts and images as a list."""
    return np.array(values) if isinstance(values[0], (float, np.ndarray)) else values


if __name__ == "__main__":
    main()
