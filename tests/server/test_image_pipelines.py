"""Images as Pillow, torchvision, TensorFlow and OpenCV prepare them: Pillow beside us, the others as they did once.

With SIDEKICK_WRITE_TABLE=1 the table of docs/images.md is written anew, which is otherwise compared.
"""

import importlib.resources
import json
import os
from functools import cache
from io import BytesIO

import numpy
import pytest
from onnx import TensorProto, checker, helper, save
from PIL import Image, ImageOps

from conftest import ROOT, Server
from deployment_client import data_url
from image_cases import CASES, IMAGENET, REFERENCES, ROUNDED, STEPS, Case, deployment, pixels_last
from image_references import PICTURES

ALL = [case for cases in CASES.values() for case in cases]
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


@cache
def photographs():
    """The photographs that scikit-learn ships."""
    folder = importlib.resources.files("sklearn.datasets.images")
    return {name: (folder / name).read_bytes() for name in ("china.jpg", "flower.jpg")}


@cache
def pictures():
    made = {name: (REFERENCES / name).read_bytes() for name in PICTURES}
    return {**photographs(), **made}


PILLOW = [
    *(Case(f"pillow-{name}", f"resize((32, 24), {name.upper()})", {"filter": name}, 0) for name in FILTERS),
    *(
        Case(f"pillow-{name}-larger", f"resize((240, 200), {name.upper()})", {"filter": name}, 0, 200, 240)
        for name in FILTERS
    ),
    Case("pillow-grey", 'convert("L").resize((32, 24), BILINEAR)', {}, 0, channels=1),
    Case(
        "pillow-classifier", "the shorter edge to 256, the middle 224, / 255, mean, std",
        {"preset": "imagenet"}, 1e-4, 224, 224, formula=IMAGENET,
    ),
    Case("pillow-exif", "ImageOps.exif_transpose(image).resize((32, 24), BILINEAR)", {"exif": True}, 0),
]


def by_pillow(case, file):
    image = Image.open(BytesIO(file))
    if case.id == "pillow-exif":
        image = ImageOps.exif_transpose(image)
    image = image.convert("L" if case.channels == 1 else "RGB")
    if case.id == "pillow-classifier":
        return middle(image, 256, 224)
    method = FILTERS[case.keys.get("filter", "bilinear")]
    return numpy.asarray(image.resize((case.width, case.height), method)).reshape(case.height, case.width, -1)


def middle(image, edge, size):
    """As Resize and CenterCrop of torchvision."""
    short, long = sorted(image.size)
    made = {short: edge, long: edge * long // short}
    image = image.resize(tuple(made[length] for length in image.size), Image.Resampling.BILINEAR)
    left, top = (round((length - size) / 2) for length in image.size)
    return numpy.asarray(image.crop((left, top, left + size, top + size)))


BY_ID = {case.id: case for case in [*ALL, *PILLOW]}


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory):
    """A server of a deployment for each case, whose model hands the tensor on."""
    root = tmp_path_factory.mktemp("pipelines")
    for case in [*ALL, *PILLOW]:
        folder = root / case.id
        folder.mkdir()
        text, shape = deployment(case.id, case.declared_keys(), case.height, case.width, case.channels)
        (folder / "deployment.json").write_text(text)
        save(identity(shape), folder / "model.onnx")
    with Server(sorted(root.iterdir())) as server:
        yield server


def identity(shape):
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape]) for name in ("image", "image_out")]
    graph = helper.make_graph([helper.make_node("Identity", ["image"], ["image_out"])], "test", ends[:1], ends[1:])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(made)
    return made


@cache
def our_samples(server, case_id, file):
    """The samples that the server gives the model."""
    case = BY_ID[case_id]
    media = "image/png" if file.startswith(b"\x89PNG") else "image/jpeg"
    [row] = server.deployment(case.id).predict({"image": data_url(media, file)})
    array = row["values"]
    return case.samples(pixels_last(array["data"], array["shape"], case.channels))


def difference(ours, theirs):
    return numpy.abs(ours - theirs).max()


@pytest.mark.parametrize("case", PILLOW, ids=lambda case: case.id)
def test_pixels_are_those_of_pillow(pipelines, case):
    for name, file in pictures().items():
        found = difference(our_samples(pipelines, case.id, file), by_pillow(case, file))
        assert found <= case.most, name


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_orientations_are_those_of_pillow(pipelines, kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = BytesIO()
    Image.open(BytesIO(pictures()["tall.jpg"])).save(file, kind, exif=exif)
    case = next(case for case in PILLOW if case.id == "pillow-exif")
    assert difference(our_samples(pipelines, case.id, file.getvalue()), by_pillow(case, file.getvalue())) == 0


@cache
def references(framework):
    with numpy.load(REFERENCES / f"{framework}.npz") as file:
        return {name: file[name] / STEPS for name in file.files}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_pixels_are_those_of_the_framework(pipelines, case):
    framework = next(name for name, cases in CASES.items() if case in cases)
    for name in PICTURES:
        ours = our_samples(pipelines, case.id, pictures()[name])
        assert difference(ours, references(framework)[f"{case.id}/{name}"]) <= case.most + ROUNDED, name


DOCUMENT = ROOT / "docs/images.md"
TABLE = "<!-- the table is written by tests/server/test_image_pipelines.py -->\n"
HEAD = "| | pipeline | keys | largest difference | mean difference |\n|---|---|---|---|---|\n"


def test_the_table_in_the_docs_is_what_was_measured(pipelines):
    lines = []
    for case in PILLOW:
        theirs = lambda name, case=case: by_pillow(case, pictures()[name])
        lines.append(line(pipelines, "Pillow", case, photographs(), theirs))
    for framework, cases in CASES.items():
        made = references(framework)
        lines += [
            line(pipelines, TITLES[framework], case, PICTURES, lambda name, case=case: made[f"{case.id}/{name}"])
            for case in cases
        ]
    before, _, rest = DOCUMENT.read_text().partition(TABLE)
    text = before + TABLE + HEAD + "".join(lines) + rest[rest.index("\n\n") + 1 :]
    if os.environ.get("SIDEKICK_WRITE_TABLE"):
        DOCUMENT.write_text(text)
    assert DOCUMENT.read_text() == text


TITLES = {"torchvision": "PyTorch", "tensorflow": "TensorFlow", "opencv": "OpenCV"}


def line(server, title, case, names, theirs):
    """A pipeline in the table: how far our samples are from those of the framework, of 255."""
    differences = [numpy.abs(our_samples(server, case.id, pictures()[name]) - theirs(name)) for name in names]
    largest = max(difference.max() for difference in differences)
    mean = numpy.mean([difference.mean() for difference in differences])
    keys = json.dumps(case.declared_keys())[1:-1] or "none"
    return f"| {title} | `{case.code}` | `{keys}` | {shown(largest, 1)} | {shown(mean, 2)} |\n"


def shown(difference, digits):
    """A difference; what the references are rounded by counts as none."""
    return "0" if difference <= 2 * ROUNDED else f"{difference:.{digits}f}"
