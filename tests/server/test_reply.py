"""The values of a reply, type by type, and its order."""

import gzip
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest
from deployment_client import ARRAY, GREY, PICTURE, echo_npy_row, echo_row, npy_url, pixels

LABELS = {"a": "first ☀", "b": 'second "quoted"', "c": "third \n line"}


@pytest.fixture(scope="module")
def row(server):
    [row] = server.deployment("echo").predict(echo_row())
    return row


def test_numeric_is_a_number(row):
    assert row["number"] == 3.25 and isinstance(row["number"], float)


def test_binary_is_a_probability(row):
    assert row["flag"] == 1.0 and isinstance(row["flag"], float)


def test_categorical_is_every_category_with_its_probability(row):
    assert list(row["category"]) == ["a", "b", "c"]
    assert list(row["category"].values()) == pytest.approx([0.2 / 3, 0.8 + 0.2 / 3, 0.2 / 3], rel=1e-6)


@pytest.mark.parametrize("category", "abc")
def test_text_is_a_string(echo, category):
    assert echo.predict(echo_row(category=category))[0]["text"] == LABELS[category]


def test_image_is_a_data_url(row):
    assert (pixels(row["picture"]) == PICTURE).all()
    assert (pixels(row["grey"]) == GREY).all()


def test_array_is_shape_and_data_with_tensorjson(row):
    assert list(row["array"]) == ["shape", "data"]
    assert row["array"]["shape"] == [2, 3]
    assert (numpy.float32(row["array"]["data"]) == ARRAY.ravel()).all()


@pytest.mark.parametrize("id", ["echo-npy", "echo-older"])
def test_array_is_an_npy_data_url_without_tensorjson(server, id):
    [row] = server.deployment(id).predict(echo_npy_row())
    assert row["array"] == npy_url(ARRAY)


def test_outputs_stand_in_the_declared_order(row):
    assert list(row) == ["number", "flag", "category", "text", "picture", "grey", "array"]


def test_rows_come_back_in_the_order_sent(echo):
    sent = [echo_row(number=number, category="abc"[number % 3]) for number in range(128)]
    rows = echo.predict(*sent)
    assert [row["number"] for row in rows] == list(range(128))
    assert [row["text"] for row in rows] == [LABELS["abc"[number % 3]] for number in range(128)]


def test_no_rows_give_no_rows(echo):
    assert echo.predict() == []


@pytest.mark.parametrize("rows", [1, 2, 128, 1000])
def test_a_batch_is_one_call_of_the_model(server, rows):
    sent = [{"number": number} for number in range(rows)]
    assert server.deployment("batch-size").predict(*sent) == [{"rows": float(rows)}] * rows


def test_numbers_are_the_shortest_that_read_back(server):
    deployment = server.deployment("names")
    names = list(deployment.describe().json()["components"]["schemas"]["input-row"]["properties"])
    row = dict(zip(names, [0.1, 1 / 3, 1e-30, 1e30, -0.0, 16777216]))
    text = deployment.send(row).text
    for number in ["0.1", "0.33333334", "1e-30", "1e+30", "-0.0", "16777216.0"]:
        assert f":{number}," in text.replace("}", ","), text


def test_a_large_reply(server):
    [row] = server.deployment("big-array").predict({"number": 0.1})
    assert row["array"]["shape"] == [1000, 1000]
    assert row["array"]["data"] == [0.1] * 1_000_000


def test_a_reply_is_compressed_when_asked(echo):
    plain = echo.send(echo_row(), headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = echo.send(echo_row(), headers={"Accept-Encoding": "gzip"}, stream=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content


def test_clients_at_the_same_time_get_their_own_answers(server):
    def ask(number):
        deployment = server.deployment("reciprocal")
        return [deployment.predict({"number": number + place})[0]["reciprocal"] for place in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for number, answers in zip(range(1, 9), pool.map(ask, range(1, 9))):
            assert answers == pytest.approx([1 / (number + place) for place in range(20)], rel=1e-6)
