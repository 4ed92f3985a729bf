"""Makes the models, serves and asks each, compares it with ONNX Runtime, and writes docs/models.md."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sidekick
from compare import Differs, asked, compare, is_whole, reference
from models import SOURCES, Model, Source
from page import Row, write_page
from serve import Refused, served
from store import load

HERE = Path(__file__).resolve().parent
MADE = HERE.parents[1] / "target" / "zoo" / "models"
# What all makers depend on.
SHARED = [HERE / "store.py", HERE / "requirements.txt"]


@dataclass
class Outcome:
    row: Row
    passed: bool


def make(source: Source) -> None:
    """Runs a maker, unless it has made all its models as it is now."""
    maker = HERE / "makers" / f"{source.maker}.py"
    names = [model.name for model in source.models]
    state = hashlib.sha256(
        b"".join(file.read_bytes() for file in [maker, *SHARED]) + " ".join(names).encode()
    )
    stamp = MADE / f"{source.maker}.made"
    if stamp.is_file() and stamp.read_text() == state.hexdigest():
        return
    began = time.monotonic()
    python = "/usr/bin/python3" if source.debian else sys.executable
    done = subprocess.run(
        [python, "-B", str(maker), str(MADE), *names], capture_output=True, encoding="utf-8"
    )
    if done.returncode != 0:
        print(done.stderr[-8000:], file=sys.stderr)
    else:
        stamp.write_text(state.hexdigest())
    print(f"{source.title}: {len(names)} models in {time.monotonic() - began:.0f} s", flush=True)


def ask(source: Source, model: Model) -> Outcome:
    """Serves a model and asks it all its examples."""
    row = Row(source, model)
    folder = MADE / model.name
    try:
        if not (folder / "tensors.npz").is_file():
            raise Refused("it could not be made")
        answer(folder, model, row)
    except (Refused, Differs, sidekick.Error) as error:
        row.why = " ".join(str(error).split())
    except Exception as error:
        traceback.print_exc()
        row.why = f"{type(error).__name__}: {error}"
    passed = not row.why
    print(f"{'ok    ' if passed else 'FAILED'} {model.name}: {row.result()}", flush=True)
    return Outcome(row, passed)


def answer(folder: Path, model: Model, row: Row) -> None:
    stored = load(folder)
    outputs = reference(folder / "model.onnx", stored.tensors)
    with served(folder, model.deployment) as server:
        row.features = "/v2/models/" not in server.url
        with sidekick.Deployment(server.url, server.token) as client:
            row.inputs, row.outputs = client.feature_specs_in, client.feature_specs_out
            rows = asked(row.inputs, stored.tensors, stored.rows)
            results = client.predict_many(rows)
            if not stored.rows and is_whole(row.inputs, stored.tensors):
                outputs = {name: [output] for name, output in outputs.items()}
            row.difference = compare(results, row.outputs, outputs, model.expected)
        row.engine = server.engine()


def main(names: list[str]) -> int:
    known = {model.name for source in SOURCES for model in source.models}
    if unknown := set(names) - known:
        sys.exit(f"tests/zoo/run: no model is called {', '.join(sorted(unknown))}")
    MADE.mkdir(parents=True, exist_ok=True)
    chosen = [
        source for source in SOURCES if not names or any(model.name in names for model in source.models)
    ]
    with ThreadPoolExecutor(2) as makers:
        list(makers.map(make, chosen))
    wanted = [
        (source, model) for source in chosen for model in source.models if not names or model.name in names
    ]
    with ThreadPoolExecutor(2) as askers:
        outcomes = list(askers.map(lambda pair: ask(*pair), wanted))
    if not names:
        write_page([outcome.row for outcome in outcomes])
    failed = sum(not outcome.passed for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
