#!/usr/bin/env python3
"""Builds all packages into target/dist: dist.py [--no-build] [TARGET...]. --no-build takes what is built."""

import os
import resource
import shutil
import sys
import time
from contextlib import contextmanager

import archives
import build
import crates
import debian
import go_module
import npm
import ports
import wheels
from common import OUT, TARGETS, sha256

# An archive for aarch64 and musl takes as long to build, and hardly anybody needs it: name it to have it.
_DEFAULT = ["x86_64-linux", "aarch64-linux", "x86_64-linux-musl", "windows-x64"]


def main(arguments):
    built = "--no-build" in arguments
    wanted = [name for name in arguments if not name.startswith("-")] or _DEFAULT
    targets = [TARGETS[name] for name in wanted]
    # What Debian and wheels do not depend on must not depend on who makes it.
    os.umask(0o022)
    with timed("tools"):
        build.install_tools(targets)
    for target in [] if built else targets:
        with timed(f"built for {target.name}"):
            build.build(target)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    pack(targets)
    files = sorted(path for path in OUT.rglob("*") if path.is_file())
    sums = "".join(f"{sha256(path)}  {path.relative_to(OUT)}\n" for path in files)
    (OUT / "SHA256SUMS").write_text(sums)
    say(f"{len(files)} files in {OUT}")


def pack(targets):
    """Every kind of package, from what was built."""
    linux = [target for target in targets if target.debian]
    shared = [target for target in targets if target.library]
    with timed("archives"):
        for target in targets:
            archives.archive(target)
    with timed("Debian packages"):
        for target in linux:
            debian.packages(target)
    with timed("Python"):
        wheels.sources()
        for target in shared:
            wheels.wheel(target)
    with timed("Go and npm"):
        go_module.module(targets)
        npm.package(shared)
    with timed("crates"):
        crates.crates()
    with timed("ports"):
        ports.conan(linux)
        ports.vcpkg(linux)
        ports.homebrew()


@contextmanager
def timed(part):
    """Says how long a part took, and how much of a processor."""
    began, used = time.monotonic(), processor_time()
    yield
    say(f"{part}: {time.monotonic() - began:.0f} s, {processor_time() - used:.0f} s of CPU")


def processor_time():
    """Of this program and the commands that it ran, in seconds."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def say(line):
    print(f"dist: {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
