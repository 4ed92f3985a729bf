"""Fixtures of all tests."""

import logging
import signal

import numpy
import pytest
from PIL import Image

from served import deployment
from sidekick import _library


@pytest.fixture(autouse=True)
def no_token_is_shown(caplog, monkeypatch):
    """Searches every error that a call makes, and every line of the log."""
    errors = []
    make = _library._exception

    def noted(*arguments):
        error = make(*arguments)
        errors.append(f"{error!r} {vars(error)}")
        return error

    monkeypatch.setattr(_library, "_exception", noted)
    caplog.set_level(logging.DEBUG, "sidekick")
    yield
    assert "-token" not in " ".join(errors) + caplog.text


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard():
    """Shells start what runs in the background deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
