"""Runs the command line beside the built server."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "examples" / "data"
PENGUINS = DATA / "penguins.csv"
# A command that takes so long hangs.
LIMIT = 300


class Server:
    """A running server of some deployments."""

    def __init__(self, *folders, port=0):
        command = [os.environ["SIDEKICK_SERVER"], "--listen", f"127.0.0.1:{port}", *map(str, folders)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.tokens = {}
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "listening":
                self.base = words[2]
            if words[0] == "deployment":
                self.tokens[words[1]] = words[3]
            if words == ["ready"]:
                return
        raise AssertionError(f"the server ended: {self.process.wait()}")

    def url(self, id):
        return f"{self.base}/deployment/{id}/forward"

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def server():
    made = ROOT / "target" / "tests" / "deployments"
    shipped = [ROOT / "server" / "deployments" / id for id in ("penguins", "digits", "denoise", "language")]
    tested = [made / id for id in ("echo", "disabled", "reciprocal", "tensors", "names")]
    running = Server(*shipped, *tested)
    yield running
    running.close()


class Cli:
    """The program with an environment of its own: one deployment, no settings of whoever runs the tests."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SIDEKICK_SERVER": os.environ["SIDEKICK_SERVER"],
            "no_proxy": "127.0.0.1",
        }
        self.use("penguins")

    def use(self, id):
        self.environment["SIDEKICK_URL"] = self.server.url(id)
        self.environment["SIDEKICK_TOKEN"] = self.server.tokens[id]

    def start(self, *arguments, **more):
        command = [os.environ["SIDEKICK_CLI"], *map(str, arguments)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **more}
        return subprocess.Popen(command, env=self.environment, cwd=self.folder, **options)

    def __call__(self, *arguments, code=0, input=None):
        """What it prints; `said` has its standard error."""
        stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
        process = self.start(*arguments, stdin=stdin, text=True, encoding="utf-8")
        out, self.said = process.communicate(input, timeout=LIMIT)
        assert process.returncode == code, (process.returncode, out, self.said)
        secrets = [token for token in [*self.server.tokens.values(), "s3cret"] if token in out + self.said]
        assert not secrets, (out, self.said)
        assert "panicked" not in self.said
        return out

    def fails(self, code, pattern, *arguments, input=None):
        """It ends with a code and one line of error that the pattern is in."""
        out = self(*arguments, code=code, input=input)
        errors = [line for line in self.said.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1 and self.said.splitlines()[-1] == errors[0], self.said
        assert re.search(pattern, errors[0]), self.said
        return out


@pytest.fixture
def cli(server, tmp_path):
    return Cli(server, tmp_path)
