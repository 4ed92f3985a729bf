"""One row as the library's packed records, by an expression that is compiled for the types of its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from struct import Struct
from struct import error as StructError
from typing import Any

from sidekick._records import CATEGORY, END_ROW, INTEGER, NUMBER, TEXT, Kept, Pack, code_of, head, packer, text_record
from sidekick._refused import Refused
from sidekick.features import FeatureSpec

Compiled = Callable[..., bytes]
Types = tuple[type, ...]
# Rows whose columns hold now this type, now that one, have no end of combinations.
_KEPT = 64
# The formats of words.
_WORDS = ("d", "q")


class RowPacker:
    """How the numbers, categories and texts of a row are packed."""

    def __init__(self, specs: Sequence[tuple[int, FeatureSpec]]) -> None:
        self._features = [_Feature(index, spec.dtype) for index, spec in specs]
        self._compiled: dict[Types, Compiled | None] = {}

    def pack(self, values: tuple[Any, ...]) -> bytes | None:
        """The records of a row's values, and of its end; None where one of them has to be looked at by itself."""
        types = tuple(map(type, values))
        try:
            pack = self._compiled[types]
        except KeyError:
            pack = self._compile(types)
        if pack is None:
            return None
        try:
            return pack(*values)
        except (StructError, UnicodeEncodeError, Refused):
            return None

    def packers(self) -> list[Pack]:
        """What packs the values of each, of any type, one at a time."""
        return [feature.pack for feature in self._features]

    def _compile(self, types: Types) -> Compiled | None:
        codes = [code for feature, kind in zip(self._features, types) if (code := code_of(feature.dtype, kind))]
        made = _compiled(self._features, codes) if len(codes) == len(types) else None
        if len(self._compiled) < _KEPT:
            self._compiled[types] = made
        return made


class _Feature:
    """One input: what its records begin with, kept for the lengths and labels that come again."""

    def __init__(self, index: int, dtype: str) -> None:
        self.dtype = dtype
        self.words = {"d": head(NUMBER, index, 8), "q": head(INTEGER, index, 8)}
        self.heads: Kept[int] = Kept(lambda length: head(TEXT, index, length))
        self.labels: Kept[str] = Kept(lambda label: text_record(CATEGORY, index, label))
        self.pack = packer(index, dtype, self.labels)


def _compiled(features: Sequence[_Feature], codes: Sequence[str]) -> Compiled:
    """Packs values `v0`, `v1`, ... of these codes, by an expression such as `join((words0(h0, v0, h1, v1),
    labels2[v2], end,))`.
    """
    names: dict[str, Any] = {"join": b"".join, "encode": str.encode, "paddings": _paddings, "end": END_ROW}
    pieces = []
    for words, run in groupby(enumerate(zip(features, codes)), lambda item: item[1][1] in _WORDS):
        pieces += _words([*run], names) if words else [_piece(place, *it, names) for place, it in run]
    parameters = ", ".join(f"v{place}" for place in range(len(codes)))
    compiled: Compiled = eval(f"lambda {parameters}: join(({', '.join([*pieces, 'end'])},))", names)
    return compiled


def _words(run: Sequence[tuple[int, tuple[_Feature, str]]], names: dict[str, Any]) -> list[str]:
    """The expression of neighbouring records of one word each, of which one `struct` makes all."""
    first = run[0][0]
    names[f"words{first}"] = Struct("=" + "".join(f"16s{code}" for _, (_, code) in run)).pack
    names.update({f"h{place}": feature.words[code] for place, (feature, code) in run})
    return [f"words{first}({', '.join(f'h{place}, v{place}' for place, _ in run)})"]


def _piece(place: int, feature: _Feature, code: str, names: dict[str, Any]) -> str:
    """The expression of the record of a label or a text."""
    if code == "label":
        names[f"labels{place}"] = feature.labels
        return f"labels{place}[v{place}]"
    names[f"heads{place}"] = feature.heads
    return f"heads{place}[len(t{place} := encode(v{place}))], t{place}, paddings[len(t{place})]"


_paddings: Kept[int] = Kept(lambda length: bytes(-length % 8))
