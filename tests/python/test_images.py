"""Pictures in and out."""

import base64
import random
from io import BytesIO

import numpy
import pytest
from PIL import Image

from sidekick import InvalidValueError, ReplyError
from sidekick._pillow import samples_of

from served import DATA, ROOT, answering, feature

IMAGES = ROOT / "tests" / "images"

IMAGE = {"image": feature("image", 4, 4, 3)}


def picture(mode="RGB", colour=(10, 20, 30), format="PNG"):
    made = Image.new(mode, (5, 3), colour)
    made.format = format
    return made


def data_url(image, media_type=None):
    file = BytesIO()
    image.save(file, image.format)
    media_type = media_type or f"image/{image.format.lower()}"
    return f"data:{media_type};base64,{base64.b64encode(file.getvalue()).decode()}"


@pytest.fixture
def sent():
    """The media type, the bytes and the opened picture that go over the wire for a value."""
    with answering(IMAGE, {"out": feature("numeric")}, lambda rows: [{"out": 0}]) as server:
        client = server.open()

        def send(value):
            client.predict(image=value)
            head, data = server.requests[-1][1][0]["image"].split(",")
            encoded = base64.b64decode(data)
            return head, encoded, Image.open(BytesIO(encoded))

        yield send


def test_the_format_decides_between_png_and_jpeg(sent):
    for format, media_type in [("PNG", "png"), ("BMP", "png"), ("JPEG", "jpeg"), ("MPO", "jpeg")]:
        head, _, opened = sent(picture(format=format))
        assert head == f"data:image/{media_type};base64"
        assert opened.format == media_type.upper()
        assert opened.size == (5, 3)
        assert all(abs(got - given) <= 3 for got, given in zip(opened.getpixel((4, 2)), (10, 20, 30)))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (33, 7), (640, 480)])
@pytest.mark.parametrize("exports", [True, False])
def test_samples_are_read_where_they_lie_or_copied(sent, monkeypatch, mode, size, exports):
    noise = Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * len(mode)))
    noise.format = "PNG"
    if exports:
        assert isinstance(samples_of(noise).values, int)
    else:
        monkeypatch.setattr(Image.Image, "__arrow_c_array__", unable)
        assert isinstance(samples_of(noise).values, bytes)
    _, _, opened = sent(noise)
    assert opened.tobytes() == (noise if mode == "L" else noise.convert("RGB")).tobytes()


def unable(image):
    raise ValueError("the image lies in several blocks")


@pytest.mark.parametrize(
    ("mode", "colour", "sent_mode", "sent_colour"),
    [
        ("RGB", (10, 20, 30), "RGB", (10, 20, 30)),
        ("L", 77, "L", 77),
        ("RGBA", (10, 20, 30, 40), "RGB", (10, 20, 30)),
        ("LA", (77, 40), "L", 77),
        ("1", 1, "L", 255),
        ("CMYK", (255, 0, 0, 0), "RGB", (0, 255, 255)),
        ("I;16", 0x80FF, "L", 0x80),
    ],
)
def test_modes_are_sent_without_alpha_in_8_bits(sent, mode, colour, sent_mode, sent_colour):
    _, _, opened = sent(picture(mode, colour))
    assert (opened.mode, opened.getpixel((0, 0))) == (sent_mode, sent_colour)


def test_palettes_become_rgb(sent):
    palette = picture().convert("P", palette=Image.Palette.ADAPTIVE)
    palette.format = "PNG"
    for palette.info["transparency"] in (0, b"\x00\xff"):
        _, _, opened = sent(palette)
        assert (opened.mode, opened.getpixel((0, 0))) == ("RGB", (10, 20, 30))


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_files_bytes_and_paths_go_out_untouched(sent, tmp_path, format):
    path = tmp_path / "without-extension"
    picture().save(path, format)
    encoded = path.read_bytes()
    for value in (path, str(path), encoded, bytearray(encoded), memoryview(encoded)):
        head, data, _ = sent(value)
        assert (head, data) == (f"data:image/{format.lower()};base64", encoded)


def test_an_opened_file_needs_no_format_set(sent):
    file = next((DATA / "digits").iterdir())
    with Image.open(file) as image:
        _, _, opened = sent(image)
        assert list(opened.tobytes()) == list(image.tobytes())


def test_an_image_without_a_format_is_sent_as_png(sent):
    head, _, opened = sent(picture(format=None))
    assert head == "data:image/png;base64" and opened.getpixel((0, 0)) == (10, 20, 30)


