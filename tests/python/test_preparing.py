"""What the original client had to prepare data: images of one size, and tables as a zip file."""

import csv
import io
from functools import partial
from zipfile import ZipFile

import numpy
import pandas
import polars
import pytest
from PIL import Image

import sidekick


def samples(image):
    return numpy.asarray(image)


@pytest.fixture
def image():
    made = Image.fromarray(numpy.arange(6 * 4 * 3, dtype="uint8").reshape(4, 6, 3))
    made.format = "JPEG"
    return made


def test_an_image_is_cropped_and_padded_about_its_middle(image):
    made = sidekick.process_image(image, mode="center_crop_or_pad", size=(2, 8), file_format="png")
    assert (made.size, made.format, image.format) == ((2, 8), "PNG", "JPEG")
    numpy.testing.assert_array_equal(samples(made)[2:6], samples(image)[:, 2:4])
    assert not samples(made)[:2].any() and not samples(made)[6:].any()


def test_an_image_is_resized(image):
    for mode in ("resize", "crop_and_resize"):
        for size in ((12, 8), (3, 9), (1, 1)):
            assert sidekick.process_image(image, mode=mode, size=size).size == size
    # Twice as large as it has to be to cover: the sides are cut off.
    covered = sidekick.process_image(image, mode="crop_and_resize", size=(4, 4))
    numpy.testing.assert_array_equal(samples(covered), samples(image)[:, 1:5])
    palette = image.convert("P", palette=Image.Palette.ADAPTIVE)
    assert sidekick.process_image(palette, "resize", (3, 2)).mode == "RGB"


def test_a_format_alone_changes_no_sample(image):
    made = sidekick.process_image(image, file_format="jpg")
    assert made is not image and made.format == "JPEG" and made.tobytes() == image.tobytes()
    assert sidekick.process_image(image).format == "JPEG"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"mode": "stretch"}, "mode is 'stretch'"),
        ({"size": (0, 3)}, r"size is \(0, 3\)"),
        ({"file_format": "gif"}, "file_format is 'gif'"),
    ],
)
def test_other_arguments_are_refused(image, arguments, says):
    with pytest.raises(ValueError, match=f"^process_image: {says}"):
        sidekick.process_image(image, **arguments)
    with pytest.raises(TypeError, match="^process_image: expected a Pillow image, got a str"):
        sidekick.process_image("image.png", **arguments)


@pytest.mark.parametrize("mode", ["P", "PA", "CMYK", "YCbCr"])
def test_what_is_lacking_is_black_in_every_mode(mode):
    image = Image.new("P", (2, 2), 1)
    image.putpalette([255, 0, 0, 0, 200, 0] + [0] * 762)
    image = image.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else image.convert(mode)
    made = sidekick.process_image(image, "center_crop_or_pad", (4, 4)).convert("RGB")
    assert made.getpixel((0, 0)) == (0, 0, 0)
    assert made.getpixel((1, 1)) == pytest.approx((0, 200, 0), abs=1)


@pytest.mark.parametrize("mode", ["P", "PA"])
def test_colours_of_a_palette_are_resized(mode):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 100, 255, 0, 0, 0, 0, 200] + [0] * 756)
    image.putdata([1, 3])
    made = sidekick.process_image(image.convert(mode), "resize", (3, 1)).convert("RGB")
    assert made.getpixel((0, 0))[2] < made.getpixel((1, 0))[2] < made.getpixel((2, 0))[2]
    assert made.getpixel((1, 0))[:2] == (0, 0)


@pytest.mark.parametrize("size", [5, (1.5, 2), ("a", "b"), (1,), (None, 2)])
def test_a_size_is_two_integers(image, size):
    with pytest.raises(sidekick.InvalidTypeError, match="^process_image: size is .*: expected two integers"):
        sidekick.process_image(image, "resize", size)


def test_an_image_that_has_no_pixels_or_is_closed_is_refused(image):
    says = "^process_image: the image has no pixels: it is 0 x 3"
    with pytest.raises(sidekick.InvalidValueError, match=says):
        sidekick.process_image(Image.new("RGB", (0, 3)), "crop_and_resize", (4, 4))
    image.close()
    with pytest.raises(sidekick.InvalidValueError, match="^process_image: the image cannot be read: "):
        sidekick.process_image(image)


