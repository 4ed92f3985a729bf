"""The pages for people."""

import html
import http.client
import json
import re
import shlex
import shutil
import subprocess
import urllib.parse

import pytest
import requests
from conftest import Server
from deployment_client import assert_error


def page_of(server, id, **options):
    reply = requests.get(f"{server.base}/deployment/{id}", **options)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    return reply.text


def curl_call(page):
    call = re.search(r'id="call-curl"[^>]*><code>(.*?)</code>', page, re.DOTALL).group(1)
    return html.unescape(re.sub(r"<[^>]*>", "", call))


def test_the_first_page_leads_to_every_deployment(server):
    page = requests.get(server.base).text
    for id in server.deployments:
        assert f'<a href="/deployment/{id}">Test {id}</a>' in page
    assert "-token" not in page


def test_the_deployment_view_shows_what_there_is_to_know(server):
    page = page_of(server, "echo")
    for shown in ("http://127.0.0.1", "/deployment/echo/forward", "echo-token", ">enabled<", "4 × 4 × 3", "a, b, c"):
        assert shown in page
    for name in ("number", "category", "flag", "text", "picture", "grey", "array"):
        assert page.count(f'<th scope="row">{name}</th>') >= 2
    assert "limited-token" not in page


def test_a_disabled_deployment_is_shown_as_such(server):
    page = page_of(server, "disabled")
    assert ">not enabled<" in page and ">enabled<" not in page


@pytest.mark.parametrize("id", ["echo", "echo-npy", "names", "integers", "single-text", "single-image"])
def test_the_curl_call_works_as_pasted(server, id):
    words = shlex.split(curl_call(page_of(server, id)).replace("\\\n", " "))
    assert words[0] == "curl"
    url, options = words[1], words[2:]
    headers = dict(word.split(": ", 1) for flag, word in zip(options, options[1:]) if flag == "--header")
    [body] = [word for flag, word in zip(options, options[1:]) if flag == "--data"]
    reply = requests.post(url, data=body.encode(), headers=headers)
    assert reply.status_code == 200, reply.text
    assert len(reply.json()["rows"]) == 1


def test_curl_runs_the_call(server):
    assert shutil.which("curl"), "this test needs curl"
    shown = subprocess.run(["sh", "-c", curl_call(page_of(server, "names"))], capture_output=True, text=True)
    assert len(json.loads(shown.stdout)["rows"]) == 1


def test_a_large_array_comes_from_a_file(server):
    assert curl_call(page_of(server, "single-array")).endswith("--data '@rows.json'")


def test_names_are_text_not_markup(folders, tmp_path):
    shutil.copytree(folders / "names", tmp_path / "names")
    file = tmp_path / "names" / "deployment.json"
    hostile = "<script>alert('1')</script>\"&"
    declaration = json.loads(file.read_text())
    declaration.update(title=hostile, description=hostile)
    declaration["inputs"][0]["name"] = hostile
    file.write_text(json.dumps(declaration))
    with Server([tmp_path / "names"]) as server:
        for page in (requests.get(server.base).text, page_of(server, "names")):
            assert "<script>alert" not in page and 'script>"' not in page
        assert json.dumps(hostile) in curl_call(page_of(server, "names")).replace("'\\''", "'")


@pytest.mark.parametrize(
    "host",
    ["example.org", "10.0.0.1", "127.0.0.1.example.org", "127.0.0.2", "localhost.", "LOCALHOST", "127.1",
     "[::ffff:127.0.0.1]"],
)
def test_the_token_is_shown_under_the_exact_names_of_this_machine_alone(server, host):
    assert "echo-token" not in page_of(server, "echo", headers={"Host": f"{host}:{server.port}"})
    for local in ("localhost", "127.0.0.1", "[::1]"):
        assert "echo-token" in page_of(server, "echo", headers={"Host": f"{local}:{server.port}"})
        for port in ("", ":", ":80", f":0{server.port}", f":{server.port}0"):
            assert "echo-token" not in page_of(server, "echo", headers={"Host": local + port})


def test_the_token_is_not_shown_through_a_proxy_s_form_of_a_request(server):
    for authority, shown in [("example.org", False), (f"localhost:{server.port}", True)]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.putrequest("GET", f"http://{authority}/deployment/echo", skip_host=True)
        connection.putheader("Host", f"localhost:{server.port}")
        connection.endheaders()
        assert ("echo-token" in connection.getresponse().read().decode()) == shown
        connection.close()


def test_the_token_is_not_shown_beyond_loopback(folders):
    with Server([folders / "echo"], "--listen", "0.0.0.0:0") as server:
        assert "echo-token" not in page_of(server, "echo")
        assert server.deployment("echo").describe().status_code == 200


def test_the_page_loads_nothing_from_elsewhere(server):
    reply = requests.get(f"{server.base}/deployment/echo")
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    for link in re.findall(r'(?:src|href)="([^"]*)"', reply.text):
        found = requests.get(urllib.parse.urljoin(server.base, link))
        assert found.status_code == 200, link
    assert requests.get(f"{server.base}/page/page.css").headers["Content-Type"].startswith("text/css")
    assert requests.get(f"{server.base}/page/page.js").headers["Content-Type"].startswith("text/javascript")


def test_there_is_no_page_of_an_unknown_deployment(server):
    assert_error(requests.get(f"{server.base}/deployment/nowhere"), "ResourceNotFound", 404, '"nowhere"')
