#!/usr/bin/env python3
"""Runs a program beside a server that records what it is sent: server.py RECORD COMMAND...

RECORD gets every request in order: method, path, headers but Host, body. COMMAND finds the server's address
in SIDEKICK_CONFORMANCE_URL. The responses depend on nothing but the requests and on the seed below.

| path | what is there |
|---|---|
| /deployment/typed/forward | a deployment with an input and an output of every type; arrays are JSON |
| /deployment/typed-npy/forward | the same, arrays are .npy files |
| /v2/models/datatypes | an input of each datatype, each returned as an output of its name with `_out` |
| /v2/models/pixels | FP32 image [n, 3, 19, 21], returned; BYTES file [n], returned |
"""

import json
import os
import random
import struct
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import invalid_responses as responses  # noqa: E402
import misbehaving  # noqa: E402
import passing_models  # noqa: E402

LABELS = ["a", "b", "räka"]
IMAGES = ["progressive.jpg", "interleaved.jpg", "restarts.jpg", "standard-tables.jpg"]
DATATYPES = "FP32 FP64 INT8 INT16 INT32 INT64 UINT8 UINT16 UINT32 UINT64 FP16 BF16 BOOL".split()
MODELS = {
    "datatypes": [
        *((datatype.lower(), datatype, [-1, 2, 3]) for datatype in DATATYPES),
        ("bytes", "BYTES", [-1, 1]),
    ],
    "pixels": [("image", "FP32", [-1, 3, 19, 21]), ("file", "BYTES", [-1])],
}
NUMBERS = ["0.1", "-0.0", "5e-324", "1.7976931348623157e308", "2.2250738585072014e-308", "9007199254740993",
           "0.30000000000000004", "123456789.0123456789", "1e22", "1E23", "-8388607.5", "4.35", "1e-7",
           "1.00000017881393432617187499", "3.4028234663852886e38", "0.000016", "18446744073709551615"]


def describe(tensorjson):
    inputs = {
        "number": responses.feature("numeric"),
        "flag": responses.feature("binary"),
        "category": responses.feature("categorical", [3], LABELS),
        "text": responses.feature("text"),
        "picture": responses.feature("image", [16, 16, 3]),
        "grey": responses.feature("image", [8, 8, 1]),
        "array": responses.feature("numeric", [2, 3]),
    }
    outputs = {**inputs, "array": responses.feature("numeric", [4, 16])}
    return responses.description(inputs, outputs, tensorjson)


def decimal(seed):
    """The text of a float of any size, in some spelling."""
    bits = seed.getrandbits(1) << 31 | seed.randrange(254) << 23 | seed.getrandbits(23)
    (value,) = struct.unpack("<f", struct.pack("<I", bits))
    return seed.choice([repr(value), f"{value:.7g}", f"{value:.25e}", f"{value:.3f}"])


def array(seed, tensorjson):
    texts = [decimal(seed) for _ in range(64)]
    if tensorjson:
        return '{"shape":[4,16],"data":[%s]}' % ",".join(texts)
    descr, order = seed.choice([("<f4", "<"), (">f4", ">")])
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (4, 16), }}\n".encode()
    data = struct.pack(f"{order}64f", *map(float, texts))
    return responses.quoted(
        "application/x.peltarion.npy", b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + data)


def image(media_type, name):
    return responses.quoted(media_type, (TESTS / "images" / name).read_bytes())


def row(seed, place, tensorjson):
    first, second, third = (f"{seed.random():.17g}" for _ in range(3))
    color = place % 2 == 1
    pixel = bytes([place, 128, 255] if color else [place])
    values = {
        "number": NUMBERS[place % len(NUMBERS)],
        "flag": f"{seed.random():.6f}",
        "category": f'{{"a":{first},"b":{second},"räka":{third}}}',
        "text": json.dumps(seed.choice(["plain", "l\u00e4ngd \U0001f98a", 'quoted "\\" \n', ""])),
        "picture": image("image/jpeg", IMAGES[place % len(IMAGES)]),
        "grey": responses.quoted("image/png", responses.png(2 if color else 0, pixel)),
        "array": array(seed, tensorjson),
    }
    return "{" + ",".join(f'"{name}":{value}' for name, value in values.items()) + "}"


def respond_to_deployment(request):
    tensorjson = request.path.split("/")[2] == "typed"
    if request.method == "GET":
        return describe(tensorjson)
    seed = random.Random(1)
    count = len(json.loads(request.body)["rows"])
    return '{"rows":[' + ",".join(row(seed, place, tensorjson) for place in range(count)) + "]}"


def respond_to_model(request):
    path = request.path.split("/")
    if path[2:] == []:
        return json.dumps({"name": "conformance", "extensions": ["binary_tensor_data"]})
    tensors = MODELS.get(path[3])
    if tensors is None or path[4:] not in ([], ["infer"]):
        return (404, "{}")
    if path[4:] == []:
        return json.dumps(passing_models.metadata(tensors))
    if passing_models.LENGTH in request.headers:
        return passing_models.passed_on(request)
    sent = json.loads(request.body)
    outputs = [tensor | {"name": tensor["name"] + "_out"} for tensor in sent["inputs"]]
    return json.dumps({"id": sent["id"], "outputs": outputs})


def recorded(request):
    """A request as bytes: everything but the port of the server."""
    headers = [f"{name}: {value}" for name, value in request.headers.items() if name.lower() != "host"]
    head = "\n".join([f"{request.method} {request.path}", *headers, "", ""])
    return head.encode() + request.body + b"\n"


def main(record, command):
    requests = []

    def respond(request):
        requests.append(recorded(request))
        is_model = request.path.startswith("/v2")
        return respond_to_model(request) if is_model else respond_to_deployment(request)

    with misbehaving.Server(respond).running() as server:
        environment = {**os.environ, "SIDEKICK_CONFORMANCE_URL": server.url}
        status = subprocess.run(command, env=environment).returncode
    Path(record).write_bytes(b"".join(requests))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
