"""A progress bar, where one can be shown."""

from __future__ import annotations

from collections.abc import Generator, Sized
from contextlib import closing
from typing import Any, TypeVar

T = TypeVar("T")


def shown(results: Generator[T, None, None], rows: object) -> Generator[T, None, None]:
    """The results, with a bar on a terminal while they are read; as they are where tqdm is missing."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return results
    return _with_bar(tqdm, results, len(rows) if isinstance(rows, Sized) else None)


def _with_bar(bar: Any, results: Generator[T, None, None], total: int | None) -> Generator[T, None, None]:
    # tqdm takes None as "only on a terminal".
    with closing(results):
        yield from bar(results, total=total, unit="row", disable=None)
