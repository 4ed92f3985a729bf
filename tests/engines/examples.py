"""The examples, on the engines: score a table on MLServer, classify images on Triton, try a model on each."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable

from engines import BUILD, FLOWERS, HERE, Engine
from models import SPECIES
from programs import PROGRAMS, build_c, build_cpp, build_go, environment

EXAMPLES = HERE.parents[1] / "examples"
NAMES = ("score_table", "classify_images", "try_model")
# For each language the command that starts an example.
Examples = dict[str, Callable[[str], list[str]]]
# Starts an example by its name with these arguments, and returns what it prints.
Start = Callable[..., str]


def build_examples() -> Examples:
    folders = {name: PROGRAMS / "examples" / name for name in ("c", "cpp", "go")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        build_c(folders["c"] / name, EXAMPLES / "c" / f"{name}.c", EXAMPLES / "c" / "example.c")
        build_cpp(folders["cpp"] / name, EXAMPLES / "cpp" / f"{name}.cpp")
    build_go(f"{folders['go']}/", EXAMPLES / "go")
    return {
        "C": lambda name: [str(folders["c"] / name)],
        "C++": lambda name: [str(folders["cpp"] / name)],
        "Go": lambda name: [str(folders["go"] / name)],
        "Python": lambda name: [sys.executable, "-B", str(EXAMPLES / "python" / f"{name}.py")],
    }


def run_examples(engine: Engine, url: str, languages: Examples) -> dict[str, list[str]]:
    """Runs the examples that are for an engine; the languages in which each failed."""
    failed: dict[str, list[str]] = {}
    for check in checks(engine):
        for language, command in languages.items():
            try:
                check(url, lambda name, *words: output([*command(name), *words]))
            except AssertionError as error:
                print(f"FAILED: {engine.title}, {language}, the example {check.__name__}\n  {error}", flush=True)
                failed.setdefault(check.__name__, []).append(language)
    return failed


def checks(engine: Engine) -> list[Callable[[str, Start], None]]:
    return [try_model, classify_images, *{"mlserver": [score_table]}.get(engine.name, [])]


def output(command: list[str]) -> str:
    """What an example prints."""
    done = subprocess.run(command, env=environment(), capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr.strip()
    return done.stdout


def score_table(url: str, start: Start) -> None:
    scored = BUILD / "scored.csv"
    said = start("score_table", "--url", f"{url}/v2/models/iris", "--token", "", str(FLOWERS), str(scored))
    assert said == "150 rows scored\n", said
    rows = list(csv.DictReader(scored.open(encoding="utf-8")))
    right = sum(row["predicted predict_proba"] == row["species"] for row in rows)
    assert right == 146, f"{right} of 150 right"
    assert all(SPECIES[int(float(row["predicted predict"]))] == row["predicted predict_proba"] for row in rows)


def classify_images(url: str, start: Start) -> None:
    data = EXAMPLES / "data"
    words = ["--url", f"{url}/v2/models/digits", "--token", "", "--model-description", data / "digits-model.json"]
    lines = start("classify_images", *map(str, words), *map(str, sorted((data / "digits").glob("*.png")))).splitlines()
    assert lines[-1] == "357 of 360 right", lines[-1]


def try_model(url: str, start: Start) -> None:
    said = start("try_model", "--url", f"{url}/v2/models/table", "--token", "")
    assert "predicts\n  predict: 0" in said and "  predict_proba: " in said, said

