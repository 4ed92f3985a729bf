"""Settings of the connection, each seen to be kept: proxies, trust, time limits, retries, requests side by side."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

import sidekick
from proxy import proxy
from served import answering, feature

NUMBER = {"n": feature("numeric")}


def doubled(rows):
    return [{"n": 2 * row["n"]} for row in rows]


SCRIPT = """
import sys, sidekick
with sidekick.Deployment(sys.argv[1], "secret-token", allow_token_over_http=True) as client:
    print(client.predict(n=4)["n"])
"""


def nowhere(server):
    """The server's URL at a host that nobody but a proxy knows."""
    return server.url.replace("127.0.0.1", "models.invalid")


def run_with(url, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, url], env={**clean, **environment}, capture_output=True, text=True
    )


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_leads_to_the_server_whom_it_knows(scheme):
    with answering(NUMBER, NUMBER, doubled) as server, proxy() as between:
        with server.open(url=nowhere(server), proxy=f"{scheme}://me:pw@{between.address}") as client:
            assert client.predict(n=4) == {"n": 8.0}
        assert between.asked == [nowhere(server).split("/")[2]]
        for user in ("me:wrong@", ""):
            with pytest.raises(sidekick.NetworkError, match="proxy") as refused:
                server.open(url=nowhere(server), proxy=f"{scheme}://{user}{between.address}", retries=0)
            assert "wrong" not in str(refused.value)
    assert "secret-token" not in str(between.heads)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environment_names_the_proxy(name):
    with answering(NUMBER, NUMBER, doubled) as server, proxy() as between:
        address = f"http://me:pw@{between.address}"
        through = run_with(nowhere(server), **{name: address})
        past = run_with(nowhere(server), **{name: address, "NO_PROXY": "models.invalid"})
    assert through.stdout == "8.0\n", through.stderr
    assert "resolved" in past.stderr and past.returncode != 0
    assert len(between.asked) == 1


def test_a_proxy_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(sidekick.NetworkError, match="from the environment variable http_proxy"):
        sidekick.Deployment("http://models.invalid/x", "secret-token", retries=0)
    with pytest.raises(ValueError, match="allow_token_over_http"):
        sidekick.Deployment("http://models.invalid/x", "secret-token", proxy="")


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
        with pytest.raises(sidekick.RequestTimeout, match="200 ms, the limit of the option call_timeout"):
            server.open(call_timeout=0.2).predict(n=1)


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


@pytest.mark.parametrize("wrong", [{"call_timeout": 0}, {"call_timeout": -1}, {"retries": -1},
                                   {"max_in_flight": 0}, {"batch_rows": -1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", **wrong)


@pytest.mark.parametrize("end", ["", "/", "/forward", "/forward/", "/openapi.json"])
def test_a_deployment_is_known_by_each_of_its_addresses(end):
    with answering(NUMBER, NUMBER, doubled) as server:
        base = server.url.rsplit("/deployment/", 1)[0] + "/deployment/x"
        assert server.open(url=base + end).predict(n=4) == {"n": 8.0}
        assert server.paths == ["/deployment/x/openapi.json", "/deployment/x/forward"]


@pytest.mark.parametrize(
    "url, said",
    [
        ("nowhere", "does not start with http:// or https://"),
        ("http://0.0.0.0:8000/x", "use 127.0.0.1"),
        ("http://127.0.0.1:18081[]/x", '"[" at character 23'),
        ("http://127.0.0.1/d\u00e9ploy", "percent-encode it as %C3%A9"),
        ("http://127.0.0.1/\ud800", "url is not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_url_is_said(url, said):
    with pytest.raises(ValueError) as refused:
        sidekick.Deployment(url, "secret-token")
    assert said in str(refused.value)


@pytest.mark.parametrize("url", [None, b"http://127.0.0.1/", 7])
def test_a_url_is_a_str(url):
    with pytest.raises(TypeError, match="url: expected a str, got"):
        sidekick.Deployment(url, "secret-token")


def test_this_machine_is_asked_without_the_environment_s_proxy():
    dead = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "all_proxy")}
    with answering(NUMBER, NUMBER, doubled) as server:
        assert run_with(server.url, **dead).stdout == "8.0\n"
    failed = run_with("http://models.invalid/x", **dead).stderr
    peers = "models.invalid:80 through the proxy 127.0.0.1:9 (from the environment variable http_proxy)"
    assert f"{peers}: the proxy cannot be reached" in failed


def test_a_server_without_tls_is_asked_for_by_http():
    def close(listener):
        connection = listener.accept()[0]
        connection.recv(4096)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=close, args=(listener,))
        server.start()
        with pytest.raises(sidekick.NetworkError, match="; if it does not speak TLS, open the URL with http://$"):
            sidekick.Deployment(f"https://127.0.0.1:{listener.getsockname()[1]}/v2/models/m", "")
        server.join()
