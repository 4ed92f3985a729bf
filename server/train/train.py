"""Trains the deployments that ship with the server and writes their folders and held-out data.

    python server/train/train.py [--out DIR] [--data DIR] [NAME...]

Run twice on one machine it writes the same bytes. What it needs is in requirements.txt beside this file.
"""

import argparse
import sys
import time
import warnings
from pathlib import Path

try:
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    import denoise
    import digits
    import language
    import penguins
    from shared import REPOSITORY, Places
except ModuleNotFoundError as error:
    sys.exit(f"train.py: {error}: run `pip install -r server/train/requirements.txt` first")

TRAINERS = {
    "digits": digits.train,
    "penguins": penguins.train,
    "denoise": denoise.train,
    "language": language.train,
}


def arguments():
    parser = argparse.ArgumentParser(description="Train the deployments that ship with the server.")
    deployments, data = REPOSITORY / "server/deployments", REPOSITORY / "examples/data"
    parser.add_argument("--out", type=Path, default=deployments, help="where the deployment folders go")
    parser.add_argument("--data", type=Path, default=data, help="where the held-out data goes")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TRAINERS)} (default: all)")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in TRAINERS]
    if unknown:
        parser.error(f"no deployment named {unknown[0]}; there are {', '.join(TRAINERS)}")
    return chosen


def main():
    chosen = arguments()
    places = Places(chosen.out, chosen.data)
    # Each network stops after a chosen number of epochs, which scikit-learn takes for a failure to converge.
    warnings.simplefilter("ignore", ConvergenceWarning)
    for name in chosen.names or TRAINERS:
        start = time.monotonic()
        # One thread: the order of the sums, and so the last bit of a weight, does not depend on the load.
        with threadpool_limits(1):
            TRAINERS[name](places)
        print(f"{name}: done in {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"train.py: {error}")
