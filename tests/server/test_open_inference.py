"""The Open Inference Protocol: its addresses, and the JSON of a request."""

import html
import json
import re
import shlex

import pytest
import requests
from open_inference_client import RATIOS, ask, assert_error, infer, matrix, pair


# Addresses


@pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready"])
def test_health_needs_no_token_and_has_no_body(server, path):
    response = ask(server, "GET", path)
    assert (response.status, response.body) == (200, b"")


def test_server_metadata_needs_no_token(server):
    response = ask(server, "GET", "/v2")
    assert response.headers["content-type"] == "application/json"
    assert list(response.json()) == ["name", "version", "extensions"]
    assert response.json()["extensions"] == ["binary_tensor_data"]


@pytest.mark.parametrize("version", ["", "/versions/1"])
@pytest.mark.parametrize("query", ["", "?a=b"])
def test_every_address_with_and_without_version(server, version, query):
    base = f"/v2/models/fixed{version}"
    assert ask(server, "GET", base + query, token="fixed-token").json() == {
        "name": "fixed",
        "versions": ["1"],
        "platform": "rten_onnx",
        "inputs": [{"name": "matrix", "datatype": "FP32", "shape": [2, 3]}],
        "outputs": [
            {"name": "count", "datatype": "INT64", "shape": []},
            {"name": "ratio", "datatype": "FP32", "shape": [2, 3]},
        ],
    }
    ready = ask(server, "GET", f"{base}/ready{query}", token="fixed-token")
    assert (ready.status, ready.body) == (200, b"")
    body = json.dumps({"inputs": [matrix()]}).encode()
    response = ask(server, "POST", f"{base}/infer{query}", body, "fixed-token")
    assert response.json() == {
        "model_name": "fixed",
        "model_version": "1",
        "outputs": [
            {"name": "count", "datatype": "INT64", "shape": [], "data": [6]},
            {"name": "ratio", "datatype": "FP32", "shape": [2, 3], "data": RATIOS},
        ],
    }


def test_metadata_has_every_type_and_its_free_sizes(server):
    metadata = ask(server, "GET", "/v2/models/tensors", token="tensors-token").json()
    assert {spec["name"]: (spec["datatype"], spec["shape"]) for spec in metadata["inputs"]} == {
        "bool": ("BOOL", [-1, 2]),
        "int8": ("INT8", [-1]),
        "uint8": ("UINT8", [-1, 2, 2]),
        "int32": ("INT32", [-1, -1]),
        "int64": ("INT64", [-1, 2]),
        "fp32": ("FP32", [-1, 3]),
        "fp64": ("FP64", [-1]),
    }
    names = [spec["name"] for spec in metadata["inputs"]]
    assert [spec["name"] for spec in metadata["outputs"]] == [f"{name}_out" for name in names]


def test_deployments_with_features_have_the_tensors_of_their_model(server):
    metadata = ask(server, "GET", "/v2/models/echo", token="echo-token").json()
    assert {"name": "picture", "datatype": "FP32", "shape": [-1, 4, 4, 3]} in metadata["inputs"]
    assert {"name": "text_out", "datatype": "FP32", "shape": [-1, 3]} in metadata["outputs"]


ADDRESSES = [
    ("GET", "/v2/models/echo"),
    ("GET", "/v2/models/echo/versions/1"),
    ("GET", "/v2/models/echo/ready"),
    ("POST", "/v2/models/echo/infer"),
    ("POST", "/v2/models/echo/versions/1/infer"),
]


@pytest.mark.parametrize("method,path", ADDRESSES)
def test_the_token_is_that_of_the_deployment(server, method, path):
    for token in [None, "wrong", "echo-toke", "names-token"]:
        response = ask(server, method, path, b"{}", token)
        assert_error(response, 401, "token")
        assert response.headers["www-authenticate"].startswith("Bearer")
    assert_error(ask(server, method, path, b"{}", "limited-token"), 403, "scope")
    assert_error(
        ask(server, method, path.replace("echo", "disabled"), b"{}", "disabled-token"), 403, "not enabled"
    )
    # Basic, with the token as user name.
    assert ask(server, method, path, b"{}", Authorization="Basic ZWNoby10b2tlbjo=").status in (200, 400)


