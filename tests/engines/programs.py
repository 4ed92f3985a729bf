"""Builds and starts programs of all languages with the library that was just built."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engines import BUILD, HERE, run

ROOT = HERE.parents[1]
LIBRARIES = os.environ["SIDEKICK_LIB_DIR"]
INCLUDE = os.environ["SIDEKICK_INCLUDE_DIR"]
STRICT = ["-O1", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{INCLUDE}"]
CPP = ["-std=c++17", *STRICT, f"-I{ROOT}/bindings/cpp"]
LINK = [f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-lsidekick", "-pthread"]
PROGRAMS = BUILD / "programs"


def build_c(output: Path, *sources: Path) -> None:
    # With threads and nanosleep, which C99 alone does not declare.
    command = ["cc", "-std=c99", "-D_POSIX_C_SOURCE=200809L", *STRICT, *map(str, sources), *LINK, "-o", str(output)]
    run(command, f"{sources[0].name} does not compile")


def build_cpp(output: Path, source: Path) -> None:
    run(["c++", *CPP, str(source), *LINK, "-o", str(output)], f"{source.name} does not compile")


def build_go(output: str, folder: Path) -> None:
    run(["go", "build", "-o", output, "./..."], f"{folder} does not build", cwd=folder, env=go_environment())


def go_environment() -> dict[str, str]:
    """Where Go finds the library, and nothing from elsewhere."""
    lines = ["Name: sidekick", "Description: libsidekick, where it was built", "Version: 0"]
    lines += [f"Cflags: -I{INCLUDE}", f"Libs: -L{LIBRARIES} -lsidekick"]
    (PROGRAMS / "sidekick.pc").write_text("\n".join(lines) + "\n")
    settings = {"PKG_CONFIG_PATH": str(PROGRAMS), "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
    return {**os.environ, **settings, "GOPROXY": "off", "GOWORK": "off"}


def environment() -> dict[str, str]:
    """With the library, and without a proxy."""
    library = {"LD_LIBRARY_PATH": LIBRARIES, "SIDEKICK_LIBRARY": f"{LIBRARIES}/libsidekick.so"}
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, **library, "PYTHONPATH": str(ROOT / "bindings" / "python")}


def build_scenarios() -> dict[str, list[str]]:
    """The command of each language's scenarios."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    build_c(PROGRAMS / "c", HERE / "scenarios.c")
    build_cpp(PROGRAMS / "cpp", HERE / "scenarios.cpp")
    build_go(str(PROGRAMS / "go"), HERE / "go")
    built = {language: [str(PROGRAMS / name)] for language, name in (("C", "c"), ("C++", "cpp"), ("Go", "go"))}
    return {**built, "Python": [sys.executable, "-B", str(HERE / "scenarios.py")]}
