"""Models of PyTorch, exported by torch.onnx: pytorch.py FOLDER NAME...

Runs with Debian's python3, which has PyTorch without CUDA (python3-torch, python3-torchvision).
"""

from __future__ import annotations

import io
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
import torchvision
from store import Made, main
from torch import nn

RANDOM = np.random.default_rng(16)


def exported(model: nn.Module, arguments: Any, **more: Any) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), arguments, file, **more)
    return file.getvalue()


def named(
    model: nn.Module, inputs: dict[str, np.ndarray], outputs: list[str], free: list[str] | None = None
) -> Made:
    """Exports with names, and with a free batch axis."""
    arguments = tuple(torch.from_numpy(array) for array in inputs.values())
    axes = {name: {0: "batch"} for name in free or [*inputs, *outputs]}
    names = {"input_names": list(inputs), "output_names": outputs}
    return Made(exported(model, arguments, dynamic_axes=axes, opset_version=16, **names), inputs)


def normal(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


def images(count: int, height: int, width: int, channels: int) -> np.ndarray:
    """Smooth pictures, samples from 0 to 255, channels last."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    waves = [
        [np.sin(x / (3 + i + c)) * np.cos(y / (5 + c) + i) for c in range(channels)] for i in range(count)
    ]
    return np.rint(127.5 + 127 * np.moveaxis(np.array(waves), 1, -1)).astype(np.uint8)


def channels_first(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(pixels.astype(np.float32) / 255, -1, 1))


def rows(pixels: np.ndarray) -> list[dict[str, Any]]:
    return [{"image": one} for one in pixels]


def torch_default() -> Made:
    """Without options: one row, and names that nobody chose."""
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
    x = normal(3, 6)
    return Made(exported(model, torch.from_numpy(x[:1])), {"onnx::Gemm_0": x})


def torch_regression() -> Made:
    model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    return named(model, {"measures": normal(4, 5)}, ["price"])


def convolutions(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
    )


def torch_image() -> Made:
    """Channels first."""
    pixels = images(3, 24, 32, 3)
    model = nn.Sequential(convolutions(3), nn.Linear(128, 5), nn.Softmax(dim=1))
    made = named(model, {"image": channels_first(pixels)}, ["kind"])
    return Made(made.model, made.tensors, rows(pixels))


def torch_image_one() -> Made:
    """A fixed batch of 1, and logits: what most tutorials end with."""
    pixels = images(3, 28, 28, 1)
    tensors = {"image": channels_first(pixels)}
    model = nn.Sequential(convolutions(1), nn.Linear(128, 10))
    names = {"input_names": ["image"], "output_names": ["logits"]}
    return Made(exported(model, torch.from_numpy(tensors["image"][:1]), **names), tensors, rows(pixels))


def torch_shufflenet() -> Made:
    """An architecture of torchvision, with its mean and standard deviation of each channel."""
    torch.manual_seed(16)
    pixels = images(2, 224, 224, 3)
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    tensor = np.moveaxis(((pixels / 255 - mean) / std).astype(np.float32), -1, 1)
    model = torchvision.models.shufflenet_v2_x0_5(num_classes=10)
    # Means and variances as they begin leave nothing of an image at the end of so many layers.
    model.train()
    for _ in range(30):
        model(torch.from_numpy(np.ascontiguousarray(tensor)))
    made = named(nn.Sequential(model, nn.Softmax(dim=1)), {"image": np.ascontiguousarray(tensor)}, ["kind"])
    return Made(made.model, made.tensors, rows(pixels))


def torch_segmentation() -> Made:
    """An image in, a mask out."""
    pixels = images(2, 16, 16, 3)
    model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1), nn.Sigmoid())
    made = named(model, {"image": channels_first(pixels)}, ["mask"])
    return Made(made.model, made.tensors, rows(pixels))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 6, batch_first=True)
        self.last = nn.Linear(6, 2)

    def forward(self, x: Any, h: Any, c: Any) -> Any:
        hidden, (h, c) = self.lstm(x, (h.transpose(0, 1), c.transpose(0, 1)))
        return self.last(hidden[:, -1]), h.transpose(0, 1), c.transpose(0, 1)


def torch_state() -> Made:
    """State inputs, which begin as zeros."""
    x, state = normal(3, 7, 4), np.zeros((3, 1, 6), np.float32)
    made = named(Recurrent(), {"x": x, "h": state, "c": state}, ["y", "h_next", "c_next"])
    return Made(made.model, made.tensors, [{"x": one} for one in x])


class TimeFirst(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 6)
        self.last = nn.Linear(6, 3)

    def forward(self, x: Any) -> Any:
        return torch.softmax(self.last(self.gru(x)[0][-1]), dim=1)


def torch_time_first() -> Made:
    """The batch axis is the second one."""
    x = normal(5, 3, 4)
    axes = {"steps": {1: "batch"}, "kind": {0: "batch"}}
    names = {"input_names": ["steps"], "output_names": ["kind"]}
    model = exported(TimeFirst(), torch.from_numpy(x), dynamic_axes=axes, opset_version=16, **names)
    return Made(model, {"steps": x}, [{"steps": x[:, i]} for i in range(3)])


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(100, 16)
        self.query, self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.last = nn.Linear(16, 4)

    def forward(self, ids: Any, mask: Any) -> Any:
        x = self.words(ids)
        scores = self.query(x) @ self.key(x).transpose(1, 2) / 4
        scores = scores.masked_fill(~mask[:, None, :], -1e4)
        x = torch.softmax(scores, dim=-1) @ self.value(x)
        mask = mask[:, :, None].float()
        return torch.softmax(self.last((x * mask).sum(1) / mask.sum(1)), dim=1)


def torch_attention() -> Made:
    """INT64 and BOOL in; the number of words is free."""
    ids = RANDOM.integers(1, 100, (3, 9))
    mask = np.arange(9)[None, :] < np.array([[9], [5], [2]])
    axes = {"ids": {0: "batch", 1: "words"}, "mask": {0: "batch", 1: "words"}, "topic": {0: "batch"}}
    names = {"input_names": ["ids", "mask"], "output_names": ["topic"]}
    arguments = (torch.from_numpy(ids), torch.from_numpy(mask))
    model = exported(Encoder(), arguments, dynamic_axes=axes, opset_version=16, **names)
    return Made(model, {"ids": ids, "mask": mask})


class Customer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.city = nn.Embedding(4, 3)
        self.last = nn.Linear(5, 1)

    def forward(self, city: Any, measures: Any) -> Any:
        return torch.sigmoid(self.last(torch.cat([self.city(city), measures], dim=1)))


CITIES = ["Aarhus", "Bergen", "Kiruna", "Lund"]


def torch_category_index() -> Made:
    """A category as its index, beside numbers: the usual model of a table."""
    city, measures = np.array([2, 0, 3]), normal(3, 2)
    made = named(Customer(), {"city": city, "measures": measures}, ["returns"])
    asked = [{"city": CITIES[index], "measures": one} for index, one in zip(city, measures)]
    return Made(made.model, made.tensors, asked)


class Sound(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 8, 9, stride=4), nn.ReLU(), nn.Conv1d(8, 8, 9, stride=4), nn.ReLU()
        )
        self.last = nn.Linear(8, 6)

    def forward(self, samples: Any) -> Any:
        embedding = self.last(self.layers(samples[:, None]).mean(dim=2))
        return embedding / embedding.norm(dim=1, keepdim=True)


def torch_sound() -> Made:
    """Samples of any length; an embedding of length 1."""
    x = normal(2, 400)
    axes = {"samples": {0: "batch", 1: "time"}, "embedding": {0: "batch"}}
    names = {"input_names": ["samples"], "output_names": ["embedding"]}
    return Made(
        exported(Sound(), torch.from_numpy(x), dynamic_axes=axes, opset_version=16, **names), {"samples": x}
    )


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3, stride=4, padding=1), nn.ReLU(), nn.Conv2d(8, 6, 1))

    def forward(self, image: Any) -> Any:
        return torch.sigmoid(self.layers(image).flatten(2).transpose(1, 2))


def torch_boxes() -> Made:
    """Boxes with a score and a class, as an array with a row for each."""
    pixels = images(2, 32, 32, 3)
    made = named(Detector(), {"image": channels_first(pixels)}, ["boxes"])
    return Made(made.model, made.tensors, rows(pixels))


if __name__ == "__main__":
    torch.manual_seed(16)
    torch.set_num_threads(2)
    main(globals())
