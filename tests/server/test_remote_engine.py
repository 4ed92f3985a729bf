"""Deployments whose model another server of the Open Inference Protocol computes. A second sidekick-server is the
engine, or a server that misbehaves."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import numpy
import pytest
import requests
from conftest import ROOT, Server, find_binary
from deployment_client import Deployment, assert_error, image_url
from fronts import PENGUIN, SHIPPED, front, in_threads, metric, shipped
from PIL import Image

sys.path.insert(0, str(ROOT / "tests"))
import misbehaving  # noqa: E402

NAMES = ("penguins", "digits", "language", "denoise")
DIGIT = image_url(Image.open(ROOT / "examples" / "data" / "digits" / "digit-7-0081.png"))
ROWS = {
    "penguins": [PENGUIN, {**PENGUIN, "sex": "female", "bill length (mm)": 38.5}],
    "digits": [{"image": DIGIT}] * 3,
    "language": [{"text": "Det var en gång en katt"}],
    "denoise": [{"noisy": {"shape": [8, 8], "data": [0.5] * 64}}],
}


def model(server, name):
    return f"{server.base}/v2/models/{name}"


@pytest.fixture(scope="module")
def engine():
    with Server([SHIPPED / name for name in NAMES]) as server:
        yield server


@pytest.fixture(scope="module")
def fronts(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fronts")

    def folder_of(name):
        return front(folder / name, shipped(name), {"url": model(engine, name), "token": f"{name}-token"})

    with Server([folder_of(name) for name in NAMES]) as server:
        yield server


def rows_of(name):
    if name != "denoise":
        return ROWS[name]
    [spec] = shipped("denoise")["inputs"]
    values = numpy.random.default_rng(7).random(spec["shape"]).astype("float32")
    return [{spec["name"]: {"shape": spec["shape"], "data": [float(value) for value in values.ravel()]}}] * 2


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_those_of_the_local_model(engine, fronts, name):
    rows = [{next(iter(shipped(name)["inputs"]))["name"]: text} for text in ROWS[name][0].values()] \
        if name == "language" else rows_of(name)
    assert fronts.deployment(name).predict(*rows) == engine.deployment(name).predict(*rows)


def test_no_rows(fronts):
    assert fronts.deployment("penguins").predict() == []


def test_describe_is_that_of_the_deployment(engine, fronts):
    assert fronts.deployment("digits").describe().json()["components"] == \
        engine.deployment("digits").describe().json()["components"]


def test_the_open_inference_protocol_goes_through(engine, fronts):
    headers = {"Authorization": "Bearer penguins-token"}
    tensors = [requests.get(model(server, "penguins"), headers=headers, timeout=30).json() for server in (engine, fronts)]
    assert tensors[0]["inputs"] == tensors[1]["inputs"] and tensors[0]["outputs"] == tensors[1]["outputs"]
    body = {"inputs": [{"name": "features", "shape": [2, 9], "datatype": "FP32", "data": [0.5] * 18}],
            "outputs": [{"name": "body_mass"}]}
    found = [
        requests.post(f"{model(server, 'penguins')}/infer", json=body, headers=headers, timeout=30).json()
        for server in (engine, fronts)
    ]
    assert found[0]["outputs"] == found[1]["outputs"]


def test_runs_of_the_engine_are_counted(fronts):
    before = metric(fronts, "engine_rows_sum", deployment="digits") or 0
    fronts.deployment("digits").predict(*ROWS["digits"])
    assert metric(fronts, "engine_rows_sum", deployment="digits") == before + 3


def run(*arguments):
    command = [find_binary(), "--listen", "127.0.0.1:0", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def changed(name, change):
    declared = shipped(name)
    change(declared)
    return declared


def test_a_model_that_does_not_fit_the_features(engine, tmp_path):
    """The error names both sides."""
    declared = changed("penguins", lambda declared: declared["outputs"][0].update(tensor="class"))
    url = model(engine, "penguins")
    shown = run(front(tmp_path / "p", declared, {"url": url, "token": "penguins-token"}))
    assert (shown.returncode, shown.stdout) == (1, "")
    for word in ("outputs[0].tensor", '"class"', url):
        assert word in shown.stderr, shown.stderr


def test_a_shape_that_does_not_fit(engine, tmp_path):
    declared = changed("penguins", lambda declared: declared["inputs"].pop())
    shown = run(front(tmp_path / "p", declared, {"url": model(engine, "penguins"), "token": "penguins-token"}))
    assert shown.returncode == 1
    for word in ('"features"', "8", "9", model(engine, "penguins")):
        assert word in shown.stderr, shown.stderr


@pytest.mark.parametrize("keys, words", [
    ({"url": "localhost"}, ("engine", "url", "https://HOST/v2/models/NAME")),
    ({"url": []}, ("engine", "url")),
    ({"url": "http://h/v2/models/m", "more": 1}, ("engine", "more")),
    ({"url": "http://h/v2/models/m", "token_file": "none"}, ("engine.token_file", "none")),
    ({"url": "http://h/v2/models/m", "ca_file": "none"}, ("engine.ca_file", "none")),
    ({"url": "http://h/v2/models/m", "token": "secret"}, ("http", "token")),
])
def test_mistakes_in_the_declaration(tmp_path, keys, words):
    shown = run(front(tmp_path / "p", shipped("penguins"), keys))
    assert (shown.returncode, shown.stdout) == (1, "")
    for word in words:
        assert word in shown.stderr, shown.stderr
    assert "secret" not in shown.stderr


def test_a_model_file_beside_an_engine_elsewhere(tmp_path):
    folder = front(tmp_path / "p", shipped("penguins"), {"url": "http://127.0.0.1:1/v2/models/m"}, model="model.onnx")
    shown = run(folder)
    assert shown.returncode == 1 and "model" in shown.stderr and "engine" in shown.stderr


def ready(server):
    return requests.get(f"{server.base}/readyz", timeout=30)


def eventually(check):
    """Waits until something holds, for as long as a slow machine may need."""
    end = time.monotonic() + 60
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_engine_that_comes_after_the_start(tmp_path):
    with Server([SHIPPED / "penguins"]) as gone:
        port = gone.port
    url = f"http://127.0.0.1:{port}/v2/models/penguins"
    folder = front(tmp_path / "p", shipped("penguins"), {"url": url, "token": "penguins-token"})
    log = tmp_path / "log"
    with log.open("w") as errors, Server([folder], "--engine-wait", "0", errors=errors) as server:
        penguins = server.deployment("penguins")
        refused = penguins.send(PENGUIN)
        assert_error(refused, "InternalError", 503, f"127.0.0.1:{port}")
        assert refused.headers["Retry-After"]
        # The model decides what the deployment leaves open.
        assert penguins.describe().status_code == 503
        tensors = requests.get(model(server, "penguins"), headers={"Authorization": "Bearer penguins-token"}, timeout=30)
        assert tensors.status_code == 503 and "error" in tensors.json()
        assert requests.get(f"{server.base}/healthz", timeout=30).status_code == 200
        assert ready(server).status_code == 503 and "penguins" in ready(server).text
        assert f"127.0.0.1:{port}" in log.read_text()
        with Server([SHIPPED / "penguins"], "--listen", f"127.0.0.1:{port}"):
            eventually(lambda: ready(server).status_code == 200)
            assert penguins.predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9
        # It stays ready: all its like have the same engine, and the error says why.
        assert_error(penguins.send(PENGUIN), "InternalError", 503, "the engine of the deployment is not available")
        assert ready(server).status_code == 200
        assert metric(server, "engine_errors_total", deployment="penguins", kind="unavailable") == 1
        server_name = f"127.0.0.1:{port}"
        assert metric(server, "engine_failed_attempts_total", deployment="penguins", server=server_name) == 1
    assert "penguins-token" not in log.read_text()


def test_a_deployment_that_changes_while_its_engine_is_gone(tmp_path):
    """The engine is asked again, as after the start."""
    with Server([SHIPPED / "penguins"]) as engine:
        port = engine.port
        keys = {"url": model(engine, "penguins"), "token": "penguins-token"}
        folder = front(tmp_path / "p", shipped("penguins"), keys)
        server = Server([folder], "--watch")
    with server:
        front(folder, {**shipped("penguins"), "title": "Birds"}, keys)
        eventually(lambda: ready(server).status_code == 503)
        with Server([SHIPPED / "penguins"], "--listen", f"127.0.0.1:{port}"):
            eventually(lambda: ready(server).status_code == 200)
            assert server.deployment("penguins").predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9


def test_a_reload_that_waits_for_its_engine_holds_up_nothing(tmp_path):
    """Neither another deployment nor the next version of the same one waits for an engine that is silent."""
    go, asked = threading.Event(), threading.Event()

    def silent(request):
        asked.set()
        go.wait(60)
        return json.dumps(METADATA)

    log, silent_engine = tmp_path / "log", misbehaving.Server(silent)
    script = Scripted(sums)
    engine = misbehaving.Server(script.respond)
    with engine.running(), silent_engine.running(), log.open("w") as errors:
        keys = {"url": f"{engine.url}/v2/models/m"}
        folders = [front(tmp_path / name, {**DECLARED, "id": name}, keys) for name in ("one", "two")]
        with Server(folders, "--watch", errors=errors) as server:
            def title(name):
                return server.deployment(name).describe().json()["info"]["title"]

            front(folders[0], {**DECLARED, "id": "one", "title": "silent"}, {"url": f"{silent_engine.url}/v2/models/m"})
            assert asked.wait(60)
            front(folders[1], {**DECLARED, "id": "two", "title": "new"}, keys)
            eventually(lambda: title("two") == "new")
            front(folders[0], {**DECLARED, "id": "one", "title": "newest"}, keys)
            eventually(lambda: title("one") == "newest")
            assert not go.is_set()
            go.set()
            # The version before is loaded now, and comes too late.
            models = len(server.deployments)
            front(folders[1], {**DECLARED, "id": "two", "title": "last"}, keys)
            eventually(lambda: title("two") == "last")
            assert (title("one"), models) == ("newest", 2)
        assert "silent" not in log.read_text()


def test_an_engine_that_does_not_answer_at_the_start(tmp_path):
    """The start waits no longer for it than for one that is not there."""
    go, late = threading.Event(), []

    def respond(request):
        if not go.wait(60):
            late.append(request.path)
            go.set()
        return Scripted(sums).respond(request)

    engine = misbehaving.Server(respond)
    with engine.running():
        folder = front(tmp_path / "m", DECLARED, {"url": f"{engine.url}/v2/models/m", "timeout": 300})
        with Server([folder], "--engine-wait", "0") as server:
            assert not late
            assert_error(server.deployment("m").send(ROW), "InternalError", 503, "has not answered yet")
            go.set()
            eventually(lambda: ready(server).status_code == 200)
            assert server.deployment("m").predict(ROW) == [{"y": 3.0}]


def test_one_of_two_engines_ends_under_load(tmp_path):
    """No request is lost, and the other engine answers all of them."""
    log = tmp_path / "log"
    with Server([SHIPPED / "penguins"]) as first, Server([SHIPPED / "penguins"]) as second:
        urls = [model(server, "penguins") for server in (first, second)]
        folder = front(tmp_path / "p", shipped("penguins"), {"url": urls, "token": "penguins-token"})
        with log.open("w") as errors, Server([folder], errors=errors) as server:
            expected = second.deployment("penguins").predict(PENGUIN)
            begun, killed = threading.Semaphore(0), threading.Event()

            def work():
                penguins, left, found = server.deployment("penguins"), 40, []
                while left:
                    # From here on only one engine is there.
                    left -= killed.is_set()
                    found.append(penguins.predict(PENGUIN) == expected)
                    begun.release()
                return found

            def kill():
                try:
                    assert all(begun.acquire(timeout=60) for _ in range(80))
                    first.process.kill()
                    first.process.wait()
                finally:
                    killed.set()
                return []

            found = sum(in_threads(9, lambda number: work() if number < 8 else kill()), [])
            assert all(found)
            assert metric(server, "requests_total", deployment="penguins", status="200") == len(found)
            assert metric(second, "requests_total", deployment="penguins", status="200") > 320
            assert f"engine 127.0.0.1:{first.port}" in log.read_text()


def test_requests_take_turns_at_the_engines(tmp_path):
    with Server([SHIPPED / "penguins"]) as first, Server([SHIPPED / "penguins"]) as second:
        urls = [model(server, "penguins") for server in (first, second)]
        with Server([front(tmp_path / "p", shipped("penguins"), {"url": urls, "token": "penguins-token"})]) as server:
            before = [metric(other, "engine_rows_count", deployment="penguins") or 0 for other in (first, second)]
            for _ in range(10):
                server.deployment("penguins").predict(PENGUIN)
            after = [metric(other, "engine_rows_count", deployment="penguins") for other in (first, second)]
    assert [now - then for now, then in zip(after, before)] == [5, 5]


def test_engines_with_different_models(engine, tmp_path):
    """The error names both."""
    shutil.copytree(SHIPPED / "digits", tmp_path / "other")
    other = changed("digits", lambda declared: declared.update(id="penguins", tokens=["penguins-token"]))
    (tmp_path / "other" / "deployment.json").write_text(json.dumps(other))
    with Server([tmp_path / "other"]) as second:
        urls = [model(server, "penguins") for server in (engine, second)]
        declared = {"id": "penguins", "tokens": ["penguins-token"]}
        shown = run(front(tmp_path / "p", declared, {"url": urls, "token": "penguins-token"}))
    assert shown.returncode == 1
    for word in (f"127.0.0.1:{second.port}", "image FP32 [-1, 8, 8, 1]", "features FP32 [-1, 9]"):
        assert word in shown.stderr, shown.stderr


def test_a_token_from_a_file_is_read_again_when_it_is_refused(tmp_path):
    declared = changed("penguins", lambda declared: declared.update(tokens=["old"]))
    engine_folder = tmp_path / "engine"
    engine_folder.mkdir()
    (engine_folder / "model.onnx").write_bytes((SHIPPED / "penguins" / "model.onnx").read_bytes())
    (engine_folder / "deployment.json").write_text(json.dumps(declared))
    token = tmp_path / "token"
    token.write_text("old\n")
    with Server([engine_folder]) as first:
        port = first.port
        engine = {"url": model(first, "penguins"), "token_file": str(token)}
        server = Server([front(tmp_path / "p", shipped("penguins"), engine)])
    with server:
        (engine_folder / "deployment.json").write_text(json.dumps({**declared, "tokens": ["new"]}))
        token.write_text("new\n")
        with Server([engine_folder], "--listen", f"127.0.0.1:{port}"):
            assert server.deployment("penguins").send(PENGUIN).status_code == 200


METADATA = {
    "name": "m", "versions": ["1"],
    "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}],
    "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 1], "parameters": {"labels": ["a"]}}],
}
DECLARED = {
    "id": "m", "tokens": ["m-token"],
    "inputs": [{"name": "x", "type": "numeric", "shape": [2], "tensor": "x"}],
    "outputs": [{"name": "y", "type": "numeric", "shape": [1], "tensor": "y"}],
}
ROW = {"x": {"shape": [2], "data": [1, 2]}}


class Scripted:
    """An engine with metadata, whose answers to /infer are these, one after the other; the last for all further ones."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def respond(self, request):
        if request.path.endswith("/infer"):
            self.asked += 1
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return answer(request) if callable(answer) else answer
        return json.dumps(METADATA if "/models/" in request.path else {"name": "scripted"})


