"""Runs the scenarios on each engine through C, C++, Go and Python, and writes what works into docs/engines.md."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engines import BUILD, ENGINES, HERE, Engine, Failed, run
from expected import SCENARIOS, Scenario

ROOT = HERE.parents[1]
LIBRARIES = os.environ["SIDEKICK_LIB_DIR"]
INCLUDE = os.environ["SIDEKICK_INCLUDE_DIR"]
STRICT = ["-O1", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{INCLUDE}"]
LINK = [f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-lsidekick", "-pthread"]
# A program runs all scenarios in a few seconds.
PROGRAM_SECONDS = 300


def build_programs() -> dict[str, list[str]]:
    """The command of each language's program."""
    programs = BUILD / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    c, cpp, go = (str(programs / name) for name in ("c", "cpp", "go"))
    run(["cc", "-std=gnu11", *STRICT, str(HERE / "scenarios.c"), *LINK, "-o", c], "scenarios.c does not compile")
    cpp_options = ["-std=c++17", *STRICT, f"-I{ROOT}/bindings/cpp"]
    run(["c++", *cpp_options, str(HERE / "scenarios.cpp"), *LINK, "-o", cpp], "scenarios.cpp does not compile")
    run(["go", "build", "-o", go, "."], "scenarios.go does not compile", cwd=HERE / "go", env=go_environment())
    return {"C": [c], "C++": [cpp], "Go": [go], "Python": [sys.executable, "-B", str(HERE / "scenarios.py")]}


def go_environment() -> dict[str, str]:
    """Where Go finds the library that was just built, and nothing from elsewhere."""
    lines = ["Name: sidekick", "Description: libsidekick, where it was built", "Version: 0"]
    lines += [f"Cflags: -I{INCLUDE}", f"Libs: {' '.join(LINK[:1])} -lsidekick"]
    (BUILD / "programs" / "sidekick.pc").write_text("\n".join(lines) + "\n")
    settings = {"PKG_CONFIG_PATH": str(BUILD / "programs"), "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
    return {**os.environ, **settings, "GOPROXY": "off", "GOWORK": "off"}


def program_environment() -> dict[str, str]:
    """The library that was just built, and no proxy."""
    library = {"LD_LIBRARY_PATH": LIBRARIES, "SIDEKICK_LIBRARY": f"{LIBRARIES}/libsidekick.so"}
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, **library, "PYTHONPATH": str(ROOT / "bindings" / "python")}


def run_scenarios(engine: Engine, url: str, language: str, command: list[str]) -> int:
    """Runs a language's program beside an engine; the number of scenarios that held. Those that did not are shown."""
    asked = [scenario for scenario in SCENARIOS if engine.name not in scenario.not_on]
    words = [*command, url, *(scenario.name for scenario in asked)]
    done = subprocess.run(
        words, env=program_environment(), capture_output=True, encoding="utf-8", timeout=PROGRAM_SECONDS
    )
    found = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    wrong = [scenario for scenario in asked if found.get(scenario.name) != scenario.expected(engine.name)]
    for scenario in wrong:
        print(f"FAILED: {engine.title}, {language}, {scenario.name}")
        print(f"  expected {scenario.expected(engine.name)}\n  got      {found.get(scenario.name, 'nothing')}")
    if wrong or done.returncode != 0:
        print(f"  status {done.returncode}; errors were printed as\n{done.stderr.rstrip()}", flush=True)
    return len(asked) - len(wrong)


def run_engine(engine: Engine, programs: dict[str, list[str]]) -> tuple[int, int]:
    """Installs and starts an engine, and runs everything beside it; how many scenarios held, and how many did not."""
    began = time.monotonic()
    engine.install()
    installed = time.monotonic()
    passed = failed = 0
    with engine.started() as url:
        ready = time.monotonic()
        version = engine.described(url)
        asked = sum(engine.name not in scenario.not_on for scenario in SCENARIOS)
        for language, command in programs.items():
            held = run_scenarios(engine, url, language, command)
            passed, failed = passed + held, failed + asked - held
    took = f"installed in {installed - began:.0f} s, ready in {ready - installed:.0f} s"
    print(f"{engine.title} {version}: {passed} passed, {failed} failed; {took}, run in {time.monotonic() - ready:.0f} s", flush=True)
    return passed, failed


def end_as_interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    names = [name for name in arguments if name] or list(ENGINES)
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise Failed(f"no engine is called {unknown[0]!r}: the engines are {', '.join(ENGINES)}")
    signal.signal(signal.SIGTERM, end_as_interrupted)
    programs = build_programs()
    passed = failed = 0
    for name in names:
        held, not_held = run_engine(ENGINES[name], programs)
        passed, failed = passed + held, failed + not_held
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failure:
        print(failure.log.rstrip()[-20000:], file=sys.stderr)
        sys.exit(f"tests/engines/run: {failure}")
    except KeyboardInterrupt:
        sys.exit("tests/engines/run: interrupted")
