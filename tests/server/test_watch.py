"""Deployments are loaded again when their files change, and no request is lost."""

import json
import os
import shutil
import threading
import time
from contextlib import contextmanager

import models
import requests
from conftest import Server

ROW = {"x": {"shape": [3], "data": [1, 1, 1]}}


@contextmanager
def watching(tmp_path, *paths):
    """A server that watches; what it says is in a file."""
    log = tmp_path / "stderr"
    token = ["--token", "t"] if any(path.is_file() for path in paths) else []
    with log.open("w") as errors, Server(paths, "--watch", *token, errors=errors) as server:
        server.said = log.read_text
        yield server
        assert server.process.poll() is None and "panicked" not in log.read_text()


def wait_for(condition):
    """Waits for something that happens soon; the limit only ends a test that fails."""
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


class Clients:
    """Threads that ask again and again, on kept connections and new ones, and note each answer."""

    def __init__(self, server, id, row, output):
        self.url, self.row, self.output = server.deployments[id][0], row, output
        self.answers, self.failures, self.ended = [], [], False
        self.threads = [threading.Thread(target=self.ask, args=(kept,)) for kept in (True, True, False)]

    def ask(self, kept):
        session = requests.Session() if kept else requests
        while not self.ended:
            try:
                reply = session.post(self.url, json={"rows": [self.row]}, headers={"Authorization": "Bearer t"}, timeout=60)
                assert reply.status_code == 200, reply.text
                self.answers.append(reply.json()["rows"][0][self.output])
            except Exception as error:
                self.failures.append(error)

    def __enter__(self):
        [thread.start() for thread in self.threads]
        return self

    def __exit__(self, *_):
        self.ended = True
        [thread.join() for thread in self.threads]

    def last(self):
        return self.answers[-1]["data"][0] if self.answers else None


def test_a_model_is_replaced_under_load(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 1)
    with watching(tmp_path, model) as server:
        with Clients(server, "own", ROW, "y") as clients:
            wait_for(lambda: clients.last() == 1)
            for factor in (2, 3):
                models.scaled(tmp_path / "next.onnx", factor).rename(model)
                wait_for(lambda: clients.last() == factor)
        assert clients.failures == []
        assert {answer["data"][0] for answer in clients.answers} == {1, 2, 3}
        assert server.said().count("is loaded again") == 2


def test_a_broken_version_keeps_the_one_before(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 1)
    page = lambda server: requests.get(f"{server.base}/deployment/own").text
    with watching(tmp_path, model) as server:
        assert "new version is broken" not in page(server)
        with Clients(server, "own", ROW, "y") as clients:
            wait_for(lambda: clients.last() == 1)
            model.write_text("half of a model")
            wait_for(lambda: "broken; the version before keeps serving" in server.said())
            assert "own.onnx: it is no ONNX model" in server.said()
            assert "new version is broken" in page(server) and "no ONNX model" in page(server)
            assert "a newer version is broken" in requests.get(server.base).text
            count = len(clients.answers)
            wait_for(lambda: len(clients.answers) > count + 20)
            assert clients.last() == 1
            model.unlink()
            wait_for(lambda: server.said().count("but is broken") == 2)
            models.scaled(model, 5)
            wait_for(lambda: clients.last() == 5)
        assert clients.failures == []
        assert "new version is broken" not in page(server)
        assert server.said().count("is loaded again") == 1


def test_a_changed_declaration_is_loaded(folders, tmp_path):
    folder = tmp_path / "own"
    models.scaled(folder / "model.onnx", 1)
    declaration = {
        "id": "own", "title": "first", "tokens": ["t"],
        "inputs": [{"name": "x", "type": "numeric", "shape": [3], "tensor": "x"}],
        "outputs": [{"name": "y", "type": "numeric", "shape": [3], "tensor": "y"}],
    }
    file = folder / "deployment.json"
    file.write_text(json.dumps(declaration))
    titles = lambda server: requests.get(server.base).text
    with watching(tmp_path, folder, folders / "names") as server:
        assert "first" in titles(server)
        file.write_text(json.dumps({**declaration, "title": "second"}))
        wait_for(lambda: "second" in titles(server))
        file.write_text(json.dumps({**declaration, "outputs": [{"name": "y", "type": "numeric", "shape": [4], "tensor": "y"}]}))
        wait_for(lambda: "outputs[0]" in server.said())
        assert "second" in titles(server)
        file.write_text(json.dumps({**declaration, "id": "names"}))
        wait_for(lambda: '"names" is served already' in server.said())
        file.write_text(json.dumps({**declaration, "title": "third", "tokens": ["other"]}))
        wait_for(lambda: "third" in titles(server))
        reply = requests.post(server.deployments["own"][0], json={"rows": [ROW]}, headers={"Authorization": "Bearer t"})
        assert reply.status_code == 401
        assert "other" not in server.said()


def test_what_does_not_change_is_not_loaded_again(folders, tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 1)
    with watching(tmp_path, folders / "names", model) as server:
        models.scaled(tmp_path / "next.onnx", 2).rename(model)
        wait_for(lambda: "own.onnx: has changed" in server.said())
        assert "names" not in server.said()


def test_without_the_option_nothing_is_loaded_again(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 1)
    with Server([model], "--token", "t") as server:
        models.scaled(tmp_path / "next.onnx", 2).rename(model)
        time.sleep(2)
        reply = requests.post(server.deployments["own"][0], json={"rows": [ROW]}, headers={"Authorization": "Bearer t"})
        assert reply.json()["rows"][0]["y"]["data"] == [1, 1, 1]


def test_a_file_that_is_as_long_and_as_old_as_before(folders, tmp_path):
    """As an editor, or rsync --times, may leave it."""
    shutil.copytree(folders / "names", tmp_path / "names")
    file = tmp_path / "names" / "deployment.json"
    with watching(tmp_path, tmp_path / "names") as server:
        before, text = file.stat(), file.read_text()
        changed = text.replace("names-token", "other-token")
        assert len(changed) == len(text) != 0 and changed != text
        file.write_text(changed)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert file.stat().st_mtime_ns == before.st_mtime_ns and file.stat().st_ino == before.st_ino
        wait_for(lambda: "is loaded again" in server.said())
        assert requests.get(f"{server.base}/deployment/names/openapi.json", headers={"Authorization": "Bearer other-token"},
                            timeout=30).status_code == 200
