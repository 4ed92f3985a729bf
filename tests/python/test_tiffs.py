"""TIFFs, which come in more kinds than any other file: each is sent with the pixels it has, or refused."""

import base64
import struct
from io import BytesIO

import numpy
import pytest
from PIL import Image

from served import answering, feature

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, LAB = 0, 1, 2, 3, 5, 8
UNSIGNED, SIGNED, FLOAT = 1, 2, 3

SAMPLES = numpy.random.default_rng(5).integers(0, 256, (5, 7, 4), "u1")


def tiff(samples, photometric, order="<", sample_format=UNSIGNED, planar=False, extra=None, bits=None, tags=()):
    """An uncompressed TIFF of an array of [height, width, channels]."""
    height, width, channels = samples.shape
    kind = samples.dtype.newbyteorder(order)
    planes = samples.transpose(2, 0, 1) if planar else samples[None]
    strips = [numpy.ascontiguousarray(plane, kind).tobytes() for plane in planes]
    bits = bits or 8 * samples.dtype.itemsize
    entries = {256: [width], 257: [height], 258: [bits] * channels, 259: [1], 262: [photometric], 277: [channels]}
    entries |= {278: [height], 279: [len(strip) for strip in strips], 284: [2 if planar else 1]}
    entries |= {339: [sample_format] * channels, **dict(tags)}
    if extra is not None:
        entries[338] = [extra]
    data, offsets = b"", []
    for strip in strips:
        offsets.append(8 + len(data))
        data += strip + b"\0" * (len(strip) % 2)
    entries[273] = offsets
    directory = b""
    for tag, values in sorted(entries.items()):
        packed = b"".join(struct.pack(order + "H", value) for value in values)
        if len(packed) > 4:
            where = 8 + len(data)
            data, packed = data + packed, struct.pack(order + "I", where)
        directory += struct.pack(order + "HHI", tag, 3, len(values)) + packed.ljust(4, b"\0")
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "I", 8 + len(data))
    return head + data + struct.pack(order + "H", len(entries)) + directory + bytes(4)


@pytest.fixture(scope="module")
def sent():
    """The samples that go over the wire for a file."""
    with answering({"image": feature("image", 4, 4, 3)}, {"out": feature("numeric")}, lambda _: [{"out": 0}]) as server:
        client = server.open()

        def send(file):
            client.predict(image=file)
            data = server.requests[-1][1][0]["image"].split(",")[1]
            return numpy.asarray(Image.open(BytesIO(base64.b64decode(data))))

        yield send


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_samples_go_out_as_they_are_meant(sent, order, planar, bits):
    def file(channels, photometric, **more):
        samples = SAMPLES[..., :channels]
        # v * 257 is the 16-bit sample that stands for the 8-bit v.
        samples = samples if bits == 8 else samples.astype("u2") * 257
        return tiff(samples, photometric, order, planar=planar, **more)

    assert (sent(file(1, BLACK_IS_ZERO)) == SAMPLES[..., 0]).all()
    assert (sent(file(1, WHITE_IS_ZERO)) == 255 - SAMPLES[..., 0]).all()
    assert (sent(file(3, RGB)) == SAMPLES[..., :3]).all()
    assert (sent(file(4, RGB, extra=2)) == SAMPLES[..., :3]).all()
    if planar:
        refused(sent, file(4, CMYK))
    else:
        inks = SAMPLES.astype(int)
        due = (255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255
        assert numpy.abs(sent(file(4, CMYK)) - due).max() <= 1


def refused(sent, file, why=""):
    with pytest.raises(ValueError, match=f'^row 0: feature "image": .*{why}'):
        sent(file)


def test_what_has_no_one_meaning_is_refused(sent):
    for order in "<>":
        for channels, photometric in ((1, BLACK_IS_ZERO), (3, RGB), (4, RGB)):
            samples = SAMPLES[..., :channels]
            extra = 2 if channels == 4 else None
            for kind in ("f2", "f4", "f8"):
                refused(sent, tiff(samples.astype(kind), photometric, order, FLOAT, extra=extra))
            for kind in ("i1", "i2", "i4"):
                refused(sent, tiff(samples.astype(kind), photometric, order, SIGNED, extra=extra))
            refused(sent, tiff(samples.astype("u4"), photometric, order, extra=extra))
            refused(sent, tiff(samples.astype("u4"), photometric, order, sample_format=0, extra=extra))
        refused(sent, tiff(SAMPLES[..., :3], LAB, order))
    refused(sent, tiff(SAMPLES[..., :3].astype("f4"), RGB, "<", FLOAT), "floating-point")
    refused(sent, tiff(SAMPLES[..., :3].astype("u4"), RGB), "save it as a PNG")
    refused(sent, tiff(SAMPLES[..., :1].astype("f4"), BLACK_IS_ZERO, "<", FLOAT), "save it as a PNG")


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "group4"])
def test_compressed_files_are_read(sent, compression):
    bits = compression == "group4"
    image = Image.fromarray(SAMPLES[..., 0] > 127) if bits else Image.fromarray(SAMPLES[..., :3])
    file = BytesIO()
    image.save(file, "TIFF", compression=compression)
    assert (sent(file.getvalue()) == numpy.asarray(image.convert("L") if bits else image)).all()


def test_palettes_are_refused(sent):
    file = BytesIO()
    Image.fromarray(SAMPLES[..., :3]).quantize(16).save(file, "TIFF")
    refused(sent, file.getvalue())


def test_a_file_that_is_cut_off_is_refused(sent):
    whole = tiff(SAMPLES[..., :3], RGB)
    for end in range(0, len(whole) - 8, 7):
        refused(sent, whole[:end])
