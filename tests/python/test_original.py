"""Scripts for the original client run with only the package swapped."""

import base64
from io import BytesIO

from PIL import Image, ImageShow

from served import answering, feature

TABULAR = """
import sidekick

client = sidekick.Deployment(url=URL, token=TOKEN)
print("input:", client.feature_specs_in)
print("output:", client.feature_specs_out)
query = [{"Type": "animal", "Sound": "Miaow", "Size": 0.26}]
response = client.predict_many(query)
guess = response[0]['Species']
best = max(guess, key=guess.get)
specs = {spec.name: (spec.dtype, spec.shape, spec.categories) for spec in client.feature_specs_in}
"""

IMAGES = """
import sidekick
from PIL import Image

client = sidekick.Deployment(url=URL, token=TOKEN)

image = Image.open(FILE)
single = client.predict(image=image)

response = client.predict_many([{'image': Image.open(FILE)}, {'image': Image.open(FILE)}])
response[0]['Image feature'].show()

lazy = client.predict_lazy({'image': Image.open(file)} for file in [FILE] * 200)
first = next(lazy)
rest = list(lazy)
"""


def run(script, server, **names):
    variables = {"URL": server.url, "TOKEN": "secret-token", **names}
    exec(script, variables)
    return variables


def test_a_tabular_script():
    inputs = {"Type": feature("categorical", 2), "Sound": feature("text"), "Size": feature("numeric")}
    outputs = {"Species": feature("categorical", 2, categories=["cat", "dog"])}
    answer = [{"Species": {"cat": 0.9, "dog": 0.1}}]
    with answering(inputs, outputs, lambda rows: answer) as server:
        left = run(TABULAR, server)
        assert server.requests[0][1] == [{"Type": "animal", "Sound": "Miaow", "Size": 0.26}]
    assert left["response"] == answer
    assert left["best"] == "cat"
    assert left["specs"]["Size"] == ("numeric", (1,), ())


def test_an_image_script(monkeypatch, tmp_path):
    file = tmp_path / "test.png"
    Image.new("RGBA", (6, 5), (1, 2, 3, 4)).save(file)
    shown = []
    monkeypatch.setattr(ImageShow, "show", lambda image, *_, **__: shown.append(image.size))

    def same(rows):
        for row in rows:
            data = base64.b64decode(row["image"].split(",")[1])
            assert Image.open(BytesIO(data)).mode == "RGB"
        return [{"Image feature": row["image"]} for row in rows]

    outputs = {"Image feature": feature("image", 5, 6, 3)}
    with answering({"image": feature("image", 5, 6, 3)}, outputs, same) as server:
        left = run(IMAGES, server, FILE=str(file))
        sizes = [len(request[1]) for request in server.requests]
    assert sizes == [1, 2, 128, 72]
    assert shown == [(6, 5)]
    assert left["single"]["Image feature"].getpixel((0, 0)) == (1, 2, 3)
    assert len(left["rest"]) == 199
