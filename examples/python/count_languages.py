#!/usr/bin/env python3
"""Counts the lines of standard input by their language: any number of lines, in bounded memory."""

import sys
from argparse import Namespace
from collections import Counter

from options import best, name_of, run
from sidekick import Deployment


def count(deployment: Deployment, options: Namespace) -> None:
    text = name_of(deployment.feature_specs_in, "text")
    output = name_of(deployment.feature_specs_out, "categorical")
    rows = ({text: line.rstrip("\n")} for line in sys.stdin)
    counts = Counter(best(result[output])[0] for result in deployment.predict_lazy(rows))
    for language, lines in counts.items():
        print(f"{language}\t{lines}")


if __name__ == "__main__":
    run(count, __doc__)
