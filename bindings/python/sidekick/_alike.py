"""Names that are nearly others: misspelt ones, and those that look the same but have other characters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Any
from unicodedata import normalize

_UNSEEN = dict.fromkeys([0, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])


# How alike a misspelt name is to the right one, from 0 to 1, and among how many it is searched for.
_LEAST_ALIKE, _MOST_NAMES = 0.7, 100


def misspelt(lacking: Sequence[str], given: Iterable[Any], inputs: Collection[str]) -> str:
    """The end of a message about inputs that are lacking, if a name that was given is nearly one of them."""
    names = [name for name in given if isinstance(name, str)]
    if alike := look_alikes(lacking, names):
        return alike
    others = {name.casefold(): name for name in names[:_MOST_NAMES] if name not in inputs}
    for name in lacking[:_MOST_NAMES]:
        if near := get_close_matches(name.casefold(), others, 1, _LEAST_ALIKE):
            return f'; it has "{others[near[0]]}", which is no input'
    return ""


def nearest(unknown: str, inputs: Iterable[str]) -> str:
    """The end of a message about a name that is no input: the input that is nearly the same, if any is."""
    if alike := look_alikes(inputs, [unknown]):
        return alike
    folded = {name.casefold(): name for name in inputs}
    near = get_close_matches(unknown.casefold(), folded, 1, _LEAST_ALIKE)
    return f'; the nearest is "{folded[near[0]]}"' if near else ""


def look_alikes(lacking: Iterable[str], given: Iterable[Any]) -> str:
    """The end of a message about names that are lacking, where one that was given looks the same: both by
    their code points.
    """
    wanted = {_seen(name): name for name in lacking}
    for name in given:
        if isinstance(name, str) and (same := wanted.get(_seen(name))) is not None:
            return f"; {name!a} looks the same as {same!a}, and is not"
    return ""


def _seen(name: str) -> str:
    return " ".join(normalize("NFD", name).translate(_UNSEEN).split())
