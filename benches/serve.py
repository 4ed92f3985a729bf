#!/usr/bin/env python3
"""What one server answers: serve.py [--rounds N] [--write-docs]. Needs wrk, and the server (make server).

The last table is the server's own work with an image: all but the connection, beside decoding and resizing it by hand.

64 clients keep their connections and send one request after the other, for five seconds a round. The best round counts:
others share the machine. CPU time is the server's alone, so that it does not depend on them.
"""

import argparse
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "server" / "README.md"
CLIENTS, SECONDS = 64, 5
START, END = "<!-- load: written by benches/serve.py --write-docs -->\n", "<!-- load ends -->\n"
TICKS = os.sysconf("SC_CLK_TCK")
# wrk has no option for a body.
SCRIPT = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {token}"
local file = io.open("{body}", "rb")
wrk.body = file:read("*a")
function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    local median, last = latency:percentile(50), latency:percentile(99)
    io.write(string.format("result %d %d %f %f\\n", summary.requests, failed, median, last))
end
"""


def workloads():
    """Name, deployment, and the rows of a request."""
    penguin = {"island": "Biscoe", "sex": "male", "bill length (mm)": 50.0, "bill depth (mm)": 15.2,
               "flipper length (mm)": 218, "year": 2007}
    image = (ROOT / "examples/data/digits/digit-7-0081.png").read_bytes()
    digit = {"image": "data:image/png;base64," + base64.b64encode(image).decode()}
    return [
        ("penguins, 1 row: 4 numbers, 2 categories", "penguins", [penguin]),
        ("penguins, 128 rows", "penguins", [penguin] * 128),
        ("digits, 1 image of 8 x 8 pixels as PNG", "digits", [digit]),
        ("digits, 16 images", "digits", [digit] * 16),
    ]


@contextmanager
def running(binary, folders):
    command = [binary, "--listen", "127.0.0.1:0", *map(str, folders)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        while "ready\n" not in lines:
            line = process.stdout.readline()
            if not line:
                sys.exit(f"serve.py: the server ended with status {process.wait()}")
            lines.append(line)
        yield lines[0].split()[-1], process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def cpu(pid):
    """The CPU time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(url, pid, deployment, rows, folder):
    """Requests a second, milliseconds at the median and at 99 %, microseconds of CPU a request."""
    body, script = folder / "body.json", folder / "load.lua"
    body.write_text(json.dumps({"rows": rows}))
    script.write_text(SCRIPT.format(token=f"{deployment}-token", body=body))
    command = ["wrk", "--threads", "1", "--connections", str(CLIENTS), "--duration", f"{SECONDS}s", "--latency"]
    before = cpu(pid)
    said = subprocess.run(
        [*command, "--script", str(script), f"{url}/deployment/{deployment}/forward"],
        check=True, capture_output=True, text=True,
    ).stdout
    used = cpu(pid) - before
    requests, failed, median, last = map(float, re.search(r"^result (\S+) (\S+) (\S+) (\S+)$", said, re.M).groups())
    if failed or not requests:
        sys.exit(f"serve.py: {failed:.0f} of {requests:.0f} requests failed\n{said}")
    return requests / SECONDS, median / 1000, last / 1000, used / requests * 1e6


def front_of(url, folder):
    """The deployment penguins, whose model the server at `url` computes."""
    declared = json.loads((ROOT / "server/deployments/penguins/deployment.json").read_text())
    declared["engine"] = {"url": f"{url}/v2/models/penguins", "token": "penguins-token"}
    front = folder / "penguins"
    front.mkdir()
    (front / "deployment.json").write_text(json.dumps(declared))
    return front


