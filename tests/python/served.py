"""What the tests ask: the real server, and a small one that answers as a test tells it to."""

import gzip
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import sidekick

ROOT = Path(__file__).resolve().parents[2]
# What the tests of all languages share.
sys.path.append(str(ROOT / "tests"))

from misbehaving import Server  # noqa: E402

DATA = ROOT / "examples" / "data"
SERVER_URL = os.environ["SIDEKICK_SERVER_URL"]


def url_of(name):
    return f"{SERVER_URL}/deployment/{name}/forward"


def deployment(name, **options):
    """A deployment of the real server, which logs."""
    return sidekick.Deployment(url_of(name), f"{name}-token", **{"log": True, **options})


def feature(dtype, *shape, categories=()):
    described = {"x-peltarion": {"type": dtype, "shape": list(shape or (1,))}}
    return {**described, "enum": list(categories)} if categories else described


def describe(inputs, outputs):
    return {
        "paths": {"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": True}},
        "components": {
            "schemas": {
                "input-row": {"properties": inputs},
                "output-row-batch": {"properties": {"rows": {"properties": outputs}}},
            }
        },
    }


class Answering:
    """A running server: where it is, what it was sent, and what it answers."""

    def __init__(self, inputs, outputs, answer, tls):
        self.description = json.dumps(describe(inputs, outputs))
        self.answer = answer
        self.requests = []
        self.paths = []
        self.server = Server(self.respond, tls)
        self.url = f"{self.server.url}/deployment/made/forward"

    @property
    def connections(self):
        return self.server.connections

    def open(self, token="secret-token", url=None, **options):
        return sidekick.Deployment(url or self.url, token, **options)

    def respond(self, request):
        self.paths.append(request.path)
        if request.method == "GET":
            return self.description
        compressed = request.headers["Content-Encoding"] == "gzip"
        rows = json.loads(gzip.decompress(request.body) if compressed else request.body)["rows"]
        self.requests.append((request.headers, rows))
        answered = self.answer(rows)
        return answered if isinstance(answered, (tuple, dict)) else json.dumps({"rows": answered})


@contextmanager
def answering(inputs, outputs, answer, tls=None):
    """A server that describes these features; `answer(rows)` gives the response's rows, or (status, body, headers...),
    or a script of tests/misbehaving.py.

    With the context `tls`, it speaks TLS.
    """
    answering = Answering(inputs, outputs, answer, tls)
    with answering.server.running():
        yield answering
