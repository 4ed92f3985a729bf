"""Every error of the API's table, and which faults lead to it."""

import json

import numpy
import pytest
import requests
from deployment_client import (
    ARRAY,
    NPY,
    assert_error,
    data_url,
    echo_npy_row,
    echo_row,
    image_bytes,
    image_url,
    npy_bytes,
    npy_url,
)
from PIL import Image

PNG = image_bytes(Image.new("RGB", (4, 4)))
JPEG = image_bytes(Image.new("RGB", (4, 4)), "JPEG")


def wrong_category(server):
    return server.deployment("echo").send(echo_row(category="d"))


def missing_feature(server):
    row = echo_row()
    del row["grey"]
    return server.deployment("echo").send(echo_row(), row)


def not_a_data_url(server):
    return server.deployment("echo").send(echo_row(picture="picture.png"))


def not_json(server):
    return server.deployment("echo").post("{rows: []}")


def string_for_number(server):
    return server.deployment("echo").send(echo_row(number="3"))


def wrong_token(server):
    return server.deployment("echo", "wrong").send(echo_row())


def limited_token(server):
    return server.deployment("echo", "limited-token").send(echo_row())


def not_enabled(server):
    return server.deployment("disabled").send(echo_row())


def unknown_deployment(server):
    return requests.post(f"{server.base}/deployment/nowhere/forward", json={"rows": []})


def form_encoded(server):
    return server.deployment("echo").post("rows=", "application/x-www-form-urlencoded")


def not_finite(server):
    return server.deployment("reciprocal").send({"number": 1}, {"number": 0})


@pytest.mark.parametrize(
    "code,status,words,ask",
    [
        ("BadData", 400, ["rows[0]", '"category"', '"d"', '"a", "b", "c"'], wrong_category),
        ("FeatureNotFound", 400, ["rows[1]", '"grey"'], missing_feature),
        ("DataUriError", 400, ["rows[0]", '"picture"'], not_a_data_url),
        ("JsonParsingError", 400, ["line 1"], not_json),
        ("JsonPropertyTypeMismatch", 400, ["rows[0]", '"number"', "a string"], string_for_number),
        ("InvalidTokenError", 401, ["token"], wrong_token),
        ("InsufficientScopeTokenError", 403, ["scope"], limited_token),
        ("DeploymentNotEnabled", 403, ["not enabled"], not_enabled),
        ("ResourceNotFound", 404, ['"nowhere"'], unknown_deployment),
        ("UnsupportedContentType", 415, ["application/json", "multipart/form-data"], form_encoded),
        ("InternalError", 500, ['"reciprocal"', "rows[1]"], not_finite),
    ],
)
def test_error_table(server, code, status, words, ask):
    assert_error(ask(server), code, status, *words)


# Beyond the table: each code's other causes.


@pytest.mark.parametrize("token,code", [(None, "DeploymentNotEnabled"), ("wrong", "InvalidTokenError")])
def test_describe_is_a_query_too(server, token, code):
    assert server.deployment("disabled", token).describe().json()["errorCode"] == code


def test_a_limited_token_may_not_describe(server):
    assert_error(server.deployment("echo", "limited-token").describe(), "InsufficientScopeTokenError", 403)


@pytest.mark.parametrize(
    "path",
    [
        "/deployment/nowhere/openapi.json",
        "/deployment/echo/other",
        "/deployment/echo/forward/more",
        "/deployment",
        "/favicon.txt",
        "/deployment/%ff/openapi.json",
        "/deployment/..%2f/openapi.json",
    ],
)
def test_unknown_addresses(server, path):
    assert_error(requests.get(server.base + path), "ResourceNotFound", 404)


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", "application/jsonx", "", "/", "é"])
def test_other_content_types(echo, content_type):
    assert_error(echo.post('{"rows": []}', content_type.encode()), "UnsupportedContentType", 415)


