"""Writes what was found into docs/models.md, between its markers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import sidekick
from models import Model, Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "models.md"
START, END = "<!-- models: written by tests/zoo/run -->\n", "<!-- models end -->\n"


@dataclass
class Row:
    source: Source
    model: Model
    features: bool = True
    inputs: list[sidekick.FeatureSpec] = field(default_factory=list)
    outputs: list[sidekick.FeatureSpec] = field(default_factory=list)
    engine: str = ""
    difference: float = math.nan
    # Why it failed, if it did.
    why: str = ""

    def served(self) -> str:
        return "one command" if self.model.deployment is None else "deployment.json"

    def result(self) -> str:
        if self.why:
            return self.why
        return (
            f"{self.served()}, {self.engine}, {kinds(self.inputs)} -> {kinds(self.outputs)}, {self.apart()}"
        )

    def apart(self) -> str:
        """The difference as the power of ten that it does not exceed: what every machine finds."""
        if self.difference == 0:
            return "0"
        return f"1e{math.ceil(math.log10(max(self.difference, 1e-12)))}"

    def cells(self) -> list[str]:
        how = self.served() if self.features else f"{self.served()}, as tensors"
        if self.why:
            return [self.model.about, "", "", how, "", f"**{self.why}**"]
        return [self.model.about, kinds(self.inputs), kinds(self.outputs), how, self.engine, self.apart()]


def kinds(specs: list[sidekick.FeatureSpec]) -> str:
    """What a side of a deployment is made of: `2 texts, 4 numbers`."""
    counts: dict[str, int] = {}
    for spec in specs:
        counts[kind(spec)] = counts.get(kind(spec), 0) + 1
    return ", ".join(name if count == 1 else f"{count} x {name}" for name, count in counts.items())


def kind(spec: sidekick.FeatureSpec) -> str:
    shape = " x ".join("any" if size == -1 else str(size) for size in spec.shape)
    if spec.dtype == "categorical":
        return f"one of {len(spec.categories)}"
    if spec.dtype == "numeric":
        return "number" if spec.shape == (1,) else f"numbers {shape}"
    return f"image {shape}" if spec.dtype == "image" else spec.dtype


def write_page(rows: list[Row]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    PAGE.write_text(before + START + tables(rows) + END + rest.split(END)[1], encoding="utf-8")


def tables(rows: list[Row]) -> str:
    served = sum(not row.why for row in rows)
    text = f"\n{served} of {len(rows)} models are served and agree.\n"
    for source in dict.fromkeys(row.source.title for row in rows):
        mine = [row for row in rows if row.source.title == source]
        text += f"\n### {source}\n\n{versions(mine[0].source)}\n\n"
        text += "| model | in | out | served by | engine | difference |\n|---|---|---|---|---|---|\n"
        text += "".join(f"| {' | '.join(row.cells())} |\n" for row in mine)
    return text


def versions(source: Source) -> str:
    return ", ".join(f"{name} {version(name)}" for name in source.packages) + "."


def version(package: str) -> str:
    """The version of a package of the requirements, or of one of Debian's."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "of Debian"
