"""What is too large or too hostile: refused with an error, and the server lives on."""

import gzip
import os
import socket
import struct
import zlib

import pytest
from conftest import Server
from deployment_client import assert_error, data_url, echo_row


@pytest.fixture(scope="module")
def small(folders):
    with Server([folders / "echo", folders / "batch-size"], "--max-body", "10000") as server:
        yield server


def body_of(size):
    return b'{"rows": [], "more": "' + b"x" * (size - 24) + b'"}'


def test_a_body_up_to_the_limit(small):
    assert small.deployment("echo").post(body_of(10_000)).status_code == 200


@pytest.mark.parametrize("size", [10_001, 20_000, 30_000_000])
def test_a_body_over_the_limit(small, size):
    assert_error(small.deployment("echo").post(body_of(size)), "BadData", 413, "10000 bytes")


def test_a_body_over_the_limit_in_chunks(small):
    chunks = (body_of(20_000)[start : start + 1000] for start in range(0, 20_000, 1000))
    assert_error(small.deployment("echo").post(chunks), "BadData", 413, "10000 bytes")


def test_the_limit_counts_after_decompression(small):
    body = gzip.compress(body_of(1_000_000))
    assert len(body) < 10_000
    reply = small.deployment("echo").post(body, headers={"Content-Encoding": "gzip"})
    assert_error(reply, "BadData", 413, "10000 bytes")


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b'{"rows": []}')[:-6]])
def test_broken_gzip(small, body):
    assert_error(small.deployment("echo").post(body, headers={"Content-Encoding": "gzip"}), "BadData", 400, "gzip")


def test_a_refused_large_body_still_gets_its_answer(server):
    for _ in range(5):
        reply = server.deployment("echo", "wrong").post(b"x" * 30_000_000)
        assert_error(reply, "InvalidTokenError", 401)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height):
    """A PNG that says it is this large and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("width,height", [(30_000, 30_000), (16_000, 16_000), (2**31 - 1, 1), (1, 100_000), (0, 4)])
def test_image_bombs(echo, width, height):
    reply = echo.send(echo_row(picture=data_url("image/png", png_of(width, height))))
    assert_error(reply, "BadData", 400, '"picture"')


def test_a_batch_too_large_for_memory(server):
    """Small rows that would become large tensors."""
    row = b'{"number":1}'
    reply = server.deployment("big-array").post(b'{"rows": [' + b",".join([row] * 1000) + b"]}")
    assert_error(reply, "BadData", 400, "at most 134")


def exchange(port, sent):
    """What comes back for these bytes, until the server closes or has answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        try:
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(65536):
                received += data
        except OSError:  # The server has closed already.
            pass
        return received


HEAD = b"POST /deployment/echo/forward HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer echo-token\r\n"
JSON = b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"GET",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 10_000 + b"\r\n",
        HEAD + JSON + b"Content-Length: -1\r\n\r\n{}",
        HEAD + JSON + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        HEAD + JSON + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        HEAD + JSON + b"Content-Length: 100\r\n\r\n{",
        HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
        HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\n--x",
        HEAD.replace(b"Bearer echo-token", b"\xff\xfe") + JSON + b"Content-Length: 2\r\n\r\n{}",
    ],
    ids=lambda sent: repr(sent[-40:]),
)
def test_what_is_not_http(server, sent):
    received = exchange(server.port, sent)
    assert not received or received.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), received[:200]
    assert server.deployment("names").describe().status_code == 200


def test_random_bytes(server):
    for size in (1, 10, 1000, 100_000):
        exchange(server.port, os.urandom(size))
        exchange(server.port, HEAD + JSON + b"Content-Length: %d\r\n\r\n" % size + os.urandom(size))
    assert server.deployment("names").describe().status_code == 200


def test_mutated_requests_never_fail_inside(echo):
    """Every request made of a good one by a small change is answered, and never with a 500."""
    import json
    import random

    changes = random.Random(7)
    good = json.dumps({"rows": [echo_row()]}).encode()
    for _ in range(1000):
        body = bytearray(good)
        for _ in range(changes.randint(1, 4)):
            place = changes.randrange(len(body))
            body[place : place + changes.choice([0, 1, 1, 5])] = changes.choice(
                [b"", bytes([changes.randrange(256)]), b'"', b"{", b"]", b"9" * 30, b"\\u"]
            )
        assert echo.post(bytes(body)).status_code in (200, 400)
