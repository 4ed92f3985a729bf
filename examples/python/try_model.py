#!/usr/bin/env python3
"""Tries a model: prints what it takes and returns, and what it predicts for zeros and empty texts.

Takes the URL of a deployment, or of a model on a server of the Open Inference Protocol
(--url http://HOST:8000/v2/models/NAME --token "")."""

from argparse import Namespace
from typing import Any

import numpy
from options import run
from PIL import Image
from sidekick import Deployment, FeatureSpec


def try_model(deployment: Deployment, options: Namespace) -> None:
    print(deployment)
    print("predicts")
    result = deployment.predict({spec.name: blank(spec) for spec in deployment.feature_specs_in})
    for name, value in result.items():
        print(f"  {name}: {value}")


def blank(spec: FeatureSpec) -> Any:
    # A size that is free is -1.
    shape = [max(size, 1) for size in spec.shape]
    if spec.dtype == "numeric":
        return numpy.zeros(shape, "uint8") if spec.is_array else 0
    if spec.dtype == "image":
        height, width, channels = shape
        image = Image.new("RGB" if channels == 3 else "L", (width, height))
        image.format = "PNG"
        return image
    return {"categorical": spec.categories[:1], "binary": [False], "text": [""], "bytes": [b""]}[spec.dtype][0]


if __name__ == "__main__":
    run(try_model, __doc__)
