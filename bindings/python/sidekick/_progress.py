"""A progress bar, where one can be shown."""

from __future__ import annotations

from collections.abc import Generator, Sized
from contextlib import closing
from typing import Any, TypeVar

Batch = TypeVar("Batch", bound=Sized)


def shown(batches: Generator[Batch, None, None], rows: object) -> Generator[Batch, None, None]:
    """The batches of results, with a bar on a terminal that counts their rows; as they are where tqdm is missing."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return batches
    return _with_bar(tqdm, batches, len(rows) if isinstance(rows, Sized) else None)


def _with_bar(tqdm: Any, batches: Generator[Batch, None, None], total: int | None) -> Generator[Batch, None, None]:
    # tqdm takes None as "only on a terminal".
    with closing(batches), tqdm(total=total, unit="row", disable=None) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))
