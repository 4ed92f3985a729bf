"""The library's JPEG decoder against libjpeg-turbo, which Pillow has: every layout of scans that the standard has."""

import base64
import ctypes
from io import BytesIO

import numpy
import pytest
from PIL import Image

import jpegs
from served import answering, feature
from sidekick import _library
from sidekick._library import call, library

ROWS_AT_ONCE = 100

pixels = _library.library["sidekick_predictions_image_pixels"]
pixels.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
pixels.argtypes = [*pixels.argtypes, ctypes.POINTER(ctypes.c_void_p)]


def data_url(file):
    return "data:image/jpeg;base64," + base64.b64encode(file).decode()


def decoded(server, files):
    """The samples of files, as the library decodes them in a response."""
    server.answer = lambda rows: [{"out": data_url(file)} for file in files]
    rows = library_rows(server.client, len(files))
    handle = server.client._handle
    predictions = _library.make(
        library.sidekick_deployment_predict, library.sidekick_predictions_free, handle, rows, None
    )
    for row in range(len(files)):
        sides = [ctypes.c_uint32() for _ in range(3)]
        call(library.sidekick_predictions_image_size, predictions, 0, row, *map(ctypes.byref, sides))
        width, height, channels = (side.value for side in sides)
        samples = numpy.empty((height, width, channels), "u1")
        call(pixels, predictions, 0, row, samples.ctypes.data, samples.nbytes)
        yield samples


def library_rows(client, count):
    rows = _library.make(library.sidekick_rows_new, library.sidekick_rows_free, client._handle)
    client._encoders.add(rows, [{"n": 0.0}] * count, 0)
    return rows


def expected(file):
    with Image.open(BytesIO(file)) as image:
        # Inks have no one meaning as RGB; this is Pillow's, and browsers'.
        samples = numpy.asarray(image.convert("RGB") if image.mode == "CMYK" else image)
    return samples.reshape(*samples.shape[:2], -1)


@pytest.fixture(scope="module")
def server():
    with answering({"n": feature("numeric")}, {"out": feature("image", 8, 8, 3)}, None) as answers:
        answers.client = answers.open(batch_rows=ROWS_AT_ONCE)
        yield answers


def test_every_layout_of_scans_gives_the_pixels_of_libjpeg_turbo(server):
    files = [*jpegs.matrix()]
    assert len(files) > 1000
    for start in range(0, len(files), ROWS_AT_ONCE):
        names, some = zip(*files[start : start + ROWS_AT_ONCE])
        for name, file, samples in zip(names, some, decoded(server, some)):
            due = expected(file)
            assert samples.shape == due.shape, name
            assert numpy.abs(samples.astype(int) - due).max() <= 3, name


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}])
def test_files_of_pillows_give_its_pixels(server, mode, options):
    files = []
    for width, height in ((1, 1), (2, 3), (17, 16), (40, 25)):
        noise = numpy.random.default_rng(3).integers(0, 256, (height, width, Image.getmodebands(mode)), "u1")
        file = BytesIO()
        Image.fromarray(noise.squeeze(2) if mode == "L" else noise, mode).save(file, "JPEG", quality=95, **options)
        files.append(file.getvalue())
    for file, samples in zip(files, decoded(server, files)):
        assert numpy.abs(samples.astype(int) - expected(file)).max() <= 3
