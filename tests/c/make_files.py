#!/usr/bin/env python3
"""Makes the pictures, .npy files and the certificate that the C tests read: make_files.py FOLDER

The pictures are those of deployments.h: 4 x 4 pixels, all told apart. What the tests write into the same folder, and
read_files.py reads again, starts with `saved`.
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy
from PIL import Image
from requests import certs

COLUMNS, ROWS = numpy.meshgrid(numpy.arange(4), numpy.arange(4))
RGB = numpy.stack([60 * COLUMNS, 60 * ROWS, 255 - 30 * (COLUMNS + ROWS)], axis=-1).astype("uint8")
GREY = (17 * numpy.arange(16)).reshape(4, 4).astype("uint8")
ALPHA = (10 + 15 * numpy.arange(16)).reshape(4, 4).astype("uint8")
# Images that the tests of all languages share.
IMAGES = Path(__file__).resolve().parents[1] / "images"
ARRAY = numpy.array([[0.5, -1, 2], [3, 4.25, -5]], dtype="float32")


def palette_picture(colors=256):
    """Its indices are stored in 8 bits where the palette has more than 16 colors."""
    picture = Image.fromarray(numpy.arange(16).reshape(4, 4).astype("uint8"), mode="P")
    picture.putpalette(RGB.tobytes() + bytes(3 * (colors - 16)))
    return picture


def png_of_16_bits(samples):
    """A PNG of 16 bits a sample, which Pillow does not write for RGB."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, channels = samples.shape
    color_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    # v * 257 is the 16-bit sample that stands for the 8-bit v.
    lines = b"".join(b"\0" + (line.astype(">u2") * 257).astype(">u2").tobytes() for line in samples)
    head = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def write_pictures(folder):
    rgb, grey = Image.fromarray(RGB), Image.fromarray(GREY)
    rgba = Image.fromarray(numpy.dstack([RGB, ALPHA]))
    grey_alpha = Image.fromarray(numpy.dstack([GREY, ALPHA]), mode="LA")
    rgb.save(folder / "rgb.png")
    rgb.save(folder / "picture without a suffix", format="png")
    rgb.save(folder / "png.jpg", format="png")
    rgba.save(folder / "rgba.png")
    grey.save(folder / "grey.png")
    grey_alpha.save(folder / "grey-alpha.png")
    palette_picture().save(folder / "palette.png")
    palette_picture(16).save(folder / "palette-4-bits.png")
    palette_picture().save(folder / "palette-transparent.png", transparency=3)
    Image.fromarray(GREY > 127).save(folder / "1-bit.png")
    (folder / "rgb-16-bits.png").write_bytes(png_of_16_bits(RGB))
    (folder / "rgba-16-bits.png").write_bytes(png_of_16_bits(numpy.dstack([RGB, ALPHA])))
    (folder / "grey-16-bits.png").write_bytes(png_of_16_bits(GREY[..., None]))
    rgb.save(folder / "rgb.bmp")
    rgba.save(folder / "rgba.tiff")
    rgb.save(folder / "rgb.tiff", compression="tiff_lzw")
    grey.save(folder / "grey.tiff")
    palette_picture().save(folder / "palette.gif")
    rgb.save(folder / "rgb.webp", lossless=True)
    rgba.save(folder / "rgba.webp", lossless=True, exact=True)
    flat = Image.new("RGB", (4, 4), (200, 100, 50))
    flat.save(folder / "flat.jpg", quality=100, subsampling=0)
    flat.save(folder / "flat-progressive.jpg", quality=100, subsampling=0, progressive=True)
    Image.new("L", (4, 4), 77).save(folder / "flat-grey.jpg", quality=100)
    Image.new("CMYK", (4, 4), (0, 0, 0, 155)).save(folder / "flat-cmyk.jpg", quality=100)
    Image.new("RGB", (40, 20), (200, 100, 50)).save(folder / "wide.png")


