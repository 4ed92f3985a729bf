"""The addresses of the API and who may ask there."""

import http.client

import pytest
import requests
from deployment_client import assert_error, echo_row
from requests.auth import HTTPBasicAuth


def test_predict_is_post_to_the_url(echo):
    assert len(echo.predict(echo_row())) == 1


def test_describe_is_get_of_openapi_json_beside_the_url(server, echo):
    assert echo.url == f"{server.base}/deployment/echo/forward"
    reply = requests.get(f"{server.base}/deployment/echo/openapi.json", headers={"Authorization": "Bearer echo-token"})
    assert reply.status_code == 200
    assert reply.json() == echo.describe().json()


@pytest.mark.parametrize("ask", ["describe", "predict"])
@pytest.mark.parametrize(
    "authorization", ["Bearer echo-token", "bearer echo-token", "Basic"], ids=["bearer", "lower-case-bearer", "basic"]
)
def test_both_forms_of_the_token_are_accepted(server, ask, authorization):
    base = f"{server.base}/deployment/echo"
    auth = HTTPBasicAuth("echo-token", "") if authorization == "Basic" else None
    headers = {} if auth else {"Authorization": authorization}
    if ask == "describe":
        reply = requests.get(f"{base}/openapi.json", auth=auth, headers=headers)
    else:
        reply = requests.post(f"{base}/forward", json={"rows": [echo_row()]}, auth=auth, headers=headers)
    assert reply.status_code == 200


@pytest.mark.parametrize("ask", ["describe", "predict"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        "Bearer echo-toke",
        "Bearer echo-token2",
        "Bearer names-token",
        "Digest echo-token",
        "Basic ****",
        "Basic ZWNoby10b2tlbg==",
        "Basic ZWNoby10b2tlbjpwYXNzd29yZA==",
        "echo-token",
    ],
)
def test_any_other_token_is_refused(server, ask, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    base = f"{server.base}/deployment/echo"
    if ask == "describe":
        reply = requests.get(f"{base}/openapi.json", headers=headers)
    else:
        reply = requests.post(f"{base}/forward", json={"rows": []}, headers=headers)
    assert_error(reply, "InvalidTokenError", 401, "token")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_connections_are_kept_alive(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.connect()
    socket = connection.sock
    for _ in range(3):
        connection.request("GET", "/deployment/names/openapi.json", headers={"Authorization": "Bearer names-token"})
        reply = connection.getresponse()
        assert reply.status == 200 and reply.read()
        assert connection.sock is socket
    connection.close()


@pytest.mark.parametrize(
    "method,path",
    [
        ("GET", "/deployment/echo/forward"),
        ("PUT", "/deployment/echo/forward"),
        ("POST", "/deployment/echo/openapi.json"),
        ("DELETE", "/deployment/echo/openapi.json"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(server, method, path):
    reply = requests.request(method, server.base + path)
    assert_error(reply, "ResourceNotFound", 405, method)
    assert ("POST" if path.endswith("forward") else "GET") in reply.headers["Allow"]
