"""Settings of requests, waits and TLS, each seen to be kept; those of `test_connections` aside."""

import datetime
import logging
import re
import socket
import ssl
import subprocess
import sys
import time

import numpy
import pytest
import trustme

import sidekick
from served import ROOT, answering, feature

NUMBER = {"n": feature("numeric")}


def doubled(rows):
    return [{"n": 2 * row["n"]} for row in rows]


def test_a_connection_is_given_up_in_time():
    # Nobody answers the handshake of TLS.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/deployment/x/forward"
        with pytest.raises(sidekick.RequestTimeout, match="200 ms, the limit of the option connect_timeout"):
            sidekick.Deployment(url, "secret-token", connect_timeout=0.2, retries=0)


def test_a_silent_server_is_given_up_in_time():
    def slow(rows):
        time.sleep(2)
        return doubled(rows)

    with answering(NUMBER, NUMBER, slow) as server:
        with pytest.raises(sidekick.RequestTimeout, match="200 ms, the limit of the option response_timeout"):
            server.open(response_timeout=0.2).predict(n=1)


def test_none_is_a_time_without_limit():
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open(call_timeout=None, connect_timeout=None, response_timeout=None)
        assert client.predict(n=1) == {"n": 2.0}


def waited(**options):
    """How long a call takes whose first attempt fails."""
    answers = iter([(503, "")])
    with answering(NUMBER, NUMBER, lambda rows: next(answers, None) or doubled(rows)) as server:
        client = server.open(**options)
        start = time.monotonic()
        assert client.predict(n=1) == {"n": 2.0}
        return time.monotonic() - start


def test_a_retry_waits_as_it_is_told():
    # At least half of what is set; the default is at most 0.1.
    assert waited(retry_backoff=(0.8, 30)) >= 0.4
    assert waited(retry_backoff=(0, 0)) < 0.4


def test_the_ceiling_of_waits_is_kept():
    busy = (503, "", ("Retry-After", "2"))
    with answering(NUMBER, NUMBER, lambda rows: busy) as server:
        with pytest.raises(sidekick.HTTPError) as failed:
            server.open(retry_backoff=(0.1, 1)).predict(n=1)
        assert failed.value.attempts == 1
    with pytest.raises(ValueError, match="ceiling"):
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", retry_backoff=(2, 1))


def test_headers_and_the_user_agent_go_along():
    with answering(NUMBER, NUMBER, doubled) as server:
        sent = {"X-Tenant": "a", "X-Key": "k3y"}
        client = server.open(headers=sent, user_agent_suffix="shop/2.1", host_header="model.example")
        client.predict(n=1)
    headers, _ = server.requests[0]
    assert (headers["X-Tenant"], headers["X-Key"]) == ("a", "k3y")
    assert headers["User-Agent"] == f"sidekick/{sidekick.__version__} shop/2.1"
    assert headers["Host"] == "model.example"


@pytest.mark.parametrize("headers", [{"Authorization": "x"}, {"a b": "x"}, {"X-Key": "a\nb"}])
def test_headers_that_cannot_be_sent_are_refused(headers):
    with pytest.raises(ValueError, match="header"):
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", headers=headers)


def test_a_large_reply_is_refused():
    with answering(NUMBER, NUMBER, lambda rows: (200, " " * 5000)) as server:
        with pytest.raises(sidekick.ReplyError, match="4000 bytes.*reply_limit"):
            server.open(reply_limit=4000).predict(n=1)


@pytest.mark.parametrize(("options", "expected"), [({}, None), ({"request_gzip": True}, "gzip")])
def test_requests_are_packed_if_wanted(options, expected):
    with answering(NUMBER, NUMBER, doubled) as server:
        results = server.open(**options).predict_many({"n": value} for value in range(128))
    assert [result["n"] for result in results] == [2.0 * value for value in range(128)]
    assert server.requests[0][0]["Content-Encoding"] == expected


@pytest.mark.parametrize(("options", "expected"), [({}, "gzip"), ({"reply_gzip": False}, "identity")])
def test_replies_may_be_packed_unless_unwanted(options, expected):
    with answering(NUMBER, NUMBER, doubled) as server:
        server.open(**options).predict(n=1)
    assert server.requests[0][0]["Accept-Encoding"] == expected


@pytest.mark.parametrize(
    ("options", "connections"),
    [({}, 1), ({"keep_alive": (0, 4)}, 4), ({"keep_alive": (64, 0.02)}, 4), ({"keep_alive": (64, 60)}, 1)],
)
def test_idle_connections_are_kept_as_told(options, connections):
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open(**options)
        for _ in range(3):
            time.sleep(0.06)
            client.predict(n=1)
    assert server.connections == connections


