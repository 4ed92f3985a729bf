#!/usr/bin/env python3
"""Compares what the shared library exports, the allow-list, the header and the C tests: check.py

Reads $SIDEKICK_LIB_DIR/libsidekick.so and $SIDEKICK_INCLUDE_DIR/sidekick.h. The allow-list is bindings/c/symbols.txt.
tests/c/run sets the two variables and runs it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOW_LIST = "bindings/c/symbols.txt"
ALLOWED = ROOT / ALLOW_LIST
TESTS = ROOT / "tests/c"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CALL = re.compile(r"\b(sidekick_\w+)\s*\(")
# A function, a type or a constant, at the start of its line; the include guard has no value.
DECLARATION = re.compile(
    r"^(?:#define (SIDEKICK_\w+)[ (].+|typedef [^;]*?(sidekick_\w+);|[a-z][^;#]*?\b(sidekick_\w+)\()", re.MULTILINE)


def exported(library):
    listing = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True)
    return {line.split()[-1] for line in listing.stdout.splitlines()}


def differences(one, other, only_one, only_other):
    return [f"{only_one}: {name}" for name in sorted(one - other)] + [f"{only_other}: {name}"
                                                                      for name in sorted(other - one)]


def list_problems(allowed):
    problems = [f"{ALLOW_LIST} has a name without sidekick_: {name}" for name in allowed
                if not name.startswith("sidekick_")]
    if allowed != sorted(set(allowed)):
        problems.append(f"{ALLOW_LIST} is not sorted, or names one twice")
    return problems


def undocumented(header):
    """Declarations that no comment with "Since" stands before."""
    found = []
    for declaration in DECLARATION.finditer(header):
        before = header[: declaration.start()].rstrip()
        comment = before[before.rfind("/**") :] if before.endswith("*/") else ""
        if "Since " not in comment:
            found.append(next(filter(None, declaration.groups())))
    return found


def main():
    if not {"SIDEKICK_LIB_DIR", "SIDEKICK_INCLUDE_DIR"} <= os.environ.keys():
        sys.exit("SIDEKICK_LIB_DIR or SIDEKICK_INCLUDE_DIR is not set; run tests/c/run, which sets them")
    allowed = ALLOWED.read_text(encoding="utf-8").split()
    header = Path(os.environ["SIDEKICK_INCLUDE_DIR"], "sidekick.h").read_text(encoding="utf-8")
    declared = set(CALL.findall(COMMENT.sub("", header)))
    called = {name for test in TESTS.glob("test_*.c")
              for name in CALL.findall(COMMENT.sub("", test.read_text(encoding="utf-8")))}
    library = exported(Path(os.environ["SIDEKICK_LIB_DIR"], "libsidekick.so"))
    problems = list_problems(allowed)
    problems += differences(library, set(allowed), f"exported, but not in {ALLOW_LIST}, so add it there",
                            f"in {ALLOW_LIST}, but not exported")
    problems += differences(declared, set(allowed), f"in the header, but not in {ALLOW_LIST}",
                            f"in {ALLOW_LIST}, but not in the header, which `make header` writes")
    problems += [f"no C test in tests/c calls {name}" for name in allowed if name not in called]
    problems += [f"the header does not document {name}, or not since when it is there" for name in undocumented(header)]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(allowed)} exports: as allowed, declared, documented, and called by a C test")


if __name__ == "__main__":
    main()
