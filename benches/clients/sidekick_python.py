"""The library from Python: tables as columns; as dicts where there is one row a request, or the task says so."""

from itertools import cycle, islice

import numpy as np

import bench
import sidekick


def main():
    task = bench.arguments()
    rows = bench.examples(task.kind)
    client = sidekick.Deployment(task.url, "token", batch_rows=task.rows, max_in_flight=task.in_flight or 1)

    def predict_row(index):
        result = client.predict(**rows[index % len(rows)])
        return bench.checksum([(result["number"], result["class"], None)])

    def predict_rows(index):
        first = index * task.rows % len(rows)
        results = client.predict_many(islice(cycle(rows), first, first + task.rows))
        return bench.checksum((result["number"], result["class"], None) for result in results)

    def predict(columns):
        predicted = client.predict_columns(columns)
        return bench.columns_checksum(map(predicted.get, ("number", "class", "array")))

    if task.rows == 1 or task.kind == "table-values":
        request = predict_row if task.rows == 1 else predict_rows
        request(0)
        bench.measure(task.requests, request)
    else:
        columns = table(rows, task.rows * task.requests)
        predict(columns)
        bench.measure(1, lambda _: predict(columns))


def table(rows, count):
    """So many rows as columns: those there are, over and over."""
    return {name: column([rows[index % len(rows)][name] for index in range(count)]) for name in rows[0]}


def column(values):
    """Numbers and arrays as an array, texts and pictures as a list."""
    return np.array(values) if isinstance(values[0], (float, np.ndarray)) else values


if __name__ == "__main__":
    main()