def test_some_hosts_are_asked_without_the_proxy():
    with answering(NUMBER, NUMBER, doubled) as server:
        nowhere = "http://127.0.0.1:1"
        with pytest.raises(sidekick.NetworkError):
            server.open(proxy=nowhere, no_proxy="localhost", retries=0)
        assert server.open(proxy=nowhere, no_proxy="localhost,127.0.0.0/8").predict(n=1) == {"n": 2.0}


def test_the_token_is_not_shown_to_the_network():
    where = ("http://models.invalid/deployment/x/forward", "secret-token")
    with pytest.raises(ValueError, match="allow_token_over_http"):
        sidekick.Deployment(*where, proxy="")
    with pytest.raises(sidekick.NetworkError):
        sidekick.Deployment(*where, proxy="", retries=0, allow_token_over_http=True)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls(authority):
    """The context of a server that the authority signed for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_an_authority_of_one_s_own_is_trusted(authority, tls, tmp_path):
    pem = authority.cert_pem.bytes()
    file = tmp_path / "ca.pem"
    file.write_bytes(pem)
    with answering(NUMBER, NUMBER, doubled, tls) as server:
        with pytest.raises(sidekick.NetworkError, match="authority"):
            server.open()
        for trust in ({"ca_pem": pem}, {"ca_pem": pem.decode()}, {"ca_file": file}):
            assert server.open(**trust).predict(n=1) == {"n": 2.0}
        with pytest.raises(ValueError, match="ca_file and ca_pem"):
            server.open(ca_file=file, ca_pem=pem)


def test_verification_can_be_skipped(tls):
    with answering(NUMBER, NUMBER, doubled, tls) as server:
        assert server.open(dangerous_skip_tls_verification=True).predict(n=1) == {"n": 2.0}


def test_an_old_tls_is_refused(authority, tls):
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    with answering(NUMBER, NUMBER, doubled, tls) as server:
        trust = {"ca_pem": authority.cert_pem.bytes()}
        assert server.open(**trust).predict(n=1) == {"n": 2.0}
        with pytest.raises(sidekick.NetworkError):
            server.open(tls_minimum="1.3", **trust)


def test_a_client_shows_its_certificate(authority, tls, tmp_path):
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    mine = authority.issue_cert("client.test")
    pem = mine.cert_chain_pems[0].bytes(), mine.private_key_pem.bytes()
    files = tmp_path / "client.pem", str(tmp_path / "client.key")
    for file, text in zip(files, pem):
        with open(file, "wb") as written:
            written.write(text)
    trust = {"ca_pem": authority.cert_pem.bytes()}
    with answering(NUMBER, NUMBER, doubled, tls) as server:
        with pytest.raises(sidekick.NetworkError):
            server.open(retries=0, **trust)
        for shown in (files, pem):
            assert server.open(client_certificate=shown, **trust).predict(n=1) == {"n": 2.0}
        with pytest.raises(OSError, match="cannot be read"):
            server.open(client_certificate=(files[0], tmp_path / "none.key"), **trust)
        with pytest.raises(TypeError, match="client_certificate"):
            server.open(client_certificate=(files[0], pem[1]), **trust)


def test_every_setting_of_the_library_is_a_keyword():
    from sidekick import _library

    header = (ROOT / "include" / "sidekick.h").read_text(encoding="utf-8")
    setters = set(re.findall(r"\bsidekick_options_(?:set|add)_\w+(?=\()", header))
    assert len(setters) > 20 and setters <= set(_library._CALLS)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"connect_timeout": 0}, ValueError),
        ({"response_timeout": -1}, ValueError),
        ({"retry_backoff": (-1, 1)}, ValueError),
        ({"keep_alive": (-1, 1)}, ValueError),
        ({"reply_limit": 0}, ValueError),
        ({"tls_minimum": "1.1"}, ValueError),
        ({"wire": "bytes"}, ValueError),
        ({"wire": 1}, TypeError),
        ({"host_header": "a b"}, ValueError),
        ({"isolate_bad_rows": 1}, TypeError),
        ({"isolate_status_500": 1}, TypeError),
        ({"request_gzip": "no"}, TypeError),
        ({"reply_gzip": 0}, TypeError),
        ({"allow_token_over_http": "false"}, TypeError),
        ({"dangerous_skip_tls_verification": 1}, TypeError),
        ({"user_agent_suffix": b"x"}, TypeError),
        ({"user_agent_suffix": "\ud800"}, ValueError),
        ({"batch_rows": "4"}, TypeError),
        ({"batch_rows": 4.0}, TypeError),
        ({"max_in_flight": "4"}, TypeError),
        ({"max_in_flight": True}, TypeError),
        ({"max_in_flight": -1}, ValueError),
        ({"retries": "2"}, TypeError),
        ({"reply_limit": "1"}, TypeError),
        ({"reply_limit": 1.5}, TypeError),
        ({"call_timeout": "2"}, TypeError),
        ({"call_timeout": True}, TypeError),
        ({"connect_timeout": datetime.timedelta(1)}, TypeError),
        ({"response_timeout": float("nan")}, ValueError),
        ({"retry_backoff": 1}, TypeError),
        ({"retry_backoff": (1, 2, 3)}, TypeError),
        ({"retry_backoff": ("1", 2)}, TypeError),
        ({"keep_alive": 5}, TypeError),
        ({"keep_alive": ("5", 1)}, TypeError),
        ({"tls_minimum": 1.2}, TypeError),
        ({"tls_minimum": ["1.2"]}, TypeError),
        ({"ca_file": 3}, TypeError),
        ({"ca_pem": 3}, TypeError),
        ({"client_certificate": "ab"}, TypeError),
        ({"client_certificate": (1, 2)}, TypeError),
        ({"headers": [("a", "b")]}, TypeError),
        ({"headers": {"a": 1}}, TypeError),
        ({"proxy": 1}, TypeError),
        ({"no_proxy": ["host"]}, TypeError),
        ({"log": "no"}, TypeError),
        ({"callbacks_on_caller": 1}, TypeError),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(wrong, kind):
    with pytest.raises(kind, match=next(iter(wrong))) as raised:
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", **wrong)
    assert isinstance(raised.value, sidekick.Error)


WITHOUT = {"ca_file", "ca_pem", "client_certificate", "proxy", "no_proxy", "headers", "model_description"}
UNLIMITED = {"call_timeout", "connect_timeout", "response_timeout"}


def test_none_is_taken_where_it_means_something():
    given = dict.fromkeys(WITHOUT | UNLIMITED)
    with answering(NUMBER, NUMBER, doubled) as server:
        assert server.open(**given).predict(n=1) == {"n": 2.0}


@pytest.mark.parametrize("name", sorted(sidekick.Deployment.__init__.__kwdefaults__.keys() - WITHOUT - UNLIMITED))
def test_none_is_refused_where_it_means_nothing(name):
    with pytest.raises(sidekick.InvalidTypeError, match=f"^{name}: expected .*, got None$"):
        sidekick.Deployment("http://127.0.0.1:1/x", "secret-token", **{name: None})


@pytest.mark.parametrize("url", [None, b"http://127.0.0.1:1/x", 5])
def test_a_url_is_a_text(url):
    with pytest.raises(TypeError, match="^url: expected a str, got "):
        sidekick.Deployment(url, "secret-token")


def test_numbers_of_numpy_are_numbers():
    with answering(NUMBER, NUMBER, doubled) as server:
        client = server.open(batch_rows=numpy.int64(2), call_timeout=numpy.float32(5), retries=numpy.uint8(1))
        assert client.predict(n=1, timeout=numpy.int16(5)) == {"n": 2.0}


def test_the_log_hears_everything_but_the_token(caplog):
    caplog.set_level(logging.DEBUG, logger="sidekick")
    answers = iter([(503, "secret-token"), None])
    with answering(NUMBER, NUMBER, lambda rows: next(answers) or doubled(rows)) as server:
        client = server.open(log=True, keep_alive=(0, 0))
        client.predict(n=1)
    with pytest.raises(sidekick.NetworkError):
        client.predict(n=1)
    told = {(record.name, record.levelno) for record in caplog.records}
    assert told == {("sidekick", level) for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)}
    assert "secret-token" not in caplog.text


def test_nothing_is_logged_unless_wanted(caplog):
    caplog.set_level(logging.DEBUG, logger="sidekick")
    with answering(NUMBER, NUMBER, doubled) as server:
        server.open().predict(n=1)
    assert not caplog.records


def test_nothing_is_printed_by_a_program_that_does_not_configure_logging():
    program = """
import sidekick
try:
    sidekick.Deployment("http://127.0.0.1:9/deployment/x/forward", "x-token", retries=0, log=True)
except sidekick.NetworkError:
    print("no connection")
"""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "no connection\n", "")
