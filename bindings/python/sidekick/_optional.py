"""Packages that only some features need."""

from __future__ import annotations

from importlib import import_module
from sys import modules
from typing import Any


def need(module: str, package: str, what: str) -> Any:
    """Imports a module of an optional package, or says what needs it."""
    try:
        # An import of what is imported takes longer than a small prediction should.
        return modules.get(module) or import_module(module)
    except ModuleNotFoundError as error:
        raise ImportError(f"{what} needs the package {package}: install it (pip install {package})") from error
