#!/usr/bin/env python3
"""Builds the library for each target and proves it there: run.py [--write-docs] [TARGET...]

A target is a list of steps (targets.py). Each step fails, or returns what it proved. That is the target's line
in the table of docs/platforms.md: a run compares it with the page, or writes it with `--write-docs`. What is
built stays in target/TRIPLE and target/targets.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import platforms
from shell import Failed, install
from targets import TARGETS


@dataclass
class Result:
    """What the steps of a target proved (None if one failed), and the seconds that they took."""

    proved: list | None
    wall: float
    cpu: float


def processor_seconds():
    """Of all programs that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def prove(target):
    wall, cpu = time.monotonic(), processor_seconds()
    proved = steps_of(target)
    return Result(proved, time.monotonic() - wall, processor_seconds() - cpu)


def steps_of(target):
    """What each step of a target proved, or None if one failed."""
    proved = []
    step = install
    try:
        install(*target.tools)
        for step in target.steps:
            start = time.monotonic()
            proved.append(step(target))
            print(f"ok: {target.name}: {step.__name__} ({time.monotonic() - start:.0f} s)", flush=True)
    except (Failed, OSError, subprocess.SubprocessError) as failure:
        print(f"FAILED: {target.name}: {step.__name__}: {failure}", flush=True)
        return None
    return proved


def chosen(names):
    known = {target.name: target for target in TARGETS}
    unknown = set(names) - known.keys()
    if unknown:
        sys.exit(f"run.py: no target is named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names] or TARGETS


def show(results):
    print(f"{'target':16} {'':8} {'seconds':>8} {'of a core':>10}")
    for name, result in results.items():
        outcome = "FAILED" if result.proved is None else "passed"
        print(f"{name:16} {outcome:8} {result.wall:8.0f} {result.cpu:10.0f}")
    wall, cpu = (sum(getattr(result, kind) for result in results.values()) for kind in ["wall", "cpu"])
    print(f"{'together':25} {wall:8.0f} {cpu:10.0f}")


def main(arguments):
    writes = "--write-docs" in arguments
    targets = chosen([argument for argument in arguments if argument != "--write-docs"])
    results = {target.name: prove(target) for target in targets}
    show(results)
    proved = {name: result.proved for name, result in results.items()}
    page_is_right = platforms.keep(proved, TARGETS, writes)
    return 0 if page_is_right and None not in proved.values() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