def sums(request):
    sent = json.loads(request.body)
    [tensor] = sent["inputs"]
    values = numpy.array(tensor["data"], "float32").reshape(tensor["shape"]).sum(axis=1, keepdims=True)
    output = {"name": "y", "datatype": "FP32", "shape": list(values.shape), "data": values.ravel().tolist()}
    return json.dumps({"id": sent["id"], "model_name": "m", "outputs": [output]})


@pytest.fixture
def scripted(tmp_path):
    """Starts a server whose engine answers as it is told."""
    open_servers = []

    def start(*answers, **keys):
        script = Scripted(sums)
        engine = misbehaving.Server(script.respond)
        running = engine.running()
        running.__enter__()
        folder = front(tmp_path / "m", DECLARED, {"url": f"{engine.url}/v2/models/m", **keys})
        server = Server([folder])
        open_servers.append((running, server))
        # What the server asked at its start is no part of the script.
        script.answers, script.asked = list(answers), 0
        return script, server.deployment("m"), server

    yield start
    for running, server in open_servers:
        server.__exit__()
        running.__exit__(None, None, None)


def test_an_engine_of_json(scripted):
    _, deployment, _ = scripted(sums)
    assert deployment.predict(ROW, {"x": {"shape": [2], "data": [0.5, -1]}}) == [{"y": 3.0}, {"y": -0.5}]


