"""Arrays of numbers, of whatever NumPy makes an array of."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from sidekick._optional import need
from sidekick._records import number_of
from sidekick._refused import Refused, is_missing, is_time, is_time_array, kind_of, unfit
from sidekick.errors import InvalidTypeError, InvalidValueError, MissingValueError

_LISTS = {list, tuple}
_INTEGERS = (("int64", -(1 << 63), 1 << 63), ("uint64", 0, 1 << 64))


def require_whole(array: Any) -> None:
    """Refuses an array of NumPy's with masked elements, whose buffer has numbers for them all the same."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(array, numpy.ma.MaskedArray) or not numpy.ma.is_masked(array):
        return
    if array.shape == ():
        raise unfit(array, "an array")
    first = tuple(map(int, numpy.argwhere(numpy.ma.getmaskarray(array))[0]))
    raise Refused(MissingValueError,
                  f"expected an array, got one with masked elements, the first at {first}; fill them in")


def array_of(value: Any) -> Any:
    """What NumPy makes of a value, with the masks of what is in a list, which NumPy takes away."""
    numpy = sys.modules["numpy"]
    if not isinstance(value, (list, tuple)):
        # Not `asarray`, which would take the mask away.
        return numpy.asanyarray(value)
    try:
        array = numpy.asanyarray(value)
    except (numpy.ma.MaskError, UserWarning):
        # Of a masked element there is no integer; of the NaN that it becomes, NumPy warns.
        array = numpy.array(value, object)
    is_plain = array.dtype.kind in "iu" or (array.dtype.char == "d" and (abs(array) < 1 << 53).all())
    if is_plain and array.ndim == 1:
        return array
    # NumPy makes floats of integers if no type of its own holds all of them.
    if not is_plain and array.dtype.char == "d" and (abs(array) >= 1 << 53).any():
        array = numpy.array(value, object)
    if not _may_be_masked(value, array, is_plain):
        return array
    mask = _mask(value)
    return numpy.ma.array(array, mask=mask) if mask.any() else array


def _may_be_masked(value: Any, array: Any, is_plain: bool) -> bool:
    """Whether lists of which an array was made may have masked elements; seldom looks at each of them.

    It is plain if it has no NaN, and is of a type of which a masked element by itself would become NaN, or an error.
    """
    parts: Any = value
    for axis in range(array.ndim - 1):
        parts = [*parts] if axis else parts
        kinds = set(map(type, parts))
        if not kinds <= _LISTS and not all(issubclass(kind, (list, tuple)) for kind in kinds):
            return array.dtype.kind in "fiubO" and kinds != {sys.modules["numpy"].ndarray}
        parts = chain.from_iterable(parts)
    # What is under the mask is taken for booleans and long floats.
    is_short = array.dtype.kind == "f" and array.itemsize <= 8
    may_be = not is_plain and ((array != array).any() if is_short else array.dtype.kind in "fbO")
    return bool(may_be) and _has_arrays(parts)


def _has_arrays(parts: Iterable[Any]) -> bool:
    return any(hasattr(kind, "__array__") for kind in set(map(type, parts)))


def _mask(value: Any) -> Any:
    """Which elements of an array, or of lists of them, are masked."""
    numpy = sys.modules["numpy"]
    if not isinstance(value, (list, tuple)):
        return numpy.ma.getmaskarray(numpy.asanyarray(value))
    if not _has_arrays(value) and not any(isinstance(part, Sequence) for part in value):
        return numpy.zeros(len(value), bool)
    return numpy.array([_mask(part) for part in value])


def numbers_of(value: Any) -> Any:
    """The elements of what has no buffer that the library can read: lists, other byte orders, a Series."""
    numpy = need("numpy", "numpy", f"{kind_of(value)} as an array")
    try:
        array = array_of(value)
    except ValueError:
        raise Refused(InvalidValueError, "expected an array, got lists of different lengths") from None
    require_whole(array)
    if is_time_array(array):
        raise unfit(array, "an array of numbers")
    if array.dtype.kind == "O":
        array = _of_objects(array)
    if array.dtype.kind not in "fiub":
        raise Refused(InvalidTypeError, f"expected an array of numbers, got one of {array.dtype}")
    if array.itemsize > 8:
        return _of_long(array)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _of_objects(array: Any) -> Any:
    """Integers or floats of Python's numbers."""
    if any(map(is_missing, array.flat)):
        why = "expected an array of numbers, got one with a missing value; fill it in"
        raise Refused(MissingValueError, why)
    kinds = set(map(type, array.flat))
    if any(map(is_time, kinds)):
        # Durations of NumPy's call themselves integers.
        raise unfit(next(value for value in array.flat if is_time(type(value))), "an array of numbers")
    if kinds and all(issubclass(kind, float) for kind in kinds):
        return array.astype(float)
    numbers = [*map(number_of, array.flat)]
    if not numbers or not all(isinstance(number, (int, float)) for number in numbers):
        return array
    try:
        return _in_one_type(numbers).reshape(array.shape)
    except OverflowError:
        raise Refused(InvalidValueError, "an integer of the array is too large to be sent") from None


def _of_long(array: Any) -> Any:
    """Floats of more than 64 bits as floats, or as integers if floats would lose digits of those."""
    numpy = sys.modules["numpy"]
    with numpy.errstate(over="ignore"):
        floats = array.astype(float)
    if (numpy.isinf(floats) & ~numpy.isinf(array)).any():
        raise Refused(InvalidValueError, "a number of the array is too large to be sent")
    if (abs(array) < 1 << 53).all() or (floats == array).all():
        return floats
    return _in_one_type([*map(number_of, array.flat)]).reshape(array.shape)


def _in_one_type(numbers: Sequence[int | float]) -> Any:
    """Integers in the type that holds all of them, if there is one and floats would lose their digits, or all are
    given as integers; else floats.
    """
    numpy = sys.modules["numpy"]
    integers = [*map(int, numbers)] if all(map(_is_whole, numbers)) else []
    if dtype := integers and _integer_type(integers):
        if all(isinstance(number, int) for number in numbers) or any(int(float(whole)) != whole for whole in integers):
            return numpy.array(integers, dtype)
    return numpy.array(numbers, float)


def _is_whole(number: int | float) -> bool:
    return isinstance(number, int) or number.is_integer()


def _integer_type(integers: Sequence[int]) -> str | None:
    least, most = min(integers), max(integers)
    return next((dtype for dtype, first, end in _INTEGERS if first <= least and most < end), None)
