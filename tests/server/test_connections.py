"""Connections and requests that want more than their share: they end, and everybody else is served."""

import contextlib
import json
import os
import resource
import socket
import struct
import threading
import time
import zlib
from pathlib import Path

import numpy
import pytest
import requests
from conftest import Server
from deployment_client import assert_error, data_url

GET = b"GET /deployment/names/openapi.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer names-token\r\n\r\n"


def post_head(id, length, *more):
    lines = [f"POST /deployment/{id}/forward HTTP/1.1", "Host: x", f"Authorization: Bearer {id}-token", *more]
    return "\r\n".join([*lines, "Content-Type: application/json", f"Content-Length: {length}", "", ""]).encode()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def is_closed(connection):
    """Whether the server closes it; waits for that."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def is_open(connection):
    connection.sendall(GET)
    return read_response(connection).startswith(b"HTTP/1.1 200")


def read_response(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        data = connection.recv(65536)
        if not data:
            return received
        received += data
    head, body = received.split(b"\r\n\r\n", 1)
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length"))
    while len(body) < length and (data := connection.recv(65536)):
        body += data
    return head + b"\r\n\r\n" + body


def is_well(server):
    return requests.get(server.base).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"G", GET[:-2], b"\r\n"],
                         ids=["nothing", "a byte", "a head without end", "a line end"])
def test_a_head_that_does_not_come_ends_its_connection(folders, sent):
    with Server([folders / "names"], "--head-timeout", "0.3") as server, connect(server) as connection:
        connection.sendall(sent)
        assert is_closed(connection)
        assert is_well(server)


def test_a_head_that_trickles_ends_its_connection(folders):
    with Server([folders / "names"], "--head-timeout", "0.5") as server, connect(server) as connection:
        with pytest.raises(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\n")
            while True:
                connection.sendall(b"a")
                time.sleep(0.05)
        assert is_well(server)


def test_an_idle_connection_is_closed(folders):
    with Server([folders / "names"], "--idle-timeout", "0.3") as server, connect(server) as connection:
        assert is_open(connection)
        assert is_closed(connection)


def test_a_second_head_that_does_not_come_ends_its_connection(folders):
    with Server([folders / "names"], "--head-timeout", "0.3", "--idle-timeout", "3600") as server:
        with connect(server) as connection:
            assert is_open(connection)
            connection.sendall(b"GET")
            assert is_closed(connection)


def test_times_do_not_run_while_a_request_is_read(folders):
    body = b'{"rows": [{"number": 1}]}'
    with Server([folders / "batch-size"], "--head-timeout", "0.2", "--idle-timeout", "0.2") as server:
        with connect(server) as connection:
            connection.sendall(post_head("batch-size", len(body)) + body[:5])
            time.sleep(1)
            connection.sendall(body[5:])
            assert read_response(connection).startswith(b"HTTP/1.1 200")


def open_sockets(server):
    links = [os.readlink(link) for link in Path(f"/proc/{server.process.pid}/fd").iterdir()]
    return sum(link.startswith("socket:") for link in links)


def until(condition):
    """Waits for what has to come; the test run's own limit ends what never does."""
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_response_that_nobody_reads_ends_its_connection(folders):
    """It is larger than what the system keeps for a connection."""
    body = b'{"rows": [' + b",".join([b'{"number": 1}'] * 500_000) + b"]}"
    with Server([folders / "batch-size"], "--idle-timeout", "0.5") as server:
        before = open_sockets(server)
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(post_head("batch-size", len(body)) + body)
            assert until(lambda: open_sockets(server) == before)
        assert is_well(server)


