"""The library, its tests and C programs, for a target."""

import re

from shell import ROOT, TOOLS, VENV, require, run

OLDEST_RUST = re.search(r'^rust-version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
# Everything is compiled once and runs briefly: no line numbers, nothing for the next build.
ENVIRONMENT = {"CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_INCREMENTAL": "0"}
SETTINGS = ["--quiet", "--locked", "--config", "profile.dev.package.image.opt-level=0"]
# Without optimization an emulator takes minutes for the tests of numbers.
EMULATED = {"CARGO_PROFILE_DEV_OPT_LEVEL": "1"}


def folder(target):
    """Where everything that is built for a target, and no part of Cargo's, is."""
    path = TOOLS / target.name
    path.mkdir(parents=True, exist_ok=True)
    return path


def cargo(target, command, *arguments, **environment):
    """Cargo with Zig as the compiler and linker of C, for the target's oldest C library."""
    path = f"{VENV}:{run(['printenv', 'PATH']).strip()}"
    flags = {"RUSTFLAGS": target.rustflags or None, **(EMULATED if target.runner else {})}
    command = [VENV / "cargo-zigbuild", command, *SETTINGS, "--target", target.rust, *arguments]
    return run(command, PATH=path, **ENVIRONMENT, **flags, **environment)


def cc(target, source, output, *arguments):
    """A C program for the target."""
    require(source.exists(), f"no file {source}")
    compiler = [VENV / "python", "-m", "ziglang", "cc", "-target", target.zig, *target.cflags]
    # Zig's checks of undefined behaviour need functions that older C libraries lack.
    flags = ["-std=c99", "-g", "-fno-sanitize=undefined", f"-I{ROOT / 'include'}"]
    flags += ["-Wall", "-Wextra", "-pedantic", "-Werror"]
    run([*compiler, *flags, source, "-o", output, *arguments])
    return output


def library(target):
    """Builds the shared and the static library."""
    cargo(target, "rustc", "-p", "libsidekick", "--lib")
    stage = folder(target) / "lib"
    stage.mkdir(exist_ok=True)
    for name in ["libsidekick.so", "libsidekick.a"]:
        link(ROOT / "target" / target.triple / "debug" / name, stage / name)
    link(stage / "libsidekick.so", stage / soname(stage / "libsidekick.so"))


def link(existing, name):
    name.unlink(missing_ok=True)
    name.hardlink_to(existing)


def dynamic(path):
    """The dynamic section of a file: (tag, value) of each line."""
    lines = run(["readelf", "-d", "-W", path])
    return re.findall(r"\((\w+)\)\s+.*\[(.*)\]", lines)


def soname(path):
    names = [value for tag, value in dynamic(path) if tag == "SONAME"]
    require(len(names) == 1, f"{path} has no soname")
    return names[0]


def needed(path):
    return {value for tag, value in dynamic(path) if tag == "NEEDED"}


def highest_glibc(path):
    """The highest version of glibc's symbols that a file asks for."""
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", run(["readelf", "-V", "-W", path]))
    require(versions, f"{path} asks for no version of glibc")
    return max((int(major), int(minor)) for major, minor in versions)


def shared_program(target, source, name):
    """A C program that finds the shared library by LD_LIBRARY_PATH."""
    libraries = [f"-L{folder(target) / 'lib'}", "-lsidekick", "-lm", "-lpthread"]
    return cc(target, source, folder(target) / name, *libraries)
