"""Python values into the library's rows.

Numbers, categories and texts are packed, and cross into C once for many rows; images and arrays cross one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sidekick._columns import Columns
from sidekick._encode_single import Add, add_array, add_image
from sidekick._library import Handle, Where, call, library
from sidekick._packed_row import RowPacker
from sidekick._records import END_ROW
from sidekick._refused import Refused, kind_of
from sidekick.features import FeatureSpec

T = TypeVar("T")

ROWS_AT_ONCE = 512
# For fewer, columns take more time than they save.
_FEWEST_IN_COLUMNS = 5


class Encoders:
    """How a deployment's inputs are encoded: once made, shared by its calls."""

    def __init__(self, specs: Sequence[FeatureSpec]) -> None:
        self._names = [spec.name for spec in specs]
        self._single: list[tuple[str, Add]] = []
        packed: list[tuple[int, FeatureSpec]] = []
        for index, spec in enumerate(specs):
            if spec.dtype == "image":
                self._single.append((spec.name, add_image(index)))
            elif spec.is_array:
                self._single.append((spec.name, add_array(index)))
            else:
                packed.append((index, spec))
        names = [spec.name for _, spec in packed]
        self._columns = Columns(packed)
        self._row = RowPacker(packed)
        self._packed = [*zip(names, self._row.packers())]
        self._values = _values_of(names)
        self.takes_single = bool(self._single)

    def add(self, into: Handle, rows: Sequence[Any], first_row: int) -> None:
        """Adds rows, the first of them number `first_row`; raises what is wrong with the first that cannot be sent."""
        if self._single or len(rows) < _FEWEST_IN_COLUMNS or set(map(type, rows)) != {dict}:
            return self._add_each(into, rows, first_row)
        try:
            self._add_packed(into, zip(*map(self._values, rows)), len(rows), first_row)
        except (KeyError, Refused, UnicodeEncodeError):
            # Row by row, it shows which one it was.
            self._add_each(into, rows, first_row)

    def add_table(self, into: Handle, columns: Sequence[Sequence[Any]], first_row: int) -> None:
        """Adds rows that are given as columns, of every input in its order; else as `add`."""
        count = len(columns[0])
        try:
            if not self._single:
                return self._add_packed(into, columns, count, first_row)
        except (Refused, UnicodeEncodeError):
            pass
        self._add_each(into, (dict(zip(self._names, values)) for values in zip(*columns)), first_row)

    def add_good(self, into: Handle, rows: Sequence[Any], first_row: int) -> dict[int, Exception]:
        """Adds the rows that can be sent; the others' exceptions, by their numbers."""
        try:
            self.add(into, rows, first_row)
            return {}
        except (TypeError, ValueError, OSError):
            call(library.sidekick_rows_clear, into)
        refused: dict[int, Exception] = {}
        for number, row in enumerate(rows, first_row):
            try:
                self.add_row(into, row, number)
            except (TypeError, ValueError, OSError) as error:
                call(library.sidekick_rows_discard_row, into)
                # Its traceback would keep the rows.
                refused[number] = error.with_traceback(None)
        return refused

    def add_row(self, into: Handle, row: Any, number: int) -> None:
        """Adds one row, of any kind that is taken."""
        if self._single:
            where = _where(into, number)
            _made([(name, partial(add, into, where)) for name, add in self._single], row, number, self._names)
        _add_records(into, self.records(row, number), number)

    def records(self, row: Any, number: int) -> bytes:
        """The records of a row's numbers, categories and texts, and of its end."""
        try:
            records = self._row.pack(self._values(row))
        except (LookupError, TypeError):
            records = None
        return records or b"".join(_made(self._packed, row, number, self._names)) + END_ROW

    def _add_packed(self, into: Handle, columns: Iterable[Sequence[Any]], count: int, first_row: int) -> None:
        _add_records(into, self._columns.pack(columns, count), first_row)

    def _add_each(self, into: Handle, rows: Iterable[Any], first_row: int) -> None:
        for number, row in enumerate(rows, first_row):
            self.add_row(into, row, number)


def _made(each: Iterable[tuple[str, Callable[[Any], T]]], row: Any, number: int, names: Sequence[str]) -> list[T]:
    """What each function makes of the value of its feature; raises what is wrong with the row, which has to have all names."""
    if not isinstance(row, dict) and not hasattr(row, "keys"):
        raise TypeError(f"row {number}: expected a dict of features, got {kind_of(row)}")
    made, name = [], ""
    try:
        for name, make in each:
            made.append(make(row[name]))
    except KeyError:
        lacking = ", ".join(f'"{name}"' for name in names if name not in row)
        raise ValueError(f"row {number}: the row lacks {lacking}") from None
    except Refused as refused:
        raise refused.kind(f'row {number}: feature "{name}": {refused}') from None
    return made


def chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The rows, so many at a time as are added at once."""
    iterator = iter(rows)
    while chunk := [*islice(iterator, ROWS_AT_ONCE)]:
        yield chunk


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the values of a row as a tuple."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)


def _add_records(into: Handle, records: bytes, number: int) -> None:
    call(library.sidekick_rows_add_packed, into, records, len(records), where=_where(into, number))


def _where(into: Handle, number: int) -> Where:
    """The number of a row by its place in the library's rows, the next one's being `number`."""
    shift: int = number - library.sidekick_rows_count(into)
    return shift.__add__
