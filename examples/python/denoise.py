#!/usr/bin/env python3
"""Removes noise: sends the array of INPUT.npy and writes the answer as the image OUTPUT (.pgm, .png, ...)."""

from argparse import Namespace

import numpy
from options import run
from PIL import Image
from sidekick import Deployment


def denoise(deployment: Deployment, options: Namespace) -> None:
    noisy = deployment.feature_specs_in[0].name
    clean = deployment.feature_specs_out[0].name
    result = deployment.predict({noisy: numpy.load(options.INPUT)})
    pixels = (result[clean].squeeze() * 255).round().clip(0, 255).astype("uint8")
    Image.fromarray(pixels).save(options.OUTPUT)


if __name__ == "__main__":
    run(denoise, __doc__, "INPUT", "OUTPUT")
