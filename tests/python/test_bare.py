"""The package where none of the optional packages is installed."""

import os
import subprocess

import pytest

from served import DATA, url_of

BARE = os.environ["SIDEKICK_BARE_PYTHON"]


def run(program, name):
    program = f"import sidekick\nclient = sidekick.Deployment({url_of(name)!r}, '{name}-token')\n{program}"
    return subprocess.run([BARE, "-W", "error", "-c", program], capture_output=True, text=True)


def bare(program, name):
    """What a program prints with a deployment as `client`."""
    ended = run(program, name)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return ended.stdout


@pytest.mark.parametrize("module", ["numpy", "PIL", "pandas", "tqdm"])
def test_the_packages_are_really_missing(module):
    ended = run(f"import {module}", "penguins")
    assert "ModuleNotFoundError" in ended.stderr


def test_tables_need_no_package():
    program = """
row = {"island": "Biscoe", "sex": "male", "year": 2007,
       "bill length (mm)": 40.6, "bill depth (mm)": 18.6, "flipper length (mm)": 183}
(result,) = client.predict_many([row], progress=True)
assert next(client.predict_lazy([row])) == result == client.predict(**row)
print(max(result["species"], key=result["species"].get), client.feature_specs_out[0].shape)
"""
    assert bare(program, "penguins") == "Adelie (3,)\n"


def test_text_needs_no_package():
    program = """
languages = client.predict(text="Could you tell me where it is?")["language"]
print(max(languages, key=languages.get))
"""
    assert bare(program, "language") == "English\n"


def test_pictures_go_in_as_paths_and_bytes():
    program = f"""
from pathlib import Path
file = Path({str(DATA)!r}, "digits", "digit-0-0078.png")
for image in (file, file.read_bytes()):
    digits = client.predict(image=image)["digit"]
    print(max(digits, key=digits.get))
"""
    assert bare(program, "digits") == "0\n0\n"


def test_open_files_and_decimals_need_no_package():
    file = DATA / "digits" / "digit-0-0078.png"
    program = f"with open({str(file)!r}, 'rb') as file:\n    digits = client.predict(image=file)['digit']\n"
    program += "print(max(digits, key=digits.get))"
    assert bare(program, "digits") == "0\n"
    program = "from decimal import Decimal\nprint(client.predict(number=Decimal('2'))['rows'])"
    assert bare(program, "batch-size") == "1.0\n"


def test_arrays_go_in_as_buffers():
    program = """
from array import array
values = memoryview(array("f", [0.25] * 1_000_000)).cast("B").cast("f", (1000, 1000))
print(client.predict(array=values)["mean"])
"""
    assert bare(program, "single-array") == "0.25\n"


@pytest.mark.parametrize(
    ("name", "call", "says"),
    [
        ("denoise-image", "predict(noisy=b'')", 'the image output "clean" needs the package Pillow'),
        ("big-array", "predict(number=1)", 'the array output "array" needs the package numpy'),
        ("penguins", "predict_columns({})", "predict_columns needs the package numpy"),
        ("penguins", "predict_frame(None)", "predict_frame needs the package numpy"),
    ],
)
def test_what_needs_a_package_names_it(name, call, says):
    program = f"try:\n    client.{call}\nexcept ImportError as error:\n    print(error)"
    assert bare(program, name).startswith(says)