def test_a_busy_engine_is_asked_again(scripted):
    script, deployment, _ = scripted((503, '{"error": "warming up"}'), sums)
    assert deployment.predict(ROW) == [{"y": 3.0}]
    assert script.asked == 2


def test_an_engine_that_stays_busy(scripted):
    script, deployment, server = scripted((503, '{"error": "warming up"}'))
    reply = deployment.send(ROW)
    assert_error(reply, "InternalError", 503, "warming up", "127.0.0.1")
    assert script.asked == 3 and reply.headers["Retry-After"] == "1"
    assert metric(server, "engine_errors_total", deployment="m", kind="unavailable") == 1


def test_an_engine_that_quotes_a_header(scripted):
    """Headers may carry secrets: what quotes one of them is left out, as for the token."""
    secret = "k3y-0f-the-gateway"
    _, deployment, _ = scripted((500, json.dumps({"error": f"no such key: {secret[4:]}"})), headers={"x-api-key": secret})
    reply = deployment.send(ROW)
    assert_error(reply, "InternalError", 500, "left out")
    assert secret[4:10] not in reply.text


def test_a_connection_that_breaks_is_made_anew(scripted):
    script, deployment, _ = scripted({"raw": ""}, sums)
    assert deployment.predict(ROW) == [{"y": 3.0}]