@pytest.mark.parametrize("limit", ["0.5", "1"])
def test_a_body_that_trickles_ends_at_the_deadline(folders, limit):
    with Server([folders / "batch-size"], "--deadline", limit) as server, connect(server) as connection:
        connection.sendall(post_head("batch-size", 1_000_000) + b'{"rows": [')

        def trickle():
            try:
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.05)
            except OSError:
                pass

        trickling = threading.Thread(target=trickle)
        trickling.start()
        answer = read_response(connection)
        with contextlib.suppress(OSError):  # The server may have closed it already.
            connection.shutdown(socket.SHUT_RDWR)
        trickling.join()
        assert answer.startswith(b"HTTP/1.1 408") and b"deadline" in answer
        assert server.deployment("batch-size").predict({"number": 1}) == [{"rows": 1}]


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def test_silent_connections_lock_nobody_out(folders):
    """They take every descriptor the server may have; the oldest ones are closed for those who ask."""
    with Server([folders / "names"], preexec_fn=few_descriptors) as server:
        silent = [connect(server) for _ in range(120)]
        for _ in range(3):
            assert requests.get(server.base, timeout=60).status_code == 200
            assert server.deployment("names").describe().status_code == 200
        assert is_closed(silent[0])
        for connection in silent:
            connection.close()
        assert server.process.poll() is None


def test_the_connection_idle_for_longest_is_dropped_first(folders):
    with Server([folders / "names"], "--max-connections", "3") as server:
        connections = [connect(server) for _ in range(3)]

        def use(*places):
            """One after the other, so far apart that the server sees them in this order."""
            for place in places:
                assert is_open(connections[place])
                time.sleep(0.3)

        use(0, 1, 2, 0)
        connections += [connect(server)]
        assert is_closed(connections[1])
        use(3, 0, 2)
        connections += [connect(server)]
        assert is_closed(connections[3])
        use(0, 2, 4)
        for connection in connections:
            connection.close()


def test_a_connection_with_a_request_is_not_dropped(folders):
    body = b'{"rows": [{"number": 1}]}'
    with Server([folders / "batch-size"], "--max-connections", "2") as server, connect(server) as busy:
        busy.sendall(post_head("batch-size", len(body)) + body[:5])
        for _ in range(20):
            requests.get(server.base, timeout=60)
        others = [connect(server) for _ in range(20)]
        assert is_well(server)
        busy.sendall(body[5:])
        assert read_response(busy).startswith(b"HTTP/1.1 200")
        for connection in others:
            connection.close()


def test_all_bodies_together_have_a_limit(folders):
    body = b'{"rows": [], "more": "' + b"x" * 4_000_000 + b'"}'
    with Server([folders / "batch-size"], "--max-memory", "6000000") as server:
        client = server.deployment("batch-size")
        assert client.post(body).status_code == 200
        for _ in range(20):
            holder = connect(server)
            holder.sendall(post_head("batch-size", len(body)) + body[:-1])
            time.sleep(0.5)
            reply = client.post(body)
            if reply.status_code == 503:
                break
            # The holder was the one that was refused.
            holder.close()
        with holder:
            assert_error(reply, "InternalError", 503, "memory")
            assert int(reply.headers["Retry-After"]) >= 1
            assert client.predict({"number": 1}) == [{"rows": 1}]
        assert until(lambda: client.post(body).status_code == 200)
        more = client.post(body.replace(b"x", b"xx"))
        assert_error(more, "BadData", 413, "6000000 bytes")


def test_tensors_count_too(folders):
    row = {"array": {"shape": [2], "data": [0, 0]}, "category": 1}
    with Server([folders / "integers"], "--max-memory", "1000") as server:
        client = server.deployment("integers")
        assert client.send(row).status_code == 200
        body = b'{"rows":[' + b",".join([b'{"category":1,"array":{}}'] * 30) + b"]}"
        assert len(body) < 1000
        assert_error(client.post(body), "BadData", 400, "shape")
    with Server([folders / "big-array"], "--max-memory", "1000000") as server:
        assert_error(server.deployment("big-array").send({"number": 1}), "BadData", 413, "1000000 bytes")


