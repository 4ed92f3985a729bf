"""Runs every workload through every client, interleaved, and writes tables, results.json and a chart to target/bench.

Use: run.py [--rounds N] [--only NAME,...] [--triton-client DIR] [--write-docs]
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import chart
import docs
import report
from clients import CLIENTS, DATA, FLOOR, OUT, ROOT, SERVER, build, run, run_client, takes_part
from sent import check_sent
from workloads import WORKLOADS

ROUNDS = 5


def main():
    arguments = parse_arguments()
    if arguments.write_docs:
        docs.check()
    build(arguments.triton_client)
    prepare_data()
    workloads = [it for it in WORKLOADS if not arguments.only or it.name in arguments.only]
    check_sent(workloads)
    with Server() as server:
        samples = measure(server, workloads, arguments.rounds)
    results = [summary(workload, client, samples[workload.name, client.name])
               for workload in workloads for client in CLIENTS if takes_part(workload, client)]
    check_checksums(results)
    (OUT / "results.json").write_text(json.dumps({"rounds": arguments.rounds, "results": results}, indent=1))
    (OUT / "chart.svg").write_text(chart.chart(workloads, results))
    print(report.tables(workloads, results))
    print(f"wrote {OUT.relative_to(ROOT)}/results.json and chart.svg")
    if arguments.write_docs:
        docs.write(workloads, results, arguments.rounds)


def prepare_data():
    """Makes the data, if it was not made by what is there now."""
    makers = [ROOT / "benches" / name for name in ("prepare.py", "prepare_tensors.py", "workloads.py")]
    version = hashlib.sha256(b"".join(maker.read_bytes() for maker in makers)).hexdigest()
    ready = DATA / "ready"
    if not ready.exists() or ready.read_text() != version:
        run([sys.executable, makers[0], DATA])
        ready.write_text(version)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many, at least 1; {ROUNDS} by default")
    parser.add_argument("--only", type=lambda text: text.split(","), help="names of workloads, such as W1,W5")
    parser.add_argument("--triton-client", type=Path, default=os.environ.get("TRITON_CLIENT") or None, metavar="DIR",
                        help="checkouts of Triton's repositories client and common; TRITON_CLIENT by default")
    parser.add_argument("--write-docs", action="store_true",
                        help="put the summary and the chart into the documentation")
    arguments = parser.parse_args()
    unknown = set(arguments.only or []) - {workload.name for workload in WORKLOADS}
    if arguments.rounds < 1:
        parser.error("there has to be a round")
    if unknown:
        parser.error(f"no workload is called {', '.join(sorted(unknown))}")
    if arguments.only and arguments.write_docs:
        parser.error("the documentation takes all workloads")
    return arguments


class Server:
    """The canned-response server, for as long as the block runs."""

    def __enter__(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([SERVER, DATA], stdin=pipe, stdout=pipe, text=True)
        self.url = self.process.stdout.readline().strip()
        return self

    def keep_to(self, cores):
        """Binds all its threads to some of the machine's cores."""
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            os.sched_setaffinity(int(thread), cores)

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def cores_of(workload):
    """The cores of the server and of the client."""
    cores = sorted(os.sched_getaffinity(0))
    if workload.cores == "any":
        return cores, cores
    return cores[:1], cores[-1:] if workload.cores == "own" else cores[:1]


def measure(server, workloads, rounds):
    """What each client printed for each workload, a list over its runs."""
    samples = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
        for workload in workloads:
            server_cores, client_cores = cores_of(workload)
            server.keep_to(server_cores)
            for turn in range(workload.repeats + workload.again):
                clients = [client for client in CLIENTS if takes_part(workload, client, turn)]
                # Nobody always begins, on a machine that comes from other work.
                first = (number + turn * rounds) % len(clients)
                for client in clients[first:] + clients[:first]:
                    sample = run_client(server.url, workload, client, workload.requests, client_cores)
                    samples.setdefault((workload.name, client.name), []).append(sample)
    return samples


def summary(workload, client, samples):
    """Medians over the runs, by row if that makes sense."""
    rows = workload.rows * workload.requests
    median = {key: statistics.median(sample[key] for sample in samples) for key in ("wall", "cpu", "p50", "peak_kb")}
    cpu = [sample["cpu"] / rows * 1e6 for sample in samples]
    return {
        "workload": workload.name,
        "client": client.name,
        "role": client.role,
        "wall_us_per_row": median["wall"] / rows * 1e6,
        "cpu_us_per_row": median["cpu"] / rows * 1e6,
        "cpu_us_per_row_range": [min(cpu), max(cpu)],
        "p50_us_per_request": median["p50"] * 1e6,
        "rows_per_second": rows / median["wall"],
        "peak_mb": median["peak_kb"] / 1024,
        # Modulo 2^32: not all clients add in 64 bits.
        "checksums": sorted({sample["checksum"] % 2**32 for sample in samples}),
    }


def check_checksums(results):
    """Everybody who reads responses has to have read the same."""
    for name in dict.fromkeys(result["workload"] for result in results):
        read = [result for result in results if result["workload"] == name and result["client"] != FLOOR]
        if len({checksum for result in read for checksum in result["checksums"]}) != 1:
            lines = [f"  {result['client']}: {result['checksums']}" for result in read]
            sys.exit("\n".join([f"the checksums of {name} differ:", *lines]))


if __name__ == "__main__":
    main()