def test_no_content_type(echo):
    request = requests.Request("POST", echo.url, headers={"Authorization": "Bearer echo-token"}).prepare()
    assert_error(requests.Session().send(request), "UnsupportedContentType", 415, "Content-Type is needed")


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "nonsense"])
def test_other_content_encodings(echo, encoding):
    assert_error(echo.post("{}", headers={"Content-Encoding": encoding}), "UnsupportedContentType", 415, encoding)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"rows",
        b'{"rows": [',
        b'{"rows": []} more',
        b'{"rows": [{"number": NaN}]}',
        b'{"rows": [{"number": Infinity}]}',
        b'{"rows": [{"number": 01}]}',
        b'{"rows": [{"text": "\xff\xfe"}]}',
        b'{"rows": [{"text": "\\ud800"}]}',
        b'{"\xff": 1}',
        b'\xef\xbb\xbf\xef\xbb\xbf{"rows": []}',
        b"[" * 100_000,
        b'{"rows": [{"number": ' + b"[" * 100_000,
        b'{"rows": [{"array": ' + b'{"data": ' * 100_000,
        b"\x00" * 1000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_not_json(echo, body):
    reply = echo.post(body)
    assert reply.status_code == 400
    assert reply.json()["errorCode"] in ("JsonParsingError", "JsonPropertyTypeMismatch")
    if not body.startswith((b"[", b'{"rows": [{"array": {"data"')):
        assert reply.json()["errorCode"] == "JsonParsingError"


@pytest.mark.parametrize("body", ["[]", "null", "1", '"rows"', '{"rows": {}}', '{"rows": null}', '{"rows": [1]}'])
def test_what_is_json_but_no_rows(echo, body):
    assert_error(echo.post(body), "JsonPropertyTypeMismatch", 400)


def test_the_body_names_rows_once(echo):
    assert_error(echo.post("{}"), "BadData", 400, '"rows"')
    assert_error(echo.post('{"rows": [], "rows": []}'), "BadData", 400, "twice")


