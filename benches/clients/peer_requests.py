"""What one would write in Python: requests and json, with NumPy for arrays and Pillow for pixels."""

import base64
import io
import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import requests
from PIL import Image

SHAPE = (224, 224, 3)


def main():
    if len(sys.argv) < 5:
        sys.exit("usage: CLIENT KIND URL ROWS REQUESTS (and the data folder in SIDEKICK_BENCH_DATA)")
    kind, url, rows, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    make_row = row_maker(kind, Path(os.environ["SIDEKICK_BENCH_DATA"]))
    session = requests.Session()
    session.headers["Authorization"] = "Bearer token"

    def request(index):
        body = {"rows": [make_row(index * rows + row) for row in range(rows)]}
        response = session.post(url, json=body)
        response.raise_for_status()
        results = response.json()["rows"]
        assert len(results) == rows
        return sum(checksum(prediction(result)) for result in results)

    measure(count, request)


def row_maker(kind, folder):
    if kind in ("table", "numbers"):
        lines = [line.split("\t") for line in (folder / "table.tsv").read_text().splitlines()]
        count = 6 if kind == "table" else 4
        names = [f"number {index}" for index in range(1, count + 1)]
        names += ["text 1", "text 2", "category 1", "category 2"] if kind == "table" else []
        table = [[float(value) for value in line[:count]] + line[6 : len(names)] for line in lines]
        return lambda row: dict(zip(names, table[row % len(table)]))
    if kind == "array":
        arrays = np.fromfile(folder / "arrays.f32", np.float32).reshape(8, *SHAPE)
        return lambda row: {"array": {"shape": SHAPE, "data": arrays[row % 8].ravel().tolist()}}
    if kind == "jpeg":
        jpeg = (folder / "picture.jpg").read_bytes()
        return lambda row: {"image": data_url("jpeg", jpeg)}
    pixels = np.fromfile(folder / "pixels.rgb", np.uint8).reshape(480, 640, 3)
    if kind == "pixels-png":
        return lambda row: {"image": data_url("png", encode(pixels, "PNG", compress_level=1))}
    return lambda row: {"image": data_url("jpeg", encode(pixels, "JPEG", quality=90))}


def encode(pixels, kind, **settings):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **settings)
    return file.getvalue()


def data_url(kind, encoded):
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"


def prediction(row):
    """A row's typed results."""
    array = row.get("array")
    values = np.array(array["data"], np.float32) if array else None
    return row.get("number", 0.0), row.get("class", {}), values


def checksum(result):
    number, classes, array = result
    values = np.array([number, *classes.values()], np.float32)
    total = int(values.view(np.uint32).sum(dtype=np.uint64))
    if classes:
        total += 1000 * sum(max(classes, key=classes.get).encode())
    if array is not None:
        total += int(array.view(np.uint32).sum(dtype=np.uint64))
    return total


def measure(count, request):
    request(0)
    times, total = [], 0
    cpu, start = time.process_time(), time.perf_counter()
    for index in range(count):
        before = time.perf_counter()
        total += request(index)
        times.append(time.perf_counter() - before)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    p50 = sorted(times)[count // 2]
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_kb": peak, "p50": p50, "checksum": total}))


if __name__ == "__main__":
    main()
