"""Predicts a penguin and a digit: predict.py SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE

SIDEKICK_FFI is the path of sidekick_ffi.h, SIDEKICK_LIBRARY that of the library. For programs that have cffi already; the
package `sidekick` needs neither it nor this.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

from cffi import FFI

ffi = FFI()
ffi.cdef(Path(os.environ["SIDEKICK_FFI"]).read_text(encoding="utf-8"))
sidekick = ffi.dlopen(os.environ.get("SIDEKICK_LIBRARY", "libsidekick.so"))


class SidekickError(Exception):
    """A call that failed."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def call(name, *arguments):
    """Calls a function that returns a status, with a place for its error, and raises what went wrong."""
    error = ffi.new("sidekick_error **")
    status = getattr(sidekick, f"sidekick_{name}")(*arguments, error)
    if status != sidekick.SIDEKICK_OK:
        message = ffi.string(sidekick.sidekick_error_message(error[0], ffi.NULL)).decode()
        sidekick.sidekick_error_free(error[0])
        raise SidekickError(status, message)


@contextmanager
def made(kind, function, *arguments):
    """An object that a function makes; it is freed in the end."""
    place = ffi.new(f"sidekick_{kind} **")
    call(function, *arguments, place)
    try:
        yield place[0]
    finally:
        getattr(sidekick, f"sidekick_{kind}_free")(place[0])


def text(string):
    """A text and what its length is: up to the NUL."""
    return string.encode(), sidekick.SIDEKICK_NUL


@contextmanager
def predicted(url, token, fill):
    """The predictions of one row, whose values `fill` adds."""
    with made("deployment", "deployment_open", *text(url), *text(token), ffi.NULL, ffi.NULL) as deployment:
        with made("rows", "rows_new", deployment) as rows:
            fill(rows)
            call("rows_end_row", rows)
            with made("predictions", "deployment_predict", deployment, rows, ffi.NULL) as predictions:
                yield predictions


def top(predictions):
    """The most probable category of the first output, and its probability."""
    label, probability = ffi.new("const char **"), ffi.new("double *")
    call("predictions_top", predictions, 0, 0, 0, label, ffi.NULL, probability)
    return f"{ffi.string(label[0]).decode()} {probability[0]:.4f}"


def add_penguin(rows):
    for name, label in {"island": "Biscoe", "sex": "female"}.items():
        call("rows_add_category", rows, *text(name), *text(label))
    numbers = {"bill length (mm)": 46.1, "bill depth (mm)": 13.2, "flipper length (mm)": 211, "year": 2007}
    for name, number in numbers.items():
        call("rows_add_number", rows, *text(name), number)


def main(server, penguins_token, digits_token, image):
    with predicted(f"{server}/deployment/penguins", penguins_token, add_penguin) as predictions:
        mass = ffi.new("double *")
        call("predictions_number", predictions, 1, 0, mass)
        print(f"species {top(predictions)}\nmass {mass[0]:.1f}")

    def add_image(rows):
        call("rows_add_image_file", rows, *text("image"), *text(image))

    with predicted(f"{server}/deployment/digits", digits_token, add_image) as predictions:
        print(f"digit {top(predictions)}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("usage: predict.py SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE")
    try:
        main(*sys.argv[1:])
    except SidekickError as failure:
        print(f"error {failure.status}: {failure}", file=sys.stderr)
        sys.exit(1)