@pytest.mark.parametrize("answer, status, code, words", [
    ((500, '{"error": "out of GPU memory"}'), 500, "InternalError", ("out of GPU memory",)),
    ((400, '{"error": "x is odd"}'), 400, "BadData", ("x is odd",)),
    ((404, '{"error": "model m is not loaded"}'), 503, "InternalError", ("not loaded",)),
    ("<html>", 500, "InternalError", ("127.0.0.1",)),
    ('{"outputs": []}', 500, "InternalError", ("y",)),
    ('{"outputs": [{"name": "y", "datatype": "FP32", "shape": [2, 1], "data": [1, 2]}]}', 500, "InternalError", ("y",)),
])
def test_what_a_failing_engine_says(scripted, answer, status, code, words):
    _, deployment, _ = scripted(answer)
    assert_error(deployment.send(ROW), code, status, *words)


def test_an_engine_that_never_answers(scripted):
    _, deployment, _ = scripted({"delay": 30}, timeout=0.3)
    assert_error(deployment.send(ROW), "InternalError", 503, "127.0.0.1")


def test_requests_do_not_wait_for_one_another_at_the_engine(scripted):
    """More requests are at the engine than the server has processors: all wait there until the last has come."""
    everybody = threading.Barrier(12)

    def together(request):
        everybody.wait(60)
        return sums(request)

    _, deployment, _ = scripted(together)
    found = in_threads(12, lambda number: Deployment(deployment.url, "m-token").predict(ROW))
    assert found == [[{"y": 3.0}]] * 12