@pytest.mark.parametrize(
    "path,words",
    [
        ("/v2/models/nowhere", ['"nowhere"', "echo"]),
        ("/v2/models/simple/versions/2", ['no version "2"', "is 1"]),
        ("/v2/models/simple/versions/one/ready", ['no version "one"']),
        ("/v2/models/simple/versions/01", ['no version "01"']),
        ("/v2/", ["leave out the slash"]),
        ("/v2/models/simple/", ["leave out the slash"]),
        ("/v2/models/simple/ready/", ["leave out the slash"]),
        ("/v2/models/simple/config", ["nothing at GET /v2/models/simple/config"]),
        ("/v2/models", ["nothing at"]),
        ("/v2//models/simple", ["nothing at"]),
        ("/v2/Models/simple", ["nothing at"]),
        ("/v2/models/" + "x" * 5000, ["there is no model"]),
    ],
)
def test_an_unknown_address_is_told_what_there_is(server, path, words):
    response = ask(server, "GET", path, token="simple-token")
    assert_error(response, 404, *words, f"POST {server.base}/v2/models/NAME/infer")


def test_an_unknown_model_for_infer(server):
    assert_error(ask(server, "POST", "/v2/models/nowhere/infer", b"{}"), 404, '"nowhere"')
    assert_error(
        ask(server, "POST", "/v2/models/simple/versions/2/infer", b"{}", "simple-token"), 404, "version"
    )


@pytest.mark.parametrize("method,path", ADDRESSES + [("GET", "/v2"), ("GET", "/v2/health/live")])
def test_a_wrong_method(server, method, path):
    response = ask(server, "PUT", path, b"{}")
    assert_error(response, 405, "PUT")
    assert method in response.headers["allow"]


def test_a_deployment_without_features_has_no_deployment_api(server):
    for method, path in [("GET", "/deployment/simple/openapi.json"), ("POST", "/deployment/simple/forward")]:
        response = ask(server, method, path, b"{}", "simple-token", Content_Type="application/json")
        assert response.status == 404
        assert f"{server.base}/v2/models/simple" in response.json()["errorMessage"]
    page = requests.get(f"{server.base}/deployment/simple").text
    assert (
        "INPUT0" in page
        and "INT32" in page
        and "any × 16" in page
        and f"{server.base}/v2/models/simple" in page
    )


def test_the_page_s_curl_call_works_as_pasted(server):
    for model in ("simple", "tensors", "fixed"):
        page = requests.get(f"{server.base}/deployment/{model}").text
        call = re.search(r'id="call-curl"[^>]*><code>(.*?)</code>', page, re.DOTALL).group(1)
        call = html.unescape(re.sub(r"<[^>]*>", "", call))
        words = shlex.split(call.replace("\\\n", " "))
        [body] = [word for flag, word in zip(words, words[1:]) if flag == "--data"]
        assert words[1] == f"{server.base}/v2/models/{model}/infer"
        assert infer(server, model, body.encode()).status == 200


def test_an_error_of_the_server_itself_has_the_protocol_s_form(server):
    response = ask(server, "GET", "/v2", Host=["x", "y"])
    assert_error(response, 400, "Host")


# The request: its JSON


@pytest.mark.parametrize("id", ["7", "", 'å"\\ \u2603', "x" * 1000])
def test_the_id_comes_back(server, id):
    assert infer(server, "fixed", {"id": id, "inputs": [matrix()]}).json()["id"] == id


@pytest.mark.parametrize("more", [{}, {"id": None}])
def test_no_id_is_fine(server, more):
    assert "id" not in infer(server, "fixed", {**more, "inputs": [matrix()]}).json()


@pytest.mark.parametrize("id", [7, 7.5, True, [], {}])
def test_an_id_is_text(server, id):
    assert_error(infer(server, "fixed", {"id": id, "inputs": [matrix()]}), 400, '"id" is a string')


