"""Builds the library, and for this machine's own target the programs, for old systems: zig links them.

Mingw-w64 links the library for Windows.
"""

import os
import shutil
from pathlib import Path

from common import COMMAND_LINE, PACKAGES, PROGRAMS, ROOT, WORK, host, run

VENV = WORK / "venv"
_TABLES = "-Wl,--eh-frame-hdr"
# Cargo-zigbuild and zig.
ZIG = ROOT / "target" / "targets" / "venv" / "bin"


def install_tools(targets):
    """The tools of the packages, zig, and Rust's libraries for the targets, as far as they are missing."""
    run(PACKAGES / "install-tools")
    compilers = ["deb=gcc-mingw-w64-x86-64-posix" for target in targets if target.is_windows]
    wanted = ["zig", *compilers, *(f"rust={target.rust}" for target in targets)]
    run(ROOT / "tests/targets/install-tools", *wanted)


def build(target):
    """Builds for a target, and collects what was built in its folder."""
    shutil.rmtree(target.built, ignore_errors=True)
    target.built.mkdir(parents=True)
    output = ROOT / "target" / target.rust / "release"
    native = output / "native-static-libs"
    if not native.exists():
        # Rustc writes it, and makes no folder; cargo would not run it for what is built.
        output.mkdir(parents=True, exist_ok=True)
        (ROOT / "src/lib.rs").touch()
    library = ["rustc", "--release", "--package", "libsidekick", "--lib"]
    _cargo(target, *library, after=["--print", f"native-static-libs={native}"])
    shutil.copy(output / "libsidekick.a", target.built)
    shutil.copy(native, target.built)
    if target.library:
        shutil.copy(output / target.library, target.built)
    else:
        _include_unwinder(target)
    if target.is_windows:
        # The import library, which programs link to load the other.
        shutil.copy(output / "libsidekick.dll.a", target.built)
        _cargo(target, "build", "--profile", "server", "--package", COMMAND_LINE)
        shutil.copy(output.parent / "server" / "sidekick.exe", target.built)
    strip = ["--strip-debug", "--remove-section=.comment", "--enable-deterministic-archives"]
    run(_llvm("strip"), *strip, target.built / "libsidekick.a")
    if target.name == host():
        # One by one, as `make` builds them: together each would get the features that the other asks for.
        for package in PROGRAMS:
            _cargo(target, "zigbuild", "--profile", "server", "--package", package)
        for program in ("sidekick", "sidekick-server"):
            shutil.copy(ROOT / "target" / target.rust / "server" / program, target.built)


def _cargo(target, command, *arguments, after=()):
    """Runs cargo with the linker for a target. No path of this machine is in what it builds."""
    suffix = f".{target.glibc}" if target.glibc else ""
    homes = {ROOT: "/libsidekick", Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")): "/cargo"}
    rust = [f"--remap-path-prefix={folder}={name}" for folder, name in homes.items()]
    c = [f"-ffile-prefix-map={folder}={name}" for folder, name in homes.items()]
    after = ["--", *after] if after else []
    cargo = "cargo" if target.is_windows else ZIG / "cargo-zigbuild"
    run(
        *(cargo, command, *arguments, "--locked", "--target", target.rust + suffix, *after),
        PATH=f"{ZIG}:{os.environ['PATH']}",
        RUSTFLAGS=" ".join(rust),
        CFLAGS=" ".join(c),
        CARGO_ZIGBUILD_PYTHON_PATH=str(ZIG / "python"),
    )


def _include_unwinder(target):
    """Adds Rust's unwinder to the static library: a C compiler for musl would take another system's."""
    unwinder = _sysroot() / "lib/rustlib" / target.rust / "lib/self-contained/libunwind.a"
    run(_llvm("ar"), "qcLsD", target.built / "libsidekick.a", unwinder)
    native = target.built / "native-static-libs"
    # The unwinder needs a header that GCC leaves out of static programs: no panic could be caught.
    native.write_text(native.read_text().replace("-lunwind", _TABLES))


def _sysroot():
    return Path(run("rustc", "--print", "sysroot").strip())


def _llvm(tool):
    """A tool of the toolchain, which knows every processor."""
    return next(_sysroot().glob(f"lib/rustlib/*/bin/llvm-{tool}"))
