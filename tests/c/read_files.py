#!/usr/bin/env python3
"""Reads with NumPy and Pillow what the C tests saved: read_files.py FOLDER"""

import sys
from pathlib import Path

import numpy
from PIL import Image

from make_files import GREY, RGB

VALUES = numpy.array([[-1.75, 0.5, 300.9], [-70000, 1e10, -3e38]], dtype="float32")


def check_array(path):
    array = numpy.load(path)
    assert array.dtype == numpy.dtype("<f4") and array.flags.c_contiguous, f"{path.name}: {array.dtype}"
    assert numpy.array_equal(array, VALUES), f"{path.name}: {array}"


def check_picture(path, mode, samples):
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", mode), f"{path.name}: {picture.format}, {picture.mode}"
        assert numpy.array_equal(numpy.asarray(picture), samples), f"{path.name}: other samples"


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: read_files.py FOLDER")
    folder = Path(arguments[0])
    for name in ("saved.npy", "saved again.npy", "saved 雪.npy"):
        check_array(folder / name)
    check_picture(folder / "saved.png", "RGB", RGB)
    check_picture(folder / "saved grey.png", "L", GREY)


if __name__ == "__main__":
    main(sys.argv[1:])
