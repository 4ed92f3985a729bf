"""The library from Python, rows and results as dicts."""

from itertools import cycle, islice

import bench
import sidekick


def main():
    task = bench.arguments()
    rows = bench.examples(task.kind)
    client = sidekick.Deployment(task.url, "token", batch_rows=task.rows, max_in_flight=task.in_flight or 1)

    def predict(first, count):
        start = first % len(rows)
        results = client.predict_many(islice(cycle(rows), start, start + count))
        assert len(results) == count
        return bench.checksum(map(prediction, results))

    if task.in_flight:
        predict(0, task.rows * task.in_flight)
        bench.measure(1, lambda index: predict(0, task.rows * task.requests))
    else:
        predict(0, task.rows)
        bench.measure(task.requests, lambda index: predict(index * task.rows, task.rows))


def prediction(result):
    """A row's results, as the checksum takes them."""
    return result.get("number", 0.0), result.get("class", {}), result.get("array")


if __name__ == "__main__":
    main()
