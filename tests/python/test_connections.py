"""Settings of the connection, each seen to be kept: proxies, trust, time limits, retries, requests side by side."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import sidekick
from served import answering, feature

NUMBER = {"n": feature("numeric")}


def doubled(rows):
    return [{"n": 2 * row["n"]} for row in rows]


@contextmanager
def proxy_to(port, asked):
    """A proxy that lets everyone in and takes them, whatever host they name, to a port of this machine."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self):
            asked.append((self.path, self.headers.get("Proxy-Authorization"), self.headers.get("Authorization")))
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", port)) as server:
                back = threading.Thread(target=pump, args=(server, self.connection))
                back.start()
                pump(self.connection, server)
                back.join()
            self.close_connection = True

        def log_message(self, *_):
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


SCRIPT = """
import sys, sidekick
url = "http://models.invalid/deployment/x/forward"
with sidekick.Deployment(url, "secret-token", allow_token_over_http=True) as client:
    print(client.predict(n=4)["n"])
"""


def run_with(**environment):
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], env={**clean, **environment}, capture_output=True, text=True
    )


def test_a_proxy_answers_in_the_server_s_stead():
    asked = []
    with answering(NUMBER, NUMBER, doubled) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        with proxy_to(port, asked) as proxy:
            url = "http://models.invalid/deployment/x/forward"
            with sidekick.Deployment(url, "secret-token", proxy=f"http://me:pw@{proxy}") as client:
                assert client.predict(n=4) == {"n": 8.0}
    assert asked == [("models.invalid:80", "Basic bWU6cHc=", None)]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environment_names_the_proxy(name):
    asked = []
    with answering(NUMBER, NUMBER, doubled) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        with proxy_to(port, asked) as proxy:
            through = run_with(**{name: f"http://{proxy}"})
            past = run_with(**{name: f"http://{proxy}", "NO_PROXY": "models.invalid"})
    assert through.stdout == "8.0\n", through.stderr
    assert "resolved" in past.stderr and past.returncode != 0
    assert len(asked) == 1


def test_a_proxy_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with answering(NUMBER, NUMBER, doubled) as server:
        with pytest.raises(sidekick.NetworkError):
            server.open(retries=0)
        assert server.open(proxy="").predict(n=1) == {"n": 2.0}


def test_a_bad_proxy_is_refused_without_its_password():
    with pytest.raises(ValueError) as refused:
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", proxy="ftp://me:pw@host")
    assert "pw" not in str(refused.value)


def test_retries_are_counted():
    answers = iter([503, 503, 503, 503])

    def busy(rows):
        return next(answers), ""

    with answering(NUMBER, NUMBER, busy) as server:
        with pytest.raises(sidekick.HTTPError) as failed:
            server.open(retries=1).predict(n=1)
        assert (failed.value.attempts, failed.value.retryable) == (2, True)
        with pytest.raises(sidekick.HTTPError) as failed:
            server.open(retries=0).predict(n=1)
        assert failed.value.attempts == 1


def test_a_request_is_given_up_in_time():
    def slow(rows):
        time.sleep(3)
        return doubled(rows)

    with answering(NUMBER, NUMBER, slow) as server:
        with pytest.raises(sidekick.RequestTimeout, match="200 ms"):
            server.open(timeout=0.2).predict(n=1)


def test_requests_go_out_side_by_side():
    together = threading.Barrier(3, timeout=20)

    def answer(rows):
        together.wait()
        return doubled(rows)

    with answering(NUMBER, NUMBER, answer) as server:
        client = server.open(batch_rows=2, max_in_flight=3)
        results = client.predict_many({"n": value} for value in range(12))
    assert [result["n"] for result in results] == [2.0 * value for value in range(12)]


def test_a_ca_file_has_to_hold_certificates(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    with pytest.raises(ValueError, match="CA certificates"):
        sidekick.Deployment("https://127.0.0.1:1/x", "secret-token", ca_file=empty)
    with pytest.raises(OSError, match="cannot be read"):
        sidekick.Deployment("https://127.0.0.1:1/x", "secret-token", ca_file=tmp_path / "none.pem")


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"timeout": -1}, {"retries": -1}, {"max_in_flight": 0}, {"batch_rows": -1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", **wrong)
