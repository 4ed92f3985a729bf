"""The values of a request, type by type."""

import numpy
import pytest
from deployment_client import (
    ARRAY,
    GREY,
    NPY,
    PICTURE,
    data_url,
    echo_npy_row,
    echo_row,
    image_bytes,
    image_url,
    npy_bytes,
    npy_url,
    pixels,
    tensorjson,
)
from PIL import Image


def one_hot(place):
    return [0.8 * (category == place) + 0.2 / 3 for category in range(3)]


@pytest.mark.parametrize("number", [0, 1, -7, 3.25, 1e-30, -3.4e38, 16777216, 12345678901234567890, 0.1])
def test_numeric_is_a_number(echo, number):
    [row] = echo.predict(echo_row(number=number))
    assert row["number"] == pytest.approx(float(numpy.float32(number)), rel=1e-7)


@pytest.mark.parametrize("place,category", list(enumerate("abc")))
def test_categorical_is_a_string(echo, place, category):
    [row] = echo.predict(echo_row(category=category))
    assert list(row["category"].values()) == pytest.approx(one_hot(place), rel=1e-6)


@pytest.mark.parametrize("category", [1, 2, 3, "1", "2", "3"])
def test_categorical_is_an_integer(server, category):
    [row] = server.deployment("integers").predict({"category": category, "array": {"shape": [2], "data": [5, 6]}})
    assert row["category"] == {str(known): float(str(known) == str(category)) for known in (1, 2, 3)}


@pytest.mark.parametrize("flag,value", [("no", 0), ("yes", 1), (0, 0), (1, 1)])
def test_binary_is_a_string_or_an_integer(echo, flag, value):
    assert echo.predict(echo_row(flag=flag))[0]["flag"] == value


def fnv1a(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 % 2**32
    return value


def text_value(text):
    """What single-text answers, worked out from its declaration."""
    vector = numpy.zeros(64)
    for word in text.lower().split():
        word = f"^{word}$"
        for n in (1, 2, 3):
            for start in range(len(word) - n + 1):
                vector[fnv1a(word[start : start + n].encode()) % 64] += 1
    length = numpy.linalg.norm(vector)
    return float(vector @ (numpy.arange(1, 65) / 64)) / (length or 1)


@pytest.mark.parametrize("text", ["", " ", "a", "Hej du", "ÅÄÖ\tåäö", "☀ 雪\n雪", 'quo"te', "x" * 5000])
def test_text_is_a_string(server, text):
    [row] = server.deployment("single-text").predict({"text": text})
    assert row["number"] == pytest.approx(text_value(text), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("media", ["image/png", "IMAGE/PNG", "Image/Png"])
def test_image_is_a_png_data_url(echo, media):
    url = data_url(media, image_bytes(Image.fromarray(PICTURE)))
    [row] = echo.predict(echo_row(picture=url))
    assert (pixels(row["picture"]) == PICTURE).all()


@pytest.mark.parametrize("media", ["image/jpeg", "image/jpg", "IMAGE/JPEG", "Image/Jpg"])
def test_image_is_a_jpeg_data_url(echo, media):
    flat = Image.new("RGB", (4, 4), (200, 100, 50))
    [row] = echo.predict(echo_row(picture=data_url(media, image_bytes(flat, "JPEG", quality=95))))
    assert numpy.abs(pixels(row["picture"]).astype(int) - [200, 100, 50]).max() <= 3


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (8, 8), (64, 48), (3, 500)])
def test_image_is_resized_to_the_shape(echo, size):
    [row] = echo.predict(echo_row(picture=image_url(Image.new("RGB", size, (10, 20, 30)))))
    assert pixels(row["picture"]).shape == (4, 4, 3)
    assert (pixels(row["picture"]) == [10, 20, 30]).all()


def test_resizing_keeps_rows_and_columns_apart(echo):
    """The left half is dark, the right half bright, whatever the size was."""
    wide = numpy.zeros((16, 64, 3), "uint8")
    wide[:, 32:] = 255
    [row] = echo.predict(echo_row(picture=image_url(Image.fromarray(wide))))
    assert (pixels(row["picture"])[:, 0] == 0).all()
    assert (pixels(row["picture"])[:, 3] == 255).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "I;16", "1"])
