"""What the server counts, in Prometheus' text format."""

import re

import pytest
import requests
from conftest import Server
from deployment_client import Deployment, assert_error
from fronts import PENGUIN, SHIPPED, metric


@pytest.fixture
def server():
    with Server([SHIPPED / "penguins", SHIPPED / "digits"], "--max-body", "10000") as server:
        yield server


def text(server):
    reply = requests.get(f"{server.base}/metrics", timeout=30)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return reply.text


LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+')


def test_the_form(server):
    """Every line is a sample of the metric whose HELP and TYPE came last."""
    server.deployment("penguins").predict(PENGUIN)
    name = kind = None
    for line in text(server).splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
        elif line.startswith("# TYPE "):
            assert line.split()[2] == name
            kind = line.split()[3]
        else:
            assert LINE.fullmatch(line), line
            ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
            assert re.split(r"[{ ]", line)[0] in [name + end for end in ends], line


def test_responses_are_counted_by_status(server):
    penguins = server.deployment("penguins")
    penguins.predict(PENGUIN, PENGUIN)
    assert_error(penguins.send({}), "FeatureNotFound", 400)
    assert_error(penguins.post(b"x" * 20_000), "BadData", 413)
    assert Deployment(penguins.url, "wrong").send(PENGUIN).status_code == 401
    url = f"{server.base}/v2/models/penguins/infer"
    assert requests.post(url, json={}, headers={"Authorization": "Bearer penguins-token"}, timeout=30).status_code == 400
    counted = {status: metric(server, "requests_total", deployment="penguins", status=status)
               for status in ("200", "400", "401", "413", "500")}
    assert counted == {"200": 1, "400": 2, "401": 1, "413": 1, "500": None}
    assert metric(server, "request_duration_seconds_count", deployment="penguins") == 5
    assert metric(server, "requests_total", deployment="digits", status="200") is None


def test_runs_of_the_model_are_counted(server):
    before = metric(server, "engine_duration_seconds_count", deployment="penguins") or 0
    rows = metric(server, "engine_rows_sum", deployment="penguins") or 0
    server.deployment("penguins").predict(PENGUIN, PENGUIN, PENGUIN)
    assert metric(server, "engine_duration_seconds_count", deployment="penguins") == before + 1
    assert metric(server, "engine_rows_sum", deployment="penguins") == rows + 3
    assert metric(server, "engine_errors_total", deployment="penguins", kind="failed") == 0


def test_what_is_there_now(server):
    for name in ("requests_in_flight", "queue_depth", "memory_bytes"):
        assert metric(server, name) == 0, name
    assert metric(server, "deployments_ready") == 2
