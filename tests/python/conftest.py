"""Fixtures of all tests."""

import numpy
import pytest
from PIL import Image

from served import deployment


@pytest.fixture(scope="session")
def echo():
    return deployment("echo")


@pytest.fixture
def row():
    """A good row for the echo deployments."""
    picture = Image.new("RGB", (4, 4), (10, 20, 30))
    picture.format = "PNG"
    grey = Image.new("L", (4, 4), 99)
    grey.format = "PNG"
    array = numpy.arange(6, dtype="float32").reshape(2, 3)
    return {
        "number": 1.5,
        "category": "b",
        "flag": 1,
        "text": "hello ☀",
        "picture": picture,
        "grey": grey,
        "array": array,
    }
