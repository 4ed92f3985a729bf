#!/usr/bin/env python3
"""Tells languages: prints LANGUAGE, PROBABILITY and LINE for each line of standard input."""

import sys
from argparse import Namespace

from options import best, name_of, run
from sidekick import Deployment


def detect(deployment: Deployment, options: Namespace) -> None:
    text = name_of(deployment.feature_specs_in, "text")
    output = name_of(deployment.feature_specs_out, "categorical")
    lines = [line.rstrip("\n") for line in sys.stdin]
    for line, result in zip(lines, deployment.predict_lazy({text: line} for line in lines)):
        language, probability = best(result[output])
        print(f"{language}\t{probability:.4f}\t{line}")


if __name__ == "__main__":
    run(detect, __doc__)
