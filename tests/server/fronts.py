"""Deployments whose model another server computes, and requests to them."""

import json
from concurrent.futures import ThreadPoolExecutor

import requests
from conftest import ROOT

SHIPPED = ROOT / "server" / "deployments"
PENGUIN = {"island": "Biscoe", "sex": "male", "bill length (mm)": 50.0, "bill depth (mm)": 15.2,
           "flipper length (mm)": 218, "year": 2007}


def shipped(name):
    return json.loads((SHIPPED / name / "deployment.json").read_text(encoding="utf-8"))


def front(folder, declared, engine, **more):
    """Writes a deployment without a model of its own."""
    folder.mkdir(exist_ok=True)
    declared = {key: value for key, value in declared.items() if key not in ("model", "held_out")}
    (folder / "deployment.json").write_text(json.dumps({**declared, "engine": engine, **more}), encoding="utf-8")
    return folder


def metric(server, name, /, **labels):
    """The value of a metric; None if it is not there."""
    text = requests.get(f"{server.base}/metrics", timeout=30).text
    shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
    line = f"sidekick_{name}{{{shown}}} " if labels else f"sidekick_{name} "
    found = [float(rest.removeprefix(line)) for rest in text.splitlines() if rest.startswith(line)]
    return found[0] if found else None


def in_threads(count, work):
    """What `work(number)` returns in so many threads at once; the first error, if there is one."""
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(work, range(count)))