def test_an_open_file_is_read(sent, tmp_path):
    path = tmp_path / "image"
    picture().save(path, "PNG")
    for file in (path.open("rb"), BytesIO(path.read_bytes())):
        with file:
            assert sent(file)[1] == path.read_bytes()
    with path.open("rb") as closed:
        pass
    with path.open(encoding="latin-1") as text:
        refused = {closed: "the file cannot be read: .*closed", text: "open for bytes, got a str of it"}
        for value, says in refused.items():
            with pytest.raises((TypeError, ValueError), match=f'^row 0: feature "image": .*{says}'):
                sent(value)


class Interface:
    """What has nothing but its array interface."""

    def __init__(self, array):
        self.array, self.__array_interface__ = array, array.__array_interface__


def test_an_array_of_samples_is_an_image(sent):
    samples = numpy.arange(5 * 4 * 3, dtype="uint8").reshape(5, 4, 3)
    for value in (samples, samples[:, ::-1], samples[..., 0], samples[..., :1], Interface(samples)):
        head, _, opened = sent(value)
        assert head == "data:image/png;base64"
        expected = value.array if isinstance(value, Interface) else value
        expected = expected.squeeze(-1) if expected.shape[-1] == 1 else expected
        numpy.testing.assert_array_equal(numpy.asarray(opened), expected)
    transparent = numpy.dstack([samples, samples[..., 0]])
    assert sent(transparent)[2].mode == "RGB"


@pytest.mark.parametrize(
    ("value", "kind", "says"),
    [
        (numpy.zeros((4, 4), "f4"), TypeError, "8-bit samples .*an array of float32; scale it"),
        (numpy.zeros((4, 4), bool), TypeError, "an array of bool"),
        (numpy.zeros((4, 4, 2), "u1"), ValueError, r"shape \(4, 4, 2\): expected height x width"),
        (numpy.zeros(4, "u1"), ValueError, r"shape \(4,\): expected"),
        (numpy.zeros((0, 4), "u1"), ValueError, ""),
        (numpy.ma.masked_equal(numpy.zeros((2, 2), "u1"), 0), ValueError, "masked"),
    ],
)
def test_other_arrays_are_no_images(sent, value, kind, says):
    with pytest.raises(kind, match=f'^row 0: feature "image": .*{says}'):
        sent(value)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_samples_without_a_range_are_a_value_error(sent, mode):
    with pytest.raises(ValueError, match=f"the image has mode {mode}; convert it to L or RGB"):
        sent(picture(mode, 1))


@pytest.mark.parametrize("value", [1, None, [1], 2.5])
def test_other_types_are_type_errors(sent, value):
    with pytest.raises(TypeError, match='^row 0: feature "image": expected an image, an array of its samples'):
        sent(value)


def test_bytes_that_are_no_picture_are_a_value_error(sent):
    with pytest.raises(ValueError, match='^row 0: feature "image": its bytes are none of PNG'):
        sent(b"no picture")
    with pytest.raises(ValueError, match='^row 0: feature "image": the file is empty: it has 0 bytes$'):
        sent(b"")


def test_a_cut_off_file_is_a_value_error(sent):
    file = BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "PNG")
    with Image.open(BytesIO(file.getvalue()[:1000])) as cut:
        with pytest.raises(ValueError, match='^row 0: feature "image": the image cannot be read: '):
            sent(cut)


def test_a_path_that_is_not_there_is_a_file_not_found_error(sent, tmp_path):
    with pytest.raises(FileNotFoundError):
        sent(tmp_path / "nowhere.png")


def test_results_are_images_with_their_format(echo, row):
    result = echo.predict(**row)
    assert (result["picture"].format, result["picture"].mode, result["picture"].size) == ("PNG", "RGB", (4, 4))
    assert result["picture"].getpixel((3, 3)) == (10, 20, 30)
    assert (result["grey"].mode, result["grey"].getpixel((0, 0))) == ("L", 99)
    # What came back can be sent as it is.
    assert echo.predict(**{**row, "grey": result["grey"]})["grey"].getpixel((0, 0)) == 99


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_results_keep_the_format_they_came_in(format):
    with answering({"n": feature("numeric")}, IMAGE, lambda _: [{"image": data_url(picture(format=format))}]) as server:
        assert server.open().predict(n=1)["image"].format == format