VALUES = {
    "null": None,
    "boolean": True,
    "integer": 1,
    "float": 1.5,
    "string": "a",
    "list": [1, 2],
    "deep list": [[[]]],
    "object": {"a": 1},
}
ACCEPTED = {
    "number": ["integer", "float"],
    "category": ["string", "integer"],
    "flag": ["string", "integer"],
    "text": ["string"],
    "picture": ["string"],
    "grey": ["string"],
    "array": ["object"],
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("feature", ACCEPTED)
def test_the_type_of_a_value(echo, feature, value):
    reply = echo.send(echo_row(), echo_row(**{feature: VALUES[value]}))
    if value in ACCEPTED[feature]:
        assert reply.status_code == 200 or reply.json()["errorCode"] in ("BadData", "DataUriError")
    else:
        assert_error(reply, "JsonPropertyTypeMismatch", 400, "rows[1]", f'"{feature}"')


def test_tensorjson_is_not_npy_and_npy_is_not_tensorjson(echo, echo_npy):
    assert_error(echo.send(echo_npy_row()), "JsonPropertyTypeMismatch", 400, '"array"', "shape")
    assert_error(echo_npy.send(echo_row()), "JsonPropertyTypeMismatch", 400, '"array"', ".npy")


@pytest.mark.parametrize("number", [1e39, -1e39, 1.7e308])
def test_a_number_beyond_float32(echo, number):
    assert_error(echo.send(echo_row(number=number)), "BadData", 400, '"number"', "32-bit")


def test_a_number_beyond_float64(echo):
    assert_error(echo.post('{"rows": [{"number": 1e999}]}'), "BadData", 400, "rows[0]", '"number"', "out of range")


@pytest.mark.parametrize("change",
                         [{"category": ""}, {"category": "A"}, {"category": 0}, {"flag": "maybe"}, {"flag": 2}])
def test_a_value_that_is_no_category(echo, change):
    [name] = change
    assert_error(echo.send(echo_row(**change)), "BadData", 400, f'"{name}"', "categories")


def test_a_feature_given_twice(server):
    body = '{"rows": [{"number": 1, "number": 2}]}'
    assert_error(server.deployment("batch-size").post(body), "BadData", 400, "rows[0]", '"number"', "twice")


@pytest.mark.parametrize(
    "array,words",
    [
        ({}, ["shape"]),
        ({"shape": [2, 3]}, ["data"]),
        ({"data": [1] * 6}, ["shape"]),
        ({"shape": [3, 2], "data": [1] * 6}, ["[3, 2]", "[2, 3]"]),
        ({"shape": [6], "data": [1] * 6}, ["[6]", "[2, 3]"]),
        ({"shape": [], "data": []}, ["[2, 3]"]),
        ({"shape": [2] * 1000, "data": []}, ["[2, 3]"]),
        ({"shape": [2**63, 2**63], "data": []}, ["[2, 3]"]),
        ({"shape": [2, 3], "data": [1] * 5}, ["5 values"]),
        ({"shape": [2, 3], "data": [1] * 7}, ["7 values"]),
        ({"shape": [2, 3], "data": [1, 1, 1, 1, 1, 1e39]}, ["out of range"]),
    ],
)
def test_bad_arrays(echo, array, words):
    assert_error(echo.send(echo_row(array=array)), "BadData", 400, "rows[0]", '"array"', *words)


@pytest.mark.parametrize(
    "array",
    [
        {"shape": "2,3", "data": [1] * 6},
        {"shape": [2.0, 3.0], "data": [1] * 6},
        {"shape": [-2, -3], "data": [1] * 6},
        {"shape": [2**64, 3], "data": [1] * 6},
        {"shape": [2, 3], "data": ["1"] * 6},
        {"shape": [2, 3], "data": [None] * 6},
        {"shape": [2, 3], "data": [[1, 2, 3], [4, 5, 6]]},
        {"shape": [2, 3], "data": "AAAA"},
    ],
)
def test_arrays_of_wrong_types(echo, array):
    assert_error(echo.send(echo_row(array=array)), "JsonPropertyTypeMismatch", 400, "rows[0]", '"array"')


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:",
        "data:image/png;base64",
        "data:image/png,AAAA",
        "data:;base64,AAAA",
        "data:image/png;base64,****",
        "data:image/png;base64,AAA",
        "http://127.0.0.1/picture.png",
        data_url("image/png", JPEG),
        data_url("image/jpeg", PNG),
        data_url("image/png", b""),
        data_url("image/png", b"text"),
        data_url("text/plain", PNG),
        data_url("image/gif", image_bytes(Image.new("RGB", (4, 4)), "GIF")),
        data_url("image/bmp", image_bytes(Image.new("RGB", (4, 4)), "BMP")),
        data_url("image/webp", image_bytes(Image.new("RGB", (4, 4)), "WEBP")),
        data_url("image/png", image_bytes(Image.new("RGB", (4, 4)), "TIFF")),
    ],
    ids=lambda url: url[:40],
)
def test_bad_image_urls(echo, url):
    assert_error(echo.send(echo_row(picture=url)), "DataUriError", 400, "rows[0]", '"picture"')


