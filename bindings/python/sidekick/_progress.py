"""A progress bar, where one can be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TypeVar

T = TypeVar("T")


def shown(results: Iterator[T], rows: object) -> Iterator[T]:
    """The results, with a bar on a terminal while they are read; as they are where tqdm is missing."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return results
    # tqdm takes None as "only on a terminal".
    return iter(tqdm(results, total=len(rows) if isinstance(rows, Sized) else None, unit="row", disable=None))