def test_a_queue_that_is_full(tmp_path):
    """Requests beyond --max-queue are refused, those before them answered."""
    arrived, go = threading.Semaphore(0), threading.Event()

    def slow(request):
        arrived.release()
        go.wait(60)
        return sums(request)

    script = Scripted(sums)
    engine = misbehaving.Server(script.respond)
    with engine.running():
        folder = front(tmp_path / "m", DECLARED, {"url": f"{engine.url}/v2/models/m"})
        with Server([folder], "--max-queue", "1") as server:
            script.answers = [slow]
            refused, threads, found = None, [], []
            # As many as are computed at once, which depends on the machine, and one more.
            while refused is None:
                outcome = []
                sending = threading.Thread(target=lambda out=outcome: out.append(server.deployment("m").send(ROW)))
                sending.start()
                while not outcome and not arrived.acquire(timeout=0.05):
                    pass
                if outcome:
                    [refused] = outcome
                else:
                    threads.append(sending)
                    found.append(outcome)
            assert_error(refused, "InternalError", 503, "--max-queue")
            assert refused.headers["Retry-After"] == "1"
            assert metric(server, "requests_in_flight") == len(threads) >= 3
            go.set()
            for thread in threads:
                thread.join()
            assert [reply.status_code for [reply] in found] == [200] * len(threads)
            assert metric(server, "requests_in_flight") == 0


