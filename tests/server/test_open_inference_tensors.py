"""The Open Inference Protocol: tensors in JSON and in binary, responses, limits and the models themselves."""

import gzip
import json
import random
import struct
import subprocess
import sys
import zlib

import pytest
import requests
from conftest import ROOT, Server, find_binary
from open_inference_client import LENGTH, RATIOS, ask, assert_error, in_binary, infer, matrix, pair, types

sys.path.insert(0, str(ROOT / "tests" / "deployments"))
import make

# The types of a request


def test_integers_are_taken_to_their_limits(server):
    values = {
        "int8": [-128],
        "uint8": [0, 255, 1, 2],
        "int32": [-(2**31), 2**31 - 1, 0],
        "int64": [-(2**31), 2**31 - 1],
        "bool": [True, False],
    }
    outputs = infer(server, "tensors", types(**values)).outputs()
    for name, expected in values.items():
        assert outputs[f"{name}_out"]["data"] == expected
        assert [type(value) for value in outputs[f"{name}_out"]["data"]] == [
            type(value) for value in expected
        ]


@pytest.mark.parametrize(
    "name,data,words",
    [
        ("int8", [128], ["value 0", "128", "INT8"]),
        ("uint8", [0, 300, 0, 0], ["value 1", "300", "UINT8"]),
        ("uint8", [0, 0, -1, 0], ["value 2", "-1", "UINT8"]),
        ("int32", [2**31, 0, 0], ["value 0", "INT32"]),
        ("int64", [2**63, 0], ["value 0", "INT64"]),
        ("int64", [0, 2**31], ["value 1", "32 bits"]),
        ("int32", [1.0, 0, 0], ["value 0", "1.0", "integer"]),
        ("int32", [1.5, 0, 0], ["value 0", "1.5", "integer"]),
        ("int32", [True, 0, 0], ["value 0", "true", "integer"]),
        ("int32", [None, 0, 0], ["value 0", "null"]),
        ("bool", [1, 0], ["value 0", "true or false"]),
        ("bool", ["true", False], ["value 0", "true or false"]),
        ("bool", [True, None], ["value 1", "null"]),
        ("fp64", [1e39], ["value 0", "FP32"]),
    ],
)
def test_values_beyond_their_type(server, name, data, words):
    assert_error(infer(server, "tensors", types(**{name: data})), 400, f'"{name}"', *words)


@pytest.mark.parametrize("text", [b"1e999", b"-1e999", b"1e39"])
def test_floats_that_would_become_infinite(server, text):
    body = json.dumps({"inputs": [matrix()]}).encode().replace(b"[1, 2", b"[" + text + b", 2")
    assert_error(infer(server, "fixed", body), 400, '"matrix"', "value 0", text.decode(), "FP32")


def test_words_for_what_is_not_finite_go_both_ways(server):
    body = json.dumps(types(fp32=[float("nan"), float("inf"), -float("inf")])).encode()
    assert b"[NaN, Infinity, -Infinity]" in body
    response = infer(server, "tensors", body)
    assert b'"data":[NaN,Infinity,-Infinity]' in response.body
    found = response.outputs()["fp32_out"]["data"]
    assert str(found) == "[nan, inf, -inf]"


def test_fp16_is_binary_alone(server):
    halves = struct.pack("<4e", 1.5, -65504, 6e-8, float("inf"))
    x = {"name": "x", "datatype": "FP16", "shape": [2, 2]}
    binary = {**x, "parameters": {"binary_data_size": 8}}
    y = {"name": "y", "parameters": {"binary_data": True}}
    response = infer(server, "half", {"inputs": [binary], "outputs": [y]}, halves)
    assert response.outputs()["y"]["datatype"] == "FP16" and response.binary() == halves
    assert_error(infer(server, "half", {"inputs": [binary]}, halves), 400, '"y"', "FP16", "binary")
    request = {"inputs": [{**x, "data": [1] * 4}], "outputs": [y]}
    assert_error(infer(server, "half", request), 400, '"x"', "FP16", "binary")


def test_any_byte_but_zero_is_true(server):
    request = in_binary(types(), "bool", 2)
    assert infer(server, "tensors", request, b"\x07\x00").outputs()["bool_out"]["data"] == [True, False]


# The request: binary


def binary_matrix(size=24):
    return {"inputs": [matrix(data=None, parameters={"binary_data_size": size})]}


ONES = struct.pack("<6f", *[1] * 6)


