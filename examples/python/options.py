"""What the examples share: the command line, the token, and failures as one line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import sidekick

Task = Callable[[sidekick.Deployment, argparse.Namespace], None]


class Parser(argparse.ArgumentParser):
    """A parser that says on one line how the program is used."""

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split())
        self.exit(2, f"{usage}: {message}\n")


def run(task: Task, about: str | None, *positionals: str) -> None:
    """Runs a task on the deployment the command line names; a positional that ends in `...` takes several values."""
    parser = Parser(description=about)
    parser.add_argument("--url", required=True, help="the deployment's URL")
    parser.add_argument("--token", help="its token; or name a file, or set SIDEKICK_TOKEN")
    parser.add_argument("--token-file", metavar="FILE", help="a file that holds the token")
    parser.add_argument("--model-description", metavar="FILE", help="what the metadata of a model do not say")
    for name in positionals:
        several = name.endswith("...")
        parser.add_argument(name.removesuffix("..."), nargs="+" if several else None)
    options = parser.parse_args()
    try:
        token = find_token(options)
        if token is None:
            parser.error("no token: give --token or --token-file, or set SIDEKICK_TOKEN")
        with sidekick.Deployment(options.url, token, model_description=options.model_description) as deployment:
            task(deployment, options)
    except (OSError, ValueError, TypeError, ImportError) as error:
        sys.exit(f"{parser.prog}: {error}")


def find_token(options: argparse.Namespace) -> str | None:
    """The token of the command line, which may be empty, of the file it names, or of the environment."""
    if options.token_file:
        return Path(options.token_file).read_text(encoding="utf-8").strip()
    return os.environ.get("SIDEKICK_TOKEN") or None if options.token is None else options.token


def name_of(specs: list[sidekick.FeatureSpec], dtype: str) -> str:
    """The name of the first feature of a type."""
    for spec in specs:
        if spec.dtype == dtype:
            return spec.name
    raise ValueError(f"the deployment has no {dtype} feature where this example needs one")


def best(probabilities: dict[str, float]) -> tuple[str, float]:
    """The most probable category and its probability."""
    return max(probabilities.items(), key=lambda pair: pair[1])
