#!/usr/bin/env python3
"""Builds the library for each target and proves it there: run.py [--write-docs] [TARGET...]

A target is a list of steps (targets.py). Each step fails, or returns what it proved. That is the target's line
in the table of docs/platforms.md: a run compares it with the page, or writes it with `--write-docs`. What is
built stays in target/TRIPLE and target/targets.
"""

import sys
import time

import platforms
from shell import Failed, install
from targets import TARGETS


def prove(target):
    """What the steps of a target proved, or None if one failed."""
    proved = []
    install(*target.tools)
    for step in target.steps:
        start = time.monotonic()
        try:
            said = step(target)
        except Failed as failure:
            print(f"FAILED: {target.name}: {step.__name__}: {failure}", flush=True)
            return None
        print(f"ok: {target.name}: {step.__name__} ({time.monotonic() - start:.0f} s)", flush=True)
        proved.append(said)
    return proved


def chosen(names):
    known = {target.name: target for target in TARGETS}
    unknown = set(names) - known.keys()
    if unknown:
        sys.exit(f"run.py: no target is named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names] or TARGETS


def main(arguments):
    writes = "--write-docs" in arguments
    targets = chosen([argument for argument in arguments if argument != "--write-docs"])
    proved = {target.name: prove(target) for target in targets}
    failed = sum(one is None for one in proved.values())
    failed += not platforms.keep(proved, TARGETS, writes)
    print(f"{len(targets) - sum(one is None for one in proved.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
