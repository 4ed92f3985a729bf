"""What the tests ask: the real server, and a small one that answers as a test tells it to."""

import gzip
import json
import os
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import sidekick

ROOT = Path(__file__).resolve().parents[2]
# What the tests of all languages share.
sys.path.append(str(ROOT / "tests"))
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

    def __init__(self, url, answer):
        self.url = url
        self.answer = answer
        self.requests = []
        self.paths = []
        self.connections = 0

    def open(self, token="secret-token", url=None, **options):
        return sidekick.Deployment(url or self.url, token, **options)


@contextmanager
def answering(inputs, outputs, answer, tls=None):
    """A server that describes these features; `answer(rows)` gives the reply rows, or (status, body text, headers...).

    With the context `tls`, it speaks TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else the body waits for the headers to be acknowledged, which takes the client 40 ms.
        disable_nagle_algorithm = True

        def setup(self):
            server.connections += 1
            super().setup()

        def do_GET(self):
            server.paths.append(self.path)
            self.send(200, json.dumps(describe(inputs, outputs)))

        def do_POST(self):
            server.paths.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.loads(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            server.requests.append((self.headers, body["rows"]))
            answered = server.answer(body["rows"])
            self.send(*(answered if isinstance(answered, tuple) else (200, json.dumps({"rows": answered}))))

        def send(self, status, text, *headers):
            body = text.encode()
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        # So that closing waits for no connection that a deployment keeps open.
        block_on_close = False
        daemon_threads = True

    http = Server(("127.0.0.1", 0), Handler)
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    server = Answering(f"{'https' if tls else 'http'}://127.0.0.1:{http.server_port}/deployment/made/forward", answer)
    thread = Thread(target=http.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
