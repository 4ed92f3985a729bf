"""Tables with images and arrays as one zip file, as the original client made them."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sidekick._optional import need
from sidekick._refused import is_missing, kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError, MissingValueError, about

Preprocess = Callable[[Any], Any]


def create_dataset(
    dataset_path: str | os.PathLike[str],
    df: Any,
    path_columns: Iterable[str] = (),
    preprocess: Mapping[str, Preprocess] | None = None,
    progress: bool = False,
) -> None:
    """Writes a table as a zip file: `index.csv`, and a file for each image and each array.

    - `df`: a frame of pandas or polars, or a mapping of columns. Cells are numbers, texts, Pillow images with
      a `format`, or NumPy arrays; the index has the path within the zip file in place of the last two.
    - `path_columns`: columns whose cells are paths of files, which are put in: images and `.npy` files.
    - `preprocess`: a function for a column, called with each of its values; that of a path is the Pillow
      image or the array of its file. `process_image` is one for images.
    - `progress`: shows a bar on a terminal, if tqdm is installed.

    An existing file is replaced.
    """
    names, steps, paths = _names(df), dict(preprocess or {}), set(path_columns)
    if unknown := (paths | steps.keys()) - set(names):
        raise InvalidValueError(f"create_dataset: there is no column {min(unknown)!r}")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InvalidValueError(f"create_dataset: there are several columns {twice!r}")
    columns = [_Column(place, name, name in paths, steps.get(name)) for place, name in enumerate(names)]
    index = StringIO()
    writer = csv.writer(index)
    writer.writerow(names)
    values = [list(df[name]) for name in names]
    if len(set(map(len, values))) > 1:
        lengths = ", ".join(f"{name!r} has {len(column)}" for name, column in zip(names, values))
        raise InvalidValueError(f"create_dataset: the columns have different lengths: {lengths}")
    rows = list(zip(*values))
    with ZipFile(dataset_path, "w", ZIP_DEFLATED) as archive:
        for number, row in enumerate(_shown(rows) if progress else rows):
            writer.writerow([column.cell(archive, number, value) for column, value in zip(columns, row)])
        archive.writestr("index.csv", index.getvalue())


class _Column:
    """How the cells of a column are written."""

    def __init__(self, place: int, name: str, has_paths: bool, step: Preprocess | None) -> None:
        self._name, self._has_paths, self._step = name, has_paths, step
        # Names of columns may have anything in them.
        is_plain = isinstance(name, str) and name.isidentifier() and name.isascii()
        self._folder = name if is_plain else f"column-{place}"

    def cell(self, archive: ZipFile, number: int, value: Any) -> Any:
        """What stands in the index for a value, which is put into the archive if it is a file."""
        if self._has_paths and is_missing(value):
            return ""
        if self._has_paths and self._step is None:
            path = Path(value)
            return self._put(archive, number, path.suffix, path.read_bytes())
        if self._has_paths:
            value = _loaded(Path(value))
        if self._step is not None:
            value = self._step(value)
        if is_missing(value):
            return ""
        if hasattr(value, "save") and hasattr(value, "mode"):
            return self._put(archive, number, *self._image(number, value))
        if getattr(value, "shape", ()) != ():
            return self._put(archive, number, ".npy", self._array(number, value))
        return value

    def _array(self, number: int, array: Any) -> bytes:
        numpy = need("numpy", "numpy", "an array as a .npy file")
        if numpy.ma.is_masked(array):
            why = f'row {number}: column "{self._name}": the array has masked elements; fill them in'
            raise about(MissingValueError(why), number, self._name)
        file = BytesIO()
        numpy.save(file, array, allow_pickle=False)
        return file.getvalue()

    def _image(self, number: int, image: Any) -> tuple[str, bytes]:
        if not image.format:
            advice = "set image.format, or preprocess it with process_image(file_format=...)"
            why = f'row {number}: column "{self._name}": the image has no format; {advice}'
            raise about(InvalidValueError(why), number, self._name)
        file = BytesIO()
        image.save(file, image.format)
        return f".{image.format.lower()}", file.getvalue()

    def _put(self, archive: ZipFile, number: int, suffix: str, data: bytes) -> str:
        path = f"{self._folder}/{number:08}{suffix.lower()}"
        # Files of images are compressed already.
        archive.writestr(path, data, ZIP_DEFLATED if suffix == ".npy" else ZIP_STORED)
        return path


def _names(df: Any) -> list[str]:
    if isinstance(df, Mapping):
        return list(df)
    if not hasattr(df, "columns"):
        raise InvalidTypeError(f"create_dataset: expected a frame or a mapping of columns, got {kind_of(df)}")
    return list(df.columns)


def _loaded(path: Path) -> Any:
    """The array or the image of a file."""
    if path.suffix.lower() == ".npy":
        return need("numpy", "numpy", "an array as a .npy file").load(path, allow_pickle=False)
    with need("PIL.Image", "Pillow", f"the image {path}").open(path) as image:
        image.load()
        return image


def _shown(rows: list[Any]) -> Iterable[Any]:
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return rows
    # tqdm takes None as "only on a terminal".
    bar: Iterable[Any] = tqdm(rows, unit="row", disable=None)
    return bar