def test_outputs_count_while_they_are_written(folders):
    # The outputs are 4 MB, and so is the response.
    for most, status in [(3_000_000, 413), (6_000_000, 413), (20_000_000, 200)]:
        with Server([folders / "big-array"], "--max-memory", str(most)) as server:
            deployment = server.deployment("big-array")
            replies = [deployment.send({"number": 0}) for _ in range(3)]
            assert [reply.status_code for reply in replies] == [status] * 3


@pytest.mark.parametrize(
    "head,status",
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n", 400),
        (b"GET /nowhere HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nhOST: [::1]:8000\r\n\r\n", 200),
        (b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ],
)
def test_a_request_names_one_host(server, head, status):
    with connect(server) as connection:
        connection.sendall(head)
        answer = read_response(connection)
    assert answer.split()[1] == b"%d" % status, answer
    if status == 400:
        assert b'"errorCode":"BadData"' in answer and b"Host" in answer


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bilevel_png(side):
    """A black square, which takes next to nothing as a file."""
    lines = zlib.compress(bytes((side // 8 + 1) * side), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", lines) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_an_image_of_too_many_pixels_is_not_decoded(folders):
    row = {"image": data_url("image/png", bilevel_png(128))}
    with Server([folders / "single-image"], "--max-pixels", "16384") as server:
        assert server.deployment("single-image").send(row).status_code == 200
    with Server([folders / "single-image"], "--max-pixels", "16383") as server:
        assert_error(server.deployment("single-image").send(row), "BadData", 400, "128 x 128 pixels", "16383")


def test_the_pixels_of_an_image_have_a_limit_by_default(server):
    row = {"image": data_url("image/png", bilevel_png(16_384))}
    assert_error(server.deployment("single-image").send(row), "BadData", 400, "16384 x 16384 pixels", "64000000")


ROWS = 500


def slow_request(rows=ROWS, id="single-image"):
    """A body of some 500 KB that takes long to compute."""
    row = json.dumps({"image": data_url("image/png", bilevel_png(1600))}).encode()
    body = b'{"rows": [' + b",".join([row] * rows) + b"]}"
    return post_head(id, len(body)) + body


def computing_time(server):
    """The processor time that the server has used, in seconds."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_at_rest(server):
    before = computing_time(server)
    time.sleep(1)
    return computing_time(server) - before < 0.1


def has_answer(connection):
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


@pytest.fixture(scope="module")
def shared(folders):
    with Server([folders / "single-image", folders / "names"]) as server:
        yield server


@pytest.mark.parametrize("other", ["single-image", "names"])
def test_slow_requests_do_not_hold_up_others_and_end_with_their_clients(shared, other):
    """The others are answered before any of the slow ones; what no client waits for is not computed."""
    with connect(shared) as connection:
        connection.sendall(slow_request(5))
        before = computing_time(shared)
        assert read_response(connection).startswith(b"HTTP/1.1 200")
        needed = (computing_time(shared) - before) / 5
    before = computing_time(shared)
    slow = [connect(shared) for _ in range(8)]
    for connection in slow:
        connection.sendall(slow_request())
    time.sleep(0.5)
    row = {"image": data_url("image/png", bilevel_png(8))}
    for _ in range(3):
        if other == "names":
            assert shared.deployment("names").send({}).json()["errorCode"] == "FeatureNotFound"
        else:
            assert shared.deployment("single-image").predict(row) == [{"mean": 0}]
    assert not any(map(has_answer, slow))
    for connection in slow:
        connection.close()
    assert until(lambda: is_at_rest(shared))
    assert computing_time(shared) - before < needed * ROWS * len(slow) / 2


def test_a_request_ends_at_its_deadline(folders):
    with Server([folders / "single-image"], "--deadline", "1") as server:
        with connect(server) as connection:
            connection.sendall(slow_request(5000))
            answer = read_response(connection)
        assert answer.startswith((b"HTTP/1.1 500", b"HTTP/1.1 503")) and b"within 1 s" in answer, answer
        assert until(lambda: is_at_rest(server))
        assert is_well(server)


def test_a_form_of_millions_of_parts_is_refused(shared):
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    form = part * 500_000 + b"--x--\r\n"
    client = shared.deployment("single-image")
    reply = client.post(form, "multipart/form-data; boundary=x")
    assert_error(reply, "BadData", 400, "more than 101 parts")


@pytest.mark.parametrize("headers", [b"A: " + b"x" * 20_000 + b"\r\n", b"A: b\r\n" * 40, b"A: b\r\n" * 1_000_000])
def test_a_part_has_few_headers(shared, headers):
    part = b'--x\r\nContent-Disposition: form-data; name="image"\r\n' + headers + b"\r\n\r\n--x--\r\n"
    reply = shared.deployment("single-image").post(part, "multipart/form-data; boundary=x")
    assert_error(reply, "BadData", 400, "form")
    assert len(reply.text) < 500


def test_a_part_has_a_short_name(shared):
    part = b'--x\r\nContent-Disposition: form-data; name="' + b"x" * 20_000 + b'"\r\n\r\n\r\n--x--\r\n'
    reply = shared.deployment("single-image").post(part, "multipart/form-data; boundary=x")
    assert_error(reply, "BadData", 400, "headers of a part")


def test_many_parts_are_let_through_for_many_features(server):
    """A form may have some fields of its own."""
    names = ["längd (cm)", 'a "quoted" name', "dot.ted", "雪 ☃", "back\\slash/slash", " padded "]
    client = server.deployment("names")
    form = [(name, (None, "1")) for name in names] + [(f"own {place}", (None, "")) for place in range(100)]
    assert client.session.post(client.url, files=form).status_code == 200


def npy_of_header(header, version=2):
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<I", len(header)) + header


@pytest.mark.parametrize(
    "header,words",
    [
        (b"{'descr': '|u1', 'fortran_order': False, 'shape': (" + b"1," * 1_000_000 + b")}", "its header has"),
        (b"{'descr': '|u1', 'fortran_order': False, 'shape': (" + b"1," * 65 + b")}", "more than 64 axes"),
        (b"{'descr': '" + b"x" * 60_000 + b"', 'fortran_order': False, 'shape': ()}", "its dtype"),
    ],
)
def test_a_npy_header_is_bounded(echo_npy, header, words):
    from deployment_client import NPY, echo_npy_row

    reply = echo_npy.send(echo_npy_row(array=data_url(NPY, npy_of_header(header))))
    assert_error(reply, "BadData", 400, '"array"', words)
    assert len(reply.text) < 500


def peak(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) << 10


def test_an_array_is_not_kept_beyond_what_its_feature_takes(folders):
    """20 million values in place of 6 would be 80 MB, as JSON and as bytes that would become floats."""
    from deployment_client import NPY, echo_npy_row, echo_row, npy_bytes

    with Server([folders / "echo", folders / "echo-npy"]) as server:
        body = json.dumps({"rows": [echo_row(array=0)]}).replace(
            '"array": 0', '"array": {"shape": [2, 3], "data": [' + "0," * 20_000_000 + "0]}"
        )
        before = peak(server)
        reply = server.deployment("echo").post(body)
        assert_error(reply, "BadData", 400, "20000001 values")
        # The body and one copy while it grows.
        assert peak(server) - before < 2.5 * len(body)
    with Server([folders / "echo-npy"]) as server:
        body = json.dumps({"rows": [echo_npy_row(array=data_url(NPY, npy_bytes(numpy.zeros(20_000_000, "u1"))))]})
        before = peak(server)
        assert_error(server.deployment("echo-npy").post(body), "BadData", 400, "[20000000]")
        assert peak(server) - before < 3.5 * len(body)


def test_a_long_word_takes_no_more_memory_than_its_text(folders):
    with Server([folders / "single-text"]) as server:
        body = json.dumps({"rows": [{"text": "x" * 5_000_000}]})
        before = peak(server)
        assert server.deployment("single-text").post(body).status_code == 200
        assert peak(server) - before < 5 * len(body)
