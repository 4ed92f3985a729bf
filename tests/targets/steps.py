"""What is proved of a target. Each step returns what the table says of it, or None."""

import os
import re
import shutil

import build
from build import folder, highest_glibc, needed
from shell import ROOT, TOOLS, Failed, require, run

CRATES = ["sidekick-numbers", "sidekick-pictures", "sidekick", "libsidekick"]
TESTS = ROOT / "tests"
PYTHON = os.environ.get("SIDEKICK_PYTHON", "python3")
# The records that those of all other targets equal.
REFERENCE = TOOLS / "conformance"
# What the C tests say of proxies they say themselves.
NO_PROXIES = {name: None for kind in ["http", "https", "all", "no"]
              for name in [f"{kind}_proxy", f"{kind.upper()}_PROXY"]}
# How many times longer than usual an emulator may take, and how many random cases a test tries there.
EMULATED = {"SIDEKICK_TEST_TIME_FACTOR": "20", "SIDEKICK_TEST_NO_FORK": "1", "PROPTEST_CASES": "16"}


def builds(target):
    """Builds the library."""
    build.library(target)


def needs_glibc_2_17(target):
    """The shared library asks for glibc 2.17 at most, and not for libgcc_s."""
    library = folder(target) / "lib" / "libsidekick.so"
    version = highest_glibc(library)
    require(version <= (2, 17), f"{library} needs glibc {version[0]}.{version[1]}")
    require("libgcc_s.so.1" not in needed(library), f"{library} needs libgcc_s")


def needs_no_glibc(target):
    """The shared library asks for musl's C library alone."""
    library = folder(target) / "lib" / "libsidekick.so"
    require(needed(library) <= {"libc.so"}, f"{library} needs {needed(library)}")


def unit_tests(target):
    """The unit tests of all crates."""
    packages = [word for crate in CRATES for word in ("-p", crate)]
    runner = "CARGO_TARGET_" + target.triple.upper().replace("-", "_") + "_RUNNER"
    emulated = EMULATED if target.runner else {}
    environment = {runner: " ".join(target.runner) or None, **emulated}
    output = build.cargo(target, "test", "--no-fail-fast", "--lib", *packages, **environment)
    passed = sum(int(count) for count in re.findall(r"test result: ok\. (\d+) passed", output))
    require(passed > 100, f"only {passed} unit tests ran")
    return "unit tests"


def c_tests(target):
    """The programs of tests/c, beside the local server and the misbehaving one."""
    programs = build_c_tests(target)
    files = folder(target) / "files"
    make_files(files)
    emulated = EMULATED if target.runner else {}
    for program in programs:
        beside_misbehaving(files, [*target.runner, program], **library_in(folder(target) / "lib"), **emulated)
    return "C tests"


def build_c_tests(target):
    sources = sorted((TESTS / "c").glob("test_*.c"))
    require(len(sources) > 15, "the C tests are gone")
    return [build.shared_program(target, source, source.stem) for source in sources]


def library_in(path):
    """What tells programs, and the tests that load the library themselves, where it is."""
    return {"LD_LIBRARY_PATH": path, "SIDEKICK_LIB_DIR": path}


def make_files(files):
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    run([PYTHON, TESTS / "c" / "make_files.py", files])


def beside_misbehaving(files, command, **environment):
    run([PYTHON, TESTS / "misbehaving.py", *command], cwd=files, **NO_PROXIES, **environment)


def conformance(target):
    """What is sent and what is read equals the reference's, bit for bit."""
    program = build.shared_program(target, TESTS / "conformance" / "conformance.c", "conformance")
    record(target, folder(target) / "conformance-shared", [*target.runner, program])
    return "conformance"


def record(target, name, command, **environment):
    """Runs a conformance program; compares what it sent and read. The first target's are the reference."""
    name.mkdir(exist_ok=True)
    read = command[-1].with_suffix(".read")
    run([PYTHON, TESTS / "conformance" / "server.py", name / "sent", *command, read],
        LD_LIBRARY_PATH=folder(target) / "lib", **environment)
    shutil.move(read, name / "read")
    if not target.is_reference:
        for part in ["sent", "read"]:
            same = (name / part).read_bytes() == (REFERENCE / part).read_bytes()
            require(same, f"{name / part} differs from {REFERENCE / part}")
    elif not REFERENCE.exists():
        shutil.copytree(name, REFERENCE)


def static_program(target):
    """A program without any shared library gives the same bits."""
    output = folder(target) / "conformance-static"
    archive = folder(target) / "lib" / "libsidekick.a"
    build.cc(target, TESTS / "conformance" / "conformance.c", output, archive, "-static", "-lunwind")
    require(not needed(output), f"{output} needs {needed(output)}")
    record(target, folder(target) / "conformance-static.d", [*target.runner, output])
    return "a fully static C program"


def stdcall(target):
    """The functions of sidekick_stdcall.c can be called, and take their parameters from the stack."""
    program = build.shared_program(target, TESTS / "targets" / "stdcall.c", "stdcall")
    require("called" in run([program], **library_in(folder(target) / "lib")), f"{program} called nothing")


def debian_11(target):
    """The C tests on Debian 11, in a folder that is its whole system."""
    system = TOOLS / "debian-bullseye"
    inside = system / "sidekick"
    shutil.rmtree(inside, ignore_errors=True)
    shutil.copytree(folder(target) / "lib", inside / "lib")
    make_files(inside / "files")
    for program in build_c_tests(target):
        shutil.copy2(program, inside)
        command = f"cd /sidekick/files && exec /sidekick/{program.name}"
        there = ["unshare", "--mount", "--mount-proc", f"--root={system}", "sh", "-c", command]
        beside_misbehaving(inside / "files", there, **library_in("/sidekick/lib"))
    return "C tests on Debian 11"


def oldest_rust(target):
    """The library compiles with the Rust that Cargo.toml names."""
    run(["rustup", "run", build.OLDEST_RUST, "cargo", "check", "--quiet", "--locked", "-p", "libsidekick"],
        CARGO_TARGET_DIR=TOOLS / "oldest-rust", **build.ENVIRONMENT)


def compiles(target):
    """The library is compiled, not linked and never run."""
    build.cargo(target, "check", "-p", "libsidekick")
