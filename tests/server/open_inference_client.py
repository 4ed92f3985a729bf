"""A client of the Open Inference Protocol made of a socket alone, and the requests the tests send with it."""

import json
import socket

import numpy

LENGTH = "Inference-Header-Content-Length"


class Response:
    """A response as it came, with its headers by lower-case name."""

    def __init__(self, received):
        head, self.body = received.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}

    def json(self):
        length = int(self.headers.get(LENGTH.lower(), len(self.body)))
        return json.loads(self.body[:length])

    def binary(self):
        return self.body[int(self.headers[LENGTH.lower()]) :]

    def outputs(self):
        assert self.status == 200, self.body
        return {output["name"]: output for output in self.json()["outputs"]}


def ask(server, method, path, body=b"", token=None, **headers):
    """Sends a request over a socket of its own. Headers are keywords, _ for -; a list is several headers."""
    token = {"Authorization": f"Bearer {token}"} if token else {}
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close"]
    for name, values in {**token, "Content-Length": len(body), **headers}.items():
        for value in values if isinstance(values, list) else [values]:
            lines.append(f"{name.replace('_', '-')}: {value}")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return Response(b"".join(iter(lambda: connection.recv(65536), b"")))


def infer(server, model, body, binary=None, **headers):
    """Posts a request: an object or bytes, and what follows the JSON."""
    head = body if isinstance(body, bytes) else json.dumps(body).encode()
    if binary is not None:
        headers = {LENGTH: len(head), **headers}
    return ask(
        server, "POST", f"/v2/models/{model}/infer", head + (binary or b""), f"{model}-token", **headers
    )


def assert_error(response, status, *words):
    assert response.status == status, response.body
    assert response.headers["content-type"] == "application/json"
    error = json.loads(response.body)
    assert list(error) == ["error"]
    for word in words:
        assert word in error["error"], error
    assert len(error["error"]) < 2000


def matrix(**change):
    """The input of the model `fixed`; a change to None takes the key away."""
    made = {"name": "matrix", "shape": [2, 3], "datatype": "FP32", "data": [1, 2, 4, 5, 8, 10], **change}
    return {key: value for key, value in made.items() if value is not None}


def pair(rows=1, **change):
    """The inputs of the model `simple`, all ones."""
    made = {"shape": [rows, 16], "datatype": "INT32", "data": [1] * 16 * rows}
    return [{"name": "INPUT0", **made, **change}, {"name": "INPUT1", **made}]


ROW = {
    "bool": [[False, False]],
    "int8": [0],
    "uint8": [[[0, 0], [0, 0]]],
    "int32": [[0, 0, 0]],
    "int64": [[0, 0]],
    "fp32": [[0, 0, 0]],
    "fp64": [0],
}


def types(**values):
    """A request for the model `tensors` of one row: ROW, but for these values."""
    request = {"inputs": []}
    for name, zeros in ROW.items():
        shape = list(numpy.shape(zeros))
        given = {"name": name, "datatype": name.upper(), "shape": shape, "data": values.get(name, zeros)}
        request["inputs"].append(given)
    return request


def in_binary(request, name, size):
    """The same request, with the input of this name in so many bytes after the JSON."""
    for given in request["inputs"]:
        if given["name"] == name:
            del given["data"]
            given["parameters"] = {"binary_data_size": size}
    return request


# 1 / 5 and 1 / 10 have the digits of the double that equals the FP32.
RATIOS = [1.0, 0.5, 0.25, 0.20000000298023224, 0.125, 0.10000000149011612]