def write_metadata(folder):
    """Images with a position, and turned by a quarter: their left column is shown as the top row."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    stripes = Image.fromarray(numpy.dstack([numpy.repeat([[0, 80, 160, 240]], 4, axis=0).astype("uint8")] * 3))
    for suffix, options in (("png", {}), ("jpg", {"quality": 100, "subsampling": 0})):
        stripes.save(folder / f"stripes.{suffix}", **options)
        stripes.save(folder / f"stripes-exif.{suffix}", exif=exif, **options)


def write_float_tiff(path):
    """An RGB TIFF of 32-bit floats from 0 to 255, which Pillow does not write."""
    samples = numpy.ascontiguousarray(RGB, "<f4").tobytes()
    tags = [(256, 3, 1, 4), (257, 3, 1, 4), (258, 3, 1, 32), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 3), (278, 3, 1, 4), (279, 4, 1, len(samples)), (339, 3, 1, 3)]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(samples)) + samples + directory)


def write_what_is_no_picture(folder):
    cut = (folder / "stripes.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(cut[: len(cut) - 20])
    (folder / "bomb.webp").write_bytes((IMAGES / "bomb.webp").read_bytes())
    write_float_tiff(folder / "float.tiff")
    whole = (folder / "rgb.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[:30])
    (folder / "cut.bmp").write_bytes((folder / "rgb.bmp").read_bytes()[:60])
    (folder / "text.png").write_text("this is no picture")
    (folder / "empty").write_bytes(b"")
    # 60 000 x 60 000 pixels, by its head.
    (folder / "bomb.png").write_bytes(whole[:16] + struct.pack(">II", 60000, 60000) + whole[24:])


def npy_file(array, version=(1, 0)):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version, allow_pickle=True)
    return file.getvalue()


def write_arrays(folder):
    numpy.save(folder / "array.npy", ARRAY)
    numpy.save(folder / "array-fortran.npy", numpy.asfortranarray(ARRAY))
    numpy.save(folder / "array-big-endian.npy", ARRAY.astype(">f4"))
    numpy.save(folder / "array-f8-fortran-big-endian.npy", numpy.asfortranarray(ARRAY.astype(">f8")))
    for version in (2, 3):
        (folder / f"array-version-{version}.npy").write_bytes(npy_file(ARRAY, (version, 0)))
    whole = numpy.array([[0, 1, 2], [3, 4, 100]])
    for dtype in ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        numpy.save(folder / f"whole-{dtype}.npy", whole.astype(dtype))
        numpy.save(folder / f"whole-{dtype}-big-endian.npy", whole.astype(">" + dtype))
    numpy.save(folder / "whole-b1.npy", whole.astype("?"))
    numpy.save(folder / "array-transposed.npy", ARRAY.T)
    numpy.save(folder / "array-nan.npy", numpy.where(ARRAY == 4.25, numpy.nan, ARRAY))
    numpy.save(folder / "array-too-large.npy", numpy.where(ARRAY == 4.25, 1e39, ARRAY.astype("f8")))
    numpy.save(folder / "array-complex.npy", ARRAY.astype("c8"))
    numpy.save(folder / "array-half.npy", ARRAY.astype("f2"))
    (folder / "array-objects.npy").write_bytes(npy_file(ARRAY.astype(object)))
    (folder / "array-cut.npy").write_bytes(npy_file(ARRAY)[:-1])
    (folder / "array-long.npy").write_bytes(npy_file(ARRAY) + b"\0")


def write_certificate(folder):
    """One authority that is trusted widely."""
    end = "-----END CERTIFICATE-----\n"
    bundle = Path(certs.where()).read_text(encoding="utf-8")
    start = bundle.index("-----BEGIN CERTIFICATE-----")
    (folder / "ca.pem").write_text(bundle[start : bundle.index(end) + len(end)], encoding="utf-8")


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: make_files.py FOLDER")
    folder = Path(arguments[0])
    write_pictures(folder)
    write_metadata(folder)
    write_what_is_no_picture(folder)
    write_arrays(folder)
    write_certificate(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