def test_requests_without_a_client_take_no_threads_from_others(tmp_path):
    """More requests wait at the engine than there may be connections: most of their clients have gone."""
    arrived, go = threading.Semaphore(0), threading.Event()

    def slow(request):
        arrived.release()
        go.wait(120)
        return sums(request)

    script = Scripted(sums)
    engine = misbehaving.Server(script.respond)
    with engine.running():
        folder = front(tmp_path / "m", DECLARED, {"url": f"{engine.url}/v2/models/m", "timeout": 240})
        with Server([folder], "--max-connections", "4") as server:
            script.answers = [slow]
            deployment = server.deployment("m")
            body = json.dumps({"rows": [ROW]})
            head = f"POST {deployment.url.removeprefix(server.base)} HTTP/1.1\r\nHost: m\r\n" \
                   "Authorization: Bearer m-token\r\nContent-Type: application/json\r\n"
            for _ in range(100):
                with socket.create_connection(("127.0.0.1", server.port), 30) as client:
                    client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                    assert arrived.acquire(timeout=30)
            script.answers = [sums]
            go.set()
            assert deployment.predict(ROW) == [{"y": 3.0}]
            eventually(lambda: metric(server, "requests_in_flight") == 0)


def test_rows_of_a_client_that_has_gone_are_not_computed(tmp_path, monkeypatch):
    """An engine that takes a row at a time is asked for the rest of the rows no longer."""
    single = {**METADATA, "inputs": [{**METADATA["inputs"][0], "shape": [1, 2]}],
              "outputs": [{**METADATA["outputs"][0], "shape": [1, 1]}]}
    monkeypatch.setitem(globals(), "METADATA", single)
    arrived = threading.Semaphore(0)

    def slow(request):
        arrived.release()
        time.sleep(0.05)
        return sums(request)

    script = Scripted(sums)
    engine = misbehaving.Server(script.respond)
    with engine.running():
        folder = front(tmp_path / "m", DECLARED, {"url": f"{engine.url}/v2/models/m"})
        with Server([folder]) as server:
            script.answers, script.asked = [slow], 0
            deployment = server.deployment("m")
            body = json.dumps({"rows": [ROW] * 2000})
            head = f"POST {deployment.url.removeprefix(server.base)} HTTP/1.1\r\nHost: m\r\n" \
                   "Authorization: Bearer m-token\r\nContent-Type: application/json\r\n"
            with socket.create_connection(("127.0.0.1", server.port), 30) as client:
                client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                assert arrived.acquire(timeout=30)
            eventually(lambda: metric(server, "requests_in_flight") == 0)
            assert script.asked < 2000


def test_health(fronts):
    for path in ("healthz", "readyz"):
        reply = requests.get(f"{fronts.base}/{path}", timeout=30)
        assert (reply.status_code, reply.text) == (200, "ok\n")
    assert re.fullmatch(r"text/plain.*", requests.get(f"{fronts.base}/healthz", timeout=30).headers["Content-Type"])