@pytest.mark.parametrize("media,data", [("image/png", PNG), ("image/jpeg", JPEG)])
def test_an_image_cut_short(echo, media, data):
    for length in (10, 40, len(data) // 2):
        reply = echo.send(echo_row(picture=data_url(media, data[:length])))
        # Half a JPEG may still be an image.
        assert reply.status_code in (200, 400)
        if media == "image/png":
            assert_error(reply, "BadData", 400, '"picture"')


@pytest.mark.parametrize(
    "url",
    ["", "AAAA", data_url("image/png", npy_bytes(ARRAY)), data_url(NPY, b""), data_url(NPY, b"text"),
     f"data:{NPY};base64,*"],
    ids=lambda url: url[:40],
)
def test_bad_npy_urls(echo_npy, url):
    assert_error(echo_npy.send(echo_npy_row(array=url)), "DataUriError", 400, "rows[0]", '"array"')


GOOD_NPY = npy_bytes(ARRAY)


@pytest.mark.parametrize(
    "data,words",
    [
        (GOOD_NPY[:7], ["header"]),
        (GOOD_NPY[:40], ["header"]),
        (GOOD_NPY[:-1], ["bytes"]),
        (GOOD_NPY + b"\0", ["bytes"]),
        (GOOD_NPY.replace(b"\x01\x00", b"\x09\x00", 1), ["version"]),
        (GOOD_NPY.replace(b"descr", b"dtype"), ["descr"]),
        (GOOD_NPY.replace(b"False", b"Maybe"), ["fortran_order"]),
        (GOOD_NPY.replace(b"<f4", b"|O8"), ["dtype"]),
        (GOOD_NPY.replace(b"<f4", b"<c8"), ["dtype"]),
        (GOOD_NPY.replace(b"<f4", b"\xff\xff\xff"), ["text"]),
        (GOOD_NPY.replace(b"(2, 3)", b"(-2,3)"), ["shape"]),
        (GOOD_NPY.replace(b"(2, 3), }          ", b"(9999999999999999,)"), ["shape"]),
        (npy_bytes(numpy.zeros((3, 2), "f4")), ["[3, 2]"]),
        (npy_bytes(numpy.float32(1)), ["[]"]),
        (npy_bytes(numpy.full((2, 3), numpy.nan, "f4")), ["finite"]),
        (npy_bytes(numpy.full((2, 3), 1e39)), ["finite"]),
        (npy_bytes(numpy.full((2, 3), "text")), ["dtype"]),
        (npy_bytes(numpy.zeros((2, 3), "f2")), ["dtype"]),
    ],
    ids=range(18),
)
def test_bad_npy_files(echo_npy, data, words):
    reply = echo_npy.send(echo_npy_row(array=data_url(NPY, data)))
    assert_error(reply, "BadData", 400, "rows[0]", '"array"', *words)


def test_messages_stay_short(echo):
    for change in ({"category": "x" * 100_000}, {"picture": "x" * 100_000}, {"array": {"shape": "x" * 100_000}}):
        assert len(echo.send(echo_row(**change)).text) < 500


def test_an_error_ends_nothing(echo):
    """A kept-alive connection goes on after an error."""
    assert echo.send({}).status_code == 400
    assert len(echo.predict(echo_row(picture=image_url(Image.new("RGB", (9, 9)))))) == 1


def test_npy_of_wrong_url_form(echo_npy):
    upper = npy_url(ARRAY).replace(NPY, NPY.upper())
    assert echo_npy.send(echo_npy_row(array=upper)).status_code == 200


@pytest.mark.parametrize("astray", [{"data": [1] * 6}, {"data": None}, {"data": [1] * 6, "shape": [2, 3]}])
@pytest.mark.parametrize("first", [True, False])
def test_data_beside_its_array_is_said_to_belong_inside(echo, astray, first):
    array = {"array": {"shape": [2, 3]}}
    row = echo_row(**astray, **array)
    row = {**(astray if first else {}), **echo_row(**array), **astray}
    assert_error(
        echo.send(row), "BadData", 400, 'rows[0], feature "array"', 'has no "data"', '"data"', 'belongs inside "array"'
    )


def test_shape_and_data_without_their_array_are_said_to_belong_inside(echo):
    row = echo_row(shape=[2, 3], data=[1] * 6)
    del row["array"]
    words = ('"array" is missing', '"shape" and "data" in the row belongs inside "array"')
    assert_error(echo.send(row), "FeatureNotFound", 400, *words)


def test_nothing_is_said_of_data_where_none_is_astray(echo):
    reply = echo.send(echo_row(array={"shape": [2, 3]}))
    assert_error(reply, "BadData", 400, 'the array has no "data"')
    assert "belongs" not in reply.text


@pytest.mark.parametrize("half", [r"\ud800", r"\udc00", r"\ud800\u0041", r"\ud800\n"])
def test_a_lone_surrogate_names_row_and_feature(server, half):
    body = '{"rows": [%s, %s]}' % (json.dumps(echo_row(text="ok")), json.dumps(echo_row(text="HALF")))
    reply = server.deployment("echo").post(body.replace("HALF", half))
    assert_error(reply, "JsonParsingError", 400, 'rows[1], feature "text": ', "half of a surrogate pair", "line 1")
    reply = server.deployment("echo").post('{"rows": [{"%s": 1}]}' % half)
    assert_error(reply, "JsonParsingError", 400, "rows[0]: the text has half of a surrogate pair")