def test_binary_tensors_follow_in_the_order_of_the_inputs(server):
    inputs = pair(1)[::-1]
    for given in inputs:
        del given["data"]
        given["parameters"] = {"binary_data_size": 64}
    fives, ones = struct.pack("<16i", *[5] * 16), struct.pack("<16i", *[1] * 16)
    outputs = infer(server, "simple", {"inputs": inputs}, fives + ones).outputs()
    assert outputs["OUTPUT1"]["data"] == [-4] * 16


def test_binary_and_json_inputs_mix(server):
    for place in (0, 1):
        inputs = pair(1)
        del inputs[place]["data"]
        inputs[place]["parameters"] = {"binary_data_size": 64}
        outputs = infer(server, "simple", {"inputs": inputs}, bytes(64)).outputs()
        assert outputs["OUTPUT0"]["data"] == [1] * 16


@pytest.mark.parametrize(
    "size,binary,words",
    [
        (24, ONES[:-1], ['"matrix"', "23 bytes are left"]),
        (24, b"", ['"matrix"', "0 bytes are left"]),
        (24, ONES + b"\0", ["1 bytes more"]),
        (23, ONES, ['"matrix"', "is 23", "needs 24"]),
        (28, ONES + bytes(4), ['"matrix"', "is 28", "needs 24"]),
        (0, b"", ['"matrix"', "is 0", "needs 24"]),
        (-24, ONES, ["whole numbers from 0", "-24"]),
        (24.0, ONES, ["whole numbers from 0", "24.0"]),
        ("24", ONES, ["whole numbers from 0", '"24"']),
        (2**64, ONES, ["whole numbers from 0"]),
        (True, ONES, ["whole numbers from 0", "true"]),
    ],
)
def test_sizes_that_do_not_add_up(server, size, binary, words):
    assert_error(infer(server, "fixed", binary_matrix(size), binary), 400, *words)


def test_binary_without_its_header(server):
    head = json.dumps(binary_matrix()).encode()
    assert_error(infer(server, "fixed", head), 400, "Inference-Header-Content-Length")
    assert_error(infer(server, "fixed", head + ONES), 400, "JSON")
    assert_error(infer(server, "fixed", head + b"\xff" * 24), 400, "Inference-Header-Content-Length")


def test_bytes_that_no_input_takes(server):
    assert_error(infer(server, "fixed", {"inputs": [matrix()]}, b"more"), 400, "4 bytes more")


@pytest.mark.parametrize(
    "length", ["-1", "+5", "x", "", "99999999999999999999999", "1.0", "0x10", ["120", "120"]]
)
def test_a_header_that_is_no_length(server, length):
    response = infer(server, "fixed", binary_matrix(), ONES, **{LENGTH: length})
    assert_error(response, 400, "Inference-Header-Content-Length")


@pytest.mark.parametrize("shift", [-1, 1, 24, 25, 10**9])
def test_a_header_of_another_length(server, shift):
    head = json.dumps(binary_matrix()).encode()
    assert_error(infer(server, "fixed", head, ONES, **{LENGTH: len(head) + shift}), 400, "JSON")


def test_a_json_request_may_have_the_header(server):
    assert infer(server, "fixed", {"inputs": [matrix()]}, b"").status == 200


def test_int64_beyond_32_bits_is_refused_in_binary_too(server):
    values = struct.pack("<2q", 0, -(2**31) - 1)
    response = infer(server, "tensors", in_binary(types(), "int64", 16), values)
    assert_error(response, 400, '"int64"', "value 1", "32 bits")


# Compressed bodies


