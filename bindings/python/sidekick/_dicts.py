"""Many dicts of the same keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

# As many as Python puts into one instruction.
_WIDEST = 16


def dicts(keys: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """A dict of each tuple of values."""
    if len(keys) > _WIDEST:
        return list(map(dict, map(zip, repeat(keys), rows)))
    return _display(keys)(rows)


@lru_cache(maxsize=64)
def _display(keys: tuple[str, ...]) -> Callable[[Iterable[tuple[Any, ...]]], list[dict[str, Any]]]:
    """Makes the dicts by a display such as `{"a": v0, "b": v1}`, compiled for these keys: in half the time of
    `dict(zip(...))`.
    """
    names = [f"v{place}" for place in range(len(keys))]
    display = ", ".join(f"{key!r}: {name}" for key, name in zip(keys, names))
    made: Callable[..., list[dict[str, Any]]] = eval(f"lambda rows: [{{{display}}} for {', '.join(names)}, in rows]")
    return made


def nested(outputs: Sequence[tuple[str, tuple[str, ...]]]) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    """Makes a dict of a tuple of values: for each name the next value, or where it has labels, a dict of the
    next ones to them.
    """
    cells, start = [], 0
    for name, labels in outputs:
        cells.append(f"{name!r}: {_cell(labels, start)}")
        start += len(labels) or 1
    made: Callable[[tuple[Any, ...]], dict[str, Any]] = eval(f"lambda v: {{{', '.join(cells)}}}")
    return made


def _cell(labels: tuple[str, ...], start: int) -> str:
    """The expression of an output's value."""
    if not labels:
        return f"v[{start}]"
    if len(labels) > _WIDEST:
        return f"dict(zip({labels!r}, v[{start}:{start + len(labels)}]))"
    return "{" + ", ".join(f"{label!r}: v[{place}]" for place, label in enumerate(labels, start)) + "}"
