"""Runs the scenarios on each engine through C, C++, Go and Python, and writes what works into docs/engines.md."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from document import Results, write_page
from engines import BUILD, ENGINES, HERE, Engine, Failed, run
from expected import SCENARIOS
from record import RECORDED, recorder

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


def run_scenarios(engine: Engine, url: str, language: str, command: list[str]) -> list[str]:
    """Runs a language's program beside an engine; the names of the scenarios that failed, which are shown."""
    asked = [scenario for scenario in SCENARIOS if engine.name not in scenario.not_on]
    words = [*command, url, *(scenario.name for scenario in asked)]
    done = subprocess.run(
        words, env=program_environment(), capture_output=True, encoding="utf-8", timeout=PROGRAM_SECONDS
    )
    found = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    failed = [scenario for scenario in asked if found.get(scenario.name) != scenario.expected(engine.name)]
    for scenario in failed:
        print(f"FAILED: {engine.title}, {language}, {scenario.name}")
        print(f"  expected {scenario.expected(engine.name)}\n  got      {found.get(scenario.name, 'nothing')}")
    if failed or done.returncode != 0:
        print(f"  status {done.returncode}; errors were printed as\n{done.stderr.rstrip()}", flush=True)
    return [scenario.name for scenario in failed]


def record(engine: Engine, program: list[str]) -> None:
    """Records the exchanges of some scenarios, for the tests of the client."""
    folder = ROOT / "crates" / "sidekick" / "tests" / "recorded" / engine.name
    with engine.started() as url:
        for name in RECORDED:
            with recorder(url, folder / name.replace(" ", "-")) as recorded:
                command = [*program, recorded, name]
                subprocess.run(command, env=program_environment(), check=True, timeout=PROGRAM_SECONDS)


def run_engine(engine: Engine, programs: dict[str, list[str]]) -> tuple[str, dict[str, list[str]]]:
    """Installs and starts an engine, and runs everything beside it. Its version, and for each scenario that failed the
    languages in which it did."""
    began = time.monotonic()
    engine.install()
    installed = time.monotonic()
    failed: dict[str, list[str]] = {}
    with engine.started() as url:
        ready = time.monotonic()
        version = engine.described(url)
        for language, command in programs.items():
            for name in run_scenarios(engine, url, language, command):
                failed.setdefault(name, []).append(language)
    took = f"installed in {installed - began:.0f} s, ready in {ready - installed:.0f} s"
    print(f"{engine.title} {version}: {took}, run in {time.monotonic() - ready:.0f} s", flush=True)
    return version, failed


def summary(results: Results, languages: int) -> tuple[int, int]:
    """How many scenarios held, and how many failed, in all languages."""
    asked = sum(name not in scenario.not_on for name in results for scenario in SCENARIOS) * languages
    failed = sum(len(where) for _, found in results.values() for where in found.values())
    return asked - failed, failed


def end_as_interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    recording = "--record" in arguments
    names = [name for name in arguments if name not in ("", "--record")] or list(ENGINES)
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise Failed(f"no engine is called {unknown[0]!r}: the engines are {', '.join(ENGINES)}")
    signal.signal(signal.SIGTERM, end_as_interrupted)
    programs = build_programs()
    if recording:
        for name in names:
            record(ENGINES[name], programs["C"])
        return 0
    results = {name: run_engine(ENGINES[name], programs) for name in names}
    if list(results) == list(ENGINES):
        write_page(results)
    passed, failed = summary(results, len(programs))
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
