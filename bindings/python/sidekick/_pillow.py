"""Where the samples of Pillow's images lie, without a copy: Pillow exports them as Arrow's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sidekick._arrow_abi import borrowed

if TYPE_CHECKING:
    from PIL import Image


class Samples(NamedTuple):
    """An image's samples, a byte each, row by row without gaps."""

    channels: int
    values: bytes | int
    """The bytes, or where they lie."""
    size: int
    kept: Any
    """What has to live as long as they are read."""


_CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}


def samples_of(image: Image.Image) -> Samples:
    """The samples of an image of mode L, RGB or RGBA; one of RGB has a fourth channel, which means nothing,
    where they lie.
    """
    return _exported(image) or _copied(image)


def _copied(image: Image.Image) -> Samples:
    copy = image.tobytes()
    return Samples(_CHANNELS[image.mode], copy, len(copy), copy)


def _exported(image: Image.Image) -> Samples | None:
    """None where Pillow does not export: before its version 11.2, and images of several blocks of memory."""
    try:
        capsules = image.__arrow_c_array__()
    except (AttributeError, ValueError):
        return None
    kind, whole = borrowed(capsules)
    channels = 1 if image.mode == "L" else 4
    if channels == 4:
        if kind.format != b"+w:4":
            return None
        kind, whole = kind.children[0].contents, whole.children[0].contents
    size = image.width * image.height * channels
    if kind.format != b"C" or whole.offset != 0 or whole.length != size:
        return None
    return Samples(channels, whole.buffers[1], size, capsules)
