"""Deployments that are enabled and disabled while the server runs, and the figures of the last hour."""

import fcntl
import socket
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import requests
from conftest import Server
from deployment_client import assert_error


def switch(server, id, enabled, token="admin-secret"):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.put(f"{server.base}/deployment/{id}/enabled", json={"enabled": enabled}, headers=headers)


def admin(folder):
    file = folder / "admin"
    file.write_text("admin-secret\n")
    return ["--admin-token-file", str(file)]


def test_a_disabled_deployment_answers_nothing_until_it_is_enabled(folders, tmp_path):
    with Server([folders / "echo", folders / "names"], *admin(tmp_path)) as server:
        echo = server.deployment("echo")
        reply = switch(server, "echo", False)
        assert (reply.status_code, reply.json()) == (200, {"enabled": False})
        assert_error(echo.describe(), "DeploymentNotEnabled", 403)
        metadata = requests.get(f"{server.base}/v2/models/echo", headers={"Authorization": "Bearer echo-token"})
        assert metadata.status_code == 403
        assert ">not enabled<" in requests.get(f"{server.base}/deployment/echo").text
        assert server.deployment("names").describe().status_code == 200
        switch(server, "echo", True)
        assert echo.describe().status_code == 200
        assert ">enabled<" in requests.get(f"{server.base}/deployment/echo").text


def test_the_state_lasts_over_a_restart(folders, tmp_path):
    options = admin(tmp_path)
    with Server([folders / "echo", folders / "disabled"], *options) as server:
        switch(server, "echo", False)
        switch(server, "disabled", True)
    with Server([folders / "echo", folders / "disabled"], *options) as server:
        assert_error(server.deployment("echo").describe(), "DeploymentNotEnabled", 403)
        assert server.deployment("disabled").describe().status_code == 200


def test_requests_are_answered_while_switches_wait_for_another_server(folders, tmp_path):
    options = admin(tmp_path)
    with Server([folders / "echo"], *options) as server, ThreadPoolExecutor(16) as threads:
        with open(options[1]) as token:
            # As another server does while it writes the state.
            fcntl.flock(token, fcntl.LOCK_EX)
            waiting = [threads.submit(switch, server, "echo", place == 15) for place in range(16)]
            assert not wait(waiting, timeout=0.5).done
            assert requests.get(f"{server.base}/healthz", timeout=5).status_code == 200
        assert all(done.result().status_code == 200 for done in waiting)


@pytest.mark.parametrize("token", ["", "Authorization: Bearer admin-secret\r\n"])
def test_a_body_that_does_not_arrive_is_not_waited_for_without_end(folders, tmp_path, token):
    with Server([folders / "echo"], *admin(tmp_path), "--deadline", "2") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            head = f"PUT /deployment/echo/enabled HTTP/1.1\r\nHost: x\r\n{token}Content-Length: 9\r\n\r\n"
            connection.sendall(head.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 408 " if token else b"HTTP/1.1 401 ")


def test_a_large_body_switches_nothing(folders, tmp_path):
    with Server([folders / "echo"], *admin(tmp_path)) as server:
        url, headers = f"{server.base}/deployment/echo/enabled", {"Authorization": "Bearer admin-secret"}
        assert_error(requests.put(url, data=b"x" * 2000, headers=headers), "BadData", 413, "1024 bytes")
        reply = requests.put(url, data=b'{"' + b"x" * 1000 + b'": 1}', headers=headers)
        assert_error(reply, "BadData", 400, '{"enabled": true}')
        assert len(reply.text) < 600


def test_only_the_admin_token_switches(folders, tmp_path):
    with Server([folders / "echo"], *admin(tmp_path)) as server:
        for token in ("echo-token", "admin-secre", ""):
            assert_error(switch(server, "echo", False, token), "InvalidTokenError", 401, "admin token")
        assert server.deployment("echo").describe().status_code == 200
        headers = {"Authorization": "Bearer admin-secret"}
        for body in (b"", b"{}", b'{"enabled": 1}', b'{"enabled": true, "more": 1}'):
            reply = requests.put(f"{server.base}/deployment/echo/enabled", data=body, headers=headers)
            assert_error(reply, "BadData", 400, '{"enabled": true}')
        reply = requests.put(f"{server.base}/deployment/echo/enabled", data=b" " * (3 << 20), headers=headers)
        assert_error(reply, "BadData", 413)
        assert "admin-secret" not in requests.get(f"{server.base}/deployment/echo").text


def test_a_server_without_an_admin_token_switches_nothing(server):
    assert_error(switch(server, "echo", False), "ResourceNotFound", 404, "--admin-token-file")


def test_the_last_hour_is_counted(folders):
    with Server([folders / "echo"]) as server:
        assert requests.get(f"{server.base}/recent").json().get("echo", {"requests": 0})["requests"] == 0
        url, token = server.deployments["echo"]
        for _ in range(3):
            requests.post(url, json={"rows": [{}]}, headers={"Authorization": f"Bearer {token}"})
        recent = requests.get(f"{server.base}/recent").json()["echo"]
        assert (recent["requests"], recent["errors"]) == (3, 3)
        assert sum(bar["count"] for bar in recent["latency"]) == 3
        assert recent["p50"] <= recent["p99"]
