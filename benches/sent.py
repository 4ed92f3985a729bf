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
from workloads import OPEN_INFERENCE


def check_sent(workloads):
    """Ends the program if a client sends other rows than the floor does, whose requests were made beforehand."""
    with Recorder() as recorder:
        for workload in workloads:
            expected = meaning((DATA / f"{workload.deployment}.request").read_bytes(), workload)
            for client in CLIENTS:
                # If several requests are in flight at once, the last one may be any of them.
                if takes_part(workload, client) and not workload.in_flight:
                    run_client(recorder.url, workload, client, 1)
                    recorder.check_head(workload)
                    if meaning(recorder.body, workload) != expected:
                        sys.exit(f"{client.name} sends other rows than the others for {workload.name}")


class Recorder:
    """A server that answers as the canned-response server does, and keeps the last request, for as long as
    the block runs.
    """

    def __init__(self):
        self.replies = json.loads((DATA / "replies.json").read_text())
        self.body, self.headers = b"", {}

    def check_head(self, workload):
        """Ends the program if the last request misses what a server of its protocol needs."""
        if workload.protocol == OPEN_INFERENCE:
            length = self.headers.get("Inference-Header-Content-Length")
            if length != str(len(split(self.body)[0])):
                sys.exit(f"the JSON of a request for {workload.name} has not the length of its header, {length}")

    def __enter__(self):
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
            self.answer(f"GET {self.path}")

        def do_POST(self):
            recorder.body = self.rfile.read(int(self.headers["Content-Length"]))
            recorder.headers = self.headers
            self.answer(f"POST {self.path}")

        def answer(self, request):
            reply = recorder.replies.get(request)
            content = (DATA / reply["file"]).read_bytes() if reply else b""
            self.send_response(200 if reply else 404)
            if reply and reply["json_length"] is not None:
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Inference-Header-Content-Length", str(reply["json_length"]))
            else:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    return Handler


def meaning(body, workload):
    """What a request says: its rows, with arrays and images decoded, or its tensors."""
    if workload.protocol == OPEN_INFERENCE:
        return meaning_of_tensors(*split(body))
    rows = json.loads(body)["rows"]
    return [{name: value_of(value, workload.kind) for name, value in row.items()} for row in rows]


def split(body):
    """The JSON before the tensors, and their bytes."""
    _, length = json.JSONDecoder().raw_decode(body.decode("latin-1"))
    return body[:length], body[length:]


def meaning_of_tensors(head, content):
    """The inputs by name with their bytes, and which outputs are asked for, all of them as bytes."""
    document, inputs = json.loads(head), {}
    for tensor in document["inputs"]:
        size = tensor["parameters"]["binary_data_size"]
        inputs[tensor["name"]] = tensor["datatype"], tensor["shape"], content[:size]
        content = content[size:]
    outputs = {output["name"]: output["parameters"]["binary_data"] for output in document["outputs"]}
    return inputs, outputs, content


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