KINDS = {"BOOL": "?", "INT8": "i1", "INT16": "i2", "INT32": "i4", "INT64": "i8", "UINT8": "u1", "UINT16": "u2",
         "UINT32": "u4", "UINT64": "u8", "FP16": "f2", "BF16": "u2", "FP32": "f4", "FP64": "f8"}


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory):
    """A deployment whose engine returns what it gets: a tensor of each type, texts, and one with a free size."""
    tensors = [(name.lower(), name, [-1, 2]) for name in KINDS]
    tensors += [("one", "INT64", [-1]), ("free", "FP32", [-1, -1, 2]), ("text", "BYTES", [-1, 1])]
    folder = tmp_path_factory.mktemp("passed")
    before = dict(misbehaving.passing_models.MODELS)
    misbehaving.passing_models.MODELS["all"] = tensors
    engine = misbehaving.Server(misbehaving.passing_models.respond)
    with engine.running():
        declared = {"id": "all", "tokens": ["all-token"]}
        with Server([front(folder / "all", declared, {"url": f"{engine.url}/v2/models/all"})]) as server:
            yield server
    misbehaving.passing_models.MODELS.clear()
    misbehaving.passing_models.MODELS.update(before)


def test_every_type_goes_through_without_loss(passed_on):
    metadata = requests.get(model(passed_on, "all"), headers={"Authorization": "Bearer all-token"}, timeout=30).json()
    assert [tensor["shape"] for tensor in metadata["inputs"][-3:]] == [[-1], [-1, -1, 2], [-1, 1]]
    assert [tensor["datatype"] for tensor in metadata["outputs"]] == [*KINDS, "INT64", "FP32", "BYTES"]
    random = numpy.random.default_rng(5)
    sent = {}
    for name, kind in KINDS.items():
        bits = random.integers(0, 255, (3, 2, numpy.dtype(kind).itemsize), "uint8")
        sent[name.lower()] = bits.view(kind)[..., 0] if name != "BOOL" else bits[..., 0] > 127
    sent |= {"one": random.integers(-2**62, 2**62, 3), "free": random.random((3, 4, 2), "float32")}
    texts = ["", "ä", "two\nlines"]
    pieces = [len(text.encode()).to_bytes(4, "little") + text.encode() for text in texts]
    binary = {name: values.tobytes() for name, values in sent.items()} | {"text": b"".join(pieces)}
    types = {name.lower(): name for name in KINDS} | {"one": "INT64", "free": "FP32", "text": "BYTES"}
    inputs = [
        {"name": name, "datatype": types[name], "shape": list(sent[name].shape) if name in sent else [3, 1],
         "parameters": {"binary_data_size": len(content)}}
        for name, content in binary.items()
    ]
    head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()
    headers = {"Authorization": "Bearer all-token", "Inference-Header-Content-Length": str(len(head))}
    url = f"{model(passed_on, 'all')}/infer"
    reply = requests.post(url, data=head + b"".join(binary.values()), headers=headers, timeout=30)
    assert reply.status_code == 200, reply.text
    length = int(reply.headers["Inference-Header-Content-Length"])
    outputs, rest = json.loads(reply.content[:length])["outputs"], reply.content[length:]
    for output, given in zip(outputs, inputs, strict=True):
        size = output["parameters"]["binary_data_size"]
        content, rest = rest[:size], rest[size:]
        name = given["name"]
        assert (output["name"], output["datatype"], output["shape"]) == (f"{name}_out", types[name], given["shape"])
        assert content == binary[name], name


def test_inputs_with_different_numbers_of_rows(passed_on):
    tensors = [(tensor["name"], tensor["datatype"], tensor["shape"]) for tensor in requests.get(
        model(passed_on, "all"), headers={"Authorization": "Bearer all-token"}, timeout=30).json()["inputs"]]
    binary, inputs = b"", []
    for place, (name, datatype, shape) in enumerate(tensors):
        shape = [2 if place else 1, *(1 if size == -1 else size for size in shape[1:])]
        size = numpy.dtype(KINDS.get(datatype, "u4")).itemsize * int(numpy.prod(shape))
        inputs.append({"name": name, "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": size}})
        binary += bytes(size)
    head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()
    headers = {"Authorization": "Bearer all-token", "Inference-Header-Content-Length": str(len(head))}
    reply = requests.post(f"{model(passed_on, 'all')}/infer", data=head + binary, headers=headers, timeout=30)
    assert reply.status_code == 400 and '"batch"' in reply.json()["error"]
