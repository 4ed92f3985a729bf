"""Makes what the benchmark sends and gets: data, descriptions of models, responses, the floor's requests.

Use: prepare.py FOLDER

`replies.json` says what the canned-response server answers: for a method and a path a file, how many
milliseconds it takes, and how long the JSON before the tensors is, if the file has tensors.
"""

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import prepare_tensors
from workloads import DELAY_MS, DEPLOYMENTS, NUMBERS, OPEN_INFERENCE, SHAPE, TABLE_ROWS

HEIGHT, WIDTH = 480, 640
JPEG_QUALITY = 90
CATEGORIES = [f"category {letter}" for letter in "abcdefgh"]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    data = Data(random)
    data.save(folder)
    replies = Replies(folder)
    for name, deployment in DEPLOYMENTS.items():
        prepare = prepare_model if deployment.protocol == OPEN_INFERENCE else prepare_deployment
        prepare(random, data, replies, name, deployment)
    replies.add("GET /v2", "server.metadata", prepare_tensors.text(prepare_tensors.SERVER))
    (folder / "replies.json").write_text(json.dumps(replies.entries, indent=1))


def prepare_deployment(random, data, replies, name, deployment):
    reply = {"rows": [output_row(random, deployment.output) for _ in range(deployment.rows)]}
    reply = json.dumps(reply, separators=(",", ":")).encode()
    rows = ",".join(data.input_row(deployment.input, row) for row in range(deployment.rows))
    described, delay_ms = json.dumps(describe(deployment)).encode(), DELAY_MS if name == "w7" else 0
    replies.add(f"GET /deployment/{name}/openapi.json", f"{name}.describe", described)
    replies.add(f"POST /deployment/{name}/forward", f"{name}.reply", reply, delay_ms)
    (replies.folder / f"{name}.request").write_text(f'{{"rows":[{rows}]}}')


def prepare_model(random, data, replies, name, deployment):
    inputs, outputs = prepare_tensors.inputs(deployment, data), prepare_tensors.outputs(deployment, random)
    metadata = prepare_tensors.metadata(name, inputs, outputs)
    head, tensors = prepare_tensors.reply(name, outputs)
    replies.add(f"GET /v2/models/{name}", f"{name}.metadata", prepare_tensors.text(metadata))
    replies.add(f"POST /v2/models/{name}/infer", f"{name}.reply", head + tensors, json_length=len(head))
    (replies.folder / f"{name}.request").write_bytes(b"".join(prepare_tensors.request(inputs, outputs)))


class Replies:
    """What the server answers to which request, in files of a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = {}

    def add(self, request, file, content, delay_ms=0, json_length=None):
        (self.folder / file).write_bytes(content)
        self.entries[request] = {"file": file, "delay_ms": delay_ms, "json_length": json_length}


class Data:
    """The examples that every client is given."""

    def __init__(self, random):
        self.table = [table_row(random) for _ in range(TABLE_ROWS)]
        self.arrays = random.normal(size=(8, *SHAPE)).astype(np.float32)
        self.pixels = picture(random)
        self.jpeg = encode(self.pixels, "JPEG", quality=JPEG_QUALITY)

    def save(self, folder):
        lines = ["\t".join(str(value) for value in row) for row in self.table]
        (folder / "table.tsv").write_text("\n".join(lines) + "\n")
        (folder / "arrays.f32").write_bytes(self.arrays.tobytes())
        (folder / "pixels.rgb").write_bytes(self.pixels.tobytes())
        (folder / "picture.jpg").write_bytes(self.jpeg)

    def input_row(self, kind, row):
        """One example as a JSON text, for the floor."""
        if kind == "table":
            return json.dumps(dict(zip(table_features(), self.table[row])))
        if kind == "numbers":
            return json.dumps(dict(zip(number_features(4), self.table[row])))
        if kind == "array":
            values = ",".join(str(value) for value in self.arrays[row % 8].ravel())
            return f'{{"array":{{"shape":{list(SHAPE)},"data":[{values}]}}}}'
        if kind == "png":
            return json.dumps({"image": data_url("png", encode(self.pixels, "PNG", compress_level=1))})
        return json.dumps({"image": data_url("jpeg", self.jpeg)})


def table_row(random):
    numbers = [round(float(value), 4) for value in random.normal(scale=100, size=NUMBERS)]
    texts = [f"a short text with a number in it, {random.integers(1e6)}", f'note "{random.integers(1e6)}" of é']
    return [*numbers, *texts, CATEGORIES[random.integers(8)], CATEGORIES[random.integers(8)]]


def picture(random):
    """Smooth shapes with a little noise: it compresses as a photograph does."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / 100.0
    waves = [np.sin(x * a + np.cos(y * b)) * 90 + 128 for a, b in ((1.7, 2.1), (2.3, 1.1), (0.9, 3.3))]
    noise = random.normal(scale=7, size=(HEIGHT, WIDTH, 1))
    return np.clip(np.stack(waves, axis=-1) + noise, 0, 255).astype(np.uint8)


def encode(pixels, kind, **settings):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **settings)
    return file.getvalue()


def data_url(kind, encoded):
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"


def number_features(count):
    return [f"number {index}" for index in range(1, count + 1)]


def table_features():
    return [*number_features(NUMBERS), "text 1", "text 2", "category 1", "category 2"]


def labels(count):
    return [f"class {index:04}" for index in range(count)]


def feature(kind, shape, **more):
    return {"x-peltarion": {"type": kind, "shape": shape}, **more}


def describe(deployment):
    scalars = {name: feature("numeric", [1]) for name in number_features(NUMBERS)}
    texts = {name: feature("text", [1]) for name in ("text 1", "text 2")}
    categories = {name: feature("categorical", [8], enum=CATEGORIES) for name in ("category 1", "category 2")}
    inputs = {
        "table": {**scalars, **texts, **categories},
        "numbers": dict(list(scalars.items())[:4]),
        "array": {"array": feature("numeric", list(SHAPE))},
    }.get(deployment.input, {"image": feature("image", [HEIGHT, WIDTH, 3])})
    outputs = {}
    if "number" in deployment.output:
        outputs["number"] = feature("numeric", [1])
    if "classes" in deployment.output:
        count = deployment.output["classes"]
        outputs["class"] = feature("categorical", [count], enum=labels(count))
    if "array" in deployment.output:
        outputs["array"] = feature("numeric", list(SHAPE))
    rows = {"properties": {"rows": {"properties": outputs}}}
    schemas = {"input-row": {"properties": inputs}, "output-row-batch": rows}
    return {
        "openapi": "3.0.0",
        "paths": {"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": True}},
        "components": {"schemas": schemas},
    }


def output_row(random, output):
    row = {}
    if "number" in output:
        row["number"] = shortest(random.normal())
    if "classes" in output:
        weights = np.exp(random.normal(scale=3, size=output["classes"]))
        row["class"] = dict(zip(labels(output["classes"]), map(shortest, weights / weights.sum())))
    if "array" in output:
        digits = shortest if output["array"] == "shortest" else float
        values = [digits(value) for value in random.random(size=SHAPE, dtype=np.float32).ravel()]
        row["array"] = {"shape": list(SHAPE), "data": values}
    return row


def shortest(value):
    """The number whose text has no more digits than a 32-bit float needs."""
    return float(str(np.float32(value)))


if __name__ == "__main__":
    main()