def test_a_result_that_is_no_picture_is_a_value_error():
    url = data_url(picture())
    broken = url[: len("data:image/png;base64,") + 60] + "A" * 40
    for answer in (broken, data_url(picture(), "image/jpeg"), "no data URL"):
        with answering({"n": feature("numeric")}, IMAGE, lambda _, answer=answer: [{"image": answer}]) as server:
            with pytest.raises(ValueError, match='^row 0: feature "image": '):
                server.open().predict(n=1)


def test_a_broken_picture_in_a_later_batch_is_counted_over_the_run():
    good, broken = data_url(picture()), data_url(picture())[:70] + "A" * 40

    def answer(rows):
        return [{"image": broken if row["n"] == 3 else good} for row in rows]

    with answering({"n": feature("numeric")}, IMAGE, answer) as server:
        with pytest.raises(ValueError, match='^row 3: feature "image": '):
            list(server.open(batch_rows=2).predict_lazy({"n": value} for value in range(4)))


def turned_file(format, **more):
    """The bytes of a file that is to be shown turned by a quarter, and the plain ones."""
    stripes = Image.new("RGB", (8, 16))
    stripes.paste((200, 100, 50), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    plain, turned = BytesIO(), BytesIO()
    stripes.save(plain, format, **more)
    stripes.save(turned, format, exif=exif, **more)
    return turned.getvalue(), plain.getvalue()


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_metadata_stay_here_and_pixels_go_out_as_stored(sent, tmp_path, format):
    turned, plain = turned_file(format, **({"quality": 90, "subsampling": 0} if format == "JPEG" else {}))
    path = tmp_path / "turned"
    path.write_bytes(turned)
    for value in (path, turned):
        assert sent(value)[1] == plain
    with Image.open(path) as image:
        assert image.getexif()
        _, _, opened = sent(image)
        assert opened.size == (8, 16) and not opened.getexif()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_images_are_turned_if_that_is_asked_for(tmp_path, format):
    path = tmp_path / "turned"
    path.write_bytes(turned_file(format, **({"lossless": True} if format == "WEBP" else {}))[0])
    with answering(IMAGE, {"out": feature("numeric")}, lambda rows: [{"out": 0}]) as server:
        client = server.open(apply_orientation=True)
        with Image.open(path) as image:
            for value in (path, path.read_bytes(), image):
                client.predict(image=value)
                data = server.requests[-1][1][0]["image"].split(",")[1]
                with Image.open(BytesIO(base64.b64decode(data))) as opened:
                    assert opened.size == (16, 8) and not opened.getexif()
                    for place, colour in (((12, 4), (200, 100, 50)), ((3, 4), (0, 0, 0))):
                        assert all(abs(got - due) <= 3 for got, due in zip(opened.getpixel(place), colour))


def test_the_option_bounds_the_pixels_of_files_and_of_results():
    file = BytesIO()
    picture().save(file, "PNG")
    with answering(IMAGE, IMAGE, lambda rows: [{"image": data_url(picture())}]) as server:
        with pytest.raises(ValueError, match='^row 0: feature "image": the image has 5 x 3 pixels; max_image_pixels'):
            server.open(max_image_pixels=14).predict(image=file.getvalue())
        with pytest.raises(ReplyError, match='^row 0: feature "image": the image has 5 x 3 pixels; max_image_pixels'):
            server.open(max_image_pixels=14).predict(image=picture())
        assert server.open(max_image_pixels=15).predict(image=file.getvalue())["image"].size == (5, 3)
        for wrong in (0, -1):
            with pytest.raises(ValueError, match="max_image_pixels is"):
                server.open(max_image_pixels=wrong)


def test_a_jpeg_that_is_cut_off_is_a_value_error_either_way(tmp_path):
    half = (IMAGES / "seven-half.jpg").read_bytes()
    url = "data:image/jpeg;base64," + base64.b64encode(half).decode()
    with answering(IMAGE, IMAGE, lambda rows: [{"image": url}]) as server:
        client = server.open()
        for value in (half, IMAGES / "seven-half.jpg"):
            with pytest.raises(ValueError, match='^row 0: feature "image": the image cannot be read: .* cut off'):
                client.predict(image=value)
        assert not server.requests
        with pytest.raises(ReplyError, match='^row 0: feature "image": the image cannot be read: .* cut off'):
            client.predict(image=picture())


def test_what_pillow_refuses_is_a_value_error_of_its_row(sent):
    closed = picture()
    closed.close()
    for image in (closed, Image.new("La", (4, 4))):
        with pytest.raises(InvalidValueError, match='^row 0: feature "image": the image cannot be read: '):
            sent(image)
