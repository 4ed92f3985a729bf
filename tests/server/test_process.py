"""The program itself: its arguments, its ready lines, its bad starts, its end."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests
from conftest import Server, find_binary
from deployment_client import tensorjson


def run(*arguments):
    return subprocess.run([find_binary(), *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_ready_lines(folders):
    with Server([folders / "echo", folders / "names"]) as server:
        base = re.escape(server.base)
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:[1-9]\d*", server.lines[0])
        assert re.fullmatch(rf"deployment echo {base}/deployment/echo/forward echo-token Test echo", server.lines[1])
        assert re.fullmatch(rf"deployment names {base}/deployment/names/forward names-token Test names",
                            server.lines[2])
        assert server.lines[3:] == ["ready"]


def test_help_and_version():
    shown = run("--help")
    assert shown.returncode == 0
    for word in (
        *("--listen", "--max-body", "--max-memory", "--max-pixels", "--max-connections", "--deadline"),
        *("--head-timeout", "--idle-timeout", "DIR", "ready", "SIGTERM"),
    ):
        assert word in shown.stdout
    assert re.fullmatch(r"sidekick-server \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("arguments", [
        [],
        ["--listen", "nowhere", "x"],
        ["--listen", ":8000", "x"],
        ["--listen", "localhost:http", "x"],
        ["--listen", "127.0.0.1:65536", "x"],
        ["--listen", "::1:8000", "x"],
        ["--max-body", "-1", "x"],
        ["--max-connections", "0", "x"],
        ["--deadline", "0", "x"],
        ["--head-timeout", "-1", "x"],
        ["--idle-timeout", "nan", "x"],
        ["--unknown", "x"],
    ],
)
def test_wrong_calls(arguments):
    shown = run(*arguments)
    assert shown.returncode == 2
    assert shown.stdout == "" and "--help" in shown.stderr


def assert_refused(shown, *words):
    """One line on standard error with these words, nothing on standard output."""
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert shown.stderr.count("\n") == 1 and shown.stderr.startswith("sidekick-server: ")
    for word in words:
        assert word in shown.stderr, shown.stderr


def test_no_such_folder(tmp_path):
    assert_refused(run("--listen", "127.0.0.1:0", tmp_path / "none"), "none/deployment.json", "No such file")


def test_a_port_in_use(folders):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert_refused(run("--listen", address, folders / "names"), address, "in use")


def test_a_host_that_is_not_known(folders):
    assert_refused(run("--listen", "nowhere.invalid:0", folders / "names"), "--listen nowhere.invalid:0")


def test_listening_on_localhost(folders):
    with Server([folders / "echo"], "--listen", "localhost:0") as server:
        assert server.deployment("echo").describe().status_code == 200
        page = requests.get(f"http://localhost:{server.port}/deployment/echo").text
        assert "echo-token" in page


def test_a_byte_order_mark_before_a_declaration(folders, tmp_path):
    shutil.copytree(folders / "names", tmp_path / "names")
    file = tmp_path / "names" / "deployment.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    with Server([tmp_path / "names"]) as server:
        assert server.deployment("names").describe().status_code == 200


def test_the_same_id_twice(folders):
    assert_refused(run("--listen", "127.0.0.1:0", folders / "names", folders / "names"), "names/deployment.json", "id:")


CHANGES = {
    "not json": (lambda d: "{", "deployment.json: EOF"),
    "not an object": (lambda d: "[]", "deployment.json"),
    "unknown key": (lambda d: d.update(more=1), "more"),
    "unknown feature key": (lambda d: d["inputs"][0].update(more=1), "inputs[0].more"),
    "missing key": (lambda d: d.pop("tokens"), "missing field `tokens`"),
    "missing feature key": (lambda d: d["outputs"][1].pop("tensor"), "outputs[1]: missing field `tensor`"),
    "wrong type": (lambda d: d.update(enabled="no"), "enabled: invalid type"),
    "unknown type": (lambda d: d["inputs"][0].update(type="number"), "inputs[0].type: unknown variant"),
    "bad id": (lambda d: d.update(id="a/b"), "id: "),
    "no tokens": (lambda d: d.update(tokens=[]), "tokens: "),
    "token with a space": (lambda d: d.update(tokens=["a b"]), "tokens: "),
    "limited token twice": (lambda d: d.update(limited_tokens=["echo-token"]), "limited_tokens: "),
    "older with tensorjson": (lambda d: d.update(describe="older"), "tensorjson: "),
    "no inputs": (lambda d: d.update(inputs=[]), "inputs: "),
    "name twice": (lambda d: d["inputs"][1].update(name="number"), "inputs[1].name: "),
    "empty name": (lambda d: d["outputs"][0].update(name=""), "outputs[0].name: "),
    "empty shape": (lambda d: d["inputs"][0].update(shape=[]), "inputs[0].shape: "),
    "zero shape": (lambda d: d["inputs"][6].update(shape=[0, 3]), "inputs[6].shape: "),
    "huge shape": (lambda d: d["inputs"][6].update(shape=[2**40, 2**40]), "inputs[6].shape: "),
    "image shape": (lambda d: d["inputs"][4].update(shape=[4, 4, 2]), "inputs[4].shape: "),
    "text shape": (lambda d: d["inputs"][3].update(shape=[2]), "inputs[3].shape: "),
    "no categories": (lambda d: d["inputs"][1].pop("categories"), "inputs[1].categories: "),
    "too few categories": (lambda d: d["inputs"][1].update(categories=["a"]), "inputs[1].categories: "),
    "categories of integers in another order": (
        lambda d: d["inputs"][2].update(categories=[1, 0]),
        "inputs[2].categories: 1 is the first",
    ),
    "category twice": (lambda d: d["inputs"][1].update(categories=["1", 1, "c"]), "inputs[1].categories: "),
    "float category": (lambda d: d["inputs"][1].update(categories=["a", 1.5, "c"]), "inputs[1].categories[1]: "),
    "three binary categories": (lambda d: d["inputs"][2].update(categories=["a", "b", "c"]), "inputs[2].categories: "),
    "zero scale": (lambda d: d["inputs"][4].update(scale=0), "inputs[4].scale: "),
    "scale of a number": (lambda d: d["inputs"][0].update(scale=1), "inputs[0].scale: "),
    "no ngrams": (lambda d: d["inputs"][3].pop("ngrams"), "inputs[3].ngrams: "),
    "bad ngrams": (lambda d: d["inputs"][3]["ngrams"].update(min=0), "inputs[3].ngrams.min: "),
    "no buckets": (lambda d: d["inputs"][3]["ngrams"].update(buckets=0), "inputs[3].ngrams.buckets: "),
    "no labels": (lambda d: d["outputs"][3].pop("labels"), "outputs[3].labels: "),
    "no model": (lambda d: d.update(model="none.onnx"), "none.onnx: "),
    "not a model": (lambda d: d.update(model="deployment.json"), "deployment.json: "),
    "unknown input tensor": (lambda d: d["inputs"][0].update(tensor="none"), "inputs[0].tensor: "),
    "output as input": (lambda d: d["inputs"][0].update(tensor="number_out"), "inputs[0].tensor: "),
    "unknown output tensor": (lambda d: d["outputs"][0].update(tensor="none"), "outputs[0].tensor: "),
    "input left over": (lambda d: d["inputs"].pop(0), 'inputs: no feature fills the model\'s input "number"'),
    "input too large": (lambda d: d["inputs"][6].update(shape=[3, 3]), "inputs[6].tensor: "),
    "output too large": (lambda d: d["outputs"][6].update(shape=[3, 3]), "outputs[6].tensor: "),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_wrong_declaration(folders, tmp_path, change):
    shutil.copytree(folders / "echo", tmp_path / "echo")
    file = tmp_path / "echo" / "deployment.json"
    declaration = json.loads(file.read_text())
    edit, words = CHANGES[change]
    text = edit(declaration)
    file.write_text(text if isinstance(text, str) and change.startswith("not ") else json.dumps(declaration))
    assert_refused(run("--listen", "127.0.0.1:0", tmp_path / "echo"), str(tmp_path / "echo"), words)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_what_is_in_flight(folders, stop):
    """The request's body is half sent when the signal comes; it is answered and the server ends with 0."""
    body = json.dumps({"rows": [{"number": 1}]}).encode()
    head = (
        "POST /deployment/batch-size/forward HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer batch-size-token\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with Server([folders / "batch-size"]) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(head.encode() + body[:5])
            time.sleep(0.3)
            server.process.send_signal(stop)
            time.sleep(0.3)
            with pytest.raises(requests.ConnectionError):
                requests.get(server.base)
            connection.sendall(body[5:])
            received = b""
            while data := connection.recv(65536):
                received += data
        assert received.startswith(b"HTTP/1.1 200") and received.endswith(b'{"rows":[{"rows":1.0}]}')
        assert server.process.wait(timeout=10) == 0


def test_a_signal_waits_for_computing(folders):
    import numpy

    row = {"array": tensorjson(numpy.ones((1000, 1000), "float32"))}
    body = json.dumps({"rows": [row] * 3}).encode()
    head = (
        "POST /deployment/single-array/forward HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer single-array-token\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with Server([folders / "single-array"]) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(head.encode() + body)
            server.process.terminate()
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert server.process.wait(timeout=20) == 0
    rows = b'{"rows":[{"mean":1.0},{"mean":1.0},{"mean":1.0}]}'
    assert received.startswith(b"HTTP/1.1 200") and received.endswith(rows)


def test_a_signal_does_not_wait_for_idle_connections(folders):
    with Server([folders / "names"]) as server:
        kept_alive = server.deployment("names")
        assert kept_alive.describe().status_code == 200
        with socket.create_connection(("127.0.0.1", server.port)):
            time.sleep(0.2)
            server.process.terminate()
            assert server.process.wait(timeout=5) == 0


def test_a_second_signal_ends_at_once(folders):
    head = b"POST /deployment/names/forward HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    with Server([folders / "names"], errors=subprocess.PIPE) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(head.replace(b"\r\n\r\n", b"\r\nAuthorization: Bearer names-token\r\n\r\n"))
            time.sleep(0.2)
            server.process.terminate()
            time.sleep(0.2)
            server.process.terminate()
            assert server.process.wait(timeout=5) == 1
            assert "in flight" in server.process.stderr.read()
            server.process.stderr.close()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_everything_is_loaded(folders, tmp_path, sent):
    """As the first process of a container it would not end by itself: the system ignores signals there that it does not handle."""
    declared = json.loads((folders / "names" / "deployment.json").read_text())
    declared.pop("model", None)
    declared["engine"] = {"url": "http://127.0.0.1:1/v2/models/m"}
    (tmp_path / "deployment.json").write_text(json.dumps(declared))
    command = [find_binary(), "--listen", "127.0.0.1:0", "--engine-wait", "600", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(sent)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


@pytest.mark.parametrize("option", ["--token", "--token-file"])
def test_a_token_that_no_deployment_takes(folders, tmp_path, option):
    (tmp_path / "secret-token").write_text("a-secret")
    value = tmp_path / "secret-token" if option == "--token-file" else "a-secret"
    shown = run("--listen", "127.0.0.1:0", option, value, folders / "names")
    assert_refused(shown, f"{option}: ", "deployment.json")
    assert "a-secret" not in shown.stderr


@pytest.mark.parametrize("name", ["deployment.json", "model.onnx", "held-out.csv", "labels.txt"])
def test_what_is_no_regular_file_holds_up_no_start(folders, tmp_path, name):
    """Nobody writes to the pipe: who reads it would wait for ever."""
    folder = tmp_path / "d"
    shutil.copytree(folders / "names", folder)
    declared = json.loads((folder / "deployment.json").read_text())
    declared["held_out"] = {"data": "held-out.csv"}
    (folder / "deployment.json").write_text(json.dumps(declared))
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    if name in ("deployment.json", "model.onnx"):
        assert_refused(run("--listen", "127.0.0.1:0", folder), name, "no regular file")
        assert "no regular file" in run("check", folder).stderr
        return
    path = folder if name == "held-out.csv" else folder / "model.onnx"
    with Server([path]) as server:
        assert len(server.deployments) == 1
