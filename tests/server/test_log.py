"""The access log, the ids of requests, and the context of a trace."""

import json
import re
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from conftest import Server, find_binary
from deployment_client import Deployment
from fronts import PENGUIN, SHIPPED, front, shipped

PENGUINS = SHIPPED / "penguins"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
TEXT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1 (?P<method>\S+) (?P<path>\S+) (?P<status>\d{3}) in=(?P<bytes_in>\d+) "
    r"out=(?P<bytes_out>\d+) ms=(?P<duration_ms>\d+\.\d{3}) deployment=(?P<deployment>\S+) rows=(?P<rows>\S+) id=(?P<id>\S+) "
    r"trace=(?P<trace>\S+)")


class Log:
    """What a server with a log writes to a file."""

    def __init__(self, folder, form="json", folders=(PENGUINS,), more=()):
        self.file = folder / "access.log"
        self.server = Server(folders, "--log", form, "--log-file", str(self.file), *more)
        self.read = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def lines(self, count=1):
        """The next lines: a line is written after its response."""
        end = time.monotonic() + 30
        while len(lines := self.file.read_text().splitlines(keepends=True)[self.read:]) < count:
            assert time.monotonic() < end, lines
            time.sleep(0.01)
        assert len(lines) == count and all(line.endswith("\n") for line in lines), lines
        self.read += count
        return [line.rstrip("\n") for line in lines]

    def line(self):
        [line] = self.lines()
        return json.loads(line)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    with Log(tmp_path_factory.mktemp("log")) as log:
        yield log