@pytest.mark.parametrize(
    "given", [{"binary_data_output": False}, {"a": "b", "c": 1.5, "d": True, "priority": 2}, {}, None]
)
def test_parameters_that_change_nothing(server, given):
    response = infer(server, "fixed", {"parameters": given, "inputs": [matrix()]})
    assert "data" in response.outputs()["count"]


@pytest.mark.parametrize(
    "given,words",
    [
        ({"a": None}, ['"a"', "null"]),
        ({"a": []}, ['"a"', "a list"]),
        ({"a": {}}, ['"a"', "an object"]),
        ({"triton_enable_empty_final_response": True}, ["triton_", "reserved"]),
        ({"binary_data_output": 1}, ['"binary_data_output" is true or false']),
        ([], ["an object"]),
    ],
)
def test_parameters_of_a_wrong_type(server, given, words):
    assert_error(infer(server, "fixed", {"parameters": given, "inputs": [matrix()]}), 400, *words)


def test_inputs_are_taken_by_name_in_any_order(server):
    first, second = pair()
    first["data"] = [5] * 16
    for inputs in ([first, second], [second, first]):
        assert infer(server, "simple", {"inputs": inputs}).outputs()["OUTPUT1"]["data"] == [4] * 16


def test_keys_come_in_any_order_and_unknown_ones_are_ignored(server):
    turned = dict(reversed([*matrix(parameters={"content_type": "np"}, more=[{"a": None}]).items()]))
    request = {"more": {"x": [1]}, "outputs": [{"more": 1, "name": "count"}], "inputs": [turned]}
    assert infer(server, "fixed", request).outputs()["count"]["data"] == [6]


@pytest.mark.parametrize("data", [[[1, 2, 4], [5, 8, 10]], [1, 2, 4, 5, 8, 10]])
def test_data_is_flat_or_nested(server, data):
    assert infer(server, "fixed", {"inputs": [matrix(data=data)]}).outputs()["ratio"]["data"] == RATIOS


def test_a_byte_order_mark_is_ignored(server):
    body = b"\xef\xbb\xbf" + json.dumps({"inputs": [matrix()]}).encode()
    assert infer(server, "fixed", body).status == 200


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/octet-stream", "multipart/form-data"]
)
def test_the_content_type_says_nothing(server, content_type):
    headers = {"Content_Type": content_type} if content_type else {}
    assert infer(server, "fixed", {"inputs": [matrix()]}, **headers).status == 200
    request = {"inputs": [matrix(data=None, parameters={"binary_data_size": 24})]}
    assert infer(server, "fixed", request, bytes(24), **headers).status == 200


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"null", b"{]", b'{"inputs": [}', b'{"inputs": []} x', b"{'inputs': []}"),
        *(b"\xff", b"\0", b'"inputs"'),
    ],
)
def test_malformed_json(server, body):
    assert_error(infer(server, "fixed", body), 400, "JSON")


def test_an_empty_body_is_no_tensor(server):
    assert_error(infer(server, "fixed", b""), 400, "no JSON")
    assert_error(infer(server, "fixed", b"", bytes(24)), 400, "no JSON")


def test_deep_nesting_ends_nothing(server):
    for deep in (b"[" * 100_000, b'{"a":' * 100_000):
        assert_error(infer(server, "fixed", b'{"inputs": [], "more": ' + deep), 400, "invalid JSON")


