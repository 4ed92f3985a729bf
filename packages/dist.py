#!/usr/bin/env python3
"""Builds all packages into target/dist: dist.py [--no-build] [TARGET...]. --no-build takes what is built."""

import os
import shutil
import sys

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
_DEFAULT = ["x86_64-linux", "aarch64-linux", "x86_64-linux-musl"]


def main(arguments):
    built = "--no-build" in arguments
    wanted = [name for name in arguments if not name.startswith("-")] or _DEFAULT
    targets = [TARGETS[name] for name in wanted]
    # What Debian and wheels do not depend on must not depend on who makes it.
    os.umask(0o022)
    build.install_tools(targets)
    if not built:
        for target in targets:
            say(f"building for {target.name}")
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
    say("packing")
    shared = [target for target in targets if target.glibc]
    for target in targets:
        archives.archive(target)
    wheels.sources()
    for target in shared:
        debian.packages(target)
        wheels.wheel(target)
    go_module.module(targets)
    npm.package(shared)
    crates.crates()
    ports.conan(shared)
    ports.vcpkg(shared)
    ports.homebrew()


def say(line):
    print(f"dist: {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