def test_other_pixel_forms_are_converted(echo, mode):
    image = Image.fromarray(GREY.astype("uint16") * 257) if mode == "I;16" else Image.fromarray(GREY).convert(mode)
    expected = (GREY > 127) * 255 if mode == "1" else GREY
    if mode == "1":
        image = Image.fromarray(GREY > 127)
    [row] = echo.predict(echo_row(picture=image_url(image), grey=image_url(image)))
    assert (pixels(row["grey"]) == expected).all()
    assert (pixels(row["picture"]) == expected[:, :, None]).all()


def test_array_is_shape_and_data_with_tensorjson(echo):
    [row] = echo.predict(echo_row(array=tensorjson(ARRAY)))
    assert row["array"]["shape"] == [2, 3]
    assert (numpy.float32(row["array"]["data"]) == ARRAY.ravel()).all()


def test_array_is_an_npy_data_url_without_tensorjson(echo_npy):
    [row] = echo_npy.predict(echo_npy_row())
    assert row["array"] == npy_url(ARRAY)


WHOLE = numpy.array([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "dtype", ["<f4", ">f4", "<f8", ">f8", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "u1", "<u2", ">u4", ">u8"]
)
def test_npy_dtypes_and_orders(echo_npy, dtype, order):
    array = numpy.asarray(WHOLE, dtype=dtype, order=order)
    [row] = echo_npy.predict(echo_npy_row(array=npy_url(array)))
    assert row["array"] == npy_url(WHOLE.astype("<f4"))


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_npy_versions(echo_npy, version):
    import io

    file = io.BytesIO()
    numpy.lib.format.write_array(file, WHOLE, version=version)
    [row] = echo_npy.predict(echo_npy_row(array=data_url(NPY, file.getvalue())))
    assert row["array"] == npy_url(WHOLE.astype("<f4"))


def test_a_large_array(server):
    array = numpy.random.default_rng(1).random((1000, 1000), dtype="float32")
    [row] = server.deployment("single-array").predict({"array": tensorjson(array)})
    assert row["mean"] == pytest.approx(float(array.mean()), rel=1e-4)


def test_unknown_features_and_keys_are_ignored(echo):
    body = {"more": {"deep": [1]}, "rows": [echo_row(unknown=[{"a": None}])], "less": 1}
    reply = echo.session.post(echo.url, json=body)
    assert reply.status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_content_type_of_json(echo, content_type):
    assert echo.post('{"rows": []}', content_type).json() == {"rows": []}


def test_gzip_request(echo):
    import gzip
    import json

    body = gzip.compress(json.dumps({"rows": [echo_row()]}).encode())
    reply = echo.post(body, headers={"Content-Encoding": "gzip"})
    assert reply.status_code == 200 and len(reply.json()["rows"]) == 1


def test_npy_file_is_what_numpy_reads(echo_npy):
    [row] = echo_npy.predict(echo_npy_row(array=data_url(NPY, npy_bytes(ARRAY))))
    import io

    from deployment_client import decoded

    assert (numpy.load(io.BytesIO(decoded(row["array"], NPY))) == ARRAY).all()


BOM = b"\xef\xbb\xbf"


def test_a_byte_order_mark_before_json(echo):
    import gzip
    import json

    body = BOM + json.dumps({"rows": [echo_row()]}).encode()
    expected = {"rows": echo.predict(echo_row())}
    assert echo.post(body).json() == expected
    assert echo.post(gzip.compress(body), headers={"Content-Encoding": "gzip"}).json() == expected
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
@pytest.mark.parametrize("cut", [1, 100, -1])
def test_gzip_request_of_several_members(echo, encoding, cut):
    import gzip
    import json

    body = json.dumps({"rows": [echo_row()]}).encode()
    members = gzip.compress(body[:cut]) + gzip.compress(b"") + gzip.compress(body[cut:])
    reply = echo.post(members, headers={"Content-Encoding": encoding})
    assert reply.status_code == 200, reply.text
    assert reply.json() == {"rows": echo.predict(echo_row())}
