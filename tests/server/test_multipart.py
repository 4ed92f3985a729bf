"""A single example as multipart/form-data."""

import json

import pytest
from deployment_client import ARRAY, GREY, PICTURE, assert_error, echo_row, image_bytes, image_url, npy_bytes, npy_url
from deployment_client import pixels, tensorjson
from PIL import Image

PICTURE_FILE = image_bytes(Image.fromarray(PICTURE))
GREY_FILE = image_bytes(Image.fromarray(GREY))


def parts(**changes):
    whole = {
        "number": (None, "3.25"),
        "category": (None, "b"),
        "flag": (None, "yes"),
        "text": (None, "Hej ☀"),
        "picture": ("picture.png", PICTURE_FILE, "image/png"),
        "grey": ("grey.png", GREY_FILE, "image/png"),
        "array": ("array.npy", npy_bytes(ARRAY), "application/octet-stream"),
    }
    return {name: part for name, part in {**whole, **changes}.items() if part is not None}


def post(deployment, form):
    return deployment.session.post(deployment.url, files=form)


def test_the_bare_row_comes_back(echo):
    reply = post(echo, parts())
    assert reply.status_code == 200, reply.text
    assert reply.json() == echo.predict(echo_row())[0]


@pytest.mark.parametrize(
    "change",
    [
        {"flag": (None, "1")},
        {"picture": (None, image_url(Image.fromarray(PICTURE)))},
        {"picture": ("x.bin", PICTURE_FILE)},
        {"array": (None, json.dumps(tensorjson(ARRAY)))},
        {"number": (None, " 3.25\n")},
        {"number": (None, "325e-2")},
        {"unknown": (None, "x")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_ways_to_write_a_part(echo, change):
    reply = post(echo, parts(**change))
    assert reply.status_code == 200, reply.text
    assert reply.json() == echo.predict(echo_row())[0]


@pytest.mark.parametrize("array", [("a.npy", npy_bytes(ARRAY)), (None, npy_url(ARRAY))])
def test_arrays_without_tensorjson(echo_npy, array):
    assert post(echo_npy, parts(array=array)).json()["array"] == npy_url(ARRAY)


def test_a_jpeg_file(echo):
    file = image_bytes(Image.new("RGB", (20, 30), (200, 100, 50)), "JPEG", quality=95)
    reply = post(echo, parts(picture=("x.jpg", file, "image/jpeg")))
    assert abs(pixels(reply.json()["picture"]).astype(int) - [200, 100, 50]).max() <= 3


def test_awkward_names(server):
    names = ["längd (cm)", 'a "quoted" name', "dot.ted", "雪 ☃", "back\\slash/slash", " padded "]
    reply = post(server.deployment("names"), {name: (None, str(place)) for place, name in enumerate(names)})
    assert reply.json() == {name: place for place, name in enumerate(names)}


@pytest.mark.parametrize(
    "change,code,words",
    [
        ({"number": None}, "FeatureNotFound", ['"number"']),
        ({"picture": None}, "FeatureNotFound", ['"picture"']),
        ({"number": (None, "three")}, "BadData", ['"number"', '"three"']),
        ({"number": (None, "nan")}, "BadData", ['"number"']),
        ({"number": (None, "1e39")}, "BadData", ['"number"']),
        ({"category": (None, "d")}, "BadData", ['"category"']),
        ({"text": (None, b"\xff\xfe")}, "BadData", ['"text"', "UTF-8"]),
        ({"picture": ("x.gif", b"GIF89a...")}, "BadData", ['"picture"', "PNG"]),
        ({"picture": (None, "data:image/png;base64,*")}, "DataUriError", ['"picture"']),
        ({"picture": (None, "")}, "BadData", ['"picture"']),
        ({"array": (None, "[1, 2]")}, "JsonPropertyTypeMismatch", ['"array"']),
        ({"array": (None, '{"shape": ')}, "BadData", ['"array"']),
        ({"array": ("x.npy", npy_bytes(ARRAY)[:50])}, "BadData", ['"array"', ".npy"]),
        ({"array": ("x.npy", npy_bytes(ARRAY.T))}, "BadData", ['"array"', "[3, 2]"]),
    ],
)
def test_errors_name_the_feature(echo, change, code, words):
    assert_error(post(echo, parts(**change)), code, 400, *words)


def test_a_part_given_twice(echo):
    form = [*parts().items(), ("number", (None, "1"))]
    assert_error(post(echo, form), "BadData", 400, '"number"', "twice")


@pytest.mark.parametrize(
    "content_type,body",
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"no parts"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n1'),
        ("multipart/form-data; boundary=x", b"--x\r\n\xff\xfe: \x00\r\n\r\n\r\n--x--"),
    ],
)
def test_broken_forms(echo, content_type, body):
    assert_error(echo.post(body, content_type), "BadData", 400, "form")


BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "name,value",
    [("number", b"3.25"), ("category", b"b"), ("flag", b"yes"), ("text", "Hej ☀".encode())]
    + [("array", json.dumps(tensorjson(ARRAY)).encode()), ("picture", image_url(Image.fromarray(PICTURE)).encode())],
)
def test_a_byte_order_mark_before_a_part(echo, name, value):
    reply = post(echo, parts(**{name: ("part.txt", BOM + value)}))
    assert reply.status_code == 200, reply.text
    assert reply.json() == echo.predict(echo_row())[0]


def test_data_beside_its_array_is_said_to_belong_inside(echo):
    form = parts(array=(None, '{"shape": [2, 3]}'), data=(None, "[1, 2, 3, 4, 5, 6]"))
    assert_error(post(echo, form), "BadData", 400, 'feature "array"', 'has no "data"', 'belongs inside "array"')
