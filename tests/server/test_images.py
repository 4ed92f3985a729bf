"""Images as they come: what is whole, what is not, and what is not looked at."""

from io import BytesIO
from pathlib import Path

import numpy
import pytest
from PIL import Image

from deployment_client import assert_error, data_url, echo_row, pixels

IMAGES = Path(__file__).resolve().parents[1] / "images"


@pytest.mark.parametrize("sampling", ["420", "422", "440", "444"])
def test_scans_of_a_component_each_are_one_image(echo, sampling):
    pictures = [(IMAGES / f"{scans}-{sampling}.jpg").read_bytes() for scans in ("one-scan", "three-scans")]
    replies = echo.predict(*(echo_row(picture=data_url("image/jpeg", picture)) for picture in pictures))
    one, three = (pixels(reply["picture"]) for reply in replies)
    assert (one == three).all()
    with Image.open(BytesIO(pictures[0])) as image:
        due = numpy.asarray(image.resize((4, 4), Image.Resampling.BOX)).astype(int)
    assert numpy.abs(one - due).mean() < 20


def test_a_jpeg_that_is_cut_off_is_bad_data(echo):
    half = (IMAGES / "seven-half.jpg").read_bytes()
    for cut in (half, half + b"\xff\xd9", half[:100]):
        assert_error(echo.send(echo_row(picture=data_url("image/jpeg", cut))), "BadData", 400, '"picture"')


def test_a_jpeg_without_its_end_or_with_more_after_it_is_whole(echo):
    whole = (IMAGES / "interleaved.jpg").read_bytes()
    rows = [echo_row(picture=data_url("image/jpeg", file)) for file in (whole, whole[:-2], whole + b"more")]
    first, *others = (pixels(reply["picture"]) for reply in echo.predict(*rows))
    assert all((other == first).all() for other in others)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pixels_are_taken_as_stored(echo, kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    stripes = Image.new("RGB", (4, 4))
    stripes.paste((200, 100, 50), (0, 0, 4, 2))
    files = BytesIO(), BytesIO()
    stripes.save(files[0], kind)
    stripes.save(files[1], kind, exif=exif)
    rows = [echo_row(picture=data_url(f"image/{kind.lower()}", file.getvalue())) for file in files]
    plain, turned = (pixels(reply["picture"]) for reply in echo.predict(*rows))
    assert (plain == turned).all()