@pytest.mark.parametrize(
    "coding,pack", [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
def test_the_header_counts_the_json_before_compression(server, coding, pack):
    head = json.dumps(binary_matrix()).encode()
    body = pack(head + ONES)
    headers = {LENGTH: len(head), "Content_Encoding": coding}
    response = ask(server, "POST", "/v2/models/fixed/infer", body, "fixed-token", **headers)
    assert response.outputs()["ratio"]["data"] == [1] * 6


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_body_that_cannot_be_unpacked(server, coding):
    for body in (b"no", gzip.compress(b"{}")[:-3], zlib.compress(b"{}")[:-3]):
        response = infer(server, "fixed", body, Content_Encoding=coding)
        assert_error(response, 400, coding)


@pytest.mark.parametrize("coding", ["br", "zstd", "nonsense", ["gzip", "gzip"]])
def test_an_unknown_coding(server, coding):
    assert_error(infer(server, "fixed", b"{}", Content_Encoding=coding), 415, "Content-Encoding", "deflate")


def test_a_compressed_response(server):
    asked = {"outputs": [{"name": "ratio", "parameters": {"binary_data": True}}, {"name": "count"}]}
    response = infer(server, "fixed", {"inputs": [matrix(data=[1] * 6)], **asked}, Accept_Encoding="gzip")
    assert (
        response.headers["content-encoding"] == "gzip" and response.headers["transfer-encoding"] == "chunked"
    )
    reply = requests.post(
        f"{server.base}/v2/models/fixed/infer",
        json={"inputs": [matrix(data=[1] * 6)], **asked},
        headers={"Authorization": "Bearer fixed-token", "Accept-Encoding": "gzip"},
    )
    assert reply.headers["Content-Encoding"] == "gzip"
    length = int(reply.headers[LENGTH])
    assert json.loads(reply.content[:length])["outputs"][0]["parameters"] == {"binary_data_size": 24}
    assert reply.content[length:] == ONES


# The response


def test_a_listed_output_comes_as_json_unless_it_asks_for_binary(server):
    """As with Triton, the list beats `binary_data_output`."""
    asked = [{"name": "count", "parameters": {"binary_data": True}}, {"name": "ratio"}]
    request = {"inputs": [matrix()], "outputs": asked, "parameters": {"binary_data_output": True}}
    response = infer(server, "fixed", request)
    outputs = response.outputs()
    assert list(outputs) == ["count", "ratio"]
    assert outputs["count"]["parameters"] == {"binary_data_size": 8} and "data" not in outputs["count"]
    assert outputs["ratio"]["data"] == RATIOS and "parameters" not in outputs["ratio"]
    assert response.binary() == struct.pack("<q", 6)


@pytest.mark.parametrize("outputs", [None, []])
def test_binary_data_output_is_for_all(server, outputs):
    request = {"inputs": [matrix()], "outputs": outputs, "parameters": {"binary_data_output": True}}
    response = infer(server, "fixed", request)
    assert response.headers["content-type"] == "application/octet-stream"
    assert [output["parameters"]["binary_data_size"] for output in response.outputs().values()] == [8, 24]
    assert response.binary() == struct.pack("<q6f", 6, 1, 0.5, 0.25, 0.2, 0.125, 0.1)


def test_binary_carries_every_bit(server):
    values = b"\x01\x00\x80\x7f" + b"\x00\x00\x80\xff" + b"\x00\x00\x00\x80"
    request = in_binary(types(), "fp32", 12)
    request["outputs"] = [{"name": "fp32_out", "parameters": {"binary_data": True}}]
    assert infer(server, "tensors", request, values).binary() == values


def test_without_bytes_to_follow_there_is_no_header(server):
    response = infer(server, "fixed", {"inputs": [matrix()]})
    assert response.headers["content-type"] == "application/json" and LENGTH.lower() not in response.headers
    assert int(response.headers["content-length"]) == len(response.body)


def test_zero_rows(server):
    request = {"inputs": pair(0), "parameters": {"binary_data_output": True}}
    response = infer(server, "simple", request)
    assert response.headers["content-type"] == "application/json" and LENGTH.lower() not in response.headers
    for output in response.outputs().values():
        assert output["shape"] == [0, 16] and output["parameters"] == {"binary_data_size": 0}
    assert infer(server, "simple", {"inputs": pair(0)}).outputs()["OUTPUT0"]["data"] == []


def test_what_is_not_finite_is_no_error(server):
    outputs = infer(server, "reciprocal", {"inputs": [{**RECIPROCAL, "data": [0, 4]}]}).outputs()
    assert str(outputs["reciprocal"]["data"]) == "[inf, 0.25]"


RECIPROCAL = {"name": "number", "shape": [2, 1], "datatype": "FP32"}


@pytest.mark.parametrize(
    "outputs,words",
    [
        ([{"name": "other"}], ['no output "other"', '"count"', '"ratio"']),
        ([{"name": "count"}, {"name": "count"}], ['output "count" is listed twice']),
        ([{}], ["outputs[0]", 'no "name"']),
        ([1], ["outputs[0]", "an object"]),
        ({"name": "count"}, ["a list"]),
        ([{"name": "count", "parameters": {"binary_data": 1}}], ["outputs[0]", "true or false"]),
        ([{"name": "count", "parameters": {"classification": 3}}], ['"count"', "classification"]),
        ([{"name": "count", "parameters": {"shared_memory_region": "x"}}], ['"count"', "shared memory"]),
    ],
)
def test_wrong_outputs(server, outputs, words):
    assert_error(infer(server, "fixed", {"inputs": [matrix()], "outputs": outputs}), 400, *words)


def test_an_error_ends_no_connection(server):
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer fixed-token"
        for _ in range(3):
            assert session.post(f"{server.base}/v2/models/fixed/infer", data=b"{").status_code == 400
            reply = session.post(f"{server.base}/v2/models/fixed/infer", json={"inputs": [matrix()]})
            assert reply.status_code == 200


def test_mutated_requests_never_fail_inside(server):
    """Every request made of a good one by a small change is answered, and never with a 500."""
    changes = random.Random(7)
    outputs = [{"name": "fp32_out", "parameters": {"binary_data": True}}, {"name": "bool_out"}]
    request = {"id": "7", "outputs": outputs, **in_binary(types(), "fp32", 12)}
    good = json.dumps(request).encode()
    for _ in range(500):
        head = bytearray(good)
        for _ in range(changes.randint(1, 4)):
            place = changes.randrange(len(head))
            head[place : place + changes.choice([0, 1, 1, 5])] = changes.choice(
                [b"", bytes([changes.randrange(256)]), b'"', b"{", b"]", b"9" * 30, b"\\u", b"NaN"]
            )
        length = len(head) + changes.choice([0, 0, 0, -1, 1, 50])
        response = infer(server, "tensors", bytes(head), bytes(12), **{LENGTH: length})
        assert response.status in (200, 400), response.body


# Limits


def test_a_reply_too_large_is_refused_before_it_is_computed(server):
    """Small tensors that would become large ones."""
    number = {"name": "number", "shape": [1000, 1], "datatype": "FP32", "data": [1] * 1000}
    assert_error(infer(server, "big-array", {"inputs": [number]}), 400, "at most 134")


def test_limits_are_those_of_the_server(folders):
    with Server([folders / "fixed"], "--max-body", "1000", "--max-memory", "600") as server:
        request = {"inputs": [matrix()]}
        assert infer(server, "fixed", request).status == 200
        assert_error(infer(server, "fixed", json.dumps(request).encode() + b" " * 1000), 413, "1000 bytes")
        packed = gzip.compress(json.dumps(request).encode() + b" " * 1000)
        assert_error(infer(server, "fixed", packed, Content_Encoding="gzip"), 413, "1000 bytes")
        assert_error(infer(server, "fixed", {**request, "id": "x" * 700}), 413, "600 bytes")


# Models


def served(tmp_path, name, made, **more):
    make.write(tmp_path / name, made, **more)
    return tmp_path / name


def test_a_model_that_fails_is_an_internal_error(tmp_path):
    x, y = (make.tensor(name, make.TensorProto.FLOAT, size) for name, size in [("x", "n"), ("y", "m")])
    node = make.helper.make_node("Reshape", ["x", "six"], ["y"])
    folder = served(tmp_path, "fails", make.model([node], [x], [y], [make.constant("six", [6], "int64")]))
    with Server([folder], errors=subprocess.PIPE) as server:
        x = {"name": "x", "shape": [6], "datatype": "FP32", "data": [1] * 6}
        assert infer(server, "fails", {"inputs": [x]}).outputs()["y"]["shape"] == [6]
        x = {**x, "shape": [5], "data": [1] * 5}
        assert_error(infer(server, "fails", {"inputs": [x]}), 500)
        server.process.kill()
        assert "deployment fails: " in server.process.stderr.read()
        server.process.stderr.close()


def test_a_type_that_the_engine_does_not_have(tmp_path):
    """Without features the model is refused at start; with features the Deployment API still serves it."""
    nodes = [make.helper.make_node("Identity", ["number"], [output]) for output in ("same", "words")]
    number, same = (make.tensor(name, make.TensorProto.FLOAT, "n", 1) for name in ("number", "same"))
    made = make.model(nodes, [number], [same, make.tensor("words", make.TensorProto.UINT16, "n", 1)])
    folder, words = served(tmp_path, "words", made), ['"words"', "UINT16"]
    command = [find_binary(), "--listen", "127.0.0.1:0", folder]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 1 and all(word in shown.stderr for word in words), shown.stderr
    inputs, outputs = [make.numeric("number", "number")], [make.numeric("same", "same")]
    served(tmp_path, "words", made, inputs=inputs, outputs=outputs)
    with Server([folder]) as server:
        assert server.deployment("words").predict({"number": 5}) == [{"same": 5.0}]
        for method, path in [("GET", ""), ("GET", "/ready"), ("POST", "/infer")]:
            assert_error(ask(server, method, f"/v2/models/words{path}", b"{}", "words-token"), 501, *words)
