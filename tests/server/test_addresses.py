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


@pytest.mark.parametrize("path", ["", "/", "/forward", "/forward/"])
def test_predict_is_post_to_every_spelling_of_the_url(server, path):
    reply = requests.post(
        f"{server.base}/deployment/echo{path}",
        json={"rows": [echo_row()]},
        headers={"Authorization": "Bearer echo-token"},
        allow_redirects=False,
    )
    assert reply.status_code == 200 and len(reply.json()["rows"]) == 1


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.json/", "/forward/openapi.json"])
def test_describe_is_get_of_openapi_json_beside_every_spelling(server, echo, path):
    """The last one is what openapi.json is when it is resolved against `.../forward/`."""
    url = f"{server.base}/deployment/echo{path}"
    reply = requests.get(url, headers={"Authorization": "Bearer echo-token"}, allow_redirects=False)
    assert reply.status_code == 200 and reply.json() == echo.describe().json()
    assert_error(requests.get(url), "InvalidTokenError", 401)


@pytest.mark.parametrize("path", ["", "/"])
def test_the_page_is_get_with_or_without_a_slash(server, path):
    reply = requests.get(f"{server.base}/deployment/echo{path}", allow_redirects=False)
    assert reply.status_code == 200 and "<h1>Test echo" in reply.text


@pytest.mark.parametrize(
    "method,path,words",
    [
        ("GET", "/deployment/openapi.json", "the ID of a deployment is missing"),
        ("POST", "/deployment/forward", "the ID of a deployment is missing"),
        ("GET", "/deployment/openapi.json/openapi.json", "the ID of a deployment is missing"),
        ("GET", "/deployment/nowhere/openapi.json", 'there is no deployment "nowhere"'),
        ("POST", "/deployment/nowhere/forward/", 'there is no deployment "nowhere"'),
        ("POST", "/deployment/echo/predict", "there is nothing at"),
        ("GET", "/openapi.json", "there is nothing at"),
    ],
)
def test_a_wrong_url_is_told_what_there_is(server, method, path, words):
    reply = requests.request(method, server.base + path, json={"rows": []} if method == "POST" else None)
    assert_error(
        reply,
        "ResourceNotFound",
        404,
        f"{method} {path}",
        words,
        f"POST {server.base}/deployment/ID/forward",
        f"GET {server.base}/deployment/ID/openapi.json",
        "echo, ",
        "names",
    )


@pytest.mark.parametrize("path", ["/deployment/" + "x" * 50_000, "/" + "%e2%98%83" * 5000])
def test_a_long_wrong_url_is_shortened_in_its_error(server, path):
    reply = requests.get(server.base + path)
    assert reply.status_code == 404
    assert len(reply.text) < 1000


@pytest.mark.parametrize(
    "method,path,right",
    [("GET", "/deployment/echo/forward/", "POST"), ("POST", "/deployment/echo/openapi.json", "GET")],
)
def test_a_wrong_method_says_what_each_address_is_for(server, method, path, right):
    reply = requests.request(method, server.base + path)
    assert_error(reply, "ResourceNotFound", 405, f"{method} {path}", "POST http", "openapi.json")
    assert right in reply.headers["Allow"]