def read(path):
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode())))
        return index, {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("make", [pandas.DataFrame, polars.DataFrame, dict])
def test_a_dataset_has_an_index_and_files(tmp_path, image, make):
    files = [tmp_path / f"{place}.png" for place in range(2)]
    for file in files:
        image.save(file)
    columns = {
        "number": [1.5, 2],
        "a text": ['å, "b"', "c\nd"],
        "picture": list(map(str, files)),
        "small": list(map(str, files)),
    }
    small = partial(sidekick.process_image, mode="resize", size=(3, 2), file_format="png")
    path = tmp_path / "dataset.zip"
    sidekick.create_dataset(
        path, make(columns), path_columns=["picture", "small"], preprocess={"small": small}
    )
    index, found = read(path)
    assert [(row["number"], row["a text"]) for row in index] == [
        ("1.5", 'å, "b"'),
        ("2.0", "c\nd"),
    ] or make is dict
    assert [row["picture"] for row in index] == ["picture/00000000.png", "picture/00000001.png"]
    assert found["picture/00000001.png"] == files[1].read_bytes()
    assert Image.open(io.BytesIO(found["small/00000000.png"])).size == (3, 2)


def test_objects_in_memory_become_files(tmp_path, image):
    arrays = [numpy.arange(6.0).reshape(2, 3), numpy.zeros(2)]
    numpy.save(tmp_path / "saved.npy", arrays[0])
    table = pandas.DataFrame(
        {
            "image": [image, image],
            "an array": arrays,
            "file": [tmp_path / "saved.npy"] * 2,
            "gap": [None, "x"],
        }
    )
    path = tmp_path / "dataset.zip"
    sidekick.create_dataset(
        path, table, path_columns=["file"], preprocess={"file": lambda array: array + 1}, progress=True
    )
    index, found = read(path)
    assert index[1] == {
        "image": "image/00000001.jpeg",
        "an array": "column-1/00000001.npy",
        "file": "file/00000001.npy",
        "gap": "x",
    }
    assert index[0]["gap"] == ""
    numpy.testing.assert_array_equal(numpy.load(io.BytesIO(found["column-1/00000000.npy"])), arrays[0])
    numpy.testing.assert_array_equal(numpy.load(io.BytesIO(found["file/00000000.npy"])), arrays[0] + 1)


def test_what_is_wrong_with_a_dataset_is_named(tmp_path, image):
    path = tmp_path / "dataset.zip"
    image.format = None
    with pytest.raises(ValueError, match='^row 0: column "i": the image has no format; .*process_image'):
        sidekick.create_dataset(path, {"i": [image]})
    for arguments in ({"path_columns": ["m"]}, {"preprocess": {"m": str}}):
        with pytest.raises(ValueError, match="^create_dataset: there is no column 'm'"):
            sidekick.create_dataset(path, {"i": [1]}, **arguments)
    with pytest.raises(
        TypeError, match="^create_dataset: expected a frame or a mapping of columns, got a list"
    ):
        sidekick.create_dataset(path, [1])
    with pytest.raises(FileNotFoundError):
        sidekick.create_dataset(path, {"i": ["nowhere.png"]}, path_columns=["i"])


def test_no_cell_of_a_dataset_is_lost(tmp_path):
    path = tmp_path / "dataset.zip"
    says = "^create_dataset: .* different lengths: 'a' has 3, 'b' has 1"
    with pytest.raises(sidekick.InvalidValueError, match=says):
        sidekick.create_dataset(path, {"a": [1, 2, 3], "b": [1]})
    with pytest.raises(sidekick.InvalidValueError, match="^create_dataset: there are several columns 'a'"):
        sidekick.create_dataset(path, pandas.DataFrame([[1, 2]], columns=["a", "a"]))
    masked = numpy.ma.array([1, 2], mask=[False, True])
    with pytest.raises(sidekick.MissingValueError, match='^row 0: column "a": the array has masked elements'):
        sidekick.create_dataset(path, {"a": [masked]})
    sidekick.create_dataset(path, pandas.DataFrame([[1, None], [3, None]]), path_columns=[1])
    with ZipFile(path) as archive:
        assert archive.read("index.csv") == b"0,1\r\n1,\r\n3,\r\n"
