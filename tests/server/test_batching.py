"""Requests of several clients that are joined to one run of the model."""

import json
import shutil

import pytest
from conftest import Server
from deployment_client import Deployment
from fronts import PENGUIN, SHIPPED, in_threads, metric
from test_process import assert_refused, run


def batched(folder, name="penguins", **keys):
    shutil.copytree(SHIPPED / name, folder)
    file = folder / "deployment.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **keys}))
    return folder


def test_requests_are_joined_and_answers_are_those_of_requests_alone(tmp_path):
    """The delay is longer than any test: all of them come before the batch is computed, for it is full then."""
    rows = [{**PENGUIN, "year": 2007 + number % 3, "bill length (mm)": 35 + number} for number in range(16)]
    with Server([SHIPPED / "penguins"]) as alone:
        expected = [alone.deployment("penguins").predict(row) for row in rows]
    folder = batched(tmp_path / "p", max_batch_delay=600_000, max_batch_rows=16)
    with Server([folder]) as server:
        before = metric(server, "engine_duration_seconds_count", deployment="penguins") or 0
        url, token = server.deployments["penguins"]
        found = in_threads(16, lambda number: Deployment(url, token).predict(rows[number]))
        for one, other in zip(found, expected):
            assert one[0]["species"] == pytest.approx(other[0]["species"], rel=1e-3)
            assert one[0]["body mass (g)"] == pytest.approx(other[0]["body mass (g)"], rel=1e-4)
        assert metric(server, "engine_duration_seconds_count", deployment="penguins") == before + 1
        assert metric(server, "batch_requests_sum", deployment="penguins") == 16
        assert metric(server, "batch_requests_count", deployment="penguins") == 1


def test_a_request_alone_waits_for_the_delay(tmp_path):
    with Server([batched(tmp_path / "p", max_batch_delay=1)]) as server:
        assert server.deployment("penguins").predict(PENGUIN)[0]["species"]["Gentoo"] > 0.9


@pytest.mark.parametrize("keys, word", [
    ({"max_batch_delay": -1}, "max_batch_delay"),
    ({"max_batch_delay": "soon"}, "max_batch_delay"),
    ({"max_batch_delay": 1, "max_batch_rows": 0}, "max_batch_rows"),
    ({"max_batch_rows": 4}, "max_batch_delay"),
])
def test_mistakes(tmp_path, keys, word):
    assert_refused(run("--listen", "127.0.0.1:0", batched(tmp_path / "p", **keys)), word)
