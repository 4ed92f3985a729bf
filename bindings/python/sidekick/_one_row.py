"""One row there and back in one call of the library, for deployments whose results are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_double, c_size_t, c_void_p
from struct import Struct
from typing import Any

from sidekick._dicts import nested
from sidekick._encode import Encoders
from sidekick._library import Handle, fail, library
from sidekick.features import FeatureSpec

# A function of its own, whose types are not declared: that they are converted for each call would double its
# time. What it is called with is made as C has it beforehand.
_predict = library["sidekick_deployment_predict_packed"]


class OneRow:
    """How a deployment predicts a single row: once made, shared by its calls."""

    def __init__(self, encoders: Encoders, outputs: Sequence[FeatureSpec]) -> None:
        self._records = encoders.records
        self._width = sum(len(spec.categories) or 1 for spec in outputs)
        self._unpack = Struct(f"{self._width}d").unpack_from
        self._result = nested([(spec.name, spec.categories) for spec in outputs])
        # As many as calls were ever in flight at once.
        self._idle: list[_Memory] = []

    def encode(self, row: Any) -> bytes:
        """A row as `predict` takes it."""
        return self._records(row, 0)

    def predict(self, deployment: Handle, records: bytes, cancel: Handle | None) -> dict[str, Any]:
        """The result of a row."""
        try:
            memory = self._idle.pop()
        except IndexError:
            memory = _Memory(self._width)
        memory.size.value = len(records)
        until = cancel and cancel._as_parameter_
        if _predict(deployment._as_parameter_, records, memory.size, until, memory.place, memory.width,
                    memory.error_place):
            fail(memory.error)
        result = self._result(self._unpack(memory.values))
        self._idle.append(memory)
        return result


class _Memory:
    """What a call is given, and where it puts what it gives."""

    def __init__(self, width: int) -> None:
        self.size, self.width = c_size_t(), c_size_t.from_param(width)
        self.values = (c_double * width)()
        self.place = byref(self.values)
        self.error = c_void_p()
        self.error_place = byref(self.error)


def one_row(encoders: Encoders, outputs: Sequence[FeatureSpec]) -> OneRow | None:
    """How a single row is predicted, where it takes and gives nothing but what one call carries."""
    if encoders.takes_single or not all(map(_is_numbers, outputs)):
        return None
    return OneRow(encoders, outputs)


def _is_numbers(spec: FeatureSpec) -> bool:
    if spec.dtype == "categorical":
        return bool(spec.categories)
    # The call returns doubles, which do not hold every integer.
    return spec.dtype == "binary" or (spec.dtype == "numeric" and not spec.is_array and not spec.is_integer)
