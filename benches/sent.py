"""What the clients send: the same rows, whoever writes them."""

import base64
import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

from clients import CLIENTS, DATA, run_client, takes_part


def check_sent(workloads):
    """Ends the program where a client sends other rows than the floor does, whose requests were made beforehand."""
    with Recorder() as recorder:
        for workload in workloads:
            expected = meaning((DATA / f"{workload.deployment}.request").read_bytes(), workload.kind)
            for client in CLIENTS:
                # Where several requests are under way at once, the last one may be any of them.
                if takes_part(workload, client) and not workload.in_flight:
                    run_client(recorder.url, workload, client, 1)
                    if meaning(recorder.body, workload.kind) != expected:
                        sys.exit(f"{client.name} sends other rows than the others for {workload.name}")


class Recorder:
    """A server that answers as the canned-reply server does, and keeps the last request, for as long as the
    block runs.
    """

    def __enter__(self):
        self.body = b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def handler_of(recorder):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer("describe")

        def do_POST(self):
            recorder.body = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer("reply")

        def answer(self, kind):
            content = (DATA / f"{self.path.split('/')[2]}.{kind}").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    return Handler


def meaning(body, kind):
    """What a request says, however it is written: its rows, with arrays and images decoded."""
    return [{name: value_of(value, kind) for name, value in row.items()} for row in json.loads(body)["rows"]]


def value_of(value, kind):
    if isinstance(value, dict):
        return value["shape"], np.array(value["data"], np.float32).tobytes()
    if not isinstance(value, str) or not value.startswith("data:"):
        return value
    media_type, encoded = value.split(",", 1)
    file = base64.b64decode(encoded)
    if kind == "jpeg":
        return media_type, file
    picture = Image.open(io.BytesIO(file))
    content = kept(picture) if kind == "pixels-jpeg" else picture.tobytes()
    return media_type, picture.size, picture.mode, content


def kept(jpeg):
    """How much of an image a JPEG keeps, in which encoders agree: its sampling, and its quality."""
    return [component[1:] for component in jpeg.layer], jpeg.quantization
