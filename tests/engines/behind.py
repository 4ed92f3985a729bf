"""Deployments of the local server whose model an engine computes: the answers are those of the local model, and one
engine of two may end."""

from __future__ import annotations

import base64
import csv
import json
import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engines import BUILD, HERE, Engine, free_port, stop

ROOT = HERE.parents[1]
SHIPPED = ROOT / "server" / "deployments"
DATA = ROOT / "examples" / "data"
# The engine's model for each deployment.
MODELS = {"penguins": "penguins", "digits": "pixels"}
THREADS, REQUESTS = 8, 60
Row = dict[str, Any]


def run_behind(engine: Engine, url: str) -> dict[str, list[str]]:
    """Runs the checks beside an engine at `url`; those that failed, as scenarios are reported."""
    failed = {}
    for check in checks(engine):
        try:
            check(engine, url)
        except (AssertionError, OSError) as error:
            print(f"FAILED: {engine.title}, behind sidekick-server, {check.__name__}\n  {error}", flush=True)
            failed[check.__name__] = ["sidekick-server"]
    return failed


def same_answers(engine: Engine, url: str) -> None:
    """All held-out penguins and digits, one request for all of them and one for each."""
    with server([SHIPPED / name for name in MODELS]) as local, server(fronts(engine, [url])) as front:
        for name, rows in (("penguins", penguins()), ("digits", digits())):
            expected, found = predict(local, name, rows), predict(front, name, rows)
            assert len(found) == len(rows) > 60, f"{len(found)} of {len(rows)} rows"
            require_same(expected, found)
            for row, result in list(zip(rows, expected))[:20]:
                require_same([result], predict(front, name, [row]))


def one_of_two_ends(engine: Engine, url: str) -> None:
    """A second engine is killed while requests come. None of them fails."""
    port = free_port()
    second = f"http://127.0.0.1:{port}"
    process = engine.spawn(engine.command(port), engine.settings())
    try:
        engine.wait_until_ready(process, second)
        rows = penguins()
        with server([SHIPPED / "penguins"]) as local, server(fronts(engine, [second, url])) as front:
            expected = predict(local, "penguins", rows)
            half = threading.Barrier(THREADS + 1)
            problems: list[str] = []

            def load(number: int) -> None:
                for request in range(REQUESTS):
                    if request == REQUESTS // 3:
                        half.wait(60)
                    place = (number * REQUESTS + request) % len(rows)
                    try:
                        require_same([expected[place]], predict(front, "penguins", [rows[place]]))
                    except (AssertionError, OSError) as error:
                        problems.append(str(error))

            threads = [threading.Thread(target=load, args=[number]) for number in range(THREADS)]
            for thread in threads:
                thread.start()
            half.wait(60)
            os.killpg(process.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
            assert not problems, f"{len(problems)} of {THREADS * REQUESTS} requests were lost: {problems[0]}"
            failed = f'sidekick_engine_failed_attempts_total{{deployment="penguins",server="127.0.0.1:{port}"}}'
            assert failed in get_text(f"{front}/metrics"), "no request met the engine that had ended"
    finally:
        stop(process)


def form_of_the_manifest(engine: Engine, url: str) -> None:
    """The InferenceService of examples/scaling has the form that KServe's own classes describe."""
    manifest = ROOT / "examples" / "scaling" / "inference-service.yaml"
    command = [str(engine.python), str(HERE / "kserve" / "manifest.py"), str(manifest)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr.strip().splitlines()[-1]


def checks(engine: Engine) -> list[Callable[[Engine, str], None]]:
    return [same_answers, one_of_two_ends, *{"kserve": [form_of_the_manifest]}.get(engine.name, [])]


def fronts(engine: Engine, urls: list[str]) -> list[Path]:
    """The shipped deployments with an engine in place of their model."""
    folders = []
    for name, model in MODELS.items():
        declared = json.loads((SHIPPED / name / "deployment.json").read_text(encoding="utf-8"))
        declared["engine"] = {"url": [f"{url}/v2/models/{model}" for url in urls]}
        folder = BUILD / "fronts" / engine.name / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "deployment.json").write_text(json.dumps(declared), encoding="utf-8")
        folders.append(folder)
    return folders


@contextmanager
def server(folders: list[Path]) -> Generator[str, None, None]:
    """The local server with some deployments, and its URL."""
    command = [os.environ["SIDEKICK_SERVER"], "--listen", "127.0.0.1:0", *map(str, folders)]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        lines = []
        while "ready\n" not in lines:
            line = process.stdout.readline()
            assert line, f"sidekick-server ended with status {process.wait()}"
            lines.append(line)
        yield lines[0].split()[-1]
    finally:
        process.terminate()
        process.wait()


def predict(server: str, name: str, rows: list[Row]) -> list[Row]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {name}-token"}
    url = f"{server}/deployment/{name}/forward"
    request = urllib.request.Request(url, json.dumps({"rows": rows}).encode(), headers)
    return json.loads(opened(request))["rows"]


def get_text(url: str) -> str:
    return opened(urllib.request.Request(url)).decode()


def opened(request: urllib.request.Request) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        return response.read()


def require_same(expected: list[Row], found: list[Row]) -> None:
    """Engines sum floats in another order than the local one: five digits agree."""
    assert len(expected) == len(found), f"{len(found)} rows for {len(expected)}"
    for one, other in zip(expected, found):
        for (name, a), (_, b) in zip(numbers(one), numbers(other), strict=True):
            assert abs(a - b) <= 1e-5 * max(abs(a), 1), f"{name}: {a} by the local model, {b} by the engine"


def numbers(row: Row, path: str = "") -> list[tuple[str, float]]:
    found = []
    for name, value in row.items():
        found += numbers(value, f"{path}{name}.") if isinstance(value, dict) else [(path + name, value)]
    return sorted(found)


def penguins() -> list[Row]:
    inputs = json.loads((SHIPPED / "penguins" / "deployment.json").read_text(encoding="utf-8"))["inputs"]
    kinds = {spec["name"]: str if spec["type"] == "categorical" else float for spec in inputs}
    with (DATA / "penguins.csv").open(encoding="utf-8", newline="") as file:
        return [{name: kind(row[name]) for name, kind in kinds.items()} for row in csv.DictReader(file)]


def digits() -> list[Row]:
    files = sorted((DATA / "digits").glob("*.png"))
    return [{"image": "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()} for file in files]
