"""Runs the scenarios on each engine in C, C++, Go and Python, and writes what works into docs/engines.md."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import behind
from document import Results, write_page
from engines import ENGINES, HERE, Engine, Failed
from examples import Examples, build_examples, checks, run_examples
from expected import SCENARIOS
from programs import build_scenarios, environment
from record import RECORDED, recorder

# A program runs all scenarios in a few seconds.
PROGRAM_SECONDS = 300


def run_scenarios(engine: Engine, url: str, language: str, command: list[str]) -> list[str]:
    """Runs a language's program beside an engine; the names of the scenarios that failed, which are shown."""
    asked = [scenario for scenario in SCENARIOS if engine.name not in scenario.not_on]
    words = [*command, url, *(scenario.name for scenario in asked)]
    done = subprocess.run(words, env=environment(), capture_output=True, encoding="utf-8", timeout=PROGRAM_SECONDS)
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
    folder = HERE.parents[1] / "crates" / "sidekick" / "tests" / "recorded" / engine.name
    with engine.started() as url:
        for name in RECORDED:
            with recorder(url, folder / name.replace(" ", "-")) as recorded:
                command = [*program, recorded, name]
                subprocess.run(command, env=environment(), check=True, timeout=PROGRAM_SECONDS)


def run_engine(engine: Engine, programs: dict[str, list[str]], examples: Examples) -> tuple[str, dict[str, list[str]]]:
    """Installs and starts an engine, and runs everything beside it. Its version, and for each scenario that
    failed the languages."""
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
        failed |= run_examples(engine, url, examples)
        failed |= behind.run_behind(engine, url)
    took = f"installed in {installed - began:.0f} s, ready in {ready - installed:.0f} s"
    print(f"{engine.title} {version}: {took}, run in {time.monotonic() - ready:.0f} s", flush=True)
    return version, failed


def summary(results: Results, languages: int) -> tuple[int, int]:
    """How many scenarios and examples held, and how many failed, in all languages; and what holds behind
    sidekick-server."""
    asked = sum(name not in scenario.not_on for name in results for scenario in SCENARIOS)
    asked += sum(len(checks(ENGINES[name])) for name in results)
    failed = sum(len(where) for _, found in results.values() for where in found.values())
    alone = sum(len(behind.checks(ENGINES[name])) for name in results)
    return asked * languages + alone - failed, failed


def end_as_interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    recording = "--record" in arguments
    names = [name for name in arguments if name not in ("", "--record")] or list(ENGINES)
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise Failed(f"no engine is called {unknown[0]!r}: the engines are {', '.join(ENGINES)}")
    signal.signal(signal.SIGTERM, end_as_interrupted)
    programs = build_scenarios()
    if recording:
        for name in names:
            record(ENGINES[name], programs["C"])
        return 0
    examples = build_examples()
    results = {name: run_engine(ENGINES[name], programs, examples) for name in names}
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
