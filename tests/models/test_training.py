"""The training program: trained anew, digits and penguins are as good as the committed models; misuse is one line.

`denoise` and `language` are not trained here, for their time and for the text to train on; `make train` does that.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

from declared import DATA, REPOSITORY, declaration, digit_files, open_image

# Another linear algebra library rounds otherwise, so weights and figures move a little.
TOLERANCES = {"accuracy": 0.012, "species accuracy": 0.03, "body mass mean absolute error (g)": 5}


def train(*arguments, **environment):
    command = [sys.executable, REPOSITORY / "server/train/train.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    finished = train("--out", folder / "deployments", "--data", folder / "data", "digits", "penguins")
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.mark.parametrize("name", ["digits", "penguins"])
def test_training_anew_gives_the_committed_figures(trained, name):
    committed, anew = declaration(name), declaration(name, trained / "deployments")
    figures, anew_figures = committed.pop("held_out"), anew.pop("held_out")
    assert anew == committed
    assert (anew_figures["rows"], anew_figures["data"]) == (figures["rows"], figures["data"])
    assert anew_figures["metrics"].keys() == figures["metrics"].keys()
    for metric, value in figures["metrics"].items():
        assert anew_figures["metrics"][metric] == pytest.approx(value, abs=TOLERANCES[metric])


def test_training_anew_holds_out_the_committed_data(trained):
    assert (trained / "data/penguins.csv").read_bytes() == (DATA / "penguins.csv").read_bytes()
    written = sorted((trained / "data/digits").iterdir())
    assert [file.name for file in written] == [file.name for file in digit_files()]
    for file, committed in zip(written, digit_files()):
        assert np.array_equal(np.asarray(open_image(file)), np.asarray(open_image(committed)))


def test_an_unknown_name_is_refused():
    finished = train("walrus")
    assert finished.returncode != 0
    assert "no deployment named walrus" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    finished = train("--out", tmp_path / "file", "--data", tmp_path, "penguins")
    assert finished.returncode != 0
    assert finished.stderr.count("\n") == 1
    assert finished.stderr.startswith("train.py: ")


def test_without_cargo_the_message_says_what_is_missing(tmp_path):
    finished = train("--out", tmp_path, "--data", tmp_path, "language", PATH=str(tmp_path))
    assert finished.returncode != 0
    assert finished.stderr == "train.py: cargo, which fetches the text to train on, is not installed\n"
