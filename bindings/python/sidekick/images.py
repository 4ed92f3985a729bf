"""Images of one size and format, as the original client prepared them. Needs Pillow."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Literal

from sidekick._optional import need
from sidekick._refused import kind_of
from sidekick.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from PIL import Image

Mode = Literal["center_crop_or_pad", "crop_and_resize", "resize"]

_CONVERTED = {"P": "RGB", "PA": "RGBA", **dict.fromkeys(("CMYK", "YCbCr", "LAB"), "RGB")}


def process_image(
    image: Image.Image,
    mode: Mode = "center_crop_or_pad",
    size: tuple[int, int] | None = None,
    file_format: str | None = None,
) -> Image.Image:
    """A copy of a Pillow image, with a size and a format.

    - `size`: width and height; None leaves the image as large as it is.
    - `mode`: how the size is reached. `"center_crop_or_pad"` cuts off what is too much on each side and
      fills what is lacking with black; `"crop_and_resize"` scales the image until it covers the size and cuts
      off the rest; `"resize"` scales width and height, each by itself.
    - `file_format`: the `format` of the copy, `"png"` or `"jpeg"`, in which it is sent or saved; None leaves
      that of the image.
    """
    pillow = need("PIL.Image", "Pillow", "process_image")
    if not isinstance(image, pillow.Image):
        raise InvalidTypeError(f"process_image: expected a Pillow image, got {kind_of(image)}")
    if mode not in ("center_crop_or_pad", "crop_and_resize", "resize"):
        known = '"center_crop_or_pad", "crop_and_resize" or "resize"'
        raise InvalidValueError(f"process_image: mode is {mode!r}: it has to be {known}")
    try:
        made = image.copy() if size is None else _sized(image, mode, *_checked(size))
    except ValueError as error:
        if isinstance(error, InvalidValueError):
            raise
        # Of Pillow, such as of an image that is closed.
        raise InvalidValueError(f"process_image: the image cannot be read: {error}") from None
    made.format = image.format if file_format is None else _format(file_format)
    return made


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    try:
        width, height = map(index, size)
    except (TypeError, ValueError):
        why = f"size is {size!r}: expected two integers, width and height"
        raise InvalidTypeError(f"process_image: {why}") from None
    if min(width, height) < 1:
        raise InvalidValueError(f"process_image: size is {size}: width and height have to be at least 1")
    return width, height


def _format(name: str) -> str:
    if not isinstance(name, str):
        raise InvalidTypeError(f"process_image: file_format: expected a str, got {kind_of(name)}")
    found = {"PNG": "PNG", "JPEG": "JPEG", "JPG": "JPEG"}.get(name.upper())
    if found is None:
        raise InvalidValueError(f'process_image: file_format is {name!r}: it has to be "png" or "jpeg"')
    return found


def _sized(image: Image.Image, mode: Mode, width: int, height: int) -> Image.Image:
    if not image.width or not image.height:
        why = f"the image has no pixels: it is {image.width} x {image.height}"
        raise InvalidValueError(f"process_image: {why}")
    # Between the numbers of a palette nothing lies, and in other modes 0 is not black.
    if image.mode in _CONVERTED:
        image = image.convert(_CONVERTED[image.mode])
    elif mode != "center_crop_or_pad" and image.mode == "1":
        image = image.convert("L")
    if mode == "resize":
        return image.resize((width, height))
    if mode == "crop_and_resize":
        scale = max(width / image.width, height / image.height)
        covering = max(width, round(image.width * scale)), max(height, round(image.height * scale))
        image = image.resize(covering)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    # Pillow fills what lies outside with black.
    return image.crop((left, top, left + width, top + height))
