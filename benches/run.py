"""Runs every workload through every client, interleaved, and writes tables, results.json and a chart to target/bench.

Use: run.py [--rounds N] [--only NAME,...]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

import report
from clients import CLIENTS, OUT, ROOT, SERVER, build, run
from workloads import DELAY_MS, WORKLOADS

DATA = OUT / "data"
ROUNDS = 5
# What only the library has: requests side by side, and streaming.
OURS_ALONE = ("W7", "W8")


def main():
    arguments = parse_arguments()
    build()
    if not (DATA / "ready").exists():
        run([sys.executable, ROOT / "benches" / "prepare.py", DATA])
        (DATA / "ready").touch()
    workloads = [it for it in WORKLOADS if not arguments.only or it.name in arguments.only]
    with Server() as url:
        samples = measure(url, workloads, arguments.rounds)
    results = [summary(workload, client, samples[workload.name, client.name])
               for workload in workloads for client in CLIENTS if takes_part(workload, client)]
    check_checksums(results)
    (OUT / "results.json").write_text(json.dumps({"rounds": arguments.rounds, "results": results}, indent=1))
    print(report.tables(workloads, results))
    (OUT / "chart.svg").write_text(report.chart(workloads, results))
    print(f"wrote {OUT.relative_to(ROOT)}/results.json and chart.svg")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", type=lambda text: text.split(","), help="names of workloads, such as W1,W5")
    return parser.parse_args()


class Server:
    """The canned-reply server, for as long as the block runs."""

    def __enter__(self):
        command = [SERVER, DATA, f"w7={DELAY_MS}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def takes_part(workload, client):
    return client.role == "ours" or not workload.name.startswith(OURS_ALONE)


def measure(url, workloads, rounds):
    """What each client printed for each workload, a list over the rounds."""
    samples = {}
    environment = {**os.environ, "SIDEKICK_BENCH_DATA": str(DATA)}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
        for workload in workloads:
            for client in CLIENTS:
                if takes_part(workload, client):
                    sample = run_client(url, workload, client, environment)
                    samples.setdefault((workload.name, client.name), []).append(sample)
    return samples


def run_client(url, workload, client, environment):
    task = [workload.kind, f"{url}/deployment/{workload.deployment}/forward", workload.rows, workload.requests]
    task += [workload.in_flight] if workload.in_flight else []
    # A shell between, because a process takes over the peak memory of the one it was forked from.
    command = ["/bin/sh", "-c", '"$@"; exit $?', "sh", *(str(part) for part in [*client.command, *task])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{client.name} failed at {workload.name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def summary(workload, client, samples):
    """Medians over the rounds, by row where that makes sense."""
    rows = workload.rows * workload.requests
    median = {key: statistics.median(sample[key] for sample in samples) for key in ("wall", "cpu", "p50", "peak_kb")}
    checksums = {sample["checksum"] for sample in samples}
    return {
        "workload": workload.name,
        "client": client.name,
        "role": client.role,
        "wall_us_per_row": median["wall"] / rows * 1e6,
        "cpu_us_per_row": median["cpu"] / rows * 1e6,
        "p50_us_per_request": median["p50"] * 1e6,
        "rows_per_second": rows / median["wall"],
        "peak_mb": median["peak_kb"] / 1024,
        "checksums": sorted(checksums),
    }


def check_checksums(results):
    """Everybody who reads replies has to have read the same."""
    for name in dict.fromkeys(result["workload"] for result in results):
        read = [result for result in results if result["workload"] == name and result["role"] != "floor"]
        if len({checksum for result in read for checksum in result["checksums"]}) != 1:
            lines = [f"  {result['client']}: {result['checksums']}" for result in read]
            sys.exit("\n".join([f"the checksums of {name} differ:", *lines]))


if __name__ == "__main__":
    main()