def photographs(folder):
    """Two photographs of 640 x 427 pixels that scikit-learn ships, as JPEG and as PNG."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    for name, pixels in zip(("china", "flower"), load_sample_images().images):
        png = folder / f"{name}.png"
        Image.fromarray(pixels).save(png)
        yield f"{name}, PNG", png
        jpeg = folder / f"{name}.jpg"
        Image.fromarray(pixels).save(jpeg, quality=90)
        yield f"{name}, JPEG", jpeg


def mean_colour(folder):
    """A deployment of images whose model does almost nothing: it gives their mean colour."""
    import onnx
    from onnx import helper

    folder.mkdir()
    vector = lambda name, *sizes: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", *sizes])
    node = helper.make_node("ReduceMean", ["image"], ["colour"], axes=[1, 2], keepdims=0)
    graph = helper.make_graph([node], "mean", [vector("image", 224, 224, 3)], [vector("colour", 3)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    declared = {
        "format": 2,
        "id": "colour",
        "tokens": ["colour-token"],
        "inputs": [{"name": "image", "type": "image"}],
        "outputs": [{"name": "colour", "type": "numeric"}],
    }
    (folder / "deployment.json").write_text(json.dumps(declared))
    return folder


def image_costs(folder):
    """Name, and the microseconds of the server and by hand, for each photograph."""
    program = ["cargo", "run", "-q", "--profile", "server", "-p", "sidekick-server", "--example", "image_cost", "--"]
    deployment = mean_colour(folder / "colour")
    for name, file in photographs(folder):
        said = subprocess.run([*program, deployment, file], cwd=ROOT, check=True, capture_output=True, text=True)
        yield name, *map(float, said.stdout.split())


def image_table(costs):
    lines = ["", "| an image of 640 x 427 pixels, to 224 x 224 | server, ms | decode + resize by hand, ms | ratio |",
             "|---|---:|---:|---:|"]
    for name, server, by_hand in costs:
        lines.append(f"| {name} | {server / 1000:.2f} | {by_hand / 1000:.2f} | {server / by_hand:.2f} |")
    lines.append("")
    lines.append("The server's own work: JSON, base64, decoding, resizing, the tensor and the response, and a model "
                 "that takes the mean. By hand: the crate image, filter Triangle. The fastest of 200.")
    return "\n".join(lines) + "\n"


def table(results, cores):
    lines = ["| one request | requests a second | median, ms | p99, ms | CPU of the server a request, ms |",
             "|---|---:|---:|---:|---:|"]
    for name, (rate, median, last, used) in results:
        lines.append(f"| {name} | {rate:,.0f} | {median:.1f} | {last:.1f} | {used / 1000:.3f} |")
    lines.append("")
    lines.append(f"{CLIENTS} clients with connections of their own, on {cores} cores, which the load generator "
                 f"shares: the best of several rounds of {SECONDS} seconds.")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write-docs", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("serve.py: wrk is needed: apt-get install wrk")
    binary = os.environ.get("SIDEKICK_SERVER", str(ROOT / "target/server/sidekick-server"))
    folders = [ROOT / "server/deployments" / name for name in ("penguins", "digits")]
    results = []
    with tempfile.TemporaryDirectory() as folder, running(binary, folders) as (url, pid):
        def add(name, url, pid, deployment, rows):
            rounds = [measure(url, pid, deployment, rows, Path(folder)) for _ in range(arguments.rounds)]
            results.append((name, (*max(rounds)[:3], min(used for *_, used in rounds))))

        for name, deployment, rows in workloads():
            add(name, url, pid, deployment, rows)
        # The engine takes the other half of the processors: its CPU is not counted.
        with running(binary, [front_of(url, Path(folder))]) as (front, front_pid):
            _, deployment, rows = workloads()[0]
            add("penguins, 1 row, computed by an engine elsewhere", front, front_pid, deployment, rows)
    with tempfile.TemporaryDirectory() as folder:
        costs = list(image_costs(Path(folder)))
    text = table(results, len(os.sched_getaffinity(0))) + image_table(costs)
    print(text, end="")
    if arguments.write_docs:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(START)
        PAGE.write_text(before + START + text + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
