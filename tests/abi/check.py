#!/usr/bin/env python3
"""Checks that today's header and library keep what a frozen header promised: check.py FROZEN-HEADER

Every function, type and constant of the frozen header has to be in $SIDEKICK_INCLUDE_DIR/sidekick.h as it was, but for the
version; every function has to be in $SIDEKICK_LIB_DIR/libsidekick.so; and no status means two things.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
MACRO = re.compile(r"^#define[ \t]+(\w+)[ \t]+(.+)$", re.MULTILINE)
NAME = re.compile(r"\(\*(\w+)\)\(|\b(sidekick_\w+)\s*(?:\(|$)")
STATUS = re.compile(r"SIDEKICK_(OK|ERROR_\w+)")


def macros(text):
    return {name: " ".join(value.split()) for name, value in MACRO.findall(text) if not name.startswith("SIDEKICK_VERSION")}


def declarations(text):
    """Functions and types by name, without line breaks."""
    code = re.sub(r"^#.*$", "", text, flags=re.MULTILINE).replace('extern "C" {', "").replace("}", "")
    statements = [" ".join(statement.split()) for statement in code.split(";")]
    return {next(filter(None, NAME.search(statement).groups())): statement for statement in statements if statement}


def read(header):
    text = COMMENT.sub("", Path(header).read_text(encoding="utf-8"))
    return {**macros(text), **declarations(text)}


def exported(library):
    listing = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True)
    return {line.split()[-1] for line in listing.stdout.splitlines()}


def changes(frozen, today):
    for name, text in frozen.items():
        if name not in today:
            yield f"{name} is gone"
        elif today[name] != text:
            yield f"{name} was: {text}\n    and is: {today[name]}"


def reused(today):
    """Statuses that share a number."""
    owners = {}
    for name, value in today.items():
        if STATUS.fullmatch(name) and owners.setdefault(value, name) != name:
            yield f"{name} and {owners[value]} are both {value}"


def main(header):
    frozen = read(header)
    today = read(Path(os.environ["SIDEKICK_INCLUDE_DIR"], "sidekick.h"))
    functions = {name for name, text in frozen.items() if text.endswith(")") and not text.startswith("typedef") and name.islower()}
    missing = functions - exported(Path(os.environ["SIDEKICK_LIB_DIR"], "libsidekick.so"))
    problems = [*changes(frozen, today), *reused(today), *(f"{name} is not in the library" for name in sorted(missing))]
    if problems or not functions:
        sys.exit("\n".join(problems) or f"{header} declares nothing")
    print(f"{len(frozen)} declarations, {len(functions)} of them functions, are as they were")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    main(sys.argv[1])
