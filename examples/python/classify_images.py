#!/usr/bin/env python3
"""Classifies images: prints FILE, CLASS and PROBABILITY for each."""

import re
from argparse import Namespace

from options import best, name_of, run
from sidekick import Deployment


def classify(deployment: Deployment, options: Namespace) -> None:
    image = name_of(deployment.feature_specs_in, "image")
    output = name_of(deployment.feature_specs_out, "categorical")
    rows = ({image: file} for file in options.FILE)
    labelled = right = 0
    for file, result in zip(options.FILE, deployment.predict_lazy(rows)):
        label, probability = best(result[output])
        print(f"{file}\t{label}\t{probability:.4f}")
        # A name such as digit-7-0042.png contains the label.
        truth = re.search(r"-([^-/]+)-\d+\.\w+$", file)
        if truth:
            labelled += 1
            right += label == truth[1]
    if labelled:
        print(f"{right} of {labelled} right")


if __name__ == "__main__":
    run(classify, __doc__, "FILE...")
