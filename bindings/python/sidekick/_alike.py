"""Names that look the same and are not: other Unicode forms of a letter, unseen characters, spaces that are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

_UNSEEN = dict.fromkeys([0, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])


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