WRONG_INPUTS = {
    "no inputs": ({}, ['no "inputs"']),
    "null": ({"inputs": None}, ["a list"]),
    "empty": ({"inputs": []}, ['input "matrix" is missing']),
    "not a list": ({"inputs": matrix()}, ["a list"]),
    "not an object": ({"inputs": [1]}, ["inputs[0]", "an object"]),
    "unknown": ({"inputs": [matrix(name="other")]}, ['no input "other"', '"matrix"']),
    "twice": ({"inputs": [matrix(), matrix()]}, ['"matrix" is given twice']),
    "no name": ({"inputs": [matrix(name=None)]}, ["inputs[0]", 'no "name"']),
    "no shape": ({"inputs": [matrix(shape=None)]}, ['"matrix"', 'no "shape"']),
    "no datatype": ({"inputs": [matrix(datatype=None)]}, ['"matrix"', 'no "datatype"']),
    "no data": ({"inputs": [matrix(data=None)]}, ['"matrix"', 'no "data"']),
    "name of a wrong type": ({"inputs": [matrix(name=1)]}, ["inputs[0]", '"name" is a string']),
    "another datatype": ({"inputs": [matrix(datatype="FP64")]}, ['"matrix"', '"FP64"', "FP32 is expected"]),
    "unknown datatype": ({"inputs": [matrix(datatype="fp32")]}, ['"matrix"', '"fp32"', "FP32 is expected"]),
    "text": ({"inputs": [matrix(datatype="BYTES")]}, ['"matrix"', '"BYTES"', "FP32 is expected"]),
    "another shape": ({"inputs": [matrix(shape=[3, 2])]}, ['"matrix"', "[3, 2]", "[2, 3] is expected"]),
    "another rank": ({"inputs": [matrix(shape=[6])]}, ['"matrix"', "[6]", "[2, 3] is expected"]),
    "negative size": ({"inputs": [matrix(shape=[-1, 3])]}, ["inputs[0]", "whole numbers from 0", "-1"]),
    "size with a fraction": ({"inputs": [matrix(shape=[2.0, 3])]}, ["inputs[0]", "2.0"]),
    "size of text": ({"inputs": [matrix(shape=["2", 3])]}, ["inputs[0]", '"2"']),
    "large size": ({"inputs": [matrix(shape=[2**64, 3])]}, ["inputs[0]", str(2**64)]),
    "many sizes": ({"inputs": [matrix(shape=[1] * 1000)]}, ["inputs[0]", "64 axes"]),
    "too few values": ({"inputs": [matrix(data=[1] * 5)]}, ['"matrix"', "5 elements", "needs 6"]),
    "too many values": ({"inputs": [matrix(data=[1] * 7)]}, ['"matrix"', "7 elements", "needs 6"]),
    "transposed": ({"inputs": [matrix(data=[[1, 2]] * 3)]}, ['"matrix"', "[2, 3] needs"]),
    "not a list of values": ({"inputs": [matrix(data="AAAA")]}, ['"matrix"', "a list"]),
    "text in the list": ({"inputs": [matrix(data=["1"] * 6)]}, ['"matrix"', "value 0", 'the string "1"']),
    "null in the list": ({"inputs": [matrix(data=[1, None, 1, 1, 1, 1])]}, ['"matrix"', "value 1", "null"]),
    "true in the list": ({"inputs": [matrix(data=[True] * 6)]}, ['"matrix"', "value 0", "true"]),
    "beyond the type": (
        {"inputs": [matrix(data=[1, 2, 3, 1e39, 5, 6])]},
        ['"matrix"', "value 3", "1e+39", "FP32"],
    ),
    "both forms": (
        {"inputs": [matrix(parameters={"binary_data_size": 24})]},
        ['"matrix"', 'both "data" and "binary_data_size"'],
    ),
    "shared memory": (
        {
            "inputs": [
                matrix(data=None, parameters={"shared_memory_region": "x", "shared_memory_byte_size": 24})
            ]
        },
        ["inputs[0]", "shared memory"],
    ),
}


@pytest.mark.parametrize("case", WRONG_INPUTS)
def test_wrong_inputs(server, case):
    request, words = WRONG_INPUTS[case]
    assert_error(infer(server, "fixed", request), 400, *words)


@pytest.mark.parametrize("key", ["id", "inputs", "outputs", "parameters"])
def test_a_key_given_twice(server, key):
    value = {"id": '"a"', "inputs": "[]", "outputs": "[]", "parameters": "{}"}[key]
    inputs = "" if key == "inputs" else ', "inputs": []'
    body = f'{{"{key}": {value}, "{key}": {value}{inputs}}}'
    assert_error(infer(server, "fixed", body.encode()), 400, f'"{key}" is there twice')


def test_shapes_that_disagree(server):
    inputs = [pair(1)[0], pair(2)[1]]
    assert_error(infer(server, "simple", {"inputs": inputs}), 400, '"INPUT0"', '"INPUT1"', '"n"')
