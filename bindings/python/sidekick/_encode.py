"""Python values into the library's rows.

Many rows of numbers, categories and texts cross into C as columns, in one call; a single row as packed
records. Images, and arrays that do not lie behind one another, cross one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sidekick._alike import misspelt
from sidekick._columns import BlockAdder, source_of
from sidekick._encode_single import Add, add_array, add_image
from sidekick._library import Handle, Where, call, library
from sidekick._packed_row import RowPacker
from sidekick._records import END_ROW
from sidekick._refused import Refused, kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError, about
from sidekick.features import FeatureSpec

T = TypeVar("T")

AddPart = Callable[[Handle, range, Sequence[int]], None]
"""Adds some of the rows of a table, which have these numbers."""

ROWS_AT_ONCE = 512
# For fewer, columns take more time than they save.
_FEWEST_IN_COLUMNS = 5


class Encoders:
    """How a deployment's inputs are encoded: once made, shared by its calls."""

    def __init__(self, specs: Sequence[FeatureSpec], apply_orientation: bool) -> None:
        self._specs = specs
        self._names = [spec.name for spec in specs]
        self._optional = {spec.name for spec in specs if spec.optional}
        self._single: list[tuple[str, Add]] = []
        packed: list[tuple[int, FeatureSpec]] = []
        for index, spec in enumerate(specs):
            if spec.dtype == "image":
                self._single.append((spec.name, add_image(index, apply_orientation)))
            elif spec.is_array:
                self._single.append((spec.name, add_array(index)))
            else:
                packed.append((index, spec))
        names = [spec.name for _, spec in packed]
        self._row = RowPacker(packed)
        self._blocks = BlockAdder(range(len(specs)))
        self._packed = [*zip(names, self._row.packers())]
        self._values = _values_of(names)
        self.takes_single = bool(self._single)
        """Whether some inputs are images or arrays, of which rows hold one each."""
        self._may_read = self.takes_single or any(spec.dtype == "bytes" for spec in specs)

    def add(self, into: Handle, rows: Sequence[Any], first_row: int) -> None:
        """Adds rows, the first of them number `first_row`; raises what is wrong with the first that cannot be sent."""
        if self.takes_single or len(rows) < _FEWEST_IN_COLUMNS or set(map(type, rows)) != {dict}:
            return self._add_each(into, rows, _numbered(rows, first_row))
        try:
            columns = [*zip(*map(self._values, rows))]
        except KeyError:
            # Row by row, it shows which one it was.
            return self._add_each(into, rows, _numbered(rows, first_row))
        self.add_columns(into, columns, first_row)

    def add_columns(self, into: Handle, columns: Sequence[Any], first_row: int) -> None:
        """Adds rows that are given as columns of every input in its order, lists, tuples, NumPy
        or Arrow's arrays; else as `add`.
        """
        self.table(columns)(into, range(len(columns[0])), _numbered(columns[0], first_row))

    def table(self, columns: Sequence[Any]) -> AddPart:
        """What adds some of the rows of such columns, which have these numbers.

        An optional input that has no column has None.
        """
        given = [index for index, values in enumerate(columns) if values is not None]
        adder = self._blocks if len(given) == len(columns) else BlockAdder(given)
        names, columns = [self._names[index] for index in given], [columns[index] for index in given]
        specs = [self._specs[index] for index in given]
        sources = [source for spec, values in zip(specs, columns) if (source := source_of(spec, values))]
        whole = len(sources) == len(columns)

        def add(into: Handle, part: range, numbers: Sequence[int]) -> None:
            start, stop = part.start, part.stop
            blocks = [block for source in sources if (block := source(start, stop))] if whole else []
            try:
                if len(blocks) == len(columns):
                    return adder.add(into, blocks, len(part))
            except (TypeError, ValueError):
                # Nothing was added. Row by row, it shows which one it was; or texts have NULs, which close
                # them in blocks.
                pass
            rows = zip(*(values[start:stop] for values in columns))
            self._add_each(into, (dict(zip(names, values)) for values in rows), numbers)

        return add

    def add_good(self, into: Handle, rows: Sequence[Any], first_row: int) -> dict[int, Exception]:
        """Adds the rows that can be sent; the others' exceptions, by their numbers."""
        # An open file is read to its end: a second attempt would find nothing in it.
        if not self._may_read:
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
        self._add_rows(into, [row], [number])

    def records(self, row: Any, number: int) -> bytes:
        """The records of a row's numbers, categories and texts, and of its end."""
        try:
            records = self._row.pack(self._values(row))
        except (LookupError, TypeError):
            records = None
        return records or b"".join(self._made(self._packed, row, number)) + END_ROW

    def _add_each(self, into: Handle, rows: Iterable[Any], numbers: Sequence[int]) -> None:
        if self.takes_single:
            return self._add_rows(into, rows, numbers)
        records = b"".join([self.records(row, number) for number, row in zip(numbers, rows)])
        call(library.sidekick_rows_add_packed, into, records, len(records), where=_where(into, numbers))

    def _add_rows(self, into: Handle, rows: Iterable[Any], numbers: Sequence[int]) -> None:
        """Adds rows one by one."""
        where = _where(into, numbers)
        single = [(name, partial(add, into, where)) for name, add in self._single]
        for number, row in zip(numbers, rows):
            if single:
                self._made(single, row, number)
            if self._packed:
                records = self.records(row, number)
                call(library.sidekick_rows_add_packed, into, records, len(records), where=where)
            else:
                call(library.sidekick_rows_end_row, into, where=where)

    def _made(self, each: Iterable[tuple[str, Callable[[Any], T]]], row: Any, number: int) -> list[T]:
        """What each function makes of the value of its feature; raises what is wrong with the row."""
        require_mapping(row, number)
        made = []
        for name, make in each:
            try:
                value = row[name]
            except KeyError:
                if name in self._optional:
                    continue
                raise self._lacking(row, number) from None
            try:
                made.append(make(value))
            except Refused as refused:
                raise refused.at(number, name) from None
        return made

    def _lacking(self, row: Any, number: int) -> InvalidValueError:
        """What is wrong with a row that lacks inputs."""
        absent = [name for name in self._names if name not in row and name not in self._optional]
        lacking = ", ".join(f'"{name}"' for name in absent) + misspelt(absent, row.keys(), self._names)
        feature = absent[0] if len(absent) == 1 else None
        return about(InvalidValueError(f"row {number}: the row lacks {lacking}"), number, feature)


def require_mapping(row: Any, number: int) -> None:
    """Refuses a row that is neither a dict nor like one."""
    if not isinstance(row, dict) and not hasattr(row, "keys"):
        raise about(InvalidTypeError(f"row {number}: expected a dict of features, got {kind_of(row)}"), number)


def require_rows(rows: object) -> None:
    """Refuses a frame, whose elements are its columns or their names."""
    if hasattr(rows, "columns") and (hasattr(rows, "__arrow_c_stream__") or hasattr(rows, "dtypes")):
        why = f"rows: expected an iterable of dicts, got {kind_of(rows)}"
        raise InvalidTypeError(f"{why}; predict_frame and predict_columns take it")


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


def _numbered(rows: Sequence[Any], first_row: int) -> range:
    return range(first_row, first_row + len(rows))


def _where(into: Handle, numbers: Sequence[int]) -> Where:
    """The number of a row by its place in the library's rows, to which rows of these numbers are added."""
    before: int = library.sidekick_rows_count(into)
    return lambda place: numbers[place - before]
