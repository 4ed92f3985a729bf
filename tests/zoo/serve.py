"""The local server with one model: as one command, or with a deployment.json."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

SERVER = os.environ["SIDEKICK_SERVER"]


class Refused(Exception):
    """The server does not serve the model, and says why."""


@dataclass
class Served:
    id: str
    url: str
    token: str
    base: str
    # What the server wrote to standard error while it started.
    log: Path

    def engine(self) -> str:
        """The engine that computes the model: `rten` or `onnxruntime`."""
        headers = {"Authorization": f"Bearer {self.token}"}
        asked = urllib.request.Request(f"{self.base}/v2/models/{self.id}", headers=headers)
        with urllib.request.urlopen(asked) as answer:
            return str(json.load(answer)["platform"]).removesuffix("_onnx")


@contextmanager
def served(folder: Path, deployment: dict[str, Any] | None) -> Iterator[Served]:
    """Serves the model of a folder. The folder gets the deployment.json, if there is one."""
    declared = folder / "deployment.json"
    declared.unlink(missing_ok=True)
    if deployment is not None:
        declared.write_text(json.dumps(deployment, indent=1, ensure_ascii=False), encoding="utf-8")
    what = folder if deployment is not None else folder / "model.onnx"
    log = folder / "server.log"
    with log.open("w") as errors:
        command = [SERVER, "--listen", "127.0.0.1:0", str(what)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield ready(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        if process.stdout:
            process.stdout.close()


def ready(process: subprocess.Popen[str], log: Path) -> Served:
    base, deployment = "", []
    for line in process.stdout or []:
        words = line.rstrip("\n").split(" ", 4)
        if words[:2] == ["listening", "on"]:
            base = words[2]
        if words[0] == "deployment":
            deployment = words
        if words == ["ready"]:
            return Served(deployment[1], deployment[2], deployment[3], base, log)
    process.wait()
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Refused(said[-1] if said else f"the server ended with {process.returncode}")
