"""Starts the built server on the test deployments."""

import importlib.util
import os
import subprocess
import threading
from pathlib import Path

import pytest
from deployment_client import Deployment

ROOT = Path(__file__).resolve().parents[2]
# Seconds after which a server is ended that has not begun to serve. A debug build without optimized engines tries models for minutes.
START = 600


def find_binary():
    """SIDEKICK_SERVER, else the newest build in the tree."""
    if "SIDEKICK_SERVER" in os.environ:
        return os.environ["SIDEKICK_SERVER"]
    builds = [ROOT / "target" / profile / "sidekick-server" for profile in ("release", "debug")]
    builds = [build for build in builds if build.exists()]
    assert builds, "build the server first: cargo build -p sidekick-server"
    return str(max(builds, key=lambda build: build.stat().st_mtime))


class Server:
    """A running server; its ready lines are read before the constructor returns."""

    def __init__(self, folders, *options, errors=None, **more):
        listen = [] if "--listen" in options else ["--listen", "127.0.0.1:0"]
        command = [find_binary(), *listen, *options, *map(str, folders)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, **more)
        self.lines = []
        limit = threading.Timer(START, self.process.kill)
        limit.daemon = True
        limit.start()
        while not self.lines or self.lines[-1] != "ready":
            line = self.process.stdout.readline()
            assert line, f"the server ended: {self.process.wait()}"
            self.lines.append(line.rstrip("\n"))
        limit.cancel()
        self.base = self.lines[0].removeprefix("listening on ")
        self.port = int(self.base.rsplit(":", 1)[1])
        fields = [line.split(" ", 4) for line in self.lines[1:-1]]
        self.deployments = {id: (url, token) for _, id, url, token, _ in fields}

    def deployment(self, id, token=None):
        url, own_token = self.deployments[id]
        return Deployment(url, token or own_token)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """The folder of the test deployments."""
    spec = importlib.util.spec_from_file_location("make", ROOT / "tests" / "deployments" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    out = tmp_path_factory.mktemp("deployments")
    make.main([str(out)])
    return out


@pytest.fixture(scope="session")
def server(folders, tmp_path_factory):
    """A server of all test deployments. At the end it is still there and has not panicked, whatever was sent to it."""
    log = tmp_path_factory.mktemp("log") / "stderr"
    with log.open("w") as errors, Server(sorted(folders.iterdir()), errors=errors) as server:
        yield server
        assert server.process.poll() is None
    text = log.read_text()
    assert "panicked" not in text
    assert not [token for _, token in server.deployments.values() if token in text]


@pytest.fixture
def echo(server):
    return server.deployment("echo")


@pytest.fixture
def echo_npy(server):
    return server.deployment("echo-npy")
