"""Images and arrays into the library's rows, one call each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sidekick._buffer import Buffer
from sidekick._encode_numbers import numbers_of, require_whole
from sidekick._library import Handle, Where, call, library
from sidekick._optional import need
from sidekick._pillow import samples_of
from sidekick._refused import Refused, Unreadable, is_missing, is_time, kind_of, read_bytes, unfit
from sidekick.errors import Error, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from PIL import Image

_MODES = ("L", "RGB", "RGBA")
# What other modes become on the way; the library drops alpha.
_CONVERTED = {"1": "L", "LA": "L", "P": "RGBA", "PA": "RGBA"}
_JPEG = ("JPEG", "JPG", "MPO")
_JPEG_QUALITY = 90
# The EXIF tag that says how an image is to be turned.
_ORIENTATION = 0x0112

Add = Callable[[Handle, Where, Any], None]


def add_image(index: int, apply_orientation: bool) -> Add:
    """Adds an image: a path, an open file or its bytes, an image of Pillow's, or an array of samples."""

    def add(rows: Handle, where: Where, value: Any) -> None:
        if isinstance(value, (str, os.PathLike)):
            value = _file(value)
        elif hasattr(value, "read"):
            value = read_bytes(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            encoded = bytes(value)
            call(library.sidekick_rows_add_image_at, rows, index, encoded, len(encoded), where=where)
        elif _is_pillow(value):
            _add_pillow(rows, index, value, apply_orientation, where)
        elif _is_array(value):
            _add_samples(rows, index, value, where)
        else:
            raise unfit(value, "an image, an array of its samples, a path, an open file or its bytes")

    return add


def add_array(index: int) -> Add:
    """Adds an array: anything with a buffer, what NumPy can make an array of numbers, or a `.npy` file."""

    def add(rows: Handle, where: Where, value: Any) -> None:
        if isinstance(value, (str, os.PathLike)) or hasattr(value, "read"):
            value = _loaded(value)
        with _buffer(value) as elements:
            call(library.sidekick_rows_add_array_at, rows, index, *elements, where=where)

    return add


def _file(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as reason:
        raise Unreadable(path, reason) from None
    except ValueError as reason:
        raise Refused(InvalidValueError, f"the path {path!r} cannot be read: {reason}") from None


def _is_pillow(value: object) -> bool:
    # Whoever has such an image has imported Pillow.
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(value, pillow.Image)


def _add_pillow(rows: Handle, index: int, image: Image.Image, apply_orientation: bool, where: Where) -> None:
    # What is made of an image has no format, and is sent without a loss.
    kind = image.format or "PNG"
    try:
        if apply_orientation:
            image = _turned(image)
        # Of 16 bits, the library makes 8 as it does for files.
        if image.mode.startswith("I;16"):
            file = BytesIO()
            image.save(file, "PNG")
            encoded = file.getvalue()
            return call(library.sidekick_rows_add_image_at, rows, index, encoded, len(encoded), where=where)
        pixels = _with_bytes(image)
        samples = samples_of(pixels)
    except (OSError, SyntaxError, ValueError) as error:
        # Of the library, which took the image in.
        if isinstance(error, Error):
            raise
        raise Refused(InvalidValueError, f"the image cannot be read: {error}") from None
    quality = _JPEG_QUALITY if kind.upper() in _JPEG else 0
    values = (*pixels.size, samples.channels, 0, samples.values, samples.size)
    call(library.sidekick_rows_add_pixels_at, rows, index, *values, quality, where=where)


def _turned(image: Image.Image) -> Image.Image:
    """The image as its EXIF data say it is to be shown."""
    if image.getexif().get(_ORIENTATION, 1) == 1:
        return image
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _with_bytes(image: Image.Image) -> Image.Image:
    """The image with a byte a sample: grey, RGB or RGBA."""
    if image.mode in _MODES:
        return image
    if image.mode in ("I", "F"):
        raise Refused(InvalidValueError, f"the image has mode {image.mode}; convert it to L or RGB, scaled to 0 to 255")
    return image.convert(_CONVERTED.get(image.mode, "RGB"))


def _buffer(value: Any) -> Buffer:
    # NumPy's scalars of times have buffers of bytes.
    if is_time(type(value)):
        raise unfit(value, "an array of numbers")
    require_whole(value)
    try:
        return Buffer(value)
    except (TypeError, ValueError, BufferError) as error:
        if not _is_array(value) and not isinstance(value, (list, tuple)):
            raise unfit(value, "an array", f": {error}") from None
    return Buffer(numbers_of(value))


def _is_array(value: object) -> bool:
    """Whether NumPy makes an array of it that is more than a cell with the object."""
    if is_missing(value):
        return False
    return any(hasattr(value, name) for name in ("__array__", "__array_interface__"))


def _loaded(file: Any) -> Any:
    """The array of a `.npy` file, by its path or open."""
    numpy = need("numpy", "numpy", "an array as a .npy file")
    try:
        if hasattr(file, "read"):
            return numpy.lib.format.read_array(BytesIO(read_bytes(file)), allow_pickle=False)
        with open(file, "rb") as opened:
            return numpy.lib.format.read_array(opened, allow_pickle=False)
    except OSError as reason:
        raise Unreadable(file, reason) from None
    except ValueError as reason:
        raise Refused(InvalidValueError, f"the file is no .npy file of numbers: {reason}") from None


def _add_samples(rows: Handle, index: int, value: Any, where: Where) -> None:
    """Adds an image that is an array of bytes, height x width, or that x channels."""
    numpy = need("numpy", "numpy", f"{kind_of(value)} as an image")
    array = numpy.asanyarray(value)
    require_whole(array)
    if array.dtype != numpy.uint8:
        why = f"expected an image of 8-bit samples (uint8), got an array of {array.dtype}"
        raise Refused(InvalidTypeError, f"{why}; scale it to 0 to 255")
    channels = 1 if array.ndim == 2 else array.shape[-1] if array.ndim == 3 else 0
    if channels not in (1, 3, 4):
        why = f"an image of shape {array.shape}: expected height x width, or height x width x 1, 3 or 4"
        raise Refused(InvalidValueError, why)
    whole = numpy.ascontiguousarray(array)
    height, width = array.shape[:2]
    values = (width, height, channels, 0, whole.__array_interface__["data"][0], whole.nbytes)
    call(library.sidekick_rows_add_pixels_at, rows, index, *values, 0, where=where)
