"""What a maker leaves of each model: the ONNX file, and examples as tensors and as rows of features."""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy


@dataclass
class Made:
    """A model and examples of its inputs."""

    # The bytes of the file, or the file.
    model: bytes | Path
    # An array of the examples for each input, as the model takes it. The first axis counts them.
    tensors: dict[str, numpy.ndarray]
    # The examples as a user has them, if a value is not that of the tensor.
    # Images are arrays [height, width, channels] of uint8.
    rows: list[dict[str, Any]] | None = None
    # Files that deployment.json names.
    files: dict[str, bytes] | None = None


def save(folder: Path, made: Made) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model = made.model if isinstance(made.model, bytes) else made.model.read_bytes()
    (folder / "model.onnx").write_bytes(model)
    for name, content in (made.files or {}).items():
        (folder / name).write_bytes(content)
    numpy.savez_compressed(
        folder / "tensors.npz", **{name: plain(array) for name, array in made.tensors.items()}
    )
    arrays: dict[str, numpy.ndarray] = {}
    rows = [{name: keep(value, arrays) for name, value in row.items()} for row in made.rows or []]
    numpy.savez_compressed(folder / "arrays.npz", **arrays)
    (folder / "rows.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def plain(array: numpy.ndarray) -> numpy.ndarray:
    """Strings of a fixed width in place of Python's objects: a file without pickles."""
    return array.astype(str) if array.dtype == object else array


def keep(value: Any, arrays: dict[str, numpy.ndarray]) -> Any:
    """The value as JSON has it; an array is kept aside under a number."""
    if not isinstance(value, numpy.ndarray):
        return value.item() if isinstance(value, numpy.generic) else value
    arrays[str(len(arrays))] = value
    return {"array": str(len(arrays) - 1)}


@dataclass
class Stored:
    """What is read back."""

    folder: Path
    tensors: dict[str, numpy.ndarray]
    rows: list[dict[str, Any]]


def load(folder: Path) -> Stored:
    with numpy.load(folder / "tensors.npz") as tensors:
        held = {name: tensors[name] for name in tensors.files}
    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    with numpy.load(folder / "arrays.npz") as arrays:
        rows = [{name: restored(value, arrays) for name, value in row.items()} for row in rows]
    return Stored(folder, held, rows)


def restored(value: Any, arrays: Any) -> Any:
    return arrays[value["array"]] if isinstance(value, dict) else value


def main(makers: dict[str, Callable[[], Made]]) -> None:
    """The command line of a maker: FILE FOLDER NAME..."""
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    failed = [name for name in names if not make(folder / name, makers.get(name.replace("-", "_")))]
    sys.exit(f"could not make {', '.join(failed)}" if failed else 0)


def make(folder: Path, maker: Callable[[], Made] | None) -> bool:
    try:
        if maker is None:
            raise LookupError(f"no function makes {folder.name}")
        save(folder, maker())
    except Exception:
        traceback.print_exc()
        return False
    return True