def raw(server, head, body=b""):
    """The whole response to bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(path=b"/healthz", *headers):
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: h", b"Connection: close", *headers, b"", b""])


def id_of(reply):
    [found] = re.findall(rb"(?i)\r\nx-request-id: ([^\r\n]*)\r\n", reply)
    return found.decode()


def test_a_line_of_a_prediction(log):
    penguins = log.server.deployment("penguins")
    reply = penguins.send(PENGUIN, PENGUIN)
    line = log.line()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert 0 < line.pop("duration_ms") < 60_000
    assert line.pop("bytes_in") == int(reply.request.headers["Content-Length"])
    assert line.pop("bytes_out") > 20
    assert line.pop("request_id") == reply.headers["X-Request-Id"]
    assert line == {"client": "127.0.0.1", "method": "POST", "path": "/deployment/penguins/forward", "status": 200,
                    "deployment": "penguins", "rows": 2}


def test_a_line_of_text(tmp_path):
    with Log(tmp_path, "text") as log:
        reply = log.server.deployment("penguins").send(PENGUIN)
        requests.get(f"{log.server.base}/healthz", headers={"traceparent": PARENT}, timeout=30)
        one, other = [TEXT.fullmatch(line).groupdict() for line in log.lines(2)]
        assert one["path"] == "/deployment/penguins/forward" and one["status"] == "200" and one["method"] == "POST"
        assert (one["deployment"], one["rows"], one["trace"]) == ("penguins", "1", "-")
        assert one["id"] == reply.headers["X-Request-Id"]
        assert (other["deployment"], other["rows"], other["trace"]) == ("-", "-", TRACE)
        assert other["bytes_out"] == "3"


def test_the_open_inference_protocol(log):
    body = {"inputs": [{"name": "features", "shape": [2, 9], "datatype": "FP32", "data": [0.5] * 18}]}
    headers = {"Authorization": "Bearer penguins-token"}
    requests.post(f"{log.server.base}/v2/models/penguins/infer", json=body, headers=headers, timeout=30).raise_for_status()
    line = log.line()
    assert (line["path"], line["deployment"], line["rows"]) == ("/v2/models/penguins/infer", "penguins", 2)


def test_the_bytes_are_those_of_the_wire(log):
    requests.get(f"{log.server.base}/deployment/penguins", headers={"Accept-Encoding": "identity"}, timeout=30)
    plain = log.line()
    requests.get(f"{log.server.base}/deployment/penguins", headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert log.line()["bytes_out"] < plain["bytes_out"] / 2


def test_a_client_that_goes_away(log):
    head = b"POST /deployment/penguins/forward HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer penguins-token\r\n" \
           b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", log.server.port), timeout=30) as connection:
        connection.sendall(head + b"0123456789")
        time.sleep(0.2)
    line = log.line()
    # What it did not send whole is an error of its own.
    assert (line["status"], line["bytes_in"], line["deployment"]) == (400, 10, "penguins")
    assert "rows" not in line


def test_a_client_that_does_not_wait(remote, tmp_path):
    engine = Engine(tmp_path / "front", remote)
    with Log(tmp_path, folders=[engine.folder]) as log:
        engine.held.clear()
        try:
            with pytest.raises(requests.Timeout):
                url, token = log.server.deployments["penguins"]
                requests.post(url, json={"rows": [PENGUIN]}, headers={"Authorization": f"Bearer {token}"}, timeout=0.5)
            line = log.line()
        finally:
            engine.held.set()
        assert (line["status"], line["bytes_out"], line["deployment"], line["rows"]) == (499, 0, "penguins", 1)
    engine.close()


def test_the_log_has_no_token_no_body_and_no_query(log):
    server = log.server
    Deployment(server.deployments["penguins"][0], "another-secret").send({"island": "body-secret"})
    for path in ("/healthz?token=penguins-token&x=query-secret", "/penguins-token", "/deployment/penguins%2Dtoken/forward"):
        requests.get(server.base + path, timeout=30)
    requests.get(f"{server.base}/healthz", headers={"X-Request-Id": "a-penguins-token-b"}, timeout=30)
    lines = log.lines(5)
    for secret in ("penguins-token", "penguins%2Dtoken", "secret"):
        assert secret not in "".join(lines)
    assert [json.loads(line)["path"] for line in lines] == \
        ["/deployment/penguins/forward", "/healthz?...", "[token]", "[token]", "/healthz"]
    assert json.loads(lines[4])["request_id"] == "[token]"


def test_the_admin_token_is_not_logged(tmp_path):
    (tmp_path / "admin").write_text("admin-of-all")
    with Log(tmp_path, more=("--admin-token-file", str(tmp_path / "admin"))) as log:
        requests.get(f"{log.server.base}/admin-of-all", timeout=30)
        assert log.line()["path"] == "[token]"


@pytest.mark.parametrize("form", ["json", "text"])
def test_one_line_whatever_is_sent(tmp_path, form):
    """No client writes a line, or a control character, of its own."""
    paths = [b"/a%0Ab", b"/a%00%1b[31m", "/\u00e9\u2028\u202e\u0085".encode(), b'/"},{"a":1', b"/" + b"x" * 50_000, b"/%zz",
             b"/\\", b"/a=1%20b"]
    ids = [b"a\tb", b"a b", b"\xff", b'"}{', b"a" * 129, b"\x1b[31m"]
    with Log(tmp_path, form) as log:
        for path in paths:
            raw(log.server, get(path))
        for id in ids:
            raw(log.server, get(b"/healthz", b"X-Request-Id: " + id))
        raw(log.server, b"B\x25!#$x" * 20 + get()[3:])
        time.sleep(0.3)
        text = log.file.read_bytes()
        assert re.fullmatch(rb"([ -~]+\n)+", text), text
        lines = text.decode().splitlines()
        assert max(map(len, lines)) < 1500
        if form == "text":
            assert all(TEXT.fullmatch(line) for line in lines), lines
        else:
            assert all(json.loads(line)["client"] == "127.0.0.1" for line in lines)
        # Not all of them are requests.
        assert len(paths) + len(ids) - 3 <= len(lines) <= len(paths) + len(ids) + 1


def test_a_sane_request_id_is_taken_and_returned(log):
    for id in ("a", "7d1c0c0e-6f5c-4c0a-bd4e-2f8cfe0ac6e1", "!~/=\"\\", "x" * 128):
        reply = requests.get(f"{log.server.base}/healthz", headers={"X-Request-Id": id}, timeout=30)
        assert reply.headers["X-Request-Id"] == id
        assert log.line()["request_id"] == id


@pytest.mark.parametrize("lines", [
    [], [b"X-Request-Id:"], [b"X-Request-Id: a b"], [b"X-Request-Id: " + b"x" * 129], [b"X-Request-Id: \xc3\xa9"],
    [b"X-Request-Id: a\tb"], [b"X-Request-Id: a", b"X-Request-Id: b"],
])
def test_another_request_id_is_made(log, lines):
    found = [id_of(raw(log.server, get(b"/healthz", *lines))) for _ in range(2)]
    assert found[0] != found[1] and all(re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]+", id) for id in found)
    assert [json.loads(line)["request_id"] for line in log.lines(2)] == found


def test_no_header_is_injected(log):
    for id in (b"a\rSet-Cookie: x=1", b"a\x00b", b"a\r\n Set-Cookie: x=1"):
        reply = raw(log.server, get(b"/healthz", b"X-Request-Id: " + id))
        assert b"set-cookie" not in reply.lower() and b"\x00" not in reply


def test_every_response_has_an_id():
    """Also without a log, and if the request is refused."""
    with Server([PENGUINS]) as server:
        for path in ("/healthz", "/", "/none", "/v2", "/v2/none", "/deployment/none", "/deployment/penguins"):
            reply = requests.get(server.base + path, timeout=30)
            assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]+", reply.headers["X-Request-Id"]), path
        assert id_of(raw(server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))


class Engine:
    """A front whose engine notes the headers that it gets, and fails if it is told so."""

    def __init__(self, folder, engine):
        seen, self.fails = [], False
        self.held = held = threading.Event()
        held.set()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(handler):
                handler.passed("GET", None)

            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                seen.append(handler.headers)
                held.wait(30)
                handler.passed("POST", body)

            def passed(handler, method, body):
                names = ("Authorization", "Content-Type", "Inference-Header-Content-Length")
                headers = {name: handler.headers[name] for name in names if name in handler.headers}
                reply = requests.request(method, engine.base + handler.path, data=body, headers=headers, timeout=30)
                status, content = (500, b'{"error": "it broke"}') if self.fails and body else (reply.status_code, reply.content)
                handler.send_response(status)
                for name in ("Content-Type", "Inference-Header-Content-Length"):
                    if name in reply.headers and status == 200:
                        handler.send_header(name, reply.headers[name])
                handler.send_header("Content-Length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content)

            def log_message(self, *_):
                pass

        self.seen = seen
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self.http.server_port}/v2/models/penguins"
        self.folder = front(folder, shipped("penguins"), {"url": url, "token": "penguins-token"})

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def headers(self):
        [headers] = self.seen
        self.seen.clear()
        return {name: headers.get_all(name) for name in ("traceparent", "tracestate") if name in headers}


@pytest.fixture(scope="module")
def remote():
    with Server([PENGUINS]) as engine:
        yield engine


@pytest.fixture(scope="module")
def running(remote, tmp_path_factory):
    engine = Engine(tmp_path_factory.mktemp("engine") / "front", remote)
    engine.errors = tmp_path_factory.mktemp("errors") / "errors"
    with engine.errors.open("w") as errors, Server([engine.folder], errors=errors) as server:
        engine.server = server
        yield engine
    engine.close()


@pytest.fixture
def engine(running):
    running.seen.clear()
    running.fails = False
    return running


def predict(engine, **headers):
    url, token = engine.server.deployments["penguins"]
    headers = {"Authorization": f"Bearer {token}", **headers}
    return requests.post(url, json={"rows": [PENGUIN]}, headers=headers, timeout=30)


STATE = "congo=t61rcWkgMzE,rojo@x-y=00f067aa0ba902b7"


@pytest.mark.parametrize("sent", [
    {},
    {"traceparent": PARENT},
    {"traceparent": PARENT.replace("-01", "-00"), "tracestate": STATE},
    {"traceparent": PARENT, "tracestate": "a=b c ,, d/e*_-1=x"},
    {"traceparent": f"cc-{TRACE}-b7ad6b7169203331-01"},
    {"traceparent": f"cc-{TRACE}-b7ad6b7169203331-01-what-comes"},
])
def test_a_trace_context_is_passed_as_it_is(engine, sent):
    assert predict(engine, **sent).status_code == 200
    assert engine.headers() == {name: [value.strip()] for name, value in sent.items()}


@pytest.mark.parametrize("parent", [
    "", "00", PARENT.upper(), PARENT + "-", PARENT + "-x", PARENT[:-1], f"ff-{TRACE}-b7ad6b7169203331-01",
    f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}-{'0' * 16}-01", PARENT.replace("-", "_"), f"0x-{TRACE}-b7ad6b7169203331-01",
    f"cc-{TRACE}-b7ad6b7169203331-01.more", f"00-{TRACE}-b7ad6b7169203331-0g", f"cc-{TRACE}-b7ad6b7169203331-01-" + "x" * 500,
])
def test_what_is_no_traceparent_goes_no_further(engine, parent):
    assert predict(engine, traceparent=parent, tracestate=STATE).status_code == 200
    assert engine.headers() == {}


@pytest.mark.parametrize("state", [
    "a", "a=", "=b", "A=b", "a=b=c", "a=b,a=c", "1=b", "a@=b", "@a=b", "a=\u00e9", "a" * 257 + "=b", "a=" + "b" * 257,
    "a@" + "b" * 15 + "=c", ",".join(f"a{number}=b" for number in range(33)), "a=b\tc",
])
def test_what_is_no_tracestate_is_left_out(engine, state):
    assert predict(engine, traceparent=PARENT, tracestate=state.encode()).status_code == 200
    assert engine.headers() == {"traceparent": [PARENT]}


def test_several_lines_of_a_trace_context(engine):
    """Two parents are none; the lines of a state are one list."""
    def send(*lines):
        body = json.dumps({"rows": [PENGUIN]}).encode()
        head = [b"POST /deployment/penguins/forward HTTP/1.1", b"Host: h", b"Connection: close",
                b"Authorization: Bearer penguins-token", b"Content-Type: application/json",
                b"Content-Length: %d" % len(body), *lines, b"", b""]
        assert raw(engine.server, b"\r\n".join(head), body).startswith(b"HTTP/1.1 200")
        return engine.headers()

    parent = b"traceparent: " + PARENT.encode()
    assert send(parent, parent) == {}
    assert send(parent, b"tracestate: a=1", b"tracestate: b=2") == {"traceparent": [PARENT], "tracestate": ["a=1,b=2"]}


def test_the_error_of_a_server_has_the_id(engine):
    """Who reports a failure names the request; errors of the rows have it in the header alone."""
    url, token = engine.server.deployments["penguins"]
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "mine"}
    reply = requests.post(url, json={"rows": [{}]}, headers=headers, timeout=30)
    assert reply.status_code == 400 and "mine" not in reply.text and reply.headers["X-Request-Id"] == "mine"
    engine.fails = True
    reply = requests.post(url, json={"rows": [PENGUIN]}, headers=headers, timeout=30)
    assert reply.status_code == 500 and reply.json()["errorMessage"].endswith(" (request mine)"), reply.text
    tensors = {"inputs": [{"name": "features", "shape": [1, 9], "datatype": "FP32", "data": [0.5] * 9}]}
    reply = requests.post(f"{engine.server.base}/v2/models/penguins/infer", json=tensors, headers=headers, timeout=30)
    assert reply.status_code == 500 and reply.json()["error"].endswith(" (request mine)"), reply.text


def test_a_token_as_the_id_of_a_request_is_not_told(engine):
    engine.fails = True
    assert predict(engine, **{"X-Request-Id": "it-is-penguins-token"}).status_code == 500
    assert predict(engine, **{"X-Request-Id": "the-last"}).status_code == 500
    text = engine.errors.read_text()
    assert "(request [token])" in text and "(request the-last)" in text and "penguins-token" not in text


def test_standard_error_is_the_default_place(tmp_path):
    file = tmp_path / "errors"
    with file.open("w") as errors, Server([PENGUINS], "--log", "text", errors=errors) as server:
        requests.get(f"{server.base}/healthz", timeout=30)
        server.process.terminate()
        assert server.process.wait(30) == 0
    # The end writes what is left.
    lines = [line for line in file.read_text().splitlines() if not line.startswith("sidekick-server: ")]
    assert len(lines) == 1 and TEXT.fullmatch(lines[0])["path"] == "/healthz"


def test_without_the_option_nothing_is_logged(tmp_path):
    for options in ([], ["--log", "off"]):
        file = tmp_path / "errors"
        with file.open("w") as errors, Server([PENGUINS], *options, errors=errors) as server:
            requests.get(f"{server.base}/healthz", timeout=30)
            server.process.terminate()
            server.process.wait(30)
        assert "healthz" not in file.read_text()


def test_a_file_is_appended_to(tmp_path):
    (tmp_path / "access.log").write_text("before\n")
    with Log(tmp_path) as log:
        requests.get(f"{log.server.base}/healthz", timeout=30)
        assert log.lines(2)[0] == "before"


@pytest.mark.parametrize("arguments, code, words", [
    (["--log", "xml"], 2, ["text", "json", "off"]),
    (["--log-file", "x"], 1, ["--log-file", "--log text"]),
    (["--log", "text", "--log-file", "/none/x"], 1, ["--log-file /none/x", "No such file"]),
])
def test_wrong_calls(arguments, code, words):
    shown = subprocess.run([find_binary(), *arguments, str(PENGUINS)], capture_output=True, text=True, timeout=60)
    assert shown.returncode == code and shown.stdout == ""
    for word in words:
        assert word in shown.stderr, shown.stderr


def test_a_reader_that_stopped_does_not_stop_the_server():
    """Standard error is a pipe that nobody empties: lines are lost, requests are not."""
    with Server([PENGUINS], "--log", "json", errors=subprocess.PIPE) as server:
        with requests.Session() as session:
            for _ in range(1500):
                reply = session.get(f"{server.base}/healthz", headers={"X-Request-Id": "x" * 128}, timeout=30)
                assert reply.status_code == 200
        server.process.kill()
        server.process.stderr.close()
