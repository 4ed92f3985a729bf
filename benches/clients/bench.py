"""What the benchmark's Python clients share: the command line, the data, the clock, and the line they print."""

import json
import os
import resource
import sys
import time
from functools import cache
from pathlib import Path
from struct import Struct
from typing import NamedTuple

import numpy as np
from PIL import Image

SHAPE = (224, 224, 3)
JPEG_QUALITY = 90
_HEIGHT, _WIDTH = 480, 640
_NUMBERS = 6
_TEXTS = ["text 1", "text 2", "category 1", "category 2"]


class Task(NamedTuple):
    """CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT]"""

    kind: str
    url: str
    rows: int
    requests: int
    in_flight: int = 0


def arguments():
    """The task of the command line; a wrong one ends the program."""
    if len(sys.argv) < 5:
        sys.exit("usage: CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT] (and the data folder in SIDEKICK_BENCH_DATA)")
    kind, url, *numbers = sys.argv[1:]
    return Task(kind, url, *map(int, numbers))


def data(name):
    """The path of a file of the benchmark's data."""
    return Path(os.environ["SIDEKICK_BENCH_DATA"]) / name


def table(kind):
    """The table's rows as dicts: whole ones, or the first four numbers of each."""
    count = 4 if kind == "numbers" else _NUMBERS
    names = [f"number {index}" for index in range(1, count + 1)] + (_TEXTS if count == _NUMBERS else [])
    lines = [line.split("\t") for line in data("table.tsv").read_text().splitlines()]
    values = ([float(value) for value in line[:count]] + line[_NUMBERS:] for line in lines)
    return [dict(zip(names, row)) for row in values]


def tensors(task):
    """What makes the inputs of a request to a model of the Open Inference Protocol, by name."""
    if task.kind == "tensor-array":
        whole = {"array": arrays()}
    elif task.kind == "tensor-columns":
        whole = tensor_columns(table("table"))
    else:
        rows = table("table")
        names = [f"number {number}" for number in range(1, _NUMBERS + 1)]
        whole = {"features": np.array([[row[name] for name in names] for row in rows], np.float32)}
    count = len(next(iter(whole.values())))

    def inputs(index):
        first = index * task.rows % count
        return {name: values[first : first + task.rows] for name, values in whole.items()}

    return inputs


def tensor_columns(rows):
    """The table with each column in the type of its tensor; categories are their places among the labels."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for index in range(1, _NUMBERS + 1):
        kind, name = np.float64 if index <= 3 else np.float32, f"number {index}"
        columns[name] = np.array(columns[name], kind)
    for name in ("category 1", "category 2"):
        columns[name] = np.array([ord(label[-1]) - ord("a") for label in columns[name]])
    return columns


def arrays():
    """The arrays, as one."""
    return np.fromfile(data("arrays.f32"), np.float32).reshape(-1, *SHAPE)


def pixels():
    """The image that is sent as PNG or JPEG."""
    return np.fromfile(data("pixels.rgb"), np.uint8).reshape(_HEIGHT, _WIDTH, 3)


def examples(kind):
    """The rows, which are sent over and over."""
    if kind in ("table", "table-values", "numbers"):
        return table(kind)
    if kind == "array":
        return [{"array": array} for array in arrays()]
    if kind == "jpeg":
        return [{"image": data("picture.jpg").read_bytes()}]
    picture = Image.fromarray(pixels())
    picture.format = "PNG" if kind == "pixels-png" else "JPEG"
    return [{"image": picture}]


def checksum(results):
    """What a request's results add to the checksum: for each row its number, its classes and its array, or None."""
    scalars, total = [], 0
    for number, classes, elements in results:
        scalars.append(number)
        if classes:
            probabilities = [*classes.values()]
            scalars += probabilities
            total += label_sum([*classes][probabilities.index(max(probabilities))])
        if elements is not None:
            total += bits_sum(elements.ravel())
    pack, unpack = bits_of(len(scalars))
    return total + sum(unpack(pack(*scalars)))


@cache
def bits_of(count):
    """What makes so many numbers 32-bit floats, and what takes their bits."""
    return Struct(f"{count}f").pack, Struct(f"{count}I").unpack


@cache
def label_sum(label):
    return 1000 * sum(label.encode())


def columns_checksum(columns):
    """What the same results add to the checksum when they are columns; those that a deployment does not give
    are None.
    """
    number, classes, elements = columns
    total = 0
    if number is not None:
        total += bits_sum(number)
    if classes is not None:
        counts = np.bincount(classes.matrix.argmax(axis=1))
        best = np.flatnonzero(counts)
        total += sum(label_sum(classes.labels[place]) * int(counts[place]) for place in best)
        total += bits_sum(classes.matrix.ravel())
    return total if elements is None else total + bits_sum(elements.ravel())


def stride(task):
    """Of how many elements of an array one is added to the checksum, as in `bench.h`."""
    return 16 if task.rows > 1 and task.kind == "tensor-features" else 1


def bits_sum(numbers, at_once=1 << 14):
    """The bits of numbers as 32-bit floats, modulo 2^32, as checksums are compared: NumPy would first copy what it
    adds in 64 bits. Others are converted in pieces that stay near the processor.
    """
    if numbers.dtype == np.float32:
        return int(numbers.view(np.uint32).sum(dtype=np.uint32))
    pieces = (numbers[start : start + at_once] for start in range(0, len(numbers), at_once))
    return sum(bits_sum(piece.astype(np.float32)) for piece in pieces)


def measure(count, request):
    """Makes requests, of which the caller made one before to warm up, and prints what they took.

    A request's result is its share of the checksum.
    """
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
