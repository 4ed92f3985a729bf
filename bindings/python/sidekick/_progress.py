"""A progress bar, where one can be shown."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sized
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

Batch = TypeVar("Batch", bound=Sized)


def shown(batches: Generator[Batch, None, None], rows: object) -> Generator[Batch, None, None]:
    """The batches of results, with a bar on a terminal or in a notebook that counts their rows.

    They are as they were if tqdm is missing.
    """
    in_notebook = _is_in_notebook()
    widgets = in_notebook and find_spec("ipywidgets") is not None
    try:
        tqdm = import_module("tqdm.notebook" if widgets else "tqdm").tqdm
    except ModuleNotFoundError:
        return batches
    # tqdm takes None as "only on a terminal".
    disable = False if in_notebook else None
    return _with_bar(tqdm, disable, batches, len(rows) if isinstance(rows, Sized) else None)


def _is_in_notebook() -> bool:
    """Whether a kernel of Jupyter runs the program: what it prints is shown in a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _with_bar(
    tqdm: Any, disable: bool | None, batches: Generator[Batch, None, None], total: int | None
) -> Generator[Batch, None, None]:
    with closing(batches), tqdm(total=total, unit="row", disable=disable) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))
