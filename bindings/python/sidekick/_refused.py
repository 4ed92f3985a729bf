"""A value refused before it reaches the library; what catches it adds the row and the feature."""

from __future__ import annotations


class Refused(Exception):
    """Says which exception the caller is to see, and why."""

    def __init__(self, kind: type[TypeError] | type[ValueError], why: str) -> None:
        super().__init__(why)
        self.kind = kind


def kind_of(value: object) -> str:
    """What a value is, for messages: `a str`, `an int`, `None`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
